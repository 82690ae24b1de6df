"""Time that runs out: the server says how many seconds are left, the browser counts them."""

from __future__ import annotations

import reflex as rx

from marketplace.i18n import _

_COUNTDOWN = r"""
function Countdown({ left, words, onEnd }) {
  const [rest, setRest] = useState(left);
  const live = useRef({});
  useLayoutEffect(() => { live.current = { onEnd }; });
  useEffect(() => {
    const end = performance.now() + left * 1000;
    let over = false;
    const look = () => {
      const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      setRest(seconds);
      if (!seconds && !over) { over = true; document.activeElement?.blur?.(); live.current.onEnd?.(); }
    };
    look();
    const clock = setInterval(look, 500);
    return () => clearInterval(clock);
  }, [left]);

  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(rest / 3600);
  const face = (hours ? hours + ":" : "") + (hours ? two(Math.floor(rest / 60) % 60) : Math.floor(rest / 60)) + ":" + two(rest % 60);
  const said = [300, 60, 30, 10].includes(rest) ? words.left.replace("{time}", face) : "";
  return (
    <span className={"tnum inline-flex items-center gap-1.5 font-semibold " + (rest <= 60 ? "text-danger" : "")}>
      <span role="timer" aria-label={words.left.replace("{time}", face)}>{face}</span>
      <span className="sr-only" aria-live="assertive">{said}</span>
    </span>
  );
}
"""


def _no_arguments() -> list[rx.Var]:
    return []


class Countdown(rx.Component):
    """Minutes and seconds that are left."""

    tag = "Countdown"

    left: rx.Var[int]
    words: rx.Var[dict[str, str]]
    on_end: rx.EventHandler[_no_arguments]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useLayoutEffect", "useRef", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [_COUNTDOWN]


def countdown(left: rx.Var, on_end: rx.EventHandler) -> rx.Component:
    """``left`` in seconds; ``on_end`` is called once, after the field in which somebody types was left."""
    return Countdown.create(left=left, words={"left": _("{time} left")}, on_end=on_end)
