"""The browser's side of ``text_editor``: what its buttons and keys write, pictures on their way, the preview's pace."""

TEXT_EDITOR = r"""
const writeInto = (area, words, from, to) => {
  area.focus();
  area.setSelectionRange(from, to);
  let done = false;
  try { done = document.execCommand("insertText", false, words); } catch { done = false; }
  if (!done) {
    area.setRangeText(words, from, to, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
};
const useTool = (area, { before = "", after = "", sample = "", line = "", block = "" }) => {
  const { value, selectionStart: from, selectionEnd: to } = area;
  const chosen = value.slice(from, to);
  if (line) {
    const start = value.lastIndexOf("\n", from - 1) + 1;
    const words = value.slice(start, to) || sample;
    writeInto(area, words.split("\n").map((each) => line + each).join("\n"), start, to);
    return;
  }
  const lead = !block ? "" : from === 0 || value.slice(0, from).endsWith("\n\n") ? ""
    : value[from - 1] === "\n" ? "\n" : "\n\n";
  const tail = block && !value.slice(to).startsWith("\n") ? "\n" : "";
  const inside = chosen || sample;
  writeInto(area, lead + before + inside + after + tail, from, to);
  const start = from + lead.length + before.length;
  area.setSelectionRange(start, start + inside.length);
};
const KEYS = { b: "bold", i: "italic", k: "link" };
const PICTURE = /^image\/(png|jpeg|webp|avif)$/;
const countBare = (value) => (value.match(/!\[\s*\]\(picture:/g) ?? []).length;

function TextEditor({ block, picture, maxBytes, previewOpen, words, onPreview, onPictureChosen, onPictureSent,
  onPictureFailed, children }) {
  const box = useRef(null);
  const queue = useRef([]);
  const sending = useRef(null);
  const round = useRef(picture?.round);
  const timer = useRef(0);
  const live = useRef({});
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState("");
  const [bare, setBare] = useState(0);
  const [over, setOver] = useState(false);
  const area = () => box.current?.querySelector("textarea");
  const mine = picture?.block === block;

  const next = () => {
    if (sending.current || !queue.current.length) return;
    const file = queue.current.shift();
    const current = { file, url: "" };
    sending.current = current;
    setTimeout(() => { if (sending.current === current) live.current.settle(words.lost); }, 60000);
    setSaid(words.sending.replace("{name}", file.name || words.picture));
    onPictureChosen?.(file.name || "picture", file.size, file.type);
  };
  const take = (files) => {
    const all = [...(files ?? [])];
    const fit = all.filter((file) => PICTURE.test(file.type) && file.size > 0 && file.size <= maxBytes);
    setProblem(fit.length < all.length ? words.unfit : "");
    queue.current.push(...fit);
    next();
  };
  const settle = (message) => {
    sending.current = null;
    setSaid("");
    if (message) setProblem(message);
    next();
  };
  const preview = (now) => {
    clearTimeout(timer.current);
    if (previewOpen) timer.current = setTimeout(() => area() && onPreview?.(area().value), now ? 0 : 350);
  };
  const run = (name) => {
    if (name === "picture") return box.current.querySelector("input[type=file]").click();
    const button = box.current.querySelector("[data-tool='" + name + "']");
    if (button && area()) useTool(area(), button.dataset);
  };

  useEffect(() => { live.current = { take, run, preview, settle }; });
  useEffect(() => preview(true), [previewOpen, block]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (sending.current && picture?.block && !mine) settle(words.lost);
  }, [picture?.block]);
  useEffect(() => {
    const current = sending.current;
    if (!mine || !current || !picture.url || current.url === picture.url) return;
    current.url = picture.url;
    fetch(picture.url, { method: "PUT", body: current.file, headers: { "Content-Type": current.file.type } })
      .then((answer) => (answer.ok ? onPictureSent?.() : Promise.reject()))
      .catch(() => { onPictureFailed?.(words.lost); settle(words.lost); });
  }, [picture?.url]);
  useEffect(() => {
    if (round.current === picture?.round) return;
    round.current = picture?.round;
    if (!mine || !sending.current) return;
    if (picture.id && area()) {
      const field = area();
      const [from, to] = [field.selectionStart, field.selectionEnd];
      const lead = from === 0 || field.value.slice(0, from).endsWith("\n\n") ? "" : "\n\n";
      writeInto(field, lead + "![](picture:" + picture.id + ")\n\n", from, to);
      field.setSelectionRange(from + lead.length + 2, from + lead.length + 2);
    }
    settle(picture.problem);
  }, [picture?.round]);
  useEffect(() => {
    const node = box.current;
    const look = () => setBare(countBare(area()?.value ?? ""));
    const input = () => { look(); live.current.preview(false); };
    const click = (event) => {
      const tool = event.target.closest?.("[data-tool]");
      if (tool) live.current.run(tool.dataset.tool);
    };
    const key = (event) => {
      if (event.target === area() && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey
        && KEYS[event.key.toLowerCase()]) {
        event.preventDefault();
        event.stopPropagation();
        live.current.run(KEYS[event.key.toLowerCase()]);
      }
      const bar = event.target.closest?.("[role=toolbar]");
      if (!bar || !["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
      const tools = [...bar.querySelectorAll("button")];
      const step = event.key === "ArrowRight" ? 1 : -1;
      const at = tools.indexOf(document.activeElement);
      const to = event.key === "Home" ? 0 : event.key === "End" ? tools.length - 1
        : (at + step + tools.length) % tools.length;
      event.preventDefault();
      rove(bar, tools[to]).focus();
    };
    const rove = (bar, chosen) => {
      bar.querySelectorAll("button").forEach((each) => { each.tabIndex = each === chosen ? 0 : -1; });
      return chosen;
    };
    const focus = (event) => {
      const bar = event.target.closest?.("[role=toolbar]");
      if (bar && event.target.matches("button")) rove(bar, event.target);
    };
    const paste = (event) => {
      if (event.target !== area()) return;
      const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
      if (!files.length || event.clipboardData.getData("text/plain")) return;
      event.preventDefault();
      event.stopPropagation();
      live.current.take(files);
    };
    const scroll = (event) => {
      const shown = node.querySelector("[data-preview]");
      if (!shown || event.target !== area()) return;
      const { scrollTop, scrollHeight, clientHeight } = event.target;
      shown.scrollTop = (scrollTop / Math.max(1, scrollHeight - clientHeight)) * (shown.scrollHeight - shown.clientHeight);
    };
    node.addEventListener("scroll", scroll, true);
    const names = { input, click, keydown: key, focusin: focus, paste };
    look();
    const bar = node.querySelector("[role=toolbar]");
    if (bar) rove(bar, bar.querySelector("button"));
    Object.entries(names).forEach(([name, handler]) => node.addEventListener(name, handler));
    return () => {
      node.removeEventListener("scroll", scroll, true);
      Object.entries(names).forEach(([name, handler]) => node.removeEventListener(name, handler));
    };
  }, []);

  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const drag = (event) => { if (hasFiles(event)) { event.preventDefault(); setOver(true); } };
  const drop = (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  const bareWords = bare === 1 ? words.bare_one : words.bare_many.replace("{n}", bare);
  return (
    <div ref={box} onDragOver={drag} onDragLeave={() => setOver(false)} onDrop={drop} data-over={over}
      className="grid min-w-0 gap-2 rounded-card data-[over=true]:outline-2 data-[over=true]:outline-offset-4 data-[over=true]:outline-accent">
      <input type="file" accept="image/png,image/jpeg,image/webp,image/avif" multiple tabIndex={-1} className="hidden"
        aria-label={words.choose} onChange={(event) => { take(event.target.files); event.target.value = ""; }} />
      {children}
      <p role="status" className="text-sm text-muted empty:hidden">{said}</p>
      <p role="alert" className="text-sm text-danger empty:hidden">{problem}</p>
      <p className="text-sm text-warning empty:hidden">{bare ? bareWords : ""}</p>
    </div>
  );
}
"""
