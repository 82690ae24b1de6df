"""Column helpers that every capability's models share."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from marketplace.clock import now
from marketplace.ids import new_id

Json = dict[str, Any]


def pk() -> Any:
    return Field(default_factory=new_id, primary_key=True)


def ref(target: str, *, index: bool = True, nullable: bool = False, unique: bool = False) -> Any:
    """A foreign key that restricts deletion: money and access never dangle."""
    default: Any = None if nullable else ...
    return Field(
        default,
        foreign_key=target,
        index=index and not unique,
        nullable=nullable,
        unique=unique,
        ondelete="RESTRICT",
    )


def created() -> Any:
    return Field(default_factory=now, sa_type=DateTime(timezone=True), nullable=False)


def moment() -> Any:
    """A nullable point in time."""
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=True)


def minor(default: int = 0) -> Any:
    """An amount in minor units."""
    return Field(default=default, sa_type=BigInteger, nullable=False)


def document(factory: Any = dict) -> Any:
    return Field(default_factory=factory, sa_type=JSONB, nullable=False)


__all__ = ["UUID", "ForeignKey", "Json", "created", "datetime", "document", "minor", "moment", "pk", "ref"]
