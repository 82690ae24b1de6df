"""When accounts are paid out by themselves.

An account's payday begins at the time of day at which it was made, so that nothing surprising happens at
midnight. It pays out what was available just before, less the minimum that is to stay. The platform's own
balance is never paid out by itself here.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe import due, ledger
from marketplace.sandbox.stripe.objects import PLATFORM, VENDOR, load

DAY = 86_400
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_LONGEST_DAYS = 62  # the 31st of one month to that of the next but one


def next_payday(schedule: Row, start: int, after: int) -> int | None:
    """The first one later than ``after`` of an account made at ``start``; ``None`` with a manual schedule."""
    first = after // DAY
    for day in range(first, first + _LONGEST_DAYS + 1):
        at = day * DAY + start % DAY
        if at > after and _is_payday(schedule, datetime.fromtimestamp(at, UTC).date()):
            return at
    return None


def _is_payday(schedule: Row, day: date) -> bool:
    match schedule["interval"]:
        case "daily":
            return True
        case "weekly":
            return day.weekday() < 5 and WEEKDAYS[day.weekday()] in schedule["weekly_payout_days"]
        case "monthly":
            last = monthrange(day.year, day.month)[1]
            wanted = schedule["monthly_payout_days"]
            return day.day in wanted or (day.day == last and max(wanted) > last)
    return False


async def expect(tx: Tx, account: str, schedule: Row) -> None:
    """Money arrived: it will be paid out, if nothing is planned yet."""
    if account != PLATFORM and await _planned(tx, account) is None:
        await plan(tx, account, schedule)


async def plan(tx: Tx, account: str, schedule: Row, *, after: int | None = None) -> None:
    """Sets the next payday; a manual schedule has none. With ``after``, days on which nothing can be there are
    skipped."""
    made = await load(tx, "account", account)
    start, now = int(made["_created"]), tx.timestamp()
    if after is not None:
        arrives = await ledger.next_available(tx, account, after)
        now = arrives if arrives is not None and arrives < now else max(after, now)
    at = next_payday(schedule, start, now)
    if at is None:
        await due.cancel(tx, "payday", account)
    else:
        await due.schedule(tx, "payday", account, at)


async def has_come(tx: Tx, account: str) -> int | None:
    """The payday that is due. ``None`` when somebody else was here first; the balance is locked by the caller."""
    at = await _planned(tx, account)
    return at if at is not None and at <= tx.timestamp() else None


async def _planned(tx: Tx, account: str) -> int | None:
    note = await tx.get(VENDOR, "due", f"payday:{account}")
    return int(note["at"]) if note else None
