"""Expected failures of accounts."""

from marketplace.errors import Conflict, Denied, Invalid


class WrongCredentials(Denied):
    message = "That email and password don't match. Check both, or reset your password."


class EmailNotConfirmed(Denied):
    message = "Confirm your email first: we sent you a link. You can ask for another one."


class WeakPassword(Invalid):
    message = "Choose a password of at least 10 characters that isn't a common one."


class LinkExpired(Denied):
    message = "That link was used already or is too old. Ask for a new one."


class HandleTaken(Conflict):
    message = "That handle is taken. Try another one."


class EmailTaken(Conflict):
    message = "That email address already has an account. Sign in instead."
