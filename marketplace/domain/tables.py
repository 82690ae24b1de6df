"""All tables, imported once so that ``SQLModel.metadata`` is whole (migrations, tests)."""

from sqlmodel import SQLModel

from marketplace.domain.access import models as _access
from marketplace.domain.accounts import models as _accounts
from marketplace.domain.activity import models as _activity
from marketplace.domain.analytics import models as _analytics
from marketplace.domain.assignments import models as _assignments
from marketplace.domain.audit import models as _audit
from marketplace.domain.bundles import models as _bundles
from marketplace.domain.cart import models as _cart
from marketplace.domain.catalog import models as _catalog
from marketplace.domain.certificates import models as _certificates
from marketplace.domain.coupons import models as _coupons
from marketplace.domain.courses import models as _courses
from marketplace.domain.documents import models as _documents
from marketplace.domain.exercises import models as _exercises
from marketplace.domain.fees import models as _fees
from marketplace.domain.gifts import models as _gifts
from marketplace.domain.grading import models as _grading
from marketplace.domain.inbox import models as _inbox
from marketplace.domain.learning import models as _learning
from marketplace.domain.ledger import models as _ledger
from marketplace.domain.mailing import models as _mailing
from marketplace.domain.media import models as _media
from marketplace.domain.notes import models as _notes
from marketplace.domain.notifications import models as _notifications
from marketplace.domain.orders import models as _orders
from marketplace.domain.partners import models as _partners
from marketplace.domain.payouts import models as _payouts
from marketplace.domain.proof import models as _proof
from marketplace.domain.quizzes import models as _quizzes
from marketplace.domain.reviews import models as _reviews
from marketplace.domain.search import models as _search

metadata = SQLModel.metadata
modules = (
    _access, _accounts, _activity, _analytics, _assignments, _audit, _bundles, _cart, _catalog, _certificates, _coupons,
    _courses, _documents, _exercises, _fees, _gifts, _grading, _inbox, _learning, _ledger, _mailing, _media, _notes, _notifications,
    _orders, _partners, _payouts, _proof, _quizzes, _reviews, _search,
)  # fmt: skip
