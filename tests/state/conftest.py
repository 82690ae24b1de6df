"""States without a browser: their handlers are called as the door would, on a real database."""

from tests.domain.fixtures import common_ground, world

__all__ = ["common_ground", "world"]
