"""Many videos at once: the section they go to, and the files on their way."""

from __future__ import annotations

import reflex as rx

from marketplace.components.bulk_uploader import bulk_uploader
from marketplace.components.disclosure import disclosure
from marketplace.components.field import CONTROL
from marketplace.components.icon import icon
from marketplace.domain.media.rules import VIDEO_ENDINGS
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.settings import get_settings
from marketplace.state.curriculum import CurriculumState

PAGES: list[Route] = []
VIDEO_TYPES = "video/*," + ",".join(f".{ending}" for ending in sorted(VIDEO_ENDINGS))


def bulk_upload() -> rx.Component:
    """Stays as it is while the outline is edited: what is on its way must not begin anew."""
    state = CurriculumState
    limit = get_settings().upload_max_bytes
    return rx.cond(
        state.rows.length() > 0,
        rx.el.div(
            disclosure(
                _("Upload many videos"),
                rx.el.div(
                    _section_choice(),
                    bulk_uploader(
                        _("Videos of your lessons"),
                        _(
                            "Each becomes a draft lesson named after its file, up to {n} GB. If you leave, choose the "
                            "same files again: they go on where they stopped."
                        ).format(n=limit // 1024**3),
                        VIDEO_TYPES,
                        limit,
                        links=state.bulk_links,
                        problems=state.bulk_problems,
                        on_wanted=state.bulk_wanted,
                        on_done=state.bulk_done,
                    ),
                    class_name="grid max-w-3xl gap-5 pt-3",
                ),
            ),
            key=state.href,
            class_name=["mt-2", rx.cond(state.lesson.contains("id"), "max-lg:hidden", "")],
        ),
    )


def _section_choice() -> rx.Component:
    state = CurriculumState
    return rx.el.div(
        rx.el.label(_("New lessons go to"), html_for="bulk-section", class_name="text-sm font-semibold"),
        rx.el.div(
            rx.el.select(
                rx.foreach(
                    state.rows,
                    lambda row: rx.cond(row["kind"] == "section", rx.el.option(row["title"], value=row["id"])),
                ),
                id="bulk-section",
                name="section",
                value=state.bulk_section,
                on_change=state.set_bulk_section,
                class_name=f"{CONTROL} h-11 appearance-none pe-10",
            ),
            icon("chevron_down", 18, "pointer-events-none absolute end-3 top-3.5 text-muted"),
            class_name="relative max-w-96",
        ),
        class_name="grid gap-1.5",
    )
