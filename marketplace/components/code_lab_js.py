"""The browser's side of ``code_lab``: an editor, a worker that runs what is in it, and what came of it."""

from .python_worker_js import FOLDER

CODE_LAB = (
    r"""
const PYTHON_WORKER = "/"""
    + FOLDER
    + r"""/worker.js";
const MOST_VALUE = 2000;
"""
    + r"""
function usePython(seconds, words) {
  const worker = useRef(null);
  const run = useRef(null);
  const timer = useRef(0);
  const [phase, setPhase] = useState("idle");
  const [out, setOut] = useState("");
  const [note, setNote] = useState("");
  const drop = () => { clearTimeout(timer.current); worker.current?.terminate(); worker.current = null; };
  const finish = (why) => {
    clearTimeout(timer.current);
    const { calls, results, end } = run.current;
    run.current = null;
    for (const { id, call } of calls) results[id] ??= { id, call, value: "", error: why || words.not_run };
    setPhase("idle");
    setNote(why);
    end(calls.map(({ id }) => results[id]));
  };
  const heard = ({ data }) => {
    const now = run.current;
    if (data.kind === "ready" && !now) setPhase("idle");
    if (!now) return;
    if (data.kind === "started") {
      setPhase("running");
      timer.current = setTimeout(() => { drop(); finish(words.too_long.replace("{n}", seconds)); }, seconds * 1000);
    } else if (data.kind === "out") setOut((text) => text + data.text);
    else if (data.kind === "cut") setOut((text) => text + "\n" + words.cut);
    else if (data.kind === "case") {
      const call = now.calls.find(({ id }) => id === data.id)?.call ?? "";
      now.results[data.id] = { id: data.id, call, value: data.value.slice(0, MOST_VALUE), error: data.error.slice(0, 500) };
    } else if (data.kind === "done") finish("");
    else if (data.kind === "broken") { drop(); finish(words.broken); }
  };
  const ready = () => {
    if (worker.current) return;
    worker.current = new Worker(PYTHON_WORKER, { type: "module" });
    worker.current.onmessage = heard;
    worker.current.onerror = () => { drop(); if (run.current) finish(words.broken); };
  };
  const start = (code, calls, end) => {
    if (run.current) return;
    ready();
    run.current = { calls, results: {}, end };
    setOut("");
    setNote("");
    setPhase("loading");
    worker.current.postMessage({ code, calls: calls.map(({ id, call }) => [id, call]), most: MOST_VALUE });
  };
  const stop = () => { drop(); if (run.current) finish(words.stopped); };
  useEffect(() => drop, []);
  return { phase, out, note, ready, start, stop };
}

function CodeLab(props) {
  const { code, starter, calls, seconds, words, label, checkLabel, onKeep, onCheck, held, limit } = props;
  const box = useRef(null);
  const gutter = useRef(null);
  const log = useRef(null);
  const typed = useRef(null);
  const timer = useRef(0);
  const leave = useRef(false);
  const [lines, setLines] = useState((code ?? "").split("\n").length);
  const [ran, setRan] = useState(false);
  const python = usePython(seconds, words);
  const id = useId();
  const queue = () => globalThis.draftQueue;
  const tell = () => window.dispatchEvent(new Event("draftchange"));
  const count = () => setLines(box.current.value.split("\n").length);

  const send = () => {
    clearTimeout(timer.current);
    if (typed.current === null) return;
    const text = typed.current;
    typed.current = null;
    if (queue()) { queue().waiting.delete(typed); queue().sent += 1; tell(); }
    onKeep?.(text);
  };
  const change = () => {
    typed.current = box.current.value;
    count();
    if (!onKeep) return;
    if (queue()) { queue().waiting.add(typed); tell(); }
    clearTimeout(timer.current);
    timer.current = setTimeout(() => live.current.send(), 900);
  };
  const live = useRef({});
  useEffect(() => { live.current = { send }; });
  useEffect(() => {
    if (!held && typed.current === null && document.activeElement !== box.current && box.current.value !== code) {
      box.current.value = code ?? "";
      count();
    }
  }, [code, held]);
  useEffect(() => {
    const flush = () => live.current.send();
    const hide = () => { if (document.visibilityState === "hidden") flush(); };
    window.addEventListener("page:leaving", flush);
    document.addEventListener("visibilitychange", hide);
    return () => {
      window.removeEventListener("page:leaving", flush);
      document.removeEventListener("visibilitychange", hide);
      flush();
    };
  }, []);

  const put = (text, from, to) => {
    box.current.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, text)) {
      box.current.setRangeText(text, from, to, "end");
      change();
    }
  };
  const indent = (back) => {
    const { value, selectionStart: from, selectionEnd: to } = box.current;
    if (!back && from === to) {
      const column = from - (value.lastIndexOf("\n", from - 1) + 1);
      return put(" ".repeat(4 - (column % 4)), from, to);
    }
    const first = value.lastIndexOf("\n", from - 1) + 1;
    const last = value.indexOf("\n", Math.max(from, to - 1));
    const end = last < 0 ? value.length : last;
    const text = value.slice(first, end).split("\n")
      .map((line) => (back ? line.replace(/^( {1,4}|\t)/, "") : line && "    " + line)).join("\n");
    put(text, first, end);
    box.current.setSelectionRange(from === to ? Math.max(first, first + text.length - (end - to)) : first, first + text.length);
    if (from === to) box.current.setSelectionRange(box.current.selectionStart, box.current.selectionStart);
  };
  const newline = () => {
    const { value, selectionStart: from, selectionEnd: to } = box.current;
    const line = value.slice(value.lastIndexOf("\n", from - 1) + 1, from);
    const deeper = line.trimEnd().endsWith(":") ? "    " : /^\s*(return|pass|break|continue|raise)\b/.test(line) ? null : "";
    const space = line.match(/^[ \t]*/)[0];
    put("\n" + (deeper === null ? space.slice(0, -4) : space + deeper), from, to);
  };
  const key = (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") { leave.current = true; return; }
    if (event.key === "Tab" && !leave.current && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      indent(event.shiftKey);
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      newline();
    }
    if (event.key !== "Shift") leave.current = false;
  };
  const run = () => { send(); setRan(true); python.start(box.current.value, [], () => {}); };
  const check = () => {
    const text = box.current.value;
    send();
    setRan(true);
    python.start(text, calls, (results) => onCheck?.(text, results));
  };
  const reset = () => { box.current.focus(); put(starter ?? "", 0, box.current.value.length); };

  useEffect(() => { if (log.current) log.current.scrollTop = log.current.scrollHeight; }, [python.out]);
  const busy = python.phase !== "idle";
  const doing = python.phase === "loading" ? words.loading : python.phase === "running" ? words.running : "";
  const button = (text, onClick, primary) => (
    <button type="button" aria-disabled={busy} onClick={() => busy || onClick()} onPointerEnter={python.ready} className={
      "inline-flex h-9 items-center gap-2 rounded-control px-3 text-sm font-semibold transition-colors " +
      "aria-disabled:opacity-55 pointer-coarse:h-11 " + (primary ? "bg-accent text-on-accent hover:bg-accent-hover"
        : "border border-line bg-surface text-ink hover:border-ink")}>{text}</button>
  );
  return (
    <div className="grid gap-3">
      <div className={"flex overflow-hidden rounded-control border border-line-strong bg-surface font-mono text-sm " +
        "leading-6 focus-within:outline-2 focus-within:outline-offset-0 focus-within:outline-accent"}>
        <div ref={gutter} aria-hidden="true" className={"tnum shrink-0 overflow-hidden border-e border-line bg-sunken px-2.5 " +
          "py-2.5 text-end text-muted select-none"} style={{ height: Math.min(Math.max(lines, 6), 24) * 24 + 20 + "px" }}>
          {Array.from({ length: lines }, (_, n) => <div key={n}>{n + 1}</div>)}
        </div>
        <textarea ref={box} id={id} aria-label={label} aria-describedby={id + "-keys"} defaultValue={code} spellCheck={false}
          autoCapitalize="off" autoCorrect="off" autoComplete="off" wrap="off" maxLength={limit} onInput={change}
          onKeyDown={key} onFocus={() => (onCheck || checkLabel) && python.ready()} onBlur={() => { leave.current = false; send(); }}
          onScroll={(event) => { gutter.current.scrollTop = event.target.scrollTop; }}
          className="min-w-0 grow resize-none overflow-auto bg-transparent px-3 py-2.5 leading-6 outline-none"
          style={{ height: Math.min(Math.max(lines, 6), 24) * 24 + 20 + "px", tabSize: 4 }} />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {button(words.run, run, false)}
        {checkLabel ? button(checkLabel, check, true) : null}
        {busy ? <button type="button" onClick={python.stop} className={"h-9 rounded-control px-3 text-sm font-semibold " +
          "hover:bg-sunken pointer-coarse:h-11"}>{words.stop}</button> : null}
        {starter !== undefined && starter !== null ? (
          <button type="button" disabled={busy} onClick={reset} className={"h-9 rounded-control px-3 text-sm font-semibold " +
            "enabled:hover:bg-sunken disabled:opacity-55 pointer-coarse:h-11"}>{words.reset}</button>
        ) : null}
        <span role="status" className={"text-sm " + (doing ? "text-muted" : "text-danger")}>{doing || python.note}</span>
      </div>
      <p id={id + "-keys"} className="text-xs text-muted pointer-coarse:sr-only">{words.keys}</p>
      {ran && (python.out || busy || !python.note) ? (
        <div className="grid gap-1">
          <p className="text-sm font-semibold">{words.output}</p>
          <pre ref={log} tabIndex={0} role="log" aria-label={words.output} className={"max-h-72 overflow-auto rounded-control border " +
            "border-line bg-sunken px-3 py-2.5 font-mono text-sm whitespace-pre-wrap [overflow-wrap:anywhere]"}>
            {python.out || (busy ? "…" : words.nothing)}
          </pre>
        </div>
      ) : null}
    </div>
  );
}
"""
)
