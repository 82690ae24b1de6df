"""Several products for one price. The bundle is a product of kind ``bundle``; these are its parts."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel


class BundleItem(SQLModel, table=True):
    """``weight`` decides the part of the bundle's price: by rule equal, by list price, or as the creator says."""

    __tablename__ = "bundle_item"
    __table_args__ = (CheckConstraint("weight > 0", name="bundle_item_weight"),)
    bundle_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="CASCADE")
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="RESTRICT", index=True)
    weight: int = 1
    position: int = 0
