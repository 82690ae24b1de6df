"""The browser's side of ``transcript``."""

TRANSCRIPT = r"""
function Transcript({ name, languages, shown, words, onOpen }) {
  const list = useRef(null);
  const field = useRef(null);
  const state = useRef({ now: -1, following: true, quiet: 0, asked: "" });
  const [lang, setLang] = useState("");
  const [query, setQuery] = useState("");
  const [hit, setHit] = useState(0);
  const [following, setFollowing] = useState(true);
  const [copied, setCopied] = useState(false);
  const cues = shown?.block === name && shown?.lang === lang ? shown.cues ?? [] : [];

  const codes = (languages ?? []).map((one) => one.lang);
  const choose = (code, tell) => {
    setLang(code);
    setHit(0);
    state.current.now = -1;
    state.current.asked = name + code;
    onOpen?.(name, code);
    if (tell) window.dispatchEvent(new CustomEvent("playback:captions", { detail: code }));
  };
  useEffect(() => {
    if (!codes.length || state.current.asked === name + lang && codes.includes(lang)) return;
    const own = [playerChoice().captions, document.documentElement.lang].find((code) => codes.includes(code));
    choose(own ?? codes[0], false);
  }, [name, codes.join()]);

  const follow = (on) => { state.current.following = on; setFollowing(on); };
  const center = (row) => {
    if (!row || !list.current) return;
    state.current.quiet = Date.now() + 1200;
    const smooth = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const top = row.offsetTop - list.current.clientHeight / 2 + row.clientHeight / 2;
    list.current.scrollTo({ top, behavior: smooth ? "smooth" : "auto" });
  };
  const mark = (position) => {
    let at = -1;
    for (let low = 0, high = cues.length - 1; low <= high;) {
      const middle = (low + high) >> 1;
      if (cues[middle][0] <= position + 0.05) { at = middle; low = middle + 1; } else high = middle - 1;
    }
    if (at === state.current.now) return;
    state.current.now = at;
    list.current?.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const row = list.current?.querySelector(`[data-cue="${at}"]`);
    row?.setAttribute("aria-current", "true");
    if (state.current.following) center(row);
  };
  useEffect(() => {
    const hear = ({ detail }) => { if (detail.name === name) mark(detail.position); };
    const heard = ({ detail }) => { if (codes.includes(detail) && detail !== lang) choose(detail, false); };
    window.addEventListener("playback", hear);
    window.addEventListener("playback:language", heard);
    if (globalThis.playback?.name === name) mark(globalThis.playback.position);
    return () => {
      window.removeEventListener("playback", hear);
      window.removeEventListener("playback:language", heard);
    };
  });

  const sought = query.trim().toLocaleLowerCase();
  const hits = useMemo(
    () => (sought ? cues.flatMap((cue, n) => (cue[2].toLocaleLowerCase().includes(sought) ? [n] : [])) : []),
    [sought, shown, lang],
  );
  const go = (step) => {
    if (!hits.length) return;
    const next = (hit + step + hits.length) % hits.length;
    setHit(next);
    follow(false);
    center(list.current?.querySelector(`[data-cue="${hits[next]}"]`));
  };
  useEffect(() => { if (hits.length) { setHit(0); follow(false);
    center(list.current?.querySelector(`[data-cue="${hits[0]}"]`)); } }, [sought]);

  const seek = (n) => {
    if (!cues[n]) return;
    follow(true);
    window.dispatchEvent(new CustomEvent("playback:seek", { detail: { name, position: cues[n][0] } }));
  };
  const press = (event) => {
    const row = event.target.closest("[data-cue]");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!row || !(step || event.key === "Enter" || event.key === " ")) return;
    event.preventDefault();
    if (step) list.current.querySelector(`[data-cue="${Number(row.dataset.cue) + step}"]`)?.focus();
    else seek(Number(row.dataset.cue));
  };
  const click = (event) => {
    const row = event.target.closest("[data-cue]");
    if (row && !String(window.getSelection())) seek(Number(row.dataset.cue));
  };
  const clock = (s) => {
    const rest = String(Math.floor(s % 60)).padStart(2, "0");
    return s < 3600 ? Math.floor(s / 60) + ":" + rest
      : Math.floor(s / 3600) + ":" + String(Math.floor(s / 60) % 60).padStart(2, "0") + ":" + rest;
  };
  const marked = (text) => {
    if (!sought) return text;
    const parts = [];
    for (let from = 0, low = text.toLocaleLowerCase(); ;) {
      const at = low.indexOf(sought, from);
      if (at < 0 || low.length !== text.length) return [...parts, text.slice(from)];
      parts.push(text.slice(from, at), <mark key={at} className="rounded-sm bg-warning-soft text-ink">
        {text.slice(at, at + sought.length)}</mark>);
      from = at + sought.length;
    }
  };
  const copy = () => navigator.clipboard.writeText(cues.map((cue) => cue[2]).join("\n")).then(() => {
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  });
  const rows = useMemo(() => cues.map((cue, n) => (
    <li key={n}><div data-cue={n} role="button" tabIndex={n === 0 ? 0 : -1}
      className={"flex cursor-pointer gap-3 rounded-control border-s-2 border-transparent px-3 py-1.5 text-sm select-text " +
        "hover:bg-sunken aria-[current]:border-accent aria-[current]:bg-accent-soft pointer-coarse:py-2.5 " +
        (hits[hit] === n ? "outline-2 outline-warning" : "")}>
      <span className="tnum w-10 shrink-0 text-muted">{clock(cue[0])}</span>
      <span dir="auto" className="min-w-0 [overflow-wrap:anywhere]">{marked(cue[2])}</span>
    </div></li>
  )), [shown, lang, sought, hit, hits]);
  useEffect(() => {
    const row = list.current?.querySelector(`[data-cue="${state.current.now}"]`);
    row?.setAttribute("aria-current", "true");
  }, [rows]);

  const small = "grid size-11 shrink-0 place-items-center rounded-control hover:bg-sunken disabled:opacity-50";
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <input ref={field} type="search" value={query} aria-label={words.search} placeholder={words.search} maxLength={100}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => { if (event.key === "Enter") { event.preventDefault(); go(event.shiftKey ? -1 : 1); } }}
          className="h-11 min-w-40 grow rounded-control border border-line-strong bg-surface px-3 text-base sm:text-sm" />
        {sought ? (
          <span className="flex items-center">
            <span role="status" className="tnum px-1 text-sm whitespace-nowrap text-muted">
              {hits.length ? words.hits.replace("{n}", hit + 1).replace("{all}", hits.length) : words.none}</span>
            <button type="button" className={small} aria-label={words.before} disabled={!hits.length}
              onClick={() => go(-1)}>↑</button>
            <button type="button" className={small} aria-label={words.after} disabled={!hits.length}
              onClick={() => go(1)}>↓</button>
          </span>
        ) : null}
        {codes.length > 1 ? (
          <select value={lang} aria-label={words.language} onChange={(event) => choose(event.target.value, true)}
            className="h-11 rounded-control border border-line-strong bg-surface px-2 text-base sm:text-sm">
            {languages.map((one) => <option key={one.lang} value={one.lang}>{one.label}</option>)}
          </select>
        ) : null}
        <button type="button" onClick={copy} disabled={!cues.length}
          className="h-11 rounded-control px-3 text-sm font-semibold hover:bg-sunken disabled:invisible">
          {copied ? words.copied : words.copy}</button>
      </div>
      <div className="relative">
        <ol ref={list} lang={lang || undefined} aria-label={words.title} onClick={click} onKeyDown={press}
          onWheel={() => follow(false)} onTouchMove={() => follow(false)}
          onScroll={() => { if (Date.now() > state.current.quiet) follow(false); }}
          className="relative max-h-80 min-h-40 overflow-y-auto overscroll-contain rounded-card border border-line bg-surface p-1.5">
          {rows}
          {!cues.length ? <li className="p-3 text-sm text-muted">{words.loading}</li> : null}
        </ol>
        {!following && cues.length ? (
          <button type="button" onClick={() => { follow(true); center(list.current?.querySelector("[aria-current]")); }}
            className={"absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full border border-line bg-surface px-4 py-2 " +
              "text-sm font-semibold shadow-float pointer-coarse:min-h-11"}>{words.follow}</button>
        ) : null}
      </div>
    </div>
  );
}
"""
