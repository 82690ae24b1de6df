"""A creator's figures as an address asks for them: which days, currency and product, and the rows that pages and files
show of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access.service import Actor
from marketplace.domain.analytics import service as analytics
from marketplace.domain.analytics.service import Grain, Scope, Span, Totals, rules
from marketplace.domain.catalog import browse
from marketplace.errors import Invalid
from marketplace.i18n import _, count_words, date_words, joined, ngettext, percent_words, signed
from marketplace.ids import parse_id
from marketplace.money import EXPONENTS, format_minor
from marketplace.sheets import Cell, amount

PAGE = "/studio/earnings"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for; what it doesn't say is empty."""

    period: str = ""
    start: str = ""
    end: str = ""
    currency: str = ""
    by: str = ""
    product_id: UUID | None = None

    def href(self, base: str = PAGE, **changes: str | UUID | None) -> str:
        """The address that asks for this, with some of it changed."""
        new = replace(self, **changes)  # type: ignore[arg-type]
        named = {
            "period": new.period, "from": new.start, "to": new.end, "currency": new.currency, "by": new.by,
            "product": str(new.product_id or ""),
        }  # fmt: skip
        query = urlencode({name: value for name, value in named.items() if value})
        return f"{base}?{query}" if query else base


def asked(query: Mapping[str, str]) -> Asked:
    """Anything unknown counts as not said."""
    period, by = query.get("period", ""), query.get("by", "")
    currency = query.get("currency", "").lower()
    custom = period == "custom"
    return Asked(
        period if period in rules.PERIODS else "",
        query.get("from", "")[:10] if custom else "",
        query.get("to", "")[:10] if custom else "",
        currency if currency in EXPONENTS else "",
        by if by in (*rules.GRAINS, "product", "sale") else "",
        parse_id(query.get("product", "")) if query.get("product") else None,
    )


@dataclass(frozen=True, slots=True)
class Report:
    """What was asked for, made whole. ``before`` is what to compare with; ``problem`` what was wrong with the days."""

    asked: Asked
    period: str
    currencies: list[str]
    scope: Scope
    span: Span
    before: Span | None
    problem: str

    @property
    def grain(self) -> Grain:
        """How the breakdown is cut when it is cut by time."""
        return cast(Grain, self.asked.by) if self.asked.by in rules.GRAINS else rules.usual_grain(self.span)

    @property
    def by(self) -> str:
        return self.asked.by or self.grain


async def report(session: AsyncSession, actor: Actor, wanted: Asked) -> Report:
    """Raises ``Denied`` for who isn't a creator. Something that never was theirs to sell isn't asked for: its title would
    tell what it is."""
    currencies = await analytics.currencies(session, actor)
    usual = currencies[0] if currencies else "usd"
    scope = analytics.scope(actor, wanted.currency if wanted.currency in currencies else usual, wanted.product_id)
    if wanted.product_id and not await analytics.has_product(session, scope):
        scope, wanted = replace(scope, product_id=None), replace(wanted, product_id=None)
    period, problem, today = wanted.period or rules.DEFAULT_PERIOD, "", rules.day_of(now())
    first = await analytics.first_day(session, scope) if period == "all" else None
    try:
        span = rules.span_of(period, today, first=first, start=wanted.start, end=wanted.end)
    except Invalid as error:
        problem, period = error.text, rules.DEFAULT_PERIOD
        span = rules.span_of(period, today, first=None)
    return Report(wanted, period, currencies, scope, span, rules.before(period, span), problem)


