"""The blocks of a product's page. This HTML is painted, put into the live page as it is, and shown to who writes it.

Its widths are those of the box that it stands in, not of the window: beside the buying part, and in a narrow preview.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from marketplace.api.paint.html import Html, h, join
from marketplace.api.paint.lesson_sections import about, taught_by
from marketplace.api.paint.lesson_syllabus import syllabus
from marketplace.api.paint.parts import icon, link_button
from marketplace.components.card import PAGE_SIZES
from marketplace.components.price_box import BUY_ID
from marketplace.domain.media.models import Image
from marketplace.i18n import N_, _
from marketplace.ids import parse_id
from marketplace.markdown import render
from marketplace.present import avif_srcset, cover, srcset

Block = Mapping[str, Any]
BUY = f"#{BUY_ID}"
HEADINGS = {
    "learn": N_("What you will learn"), "audience": N_("Who it is for"), "faq": N_("Frequently asked questions"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """What blocks show of their product. ``view`` as of its page, ``bio`` in markdown, ``action``: the words of its button
    and where that leads."""

    view: Mapping[str, str]
    learn: Sequence[str]
    bio: str
    action: tuple[str, str]
    syllabus: Sequence[Mapping[str, str]] = ()
    images: Mapping[UUID, Image] = field(default_factory=dict)


def page(blocks: Sequence[Block], shown: Shown) -> Html:
    """All that have something to show, in their order."""
    drawn = join([section(block, shown) for block in blocks])
    return h("div", drawn, class_="@container grid min-w-0 gap-10 sm:gap-12") if drawn else drawn


def section(block: Block, shown: Shown) -> Html | None:
    """One block; nothing while there is nothing in it."""
    match block["kind"]:
        case "text":
            return _text(block)
        case "picture":
            return _picture(block, shown.images)
        case "learn":
            return _points(block, block.get("points") or shown.learn, "check")
        case "audience":
            return _points(block, block.get("points", ()), "arrow-right")
        case "faq":
            return _faq(block)
        case "quote":
            return _quote(block)
        case "cta":
            return _call(block, shown.action)
        case "description":
            return about(shown.view)
        case "syllabus":
            return syllabus(shown.syllabus)
        case "creator":
            return _creator(shown)
    return None


def _heading(block: Block) -> str:
    return str(block.get("title") or _(HEADINGS.get(block["kind"], "")))


def _h2(words: str, look: str = "") -> Html | None:
    return h("h2", words, class_=f"text-xl [overflow-wrap:anywhere] {look}".strip()) if words else None


def _text(block: Block) -> Html | None:
    words = render(block.get("text", ""))
    title = _heading(block)
    if not words and not title:
        return None
    return h(
        "section",
        _h2(title, "mb-4"),
        h("div", Html(words), class_="prose [overflow-wrap:anywhere]") if words else None,
        class_="min-w-0",
    )


def _picture(block: Block, images: Mapping[UUID, Image]) -> Html | None:
    image = images.get(parse_id(block.get("image")) or UUID(int=0))
    if image is None or not image.variants:
        return None
    modern = avif_srcset(image)
    drawn = h(
        "picture",
        h("source", type="image/avif", srcset=modern, sizes=PAGE_SIZES) if modern else None,
        h(
            "img", src=cover(image, 960), srcset=srcset(image), sizes=PAGE_SIZES, alt=block.get("alt", ""),
            width=image.width or None, height=image.height or None, loading="lazy", decoding="async",
            style=f"background-color:{image.color}", class_="h-auto w-full rounded-card",
        ),
    )  # fmt: skip
    words = block.get("caption")
    look = "mt-2.5 text-sm text-muted [overflow-wrap:anywhere]"
    return h("figure", drawn, h("figcaption", words, class_=look) if words else None, class_="min-w-0")


def _points(block: Block, lines: Sequence[str], sign: str) -> Html | None:
    if not lines:
        return None
    rows = [
        h(
            "li",
            icon(sign, 18, "mt-1 text-accent"),
            h("span", line, class_="min-w-0 [overflow-wrap:anywhere]"),
            class_="flex gap-2.5",
        )
        for line in lines
    ]
    return h(
        "section",
        _h2(_heading(block)),
        h("ul", rows, class_="mt-4 grid gap-x-8 gap-y-2.5 @lg:grid-cols-2"),
        class_="min-w-0",
    )


def _faq(block: Block) -> Html | None:
    rows = [_question(row["q"], row["a"]) for row in block.get("questions", ()) if row["q"] and row["a"]]
    if not rows:
        return None
    return h(
        "section",
        _h2(_heading(block)),
        h("div", rows, class_="mt-4 border-t border-line"),
        class_="min-w-0",
    )


def _question(question: str, answer: str) -> Html:
    return h(
        "details",
        h(
            "summary",
            h("span", question, class_="min-w-0 grow [overflow-wrap:anywhere]"),
            icon("chevron-down", 18, "text-muted transition-transform group-open:rotate-180"),
            class_="flex min-h-12 cursor-pointer list-none items-center gap-3 rounded-control py-2.5 font-semibold "
            "hover:text-accent",
        ),
        h("div", Html(render(answer)), class_="prose pb-5 [overflow-wrap:anywhere]"),
        class_="group border-b border-line",
    )


def _quote(block: Block) -> Html | None:
    words = block.get("text", "")
    if not words:
        return None
    paragraphs = [h("p", part) for part in words.split("\n") if part.strip()]
    name, role = block.get("name", ""), block.get("role", "")
    who = h(
        "figcaption",
        h("span", name, class_="font-semibold text-ink"),
        " · " if name and role else "",
        role,
        class_="mt-3 text-sm text-muted [overflow-wrap:anywhere]",
    )
    return h(
        "figure",
        icon("quote", 22, "mb-2 text-accent"),
        h("blockquote", paragraphs, class_="grid gap-3 text-lg [overflow-wrap:anywhere]"),
        who if name or role else None,
        class_="min-w-0 rounded-card border border-line bg-surface p-5 @md:p-7",
    )


def _call(block: Block, action: tuple[str, str]) -> Html:
    title, words = block.get("title", ""), block.get("text", "")
    said = h(
        "div",
        _h2(title),
        h("p", words, class_="mt-1 max-w-[60ch] whitespace-pre-line text-ink [overflow-wrap:anywhere]")
        if words
        else None,
        class_="min-w-0 grow",
    )
    return h(
        "section",
        said if title or words else None,
        link_button(*action, size="lg"),
        class_="flex min-w-0 flex-wrap items-center gap-x-8 gap-y-4 rounded-card bg-accent-soft p-5 @md:p-7",
    )


def _creator(shown: Shown) -> Html:
    words = render(shown.bio)
    said = h("div", Html(words), class_="prose mt-1.5 [overflow-wrap:anywhere]") if words else None
    return taught_by(shown.view, said, "@md:gap-5")


def fixed(shown: Shown, cover_: Image | None) -> Html:
    """Above the blocks in a preview: what stands there on every page, in short."""
    view = shown.view
    picture = h(
        "img", src=cover(cover_, 960), srcset=srcset(cover_), sizes="640px", alt="", class_="size-full object-cover"
    )  # fmt: skip
    return h(
        "div",
        h(
            "div",
            picture if view["cover"] else None,
            style=f"background-color:{view['cover_color']}",
            class_="aspect-video overflow-hidden rounded-card",
        ),
        h("p", view["title"], class_="mt-5 font-display text-2xl font-semibold [overflow-wrap:anywhere]"),
        h("p", view["summary"], class_="mt-2 text-lg text-muted [overflow-wrap:anywhere] empty:hidden"),
        h(
            "div",
            h(
                "div",
                h("p", view["price"], class_="tnum font-display text-xl font-semibold"),
                h("p", view["policy"], class_="text-sm text-muted empty:hidden"),
                class_="min-w-0 grow",
            ),
            link_button(*shown.action),
            class_="mt-5 flex flex-wrap items-center gap-4 rounded-card border border-line bg-surface p-5",
        ),
    )
