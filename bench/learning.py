"""A course of 100,000 learners as its creator sees it; progress written by 1,000 at once; opening 500 lessons.

    python bench/learning.py [--learners 100000] [--rounds 60] [--seconds 10]

Fills the tables by SQL, the same each time: fifty lessons with a video of ten minutes each. All opened the first one,
each later lesson has fewer, the last one a twentieth; nine in ten of those who opened one completed it. Every creator's
query is measured twice: after a vacuum, and after a tenth of all learners watched on without one. Each learner took a
quiz of ten questions; its figures are measured when all are added up, and with what a minute at most leaves waiting.
Target on two cores: p95 under 100 ms for each of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from hashlib import md5
from uuid import UUID

import psycopg
from common import report, scratch_database, summary

LESSONS, LONG, SECONDS, WRITERS, AT_ONCE = 50, 500, 600, 1000, 20
QUESTIONS, A_MINUTES_ATTEMPTS = 10, 200
# Attempts as ``items.of`` tells them: of ten questions worth a point each, learner n knows some; the wrong option varies.
ATTEMPTS = """
INSERT INTO item_pending (id, product_id, block_id, attempt_id, sign, items)
SELECT gen_random_uuid(), %(product)s, %(block)s, gen_random_uuid(), 1,
       (SELECT jsonb_agg(jsonb_build_object('q', q.id, 'asked', 1, 'answered', 1, 'whole', r, 'got', r, 'x', r, 'xx', r,
               'y', n %% 9, 'yy', (n %% 9) * (n %% 9), 'xy', r * (n %% 9),
               'wrong', CASE WHEN r = 1 THEN '[]'::jsonb ELSE jsonb_build_array(q.options[1 + n %% 2]) END))
        FROM (SELECT id, options, (n * 31 + place * 17) %% 10 < place FROM jsonb_to_recordset(%(questions)s::jsonb)
              AS q(id text, place int, options text[])) q(id, options, knows), LATERAL (SELECT knows::int) k(r))
FROM generate_series(1, %(count)s::int) n
"""
PEOPLE = """
INSERT INTO account (id, auth_id, email, name, handle, bio, avatar_url, role, is_creator, created_at)
SELECT md5('learner' || n)::uuid, md5('auth' || n)::uuid, n || '@example.com', 'Learner ' || n, 'learner-' || n, '', '',
       'member', n = 0, '2024-01-01' FROM generate_series(0, %(learners)s::int) n
"""
# Learner n opened the lessons before place (n's share of them); the more, the rarer.
TAKEN = """
CREATE TEMP TABLE taken AS
SELECT md5('learner' || n)::uuid AS account, n, l.place, l.lesson, l.block, n %% 10 <> l.place %% 10 AS done
FROM generate_series(1, %(learners)s::int) n
JOIN unnest(%(lessons)s::uuid[], %(blocks)s::uuid[]) WITH ORDINALITY l(lesson, block, place)
  ON l.place = 1 OR (n * 7919::bigint) %% 1000 < 1000 - 19 * l.place
"""
FILL = (
    "INSERT INTO enrolment (account_id, product_id, seen_version, lesson_id, started_at, opened_at, completed_at)"
    " SELECT account, %(product)s, 1, (array_agg(lesson))[1], now() - interval '200 days',"
    " now() - (min(n) %% 180) * interval '1 day', CASE WHEN count(*) FILTER (WHERE done) > 40 THEN now() END"
    " FROM taken GROUP BY account ORDER BY md5(account::text)",
    "INSERT INTO lesson_opened SELECT account, %(product)s, lesson, now() FROM taken ORDER BY place, md5(account::text)",
    "INSERT INTO lesson_done SELECT account, %(product)s, lesson, 1, now() FROM taken WHERE done ORDER BY place, account",
    "INSERT INTO block_progress SELECT account, %(product)s, block, (n * 31) %% 601, (n * 31) %% 601, now() FROM taken"
    " ORDER BY md5(account::text || place)",
    "INSERT INTO lesson_sum SELECT %(product)s, lesson, count(*), count(*) FILTER (WHERE done) FROM taken GROUP BY lesson",
    "INSERT INTO reach_sum SELECT product_id, block_id, furthest_s / 10, count(*) FROM block_progress GROUP BY 1, 2, 3",
    "INSERT INTO customer (creator_id, buyer_id, purchases, first_at, last_at)"
    " SELECT %(creator)s, account, 1, now(), now() FROM taken WHERE place = 1",
)
TABLES = (
    "account",
    "enrolment",
    "lesson_opened",
    "lesson_done",
    "block_progress",
    "lesson_sum",
    "reach_sum",
    "customer",
)


def learner(number: int) -> UUID:
    return UUID(md5(f"learner{number}".encode()).hexdigest())


async def teach(lessons: int):  # type: ignore[no-untyped-def]
    """A published course of the first account's: (product id, outline)."""
    from marketplace.db import transaction
    from marketplace.domain.access.service import Actor
    from marketplace.domain.catalog import service as catalog
    from marketplace.domain.courses.models import BlockBody, CourseDraft, CourseVersion
    from marketplace.domain.courses.outline import Block, Lesson, Outline, Section

    async with transaction() as session:
        product = await catalog.create(session, Actor(learner(0), "member", True), "course")
        body = BlockBody(product_id=product.id, kind="text", body={"md": "Some words"}, frozen=True)
        session.add(body)
        shown = Outline(
            sections=(
                Section(
                    title="All",
                    lessons=tuple(
                        Lesson(
                            title=f"Lesson {n} of many, with a longer title",
                            blocks=(Block(kind="video", body_id=body.id, seconds=SECONDS),),
                        )
                        for n in range(lessons)
                    ),
                ),
            )
        )
        document = shown.model_dump(mode="json")
        session.add(CourseDraft(product_id=product.id, outline=document))
        session.add(CourseVersion(product_id=product.id, number=1, outline=document, lessons=lessons))
    return product.id, shown


