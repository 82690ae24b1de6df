"""The browser's side of lessons that are kept. ``KEEP_STORE`` runs in pages and in the service worker alike.

In IndexedDB, ``kept``: ``lessons`` as ``/offline/lessons/…`` gives them with ``size`` and ``owner``, ``files`` as blobs by
``<lesson>/<place of the block>``, ``facts`` (when the passes were last exchanged, the latest time that was seen, the names of
lessons that went by themselves).
"""

KEEP_STORE = r"""
const keepStore = {
  wait: (request) => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  }),
  db() {
    const request = indexedDB.open("kept", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("lessons", { keyPath: "id" });
      request.result.createObjectStore("files");
      request.result.createObjectStore("facts");
    };
    return this.wait(request);
  },
  async change(act) {
    const db = await this.db();
    try {
      await new Promise((done, fail) => {
        const all = db.transaction(["lessons", "files", "facts"], "readwrite");
        all.oncomplete = done;
        all.onerror = all.onabort = () => fail(all.error);
        act(all.objectStore("lessons"), all.objectStore("files"), all.objectStore("facts"));
      });
    } finally { db.close(); }
  },
  async read(store, act) {
    const db = await this.db();
    try { return await this.wait(act(db.transaction(store).objectStore(store))); } finally { db.close(); }
  },
  own: (id) => IDBKeyRange.bound(id + "/", id + "/\uffff"),
  fact(name) { return this.read("facts", (facts) => facts.get(name)); },
  file(key) { return this.read("files", (files) => files.get(key)); },
  async lessons() {
    const seen = (await this.fact("seen")) ?? 0, now = Date.now();
    const rows = await this.read("lessons", (lessons) => lessons.getAll());
    const over = rows.filter((row) => !(row.expires > now) || now < seen - 86400000);
    if (over.length) await this.remove(...over.map((row) => row.id)).then(() => this.gone(over));
    if (now > seen) await this.change((lessons, files, facts) => facts.put(now, "seen"));
    return rows.filter((row) => !over.includes(row)).sort((a, b) => a.course.localeCompare(b.course) || a.order - b.order);
  },
  async gone(rows) {
    if (!rows.length) return;
    const before = (await this.fact("gone")) ?? [];
    const names = [...new Set([...before, ...rows.map((row) => row.lesson)])].slice(-20);
    await this.change((lessons, files, facts) => facts.put(names, "gone"));
  },
  remove(...ids) {
    return this.change((lessons, files) => ids.forEach((id) => { lessons.delete(id); files.delete(this.own(id)); }));
  },
  clear() {
    return this.change((lessons, files, facts) => [lessons, files, facts].forEach((store) => store.clear()));
  },
  async withPictures(html, words) {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const picture of page.querySelectorAll("img")) {
      const got = await fetch(picture.getAttribute("src")).catch(() => null);
      if (!got?.ok) throw new Error(words.unreachable);
      const reader = new FileReader();
      reader.readAsDataURL(await got.blob());
      picture.src = await new Promise((done, fail) => { reader.onload = () => done(reader.result); reader.onerror = fail; });
      picture.removeAttribute("srcset");
    }
    return page.body.innerHTML;
  },
  async keep(product, lesson, words, tell) {
    const answer = await fetch("/offline/lessons/" + product + "/" + lesson).catch(() => null);
    if (!answer) throw new Error(words.unreachable);
    const row = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(row.problem ?? words.unreachable);
    const blobs = [], wanted = row.blocks.map((block, n) => [block, n]).filter(([block]) => block.url);
    for (const [block, n] of wanted) {
      tell?.(Math.round((100 * blobs.length) / wanted.length));
      const got = await fetch(block.url).catch(() => null);
      if (!got?.ok) throw new Error(words.unreachable);
      blobs.push([n, await got.blob()]);
      delete block.url;
      block.here = true;
    }
    for (const block of row.blocks) if (block.html) block.html = await this.withPictures(block.html, words);
    row.size = JSON.stringify(row).length + blobs.reduce((sum, [, blob]) => sum + blob.size, 0);
    const room = await navigator.storage?.estimate?.();
    if (room?.quota && room.quota - (room.usage ?? 0) < row.size * 1.1) throw new Error(words.full);
    try {
      await this.change((lessons, files) => {
        files.delete(this.own(row.id));
        blobs.forEach(([n, blob]) => files.put(blob, row.id + "/" + n));
        lessons.put(row);
      });
    } catch (error) {
      throw new Error(error?.name === "QuotaExceededError" ? words.full : words.refused);
    }
    navigator.storage?.persist?.().catch?.(() => {});
    return row;
  },
  async check(most = 0) {
    const rows = await this.lessons();
    if (!rows.length || Date.now() - ((await this.fact("checked")) ?? 0) < most) return rows;
    const answer = await fetch("/offline/check", {
      method: "POST", headers: { "content-type": "application/json" },
      body: JSON.stringify({ passes: rows.map((row) => row.pass) }),
    }).catch(() => null);
    if (answer?.status === 401) return this.clear().then(() => []);
    if (!answer?.ok) return rows;
    const told = await answer.json();
    const stays = rows.filter((row) => row.owner === told.owner && told.kept[row.id]);
    await this.change((lessons, files, facts) => {
      for (const row of rows) {
        const fresh = told.kept[row.id];
        if (!stays.includes(row)) { lessons.delete(row.id); files.delete(this.own(row.id)); continue; }
        row.blocks.forEach((block, n) => {
          if (block.kind === "video" && block.here && !fresh.video) { block.here = false; files.delete(row.id + "/" + n); }
        });
        row.stale = fresh.version !== row.version;
        lessons.put({ ...row, pass: fresh.pass, expires: fresh.expires, done: fresh.done });
      }
      facts.put(Date.now(), "checked");
    });
    await this.gone(rows.filter((row) => row.owner === told.owner && !stays.includes(row)));
    return stays.map((row) => ({ ...row, expires: told.kept[row.id].expires }));
  },
};
"""

