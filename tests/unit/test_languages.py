"""Every text can be translated, every language has it, and each page stays in its own."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import reflex as rx
from hypothesis import given
from hypothesis import strategies as st

from marketplace import messages
from marketplace.components.sentence import phrase, sentence
from marketplace.domain.access.rules import ANONYMOUS, decide_watch
from marketplace.domain.courses.locks import listed
from marketplace.domain.notifications.service import compose, hello
from marketplace.errors import Invalid
from marketplace.i18n import (
    DEFAULT_LOCALE,
    N_,
    _,
    arrow,
    date_words,
    direction,
    in_language,
    joined,
    list_words,
    percent_words,
    plain_text,
    signed,
    split_path,
    translated,
    use_locale,
)  # fmt: skip
from marketplace.ids import new_id
from marketplace.jobs.reader import reading
from marketplace.money import format_minor
from marketplace.state.action import _in_language

OTHERS = [language for language in translated() if language != DEFAULT_LOCALE]
TREES = [(path, ast.parse(path.read_text())) for path in messages.sources()]


def _calls(node: ast.AST, *names: str) -> Iterator[ast.Call]:
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in names:
            yield one


def _at_import(node: ast.AST) -> Iterator[ast.Call]:
    """Calls that run when the module is imported: in no particular language."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return
    if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "PAGES" for t in node.targets):
        return  # titles and descriptions are looked up again for each language
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _at_import(child)


def _place(path: Path, node: ast.Call) -> str:
    return f"{path.relative_to(messages.ROOT)}:{node.lineno}"


def test_nothing_is_translated_before_there_is_a_language():
    assert [_place(path, call) for path, tree in TREES for call in _at_import(tree)] == []


def test_texts_are_constant_so_that_catalogues_know_them():
    changing = [
        _place(path, call)
        for path, tree in TREES
        for call in _calls(tree, "_", "N_", "ngettext")
        for part in call.args[: messages.CALLS[call.func.id]]  # type: ignore[attr-defined]
        if any(isinstance(one, ast.JoinedStr) for one in ast.walk(part))
        or (isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "format")
    ]
    assert changing == []


def test_texts_are_sentences_not_pieces_of_them():
    """Other languages order words differently: what is put in stands at a place inside the text."""
    pieces = [
        m.id for m in messages.extract() for words in _forms(m.id) if words and (words != words.strip() or words[0] in ",.;:")
    ]  # fmt: skip
    assert pieces == []


def _forms(text: object) -> list[str]:
    return [str(each) for each in text] if isinstance(text, list | tuple) else [str(text)]


