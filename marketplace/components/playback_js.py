"""The browser's side of ``playback``: tabs that are only this page's, and the button that knows the video's time."""

TABS = r"""
function LessonTabs({ tabs, label, children }) {
  const panels = Children.toArray(children);
  const here = (tabs ?? []).map((tab, n) => ({ ...tab, n })).filter((tab) => tab.show);
  const [wanted, setWanted] = useState("");
  const at = here.find((tab) => tab.key === wanted) ?? here[0];
  useEffect(() => {
    const look = () => setWanted((now) => window.location.hash.slice(1) || now);
    look();
    const note = () => setWanted("notes");
    window.addEventListener("hashchange", look);
    window.addEventListener("playback:note", note);
    return () => {
      window.removeEventListener("hashchange", look);
      window.removeEventListener("playback:note", note);
    };
  }, []);
  const choose = (key) => {
    setWanted(key);
    window.history.replaceState(window.history.state, "", "#" + key);
  };
  const press = (event) => {
    const way = document.documentElement.dir === "rtl" ? -1 : 1;
    const step = { ArrowRight: way, ArrowLeft: -way }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = here[(here.indexOf(at) + step + here.length) % here.length];
    choose(next.key);
    document.getElementById("tab-" + next.key)?.focus();
  };
  return (
    <div className="grid gap-4">
      <div role="tablist" aria-label={label} onKeyDown={press}
        className="relative flex gap-6 overflow-x-auto border-b border-line [scrollbar-width:none]">
        {here.map((tab) => (
          <button key={tab.key} id={"tab-" + tab.key} type="button" role="tab" aria-selected={tab === at}
            aria-controls={"panel-" + tab.key} tabIndex={tab === at ? 0 : -1} onClick={() => choose(tab.key)}
            className={"inline-flex h-11 shrink-0 items-center gap-2 border-b-2 border-transparent px-1 text-sm font-semibold " +
              "whitespace-nowrap text-muted transition-colors hover:text-ink aria-selected:border-accent " +
              "aria-selected:text-ink"}>{tab.label}
            {tab.count ? <span className="tnum text-xs font-normal text-muted">{tab.count}</span> : null}</button>
        ))}
      </div>
      {here.map((tab) => (
        <div key={tab.key} id={"panel-" + tab.key} role="tabpanel" aria-labelledby={"tab-" + tab.key}
          hidden={tab !== at}>{panels[tab.n]}</div>
      ))}
    </div>
  );
}
"""

NOTE_BUTTON = r"""
function NoteButton({ words, onNote, className, quietClass }) {
  const live = useRef({});
  const [at, setAt] = useState(null);
  const [waits, setWaits] = useState(false);
  const clock = (s) => {
    const rest = String(Math.floor(s % 60)).padStart(2, "0");
    return s < 3600 ? Math.floor(s / 60) + ":" + rest
      : Math.floor(s / 3600) + ":" + String(Math.floor(s / 60) % 60).padStart(2, "0") + ":" + rest;
  };
  const take = (bookmark) => {
    const now = globalThis.playback;
    if (navigator.onLine === false && (now || !bookmark)) setWaits(true);
    if (now && bookmark) window.dispatchEvent(new CustomEvent("playback:say", { detail: words.bookmarked }));
    if (now) onNote?.(now.name, Math.floor(now.position), bookmark);
    else if (!bookmark) onNote?.("", 0, false);
  };
  useEffect(() => { live.current = { take }; });
  useEffect(() => {
    const look = () => setAt(globalThis.playback ? Math.floor(globalThis.playback.position) : null);
    const note = () => live.current.take(false);
    const bookmark = () => live.current.take(true);
    const online = () => setWaits(false);
    const heard = { playback: look, "playback:note": note, "playback:bookmark": bookmark, online };
    look();
    for (const [name, act] of Object.entries(heard)) window.addEventListener(name, act);
    return () => { for (const [name, act] of Object.entries(heard)) window.removeEventListener(name, act); };
  }, []);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <button type="button" className={className} onClick={() => take(false)}>
        {at === null ? words.note : words.note_at.replace("{time}", clock(at))}</button>
      {at === null ? null : (
        <button type="button" className={quietClass} onClick={() => take(true)}>{words.bookmark}</button>
      )}
      <span role="status" className="text-sm text-muted empty:hidden">{waits ? words.waits : ""}</span>
    </div>
  );
}
"""

FOCUS_NOTE = r"""
function FocusNote({ id, asked }) {
  const known = useRef(asked);
  useEffect(() => {
    if (!id || known.current === asked) return;
    known.current = asked;
    const field = document.getElementById("note-" + id);
    field?.focus();
  }, [id, asked]);
  return null;
}
"""

EVERYWHERE = r"""
function KeysEverywhere({ label }) {
  const [on, setOn] = useState(true);
  useEffect(() => setOn(playerChoice().everywhere !== false), []);
  return (
    <label className="mt-4 flex min-h-11 items-center gap-3 text-sm">
      <input type="checkbox" checked={on} className="size-5 shrink-0"
        onChange={(event) => { setOn(event.target.checked); playerChoice({ everywhere: event.target.checked }); }} />
      {label}
    </label>
  );
}
"""
