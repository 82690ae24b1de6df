"""Messages that pass, sent from the server without ``eval``."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.style import resolved_color_mode


def _on_action(token: rx.Var[str]) -> list[rx.Var[str]]:
    return [token]


class ToastSender(rx.Component):
    """Shows ``message`` once per ``id``, also across pages. Renders nothing; the app's toaster draws."""

    tag = "ToastSender"

    message: rx.Var[dict[str, Any]]
    on_action: rx.EventHandler[_on_action]

    def add_imports(self) -> dict[str, str]:
        return {"react": "useEffect"}

    def add_custom_code(self) -> list[str]:
        return [
            """function ToastSender({ message, onAction }) {
  const id = message?.id;
  useEffect(() => {
    if (!id || !message.title || sessionStorage.getItem("toasted") === String(id)) return;
    sessionStorage.setItem("toasted", String(id));
    const options = {
      id: String(id),
      description: message.text || undefined,
      duration: message.reload ? Infinity : message.action_label ? 8000 : 4500,
      action: message.reload ? { label: message.reload, onClick: () => window.location.reload() } : message.action_label
        ? { label: message.action_label, onClick: () => onAction?.(message.action_token ?? "") }
        : undefined,
    };
    window.dispatchEvent(new CustomEvent("toast", { detail: { kind: message.kind, title: message.title, options } }));
  }, [id]);
  return null;
}"""
        ]


class LateToaster(rx.Component):
    """The library that draws comes with the visitor's first press, which may lead to a message, or with a message:
    who only reads doesn't load it."""

    tag = "LateToaster"
    lib_dependencies: list[str] = ["sonner@2.0.8"]

    theme: rx.Var[str] = resolved_color_mode

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useRef", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [
            """function LateToaster({ theme }) {
  const waiting = useRef([]);
  const [sonner, setSonner] = useState(null);
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    const load = () => import("sonner").then(setSonner, () => {});
    const hear = ({ detail }) => {
      waiting.current.push(detail);
      setAsked((times) => times + 1);
      load();
    };
    window.addEventListener("toast", hear);
    for (const press of ["pointerdown", "keydown"]) window.addEventListener(press, load, { once: true });
    return () => {
      window.removeEventListener("toast", hear);
      for (const press of ["pointerdown", "keydown"]) window.removeEventListener(press, load);
    };
  }, []);
  useEffect(() => {
    if (!sonner) return;
    for (const { kind, title, options } of waiting.current.splice(0)) (sonner.toast[kind] ?? sonner.toast)(title, options);
  }, [sonner, asked]);
  return sonner ? <sonner.Toaster theme={theme} position="bottom-center" offset="5rem" /> : null;
}"""
        ]


def toasts(message: rx.Var[dict[str, Any]], on_action: Any = None) -> rx.Component:
    """Put once in the page's shell; set ``message`` from any event.

    ``rx.toast`` returned from a handler needs ``eval`` in the browser, so it does nothing under our policy.

    Args:
        message: ``{"id", "kind", "title", "text", "action_label", "action_token", "reload"}``: a new ``id`` shows a
            new toast; ``kind`` is ``success``, ``error``, ``warning`` or ``info``; the rest may be missing. With
            ``reload``, a button's label, it stays and its button loads the page again.
        on_action: Handler of ``(token: str)``, called when the toast's button ("Undo") is pressed.
    """
    return ToastSender.create(message=message, **({"on_action": on_action} if on_action is not None else {}))


def toaster() -> rx.Component:
    """For ``rx.App(toaster=toaster())``: where toasts stand."""
    return LateToaster.create()