async def titles(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    found = await browse.titles(session, ids)
    return {product_id: found.get(product_id) or _("A deleted product") for product_id in ids}


# in words


def day_name(at: date, *, year: bool = True) -> str:
    return date_words(at, "d MMM y" if year else "d MMM")


def span_name(span: Span) -> str:
    """“12 Sep – 11 Oct 2026”."""
    if span.days == 1:
        return day_name(span.start)
    return f"{day_name(span.start, year=span.start.year != span.last.year)} – {day_name(span.last)}"


def bucket_name(at: date, grain: Grain) -> str:
    if grain == "month":
        return date_words(at, "MMMM y")
    name = date_words(at, "d MMMM y")
    return _("Week of {day}").format(day=name) if grain == "week" else name


def mark_name(at: date, grain: Grain) -> str:
    return date_words(at, "MMM y" if grain == "month" else "d MMM")


def conversion(totals: Totals) -> str:
    found = totals.conversion
    return "–" if found is None else percent_words(found)


def figure_row(name: str, totals: Totals, currency: str) -> dict[str, str]:
    """One line of the breakdown. ``rest`` is what a phone shows below its name."""
    money = lambda minor: format_minor(minor, currency)  # noqa: E731
    rest = [
        _("Revenue {amount}").format(amount=money(totals.gross_minor)) if totals.gross_minor else "",
        _("{amount} refunded").format(amount=money(totals.refunded_minor)) if totals.refunded_minor else "",
        _("{amount} from shares").format(amount=money(totals.partner_minor)) if totals.partner_minor else "",
        _visitors(totals.visitors),
        conversion(totals) if totals.buyers else "",
    ]
    return {
        "rest": " · ".join(part for part in rest if part),
        "name": name, "sales": count_words(totals.sales), "revenue": format_minor(totals.gross_minor, currency),
        "discounts": format_minor(-totals.discount_minor, currency) if totals.discount_minor else "–",
        "refunded": format_minor(-totals.refunded_minor, currency) if totals.refunded_minor else "–",
        "shares": _signed_or_dash(totals.partner_minor, totals.shares, currency),
        "yours": format_minor(totals.kept_minor, currency), "visitors": count_words(totals.visitors),
        "conversion": conversion(totals),
    }  # fmt: skip


def _signed_or_dash(minor: int, happened: int, currency: str) -> str:
    return format_minor(minor, currency) if minor or happened else "–"


def product_name(title: str, totals: Totals) -> str:
    """A product as a line of the breakdown; what is another's says that only a share of it is meant."""
    shared = totals.shares or totals.partner_minor
    return _("{title} (your share)").format(title=title) if shared else title


def sold(totals: Totals) -> str:
    """ "12 sold", and what was sold by others with a share for this creator."""
    parts = [
        _("{n} sold").format(n=count_words(totals.sales)) if totals.sales or not totals.shares else "",
        ngettext("{n} share", "{n} shares", totals.shares).format(n=count_words(totals.shares))
        if totals.shares
        else "",
    ]
    return joined(part for part in parts if part)


def _visitors(number: int) -> str:
    return ngettext("{n} visitor", "{n} visitors", number).format(n=count_words(number))


def kpis(totals: Totals, before: Totals | None, currency: str) -> list[dict[str, str]]:
    """The figures on top, each beside what it was before."""
    money = lambda minor: format_minor(minor, currency)  # noqa: E731
    then = before or Totals()
    compared = before is not None
    refunds = ngettext("{n} refund or dispute", "{n} refunds or disputes", totals.refunds).format(
        n=count_words(totals.refunds)
    )
    shared = _("{amount} of it from shares of others' sales").format(amount=money(totals.partner_minor))
    off = _("{amount} of discounts").format(amount=money(totals.discount_minor)) if totals.discount_minor else ""
    return [
        _kpi(_("Yours"), money(totals.kept_minor), totals.kept_minor, then.kept_minor, money, compared,
             shared if totals.shares or totals.partner_minor else _("After fees and refunds")),
        _kpi(_("Revenue"), money(totals.gross_minor), totals.gross_minor, then.gross_minor, money, compared,
             off or _("What buyers paid")),
        _kpi(_("Sales"), count_words(totals.sales), totals.sales, then.sales, str, compared),
        _kpi(_("Refunded"), money(totals.refunded_minor), totals.refunded_minor, then.refunded_minor, money, compared,
             refunds, good=-1),
        _kpi(_("Conversion"), conversion(totals), _tenths(totals), _tenths(then), lambda _n: conversion(then),
                compared and bool(totals.visitors and then.visitors), _("New buyers of {visitors}").format(visitors=_visitors(totals.visitors))),
    ]  # fmt: skip


def _tenths(totals: Totals) -> int:
    return int((totals.conversion or 0) * 10)


def _kpi(label, value, now_, then, show, compared, hint="", good=1):  # type: ignore[no-untyped-def]
    """``good`` is −1 where less is better."""
    row = {"label": label, "value": value, "hint": hint, "change": "", "direction": "", "tone": "", "before": ""}
    if not compared or now_ == then == 0:
        return row
    moved = rules.change(now_, then)
    sign = (now_ > then) - (now_ < then)
    row["before"] = _("{amount} before").format(amount=show(then))
    row["direction"] = {1: "up", -1: "down", 0: "same"}[sign]
    row["tone"] = {1: "good", -1: "bad", 0: ""}[sign * good]
    if sign == 0:
        row["change"] = _("No change")
    elif moved is None:
        row["change"] = _("New")
    else:
        row["change"] = signed("+" if moved > 0 else "−", percent_words(abs(moved)))
    return row


# for files


def sheet_head(by: str) -> list[str]:
    first = {
        "day": _("Day (UTC)"), "week": _("Week from"), "month": _("Month from"), "product": _("Product"),
    }[by]  # fmt: skip
    return [
        first, _("Currency"), _("Sales"), _("Units"), _("New buyers"), _("Revenue"), _("Discounts"), _("Refunds"),
        _("Refunded"), _("Yours"), _("Visitors"), _("Conversion %"), _("Shares of others' sales"), _("From shares"),
    ]  # fmt: skip


def sheet_row(name: str, totals: Totals, currency: str) -> list[Cell]:
    money = lambda minor: amount(minor, currency)  # noqa: E731
    return [
        name, currency.upper(), totals.sales, totals.units, totals.buyers, money(totals.gross_minor),
        money(totals.discount_minor), totals.refunds, money(totals.refunded_minor), money(totals.kept_minor),
        totals.visitors, totals.conversion, totals.shares, money(totals.partner_minor),
    ]  # fmt: skip
