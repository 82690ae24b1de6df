"""Statements of our own wording, over a session or over a connection of the driver itself.

What every event of every page passes runs on the driver's connection: through the mapper the same statement costs
some six times the CPU. Placeholders are the driver's, ``%(name)s``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

from psycopg import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

Over = AsyncSession | AsyncConnection[Any]


async def rows(over: Over, statement: LiteralString, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows that the statement returns."""
    if isinstance(over, AsyncSession):
        await over.flush()
        connection = await over.connection()
        result = await connection.exec_driver_sql(statement, dict(values))
        return [tuple(row) for row in result.all()] if result.returns_rows else []
    cursor = await over.execute(statement, values)
    return await cursor.fetchall() if cursor.description else []
