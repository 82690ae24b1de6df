"""Expected failures of orders."""

from marketplace.errors import Conflict, Denied, Invalid, MarketplaceError


class PaymentRefused(MarketplaceError):
    """The payment provider answered no; ``text`` is its reason in our words."""

    kind = "conflict"
    message = "The payment provider refused that."


class AlreadyOwned(Conflict):
    message = "You already own this. It's in your library."


class NotForSale(Conflict):
    message = "This isn't for sale at the moment."


class OwnProduct(Denied):
    message = "This is your own lesson: you can watch it without buying."


class PriceTooLow(Invalid):
    message = "That's below the minimum price."


class RefundTooLarge(Invalid):
    message = "That's more than what is left to refund."


class NothingToRefund(Conflict):
    message = "This order has nothing left to refund."
