"""The one statement that makes search documents out of products, for one or for a million of them.

It reads the tables of what it tells of (product, course, captions), so that no text travels to this process and back.
"""

from __future__ import annotations

from marketplace.domain.catalog.rules import TOPICS
from marketplace.domain.reviews.rules import ON_CARDS
from marketplace.domain.search.rules import BANDS, DICTIONARIES, FRESH, LENGTHS, PRICE_STEPS, RATINGS
from marketplace.money import MINIMUM_CHARGE

# Signs between words; the parser would make names of files, hosts and addresses of what they join.
_SIGNS = "!\"#$%%&''()*+,-./:;<=>?@[\\]^_`{|}~“”‘’«»„…–—·°×"


def _plain(expression: str) -> str:
    blank = " " * (len(_SIGNS) - 2)  # the quote and the percent sign above are written twice
    return (
        f"regexp_replace(translate(normalize({expression}, NFKC), '{_SIGNS}', '{blank}'),"
        r" '([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])', ' \1 ', 'g')"
    )


def _folded(expression: str) -> str:
    """Without accents."""
    return rf"normalize(regexp_replace(normalize({expression}, NFD), '[\u0300-\u036f]', '', 'g'), NFC)"


def _case(column: str, values: dict[str, str], otherwise: str, cast: str = "") -> str:
    whens = " ".join(
        f"WHEN '{key}' THEN '{value.replace(chr(39), chr(39) * 2)}'{cast}" for key, value in values.items()
    )
    return f"CASE {column} {whens} ELSE {otherwise} END"


_TOPIC_NAMES = {key: name for key, name in TOPICS.items() if key != "other"}
_CHARGES = _case("p.currency", {k: str(v) for k, v in MINIMUM_CHARGE.items()}, "50", "::bigint")
_STEPS = " + ".join(f"(amount >= {step} * charge)::int" for step in PRICE_STEPS)
_LENGTH = " ".join(f"WHEN duration_s <= {most} THEN '{name}'" for name, most in LENGTHS.items())
AGE = " ".join(f"WHEN {{at}} > now() - interval '{days} days' THEN {points}" for days, points in FRESH)
FRESHNESS = f"CASE {AGE} ELSE 100 END"


def standing(popularity: str, fresh: str, rated: str) -> str:
    """As ``rules.quality``."""
    return f"greatest(0, least(1000, (7 * {popularity} + 3 * {fresh}) / 10 + {rated}))"


_STARS = " ".join(
    f"WHEN (20 * {{total}} + {{count}}) / (2 * {{count}}) >= {value}0 THEN '{value}'" for value in RATINGS
)


def stars(count: str, total: str) -> str:
    """As ``rules.rating_value``; both may be null."""
    known = _STARS.format(count=count, total=total)
    return f"CASE WHEN coalesce({count}, 0) < {ON_CARDS} THEN 'none' {known} ELSE 'none' END"


def starred(rating: str) -> str:
    """The lexemes of the filter: who has four stars has three as well."""
    return f"ARRAY(SELECT 'r ' || n FROM unnest(ARRAY{list(RATINGS)}) n WHERE {rating} <> 'none' AND n <= {rating})"


def month(at: str) -> str:
    """The lexeme of the month that it was published in, as ``rules.months``."""
    return f"'m ' || to_char({at} AT TIME ZONE 'UTC', 'YYYY-MM')"


_VIDEOS = """
    SELECT p.video_id AS id UNION ALL
    SELECT (b.body ->> 'video_id')::uuid FROM block_body b
    WHERE p.kind = 'course' AND b.product_id = p.id AND b.kind = 'video' AND b.frozen
"""
_SPOKEN = f"""
(SELECT string_agg(regexp_replace(left(c.vtt, 60000), '(^WEBVTT)|([0-9:.]+ --> [^\\n]+)|(</?[biu]>)', ' ', 'g'), ' ')
 FROM ({_VIDEOS}) v JOIN caption c ON c.video_id = v.id)
"""
_LESSONS = """
(SELECT string_agg(title #>> '{}', ' ') FROM course_version v,
    jsonb_path_query(v.outline, '$.sections[*].lessons[*].title') title
 WHERE p.kind = 'course' AND v.product_id = p.id
 AND v.number = (SELECT max(number) FROM course_version n WHERE n.product_id = p.id))
"""

