"""Expected failures of orders."""

from marketplace.errors import Conflict, Denied, Invalid, MarketplaceError, Unavailable


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


class PriceChanged(Conflict):
    message = "A price changed. Look at it again before you pay."


class RefundTooLarge(Invalid):
    message = "That's more than what is left to refund."


class RefundAhead(Unavailable):
    """News came out of order: an earlier refund must have failed, and we don't know it yet."""

    message = "This refund is more than is left of the order. It is looked at again in a moment."


class NothingToRefund(Conflict):
    message = "This order has nothing left to refund."
