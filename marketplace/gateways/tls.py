"""The certificates that vendors' servers are checked against."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def tls() -> ssl.SSLContext:
    """Reading the certificate bundle takes tens of milliseconds: once is enough."""
    return httpx.create_ssl_context()
