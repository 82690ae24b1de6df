"""The look: contrast of every pair of colours, and the wiring that a screenshot does not show."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import reflex as rx

from marketplace.components import uploader_js, vimeo_player_js
from marketplace.components.button import button
from marketplace.components.card import panel, stat
from marketplace.components.field import checkbox, field, password_input, text_input
from marketplace.components.gallery import gallery
from marketplace.components.handover import Handover
from marketplace.components.keep_typed import KeepTyped
from marketplace.components.navigate import Navigate, navigate
from marketplace.components.notice import notice
from marketplace.components.page import section
from marketplace.components.table import Column, data_table
from marketplace.components.toast import ToastSender
from marketplace.components.uploader import tus_uploader
from marketplace.components.vimeo_player import vimeo_player
from marketplace.i18n import _, current_locale, ngettext, use_locale

ROOT = Path(__file__).parents[2]
CSS = (ROOT / "assets" / "styles.css").read_text()

BACKGROUNDS = ("paper", "surface", "sunken")
TEXT_PAIRS = [
    *product(("ink", "muted", "accent", "danger"), BACKGROUNDS),
    *((f"on-{name}", name) for name in ("accent", "danger")),
    *((f"on-{name}", f"{name}-hover") for name in ("accent", "danger")),
    *((name, f"{name}-soft") for name in ("accent", "danger", "warning", "success", "info")),
    *(("ink", f"{name}-soft") for name in ("accent", "danger", "warning", "success", "info")),
    ("accent-hover", "paper"),
    ("accent-hover", "surface"),
    ("muted", "accent-soft"),
    ("paper", "ink"),
]
SHAPE_PAIRS = [
    ("line-strong", "surface"),
    ("line-strong", "paper"),
    ("accent", "line"),
    ("accent", "paper"),
    ("danger", "surface"),
]


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--color-([a-z-]+): (#[0-9a-f]{6});", block))


def _block(start: str) -> dict[str, str]:
    at = CSS.index(start)
    return _tokens(CSS[at : CSS.index("}", at)])


LIGHT = _block("@theme static {")
DARK = {**LIGHT, **_block(".dark {")}


def _luminance(colour: str) -> float:
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "background"), TEXT_PAIRS)
def test_text_passes_aa(theme: dict[str, str], text: str, background: str) -> None:
    assert _contrast(theme[text], theme[background]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "background"), SHAPE_PAIRS)
def test_controls_and_focus_rings_can_be_seen(theme: dict[str, str], shape: str, background: str) -> None:
    assert _contrast(theme[shape], theme[background]) >= 3


def test_dark_is_the_same_by_class_and_by_preference() -> None:
    assert _block(".dark {") == _block("html:not(.light) {")


def test_every_colour_has_a_dark_twin() -> None:
    own = set(LIGHT) - {"white", "black"}
    assert own == set(_block(".dark {"))


def test_field_ties_label_hint_and_error_to_its_control() -> None:
    control = text_input("email", "email")
    field("Email", control, hint="Only for receipts.", error="No @.", required=True)
    assert str(control.id).strip('"') == "field-email"
    assert control.custom_attrs["aria-describedby"] == "field-email-hint field-email-error"
    assert control.custom_attrs["required"] is True
    assert "aria-invalid" in control.custom_attrs


def test_field_finds_the_control_inside_a_wrapper() -> None:
    rendered = str(field("Password", password_input()).render())
    assert rendered.count("field-password") >= 3
    assert "field-password-error" in rendered


def test_controlled_text_waits_for_the_typist() -> None:
    control = text_input("title", value=rx.Var("title", _var_type=str), on_change=rx.prevent_default)
    assert control.tag == "DebounceInput"
    assert "field-title-error" in str(field("Title", control).render())


TEXT = rx.Var("state.text", _var_type=str)


def _whole(component: rx.Component) -> str:
    return str(component.render())


@pytest.mark.parametrize(
    "draw",
    [
        lambda text: panel("…", title=text),
        lambda text: notice("…", title=text),
        lambda text: section("…", title=text),
        lambda text: checkbox("agree", "Yes", hint=text),
        lambda text: stat("Sold", "3", href=text),
    ],
    ids=["panel", "notice", "section", "checkbox", "stat"],
)
def test_what_may_be_empty_may_also_be_known_only_in_the_browser(draw: Callable[[Any], rx.Component]) -> None:
    assert "Said" in _whole(draw("Said"))
    bare, live = _whole(draw("")), _whole(draw(TEXT))
    assert "state.text" in live
    assert live.count("cond_state") == bare.count("cond_state") + 1


def test_a_hint_that_may_be_empty_describes_its_field_only_while_it_is_there() -> None:
    live = _whole(field("Title", text_input("title"), hint=TEXT))
    assert "field-title-hint field-title-error" in live
    assert '"field-title-error"' in live
    assert "field-title-hint" not in _whole(field("Title", text_input("title"), hint=""))


def test_loading_button_keeps_its_label_and_is_disabled() -> None:
    rendered = str(button("Publish", loading=rx.Var("busy", _var_type=bool)).render())
    assert "Publish" in rendered
    assert "invisible" in rendered
    assert "aria-busy" in rendered


def test_table_cells_name_their_column_for_phones() -> None:
    rows = rx.Var.create([{"order": "A-1"}])
    assert "data-label" in str(data_table([Column("Order", "order")], rows, "Orders").render())


def test_gallery_shows_everything_with_icons_that_exist() -> None:
    rendered = str(gallery().render())
    assert "CircleHelp" not in rendered
    assert rendered.count('"h1"') == 1


def test_browser_code_needs_no_eval() -> None:
    code = "".join(
        [
            uploader_js.FILE_UPLOADER,
            uploader_js.TUS,
            uploader_js.PUT,
            vimeo_player_js.VIMEO_PLAYER,
            vimeo_player_js.PLAYER_MODULE,
            *Navigate.create().add_custom_code(),
            *Handover.create().add_custom_code(),
            *KeepTyped.create().add_custom_code(),
            *ToastSender.create().add_custom_code(),
        ]
    )
    assert not re.search(r"\beval\b|new Function|innerHTML|setTimeout\(\s*[\"']", code)


def test_wrapped_components_pass_their_props_and_events() -> None:
    uploader = str(tus_uploader("", "Add a video", on_done=rx.prevent_default, upload_size=5).render())
    assert "uploadSize:5" in uploader
    assert "onDone" in uploader
    player = str(vimeo_player("/a.mp4", "Clip", start_at=12, on_ended=rx.prevent_default).render())
    assert "startAt:12" in player
    assert "onEnded" in player
    assert 'to:"/auth/session"' in str(navigate(rx.Var.create("/auth/session"), rx.Var.create(1)).render())


def test_words_pass_through_without_a_catalogue() -> None:
    assert _("Sign in") == "Sign in"
    with use_locale("xx"):
        assert current_locale.get() == "xx"
        assert ngettext("lesson", "lessons", 2) == "lessons"
    assert current_locale.get() == "en"
