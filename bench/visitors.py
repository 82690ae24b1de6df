"""p95 end to end of a shop with many products for some visitors at once: home, topics, products, searches, suggestions.

    python bench/visitors.py [--size 10000] [--url http://localhost:3000] [--visitors 20] [--seconds 30] [--pause 1]

Without ``--url`` it starts the product itself and fills it with as many products as ``--size`` says; a million take half an
hour. With it, the product has to run over a database that was filled so. Each visitor asks for one thing after the other
and rests in between, ``--pause`` seconds on average. A session cookie that nobody has leads past the pages in memory.
Target on two cores, of a million products: p95 under 50 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
from catalogue import TOPICS, VOCABULARY, WORDS, fill, make_creators
from common import bench_product, report, summary

Address = Callable[[random.Random], str]


def word(dice: random.Random) -> str:
    """As often as Zipf's law says: what people search is mostly common."""
    words = WORDS["en"]
    return dice.choices(words.all, cum_weights=words.weights)[0]


def addresses(size: int) -> dict[str, Address]:
    rare = WORDS["en"].all[VOCABULARY // 2 :]
    return {
        "home": lambda dice: f"/?visitor={dice.random()}",
        "topic": lambda dice: f"/topics/{dice.choice(TOPICS)}?visitor={dice.random()}",
        "product": lambda dice: f"/lessons/product-{dice.randrange(1, size)}",
        "search": lambda dice: f"/search?q={quote(' '.join(word(dice) for _ in range(dice.choice((1, 1, 2, 3)))))}",
        "search_rare": lambda dice: f"/search?q={quote(dice.choice(rare))}",
        "search_filtered": lambda dice: f"/search?q={quote(word(dice))}&topic={dice.choice(TOPICS)}",
        "suggest": lambda dice: f"/search/suggest?q={quote(word(dice)[: dice.randrange(1, 5)])}",
    }


async def visit(url: str, seed: int, size: int, until: float, pause: float, times: dict[str, list[float]]) -> int:
    """How many answers weren't there."""
    dice, choices, failures = random.Random(seed), addresses(size), 0
    headers = {"accept": "text/html", "accept-encoding": "br", "cookie": "market_session=nobody"}  # past the cache
    await asyncio.sleep(dice.random() * pause)
    async with httpx.AsyncClient(
        base_url=url, headers=headers, follow_redirects=True, timeout=30, verify=False
    ) as browser:
        while time.perf_counter() < until:
            name = dice.choice(list(choices))
            started = time.perf_counter()
            answer = await browser.get(choices[name](dice))
            times[name].append((time.perf_counter() - started) * 1000)
            failures += answer.status_code != 200
            await asyncio.sleep(dice.expovariate(1 / pause) if pause else 0)
    return failures


async def main(url: str, options: argparse.Namespace) -> dict[str, object]:
    times: dict[str, list[float]] = {name: [] for name in addresses(options.size)}
    until = time.perf_counter() + options.seconds
    asked = [visit(url, n, options.size, until, options.pause, times) for n in range(options.visitors)]
    failures = sum(await asyncio.gather(*asked))
    every = [each for some in times.values() for each in some]
    return {
        "visitors": options.visitors, "per_second": round(len(every) / options.seconds, 1), "failures": failures,
        "ms": {"all": summary(every), **{name: summary(some) for name, some in times.items() if some}},
        "target": "p95 of all under 50 ms",
    }  # fmt: skip


def filled(product: Any, options: argparse.Namespace) -> dict[str, object]:
    fill(product.dsn, 1, options.size, make_creators(product.dsn))
    return asyncio.run(main(product.url, options))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="")
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--pause", type=float, default=1.0)
    given = parser.parse_args()
    if given.url:
        report("visitors", asyncio.run(main(given.url, given)))
    else:
        bench_product("visitors", lambda product: filled(product, given))
