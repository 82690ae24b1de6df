"""Finds a browser for the tests, or installs one, or says how to get one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find() -> str | None:
    """An installed Chromium or Chrome, else Playwright's own."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    for folder in (Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright"):
        for path in sorted(folder.glob("chromium-*/chrome-*/chrome")):
            return str(path)
    return None


def main() -> None:
    if find():
        return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if find():
        return
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=False)
    if not find():
        sys.exit(
            "The browser tests need Chromium or Chrome. Install one, or run: python -m playwright install chromium"
        )


if __name__ == "__main__":
    main()
