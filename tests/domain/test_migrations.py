"""The migrations run up, down to nothing and up again, on a database that holds data."""

from __future__ import annotations

import psycopg
import pytest
from product import make_database

from tests.domain.world import migrate

_SALE = """
INSERT INTO ledger_entry (id, key, kind, memo, created_at) VALUES (gen_random_uuid(), 'k', 'sale', '', now());
INSERT INTO ledger_posting (entry_id, account, currency, amount_minor)
SELECT id, account, 'usd', amount FROM ledger_entry, (VALUES ('stripe', 5), ('fees', -5)) AS p (account, amount);
"""
_THINGS = (
    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'public' AND relname <> 'alembic_version' AND relname <> 'alembic_version_pkc'"
)


@pytest.fixture(scope="module")
def empty(pg_url: str) -> str:
    return make_database(pg_url, "migrations")


def test_up_down_and_up_again_on_data(empty: str) -> None:
    migrate(empty)
    with psycopg.connect(empty) as connection:
        connection.execute(_SALE)
    first = _tables(empty)
    migrate(empty, "base", down=True)
    with psycopg.connect(empty) as connection:
        assert connection.execute(_THINGS).fetchone() == (0,)
    migrate(empty)
    assert _tables(empty) == first


def test_every_table_is_closed_to_the_public_data_api(empty: str) -> None:
    migrate(empty)
    with psycopg.connect(empty) as connection:
        open_ = connection.execute(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND relkind = 'r' AND NOT relrowsecurity"
        ).fetchall()
    assert open_ == []


def test_the_models_and_the_migrations_agree(empty: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine

    from marketplace.db import sqlalchemy_url
    from marketplace.domain.tables import metadata

    migrate(empty)
    engine = create_engine(sqlalchemy_url(empty))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": lambda o, name, kind, *_: not str(name).startswith("procrastinate_")}
        )
        found = [d for d in compare_metadata(context, metadata) if d[0] not in ("remove_table", "remove_index")]
    engine.dispose()
    assert found == []


def _tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
