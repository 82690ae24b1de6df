"""The texts of lessons: what creators mean is there, and nothing that they type becomes a program or breaks the page."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.markdown import Shot, lesson_html, picture_ids
from marketplace.markdown.embeds import PLACES, of

WHEEL = UUID("0190d8f4-0000-7000-8000-000000000001")
SHOTS = {WHEEL: Shot("/p/960", 960, 540, "/p/320 320w, /p/960 960w")}
_VOID = {"br", "hr", "img", "input"}
_NEVER = {"script", "style", "object", "embed", "form", "base", "link", "meta", "svg", "button", "textarea", "title"}


class _Browser(HTMLParser):
    """What a browser would make of it: open elements, addresses, and names of attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.problems: list[str] = []
        self.ids: list[str] = []
        self.feed(html)
        self.close()
        self.problems += [f"never closed: {tag}" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)
        if tag in _NEVER:
            self.problems.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc", "formaction", "xlink:href", "is"):
                self.problems.append(f"{tag} {name}")
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src") and not re.match(r"https?://|mailto:|[^:]*$", value or ""):
                self.problems.append(f"{name}={value}")
        src = dict(attrs).get("src") or ""
        if tag == "iframe" and not re.fullmatch(r"/embed/(youtube|vimeo|codepen|openstreetmap)/[\w.-]+", src):
            self.problems.append(f"framed: {src}")
        if tag == "img" and src != "/p/960":
            self.problems.append(f"shown: {src}")

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"closed wrongly: {tag}")


def harmless(source: str) -> str:
    html = lesson_html(source, key="t", pictures=SHOTS)
    read = _Browser(html)
    assert not read.problems, (read.problems, html)
    return html


_BITS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<iframe src=//evil.example>", "</div>", "</details>",
    "javascript:alert(1)", "[x](javascript:alert(1))", "![x](data:text/html,1)", f"![x](picture:{WHEEL})",
    f'![" onerror="x](picture:{WHEEL} "\' onload=\'x")', "$", "$$", "$$\n", "\\text{<script>1</script>}", "\\frac{a}{b}",
    "\\href{javascript:1}{x}", "\\newcommand{\\x}{\\x\\x}\\x", "&lt;svg onload=1&gt;", "^", "{", "}", "\n", "\n\n", "    ",
    "> ", "> [!note] ", "> [!<b>] ", "- [x] ", "- ", "1. ", "# ", "| a | b |\n|---|---|\n", "|", ":::tabs\n", ":::tab <b>x\n",
    ":::\n", ":::flashcards\n", ":::card \"'>\n", ":::reveal </summary>\n", "```python\n", "```\n", "```<b>\n", "~~~\n",
    "[^1]", "[^1]: ", "[^a\"b]", "https://youtu.be/dQw4w9WgXcQ\n\n", "https://evil.example/embed/x\n\n",
    "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ\n\n", "https://www.openstreetmap.org/#map=1/1/1\"onload=\n\n",
    "<https://codepen.io/a/pen/abcdef>\n\n", "`", "*", "_", "~~", "\\", "a", " ", "\x00", "\u202e", "\ud800", "𝒳", "&#x3c;b&#x3e;",
)  # fmt: skip


@pytest.mark.parametrize("source", _BITS)
def test_no_piece_does_harm(source: str) -> None:
    harmless(source)
    harmless(
        f"$ {source} $ \n\n$${source}$$\n\n:::tabs\n:::tab {source}\n{source}\n:::\n\n> [!tip] {source}\n> {source}"
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(_BITS), st.text(max_size=6)), max_size=25).map("".join))
def test_no_mixture_does_harm(source: str) -> None:
    harmless(source)


@pytest.mark.parametrize(
    "unit",
    ["$", "$$x\n", "$a ", "> ", "> [!tip] a\n", "[", "![a](", "[^a]", "*a ", "`", "|a", "a|b\n-|-\n", ":::tabs\n",
     ":::tabs\n:::tab a\n:::\n:::\n", ":::reveal a\n", "> :::reveal a\n", "- ", "```js\n", "<a ", "#", "\\", "{", "$\\sqrt ",
     "https://youtu.be/dQw4w9WgXcQ\n\n", '```java\na "\\\n', "&"],
)  # fmt: skip
def test_no_text_keeps_the_server_busy(unit: str) -> None:
    began = time.thread_time()  # other threads of the tests have work of their own
    lesson_html((unit * 20_000)[:20_000])
    assert time.thread_time() - began < 2


def test_headings_stand_below_the_pages_own() -> None:
    assert re.findall(r"<h\d", harmless("## Clay\n\n### Red\n\n## Glaze")) == ["<h2", "<h3", "<h2"]
    assert re.findall(r"<h\d", harmless("# A\n\n#### B\n\n###### C")) == ["<h2", "<h4", "<h4"]


def test_callouts() -> None:
    html = harmless("> [!warning] Hot!\n> Let it *cool*.\n\n> [!TIP]\n> Sponge\n\n> [!other] x\n\n> Just said")
    assert '<div class="callout callout-warning" role="note">' in html
    assert '<p class="callout-title">Hot!</p>' in html
    assert '<p class="callout-title">Tip</p>' in html
    assert html.count("<blockquote>") == 2
    assert "[!other]" in html


