"""Domain values as pages show them: small dictionaries of strings, the same for live pages and first paint."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from babel import Locale

from marketplace import zones
from marketplace.clock import now
from marketplace.domain.catalog import rules as catalog_rules
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.catalog.models import Product
from marketplace.domain.courses.changes import Change
from marketplace.domain.courses.outline import Lesson, Outline
from marketplace.domain.documents.rules import COUNTRIES
from marketplace.domain.media.models import Image
from marketplace.domain.media.rules import LANGUAGES
from marketplace.domain.notes.models import Note
from marketplace.domain.orders.rules import Policy, policy_words, split
from marketplace.i18n import _, current_locale, date_words, joined, ngettext
from marketplace.lists import waitlist_action
from marketplace.markdown import render, to_text
from marketplace.money import format_minor, to_input
from marketplace.settings import get_settings


class Card(TypedDict):
    href: str
    title: str
    cover: str
    cover_srcset: str
    cover_avif: str
    cover_color: str
    creator: str
    creator_avatar: str
    price: str
    duration: str
    level: str
    rating: str


def card(listing: Listing) -> Card:
    product = listing.product
    return Card(
        href=product_path(product),
        title=product.title,
        cover=cover(listing.image, 640),
        cover_srcset=srcset(listing.image),
        cover_avif=avif_srcset(listing.image),
        cover_color=listing.image.color if listing.image else "#e6e0d6",
        creator=listing.creator.name,
        creator_avatar=listing.creator.avatar_url,
        price=price(product.price_kind, product.price_minor, product.min_minor, product.currency),
        duration=(whole if product.kind == "course" else duration)(product.duration_s),
        level=_(catalog_rules.LEVELS.get(product.level, "")),
        rating=listing.rating.words if listing.rating.telling else "",
    )


def product_path(product: Product) -> str:
    """The address of its public page."""
    return page_path(product.kind, product.slug)


def page_path(kind: str, slug: str) -> str:
    return f"/courses/{slug}" if kind == "course" else f"/lessons/{slug}"


def topic_path(topic: str) -> str:
    """The address of a topic's page."""
    return f"/topics/{topic}"


def open_path(product: Product) -> str:
    """Where who has it opens it."""
    return {"bundle": "/library", "course": f"/learn/{product.slug}"}.get(product.kind, f"/watch/{product.slug}")


def change_words(change: Change) -> dict[str, str]:
    """One difference between two versions of a course."""
    words = {
        ("course", "edited"): _("How lessons open changed"),
        ("course", "kept"): _("What may be kept offline changed"),
        ("section", "added"): _("New section"), ("section", "removed"): _("Section removed"),
        ("section", "renamed"): _("Section renamed"), ("section", "moved"): _("Section moved"),
        ("lesson", "added"): _("New lesson"), ("lesson", "removed"): _("Lesson removed"),
        ("lesson", "edited"): _("Lesson changed"), ("lesson", "renamed"): _("Lesson renamed"),
        ("lesson", "moved"): _("Lesson moved"),
    }  # fmt: skip
    signs = {
        "added": "plus",
        "removed": "minus",
        "edited": "pencil",
        "renamed": "pencil",
        "moved": "arrow_up_down",
        "kept": "pencil",
    }
    return {
        "kind": change.kind, "what": change.what, "id": str(change.id), "words": words[change.what, change.kind],
        "title": change.title, "was": change.was, "icon": signs[change.kind],
    }  # fmt: skip


def note_path(slug: str, note: Note) -> str:
    """The lesson of a course at the moment of a note."""
    moment = "" if note.at_s is None else f"?in={note.block_id}&at={note.at_s}"
    return f"/learn/{slug}/{note.lesson_id}{moment}#notes"


def more_by(theirs: Sequence[Listing], product: Product, parts: Sequence[Listing]) -> list[Card]:
    """Three others of the same creator: neither the product itself nor what it holds."""
    shown = {product.id, *(part.product.id for part in parts)}
    return [card(one) for one in theirs if one.product.id not in shown][:3]


