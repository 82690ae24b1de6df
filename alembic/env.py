"""Migrations run on the product's own database URL; the sandbox's and the queue's tables are not compared."""

from sqlalchemy import create_engine, pool, text

from alembic import context
from marketplace.db import dsn, sqlalchemy_url
from marketplace.domain.tables import metadata


def ours(obj, name, type_, reflected, compare_to):  # type: ignore[no-untyped-def]
    made_elsewhere = {"table": "procrastinate_", "index": "search_meaning_near_"}.get(type_)
    return not (made_elsewhere and name.startswith(made_elsewhere))


url = context.config.attributes.get("url") or dsn()
engine = create_engine(sqlalchemy_url(url), poolclass=pool.NullPool)
with engine.connect() as connection:
    connection.execute(text("SELECT pg_advisory_lock(723000)"))  # two starting processes migrate one after the other
    connection.commit()
    context.configure(
        connection=connection, target_metadata=metadata, include_object=ours, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
