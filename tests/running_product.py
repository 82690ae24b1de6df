"""The running product for tests that attack it from outside; also one that was started by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture(scope="session")
def product(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The suite's product. While working on the tests, set ``PRODUCT_URL``, ``PRODUCT_DATA`` and ``PRODUCT_LOG``."""
    url = os.environ.get("PRODUCT_URL", "")
    if not url:
        yield request.getfixturevalue("product")
        return
    from marketplace.embedded import ensure_running

    data = Path(os.environ["PRODUCT_DATA"])
    port = url.rsplit(":", 1)[1]
    environment = {**os.environ, "PORT": port, "DATA_DIR": str(data), "MARKETPLACE_ENV": "test"}
    yield SimpleNamespace(
        url=url, port=int(port), dsn=ensure_running(data), log=Path(os.environ["PRODUCT_LOG"]), environment=environment
    )
