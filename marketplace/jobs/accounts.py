"""What is left to do when someone leaves."""

from __future__ import annotations

from marketplace.vendors import vendors


async def delete_identity(auth_id: str) -> None:
    """The identity provider forgets them too; tried again until it answers."""
    await vendors().identity.delete_user(auth_id)


TASKS = {"accounts.delete_identity": delete_identity}
