"""The door when the database doesn't answer."""

from __future__ import annotations

from pathlib import Path

import pytest
import reflex as rx
from reflex_base.event import Event

from marketplace.settings import Settings
from marketplace.state import door
from marketplace.state.viewer import Viewer
from tests.domain.world import environment


@pytest.mark.parametrize(
    ("name", "again"), [(door.HYDRATE_AND_LOAD, "Try again"), ("reflex___state____state.anything", "")]
)
async def test_it_is_said_once_and_asks_for_no_other_event(tmp_path: Path, name: str, again: str) -> None:
    """An event that says it would fail at the door as well, and be followed by the next."""
    nowhere = f"postgresql:///none?host={tmp_path}"
    settings = Settings(_env_file=None, marketplace_env="test", data_dir=tmp_path, public_url="", database_url=nowhere)
    root = rx.State(_reflex_internal_init=True)
    root.router_data = {"headers": {"cookie": "market_session=abc"}, "ip": "192.0.2.1"}
    with environment(settings):
        update = await door.Door().preprocess(None, root, Event(name=name, payload={}))
    assert update is not None
    assert update.events == []
    (message,) = update.delta[Viewer.get_full_name()].values()
    assert "We can't reach our database" in message["title"]
    assert message["reload"] == again
