"""These tests need the whole product."""

from running_product import product

__all__ = ["product"]