def partly_owned(owned: Any, count: Any) -> str:
    """On a bundle's page, for who has some of it; in the live page both numbers are Vars."""
    return _("You own {owned} of these {count} lessons already. The price is the same.").format(
        owned=owned, count=count
    )


def edit_href(product: Product) -> str:
    """Where its creator changes it."""
    return f"/studio/bundles/{product.id}" if product.kind == "bundle" else f"/studio/new?id={product.id}"


def sales_page_href(product_id: object) -> str:
    """Where its creator composes its public page."""
    return f"/studio/products/{product_id}/page"


def syllabus(taught: Outline, slug: str, *, opens: bool) -> list[dict[str, str]]:
    """The sections and lessons of a course, flat. ``href`` of those that this visitor may open."""
    rows = []
    for section in taught.filled:
        count = len(section.lessons)
        rows.append({
            "kind": "section", "title": section.title, "href": "", "preview": "", "terms": "",
            "meta": ngettext("{count} lesson", "{count} lessons", count).format(count=count),
        })  # fmt: skip
        for lesson in section.lessons:
            free = lesson.preview and not opens
            rows.append({
                "kind": "lesson", "title": lesson.title, "meta": length(lesson),
                "href": f"/learn/{slug}/{lesson.id}" if opens or lesson.preview else "",
                "preview": _("Free preview") if free else "",
                "terms": joined(_terms(lesson, taught.time_zone)),
            })  # fmt: skip
    return rows


def _terms(lesson: Lesson, zone: str) -> list[str]:
    """From when and until when it can be done, for who hasn't the course yet. What is over asks nothing of them."""
    found = []
    if lesson.opens_at is not None and lesson.opens_at > now():
        found.append(_("opens {day}").format(day=_day_in(lesson.opens_at, zone)))
    if lesson.after_days:
        words = ngettext("opens a day after the start", "opens {n} days after the start", lesson.after_days)
        found.append(words.format(n=lesson.after_days))
    if lesson.due_hard and lesson.due_at is not None and lesson.due_at > now():
        found.append(_("final deadline {day}").format(day=_day_in(lesson.due_at, zone)))
    if lesson.due_hard and lesson.due_days:
        words = ngettext(
            "final deadline a day after the start", "final deadline {n} days after the start", lesson.due_days
        )
        found.append(words.format(n=lesson.due_days))
    return found


def _day_in(at: datetime, zone: str) -> str:
    """With the year when it is another."""
    shown = zones.wall(at, zone)
    return date_words(shown, "d MMMM" if shown.year == zones.wall(now(), zone).year else "d MMMM y")


def _words_of(product: Product, lessons: int) -> dict[str, str]:
    """What the page of a product calls it."""
    language = LANGUAGES.get(product.language, product.language)
    if product.kind == "course":
        size = ngettext("{count} lesson", "{count} lessons", lessons).format(count=lessons)
        time = whole(product.duration_s)
        return {
            "about": _("About this course"), "edit": _("Edit course"), "open": _("Go to the course"),
            "included": (
                _("{size}, {duration} in all, taught in {language}").format(size=size, duration=time, language=language)
                if time else _("{size}, taught in {language}").format(size=size, language=language)
            ),
            "often": _("Take it as often as you like, on any device"),
        }  # fmt: skip
    included = (
        _("{duration} of video, taught in {language}").format(duration=duration(product.duration_s), language=language)
        if product.duration_s
        else _("Video taught in {language}").format(language=language)
    )
    return {
        "about": _("About this bundle") if product.kind == "bundle" else _("About this lesson"),
        "edit": _("Edit bundle") if product.kind == "bundle" else _("Edit lesson"),
        "open": _("Open your library") if product.kind == "bundle" else _("Continue watching"),
        "included": included, "often": _("Watch as often as you like, on any device"),
    }  # fmt: skip


