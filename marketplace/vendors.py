"""The vendors' gateways, built once per process from the settings. With a missing key: the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from marketplace.domain.accounts.ports import IdentityGateway
from marketplace.domain.disputes.ports import DisputeGateway
from marketplace.domain.inbox.ports import EventSource
from marketplace.domain.media.ports import FileStorage
from marketplace.domain.notifications.ports import Mailer
from marketplace.domain.orders.ports import PaymentGateway
from marketplace.domain.payouts.ports import ConnectGateway
from marketplace.domain.proof.ports import Books
from marketplace.domain.search.ports import Embedder
from marketplace.gateways.embeddings import make_embedder
from marketplace.gateways.mail import make_mailer
from marketplace.gateways.storage import SupabaseStorage
from marketplace.gateways.stripe import StripeGateway
from marketplace.gateways.supabase_auth import SupabaseIdentity
from marketplace.gateways.vimeo import VimeoGateway
from marketplace.settings import get_settings


@dataclass(frozen=True, slots=True)
class Vendors:
    payments: PaymentGateway
    connect: ConnectGateway
    disputes: DisputeGateway
    books: Books
    stripe_events: EventSource
    identity: IdentityGateway
    video: VimeoGateway
    files: FileStorage
    mail: Mailer
    embedder: Embedder | None


@cache
def vendors() -> Vendors:
    """The one set of gateways of this process."""
    settings = get_settings()
    stripe = StripeGateway(settings)
    return Vendors(
        payments=stripe,
        connect=stripe,
        disputes=stripe,
        books=stripe,
        stripe_events=stripe,
        identity=SupabaseIdentity(settings),
        video=VimeoGateway(settings),
        files=SupabaseStorage(settings),
        mail=make_mailer(settings),
        embedder=make_embedder(settings),
    )
