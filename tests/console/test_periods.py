"""A period is of days in Japan, and is compared with as many days before it."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from bot.console.periods import Chosen, Days, compared, kept_since


def days(first: str, last: str) -> Days:
    return Days(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("chosen", "today", "wanted", "before"),
    [
        (Chosen.THIS_MONTH, "2026-11-29", ("2026-11-01", "2026-11-29"), ("2026-10-01", "2026-10-29")),
        (Chosen.THIS_MONTH, "2027-03-31", ("2027-03-01", "2027-03-31"), ("2027-02-01", "2027-02-28")),
        (Chosen.THIS_MONTH, "2027-01-01", ("2027-01-01", "2027-01-01"), ("2026-12-01", "2026-12-01")),
        (Chosen.LAST_MONTH, "2027-03-31", ("2027-02-01", "2027-02-28"), ("2027-01-01", "2027-01-31")),
        (Chosen.DAYS_90, "2026-11-29", ("2026-09-01", "2026-11-29"), ("2026-06-03", "2026-08-31")),
    ],
)
def test_periods_and_those_before(
    chosen: Chosen, today: str, wanted: "tuple[str, str]", before: "tuple[str, str]"
) -> None:
    found = compared(chosen, date.fromisoformat(today))
    assert (found.days, found.before) == (days(*wanted), days(*before))


def test_days_of_ones_own_are_compared_with_as_many_before() -> None:
    own = days("2026-11-10", "2026-11-12")
    assert compared(Chosen.OWN, date(2026, 11, 29), own).before == days("2026-11-07", "2026-11-09")


def test_a_day_begins_and_ends_with_midnight_in_japan() -> None:
    period = days("2026-11-29", "2026-11-29").period
    assert period.since == datetime(2026, 11, 28, 15, tzinfo=timezone.utc).timestamp()
    assert period.until - period.since == timedelta(days=1).total_seconds()


def test_the_day_of_which_a_part_is_gone_is_not_one_that_is_kept() -> None:
    now = datetime(2026, 11, 29, 3, tzinfo=timezone.utc).timestamp()
    assert kept_since(now, 30) == date(2026, 10, 31)
