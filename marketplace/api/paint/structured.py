"""Structured data (schema.org) of public pages. Never the address of a paid video."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marketplace.api.paint.head import Data, absolute
from marketplace.clock import now
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog.blocks import faq as answered
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.catalog.models import Product
from marketplace.domain.catalog.rules import announced
from marketplace.domain.courses.outline import Outline
from marketplace.domain.reviews.service import Written
from marketplace.i18n import _
from marketplace.markdown import to_text
from marketplace.money import to_input
from marketplace.present import cover, product_path
from marketplace.settings import get_settings


def website() -> Data:
    settings = get_settings()
    return {
        "@type": "WebSite",
        "name": settings.site_name,
        "url": f"{settings.public_url}/",
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{settings.public_url}/search?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }


def item_list(listings: Sequence[Listing]) -> Data:
    entries = [
        {"@type": "ListItem", "position": n, "url": _address(item.product), "name": item.product.title}
        for n, item in enumerate(listings, 1)
    ]
    return {"@type": "ItemList", "itemListElement": entries}


def topic(name: str, path: str, words: str, listings: Sequence[Listing]) -> list[Data]:
    trail = [(get_settings().site_name, "/"), (name, path)]
    steps = [
        {"@type": "ListItem", "position": n, "name": step, "item": absolute(where)}
        for n, (step, where) in enumerate(trail, 1)
    ]
    page = {"@type": "CollectionPage", "name": name, "description": words, "url": absolute(path)}
    return [{**page, "mainEntity": item_list(listings)}, {"@type": "BreadcrumbList", "itemListElement": steps}]


def lesson(listing: Listing, written: Sequence[Written] = ()) -> Data:
    return {"@graph": [_product(listing, written), _video(listing)]}


def course(listing: Listing, taught: Outline, written: Sequence[Written] = ()) -> Data:
    """A course with its syllabus, on offer."""
    product = listing.product
    return {
        "@graph": [
            _product(listing, written),
            {
                "@type": "Course",
                "name": product.title,
                "description": product.summary,
                "url": _address(product),
                "inLanguage": product.language,
                "provider": {"@type": "Person", "name": listing.creator.name, "url": _profile(listing.creator)},
                "offers": {
                    "@type": "Offer",
                    "category": "Free" if product.price_kind == "free" else "Paid",
                    "price": to_input(_least(product), product.currency),
                    "priceCurrency": product.currency.upper(),
                },
                "hasCourseInstance": {
                    "@type": "CourseInstance",
                    "courseMode": "online",
                    "courseWorkload": f"PT{max(60, taught.seconds) // 60}M",
                },
                "syllabusSections": [
                    {
                        "@type": "Syllabus",
                        "name": section.title,
                        "description": ", ".join(lesson.title for lesson in section.lessons)[:1000],
                    }
                    for section in taught.filled
                ],
            },
        ]
    }


def faq(blocks: Sequence[dict[str, Any]]) -> list[Data]:
    """The questions that a product's page answers."""
    entries = [
        {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": to_text(answer, 2_000)}}
        for question, answer in answered(blocks)
    ]
    return [{"@type": "FAQPage", "mainEntity": entries}] if entries else []


def _product(listing: Listing, written: Sequence[Written]) -> Data:
    product = listing.product
    return {
        "@type": "Product",
        "name": product.title,
        "description": product.summary,
        "image": [absolute(cover(listing.image, 1280))] if listing.image else [],
        "url": _address(product),
        "brand": {"@type": "Brand", "name": listing.creator.name},
        "offers": {
            "@type": "Offer",
            "price": to_input(_least(product), product.currency),
            "priceCurrency": product.currency.upper(),
            "availability": f"https://schema.org/{_availability(product)}",
            "url": _address(product),
        },
        **_rated(listing, written),
    }


def _rated(listing: Listing, written: Sequence[Written]) -> Data:
    """Only of the product itself: a bundle has no reviews of its own."""
    rating = listing.rating
    if not rating.count:
        return {}
    found: Data = {
        "aggregateRating": {
            "@type": "AggregateRating",
            "ratingValue": f"{rating.tenths // 10}.{rating.tenths % 10}",
            "ratingCount": rating.count,
            "bestRating": 5,
            "worstRating": 1,
        }
    }
    return {**found, "review": [_review(one) for one in written if one.words]} if written else found


def _review(one: Written) -> Data:
    return {
        "@type": "Review",
        "author": {"@type": "Person", "name": _("Somebody who left") if one.left else one.name},
        "datePublished": one.created_at.date().isoformat(),
        "reviewBody": one.words,
        "reviewRating": {"@type": "Rating", "ratingValue": one.stars, "bestRating": 5, "worstRating": 1},
    }


def _availability(product: Product) -> str:
    if not announced(product.before, product.opens_at, now()):
        return "InStock"
    return "PreOrder" if product.before == "preorder" else "OutOfStock"


def _video(listing: Listing) -> Data:
    product = listing.product
    video: Data = {
        "@type": "VideoObject",
        "name": product.title,
        "description": product.summary,
        "thumbnailUrl": [absolute(cover(listing.image, 1280))] if listing.image else [],
        "inLanguage": product.language,
        "isAccessibleForFree": product.price_kind == "free",
        "creator": {"@type": "Person", "name": listing.creator.name, "url": _profile(listing.creator)},
    }
    if product.published_at:
        video["uploadDate"] = product.published_at.isoformat()
    if product.duration_s:
        video["duration"] = f"PT{product.duration_s}S"
    return video


def person(account: Account) -> Data:
    return {
        "@type": "ProfilePage",
        "url": _profile(account),
        "dateCreated": account.created_at.isoformat(),
        "mainEntity": {
            "@type": "Person",
            "name": account.name,
            "alternateName": account.handle,
            "description": to_text(account.bio, 300),
            "image": absolute(account.avatar_url) if account.avatar_url else None,
            "url": _profile(account),
        },
    }


def _least(product: Product) -> int:
    return {"free": 0, "pwyw": product.min_minor}.get(product.price_kind, product.price_minor)


def _address(product: Product) -> str:
    return absolute(product_path(product))


def _profile(account: Account) -> str:
    return absolute(f"/creators/{account.handle}")
