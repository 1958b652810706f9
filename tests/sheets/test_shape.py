"""The shape of the consultation sheet survives its JSON, and the room on paper is counted rather too high."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sheets.shape import Line, Link, Room, Sheet, Stop, lines_on_paper, sheet_from_json, sheet_to_json

TEXTS = st.text(max_size=30)
LINES = st.lists(st.builds(Line, TEXTS, st.booleans()), max_size=3).map(tuple)
STOPS = st.lists(
    st.builds(
        Stop,
        **dict.fromkeys(("order", "order_label", "institution", "when", "why", "reach", "cost", "checked"), TEXTS),
        **{name: st.none() | TEXTS for name in ("formerly", "citation", "added", "phone", "phone_hours")},
        page=st.none() | st.builds(Link, TEXTS, TEXTS),
        cautions=st.lists(TEXTS, max_size=2).map(tuple),
        kept=st.booleans(),
    ),
    max_size=3,
).map(tuple)
SHEETS = st.builds(
    Sheet,
    **dict.fromkeys(
        ["issue", "situation", "prefecture", "municipality", "industry", "workers", "stage", "tried", "note", "paper"],
        TEXTS,
    ),
    sub_issue=st.none() | TEXTS,
    tip=st.none() | TEXTS,
    also=LINES,
    bring=LINES,
    stops=STOPS,
    shortened=st.booleans(),
    questions=st.lists(TEXTS, max_size=4).map(tuple),
    day=st.dates(),
)


@given(sheet=SHEETS)
def test_a_sheet_comes_back_from_its_json_as_it_was(sheet: Sheet) -> None:
    assert sheet_from_json(sheet_to_json(sheet)) == sheet


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"issue": 1}', "null"])
def test_json_that_is_no_sheet_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        sheet_from_json(text)


def test_a_line_break_takes_a_line_however_short_it_is() -> None:
    assert lines_on_paper("一\n二\n三", 30) == 3


def test_pictures_count_as_wide_and_accents_not_at_all() -> None:
    assert lines_on_paper("🙂" * 10, 11) == 2
    assert lines_on_paper("か\u3099" * 10, 11) == 1


def test_a_text_without_anything_still_has_a_line() -> None:
    assert Room(10, 1, 5).holds("")


def test_a_room_is_full_by_characters_or_by_lines() -> None:
    room = Room(characters=10, lines=2, per_line=6)
    assert room.holds("あ" * 10)
    assert not room.holds("あ" * 11)
    assert not room.holds("あ\nい\nう")


def test_a_day_is_kept_as_a_day() -> None:
    assert '"2026-11-23"' in sheet_to_json(
        Sheet("", None, (), "", False, "", "", "", "", "", "", (), (), "", None, (), "", date(2026, 11, 23))
    )
