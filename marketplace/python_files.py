"""Python for the browser, served by ourselves: copied out of the installed package beside the built pages."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import reflex as rx

from marketplace.components.python_worker_js import FILES, FOLDER, WORKER


class PythonFiles(rx.plugins.Plugin):
    """For ``rx.Config(plugins=…)``. Nothing of it is in a page's own JavaScript: it is fetched when somebody runs code."""

    def post_build(self, **context: Any) -> None:
        from reflex.utils.prerequisites import get_web_dir

        put(get_web_dir() / "node_modules" / "pyodide", Path(context["static_dir"]) / FOLDER)


def put(package: Path, folder: Path) -> None:
    """The files under a name that says their version. The build packs texts, and so we pack what else gets smaller."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(package / name, folder / name)
    (folder / "worker.js").write_text(WORKER)
    for file in folder.glob("*.wasm"):
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), 6, mtime=0))
