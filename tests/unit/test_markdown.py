"""What creators write never becomes a program in a reader's browser."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.markdown import render

_PLAIN = {
    "p", "br", "hr", "h2", "h3", "h4", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "table",
    "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


class _Reader(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _value in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


def _harmless(html: str) -> bool:
    read = _Reader(html)
    good = all(link.lower().startswith(("http://", "https://", "mailto:")) or ":" not in link for link in read.links)
    return good and set(read.tags) <= _PLAIN and read.attributes <= {"href", "rel", "title"}


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)><script>1</script></svg>",
        "![x](data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=)", "![x](javascript:alert(1))", "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))", "[x](java\nscript:alert(1))", "[x](&#106;avascript:alert(1))",
        "[x](\x01javascript:alert(1))", "[x](data:text/html,<script>alert(1)</script>)", "[x](vbscript:x)",
        "<javascript:alert(1)>", "[x][1]\n\n[1]: javascript:alert(1)", '[x](https://a.example "onclick=alert(1)")',
        '[x](https://a.example/"onmouseover="alert(1))', "<iframe src=//evil.example></iframe>",
        "<style>body{display:none}</style>", "<a href='javascript:1'>x</a>", "<form action=//evil.example><input>",
        "```html\n<script>alert(1)</script>\n```", "`<svg onload=alert(1)>`", "<!-- --><base href=//evil.example>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "# <script>x</script>\n| <svg> |\n|-|\n| <b onclick=x> |",
    ],
)  # fmt: skip
def test_nothing_runs(source: str) -> None:
    html = render(source)
    assert _harmless(html), html


@given(st.text(alphabet=st.sampled_from(list("<>\"'&;:/()[]!#`|-=\n \tjavscriptonhref1x")), max_size=200))
def test_nothing_runs_whatever_is_typed(source: str) -> None:
    assert _harmless(render(source))


def test_what_creators_mean_is_kept() -> None:
    html = render("# Tools\n\n**Sharp** *knife*, [a shop](https://a.example)\n\n- one\n- ~~two~~\n\nنجارة 🪵")
    for part in (
        "<h2>Tools</h2>",
        "<strong>Sharp</strong>",
        "<em>knife</em>",
        "<li>one</li>",
        "<s>two</s>",
        "نجارة 🪵",
    ):
        assert part in html
    assert 'href="https://a.example" rel="nofollow noopener ugc"' in html
    assert render("x" * 200_000).count("x") <= 100_000
