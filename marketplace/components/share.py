"""Passing the address of this page on."""

from __future__ import annotations

import reflex as rx

from marketplace.i18n import _

from .button import button_class
from .client import client_action
from .icon import icon

# Through the device's own sheet where there is one; else the address is copied, and the button says so for a moment.
_SHARE = """(e) => {
  const b = e.currentTarget;
  const page = { title: document.querySelector("h1")?.textContent ?? document.title, url: location.origin + location.pathname };
  if (navigator.share) return void navigator.share(page).catch(() => {});
  navigator.clipboard.writeText(page.url).then(() => {
    b.dataset.copied = "true"; setTimeout(() => delete b.dataset.copied, 2000);
  });
}"""

# As buttons with an icon look; the first paint has the same.
LOOK = f"group {button_class('quiet', 'sm')} -mx-3"
BEFORE, AFTER = "group-data-copied:hidden", "hidden group-data-copied:inline"


def share_button() -> rx.Component:
    return rx.el.button(
        icon("share_2", 16),
        rx.el.span(_("Share this"), class_name=BEFORE),
        rx.el.span(_("Link copied"), role="status", class_name=AFTER),
        type="button",
        on_click=client_action(_SHARE),
        class_name=LOOK,
    )


def copied_label(label: str) -> rx.Component:
    """For a button that copies (``client.copy_text``) and has the class ``group``: says so for a moment."""
    return rx.fragment(rx.el.span(label, class_name=BEFORE), rx.el.span(_("Copied"), role="status", class_name=AFTER))
