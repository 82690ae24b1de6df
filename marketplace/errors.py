"""The error tree. Each expected failure is a class with a user-facing message and a kind.

``kind`` decides the HTTP status and the toast's tone; the message is shown to the user as it is.
What is not a ``MarketplaceError`` is a bug: it stays loud in the logs and quiet on the page.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from marketplace.i18n import _

Kind = Literal["invalid", "denied", "missing", "conflict", "limited", "unavailable", "configuration"]

STATUS: dict[str, int] = {
    "invalid": 422,
    "denied": 403,
    "missing": 404,
    "conflict": 409,
    "limited": 429,
    "unavailable": 503,
    "configuration": 500,
}


class MarketplaceError(Exception):
    """Base of all expected failures. ``field`` names the form field it belongs to, if any; ``values`` stand in the
    message, a constant text that catalogues know, as ``{name}``."""

    kind: ClassVar[Kind] = "invalid"
    message: ClassVar[str] = "That didn't work."

    def __init__(self, message: str | None = None, *, field: str = "", **values: object) -> None:
        words = _(message or type(self).message)
        self.text = words.format(**values) if values else words
        self.field = field
        super().__init__(self.text)

    @property
    def status(self) -> int:
        return STATUS[self.kind]


class Invalid(MarketplaceError):
    kind = "invalid"


class Denied(MarketplaceError):
    kind = "denied"
    message = "You can't do that with this account."


class SignInNeeded(Denied):
    message = "Sign in to continue."


class Missing(MarketplaceError):
    kind = "missing"
    message = "We couldn't find that."


class Conflict(MarketplaceError):
    kind = "conflict"


class Limited(MarketplaceError):
    kind = "limited"
    message = "That was too often in a short time. Wait a minute and try again."


class Unavailable(MarketplaceError):
    """A vendor or the database does not answer. Nothing was lost; trying again is safe."""

    kind = "unavailable"
    message = "A service we depend on isn't answering. Nothing was lost; please try again in a minute."


class ConfigurationError(MarketplaceError):
    kind = "configuration"