def lesson_view(listing: Listing, lessons: int = 0) -> dict[str, str]:
    """The public facts of a product's own page, ``description`` as sanitised HTML. ``lessons``: how many a course has."""
    product, image = listing.product, listing.image
    return {
        **_words_of(product, lessons),
        **{k: str(v) for k, v in card(listing).items()},
        "slug": product.slug,
        "kind": product.kind,
        "watch": open_path(product),
        "summary": product.summary,
        "description": render(product.description_md),
        "topic": product.topic,
        "topic_name": _(catalog_rules.TOPICS.get(product.topic, "")),
        "language": LANGUAGES.get(product.language, product.language),
        "creator_href": f"/creators/{listing.creator.handle}",
        "creator_bio": to_text(listing.creator.bio, 220),
        "cover_large": cover(image, 1280),
        "price_kind": product.price_kind,
        "policy": policy_words(Policy(product.refund_days, product.refund_max_percent))
        if product.price_kind != "free"
        else "",
        "tax": tax_words() if product.price_kind != "free" else "",
        "minimum": format_minor(product.min_minor, product.currency) if product.min_minor else "",
        "suggested": to_input(product.price_minor, product.currency),
        "currency": product.currency.upper(),
        "has_preview": "yes" if product.preview_video_id else "",
        "published": day(product.published_at),
        "state": product.state,
        **_release(product),
    }


def _release(product: Product) -> dict[str, str]:
    """Of what isn't out yet: when it is, what people can do until then, and where its waitlist is."""
    if not catalog_rules.announced(product.before, product.opens_at, now()):
        return {"before": "", "opens": "", "waitlist": ""}
    words = {
        "waitlist": _("Opens on {day}."), "preorder": _("Opens on {day}. Until then you get all of your money back."),
    }  # fmt: skip
    free = product.before == "preorder" and product.price_kind == "free"
    said = words["waitlist" if free else product.before].format(day=day(product.opens_at))
    return {"before": product.before, "opens": said, "waitlist": waitlist_action(product.slug)}


def story(listings: Sequence[Listing]) -> dict[str, str]:
    """Who has the most of these lessons, in their own words; empty when there is nobody to tell of."""
    told = [item.creator for item in listings if item.creator.bio.strip()]
    if not told:
        return {}
    lessons = Counter(person.id for person in told)
    creator = max(told, key=lambda person: lessons[person.id])
    return {
        "name": creator.name,
        "href": f"/creators/{creator.handle}",
        "avatar": creator.avatar_url,
        "quote": first_sentences(to_text(creator.bio, 600), 240),
    }


def story_cards(listings: Sequence[Listing], told: dict[str, str]) -> list[Card]:
    """Two earlier lessons of the story's creator."""
    theirs = [item for item in listings if f"/creators/{item.creator.handle}" == told.get("href")]
    return [card(item) for item in theirs[-2:]]


def first_sentences(text: str, limit: int) -> str:
    """Whole sentences within ``limit`` characters, or the text cut at a word."""
    if len(text) <= limit:
        return text
    end = max(text.rfind(f"{mark} ", 0, limit) for mark in ".!?")
    return text[: end + 1] if end > 0 else text[:limit].rsplit(" ", 1)[0] + "…"


def fee_example(percent: Decimal, minor: int = 2400, currency: str = "usd") -> dict[str, str]:
    """What becomes of one sale: ``price``, ``fee`` (with its sign and its ``label``) and ``yours``, formatted."""
    parts = split(minor, percent)
    return {
        "price": format_minor(minor, currency),
        "fee": format_minor(-parts.fee_minor, currency),
        "yours": format_minor(parts.creator_minor, currency),
        "label": _("Our fee, {percent} %").format(percent=f"{percent.normalize():f}"),
    }


def cover(image: Image | None, width: int) -> str:
    """The smallest rendition of at least ``width`` pixels, or the largest there is."""
    if image is None or not image.variants:
        return ""
    for have, url in image.variants:
        if int(str(have)) >= width:
            return str(url)
    return str(image.variants[-1][1])


def srcset(image: Image | None) -> str:
    return ", ".join(f"{url} {width}w" for width, url in image.variants) if image else ""


def avif_srcset(image: Image | None) -> str:
    """For browsers that read it; empty until it is made."""
    return ", ".join(f"{url} {width}w" for width, url in image.avif or ()) if image else ""


