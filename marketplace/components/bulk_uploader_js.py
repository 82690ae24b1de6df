"""The browser's side of ``bulk_uploader``: the queue. Links are asked for one after the other, so that lessons stand in
the order of the files; two files move at a time."""

BULK = r"""
const BULK_AT_ONCE = 2;
const bulkKey = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), (n) => n.toString(16).padStart(2, "0")).join("");

function BulkUploader({ links, problems, children, ...props }) {
  const { accept, label, hint, words } = props;
  const rows = useRef([]);
  const [, redraw] = useState(0);
  const [over, setOver] = useState(false);
  const live = useRef({});
  const id = useId();
  const draw = () => redraw((n) => n + 1);
  const fail = (row, problem) => Object.assign(row, { phase: "failed", problem });

  const pump = () => {
    const waiting = rows.current.find((row) => row.phase === "queued");
    const busy = rows.current.filter((row) => ["asking", "uploading", "offline"].includes(row.phase));
    if (waiting && busy.length < BULK_AT_ONCE && !busy.some((row) => row.phase === "asking")) {
      waiting.phase = "asking";
      const { key, file } = waiting;
      props.onWanted?.(key, file.name, file.size, file.type || "application/octet-stream");
    }
    draw();
  };
  const begin = (row, url) => {
    row.phase = "uploading";
    row.job = startTus(row.file, url, {
      progress: (sent) => { row.sent = sent; draw(); },
      done: () => {
        Object.assign(row, { phase: "done", sent: row.file.size, job: null });
        live.current.props.onDone?.(row.key);
        live.current.pump();
      },
      failed: (status) => {
        if (!navigator.onLine) row.phase = "offline";
        else {
          if ([401, 403, 404, 410].includes(status)) row.job = null;
          fail(row, row.job ? words.failed : words.expired);
        }
        live.current.pump();
      },
    });
    row.job.resume();
  };
  const again = (row) => {
    row.problem = "";
    if (row.job) { row.phase = "uploading"; row.job.resume(); }
    else Object.assign(row, { key: bulkKey(), phase: "queued" });
    pump();
  };
  const take = (files) => {
    const known = new Set(rows.current.filter((row) => row.phase !== "failed").map((row) => row.file.name + row.file.size));
    const order = new Intl.Collator(document.documentElement.lang || "en", { numeric: true });
    for (const file of [...files].sort((a, b) => order.compare(a.name, b.name))) {
      if (known.has(file.name + file.size)) continue;
      const problem = refuseFile(file, props);
      rows.current.push({ key: bulkKey(), file, sent: 0, job: null, problem, phase: problem ? "refused" : "queued" });
    }
    pump();
  };
  const drop = (row) => { rows.current = rows.current.filter((one) => one !== row); draw(); };

  useEffect(() => { live.current = { pump, props }; });
  useEffect(() => {
    for (const row of rows.current) {
      if (row.phase !== "asking") continue;
      if (links[row.key]) begin(row, links[row.key]);
      else if (problems[row.key]) fail(row, problems[row.key]);
    }
    pump();
  }, [links, problems]);
  useEffect(() => {
    const online = () => {
      rows.current.filter((row) => row.phase === "offline").forEach((row) => { row.phase = "uploading"; row.job.resume(); });
      draw();
    };
    const leaving = (event) => {
      if (rows.current.some((row) => ["queued", "asking", "uploading", "offline"].includes(row.phase))) event.preventDefault();
    };
    window.addEventListener("online", online);
    window.addEventListener("page:leaving", leaving);
    return () => {
      window.removeEventListener("online", online);
      window.removeEventListener("page:leaving", leaving);
      rows.current.forEach((row) => row.job?.pause());
    };
  }, []);

  const all = rows.current;
  const done = all.filter((row) => row.phase === "done").length;
  const lost = all.filter((row) => row.phase === "failed");
  const failed = lost.length + all.filter((row) => row.phase === "refused").length;
  const sum = sayUpload(failed ? words.sum_failed : words.sum, { done, count: all.length, failed });
  const percent = (row) => (row.file.size ? Math.min(100, Math.floor((row.sent / row.file.size) * 100)) : 0);
  const said = (row) => ({
    queued: words.queued, asking: words.waiting, offline: words.offline, done: words.done, failed: row.problem,
    refused: row.problem,
    uploading: sayUpload(words.uploading, { sent: sayBytes(row.sent), total: sayBytes(row.file.size) }),
  })[row.phase];
  const wrong = (row) => ["failed", "refused"].includes(row.phase);
  const action = (text, name, onClick) => (
    <button type="button" aria-label={text + ": " + name} className={UPLOAD_BUTTON} onClick={onClick}>{text}</button>
  );

  return (
    <div className="grid gap-4" onDragOver={(event) => { event.preventDefault(); setOver(true); }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => { event.preventDefault(); setOver(false); take(event.dataTransfer.files); }}>
      <div>
        <input id={id} type="file" multiple accept={accept} className="peer sr-only" aria-label={label}
          onChange={(event) => { take(event.target.files); event.target.value = ""; }} />
        <label htmlFor={id} data-over={over} className={"flex cursor-pointer flex-col items-center gap-1.5 " +
          "rounded-card border border-dashed border-line-strong bg-surface px-6 py-7 text-center transition-colors " +
          "hover:border-accent hover:bg-accent-soft data-[over=true]:border-accent data-[over=true]:bg-accent-soft " +
          "peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent"}>
          {children}
          <span className="font-semibold">{label}</span>
          <span className="text-sm text-muted"><span className="font-semibold text-accent underline underline-offset-4">
            {words.choose}</span> {words.or_drop}</span>
          <span className="max-w-[60ch] text-xs text-muted">{hint}</span>
        </label>
      </div>
      {all.length ? (
        <div className="flex min-h-9 flex-wrap items-center justify-between gap-3">
          <p role="status" className="tnum text-sm font-semibold">{sum}</p>
          {lost.length > 1 ? (
            <button type="button" className={UPLOAD_BUTTON} onClick={() => lost.forEach(again)}>{words.retry_all}</button>
          ) : null}
        </div>
      ) : null}
      <ul className="divide-y divide-line rounded-card border border-line bg-surface empty:hidden">
        {all.map((row) => (
          <li key={row.file.name + row.file.size} data-upload={row.phase} className="grid gap-1.5 px-4 py-3">
            <div className="flex items-center justify-between gap-4">
              <span className="min-w-0 truncate font-semibold">{row.file.name}</span>
              <span className="flex shrink-0 items-center gap-2">
                {["uploading", "offline"].includes(row.phase)
                  ? <span className="tnum text-sm text-muted">{percent(row)} %</span> : null}
                {row.phase === "failed" ? action(words.retry, row.file.name, () => again(row)) : null}
                {["queued", "failed", "refused"].includes(row.phase)
                  ? action(words.remove, row.file.name, () => drop(row)) : null}
              </span>
            </div>
            {["uploading", "offline"].includes(row.phase) ? (
              <div role="progressbar" aria-label={sayUpload(words.progress, { name: row.file.name })} aria-valuemin={0}
                aria-valuemax={100} aria-valuenow={percent(row)} className="h-1.5 overflow-hidden rounded-full bg-line">
                <div className="h-full rounded-full bg-accent transition-[width]" style={{ width: percent(row) + "%" }} />
              </div>
            ) : null}
            <p className={"tnum text-sm " + (wrong(row) ? "text-danger" : row.phase === "done" ? "text-success" : "text-muted")}>
              {said(row)}
            </p>
          </li>
        ))}
      </ul>
    </div>
  );
}
"""
