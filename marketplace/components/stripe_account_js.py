"""The browser's side of ``stripe_account``."""

STRIPE_ACCOUNT = r"""
const CONNECT_JS = "https://connect-js.stripe.com/v1.0/connect.js";
const ANSWER_SECRET_WITHIN = 30000;

const loadConnect = () => new Promise((resolve, reject) => {
  const ready = () => typeof window.StripeConnect?.init === "function" && resolve(window.StripeConnect);
  if (ready()) return;
  window.StripeConnect = window.StripeConnect || {};
  window.StripeConnect.onLoad = ready;
  const script = document.createElement("script");
  script.src = CONNECT_JS;
  script.async = true;
  script.onload = ready;
  script.onerror = () => { script.remove(); reject(new Error("not_loaded")); };
  document.head.append(script);
});
const connectColors = () => {
  const page = getComputedStyle(document.documentElement);
  const color = (name) => page.getPropertyValue("--color-" + name).trim();
  return { colorPrimary: color("accent"), colorBackground: color("surface"), colorText: color("ink"),
    colorSecondaryText: color("muted"), colorBorder: color("line"), colorDanger: color("danger") };
};

function StripeAccount({ publishableKey, parts, secret, problem, answered, words, onNeedSecret, onTaken }) {
  const box = useRef(null);
  const live = useRef({});
  const waiting = useRef([]);
  const [attempt, setAttempt] = useState(0);
  const [phase, setPhase] = useState("loading");
  const [failure, setFailure] = useState("");

  useEffect(() => { live.current = { onNeedSecret, onTaken }; });
  useEffect(() => {
    const asked = waiting.current.splice(0);
    asked.forEach(({ resolve, reject }) => (secret ? resolve(secret) : reject(new Error(problem))));
    if (asked.length && secret) live.current.onTaken?.();
  }, [answered]);
  useEffect(() => {
    let gone = false;
    const made = [];
    const fail = (text) => { if (!gone) { setFailure(text); setPhase("failed"); } };
    const fetchClientSecret = () => new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(words.failed)), ANSWER_SECRET_WITHIN);
      const settled = (end) => (value) => { clearTimeout(timer); end(value); };
      waiting.current.push({ resolve: settled(resolve), reject: settled(reject) });
      if (waiting.current.length === 1) live.current.onNeedSecret?.();
    }).catch((error) => { fail(error.message || words.failed); throw error; });
    loadConnect().then((connect) => {
      if (gone) return;
      const instance = connect.init({ publishableKey, fetchClientSecret,
        locale: document.documentElement.lang || "en",
        appearance: { overlays: "dialog", variables: connectColors() } });
      parts.forEach((part) => {
        const element = instance.create(part);
        element.setOnLoadError?.(() => fail(words.failed));
        element.setOnLoaderStart?.(() => { if (!gone) setPhase((now) => (now === "failed" ? now : "shown")); });
        made.push(element);
        box.current.append(element);
      });
      setTimeout(() => { if (!gone) setPhase((now) => (now === "loading" ? "shown" : now)); }, 3000);
    }).catch((error) => fail(words[error.message] || words.failed));
    return () => { gone = true; waiting.current = []; made.forEach((element) => element.remove()); };
  }, [publishableKey, attempt]);

  const retry = () => { setFailure(""); setPhase("loading"); setAttempt(attempt + 1); };
  return (
    <div className="grid gap-4">
      {phase === "loading" ? <p role="status" className="text-muted">{words.loading}</p> : null}
      {phase === "failed" ? (
        <div role="alert" className="flex flex-wrap items-center gap-4 rounded-card bg-danger-soft px-4 py-3">
          <p className="min-w-0 flex-1">{failure}</p>
          <button type="button" onClick={retry} className={"h-9 rounded-control border border-line bg-surface px-3 " +
            "text-sm font-semibold transition-colors hover:border-line-strong pointer-coarse:h-11"}>{words.retry}</button>
        </div>
      ) : null}
      <div ref={box} className="grid gap-8" hidden={phase === "failed"} />
    </div>
  );
}
"""
