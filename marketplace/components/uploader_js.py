"""The browser's side of ``uploader``: choosing, checking, showing; and the two ways to send."""

FILE_UPLOADER = r"""
const sayUpload = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const sayBytes = (bytes) => {
  const [unit, size] = bytes < 1024 ** 2 ? ["kB", 1024] : bytes < 1024 ** 3 ? ["MB", 1024 ** 2] : ["GB", 1024 ** 3];
  const digits = bytes / size < 10 && unit !== "kB" ? 1 : 0;
  const format = new Intl.NumberFormat(document.documentElement.lang || "en", { maximumFractionDigits: digits });
  return format.format(bytes / size) + " " + unit;
};
const fitsAccept = (file, accept) => !accept || accept.toLowerCase().split(/\s*,\s*/).some((part) =>
  part.startsWith(".") ? file.name.toLowerCase().endsWith(part)
    : part.endsWith("/*") ? file.type.startsWith(part.slice(0, -1)) : file.type === part);
const refuseFile = (file, { accept, maxBytes, words }) => {
  const values = { name: file.name, size: sayBytes(file.size), limit: sayBytes(maxBytes) };
  if (file.size === 0) return sayUpload(words.empty, values);
  if (file.size > maxBytes) return sayUpload(words.too_big, values);
  return fitsAccept(file, accept) ? "" : sayUpload(words.wrong_type, values);
};
const ANSWER_WITHIN = 60000;
const UPLOAD_BUTTON = "h-9 rounded-control border border-line bg-surface px-3 text-sm font-semibold " +
  "transition-colors hover:border-line-strong pointer-coarse:h-11";

function FileUploader({ start, resumable, ...props }) {
  const { uploadUrl, uploadSize, accept, maxBytes, label, hint, words, answered, refusal, children } = props;
  const [file, setFile] = useState(null);
  const [phase, setPhase] = useState("idle");
  const [sent, setSent] = useState(0);
  const [left, setLeft] = useState("");
  const [problem, setProblem] = useState("");
  const [over, setOver] = useState(false);
  const job = useRef(null);
  const spent = useRef(new Set());
  const told = useRef(0);
  const began = useRef(null);
  const input = useRef(null);
  const id = useId();
  const answers = useRef(answered);
  const busy = ["waiting", "uploading", "paused", "offline", "checking"].includes(phase);
  const percentOf = (bytes) => (file?.size ? Math.min(100, Math.floor((bytes / file.size) * 100)) : 0);
  const percent = percentOf(sent);

  const choose = (picked) => {
    if (!picked || busy) return;
    const unfit = refuseFile(picked, props);
    setProblem(unfit);
    if (unfit) return setPhase("idle");
    if (!resumable && uploadUrl) spent.current.add(uploadUrl);
    setFile(picked);
    setSent(0);
    setPhase("waiting");
    props.onFileChosen?.(picked.name, picked.size, picked.type || "application/octet-stream");
  };
  const progress = (bytes) => {
    const now = Date.now();
    began.current ??= { at: now, bytes };
    setSent(bytes);
    const rate = (bytes - began.current.bytes) / (now - began.current.at);
    if (now - began.current.at > 3000 && rate > 0) {
      const seconds = Math.ceil((file.size - bytes) / rate / 1000);
      const time = seconds > 90 ? sayUpload(words.minutes, { n: Math.round(seconds / 60) })
        : sayUpload(words.seconds, { n: Math.ceil(seconds / 5) * 5 });
      setLeft(sayUpload(words.left, { time }));
    }
    if (now - told.current >= 2000) {
      told.current = now;
      props.onProgress?.(percentOf(bytes));
    }
  };
  const failed = (status) => {
    if (!navigator.onLine) return setPhase("offline");
    const message = resumable && [401, 403, 404, 410].includes(status) ? words.expired : words.failed;
    if (message === words.expired) spent.current.add(uploadUrl);
    setProblem(message);
    setPhase("failed");
    props.onFailed?.(message);
  };
  const done = () => {
    spent.current.add(uploadUrl);
    setSent(file.size);
    setPhase(answered === undefined ? "done" : "checking");
    props.onDone?.();
  };
  const settle = (message) => {
    if (!["waiting", "checking"].includes(phase)) return;
    setProblem(message);
    setPhase(message ? "refused" : "taken");
    if (!message) setFile(null);
  };
  const go = () => {
    began.current = null;
    setLeft("");
    setProblem("");
    setPhase("uploading");
    job.current.resume();
  };
  const again = resumable ? go : () => choose(file);
  const another = () => { setFile(null); setPhase("idle"); setProblem(""); };
  const pause = () => { job.current?.pause(); setPhase("paused"); };
  const cancel = () => {
    job.current?.pause();
    if (uploadUrl) spent.current.add(uploadUrl);
    job.current = null;
    setFile(null);
    setPhase("idle");
    setProblem("");
    props.onCancel?.();
  };

  useEffect(() => {
    if (phase !== "waiting" || !uploadUrl || spent.current.has(uploadUrl)) return;
    if (uploadSize && uploadSize !== file.size) return;
    if (!resumable) spent.current.add(uploadUrl);
    job.current = start(file, uploadUrl, { progress: (n) => live.current.progress(n),
      done: () => live.current.done(), failed: (status) => live.current.failed(status) });
    go();
  }, [phase, uploadUrl, uploadSize]);
  const live = useRef({});
  useEffect(() => { live.current = { progress, done, failed, go, choose, settle, phase }; });
  useEffect(() => {
    if (answers.current === answered) return;
    answers.current = answered;
    live.current.settle(refusal);
  }, [answered, refusal]);
  useEffect(() => {
    if (answered === undefined || !["waiting", "checking"].includes(phase)) return;
    const timer = setTimeout(() => live.current.settle(words.no_answer), ANSWER_WITHIN);
    return () => clearTimeout(timer);
  }, [phase]);
  useEffect(() => {
    const online = () => live.current.phase === "offline" && live.current.go();
    const leaving = (event) => { if (live.current.phase === "uploading") event.preventDefault(); };
    window.addEventListener("online", online);
    window.addEventListener("page:leaving", leaving);
    return () => {
      window.removeEventListener("online", online);
      window.removeEventListener("page:leaving", leaving);
      job.current?.pause();
    };
  }, []);
  useEffect(() => {
    if (!accept?.includes("image/")) return;
    const paste = (event) => {
      const picture = [...(event.clipboardData?.files ?? [])].find((item) => item.type.startsWith("image/"));
      if (picture) { event.preventDefault(); live.current.choose(picture); }
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, [accept]);

  const drop = (event) => { event.preventDefault(); setOver(false); choose(event.dataTransfer.files[0]); };
  const status = phase === "waiting" ? words.waiting
    : phase === "uploading" ? sayUpload(words.uploading, { sent: sayBytes(sent), total: sayBytes(file.size) })
    : phase === "paused" ? sayUpload(words.paused, { percent }) : phase === "offline" ? words.offline
    : phase === "checking" ? words.checking : ["done", "taken"].includes(phase) ? words.done
    : phase === "refused" ? words.refused : "";
  const spoken = phase === "uploading" ? Math.floor(percent / 10) * 10 + " %" : status;
  const action = (text, onClick) => <button type="button" className={UPLOAD_BUTTON} onClick={onClick}>{text}</button>;

  return (
    <div className="grid gap-2" onDragOver={(event) => { event.preventDefault(); setOver(true); }}
      onDragLeave={() => setOver(false)} onDrop={drop}>
      <input ref={input} id={id} type="file" accept={accept} className="peer sr-only" tabIndex={file ? -1 : 0}
        aria-describedby={id + "-problem"} aria-label={label} disabled={busy}
        onChange={(event) => { choose(event.target.files[0]); event.target.value = ""; }} />
      {!file ? (
        <label htmlFor={id} data-over={over} className={"flex cursor-pointer flex-col items-center gap-1.5 " +
          "rounded-card border border-dashed border-line-strong bg-surface px-6 py-10 text-center transition-colors " +
          "hover:border-accent hover:bg-accent-soft data-[over=true]:border-accent data-[over=true]:bg-accent-soft " +
          "peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent"}>
          {children}
          <span className="font-semibold">{label}</span>
          <span className="text-sm text-muted"><span className="font-semibold text-accent underline underline-offset-4">
            {words.choose}</span> {words.or_drop}</span>
          {hint ? <span className="text-xs text-muted">{hint}</span> : null}
        </label>
      ) : (
        <div className="rounded-card border border-line bg-surface p-4">
          <div className="flex items-baseline justify-between gap-4">
            <span className="truncate font-semibold">{file.name}</span>
            <span className="tnum text-sm text-muted">{percent} %</span>
          </div>
          <div role="progressbar" aria-label={sayUpload(words.progress, { name: file.name })} aria-valuemin={0}
            aria-valuemax={100} aria-valuenow={percent} className="my-3 h-1.5 overflow-hidden rounded-full bg-line">
            <div className={"h-full rounded-full transition-[width] " + (phase === "refused" ? "bg-danger" : "bg-accent")}
              style={{ width: percent + "%" }} />
          </div>
          <div className="flex flex-wrap items-center justify-between gap-3">
            <span className="tnum text-sm text-muted">{status}{phase === "uploading" && left ? " · " + left : ""}</span>
            <span className="flex gap-2">
              {resumable && phase === "uploading" ? action(words.pause, pause) : null}
              {phase === "paused" ? action(words.resume, go) : null}
              {phase === "refused" || (phase === "failed" && problem !== words.expired)
                ? action(words.retry, again) : null}
              {(busy && phase !== "checking") || phase === "failed" ? action(words.cancel, cancel) : null}
              {["done", "refused"].includes(phase) || (phase === "failed" && problem === words.expired)
                ? action(words.another, another) : null}
            </span>
          </div>
        </div>
      )}
      <span role="status" className="sr-only">{spoken}</span>
      <p id={id + "-problem"} role="alert" className="text-sm text-danger empty:hidden">{problem}</p>
    </div>
  );
}
"""

