"""A document as a web page that prints on A4: no script, its own styles, light in every theme."""

from __future__ import annotations

import base64
import hashlib

from marketplace.api.paint.html import Html, h, join
from marketplace.i18n import _, current_locale
from marketplace.paper.sheet import Block, Link, Sheet, Table

_STYLE = """
:root { color-scheme: light; --ink: #1d1b18; --muted: #6d675e; --line: #ddd6ca; --good: #1e6637; --back: #1d5684; }
* { box-sizing: border-box; margin: 0; }
body { background: #f3efe8; color: var(--ink); font: 15px/1.5 "Instrument Sans", "Instrument Fallback", system-ui, sans-serif;
  overflow-wrap: anywhere; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
a { color: inherit; text-underline-offset: 3px; }
a:focus-visible { outline: 2px solid #0f6b4f; outline-offset: 3px; border-radius: 4px; }
.bar { display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: center; justify-content: space-between; max-width: 210mm;
  margin: 0 auto; padding: 20px 24px 0; font-size: 14px; }
.bar a { display: inline-flex; align-items: center; min-height: 44px; }
.bar .button { margin-left: auto; padding: 0 18px; border-radius: 8px; background: #0f6b4f; color: #fff; font-weight: 600;
  text-decoration: none; }
.bar .button:hover { background: #0b523c; }
.sheet { display: flex; flex-direction: column; max-width: 210mm; min-height: 280mm; margin: 12px auto 40px; padding: 18mm 17mm 14mm;
  background: #fff; box-shadow: 0 1px 2px rgb(29 27 24 / .06), 0 12px 32px -8px rgb(29 27 24 / .18); }
.head { display: flex; gap: 16px 32px; justify-content: space-between; align-items: flex-start; }
.brand { font: 600 22px/1.2 "Bricolage Grotesque", "Bricolage Fallback", system-ui, sans-serif; letter-spacing: -.01em; }
.name { flex: none; max-width: 60%; text-align: right; }
h1 { font: 600 30px/1.1 "Bricolage Grotesque", "Bricolage Fallback", system-ui, sans-serif; letter-spacing: -.015em; }
.mark { display: inline-block; margin-top: 10px; padding: 2px 12px; border: 1.5px solid; border-radius: 5px; font-size: 13px;
  font-weight: 600; letter-spacing: .04em; }
.good { color: var(--good); background: #e5f2e6; }
.back { color: var(--back); background: #e6f0f8; }
.facts { display: flex; flex-wrap: wrap; gap: 12px 40px; margin-top: 12mm; padding: 14px 0; border-block: 1px solid var(--line); }
dt, th, h2, .notes { color: var(--muted); font-size: 13px; font-weight: 400; line-height: 1.4; }
.facts dd { font-weight: 600; }
.parties { display: grid; grid-template-columns: 1fr 1fr; gap: 24px 40px; margin-top: 9mm; }
.parties p:first-of-type { font-weight: 600; }
h2 { margin-bottom: 3px; }
table { width: 100%; border-collapse: collapse; margin-top: 11mm; }
.scroll { overflow-x: auto; }
th { padding: 0 0 8px 14px; text-align: right; white-space: nowrap; border-bottom: 1.5px solid var(--ink); }
td { padding: 11px 0 11px 14px; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { padding-left: 0; text-align: left; }
.lines td:first-child { min-width: 11rem; font-weight: 500; }
td:not(:first-child), dd, .number { font-variant-numeric: tabular-nums; }
td:not(:first-child), .sums dd { white-space: nowrap; overflow-wrap: normal; }
.wide { font-size: 13px; }
.huge { font-size: 10.5px; }
.huge th { font-size: inherit; }
.huge td:not(:first-child), .huge th:not(:first-child) { padding-left: 8px; }
.huge td:first-child { min-width: 8rem; }
.end { display: flex; flex-wrap: wrap; gap: 24px 48px; justify-content: space-between; align-items: flex-start; margin-top: 7mm; }
.taxes { width: auto; min-width: 250px; margin-top: 2px; font-size: 13px; }
.taxes td, .taxes th { padding-block: 5px; border-bottom-width: 1px; border-color: var(--line); }
.taxes td:first-child { overflow-wrap: normal; }
.sums { flex: 1; min-width: 260px; max-width: 340px; margin-left: auto; }
.sums div { display: flex; gap: 24px; justify-content: space-between; align-items: baseline; padding: 4px 0; }
.sums dt { font-size: inherit; }
.sums .strong { margin-top: 4px; padding-top: 10px; border-top: 1.5px solid var(--ink); font-size: 18px; font-weight: 600; }
.sums .strong dt { color: inherit; font-weight: 600; }
.notes { display: grid; gap: 3px; margin-top: auto; padding-top: 14mm; }
@media screen and (max-width: 640px) {
  .bar { padding: 12px 16px 0; }
  .sheet { min-height: 0; margin: 8px 0 0; padding: 28px 16px 32px; }
  .head { flex-direction: column; }
  .name { max-width: none; text-align: left; }
  .facts { margin-top: 24px; gap: 12px 28px; }
  .parties { grid-template-columns: 1fr; margin-top: 24px; }
  table { margin-top: 32px; }
  table, tbody { display: block; font-size: inherit; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: block; padding: 12px 0; border-bottom: 1px solid var(--line); }
  tbody tr:first-child { border-top: 1.5px solid var(--ink); }
  .sheet td { display: flex; justify-content: space-between; gap: 24px; padding: 2px 0; border: 0; font-size: 15px; }
  .sheet td:first-child { display: block; padding-bottom: 6px; font-weight: 500; }
  td:not(:first-child)::before { content: attr(data-label); color: var(--muted); }
  .end { margin-top: 20px; }
  .taxes, .sums { width: 100%; max-width: none; margin-top: 0; }
  .notes { padding-top: 36px; }
}
@page { size: A4; margin: 16mm 15mm; }
@media print {
  body { background: #fff; font-size: 10.5pt; }
  .bar { display: none; }
  .sheet { display: block; max-width: none; min-height: 0; margin: 0; padding: 0; box-shadow: none; }
  .notes { padding-top: 12mm; }
  a { text-decoration: none; }
  thead { display: table-header-group; }
  tr, .end > *, .parties section { break-inside: avoid; }
}
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'self' 'sha256-{_HASH}'; font-src 'self'; img-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)


def page(sheet: Sheet, *, pdf: str, back: Link | None) -> str:
    """The whole page. ``pdf`` is the address of the file, ``back`` leads to the order."""
    bar = h(
        "nav",
        [h("a", link.label, href=link.href) for link in ((back,) if back else ())],
        [h("a", link.label, href=link.href) for link in sheet.links],
        h("a", _("Download PDF"), href=pdf, class_="button"),
        class_="bar",
        aria_label=_("This document"),
    )
    return _document(f"{sheet.title} {sheet.number} · {sheet.brand}", join(bar, _sheet(sheet)))


def _document(title: str, body: Html) -> str:
    head = join(
        h("meta", charset="utf-8"),
        h("meta", name="viewport", content="width=device-width, initial-scale=1"),
        h("meta", name="robots", content="noindex"),
        h("title", title),
        h("link", rel="icon", href="/favicon.svg"),
        h("link", rel="stylesheet", href="/fonts/fonts.css"),
        h("style", Html(_STYLE)),
    )
    return f"<!doctype html>{h('html', h('head', head), h('body', body), lang=current_locale.get())}"


def _sheet(sheet: Sheet) -> Html:
    """People's own words stand in ``bdi``: a right-to-left name doesn't turn round what stands beside it."""
    name = h(
        "div",
        h("h1", sheet.title, " ", h("span", sheet.number, class_="number")),
        h("p", sheet.mark, class_=f"mark {sheet.tone}"),
        class_="name",
    )
    return h(
        "main",
        h("header", h("p", h("bdi", sheet.brand), class_="brand"), name, class_="head"),
        h("dl", [h("div", h("dt", label), h("dd", value)) for label, value in sheet.facts], class_="facts"),
        h("div", _party(sheet.seller), _party(sheet.buyer), class_="parties"),
        _lines(sheet.lines),
        h("div", _taxes(sheet.taxes) if sheet.taxes else None, _sums(sheet), class_="end"),
        h("div", [h("p", note) for note in sheet.notes], class_="notes"),
        class_="sheet",
    )


def _party(block: Block) -> Html:
    return h("section", h("h2", block.title), [h("p", h("bdi", line)) for line in block.lines])


def _head(table: Table) -> Html:
    return h("thead", h("tr", [h("th", column, scope="col") for column in table.columns]))


def _rows(table: Table) -> list[Html]:
    return [
        h(
            "tr",
            h("td", h("bdi", row[0])),
            [h("td", cell, data_label=column) for column, cell in zip(table.columns[1:], row[1:], strict=True)],
        )
        for row in table.rows
    ]


def _lines(table: Table) -> Html:
    """The longer the numbers, the smaller they are written."""
    numbers = zip(*[row[1:] for row in table.rows], strict=True)
    length = sum(max(len(cell) for cell in column) for column in numbers)
    look = "lines huge" if length > 56 else "lines wide" if length > 30 else "lines"
    return h("div", h("table", _head(table), h("tbody", _rows(table)), class_=look), class_="scroll")


def _taxes(table: Table) -> Html:
    return h("table", _head(table), h("tbody", _rows(table)), class_="taxes")


def _sums(sheet: Sheet) -> Html:
    return h(
        "dl",
        [
            h("div", h("dt", one.label), h("dd", one.amount), class_="strong" if one.strong else None)
            for one in sheet.sums
        ],
        class_="sums",
    )