def price(kind: str, price_minor: int, min_minor: int, currency: str) -> str:
    if kind == "free":
        return _("Free")
    if kind == "pwyw":
        return (
            _("From {amount}").format(amount=format_minor(min_minor, currency)) if min_minor else _("Pay what you want")
        )
    return format_minor(price_minor, currency)


def tax_words() -> str:
    """What a shown price says of tax; nothing where none is computed."""
    words = {"exclusive": _("plus tax"), "inclusive": _("tax included")}
    return words.get(get_settings().stripe_tax, "")


def short_amount(minor: int, currency: str) -> str:
    """Without the cents when there are none: ``$1,200``."""
    return re.sub(r"[.,]0+(?!\d)", "", format_minor(minor, currency))


def duration(seconds: int) -> str:
    """``0:42``, ``12 min``, ``1 h 5 min``."""
    if seconds <= 0:
        return ""
    if seconds < 60:
        return f"0:{seconds:02d}"
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("{n} min").format(n=minutes)
    hours, rest = divmod(minutes, 60)
    return _("{h} h {m} min").format(h=hours, m=rest) if rest else _("{h} h").format(h=hours)


def length(lesson: Lesson) -> str:
    """How long a lesson takes: what has a film as the film's clock says, a text in minutes to read. Nothing of what only
    its learner's work decides, nor while a film's length isn't known."""
    if not all(film.seconds for film in lesson.films):
        return ""
    if lesson.films or (lesson.seconds >= 60 and not lesson.is_read):
        return duration(lesson.seconds)
    if lesson.seconds <= 0 or not lesson.is_read:
        return ""
    return _("{n} min read").format(n=lesson.told_seconds // 60)


def whole(seconds: int) -> str:
    """How long a course takes: texts are in it, so nobody means seconds."""
    return duration(max(60, seconds)) if seconds > 0 else ""


def time_left(seconds: int) -> str:
    """What is left of something that was begun."""
    return _("{time} left").format(time=whole(seconds)) if seconds > 0 else ""


def when(at: datetime | None) -> str:
    """Relative up to a week, then the date."""
    if at is None:
        return ""
    seconds = int((now() - at).total_seconds())
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return _("{n} min ago").format(n=seconds // 60)
    if seconds < 86400:
        return _("{n} h ago").format(n=seconds // 3600)
    if seconds < 7 * 86400:
        days = seconds // 86400
        return _("yesterday") if days == 1 else _("{n} days ago").format(n=days)
    return day(at)


def day(at: datetime | None) -> str:
    return date_words(at, "d MMMM y") if at else ""


def local(at: datetime, zone: str) -> str:
    """A day and time in somebody's own zone, short: ``3 May, 18:00``, with the year when it is another."""
    shown = zones.wall(at, zone)
    pattern = "d MMM" if shown.year == zones.wall(now(), zone).year else "d MMM y"
    return joined([date_words(shown, pattern), f"{shown:%H:%M}"])


def moment(at: datetime | None) -> str:
    """With the time and its zone, for receipts and money."""
    return joined([day(at), f"{at:%H:%M} UTC"]) if at else ""


def country_name(code: str) -> str:
    """``US`` → “United States”."""
    return str(Locale.parse(current_locale.get()).territories.get(code, code))


def countries() -> list[tuple[str, str]]:
    """``(code, name)`` of all of them, by name."""
    named = [(code, country_name(code)) for code in COUNTRIES]
    return sorted(named, key=lambda pair: unicodedata.normalize("NFKD", pair[1]))


def size(bytes_: int) -> str:
    value = float(bytes_)
    for unit in ("B", "kB", "MB"):
        if value < 1024:
            return f"{value:.0f} {unit}"
        value /= 1024
    return f"{value:.1f} GB"


def browser_name(user_agent: str) -> str:
    """“Firefox on Windows” out of a user agent, roughly."""
    browsers = (
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = (
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in browsers if mark in user_agent), _("A browser"))
    system = next((name for mark, name in systems if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser
