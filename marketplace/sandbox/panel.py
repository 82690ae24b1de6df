"""The index page's HTML."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from marketplace.sandbox.html import e
from marketplace.sandbox.knobs import ANSWERS, EVENTS, Knob, turned
from marketplace.sandbox.store import Row

_NAMES = {"stripe": "Stripe", "supabase": "Supabase", "vimeo": "Vimeo", "mail": "Mailbox", "embeddings": "Embeddings"}
_PURPOSE = {
    "stripe": "Payments, payouts and creators' accounts.",
    "supabase": "Sign-in and file storage.",
    "vimeo": "Video uploads and playback.",
    "mail": "Every mail the site sends ends here.",
    "embeddings": "What texts are about, for search by meaning.",
}
_STYLE = """<style>
nav.sections{position:sticky;top:0;background:var(--paper);padding:8px 0;border-bottom:1px solid var(--line);z-index:1}
nav.sections a{display:inline-flex;align-items:center;min-height:44px;padding:0 8px}section{scroll-margin-top:72px}
.knobs{display:grid;gap:0 16px;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));align-items:end}
summary{cursor:pointer;min-height:44px}details.event{padding:12px 16px;margin:8px 0}
.state{font-size:14px;color:var(--muted)}.state.failed,.state.dropped{color:var(--danger)}.state.pending{color:var(--warn)}
.on{color:var(--warn);font-weight:600}.row select,.row input{width:auto}fieldset{border:0;padding:0;margin:0 0 16px}
legend{font-weight:600;padding:0;margin-top:16px}h3{font-size:16px}
</style>"""
_STEPS = ((3600, "1 hour"), (86_400, "1 day"), (7 * 86_400, "7 days"), (30 * 86_400, "30 days"))


def index(base: str, fragments: Mapping[str, str], events: str, chaos: str, clock: str) -> str:
    """``fragments`` are the vendors' own overviews, by vendor; ``base`` is the sandbox's path."""
    vendors = "".join(_vendor(vendor, html) for vendor, html in fragments.items())
    return (
        f"{_STYLE}<h1>Sandbox</h1>"
        '<p class="lede">Stand-ins for the companies this site works with. Look at what they hold, send their'
        " events again, and see what happens when they are slow, wrong or gone.</p>"
        f"{_contents(base, list(fragments))}{vendors}"
        + _section("events", "Event log", _EVENTS_INTRO.format(base=e(base)) + events)
        + _section("chaos", "Chaos", chaos)
        + _section("clock", "Test clock", clock)
    )


_EVENTS_INTRO = (
    '<p class="muted">What the vendors told this site, newest first. For scripts: '
    '<a href="{base}/events.json">events.json</a>.</p>'
)


def chaos(base: str, vendors: Mapping[str, tuple[tuple[Knob, ...], Row]]) -> str:
    forms = "".join(_vendor_form(base, vendor, known, current) for vendor, (known, current) in vendors.items())
    return (
        '<p class="muted">Makes a vendor misbehave. The site must neither lose money nor give wrong access.</p>'
        f'<form method="post" action="{e(base)}/calm"><button>Calm everything</button></form>{forms}'
    )


def clock(base: str, now: datetime, offset: float) -> str:
    steps = "".join(
        f'<button class="quiet" name="advance" value="{seconds}">Advance {label}</button>' for seconds, label in _STEPS
    )
    ahead = f"{offset / 86_400:.2f} days ahead of real time" if offset else "the real time"
    units = "".join(f"<option>{unit}</option>" for unit in ("minutes", "hours", "days"))
    return (
        f'<div class="card"><p><strong>{e(now.strftime("%d %B %Y, %H:%M"))} UTC</strong>, {ahead}.</p>'
        '<p class="muted">Moves the vendors\' time forward: renewals come due, links expire.</p>'
        f'<form method="post" action="{e(base)}/clock" class="row">{steps}</form>'
        f'<form method="post" action="{e(base)}/clock" class="row" style="align-items:end">'
        '<div><label for="amount">Advance by</label><input id="amount" name="amount" type="number" min="1" max="9999" '
        f'required></div><div><label for="unit">Unit</label><select id="unit" name="unit">{units}</select></div>'
        '<button class="quiet">Advance</button></form>'
        f'<form method="post" action="{e(base)}/clock" style="margin-top:16px"><button class="quiet" name="reset" '
        'value="1">Back to the real time</button></form></div>'
    )


def _contents(base: str, vendors: list[str]) -> str:
    links = [(f"#{vendor}", _NAMES[vendor]) for vendor in vendors]
    links += [("#events", "Event log"), ("#chaos", "Chaos"), ("#clock", "Test clock")]
    anchors = "".join(f'<a href="{href}">{name}</a>' for href, name in links)
    mailbox = f'<a href="{e(base)}/mail/pages/">Open the mailbox</a>' if "mail" in vendors else ""
    known = "".join(f"<tr><th>{_NAMES[vendor]}</th><td>{_PURPOSE[vendor]}</td></tr>" for vendor in vendors)
    return f'<table>{known}</table><p>{mailbox}</p><nav class="sections" aria-label="Sections">{anchors}</nav>'


def _vendor(vendor: str, html: str) -> str:
    """A fragment may bring its own heading with the vendor's anchor."""
    return html if f'id="{vendor}"' in html else _section(vendor, _NAMES[vendor], html)


def _section(anchor: str, name: str, html: str) -> str:
    return f'<section id="{anchor}" aria-label="{name}"><h2>{name}</h2>{html}</section>'


def _vendor_form(base: str, vendor: str, known: tuple[Knob, ...], current: Row) -> str:
    own = known[len(ANSWERS) + len(EVENTS) :]
    groups = [("Its answers", ANSWERS), ("Its events", EVENTS), *([("Its own behaviour", own)] if own else [])]
    fields = "".join(_group(vendor, legend, members, current) for legend, members in groups)
    active = turned(known, current)
    note = f' <span class="on">{e(", ".join(active))}</span>' if active else ' <span class="muted">calm</span>'
    return (
        f'<details class="card"{" open" if active else ""}><summary><strong>{_NAMES[vendor]}</strong>{note}</summary>'
        f'<form method="post" action="{e(base)}/knobs/{vendor}">{fields}<button>Apply to {_NAMES[vendor]}</button>'
        "</form></details>"
    )


def _group(vendor: str, legend: str, members: tuple[Knob, ...], current: Row) -> str:
    fields = "".join(knob.field(vendor, current.get(knob.name, knob.default)) for knob in members)
    return f'<fieldset><legend>{legend}</legend><div class="knobs">{fields}</div></fieldset>'