def _places(words: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(words) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_translations_have_the_same_places_as_their_source(language: str):
    wrong = []
    for message in messages.catalogue(language):
        if not message.id or not all(_forms(message.string)):
            continue
        known = set().union(*(_places(words) for words in _forms(message.id)))
        needed = set.intersection(*(_places(words) for words in _forms(message.id)))
        several = isinstance(message.id, list | tuple)
        for words in _forms(message.string):  # a form for one or two may leave its number out
            if not _places(words) <= known or not needed - ({"n", "count"} if several else set()) <= _places(words):
                wrong.append((message.id, words))
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_each_language_says_everything(language: str):
    assert [message.id for message in messages.missing(language)] == []
    said = [message.string for message in messages.catalogue(language) if isinstance(message.string, str)]
    assert [words for words in said if words.endswith(f"-{language}")] == []  # what stood in until somebody translated


PARTS = st.text(st.characters(codec="ascii", exclude_characters="/?#%"), min_size=1, max_size=12)
PATHS = st.lists(PARTS, max_size=4).map(lambda parts: "/" + "/".join(parts))


@given(PATHS.filter(lambda path: split_path(path)[0] == DEFAULT_LOCALE), st.sampled_from(translated()))
def test_an_address_in_a_language_leads_back_to_its_page(path: str, language: str):
    assert split_path(in_language(path, language)) == (language, path)


@given(PATHS, st.sampled_from(translated()))
def test_an_address_gets_one_prefix_only(path: str, language: str):
    there = in_language(path, language)
    assert in_language(there, language) == there


@given(st.text(max_size=40).filter(lambda text: not text.startswith("/")), st.sampled_from(translated()))
def test_other_sites_keep_their_addresses(address: str, language: str):
    assert in_language(address, language) == address


def test_dates_amounts_and_lists_as_each_language_writes_them():
    day = date(2027, 5, 3)
    with use_locale("de"):
        assert (date_words(day, "d MMMM y"), date_words(day, "d MMM")) == ("3. Mai 2027", "3. Mai")
        assert format_minor(123450, "eur") == "1.234,50\xa0€"
        assert format_minor(-500, "jpy") == "−500\xa0¥"
        assert (list_words(["A", "B", "C"]), list_words(["A", "B"], "or")) == ("A, B und C", "A oder B")
    with use_locale("ar"):
        assert date_words(day, "d MMMM y") == "3 مايو 2027"
        assert format_minor(1234, "usd") == "\u200f12.34\xa0US$\u200e"
        assert format_minor(-1234, "usd") == "\u200f\u200e−12.34\xa0US$\u200e"
        assert (signed("+", percent_words(12)), joined(["a", "b"]), arrow()) == ("\u200e+12%", "a، b", "←")
        assert list_words(["A", "B"]) == "A وB"
    assert (date_words(day, "d MMMM y"), format_minor(123450, "eur")) == ("3 May 2027", "€1,234.50")
    assert (list_words([]), list_words(["A"]), list_words(["A", "B", "C"])) == ("", "A", "A, B and C")
    assert (direction("de"), direction("ar")) == ("ltr", "rtl")


def _path(event: object) -> str:
    return {str(name): value._var_value for name, value in event.args}["path"]  # type: ignore[attr-defined]


def test_handlers_send_people_to_pages_of_their_language():
    stay, leave = rx.redirect("/cart"), rx.redirect("https://pay.example/x", is_external=True)
    assert _path(_in_language(stay)) == "/cart"
    with use_locale("de"):
        assert _path(_in_language(stay)) == "/de/cart"
        assert _path(_in_language(rx.redirect("/de/cart"))) == "/de/cart"
        assert _in_language(leave) is leave
        assert _path(_in_language([stay])[0]) == "/de/cart"


def test_refusals_and_decisions_speak_the_language_of_the_moment():
    template = N_("The highest amount is {amount}.")
    with use_locale("de"):
        said = decide_watch(
            ANONYMOUS, title="Brot", creator_id=new_id(), state="published", price_kind="free", grants=[]
        ).message  # fmt: skip
        assert "“Brot”" in said or "„Brot“" in said
        assert said == _("Sign in to watch “{title}”, or to see whether you own it.").format(title="Brot")
        assert Invalid(template, amount="5 €").text == _(template).format(amount="5 €")
        assert listed(["A", "B"]).endswith("B“") or listed(["A", "B"]).endswith("B”")


def test_mails_say_which_way_they_read_and_know_only_languages_on_offer():
    with reading("ar"):
        assert '<div lang="ar" dir="rtl"' in compose("a@example.com", "s", [hello("Lin")], key="k").html
    for unknown in ("", "xx"):
        with reading(unknown):
            assert '<div lang="en" dir="ltr"' in compose("a@example.com", "s", [hello("")], key="k").html


def test_a_mail_keeps_the_line_breaks_that_somebody_typed():
    mail = compose("a@example.com", "s", ["Of course.\nGet <well>."], key="k")
    assert "Of course.<br>Get &lt;well&gt;." in mail.html
    assert "Of course.\nGet <well>." in mail.text


def test_a_part_of_the_page_stands_where_the_language_puts_it():
    assert sentence("{name} gave {what}.", what="bread", name="Lin") == ["Lin", " gave ", "bread", "."]
    shown = str(phrase("Remove {title} now", title=rx.Var("row").to(str)))
    assert shown.index('"Remove "') < shown.index("row") < shown.index('" now"')
    with use_locale("ar"):
        assert "\\u2068" in ascii(str(phrase("{title}", title=rx.Var("row").to(str))))


def test_in_a_mail_that_is_read_from_the_right_names_keep_their_own_direction():
    for language, expected in (("ar", "\N{FIRST STRONG ISOLATE}Lin\N{POP DIRECTIONAL ISOLATE}"), ("de", "Lin")):
        with plain_text(language):
            assert expected in hello("Lin")
    with use_locale("ar"):
        assert "\N{FIRST STRONG ISOLATE}" not in hello("Lin"), "on pages, elements say it"
