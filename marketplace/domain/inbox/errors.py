"""Expected failures of the inbox."""

from marketplace.errors import Invalid


class BadSignature(Invalid):
    message = "The signature doesn't match."
