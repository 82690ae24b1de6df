"""Migrations run on the product's own database URL; the sandbox's and the queue's tables are not compared."""

from sqlalchemy import create_engine, pool, text

from alembic import context
from marketplace.db import dsn, sqlalchemy_url
from marketplace.domain.tables import metadata


def ours(obj, name, type_, reflected, compare_to):  # type: ignore[no-untyped-def]
    return not (type_ == "table" and name.startswith("procrastinate_"))


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
