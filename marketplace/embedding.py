"""What a product's card in other people's pages is: its address, and the code that puts it there."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from marketplace.domain.catalog.models import Product
from marketplace.i18n import DEFAULT_LOCALE, _, current_locale, in_language, split_path
from marketplace.present import product_path
from marketplace.settings import get_settings

CARD, BUTTON = (360, 430), (360, 72)  # pixels, width and height


def card_path(product: Product, *, button: bool = False) -> str:
    locale = current_locale.get()
    query = {**({"as": "button"} if button else {}), **({"in": locale} if locale != DEFAULT_LOCALE else {})}
    path = f"/embed/product/{quote(product.slug, safe='')}"
    return f"{path}?{urlencode(query)}" if query else path


def frame(product: Product, *, button: bool = False, most: tuple[int, int] = (10_000, 10_000)) -> str:
    """The code for a page; at most as wide and high as it wants."""
    width, height = (min(own, allowed) for own, allowed in zip(BUTTON if button else CARD, most, strict=True))
    address = f"{get_settings().api_url}{card_path(product, button=button)}"
    return (
        f'<iframe src="{escape(address)}" title="{escape(product.title)}" width="{width}" height="{height}" loading="lazy" '
        'style="border:0;max-width:100%"></iframe>'
    )


def link_code(product: Product) -> str:
    """A plain link for where frames aren't allowed."""
    address = f"{get_settings().public_url}{in_language(product_path(product))}"
    return f'<a href="{escape(address)}">{escape(_("Buy “{title}”").format(title=product.title))}</a>'


def discovery(product: Product) -> str:
    """Where others ask for the card of a page that they found."""
    page = f"{get_settings().public_url}{in_language(product_path(product))}"
    return f"{get_settings().api_url}/oembed?{urlencode({'url': page, 'format': 'json'})}"


def slug_of(address: str) -> str:
    """The product whose page this is; nothing for any other address."""
    try:
        parts, ours = urlsplit(address[:2000]), urlsplit(get_settings().public_url)
        same = (parts.scheme, parts.netloc.lower()) == (ours.scheme, ours.netloc.lower())
    except ValueError:
        return ""
    kind, _slash, slug = split_path(parts.path)[1].removeprefix("/").partition("/")
    return unquote(slug) if same and kind in ("lessons", "courses") and "/" not in slug else ""


def language_of(address: str) -> str:
    """The language that a page's address, or a card's, is in."""
    parts = urlsplit(address)
    wanted = dict(parse_qsl(parts.query)).get("in") or split_path(parts.path)[0]
    return wanted if wanted in get_settings().page_languages else DEFAULT_LOCALE
