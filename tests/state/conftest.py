"""The pages' states on the same ground as the domain."""

from tests.domain.fixtures import common_ground, world

__all__ = ["common_ground", "world"]
