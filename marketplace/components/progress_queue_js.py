"""The browser's side of ``progress_queue``. ``QUEUE`` is also used by the page that works without a connection.

In ``localStorage``, by account and course: ``progress:<owner>:<course>`` is a list of
``{lesson, block, position, done, at}``, one for each block and each completed lesson.
"""

QUEUE = r"""
const PROGRESS = "progress:";
const progressQueue = {
  most: 200,
  read(key) {
    try {
      const rows = JSON.parse(localStorage.getItem(key) ?? "[]");
      return Array.isArray(rows) ? rows : [];
    } catch {
      return [];
    }
  },
  write(key, rows) {
    try {
      if (rows.length) localStorage.setItem(key, JSON.stringify(rows.slice(-this.most)));
      else localStorage.removeItem(key);
    } catch {}
  },
  same: (one, other) => one.lesson === other.lesson && one.block === other.block && one.done === other.done,
  add(key, row) {
    this.write(key, [...this.read(key).filter((known) => !this.same(known, row)), { ...row, at: Date.now() }]);
  },
  drop(key, gone) { this.write(key, this.read(key).filter((row) => !gone(row))); },
  keys(owner) {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(PROGRESS + owner + ":"));
    } catch {
      return [];
    }
  },
};
"""

PROGRESS_QUEUE = (
    QUEUE
    + r"""
function ProgressQueue({ owner, course, lesson, heard, merged, words, onMerge }) {
  const [offline, setOffline] = useState(false);
  const [kept, setKept] = useState(0);
  const [noted, setNoted] = useState(false);
  const key = PROGRESS + owner + ":" + course;
  const live = useRef({});
  const count = () => {
    const rows = progressQueue.read(key);
    setKept(rows.length);
    setNoted(rows.some((row) => row.done && row.lesson === live.current.lesson));
  };
  const shut = (whether) => document.querySelectorAll("[data-complete]").forEach((button) => { button.disabled = whether; });
  const send = () => {
    if (!owner || !course || navigator.onLine === false) return;
    const rows = progressQueue.read(key);
    if (rows.length) onMerge?.(rows.slice(0, progressQueue.most));
  };
  useEffect(() => { live.current = { send, key, lesson, owner }; });
  useEffect(() => {
    if (!owner || !course) return;
    const look = () => { setOffline(navigator.onLine === false); count(); };
    const online = () => { look(); shut(false); setTimeout(() => live.current.send(), 500); };
    const told = ({ detail }) => {
      const { key, lesson } = live.current;
      progressQueue.add(key, { lesson, block: detail.name, position: detail.position, done: false });
      if (navigator.onLine === false) count();
    };
    const complete = (event) => {
      if (navigator.onLine !== false || !event.target.closest?.("[data-complete]")) return;
      event.stopPropagation();
      event.preventDefault();
      progressQueue.add(live.current.key, { lesson: live.current.lesson, block: "", position: 0, done: true });
      count();
      shut(true);
    };
    look();
    const first = setTimeout(() => live.current.send(), 1500);
    const again = setInterval(() => {
      if (progressQueue.read(live.current.key).some((row) => row.at < Date.now() - 12000)) live.current.send();
    }, 20000);
    window.addEventListener("online", online);
    window.addEventListener("offline", look);
    window.addEventListener("playback:told", told);
    document.addEventListener("click", complete, true);
    return () => {
      clearTimeout(first);
      clearInterval(again);
      window.removeEventListener("online", online);
      window.removeEventListener("offline", look);
      window.removeEventListener("playback:told", told);
      document.removeEventListener("click", complete, true);
    };
  }, [key]);
  useEffect(() => {
    if (heard?.block) progressQueue.drop(key, (row) => row.block === heard.block && row.position === Number(heard.position));
  }, [heard]);
  useEffect(() => {
    if (!merged?.length) return;
    progressQueue.drop(key, (row) => merged.some((one) => progressQueue.same(one, row) && row.at <= one.at));
    count();
  }, [merged]);
  if (!offline) return null;
  return (
    <p role="status" className="sticky top-20 z-10 rounded-control bg-warning-soft px-4 py-3 text-sm shadow-float">
      <span className="font-semibold">{words.offline}</span> {noted ? words.noted : kept ? words.kept : words.on}
    </p>
  );
}
"""
)
