"""Libraries of any size, put straight into a database by SQL that psycopg and SQLAlchemy both can run."""

from __future__ import annotations

from uuid import UUID

PRODUCTS = """
INSERT INTO product (id, kind, creator_id, slug, state, revision, creator_name, duration_s, title, summary,
    description_md, learn, topic, level, language, price_kind, price_minor, min_minor, currency, created_at, updated_at,
    published_at)
SELECT gen_random_uuid(), 'lesson', '{creator}', '{mark}-' || n, 'published', 1, 'C', 600, '{mark} ' || n, '', '', '[]',
    'pottery', 'all', 'en', 'free', 0, 0, 'usd', now(), now(), now() - n * interval '1 day'
FROM generate_series(1, {size}) n
"""
GRANTS = """
INSERT INTO "grant" (id, account_id, product_id, source, source_id, granted_at, revoked_reason)
SELECT gen_random_uuid(), a.id, p.id, 'free', a.id || p.slug, now() - interval '1 day' * substring(p.slug from '[0-9]+$')::int, ''
FROM product p, account a WHERE p.slug LIKE '{mark}-%' AND a.id IN ({people})
"""
# Of three in a row one is begun, one is finished and one is untouched; the higher the number, the later watched.
PROGRESS = """
INSERT INTO progress (account_id, product_id, position_s, furthest_s, duration_s, started_at, updated_at, completed_at)
SELECT g.account_id, p.id, 300, 300, 600, now(), now() + interval '1 second' * n, CASE WHEN n % 3 = 2 THEN now() END
FROM (SELECT id, substring(slug from '[0-9]+$')::int AS n FROM product WHERE slug LIKE '{mark}-%') p
JOIN "grant" g ON g.product_id = p.id WHERE n % 3 > 0
"""


def statements(mark: str, creator: UUID | str, people: list[UUID], size: int) -> list[str]:
    """``size`` lessons named ``<mark>-<n>``; number 1 was added last by each of ``people``."""
    names = ", ".join(f"'{one}'" for one in people)
    return [s.format(mark=mark, creator=creator, people=names, size=size) for s in (PRODUCTS, GRANTS, PROGRESS)]
