"""One database and one sandbox for all tests of the domain, the jobs and the chaos."""

from tests.domain.fixtures import common_ground, world

__all__ = ["common_ground", "world"]
