"""What a first visit to a public page sends of scripts: what the page names, and whatever that imports."""

from __future__ import annotations

import re
from typing import Any

import pytest
from visitor import visitor

MOST = 170_000  # bytes, gzipped


@pytest.mark.parametrize(
    "path", ["/", "/lessons/hand-cut-dovetails", "/courses/a-month-at-the-wheel", "/search?q=clay"]
)
def test_a_page_loads_no_other_pages_code(product: Any, path: str) -> None:
    sent = {}
    with visitor(product) as client:
        waiting = set(re.findall(r"/assets/[\w.-]+\.js", client.get(path).text))
        while waiting:
            script = waiting.pop()
            with client.stream("GET", script, headers={"accept-encoding": "gzip"}) as answer:
                sent[script] = int(answer.headers["content-length"])
                code = answer.read().decode()
            imported = re.findall(r'(?:from|\bimport)\s*"\./([\w.-]+\.js)"', code)
            waiting |= {f"/assets/{name}" for name in imported} - set(sent)
    assert len(sent) > 5
    assert sum(sent.values()) < MOST, sorted(sent.items(), key=lambda one: -one[1])[:5]
