"""Lighthouse on public pages of the running product, as a phone on slow 4G sees them.

    python bench/lighthouse.py [--url http://localhost:3000] [--folder FOLDER] [--rounds 3]

Without ``--url`` it starts the product itself. Lighthouse is installed from npm into a folder outside the repository.
Targets, medians: performance at least 99; accessibility, best practices and SEO 100. ``missed`` names what cost points.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

from common import report
from first_load import LESSON, served

PAGES = ("/", "/search?q=clay", LESSON)
_PACKAGE = "lighthouse@12"


def run(folder: Path, url: str, chrome: str) -> dict[str, object]:
    """One cold visit: scores in percent by category, and the audits that weren't passed."""
    out = folder / "report.json"
    command = [str(folder / "node_modules/.bin/lighthouse"), url, "--quiet", "--output=json", f"--output-path={out}"]
    flags = "--chrome-flags=--headless=new --no-sandbox"
    for _ in range(4):  # it loses a trace or an element now and then, and gives no score
        subprocess.run([*command, flags], check=False, env={**os.environ, "CHROME_PATH": chrome}, capture_output=True)
        result = json.loads(out.read_text())
        if all(category["score"] is not None for category in result["categories"].values()):
            break
    scores = {name: round(100 * category["score"]) for name, category in result["categories"].items()}
    weighed = {
        ref["id"] for category in result["categories"].values() for ref in category["auditRefs"] if ref["weight"]
    }
    missed = {
        name: audit.get("displayValue") or audit["title"]
        for name, audit in result["audits"].items()
        if name in weighed and audit["score"] is not None and audit["score"] < 1
    }
    return {"scores": scores, "missed": missed}


def install(folder: Path) -> None:
    if not (folder / "node_modules/.bin/lighthouse").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"name": "measure", "private": true}')
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", _PACKAGE], cwd=folder, check=True)


def measure(folder: Path, url: str, rounds: int) -> dict[str, object]:
    from browser_setup import find

    found: dict[str, object] = {}
    for path in PAGES:
        runs = [run(folder, url + path, str(find())) for _ in range(rounds)]
        scores = [one["scores"] for one in runs]
        found[path] = {
            "scores": {name: statistics.median(each[name] for each in scores) for name in scores[0]},  # type: ignore[index]
            "missed": runs[-1]["missed"],
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "market-lighthouse")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    install(options.folder)
    with served(options.url) as url:
        pages = measure(options.folder, url, options.rounds)
    report("lighthouse", {"pages": pages, "targets": {"performance": 99, "others": 100}})


if __name__ == "__main__":
    main()
