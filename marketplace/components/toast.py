"""Messages that pass, sent from the server without ``eval``."""

from __future__ import annotations

from typing import Any

import reflex as rx


def _on_action(token: rx.Var[str]) -> list[rx.Var[str]]:
    return [token]


class ToastSender(rx.Component):
    """Shows ``message`` once per ``id``, also across pages. Renders nothing; the app's toaster draws."""

    tag = "ToastSender"

    message: rx.Var[dict[str, Any]]
    on_action: rx.EventHandler[_on_action]

    def add_imports(self) -> dict[str, str | rx.ImportVar]:
        return {"react": "useEffect", "sonner@2.0.8": rx.ImportVar(tag="toast", alias="sendToast")}

    def add_custom_code(self) -> list[str]:
        return [
            """function ToastSender({ message, onAction }) {
  const id = message?.id;
  useEffect(() => {
    if (!id || !message.title || sessionStorage.getItem("toasted") === String(id)) return;
    sessionStorage.setItem("toasted", String(id));
    const show = sendToast[message.kind] ?? sendToast;
    show(message.title, {
      id: String(id),
      description: message.text || undefined,
      duration: message.reload ? Infinity : message.action_label ? 8000 : 4500,
      action: message.reload ? { label: message.reload, onClick: () => window.location.reload() } : message.action_label
        ? { label: message.action_label, onClick: () => onAction?.(message.action_token ?? "") }
        : undefined,
    });
  }, [id]);
  return null;
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
    return rx.toast.provider(position="bottom-center", rich_colors=False, expand=False, offset="5rem")
