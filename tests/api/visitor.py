"""A browser without scripts: keeps cookies, follows nothing, and says where a link was clicked."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlmodel import Session as DbSession
from sqlmodel import SQLModel, create_engine, select

import marketplace.domain.tables  # noqa: F401 - foreign keys need all tables
from marketplace.db import sqlalchemy_url
from marketplace.domain.accounts.models import Account

HERE = {"Sec-Fetch-Site": "same-origin"}
ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}


def visitor(product: Any) -> httpx.Client:
    return httpx.Client(base_url=product.url, trust_env=False, timeout=30)


def add(product: Any, *rows: SQLModel) -> None:
    with DbSession(create_engine(sqlalchemy_url(product.dsn))) as db:
        db.add_all(rows)
        db.commit()


def all_of(product: Any, model: type[Any], *where: Any) -> list[Any]:
    with DbSession(create_engine(sqlalchemy_url(product.dsn))) as db:
        return list(db.exec(select(model).where(*where)).all())


def somebody(product: Any) -> UUID:
    """A new member who owns nothing."""
    unique = f"visitor-{secrets.token_hex(4)}"
    row = Account(auth_id=uuid4(), email=f"{unique}@example.net", name="Vera", handle=unique)
    account_id = row.id
    add(product, row)
    return account_id
