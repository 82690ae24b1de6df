"""Files straight from the browser to where they live: resumable (tus) for videos, signed PUT for small ones."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _

from .icon import icon
from .uploader_js import FILE_UPLOADER, PUT, TUS


def _on_file_chosen(name: rx.Var[str], size: rx.Var[int], mime: rx.Var[str]) -> list[rx.Var]:
    return [name, size, mime]


def _on_progress(percent: rx.Var[int]) -> list[rx.Var]:
    return [percent]


def _on_failed(message: rx.Var[str]) -> list[rx.Var]:
    return [message]


def _nothing() -> list[rx.Var]:
    return []


class _FileUploader(rx.Component):
    """What both uploaders share. The flow: a file is chosen and checked, ``on_file_chosen`` asks the server for a
    link, the server sets ``upload_url``, the bytes move, ``on_done``. Where the server has the last word on the file,
    it counts ``answered`` up, with its reason in ``refusal`` or none."""

    upload_url: rx.Var[str]
    upload_size: rx.Var[int]
    accept: rx.Var[str]
    max_bytes: rx.Var[int]
    label: rx.Var[str]
    hint: rx.Var[str]
    words: rx.Var[dict[str, str]]
    answered: rx.Var[int]
    refusal: rx.Var[str]

    on_file_chosen: rx.EventHandler[_on_file_chosen]
    on_progress: rx.EventHandler[_on_progress]
    on_done: rx.EventHandler[_nothing]
    on_failed: rx.EventHandler[_on_failed]
    on_cancel: rx.EventHandler[_nothing]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useId", "useRef", "useState"]}


class TusUploader(_FileUploader):
    """A resumable upload to a link that the server created."""

    tag = "TusUploader"
    lib_dependencies: list[str] = ["tus-js-client@4.3.1"]

    def add_custom_code(self) -> list[str]:
        return [FILE_UPLOADER, TUS]


class SignedPut(_FileUploader):
    """One PUT of the raw file to a signed link."""

    tag = "SignedPut"

    def add_custom_code(self) -> list[str]:
        return [FILE_UPLOADER, PUT]


def words() -> dict[str, str]:
    """What the uploaders say; override single ones through ``words=``."""
    return {
        "choose": _("Choose a file"),
        "or_drop": _("or drop it here"),
        "waiting": _("Getting ready…"),
        "uploading": _("{sent} of {total}"),
        "left": _("about {time} left"),
        "minutes": _("{n} min"),
        "seconds": _("{n} s"),
        "paused": _("Paused at {percent} %"),
        "offline": _("No connection. It continues by itself when you are back."),
        "checking": _("Sent. Checking the file…"),
        "done": _("Uploaded"),
        "refused": _("Not saved"),
        "pause": _("Pause"),
        "resume": _("Resume"),
        "retry": _("Try again"),
        "cancel": _("Cancel"),
        "another": _("Choose another file"),
        "empty": _("{name} is empty (0 bytes). Choose another file; nothing was sent."),
        "too_big": _("{name} is {size}, and the limit is {limit}. Choose a smaller file; nothing was sent."),
        "wrong_type": _("{name} is not a kind of file that works here. Nothing was sent."),
        "expired": _("The link for this upload has expired. Choose the same file again to go on."),
        "failed": _("The upload stopped. What was sent is kept; try again to go on."),
        "no_answer": _("No answer came. The file may not have been saved; try again."),
        "progress": _("Uploading {name}"),
    }


def tus_uploader(
    upload_url: rx.Var[str] | str,
    label: rx.Var | str,
    accept: str = "video/*",
    max_bytes: rx.Var[int] | int = 4 * 1024**3,
    upload_size: rx.Var[int] | int = 0,
    hint: rx.Var | str = "",
    words: dict[str, str] | None = None,
    **events: Any,
) -> rx.Component:
    """A large file, resumable after a lost connection or a reload.

    Args:
        upload_url: The tus link, set by the server after ``on_file_chosen``; empty before.
        label: What to choose: "Add the lesson's video".
        accept: As in HTML.
        max_bytes: Refused above, before a byte moves.
        upload_size: Bytes the link was created for. When it is set, the upload waits until the chosen file has this
            size, so a link kept from before a reload is never used for another file.
        hint: Limits in words.
        words: Overrides of :func:`words`.
        events: ``on_file_chosen(name, size, mime)``, ``on_progress(percent)`` at most every 2 s, ``on_done()``,
            ``on_failed(message)``, ``on_cancel()``.
    """
    shown = {"upload_size": upload_size, "accept": accept, "max_bytes": max_bytes, "hint": hint}
    return _create(TusUploader, upload_url, label, words, **shown, **events)


def signed_put(
    upload_url: rx.Var[str] | str,
    label: rx.Var | str,
    answered: rx.Var[int] | int,
    refusal: rx.Var[str] | str,
    accept: str = "image/png,image/jpeg,image/webp",
    max_bytes: rx.Var[int] | int = 10 * 1024**2,
    hint: rx.Var | str = "",
    words: dict[str, str] | None = None,
    **events: Any,
) -> rx.Component:
    """A small file: picture (also by paste), captions, download. Every file needs its own fresh link.

    Sent is not taken: the server looks at the file afterwards, and can also refuse to give a link.

    Args:
        upload_url: The signed link, set by the server after ``on_file_chosen``; empty before.
        label: What to choose: "Add a cover".
        answered: Counted up by the server whenever it took or refused a file.
        refusal: Why the last one was refused; empty when it was taken. Shown here, with a way to try again.
        accept: As in HTML.
        max_bytes: Refused above, before a byte moves.
        hint: Limits in words.
        words: Overrides of :func:`words`.
        events: As in :func:`tus_uploader`.
    """
    shown = {"accept": accept, "max_bytes": max_bytes, "hint": hint, "answered": answered, "refusal": refusal}
    whole = {"failed": _("The file didn't get through. Try again.")}  # in one piece it can't go on where it stopped
    return _create(SignedPut, upload_url, label, {**whole, **(words or {})}, **shown, **events)


def _create(
    cls: type[_FileUploader],
    upload_url: rx.Var[str] | str,
    label: rx.Var | str,
    overrides: dict[str, str] | None,
    **props: Any,
) -> rx.Component:
    said = {**words(), **(overrides or {})}
    return cls.create(icon("upload", 24, "text-muted"), upload_url=upload_url, label=label, words=said, **props)
