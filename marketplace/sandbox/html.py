"""Plain server-rendered pages for the sandbox: clearly not production, no JavaScript."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse

STYLE = """
:root{--paper:#faf8f4;--surface:#fff;--ink:#1d1b18;--muted:#6d675e;--line:#e6e0d6;--accent:#0f6b4f;--on-accent:#fff;
--danger:#a32a1c;--warn:#8a5a00;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--paper:#141310;--surface:#1c1a17;--ink:#f2eee6;--muted:#a9a297;--line:#302c26;
--accent:#5ec59c;--on-accent:#0c1f18;--danger:#ff9e8f;--warn:#f0c060}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 "Instrument Sans",system-ui,sans-serif}
.stripes{padding:8px 16px;text-align:center;font-size:14px;font-weight:600;color:#1d1b18;
background:repeating-linear-gradient(135deg,#f2d98b 0 14px,#ecce72 14px 28px)}
main{max-width:72rem;margin:0 auto;padding:32px 16px 64px}main.narrow{max-width:30rem}
h1{font-size:28px;line-height:1.2;margin:0 0 8px}h2{font-size:18px;margin:32px 0 8px}
p.lede,.muted{color:var(--muted)}a{color:var(--accent)}
.card{background:var(--surface);border:1px solid var(--line);border-radius:12px;padding:24px;margin:16px 0}
label{display:block;font-size:14px;font-weight:600;margin:12px 0 4px}
input,select,textarea{width:100%;min-height:44px;padding:8px 12px;font:inherit;color:inherit;background:var(--paper);
border:1px solid var(--line);border-radius:8px}
input[type=checkbox],input[type=radio]{width:20px;min-height:20px;margin-right:8px;vertical-align:middle}
button,.button{display:inline-flex;align-items:center;justify-content:center;min-height:44px;padding:8px 20px;
border-radius:8px;border:1px solid var(--accent);
background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;cursor:pointer;text-decoration:none}
button.quiet,.button.quiet{background:transparent;color:var(--ink);border-color:var(--line)}
button.danger{background:transparent;color:var(--danger);border-color:var(--danger)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.row{display:flex;gap:12px;flex-wrap:wrap;align-items:center}.spread{justify-content:space-between}
table{width:100%;border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:8px 12px 8px 0;border-bottom:1px solid var(--line);
vertical-align:top;overflow-wrap:anywhere}th{overflow-wrap:normal}
.scroll{overflow-x:auto}pre{overflow:auto;font-size:13px}
.error{color:var(--danger);font-weight:600}.amount{font-size:36px;font-weight:600;font-variant-numeric:tabular-nums}
"""


def page(title: str, body: str, *, narrow: bool = False, status: int = 200) -> HTMLResponse:
    """A whole page; ``body`` is trusted HTML whose parts the caller escaped with :func:`e`."""
    width = ' class="narrow"' if narrow else ""
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(title)} · Sandbox</title><style>{STYLE}</style></head>'
        f'<body><div class="stripes" role="note">Sandbox: no real money, no real mail</div>'
        f"<main{width}>{body}</main></body></html>",
        status_code=status,
        headers={"X-Robots-Tag": "noindex"},
    )


def e(value: object) -> str:
    """Escape for HTML text and attributes."""
    return escape(str(value), quote=True)


def local(address: str) -> str:
    """The address without its host, so that a form posts back to where the page was opened from."""
    return urlsplit(address).path
