"""All event handlers that a websocket can name, as the running product registers them.

``python tests/security/handlers.py`` prints them as JSON: the product's own process has them all, a test's has not.
With ``--planted`` it adds a state without any ``@action`` first, to prove that such a one is found and refused.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import pkgutil
import subprocess
import sys
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Handler:
    """``who`` is empty for a handler without ``@action``; ``schema`` is the JSON Schema of its arguments."""

    name: str
    ours: bool
    internal: bool
    background: bool
    who: str
    rated: bool
    schema: dict[str, Any]
    loose: list[str]

    @property
    def state(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def method(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def fields(self) -> dict[str, dict[str, Any]]:
        return dict(self.schema.get("properties", {}))

    @property
    def required(self) -> list[str]:
        return list(self.schema.get("required", []))


def undeclared_handlers(registered: Mapping[str, Any]) -> list[str]:
    """Names of handlers written by us, in any state, that carry no ``@action``."""
    from marketplace.state.action import declared

    return sorted(
        name
        for name, entry in registered.items()
        if declared(entry.handler.fn) is None and not entry.handler.fn.__module__.startswith("reflex")
    )


def loose_arguments(arguments: Any) -> list[str]:
    """Arguments that would let anything through: ``Any``, ``object``, or a container without element types."""
    return [name for name, field in arguments.model_fields.items() if _loose(field.annotation)]


def _loose(hint: Any) -> bool:
    if hint in (Any, object, dict, list, tuple, set, typing.Dict, typing.List):  # noqa: UP006
        return True
    return any(_loose(part) for part in typing.get_args(hint) if part is not Ellipsis)


def of_the_product(environment: Mapping[str, str], *arguments: str) -> dict[str, Any]:
    """What the product registers, asked in a process of its own with the product's environment."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", __file__, *arguments],
        cwd=ROOT, env={**environment, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    return {**found, "handlers": [Handler(**one) for one in found["handlers"]]}


def _describe() -> list[dict[str, Any]]:
    from reflex_base.registry import RegistrationContext

    from marketplace.state.action import declared
    from marketplace.state.door import INTERNAL

    rows = []
    for name, entry in RegistrationContext.get().event_handlers.items():
        action = declared(entry.handler.fn)
        rows.append(
            {
                "name": name, "ours": not entry.handler.fn.__module__.startswith("reflex"), "internal": name in INTERNAL,
                "background": bool(entry.handler.is_background), "who": action.who if action else "",
                "rated": bool(action and action.rate), "schema": action.arguments.model_json_schema() if action else {},
                "loose": loose_arguments(action.arguments) if action else [],
            }
        )  # fmt: skip
    return rows


def _plant() -> None:
    """A state as a forgetful colleague would write it."""
    import reflex as rx

    from marketplace.state.action import action

    class Forgotten(rx.State):
        opened: bool = False

        def plain(self, anything):  # type: ignore[no-untyped-def]
            self.opened = True

        @rx.event
        def decorated(self, value: str):
            self.opened = True

        @action("anyone")
        async def fine(self, value: str):
            self.opened = True

        def _private(self):  # type: ignore[no-untyped-def]
            self.opened = True


async def _refused() -> dict[str, bool]:
    """Does the door end events for the planted handlers? (An admitted one returns ``None``.)"""
    from reflex_base.event import Event
    from reflex_base.registry import RegistrationContext

    from marketplace.domain.access.service import ANONYMOUS
    from marketplace.state import door

    names = [name for name in RegistrationContext.get().event_handlers if "forgotten" in name]
    events = {name: Event(name=name, payload={"value": "x"}) for name in names}
    return {name: await door._admit(event, ANONYMOUS, "") is not None for name, event in events.items()}


def main() -> None:
    import marketplace.marketplace
    import marketplace.state

    for module in pkgutil.iter_modules(marketplace.state.__path__):
        importlib.import_module(f"marketplace.state.{module.name}")
    from reflex_base.registry import RegistrationContext

    planted: dict[str, bool] = {}
    if "--planted" in sys.argv:
        _plant()
        planted = asyncio.run(_refused())
    registered = RegistrationContext.get().event_handlers
    print(json.dumps({"handlers": _describe(), "undeclared": undeclared_handlers(registered), "refused": planted}))


if __name__ == "__main__":
    main()
