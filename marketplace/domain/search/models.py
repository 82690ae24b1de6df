"""What is searched: a document for each product on offer, the shop's words, and what was bought with what."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, REAL, TSVECTOR
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import created, minor, moment, pk
from marketplace.domain.search.rules import BANDS


def _small(default: int = 0) -> Any:
    return Field(default=default, sa_type=SmallInteger, nullable=False)


def _words(name: str, **options: Any) -> Index:
    return Index(name, "words", postgresql_using="gin", postgresql_with={"fastupdate": "off"}, **options)


def _texts() -> Any:
    return Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False))


class SearchDocument(SQLModel, table=True):
    """One product on offer as search sees it; it is made by one statement out of the product (``making.py``).

    ``words`` is what the indexes answer from: every word, what of it is in the title and in the other headings once
    more under a mark of its own, and the values that can be filtered by. ``band``: the smallest band of standing that the
    product is in; each band has an index of its own, so that to look in a small one costs little however large the shop.
    ``heads`` holds the headings with their weights, small enough to rank many by. ``lexicon`` are the words that it
    adds to the shop's vocabulary. ``rating``: the filter of stars it is found by; ``rated``: what its
    ratings add to the standing. ``quality`` is its standing, 0 to 1000 (``rules.quality``).
    """

    __tablename__ = "search_document"
    __table_args__ = (
        _words("search_document_words"),
        *[_words(f"search_document_words_{n}", postgresql_where=text(f"band <= {n}")) for n in range(len(BANDS))],
        Index("search_document_best", text("quality DESC"), text("product_id DESC")),
        Index("search_document_popular", text("popularity DESC"), text("product_id DESC")),
        Index("search_document_newest", text("published_at DESC"), text("product_id DESC")),
        Index("search_document_price", "price_rank", "product_id"),
        Index("search_document_aging", "fresh", "published_at"),
        Index("search_document_language", "language"),
        Index("search_document_creator", "creator_id"),
    )
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="CASCADE")
    creator_id: UUID
    words: str = Field(sa_column=Column(TSVECTOR, nullable=False))
    heads: str = Field(sa_column=Column(TSVECTOR, nullable=False))
    lexicon: list[str] = _texts()
    kind: str
    topic: str
    level: str
    language: str
    price: str
    length: str
    rating: str = Field(default="none", sa_column_kwargs={"server_default": text("'none'")})
    price_rank: int = minor()
    published_at: datetime = created()
    buyers: int = 0
    popularity: int = _small()
    fresh: int = _small()
    rated: int = Field(default=0, sa_type=SmallInteger, nullable=False, sa_column_kwargs={"server_default": text("0")})
    quality: int = _small()
    band: int = _small()


class SearchBand(SQLModel, table=True):
    """Where a band of standing ends: products from here on upwards are in it. A shop that is smaller has no such row."""

    __tablename__ = "search_band"
    band: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    quality: int = _small()
    product_id: UUID


class SearchWord(SQLModel, table=True):
    """A word of headings on offer, and in how many products."""

    __tablename__ = "search_word"
    __table_args__ = (
        Index("search_word_prefix", "word", postgresql_ops={"word": "text_pattern_ops"}),
        Index("search_word_1", text('"left"(word, 1)'), text("uses DESC"), postgresql_where=text("uses > 0")),
        Index("search_word_2", text('"left"(word, 2)'), text("uses DESC"), postgresql_where=text("uses > 0")),
        Index("search_word_3", text('"left"(word, 3)'), text("uses DESC"), postgresql_where=text("uses > 0")),
    )
    word: str = Field(sa_column=Column(Text, primary_key=True))
    uses: int = 0


class SearchNear(SQLModel, table=True):
    """A word as it looks with letters missing. Written once: how often it is used changes beside it."""

    __tablename__ = "search_near"
    __table_args__ = (Index("search_near_letters", "near", postgresql_using="gin"),)
    word: str = Field(sa_column=Column(Text, primary_key=True))
    near: list[str] = _texts()


class SearchSynonym(SQLModel, table=True):
    """Words that mean the same here, as the operator says; they come on top of the built-in ones."""

    __tablename__ = "search_synonym"
    __table_args__ = (Index("search_synonym_words", "words", postgresql_using="gin"),)
    id: UUID = pk()
    words: list[str] = _texts()
    created_at: datetime = created()


class SearchMeaning(SQLModel, table=True):
    """What a product is about, as a vector of an embedding model; empty without one (``meaning.py``).

    ``space``: the model and the length of its vectors, as only vectors of one space can be compared. ``digest``: of the
    text that was embedded. ``stale_since``: the document was written anew since then, or was never looked at. No
    ``embedding``: not made yet, or the model refuses this text.
    """

    __tablename__ = "search_meaning"
    __table_args__ = (Index("search_meaning_stale", "stale_since", postgresql_where=text("stale_since IS NOT NULL")),)
    product_id: UUID = Field(primary_key=True, foreign_key="search_document.product_id", ondelete="CASCADE")
    space: str = ""
    digest: str = ""
    embedding: list[float] | None = Field(default=None, sa_column=Column(ARRAY(REAL), nullable=True))
    stale_since: datetime | None = moment()


class TastePending(SQLModel, table=True):
    """A sale or refund that :class:`Taste` doesn't know of yet; a trigger writes it beside each event."""

    __tablename__ = "taste_pending"
    event_id: UUID = Field(primary_key=True)


class Taste(SQLModel, table=True):
    """Somebody bought a product and kept it, and it counts: see ``rules.counts``. One row however often."""

    __tablename__ = "taste"
    __table_args__ = (Index("taste_by_buyer", "buyer_id", "at"), Index("taste_by_time", "at"))
    product_id: UUID = Field(primary_key=True)
    buyer_id: UUID = Field(primary_key=True)
    creator_id: UUID
    at: datetime = created()
    fresh_account: bool = False


class TastePair(SQLModel, table=True):
    """How many people have both, and how many of them bought ``other_id`` later."""

    __tablename__ = "taste_pair"
    __table_args__ = (
        Index("taste_pair_together", "product_id", text("buyers DESC"), "other_id"),
        Index("taste_pair_later", "product_id", text("later DESC"), "other_id"),
    )
    product_id: UUID = Field(primary_key=True)
    other_id: UUID = Field(primary_key=True)
    buyers: int = 0
    later: int = 0
