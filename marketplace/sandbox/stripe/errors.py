"""Stripe's error body: ``{"error": {type, code, message, param}}`` with its HTTP status."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer of no. ``stored`` tells whether an idempotency key remembers it: Stripe forgets
    requests that failed validation and remembers those that began to run
    (https://docs.stripe.com/api/idempotent_requests)."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        status: int = 400,
        type: str = "invalid_request_error",
        stored: bool = True,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.stored = stored
        fields = {"code": code, "param": param, **extra}
        self.body = {"error": {"type": type, "message": message, **{k: v for k, v in fields.items() if v is not None}}}


def missing(kind: str, id: str, param: str = "id", *, status: int = 404) -> ApiError:
    return ApiError(f"No such {kind}: '{id}'", code="resource_missing", param=param, status=status)


def invalid(message: str, param: str, code: str = "parameter_invalid") -> ApiError:
    return ApiError(message, code=code, param=param, stored=False)


def insufficient(message: str) -> ApiError:
    return ApiError(message, code="balance_insufficient")


def unauthenticated() -> ApiError:
    return ApiError("Invalid API Key provided. Send a secret key (sk_…) as bearer token.", status=401, stored=False)