# What somebody wrote, without the names of fields and kinds, and without ids.
_BLOCKS = """
left(jsonb_path_query_array(p.blocks, 'strict $[*].keyvalue() ? (@.key != "id" && @.key != "kind" && @.key != "image")
.value.** ? (@.type() == "string")')::text, 60000)
"""

# Materialized: else the planner puts each expression in the place of every use of its name, and evaluates it there.
SOURCE = f"""
source AS MATERIALIZED (
    SELECT p.id, p.creator_id, p.kind, p.topic, p.level, p.language, p.currency, p.published_at, p.duration_s,
           {_case("p.language", DICTIONARIES, "'simple'::regconfig", "::regconfig")} AS dictionary,
           CASE p.price_kind WHEN 'free' THEN 0 WHEN 'pwyw' THEN p.min_minor ELSE p.price_minor END AS amount,
           {_CHARGES} AS charge,
           {_plain("p.title")} AS a,
           {_plain("p.creator_name || ' ' || " + _case("p.topic", _TOPIC_NAMES, "''"))} AS b,
           {_plain(f"p.summary || ' ' || coalesce({_LESSONS}, '')")} AS c,
           {_plain(f"left(p.description_md, 20000) || ' ' || p.learn::text || ' ' || {_BLOCKS} || ' ' || left(coalesce({_SPOKEN}, ''), 100000)")} AS d
    FROM product p WHERE p.state = 'published' AND p.id = ANY(%(ids)s)
), shaped AS MATERIALIZED (
    SELECT s.*,
           setweight(to_tsvector(dictionary, a), 'A') || setweight(to_tsvector('simple', a), 'A')
           || setweight(to_tsvector('simple', {_folded("a")}), 'A')
           || setweight(to_tsvector(dictionary, {_folded("a")}), 'A') AS top,
           setweight(to_tsvector('simple', b), 'B') || setweight(to_tsvector('simple', {_folded("b")}), 'B')
           || setweight(to_tsvector(dictionary, b), 'B') AS by,
           setweight(to_tsvector(dictionary, c), 'C') || setweight(to_tsvector('simple', c), 'C')
           || setweight(to_tsvector('simple', {_folded("c")}), 'C') AS under,
           to_tsvector(dictionary, d) AS deep,
           CASE WHEN amount = 0 THEN 'free' ELSE currency || '-' || (1 + {_STEPS}) END AS price,
           CASE WHEN duration_s <= 0 THEN 'none' {_LENGTH} ELSE 'x' END AS length,
           {FRESHNESS.format(at="published_at")} AS fresh
    FROM source s
), old AS (
    SELECT product_id, buyers, popularity, rated, lexicon FROM search_document WHERE product_id = ANY(%(ids)s)
), stood AS (
    SELECT s.*, coalesce(o.buyers, 0) AS buyers, coalesce(o.popularity, 0) AS popularity,
           {stars("f.count", "f.total")} AS rating, coalesce(o.rated, 0) AS rated,
           {standing("coalesce(o.popularity, 0)", "s.fresh", "coalesce(o.rated, 0)")}::int AS quality
    FROM shaped s LEFT JOIN old o ON o.product_id = s.id LEFT JOIN review_figures f ON f.product_id = s.id
), banded AS MATERIALIZED (
    SELECT s.*, coalesce((SELECT min(e.band) FROM search_band e WHERE (s.quality, s.id) >= (e.quality, e.product_id)),
                         CASE WHEN EXISTS (SELECT 1 FROM search_band) THEN {len(BANDS)} ELSE 0 END)::smallint AS band
    FROM stood s
), made AS MATERIALIZED (
    SELECT s.*, top || by || under AS heads,
           ARRAY(SELECT w FROM unnest(tsvector_to_array(to_tsvector('simple', a || ' ' || b || ' ' || c))) w
                 WHERE length(w) BETWEEN 2 AND 40) AS lexicon
    FROM banded s
)
"""
PUT = f"""
WITH {SOURCE}, put AS (
    INSERT INTO search_document (product_id, creator_id, words, heads, lexicon, kind, topic, level, language, price, length,
                                 rating, price_rank, published_at, buyers, popularity, fresh, rated, quality, band)
    SELECT id, creator_id,
           strip(heads) || strip(deep)
           || array_to_tsvector(ARRAY(SELECT 't ' || w FROM unnest(tsvector_to_array(top || by)) w))
           || array_to_tsvector(ARRAY(SELECT 'h ' || w FROM unnest(tsvector_to_array(heads)) w))
           || array_to_tsvector(ARRAY['k ' || kind, 'o ' || topic, 'l ' || level, 'g ' || language, 'p ' || price,
                                      'd ' || length, {month("published_at")}] || {starred("rating")}),
           heads, lexicon, kind, topic, level, language, price, length, rating, amount * 100 / charge, published_at,
           buyers, popularity, fresh, rated, quality, band
    FROM made ORDER BY id
    ON CONFLICT (product_id) DO UPDATE SET
        creator_id = EXCLUDED.creator_id, words = EXCLUDED.words, heads = EXCLUDED.heads, lexicon = EXCLUDED.lexicon,
        kind = EXCLUDED.kind, topic = EXCLUDED.topic, level = EXCLUDED.level, language = EXCLUDED.language,
        price = EXCLUDED.price, length = EXCLUDED.length, rating = EXCLUDED.rating,
        price_rank = EXCLUDED.price_rank, published_at = EXCLUDED.published_at, fresh = EXCLUDED.fresh,
        quality = EXCLUDED.quality, band = EXCLUDED.band
), rated_anew AS (
    INSERT INTO review_pending (id, product_id) SELECT gen_random_uuid(), s.id FROM made s
    JOIN review_figures f ON f.product_id = s.id WHERE NOT EXISTS (SELECT 1 FROM old o WHERE o.product_id = s.id)
), change AS (
    SELECT w, sum(by)::int AS by FROM (
        SELECT unnest(lexicon) AS w, 1 AS by FROM made UNION ALL SELECT unnest(lexicon), -1 FROM old
    ) c GROUP BY w HAVING sum(by) <> 0
)
SELECT w, by FROM change ORDER BY w
"""
# Always in the order of the words, and under a lock: two who publish at once wait, and don't block each other for good.
LEARN = """
WITH changed AS (
    INSERT INTO search_word (word, uses) SELECT w, by FROM unnest(%(words)s::text[], %(by)s::int[]) AS c (w, by) ORDER BY w
    ON CONFLICT (word) DO UPDATE SET uses = greatest(search_word.uses + EXCLUDED.uses, 0)
)
INSERT INTO search_near (word, near) SELECT w, search_near(w) FROM unnest(%(words)s::text[]) w
WHERE NOT EXISTS (SELECT 1 FROM search_near n WHERE n.word = w) ORDER BY w ON CONFLICT DO NOTHING
"""
# What a product is about, in its own words and the most telling first: for a model that reads sentences.
ABOUT = f"""
concat_ws(E'\\n', p.title, {_case("p.topic", _TOPIC_NAMES, "NULL")}, nullif(p.summary, ''), {_LESSONS},
          (SELECT string_agg(gain, '. ') FROM jsonb_array_elements_text(p.learn) gain), p.description_md)
"""
