"""IndexNow: one call tells search engines which addresses changed. https://www.indexnow.org/documentation"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import httpx

from marketplace.errors import Invalid, Unavailable
from marketplace.gateways.tls import tls
from marketplace.settings import Settings

MOST = 10_000  # addresses of one call


class IndexNow:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def tell(self, addresses: Sequence[str]) -> None:
        """At most ``MOST`` at once. Raises ``Unavailable`` when it is worth trying again, ``Invalid`` when these addresses won't be taken."""
        settings = self._settings
        body = {
            "host": urlsplit(settings.public_url).netloc, "key": settings.indexnow_key,
            "keyLocation": f"{settings.public_url}/indexnow.txt", "urlList": list(addresses),
        }  # fmt: skip
        try:
            async with httpx.AsyncClient(timeout=20, follow_redirects=False, verify=tls()) as client:
                answer = await client.post(settings.indexnow_url, json=body)
        except httpx.HTTPError as problem:
            raise Unavailable from problem
        if answer.status_code in (400, 422):
            raise Invalid
        if not answer.is_success:
            raise Unavailable
