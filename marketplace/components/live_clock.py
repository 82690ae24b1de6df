"""When a live session is, in the viewer's own time zone, and how long until then."""

from __future__ import annotations

import reflex as rx

from marketplace.i18n import _

_LIVE_CLOCK = r"""
function LiveClock({ starts, ends, until, turns, askedAt, stage, words, onTurn }) {
  const [, draw] = useState(0);
  const [zone, setZone] = useState("");
  const live = useRef({});
  const since = useRef(0);
  useLayoutEffect(() => { live.current = { onTurn }; });
  useEffect(() => {
    setZone(Intl.DateTimeFormat().resolvedOptions().timeZone);
    since.current = Date.now();
    let over = false;
    const clock = setInterval(() => {
      draw((n) => n + 1);
      if (stage === "over" || over || Date.now() - since.current < turns * 1000) return;
      over = true;
      live.current.onTurn?.();
    }, 1000);
    return () => clearInterval(clock);
  }, [askedAt, turns, stage]);

  if (!zone) return <p className="min-h-14 font-semibold">{words.says}</p>;
  const language = (document.documentElement.lang || "en").replace(/^en$/, "en-GB");  // as the server writes them
  const day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const hour = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
  const rest = Math.max(0, Math.round(until - (Date.now() - since.current) / 1000));
  const [days, hours, minutes] = [Math.floor(rest / 86400), Math.floor(rest / 3600) % 24, Math.floor(rest / 60) % 60];
  const two = (n) => String(n).padStart(2, "0");
  const face = days ? words.days.replace("{d}", days).replace("{h}", hours)
    : hours ? words.hours.replace("{h}", hours).replace("{m}", minutes) : minutes + ":" + two(rest % 60);
  return (
    <div className="tnum grid gap-0.5">
      <p className="text-lg font-semibold">{day.format(starts)}</p>
      <p>
        <time dateTime={new Date(starts).toISOString()}>{hour.format(starts)}</time>{" – "}
        <time dateTime={new Date(ends).toISOString()}>{hour.format(ends)}</time>
      </p>
      <p className="text-sm text-muted">{words.zone.replace("{zone}", zone.replaceAll("_", " "))}</p>
      {rest > 0 && stage !== "over" ? (
        <p className="mt-2"><span role="timer">{words.starts_in.replace("{time}", face)}</span></p>
      ) : null}
    </div>
  );
}
"""


def _nothing() -> list[rx.Var]:
    return []


class LiveClock(rx.Component):
    """``starts``, ``ends`` and ``asked_at`` in milliseconds since 1970, the latter when the server said the rest;
    ``until`` and ``turns`` in seconds from then: until it begins, and until ``on_turn``."""

    tag = "LiveClock"

    starts: rx.Var[int]
    ends: rx.Var[int]
    until: rx.Var[int]
    turns: rx.Var[int]
    asked_at: rx.Var[int]
    stage: rx.Var[str]
    words: rx.Var[dict[str, str]]
    on_turn: rx.EventHandler[_nothing]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useLayoutEffect", "useRef", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [_LIVE_CLOCK]


def live_clock(says: rx.Var | str, **props: rx.Var | rx.EventHandler) -> rx.Component:
    """``says``: when it is, in the session's own zone, until the browser has told its own."""
    words = {
        "says": says,
        "zone": _("Your time ({zone})"),
        "starts_in": _("Starts in {time}"),
        "days": _("{d} d {h} h"),
        "hours": _("{h} h {m} min"),
    }
    return LiveClock.create(words=words, **props)
