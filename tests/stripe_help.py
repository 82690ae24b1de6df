"""What the Stripe tests share: a buyer, a creator, and a small receiver of webhooks."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from marketplace.domain.orders.ports import CheckoutLine, CheckoutPage, CheckoutRequest, CheckoutState
from marketplace.gateways.stripe import StripeGateway
from marketplace.settings import Settings

Tax = Literal["off", "exclusive", "inclusive"]
GOOD = "4242 4242 4242 4242"
_numbers = itertools.count(1)


def unique(prefix: str) -> str:
    """An id of ours that no other test uses."""
    return f"{prefix}-{time.time_ns()}-{next(_numbers)}"


def request_for(*amounts: int, currency: str = "usd", order_id: str | None = None, tax: Tax = "off") -> CheckoutRequest:
    """A page with one line for each amount; 25.00 when there is none."""
    return CheckoutRequest(
        order_id=order_id or unique("order"),
        currency=currency,
        tax=tax,
        lines=[
            CheckoutLine(
                "Fire & glaze", "A lesson", amount, "https://example.com/cover.jpg", "txcd_10502000", f"line-{n}"
            )
            for n, amount in enumerate(amounts or (2500,))
        ],
        customer_email="buyer@example.com",
        success_url="http://localhost/thanks?session={CHECKOUT_SESSION_ID}",
        cancel_url="http://localhost/cart",
        expires_at=int(time.time()) + 3600,
    )


class World:
    """The product's gateway, and the people around the sandbox."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.gateway = StripeGateway(settings)
        self.base = settings.sandbox_internal_url
        self.browser = httpx.AsyncClient(trust_env=False, timeout=20)

    def here(self, url: str) -> str:
        """A public address as loopback reaches it."""
        return re.sub(r"^http://[^/]+/sandbox", self.base, url)

    async def open_page(self, *amounts: int, currency: str = "usd", tax: Tax = "off") -> CheckoutPage:
        request = request_for(*amounts, currency=currency, tax=tax)
        return await self.gateway.create_checkout(request, key=unique("checkout"))

    async def pay(self, page: CheckoutPage, card: str = GOOD, **more: str) -> httpx.Response:
        form = {"email": "buyer@example.com", "name": "Bea Buyer", "method": "card", "card": card}
        form |= {"expiry": "12 / 34", "cvc": "123", **more}
        return await self.browser.post(self.here(page.url), data=form)

    async def bought(self, amount: int = 2500, *, currency: str = "usd", card: str = GOOD) -> CheckoutState:
        page = await self.open_page(amount, currency=currency)
        answer = await self.pay(page, card)
        assert answer.status_code == 303, answer.text
        return await self.gateway.checkout(page.id)

    async def creator(self, outcome: str = "active") -> str:
        account = await self.gateway.create_account(
            creator_id=unique("creator"), email="c@example.com", display_name="Cy", country="US", key=unique("account")
        )
        url = await self.gateway.onboarding_url(
            account, refresh_url="http://localhost/refresh", return_url="http://localhost/return"
        )
        answer = await self.browser.post(self.here(url), data={"outcome": outcome})
        assert answer.headers["location"] == "http://localhost/return"
        return account

    async def transferred(self, state: CheckoutState, account: str, amount: int) -> str:
        return await self.gateway.create_transfer(
            amount_minor=amount,
            currency=state.currency,
            account_id=account,
            charge_id=state.charge_id or "",
            group=state.order_id,
            line_id=unique("line"),
            key=unique("transfer"),
        )

    async def act(self, name: str, id: str, **values: str) -> httpx.Response:
        """Press a button of the sandbox's index."""
        url = f"{self.base}/stripe/pages/actions/{name}"
        return await self.browser.post(url, data={"id": id, **values})

    async def api(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"authorization": "Bearer sk_test_x", **more.pop("headers", {})}
        return await self.browser.request(method, f"{self.base}/stripe{path}", headers=headers, **more)

    async def knobs(self, **values: Any) -> None:
        await self.browser.post(f"{self.base}/knobs/stripe", json=values)

    async def advance(self, seconds: int) -> None:
        await self.browser.post(f"{self.base}/clock", json={"advance": seconds})

    async def calm(self) -> None:
        await self.browser.post(f"{self.base}/calm", json={})
        await self.browser.post(f"{self.base}/clock", json={"reset": True})


@dataclass
class Receiver:
    """Answers ``/webhooks/…`` in front of the sandbox, keeping what came; ``refuse`` first answers are 500."""

    refuse: int = 0
    got: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    def __call__(self, app: ASGIApp) -> ASGIApp:
        async def front(scope: Scope, receive: Receive, send: Send) -> None:
            if not scope.get("path", "").startswith("/webhooks/"):
                return await app(scope, receive, send)
            request = Request(scope, receive)
            self.got.append((scope["path"].rpartition("/")[2], await request.body(), dict(request.headers)))
            self.refuse, status = max(self.refuse - 1, 0), 500 if self.refuse else 200
            await Response(status_code=status)(scope, receive, send)

        return front

    def of(self, object_id: str, type_: str) -> list[tuple[str, bytes, dict[str, str]]]:
        return [item for item in self.got if object_id in item[1].decode() and json.loads(item[1])["type"] == type_]

    async def wait(self, object_id: str, type_: str, count: int = 1, seconds: float = 10) -> list[Any]:
        end = time.monotonic() + seconds
        while len(found := self.of(object_id, type_)) < count:
            assert time.monotonic() < end, f"{type_} of {object_id} never came"
            await asyncio.sleep(0.05)
        return found