KEEP_OFFLINE = r"""
const startWorker = () => navigator.serviceWorker?.register("/sw.js", { scope: "/" }).catch(() => {});

function KeepOffline({ product, lesson, may, words, className, children }) {
  const [kept, setKept] = useState(null);
  const [busy, setBusy] = useState(null);
  const [problem, setProblem] = useState("");
  const [able, setAble] = useState(false);
  const [gone, setGone] = useState(false);
  useEffect(() => {
    if (!("serviceWorker" in navigator) || !("indexedDB" in window) || !lesson) return;
    let here = true;
    setAble(true);
    setProblem("");
    setKept(null);
    setGone(false);
    const look = async () => {
      const had = !may && (await keepStore.lessons()).some((row) => row.id === lesson);
      const rows = await keepStore.check(had ? 0 : 60000);
      if (rows.length) startWorker();
      if (!here) return;
      const found = rows.find((row) => row.id === lesson) ?? null;
      setKept(found);
      setGone(had && !found);
    };
    look().catch(() => {});
    return () => { here = false; };
  }, [lesson, may]);
  const keep = async () => {
    if (busy !== null) return;
    setBusy(0);
    setProblem("");
    try {
      startWorker();
      setKept(await keepStore.keep(product, lesson, words, setBusy));
    } catch (error) {
      setProblem(error?.message || words.refused);
    }
    setBusy(null);
  };
  const remove = () => keepStore.remove(lesson).then(() => setKept(null), () => setProblem(words.refused));
  if (!able || (!may && !kept && !gone)) return null;
  if (!kept && gone) return <p role="status" className="px-3 text-sm text-muted">{words.gone}</p>;
  const language = document.documentElement.lang.replace(/^en$/, "en-GB");
  const until = kept ? new Date(kept.expires).toLocaleDateString(language, { day: "numeric", month: "long" }) : "";
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      {kept && !(kept.stale && may) ? (
        <>
          <span className="px-3 text-muted">{words.until.replace("{day}", until)}
            {kept.left_out?.includes("video") ? " " + words.no_video : ""}</span>
          <button type="button" className={className} onClick={remove}>{words.remove}</button>
          <a href="/offline" className="inline-flex min-h-11 items-center px-3 font-semibold text-accent hover:underline">{words.list}</a>
        </>
      ) : (
        <button type="button" className={className} onClick={keep} aria-busy={busy !== null}>
          {children}{busy !== null ? words.busy.replace("{percent}", busy) : kept ? words.again : words.keep}</button>
      )}
      {problem ? <span role="alert" className="px-3 text-danger">{problem}</span> : null}
    </div>
  );
}
"""
