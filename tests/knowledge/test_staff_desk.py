"""desk.yml says when staff is there, and whom to tell."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.days import JAPAN, written_moment
from bot.knowledge import KnowledgeError
from bot.knowledge.staff_desk import Contact, StaffDesk
from tests.knowledge.test_desk_file import LEAST, window

STAFF = """
staff:
  hours:
  - {days: 月火水木金, from: 9:00, until: 12:00}
  - {days: 月火水木金, from: '13:00', until: '17:00'}
  closed_on: [2026-12-29, 2026-12-30, 2026-12-31, 2027-01-01]
  tell: [{mail: hanako@example.jp}, {slack: C0123ABCD}]
  next_after_minutes: 10
"""


@pytest.fixture
def staff(tmp_path: Path) -> StaffDesk:
    file = tmp_path / "desk.yml"
    file.write_text(LEAST + STAFF, encoding="utf-8")
    return window(file).staff


def japan(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAPAN)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-30T09:00", None),
        ("2026-11-30T11:59", None),
        ("2026-11-30T12:00", "11月30日（月曜日）の13時"),
        ("2026-11-30T08:59", "11月30日（月曜日）の9時"),
        ("2026-11-30T17:00", "12月1日（火曜日）の9時"),
        ("2026-11-28T10:00", "11月30日（月曜日）の9時"),
        ("2026-12-28T18:00", "1月4日（月曜日）の9時"),
    ],
)
def test_when_staff_is_there_again(staff: StaffDesk, now: str, opens: str) -> None:
    found = staff.opens_next(japan(now))
    assert (written_moment(found) if found else None) == opens


def test_without_hours_staff_counts_as_there() -> None:
    assert StaffDesk().opens_next(japan("2026-11-28T03:00")) is None


def test_whom_to_tell_is_read_in_order(staff: StaffDesk) -> None:
    assert staff.tell == (Contact(mail="hanako@example.jp"), Contact(slack="C0123ABCD"))
    assert staff.next_after_s == 600


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hours: [{days: 平日, from: '9:00', until: '17:00'}]", "expected weekdays such as 月火水木金"),
        ("hours: [{days: 月, from: '25:00', until: '17:00'}]", "expected a time such as 9:00"),
        ("hours: [{days: 月, from: '17:00', until: '9:00'}]", "expected `from` before `until`"),
        ("tell: [{mail: hanako}]", "mail: expected an address"),
        ("tell: [{slack: general}]", "slack: expected the id of a channel"),
        ("tell: [{mail: a@b.jp, slack: C0123ABCD}]", "one of them"),
        ("next_after_minutes: 0", "staff.next_after_minutes"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "desk.yml"
    file.write_text(f"{LEAST}staff:\n  {line}\n", encoding="utf-8")
    with pytest.raises(KnowledgeError) as error:
        window(file)
    assert said in str(error.value)
