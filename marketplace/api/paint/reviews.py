"""First paint of reviews: as ``components/reviews.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marketplace.api.paint.html import Html, h, join
from marketplace.api.paint.parts import avatar, icon, link_button, notice
from marketplace.components import reviews as look
from marketplace.components.button import button_class
from marketplace.components.field import CONTROL
from marketplace.i18n import _, current_locale, ngettext
from marketplace.reviewing import Shown

View = Mapping[str, str]


def _stars(percent: str, words: str, size: str = "text-base") -> Html:
    drawn = h("span", aria_hidden="true", style=f"--rated:{percent}", class_=f"stars {size}")
    return join(drawn, h("span", words, class_="sr-only"))


def rating_link(figures: View) -> Html | None:
    if not figures:
        return None
    return h(
        "a",
        icon("star", 16, "fill-current"),
        h("span", _("Rated"), class_="sr-only"),
        h("span", figures["average"], class_="tnum"),
        h("span", figures["count"], class_="font-normal text-muted"),
        href="#reviews",
        class_=look.HEADING_LINK,
    )


def reviews(shown: Shown) -> Html | None:
    if not shown.any:
        return None
    items = [_item(item, shown.answers) for item in shown.items]
    more = link_button(_("Show more"), shown.next_href, "secondary") if shown.next_href else None
    return h(
        "section",
        h("h2", _("Reviews"), class_="text-xl"),
        _sum(shown.figures, shown.bars) if shown.figures else None,
        h("p", shown.told, role="status", class_=look.TOLD),
        _mine(shown.mine) if shown.mine else None,
        h("ul", items, class_=look.LIST) if items else None,
        h("div", more, class_="mt-6 flex justify-center") if more else None,
        id="reviews",
        class_=look.SECTION,
    )


def _sum(figures: View, bars: Sequence[View]) -> Html:
    return h(
        "div",
        h(
            "p",
            h("span", figures["average"], aria_hidden="true", class_=look.AVERAGE),
            _stars(figures["percent"], figures["words"], "text-lg"),
            h("span", figures["count"], class_=look.COUNT),
        ),
        h("ul", [_bar(row) for row in bars], class_=look.BARS),
        class_=look.SUM,
    )


def _bar(row: View) -> Html:
    filled = h("span", style=f"width:{row['percent']}", class_=look.FILLED)
    return h(
        "li",
        h("span", row["label"]),
        h("span", filled, aria_hidden="true", class_=look.TRACK),
        h("span", row["count"], class_=look.NUMBER),
        class_=look.BAR,
    )


def _mine(mine: View) -> Html:
    if not mine["may"]:
        inside = h("p", mine["why"], class_=look.SMALL)
    elif mine["has"]:
        inside = _written(mine)
    else:
        inside = _form(mine, _("Review this"), _("Publish review"))
    return h("div", inside, class_=look.BOX)


def _written(mine: View) -> Html:
    remove = h(
        "form",
        _language(),
        h("input", type="hidden", name="remove", value="1"),
        h("button", _("Remove my review"), type="submit", class_=look.QUIET),
        action=mine["action"],
        method="post",
        class_="mt-3",
    )
    return join(
        h("h3", _("Your review"), class_=look.HEAD),
        notice(mine["hidden"], "warning") if mine["hidden"] else None,
        h("p", _stars(mine["percent"], mine["stars"])),
        h("p", mine["words"], dir="auto", class_=look.WORDS),
        h(
            "details",
            h("summary", _("Change or remove it"), class_=look.FOLD),
            _form(mine, "", _("Save")),
            remove,
        ),
    )


def _language() -> Html:
    return h("input", type="hidden", name="in", value=current_locale.get())


def _form(mine: View, title: str, label: str) -> Html:
    area = h(
        "textarea", mine["words"], id="first-review-words", name="words", rows="4", minlength="10",
        maxlength=str(look.LONGEST), dir="auto", class_=look.AREA,
    )  # fmt: skip
    return h(
        "form",
        _language(),
        h("h3", title, class_=look.HEAD) if title else None,
        h(
            "fieldset",
            h("legend", _("How many stars?"), class_=look.LABEL),
            h("div", [_star(n, mine["chosen"]) for n in range(1, 6)], class_=look.STAR_ROW),
        ),
        h(
            "div",
            h("label", _("In your words, if you like"), for_="first-review-words", class_=look.LABEL),
            area,
            h("p", _("Everybody sees it, with your name."), class_=look.SMALL),
            class_=look.FIELD,
        ),
        h("div", h("button", label, type="submit", class_=button_class()), class_=look.ACTIONS),
        action=mine["action"],
        method="post",
        class_=look.FORM,
    )


def _star(n: int, chosen: str) -> Html:
    return h(
        "label",
        h(
            "input", type="radio", id=f"first-review-stars-{n}", name="stars", value=str(n), required=True,
            checked=chosen == str(n), class_="sr-only",
        ),
        icon("star", 28),
        h("span", ngettext("{n} star", "{n} stars", n).format(n=n), class_="sr-only"),
        class_=look.STAR,
    )  # fmt: skip


def _item(item: View, answers: bool) -> Html:
    said = h("span", item["day"], item["edited"], class_=look.SMALL)
    person = h("div", h("span", item["name"], class_=look.NAME), said)
    about = h("span", item["about"], class_=look.SMALL) if item["about"] else None
    return h(
        "li",
        h("div", avatar(item["name"], item["avatar"], "md"), person, class_=look.WHO),
        h("div", _stars(item["percent"], item["stars"]), about, class_=look.MARK),
        h("p", item["words"], dir="auto", class_=look.WORDS),
        _reply(item) if item["reply"] else None,
        _answer(item) if answers else None,
        class_=look.ITEM,
    )


def _reply(item: View) -> Html:
    by = h("span", _("Reply from {name}").format(name=item["reply_by"]), class_="font-semibold")
    return h(
        "div",
        h("p", by, " ", h("span", item["reply_day"], class_="text-muted"), class_=look.REPLY_BY),
        h("p", item["reply"], dir="auto", class_=look.WORDS),
        class_=look.REPLY,
    )


def _answer(item: View) -> Html:
    area = h(
        "textarea", item["reply"], name="words", rows="3", maxlength=str(look.LONGEST), dir="auto",
        aria_label=_("Your reply"), class_=look.AREA,
    )  # fmt: skip
    reply = h(
        "details",
        h("summary", _("Change the reply") if item["reply"] else _("Reply"), class_=look.FOLD),
        _small_form(
            f"{item['action']}/reply", area, _("Everybody sees it. An empty one takes it back."), _("Publish reply")
        ),
    )
    if item["reported"]:
        report = h("p", _("You reported it; we will look."), class_=look.SMALL)
    else:
        report = _report(item)
    return h("div", reply, report, class_=look.ACTIONS)


def _report(item: View) -> Html:
    line = h(
        "input", name="reason", required=True, maxlength="300", aria_label=_("What is wrong with it?"),
        placeholder=_("What is wrong with it?"), class_=f"{CONTROL} h-11",
    )  # fmt: skip
    hint = _("Only we see this. The review stays until we have looked.")
    return h(
        "details",
        h("summary", _("Report"), class_=look.FOLD),
        _small_form(f"{item['action']}/report", line, hint, _("Report it")),
    )


def _small_form(action: str, control: Html, hint: str, label: str) -> Html:
    press = h("button", label, type="submit", class_=button_class("secondary", "sm"))
    return h(
        "form",
        _language(),
        control,
        h("p", hint, class_=look.SMALL),
        h("div", press),
        action=action,
        method="post",
        class_="grid gap-2 sm:w-96",
    )