TUS = r"""
const TUS_DELAYS = [0, 1000, 3000, 5000, 10000, 20000, 30000, 60000];
const tusShouldRetry = (error) => {
  const status = error.originalResponse?.getStatus() ?? 0;
  return navigator.onLine && (status < 400 || status >= 500 || [409, 423, 429].includes(status));
};
function startTus(file, url, report) {
  let upload = null;
  let wanted = false;
  const load = async () => {
    const tus = await import("tus-js-client");
    upload = new tus.Upload(file, {
      uploadUrl: url,
      chunkSize: 64 * 1024 * 1024,
      retryDelays: TUS_DELAYS,
      storeFingerprintForResuming: false,
      onShouldRetry: tusShouldRetry,
      onProgress: report.progress,
      onSuccess: report.done,
      onError: (error) => report.failed(error.originalResponse?.getStatus() ?? 0),
    });
  };
  return {
    pause: () => { wanted = false; upload?.abort(); },
    resume: async () => {
      wanted = true;
      try {
        if (!upload) await load();
        if (wanted) upload.start();
      } catch { report.failed(0); }
    },
  };
}
function TusUploader(props) {
  return <FileUploader {...props} start={startTus} resumable />;
}
"""

PUT = r"""
function startPut(file, url, report) {
  let request = null;
  return {
    pause: () => { if (request) { request.onabort = null; request.abort(); } },
    resume: () => {
      request = new XMLHttpRequest();
      request.open("PUT", url);
      request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
      request.upload.onprogress = (event) => report.progress(event.loaded);
      request.onload = () => (request.status < 300 ? report.done() : report.failed(request.status));
      request.onerror = () => report.failed(0);
      request.send(file);
    },
  };
}
function SignedPut(props) {
  return <FileUploader {...props} start={startPut} resumable={false} />;
}
"""
