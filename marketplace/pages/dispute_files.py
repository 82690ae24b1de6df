"""The files of an answer to a dispute: what is in it, and adding to it."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button
from marketplace.components.card import panel
from marketplace.components.field import field, select_input
from marketplace.components.icon import icon
from marketplace.components.uploader import signed_put
from marketplace.domain.orders.evidence import FIELDS, MAX_BYTES
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.state.requests import DisputeState

PAGES: list[Route] = []


def files_panel() -> rx.Component:
    """Shown while files may come, and afterwards when there are any."""
    editable = DisputeState.dispute["editable"] != ""
    return rx.cond(
        editable | (DisputeState.files.length() > 0),
        panel(
            rx.cond(
                DisputeState.files.length() > 0,
                rx.el.ul(rx.foreach(DisputeState.files, _file), class_name="mb-6 divide-y divide-line last:mb-0"),
            ),
            rx.cond(editable, _adding()),
            title=_("Files"),
        ),
    )


def _file(row: rx.Var) -> rx.Component:
    remove = button(
        rx.fragment(_("Remove"), rx.el.span(" ", row["name"], class_name="sr-only")),
        kind="secondary",
        size="sm",
        on_click=DisputeState.remove_file(row["field"]),
    )
    return rx.el.li(
        icon("file_text", 22, "text-muted"),
        rx.el.div(
            rx.el.p(row["label"], class_name="font-medium"),
            rx.el.p(
                rx.el.span(row["name"], class_name="[overflow-wrap:anywhere]"),
                rx.el.span(row["size"], class_name="tnum"),
                rx.cond(row["own"] != "", rx.el.span(_("Added by us"))),
                rx.cond(row["theirs"] != "", rx.el.span(_("Added by another seller of this order"))),
                class_name="flex flex-wrap gap-x-4 text-sm text-muted",
            ),
            class_name="min-w-0 grow",
        ),
        rx.cond((DisputeState.dispute["editable"] != "") & (row["theirs"] == ""), remove),
        key=row["field"],
        class_name="flex min-h-16 items-center gap-4 py-3",
    )


def _adding() -> rx.Component:
    taken = DisputeState.file_fields.contains(DisputeState.file_field)
    hint = _("PDF, PNG or JPEG; all files together up to {size} MB and 49 pages.").format(size=f"{MAX_BYTES / 1e6:.1f}")
    return rx.el.div(
        field(
            _("What it shows"),
            select_input(
                "file_field",
                [(name, _(label)) for name, label in FIELDS.items()],
                value=DisputeState.file_field,
                on_change=DisputeState.choose_field,
            ),
            hint=_("One file for each. Another one takes the place of the first."),
            required=True,
        ),
        rx.el.div(
            signed_put(
                DisputeState.file_url,
                rx.cond(taken, _("Replace this file"), _("Add this file")),
                DisputeState.file_round,
                DisputeState.file_problem,
                accept="application/pdf,image/png,image/jpeg",
                max_bytes=MAX_BYTES,
                hint=hint,
                on_file_chosen=DisputeState.file_chosen,
                on_done=DisputeState.file_uploaded,
                on_failed=DisputeState.file_failed,
                words={"checking": _("Sent. Handing it to the payment provider…")},
            ),
            class_name="[&_label]:py-5",
        ),
        class_name="grid gap-5",
    )
