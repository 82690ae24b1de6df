"""Which rules of the stylesheet a painted page gets."""

from __future__ import annotations

import pytest

from marketplace.api.paint import styles

CSS = r"""/*! head */@layer theme, base, utilities;@layer theme{:root{--a:1px}}@layer base{h1,a{color:red}}
@layer utilities{.flex{display:flex}.sm\:flex{display:flex}@media (min-width:40rem){.sm\:grid{display:grid}.wide{width:9px}}
.\[a\&\]\:x:is(a){x:y}.w-1\/2{width:50%}.group-hover\:y:is(:where(.group):hover *){y:z}}
.one.two,.three{top:0}.dark{--b:2px}@font-face{font-family:F}@keyframes k{from{top:0}to{top:1px}}.menu>li:not(.gone){left:0}"""


@pytest.mark.parametrize(
    ("html", "kept", "left"),
    [
        ('<p class="flex">', [".flex{"], ["sm\\:flex", "grid", ".wide"]),
        ('<p class="a sm:grid b">', ["@media (min-width:40rem){.sm\\:grid{display:grid}}"], [".flex{", ".wide"]),
        ('<p class="[a&amp;]:x w-1/2">', ["\\&\\]\\:x:is(a){x:y}", ".w-1\\/2{"], [".flex{"]),
        ('<p class="group-hover:y">', [":is(:where(.group):hover *){y:z}"], [".one"]),
        ('<p class="one"><p class="menu">', [".menu>li:not(.gone)"], [".one.two"]),
        ('<p class="one"><p class="two">', [".one.two,.three{top:0}"], [".menu"]),
        ('<p class="three">', [".one.two,.three{top:0}"], []),
        ("<p>flex", [], [".flex{", ".menu"]),
    ],
)
def test_a_rule_goes_with_the_classes_that_its_selector_names(html: str, kept: list[str], left: list[str]) -> None:
    css = styles.needed(styles.rules(CSS), styles.classes(html))
    assert all(part in css for part in kept)
    assert not any(part in css for part in left)


def test_what_names_no_class_is_always_there_and_layers_keep_their_order() -> None:
    css = styles.needed(styles.rules(CSS), ())
    for part in (":root{--a:1px}", "h1,a{color:red}", ".dark{--b:2px}", "@font-face{font-family:F}", "to{top:1px}"):
        assert part in css
    order = [
        css.index(part)
        for part in ("@layer theme, base, utilities;", "@layer theme{", "@layer base{", "@layer utilities{")
    ]
    assert order == sorted(order)
    assert "head" not in css
