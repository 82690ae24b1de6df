"""The language of a page: said to the browser, and changed for another one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import reflex as rx

from marketplace.cookies import LANGUAGE, LANGUAGE_SECONDS
from marketplace.i18n import DEFAULT_LOCALE, _, current_locale, direction, own_name, use_locale
from marketplace.settings import get_settings


class Speaks(rx.Component):
    """Tells the document which language it is in, also after a change of page without loading. Renders nothing."""

    tag = "Speaks"

    language: rx.Var[str]
    direction: rx.Var[str]

    def add_imports(self) -> dict[str, str]:
        return {"react": "useEffect"}

    def add_custom_code(self) -> list[str]:
        return [
            """function Speaks({ language, direction }) {
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = direction;
  }, [language, direction]);
  return null;
}"""
        ]


class LanguageLinks(rx.Component):
    """This page in each language. The choice is remembered, so that an address without a prefix leads there too:
    by the page once it is live, before by the server, which the address then asks for it."""

    tag = "LanguageLinks"

    languages: rx.Var[list[list[str]]]
    current: rx.Var[str]
    fallback: rx.Var[str] = rx.Var.create(DEFAULT_LOCALE)
    remember: rx.Var[str]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useState"], "react-router": ["Link", "useLocation"]}

    def add_custom_code(self) -> list[str]:
        return [
            """function LanguageLinks({ languages, current, fallback, remember }) {
  const { pathname, search } = useLocation();
  const [live, setLive] = useState(false);
  useEffect(() => setLive(true), []);
  const plain = current === fallback ? pathname : pathname.slice(current.length + 1) || "/";
  return languages.map(([code, name]) => {
    const to = code === fallback ? plain : "/" + code + (plain === "/" ? "" : plain);
    return (
      <Link key={code} to={to + (live ? search : "?choose=" + code)} lang={code} hrefLang={code} data-language={code} preventScrollReset
        aria-current={code === current ? "true" : undefined}
        onClick={() => { document.cookie = remember.replace("=", "=" + code); }}
        className="inline-flex min-h-11 items-center hover:text-ink hover:underline aria-[current]:font-semibold aria-[current]:text-ink">
        {name}
      </Link>
    );
  });
}"""
        ]


def speaks() -> rx.Component:
    """Put once in a page's shell."""
    language = current_locale.get()
    return Speaks.create(language=language, direction=direction(language))


def language_switch() -> rx.Component:
    """The ways to the other languages; nothing where there are none."""
    languages = get_settings().page_languages
    if len(languages) < 2:
        return rx.fragment()
    secure = "; secure" if get_settings().secure_cookies else ""
    return rx.el.nav(
        LanguageLinks.create(
            languages=[[code, own_name(code)] for code in languages],
            current=current_locale.get(),
            remember=f"{LANGUAGE}=; path=/; max-age={LANGUAGE_SECONDS}; samesite=lax{secure}",
        ),
        aria_label=_("Language"),
        class_name="flex flex-wrap gap-x-6",
    )


class OfAddress(rx.Component):
    """Of its children, which are in these languages, the one in the language that the address begins with."""

    tag = "OfAddress"

    languages: rx.Var[list[str]]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["Children"], "react-router": ["useLocation"]}

    def add_custom_code(self) -> list[str]:
        return [
            """function OfAddress({ languages, children }) {
  const first = useLocation().pathname.split("/")[1];
  return Children.toArray(children)[Math.max(0, languages.indexOf(first))];
}"""
        ]


def of_address(make: Callable[[], rx.Component]) -> rx.Component:
    """A page that is one for all languages, since its address isn't known when pages are compiled."""
    languages = _default_first()
    return OfAddress.create(*_each(languages, make), languages=languages)


def words_of_address(make: Callable[[], str]) -> rx.Var | str:
    """The same for a line, such as a title."""
    languages = _default_first()
    if len(languages) == 1:
        return make()
    known = json.dumps(dict(zip(languages, _each(languages, make), strict=True)), ensure_ascii=False)
    first = "globalThis.location?.pathname.split('/')[1]"
    return rx.Var(f"(Object.entries({known}).find(([code]) => code === {first})?.[1] ?? {json.dumps(make())})").to(str)


def _default_first() -> list[str]:
    return sorted(get_settings().page_languages, key=lambda code: code != DEFAULT_LOCALE)


def _each(languages: list[str], make: Callable[[], Any]) -> list[Any]:
    made = []
    for language in languages:
        with use_locale(language):
            made.append(make())
    return made


def in_each_language(make: Callable[[], Any], display: str = "contents") -> rx.Component:
    """For what is compiled once for all pages: made in every language, and the document's own one is shown."""
    parts = []
    for language in get_settings().page_languages:
        with use_locale(language):
            shown = f"hidden [html:lang({language})_&]:{display}"
            parts.append(rx.el.div(make(), class_name=shown, lang=language, dir=direction(language)))
    return rx.fragment(*parts)
