"""Fields that save themselves, and the line that says so.

What a person types belongs to them: a save waits for a pause, and answers of the server never replace what is being
typed, was refused, or is still on its way.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _
from marketplace.pages import Route

PAGES: list[Route] = []

_AUTOSAVE = r"""
const draftQueue = (globalThis.draftQueue ??= { waiting: new Set(), sent: 0 });
const tellDraft = () => window.dispatchEvent(new Event("draftchange"));

function Autosave({ value, held, limit, delay, list, onSave, children }) {
  const box = useRef(null);
  const typed = useRef(null);
  const timer = useRef(0);
  const live = useRef({});
  const [length, setLength] = useState((value ?? "").length);

  const send = () => {
    clearTimeout(timer.current);
    if (typed.current === null) return;
    const text = typed.current;
    typed.current = null;
    draftQueue.waiting.delete(typed);
    draftQueue.sent += 1;
    tellDraft();
    onSave?.(text);
  };
  const type = (event) => {
    typed.current = event.target.value;
    setLength(typed.current.length);
    draftQueue.waiting.add(typed);
    tellDraft();
    clearTimeout(timer.current);
    if (!list || typed.current.trim()) timer.current = setTimeout(() => live.current.send(), delay);
  };
  const adopt = () => {
    if (held || typed.current !== null || draftQueue.sent > 0 || !box.current) return;
    const fields = [...box.current.querySelectorAll("input, textarea, select")];
    const focused = fields.includes(document.activeElement);
    for (const field of fields) {
      if (field.type === "radio") field.checked = field.value === value;
      else if (field.value !== value && (!focused || (list && field.value.trim() !== value))) field.value = value;
    }
    if (!focused) setLength((value ?? "").length);
  };

  useLayoutEffect(() => { live.current = { send, adopt }; });
  useEffect(() => adopt(), [value, held]);
  useEffect(() => {
    const flush = () => live.current.send();
    const look = () => live.current.adopt();
    const hide = () => { if (document.visibilityState === "hidden") flush(); };
    window.addEventListener("page:leaving", flush);
    document.addEventListener("visibilitychange", hide);
    window.addEventListener("draftchange", look);
    return () => {
      window.removeEventListener("page:leaving", flush);
      document.removeEventListener("visibilitychange", hide);
      window.removeEventListener("draftchange", look);
      flush();
    };
  }, []);

  return (
    <div ref={box} onInput={type} onBlur={() => (typed.current === null ? adopt() : send())}>
      {children}
      {limit && length > limit * 0.6 ? (
        <p className={"tnum mt-1 text-end text-xs " + (length >= limit ? "font-semibold text-warning" : "text-muted")}>
          {length} / {limit}
        </p>
      ) : null}
    </div>
  );
}
"""

_STATUS = r"""
function SaveStatus({ savedAt, handled, refused, stale, words }) {
  const [, redraw] = useState(0);
  const [at, setAt] = useState(0);
  const last = useRef({ handled, savedAt });

  useEffect(() => {
    const answered = handled - last.current.handled;
    draftQueue.sent = answered < 0 ? 0 : Math.max(0, draftQueue.sent - answered);
    if (savedAt && savedAt !== last.current.savedAt) setAt(Date.now());
    last.current = { handled, savedAt };
    tellDraft();
  }, [handled, savedAt]);
  useEffect(() => {
    const draw = () => redraw((n) => n + 1);
    const ask = (event) => {
      if (draftQueue.waiting.size || draftQueue.sent) event.preventDefault();
    };
    const names = ["draftchange", "online", "offline"];
    const clock = setInterval(draw, 1000);
    names.forEach((name) => window.addEventListener(name, draw));
    window.addEventListener("page:leaving", ask);
    return () => {
      clearInterval(clock);
      names.forEach((name) => window.removeEventListener(name, draw));
      window.removeEventListener("page:leaving", ask);
      draftQueue.sent = 0;
    };
  }, []);

  const ago = () => {
    const seconds = Math.round((Date.now() - at) / 1000);
    if (seconds < 2) return words.now;
    if (seconds < 60) return words.seconds.replace("{n}", seconds);
    return words.minutes.replace("{n}", Math.floor(seconds / 60));
  };
  const open = draftQueue.waiting.size > 0 || draftQueue.sent > 0;
  const [text, dot] = open && typeof navigator !== "undefined" && !navigator.onLine ? [words.offline, "bg-warning"]
    : stale ? [words.stale, "bg-warning"]
    : refused ? [words.refused, "bg-danger"]
    : open ? [words.saving, "bg-line-strong animate-pulse motion-reduce:animate-none"]
    : [at ? ago() : words.saved, "bg-success"];
  return (
    <p className="tnum flex items-center gap-2 text-sm text-muted" data-save-status={open ? "open" : "saved"}>
      <span aria-hidden="true" className={"size-2 shrink-0 rounded-full " + dot} />{text}
    </p>
  );
}
"""


def _on_save(text: rx.Var[str]) -> list[rx.Var[str]]:
    return [text]


class Autosave(rx.Component):
    """Wraps one uncontrolled control (or a group of radios)."""

    tag = "Autosave"

    value: rx.Var[str]
    held: rx.Var[bool]
    limit: rx.Var[int]
    delay: rx.Var[int]
    list: rx.Var[bool]
    on_save: rx.EventHandler[_on_save]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useLayoutEffect", "useRef", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [_AUTOSAVE]


class SaveStatus(rx.Component):
    """Is everything that was typed in the database?"""

    tag = "SaveStatus"

    saved_at: rx.Var[str]
    handled: rx.Var[int]
    refused: rx.Var[bool]
    stale: rx.Var[bool]
    words: rx.Var[dict[str, str]]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useLayoutEffect", "useRef", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [_AUTOSAVE, _STATUS]


def autosave(
    control: rx.Component,
    value: rx.Var,
    on_save: Any,
    held: rx.Var | bool = False,
    limit: int = 0,
    delay: int = 700,
    in_list: bool = False,
) -> rx.Component:
    """A control that saves itself after a pause, when it is left, and when the page is hidden.

    Args:
        control: Uncontrolled: ``default_value``, no ``on_change``.
        value: What the server holds; taken over while nobody types here.
        on_save: Handler of ``(text: str)``.
        held: What was typed was refused: it stays.
        limit: Counts characters near the limit.
        delay: Milliseconds of pause; 0 for choices.
        in_list: Lines move when one goes: an empty one is sent only when it is left.
    """
    return Autosave.create(control, value=value, held=held, limit=limit, delay=delay, list=in_list, on_save=on_save)


def save_status(saved_at: rx.Var, handled: rx.Var, refused: rx.Var, stale: rx.Var) -> rx.Component:
    """The truth about saving. Arguments are vars of the state: time of the last save, edits answered, any
    refused, another tab was faster."""
    words = {
        "saved": _("All changes are saved"),
        "now": _("Saved just now"),
        "seconds": _("Saved {n} s ago"),
        "minutes": _("Saved {n} min ago"),
        "saving": _("Saving…"),
        "offline": _("Not saved yet: no connection. Keep this page open."),
        "stale": _("Not saved: changed elsewhere"),
        "refused": _("Not everything is saved: see the red notes"),
    }
    return SaveStatus.create(saved_at=saved_at, handled=handled, refused=refused, stale=stale, words=words)
