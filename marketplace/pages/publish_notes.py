"""A note to learners, on the publish step of a course."""

from __future__ import annotations

import reflex as rx

from marketplace.components.field import checkbox, field, textarea
from marketplace.domain.courses.service import MAX_NOTES
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.state.publish_notes import PublishNotes

PAGES: list[Route] = []


def publish_notes() -> rx.Component:
    state = PublishNotes
    return rx.el.div(
        rx.cond(
            state.changes.length() > 0,
            rx.el.section(
                rx.el.h3(_("What changes for learners"), class_name="text-base"),
                rx.el.ul(
                    rx.foreach(
                        state.changes,
                        lambda row: rx.el.li(
                            rx.el.span(row["words"], class_name="text-muted"), " ",
                            rx.el.span(row["title"], class_name="font-medium [overflow-wrap:anywhere]"),
                        ),
                    ),
                    class_name="mt-2 grid gap-1 text-sm",
                ),
                rx.el.div(
                    field(
                        _("What's new"),
                        textarea(
                            "notes", rows=4, default_value="", max_length=MAX_NOTES, on_blur=state.write,
                            key="notes-" + state.round.to(str),
                        ),
                        hint=_("Learners read it when they come back; **bold**, lists and links work."),
                    ),
                    checkbox(
                        "mail_learners", _("Mail it to learners"),
                        _("To everybody who began the course and didn't unsubscribe, once for this version. Needs the note."),
                        default_checked=False, key="mail-" + state.round.to(str), on_change=state.set_mail,
                    ),
                    class_name="mt-5 grid gap-2",
                ),
                class_name="rounded-card border border-line bg-surface px-5 py-4",
            ),
        ),
        on_mount=state.look,
        class_name="empty:hidden",
    )  # fmt: skip