def fill(url: str, product: UUID, lessons: list[UUID], blocks: list[UUID], learners: int) -> None:
    values = {"product": product, "lessons": lessons, "blocks": blocks, "learners": learners, "creator": learner(0)}
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(TAKEN, values)
        for statement in FILL:
            connection.execute(statement, values)
    with psycopg.connect(url, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(f"VACUUM ANALYZE {table}")


async def timed(rounds: int, call) -> dict[str, float]:  # type: ignore[no-untyped-def]
    from marketplace.db import transaction

    values = []
    for number in range(rounds + 5):
        async with transaction() as session:
            started = time.perf_counter()
            await call(session)
            values.append((time.perf_counter() - started) * 1000)
        if number == 4:
            values.clear()  # plans and connections are made
    return summary(values)


async def of_creator(product: UUID, outline, rounds: int) -> dict[str, object]:  # type: ignore[no-untyped-def]
    from marketplace.domain.access.service import Actor
    from marketplace.domain.courses import learners

    who, block = Actor(learner(0), "member", True), outline.lessons[0].blocks[0]
    return {
        "overview_and_funnel": await timed(rounds, lambda s: learners.overview(s, who, product)),
        "drop_off_in_a_video": await timed(rounds, lambda s: learners.staying(s, who, product, block)),
        "who_is_stuck": await timed(rounds, lambda s: learners.stuck(s, who, product, limit=31)),
        "thousand_lines_of_the_csv": await timed(rounds, lambda s: learners.page(s, who, product, limit=1000)),
    }


async def questions(url: str, attempts: int, rounds: int) -> dict[str, object]:
    """A course's question figures: its creator's page asks for all of them at once."""
    from marketplace.db import transaction
    from marketplace.domain.access.service import Actor
    from marketplace.domain.catalog import service as catalog
    from marketplace.domain.courses import item_analysis
    from marketplace.domain.courses.models import BlockBody, CourseDraft, CourseVersion
    from marketplace.domain.courses.outline import Block, Lesson, Outline, Section
    from marketplace.domain.quizzes.quiz import Option, Question, Quiz
    from marketplace.jobs.analytics import fold_questions

    who = Actor(learner(0), "member", True)
    options = (Option(words="Right", right=True), Option(words="Wrong"), Option(words="Wrong too"))
    quiz = Quiz(
        questions=tuple(
            Question(
                kind="single",
                prompt=f"Question {n}?",
                options=tuple(o.model_copy(update={"id": f"{n}-{i}"}) for i, o in enumerate(options)),
            )
            for n in range(QUESTIONS)
        )
    )
    async with transaction() as session:
        product = await catalog.create(session, who, "course")
        body = BlockBody(product_id=product.id, kind="quiz", body=quiz.model_dump(mode="json"), frozen=True)
        session.add(body)
        block = Block(kind="quiz", body_id=body.id)
        document = Outline(
            sections=(Section(title="All", lessons=(Lesson(title="Quiz", blocks=(block,)),)),)
        ).model_dump(mode="json")
        session.add(CourseDraft(product_id=product.id, outline=document))
        session.add(CourseVersion(product_id=product.id, number=1, outline=document, lessons=1))
    asked = [
        {"id": one.id, "place": place, "options": [o.id for o in one.options if not o.right]}
        for place, one in enumerate(quiz.questions)
    ]

    def take(count: int) -> None:
        values = {"product": product.id, "block": block.id, "questions": json.dumps(asked), "count": count}
        with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
            connection.execute(ATTEMPTS, values)

    await asyncio.to_thread(take, attempts)
    started = time.perf_counter()
    await fold_questions()
    folded = time.perf_counter() - started
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE item_pending")
    result: dict[str, object] = {"attempts": attempts, "seconds_to_add_them_up": round(folded, 1)}
    result["all_added_up"] = await timed(rounds, lambda s: item_analysis.asked(s, who, product.id))
    await asyncio.to_thread(take, A_MINUTES_ATTEMPTS)
    result[f"with_{A_MINUTES_ATTEMPTS}_waiting"] = await timed(
        rounds, lambda s: item_analysis.asked(s, who, product.id)
    )
    async with transaction() as session:
        told = await item_analysis.asked(session, who, product.id)
    assert [one.sums.asked for one in told] == [attempts + A_MINUTES_ATTEMPTS] * QUESTIONS
    assert all(len(one.wrong) == 2 for one in told[:-1])
    return result


async def watch(product: UUID, outline, seconds: float) -> dict[str, object]:  # type: ignore[no-untyped-def]
    """Reports of 1,000 learners as fast as they are taken, on twenty connections."""
    from marketplace import db
    from marketplace.domain.courses import taking

    ends, taken = time.perf_counter() + seconds, list[float]()

    async def some(share: int) -> None:
        dice = random.Random(share)
        while (started := time.perf_counter()) < ends:
            person = learner(1 + share + AT_ONCE * dice.randrange(WRITERS // AT_ONCE))
            block = dice.choice(outline.lessons).blocks[0]
            async with db.direct() as connection:
                await taking.watched(
                    connection, person, product, block.id, position_s=dice.randrange(SECONDS), seconds=SECONDS
                )
            taken.append((time.perf_counter() - started) * 1000)

    await asyncio.gather(*(some(share) for share in range(AT_ONCE)))
    return {"per_second": round(len(taken) / seconds), "milliseconds": summary(taken)}


async def open_lesson(product: UUID, outline, rounds: int, *, cold: bool) -> dict[str, float]:  # type: ignore[no-untyped-def]
    """What a page of the player asks for; ``cold``: the outline isn't in memory."""
    from marketplace.domain.courses import service, taking

    dice = random.Random(3)

    async def opened(session) -> None:  # type: ignore[no-untyped-def]
        if cold:
            taking._taught.clear()
        taught = await taking.course(session, product)
        assert taught is not None
        lesson = dice.choice(taught.outline.lessons)
        await taking.enter(session, learner(dice.randrange(1, WRITERS)), product, taught, lesson)
        await taking.places(session, learner(1), product, lesson)
        await service.contents(session, lesson)

    return await timed(rounds, opened)


async def main(url: str, learners: int, rounds: int, seconds: float) -> dict[str, object]:
    from marketplace.db import engine
    from marketplace.jobs.analytics import fold_lessons

    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(PEOPLE, {"learners": learners})
    product, outline = await teach(LESSONS)
    long, long_outline = await teach(LONG)
    lessons, blocks = [le.id for le in outline.lessons], [le.blocks[0].id for le in outline.lessons]
    await asyncio.to_thread(fill, url, product, lessons, blocks, learners)
    told: dict[str, dict[str, dict[str, float]]] = {"vacuumed": await of_creator(product, outline, rounds)}  # type: ignore[dict-item]
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT count(*) FROM block_progress").fetchone()
        connection.execute(
            "UPDATE block_progress SET furthest_s = 601 WHERE product_id = %s AND get_byte(uuid_send(account_id), 0) < 26",
            (product,),
        )
        connection.execute(
            "UPDATE enrolment SET opened_at = now() WHERE get_byte(uuid_send(account_id), 0) < 26 AND product_id = %s",
            (product,),
        )
    started = time.perf_counter()
    await fold_lessons()
    folded = time.perf_counter() - started
    told["a_tenth_watched_on"] = await of_creator(product, outline, rounds)  # type: ignore[assignment]
    result = {
        "learners": learners, "rows_of_progress": found[0] if found else 0,
        "seconds_to_add_up_what_a_tenth_watched": round(folded, 1), "milliseconds": told,
        "slowest_p95_of_the_creators_page": max(
            row["p95"] for part in told.values() for name, row in part.items() if "csv" not in name
        ),
        "figures_of_questions": await questions(url, learners, rounds),
        "progress_writes": await watch(product, outline, seconds),
        "open_a_lesson_of_500": await open_lesson(long, long_outline, rounds, cold=False),
        "open_a_lesson_of_500_outline_not_in_memory": await open_lesson(long, long_outline, rounds, cold=True),
        "target": "p95 < 100",
    }  # fmt: skip
    await engine().dispose()
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    with scratch_database() as database:
        report("learning", asyncio.run(main(database, options.learners, options.rounds, options.seconds)))
