"""All tables, imported once so that ``SQLModel.metadata`` is whole (migrations, tests)."""

from sqlmodel import SQLModel

from marketplace.domain.access import models as _access
from marketplace.domain.accounts import models as _accounts
from marketplace.domain.audit import models as _audit
from marketplace.domain.catalog import models as _catalog
from marketplace.domain.inbox import models as _inbox
from marketplace.domain.learning import models as _learning
from marketplace.domain.ledger import models as _ledger
from marketplace.domain.media import models as _media
from marketplace.domain.notifications import models as _notifications
from marketplace.domain.orders import models as _orders
from marketplace.domain.payouts import models as _payouts
from marketplace.domain.proof import models as _proof

metadata = SQLModel.metadata
modules = (
    _access,
    _accounts,
    _audit,
    _catalog,
    _inbox,
    _learning,
    _ledger,
    _media,
    _notifications,
    _orders,
    _payouts,
    _proof,
)
