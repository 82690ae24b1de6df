"""The page on which anybody checks a certificate: no script, its own styles, light and dark."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.api.paint.html import Html, h
from marketplace.i18n import _, current_locale, direction
from marketplace.paper.award import Award

STYLE = """
:root { color-scheme: light dark; --paper: #faf8f4; --surface: #fff; --ink: #1d1b18; --muted: #6d675e; --line: #e6e0d6;
  --edge: #8f877b; --accent: #0f6b4f; --on: #fff; --good: #1e6637; --good-soft: #e5f2e6; --bad: #ad2a1f; --bad-soft: #fbebe8; }
@media (prefers-color-scheme: dark) { :root { --paper: #141310; --surface: #1c1a17; --ink: #f2eee6; --muted: #aaa297; --line: #302c26;
  --edge: #857d71; --accent: #62c49f; --on: #08201a; --good: #83cb98; --good-soft: #182f1e; --bad: #f2988f; --bad-soft: #3a1e1b; } }
* { box-sizing: border-box; margin: 0; }
body { background: var(--paper); color: var(--ink); font: 16px/1.55 "Instrument Sans", "Instrument Fallback", system-ui, sans-serif;
  overflow-wrap: anywhere; }
a { color: inherit; text-underline-offset: 3px; }
a:focus-visible, button:focus-visible, input:focus-visible, summary:focus-visible { outline: 2px solid var(--accent);
  outline-offset: 3px; border-radius: 4px; }
.wrap { max-width: 60rem; margin: 0 auto; padding: 0 24px 64px; }
.top { display: flex; align-items: center; min-height: 72px; }
.top a { display: inline-flex; gap: 10px; align-items: center; min-height: 44px; text-decoration: none;
  font: 600 20px/1.2 "Bricolage Grotesque", "Bricolage Fallback", system-ui, sans-serif; }
h1, h2, .title { font-family: "Bricolage Grotesque", "Bricolage Fallback", system-ui, sans-serif; font-weight: 600;
  letter-spacing: -.015em; text-wrap: balance; }
.card { position: relative; overflow: hidden; background: var(--surface); border: 1px solid var(--line); border-radius: 16px;
  padding-block: 44px 40px; padding-inline: 76px 48px; box-shadow: 0 1px 2px rgb(29 27 24 / .06), 0 12px 32px -8px rgb(29 27 24 / .12); }
.card::before { content: ""; position: absolute; inset-block: 0; inset-inline-start: 0; width: 28px; background: #0f6b4f; }
.kind { color: var(--muted); }
h1 { margin-top: 6px; font-size: clamp(2rem, 6vw, 3.4rem); line-height: 1.06; }
.did { margin-top: 18px; color: var(--muted); }
.title { margin-top: 2px; font-size: clamp(1.3rem, 3.4vw, 1.9rem); line-height: 1.2; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 16px 28px; margin-top: 32px; padding-top: 22px;
  border-top: 1px solid var(--line); }
dt { color: var(--muted); font-size: 14px; }
dd { font-weight: 600; font-variant-numeric: tabular-nums; }
.stands { display: flex; gap: 12px; align-items: flex-start; margin-bottom: 20px; padding: 14px 18px; border-radius: 12px;
  background: var(--good-soft); }
.stands strong { color: var(--good); }
.stands.void { background: var(--bad-soft); }
.stands.void strong { color: var(--bad); }
.void + .card h1, .void + .card .title { text-decoration: line-through; text-decoration-thickness: 1px; }
.ways { display: flex; flex-wrap: wrap; gap: 12px; margin-top: 24px; }
.button { display: inline-flex; align-items: center; min-height: 44px; padding: 0 18px; border: 1px solid var(--edge); border-radius: 8px;
  background: var(--surface); color: var(--ink); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
.button.main { border-color: var(--accent); background: var(--accent); color: var(--on); }
.button.grave { border-color: var(--bad); color: var(--bad); }
section { margin-top: 40px; }
h2 { font-size: 1.35rem; line-height: 1.3; }
section p { max-width: 65ch; margin-top: 8px; color: var(--muted); }
form { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-end; margin-top: 14px; }
label { display: grid; gap: 6px; flex: 1 1 20rem; font-weight: 600; font-size: 14px; }
input { min-height: 44px; padding: 0 12px; border: 1px solid var(--edge); border-radius: 8px; background: var(--surface); color: var(--ink);
  font: inherit; font-weight: 400; font-size: 16px; }
details { margin-top: 8px; }
summary { padding: 10px 0; font-weight: 600; cursor: pointer; }
.rows { margin-top: 18px; border-top: 1px solid var(--line); }
.rows div { display: grid; grid-template-columns: 13rem 1fr; gap: 2px 24px; align-items: baseline; padding: 9px 0;
  border-bottom: 1px solid var(--line); }
.rows dd { font-weight: 400; }
pre { overflow-x: auto; padding: 16px; border: 1px solid var(--line); border-radius: 12px; background: var(--surface);
  font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; }
.problem { margin-top: 20px; padding: 12px 16px; border-radius: 12px; background: var(--bad-soft); color: var(--bad); }
@media (max-width: 640px) { .wrap { padding: 0 16px 48px; } .card { padding-block: 36px 28px; padding-inline: 40px 22px; }
  .card::before { width: 16px; }
  .rows div { grid-template-columns: 1fr; } }
@media print { .ways, section, .top { display: none; } }
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'self' 'sha256-{_HASH}'; font-src 'self'; img-src 'self'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Ways:
    """What this visitor may do. ``path`` is the certificate's address without a host; ``linkedin`` is for its holder."""

    path: str
    home: str
    linkedin: str = ""
    new_name: str = ""
    may_revoke: bool = False
    problem: str = ""


def page(award: Award, *, stands: tuple[str, str], credential: dict[str, Any], keys: Sequence[str], ways: Ways) -> str:
    """``stands``: whether it is valid, and more about that. ``keys``: where the public keys are."""
    body = h(
        "div",
        h("header", h("a", h("img", src="/mark.svg", alt="", width=28, height=28), h("bdi", award.brand), href=ways.home), class_="top"),
        h(
            "main",
            h("p", ways.problem, class_="problem", role="alert") if ways.problem else None,
            h("div", h("p", h("strong", stands[0]), " ", stands[1]), class_="stands void" if award.void else "stands"),
            _card(award),
            _files(ways) if not award.void else None,
            _again(ways) if ways.new_name else None,
            _signed(credential, keys),
            _revoke(ways) if ways.may_revoke else None,
        ),
        class_="wrap",
    )  # fmt: skip
    locale = current_locale.get()
    return f"<!doctype html>{h('html', _head(award), h('body', body), lang=locale, dir=direction(locale))}"


def _head(award: Award) -> Html:
    title = f"{award.name} {award.did} “{award.title}”"
    words = _("Awarded by {brand}. Check here that it is genuine and still valid.").format(brand=award.brand)
    described = {
        "og:title": title, "og:description": words, "og:type": "website", "og:url": award.url,
        "og:image": f"{award.url}.png", "og:image:width": "1200", "og:image:height": "630", "og:site_name": award.brand,
    }  # fmt: skip
    return h(
        "head",
        h("meta", charset="utf-8"),
        h("meta", name="viewport", content="width=device-width, initial-scale=1"),
        h("meta", name="robots", content="noindex"),
        h("meta", name="description", content=words),
        h("meta", name="twitter:card", content="summary_large_image"),
        [h("meta", property=name, content=text) for name, text in described.items()],
        h("title", f"{title} · {award.brand}"),
        h("link", rel="icon", href="/favicon.svg"),
        h("link", rel="stylesheet", href="/fonts/fonts.css"),
        h("style", Html(STYLE)),
    )


def _card(award: Award) -> Html:
    return h(
        "article",
        h("p", award.kind, class_="kind"),
        h("h1", h("bdi", award.name)),
        h("p", award.did, class_="did"),
        h("p", h("bdi", award.title), class_="title"),
        h("dl", [h("div", h("dt", label), h("dd", h("bdi", value))) for label, value in award.facts], class_="facts"),
        class_="card",
    )


def _files(ways: Ways) -> Html:
    return h(
        "nav",
        h("a", _("Download PDF"), href=f"{ways.path}.pdf", class_="button main"),
        h("a", _("Picture"), href=f"{ways.path}.png", class_="button"),
        h("a", _("Signed credential"), href=f"{ways.path}.jwt", class_="button"),
        h("a", _("Add to LinkedIn"), href=ways.linkedin, class_="button", rel="noopener noreferrer", target="_blank")
        if ways.linkedin else None,
        class_="ways", aria_label=_("Files"),
    )  # fmt: skip


def _again(ways: Ways) -> Html:
    words = _("Issue it again for {name}. Its address changes; who opens this one is led to the new one.")
    return h(
        "section",
        h("h2", _("You have another name now")),
        h("p", words.format(name=ways.new_name)),
        h("form", h("button", _("Issue it again"), type="submit", class_="button"), method="post", action=f"{ways.path}/again"),
    )  # fmt: skip


def _revoke(ways: Ways) -> Html:
    field = h(
        "label",
        _("Reason, which everybody can read here"),
        h("input", name="reason", required=True, maxlength=300, autocomplete="off"),
    )
    return h(
        "section",
        h("h2", _("Revoke it")),
        h("p", _("It will no longer be valid, for good. You can't undo this.")),
        h("form", field, h("button", _("Revoke"), type="submit", class_="button grave"), method="post", action=f"{ways.path}/revoke"),
    )  # fmt: skip


def _signed(credential: dict[str, Any], keys: Sequence[str]) -> Html:
    subject = credential["credentialSubject"]
    rows = [
        (_("Number"), credential["id"]), (_("Issued by"), credential["issuer"]["name"]), (_("Issuer"), credential["issuer"]["id"]),
        (_("Issued at"), credential["validFrom"]), (_("Completed at"), credential["awardedDate"]),
        (_("What it says"), subject["achievement"]["description"]),
        *([(_("Skills"), ", ".join(subject["achievement"]["tag"]))] if "tag" in subject["achievement"] else []),
        (_("Condition"), subject["achievement"]["criteria"]["narrative"]), (_("Whether it is still valid"), credential["credentialStatus"]["id"]),
        *((_("Public key"), key) for key in keys),
    ]  # fmt: skip
    return h(
        "section",
        h("h2", _("What is signed")),
        h("p", _("The credential is an Open Badge 3.0, signed as a JSON Web Token. Any wallet or verifier can check it with the public key.")),
        h("dl", [h("div", h("dt", label), h("dd", value, dir="auto")) for label, value in rows], class_="rows"),
        h("details", h("summary", _("All fields as they are signed")), h("pre", json.dumps(credential, indent=2, ensure_ascii=False), dir="ltr")),
    )  # fmt: skip