def test_formulas_are_drawn_and_prices_stay() -> None:
    html = harmless("Take $\\frac{3}{4}$ of it. From $5 to $10, or US$3.\n\n$$\n\\sum_i x_i\n$$")
    assert html.count("<math") == 2
    assert "<mfrac>" in html
    assert 'display="block"' in html
    assert "From $5 to $10, or US$3." in html


def test_a_formula_that_is_none_stays_readable() -> None:
    html = harmless("$\\frac{$ and $\\newcommand{\\a}{\\a\\a}\\a$")
    assert "<math" not in html
    assert "\\newcommand" in html
    assert "can’t be drawn" in html


def test_code_has_colours_and_keeps_every_letter() -> None:
    source = "def f(x):\n    return f'{x}'  # <b>\n"
    html = harmless(f"```python\n{source}```\n\n```nothing\n<i>\n```")
    assert '<span class="c-key">def</span>' in html
    assert '<p class="code-name">Python</p>' in html
    shown = re.sub(r"<[^>]+>", "", html.split("<code>")[1].split("</code>")[0])
    assert shown.replace("&lt;", "<").replace("&gt;", ">").replace("&#x27;", "'") == source


def test_tabs_cards_and_answers() -> None:
    html = harmless(
        ":::tabs\n:::tab Cone 6\nHot\n\n```\n:::\n```\n:::tab Cone 10\n:::reveal How hot?\n1300 °C\n:::\n:::\n\n"
        ":::flashcards\n:::card Slip?\nClay and water\n:::\n:::card Bisque?\nFirst fire\n:::\n:::\n\nAfter"
    )
    assert html.count('type="radio"') == 2
    assert html.count("checked") == 1
    assert html.count('<label for="tab-t-1-') == 2
    assert html.count('<details class="md-card">') == 2
    assert html.count('<details class="reveal">') == 1
    assert html.index("Cone 10</label>") < html.index("1300") < html.index("Slip?")
    assert html.rstrip().endswith("<p>After</p>")


def test_a_group_that_never_ends_still_shows_all() -> None:
    html = harmless(":::tabs\n:::tab A\none\n:::tab B\ntwo")
    assert "one" in html
    assert "two" in html
    assert html.count("<label") == 2


def test_two_texts_of_a_page_do_not_share_tabs() -> None:
    source = ":::tabs\n:::tab A\nx\n:::\n\nSaid[^1]\n\n[^1]: so"
    first, second = (_Browser(lesson_html(source, key=key)).ids for key in ("one", "two"))
    assert first
    assert not set(first) & set(second)


@pytest.mark.parametrize(
    ("link", "framed"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=90s", ("youtube", "dQw4w9WgXcQ_t90")),
        ("https://youtu.be/dQw4w9WgXcQ", ("youtube", "dQw4w9WgXcQ")),
        ("https://vimeo.com/76979871/abcdef0123", ("vimeo", "76979871_abcdef0123")),
        ("https://codepen.io/some-one/pen/abCdEf", ("codepen", "some-one_abCdEf")),
        ("https://www.openstreetmap.org/#map=15/48.20820/16.37380", ("openstreetmap", "15_48.20820_16.37380")),
        ("https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", None),
        ("https://youtu.be/../../evil", None), ("https://evil.example/youtu.be/dQw4w9WgXcQ", None),
        ("https://user@evil.example/https://youtu.be/dQw4w9WgXcQ", None), ("https://[youtu.be", None),
    ],
)  # fmt: skip
def test_only_listed_places_are_framed(link: str, framed: tuple[str, str] | None) -> None:
    assert of(link) == framed
    html = harmless(f"{link}\n\nand {link} amid words")
    assert html.count("<iframe") == (1 if framed else 0)
    if framed:
        assert PLACES[framed[0]].src(framed[1]).startswith(PLACES[framed[0]].host)
        assert "<iframe" not in lesson_html(link, frames=None)
        assert f'href="{link.split("&")[0]}' in html


def test_pictures_hold_their_place_and_others_are_links() -> None:
    text = f'![A wheel](picture:{WHEEL} "Mine")\n\n![](picture:{UUID(int=7)})\n\n![Far](https://a.example/b.png)'
    html = harmless(text)
    assert '<figure><img src="/p/960"' in html
    assert 'width="960" height="540" alt="A wheel"' in html
    assert "<figcaption>Mine</figcaption>" in html
    assert html.count("<img") == 1
    assert '<a href="https://a.example/b.png"' in html
    assert "isn’t here any more" in html
    assert picture_ids(text) == [WHEEL, UUID(int=7)]


def test_tables_tasks_and_notes() -> None:
    html = harmless("| a | b |\n|---|--:|\n| 1 | 2 |\n\n- [x] wedged\n- [ ] thrown\n\nSo[^1] they say.\n\n[^1]: Mara")
    assert 'role="region" tabindex="0"' in html
    assert '<td class="to-right">2</td>' in html
    assert 'aria-label="Done"' in html
    assert 'aria-label="To do"' in html
    assert 'href="#fn-t-1"' in html
    assert 'id="fn-t-1"' in html
    assert "Mara" in html


def test_what_stands_in_a_group_outside_its_parts_is_still_read() -> None:
    lost = lesson_html(":::tabs\n== One\nfirst words\n:::\n\nafter", key="k", pictures={}, frames="")
    assert "first words" in lost
    assert 'class="tabs"' not in lost
    mixed = lesson_html(":::tabs\nbefore them\n:::tab A\ninside\n:::\n", key="k", pictures={}, frames="")
    assert mixed.index("before them") < mixed.index('class="tabs"') < mixed.index("inside")
