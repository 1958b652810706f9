"""Whatever a form says becomes plain text that fits the paper, or a problem that names its field."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Dict, List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sheets.form import ROOMS, edited
from bot.sheets.shape import MOST_QUESTIONS, NOTE, QUESTION, SITUATION, Sheet, sheet_from_json, sheet_to_json
from tests.sheets.conftest import filled_up, form_of

NAMES = st.sampled_from([*ROOMS, "question", "bring", "also", "stop", "token", "issue", "__class__"])
FORMS = st.dictionaries(NAMES, st.lists(st.text(max_size=400), max_size=6))


def test_a_form_that_changes_nothing_changes_nothing(sheet: Sheet) -> None:
    after = edited(sheet, form_of(sheet) | {name: [getattr(sheet, name)] for name in ROOMS})
    assert after.sheet == sheet
    assert after.problems == {}


def form(sheet: Sheet, **changes: List[str]) -> Dict[str, List[str]]:
    return {**form_of(sheet), **{name: [getattr(sheet, name)] for name in ROOMS}, **changes}


def test_a_line_that_is_not_ticked_is_left_out_and_can_come_back(sheet: Sheet) -> None:
    without = edited(sheet, form(sheet, bring=["0", "2"], stop=["1"], also=[])).sheet
    assert [line.kept for line in without.bring] == [True, False, True]
    assert [stop.kept for stop in without.stops].count(True) == 1
    assert edited(without, form(sheet)).sheet == sheet


def test_an_emptied_question_is_gone(sheet: Sheet) -> None:
    after = edited(sheet, form(sheet, question=["一つだけ", "", "  ", ""]))
    assert after.sheet.questions == ("一つだけ",)


def test_more_questions_than_there_is_room_for_are_not_taken(sheet: Sheet) -> None:
    after = edited(sheet, form(sheet, question=["問い"] * 50))
    assert len(after.sheet.questions) == MOST_QUESTIONS


def test_at_least_one_institution_stays(sheet: Sheet) -> None:
    assert edited(sheet, form(sheet, stop=[])).problems == {"stop": "none_left"}


@pytest.mark.parametrize("name", ["situation", "tried", "note", "prefecture", "stage"])
def test_a_text_over_its_length_is_a_problem_of_its_field(sheet: Sheet, name: str) -> None:
    after = edited(sheet, form(sheet, **{name: ["あ" * (ROOMS[name].characters + 1)]}))
    assert after.problems == {name: "too_long"}


def test_too_many_short_lines_are_a_problem_too(sheet: Sheet) -> None:
    after = edited(sheet, form(sheet, situation=["あ\n" * (SITUATION.lines + 1)]))
    assert after.problems == {"situation": "too_many_lines"}


def test_a_question_too_long_is_named_by_its_number(sheet: Sheet) -> None:
    after = edited(sheet, form(sheet, question=["短い", "あ" * (QUESTION.characters + 1)]))
    assert after.problems == {"question-2": "too_long"}


def test_what_was_written_is_shown_again_with_the_problem(sheet: Sheet) -> None:
    long = "あ" * (NOTE.characters + 1)
    assert edited(sheet, form(sheet, note=[long])).sheet.note == long


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("一\r\n二", "一\n二"),
        ("一\u2028二", "一\n二"),
        ("a\x00b\x07c", "abc"),
        ("右から\u202e左へ", "右から左へ"),
        ("  前後  \n\n", "前後"),
        ("か\u3099", "が"),
        ("\ud800", ""),
    ],
)
def test_control_characters_go_and_line_breaks_stay(sheet: Sheet, written: str, kept: str) -> None:
    assert edited(sheet, form(sheet, note=[written])).sheet.note == kept


def test_a_fact_has_one_line(sheet: Sheet) -> None:
    assert edited(sheet, form(sheet, industry=["味噌屋\nと麹屋"])).sheet.industry == "味噌屋 と麹屋"


def test_a_sheet_full_to_the_brim_has_no_problem(sheet: Sheet) -> None:
    full = replace(filled_up(sheet), also=sheet.also)
    assert edited(sheet, form(full)).problems == {}


@given(said=FORMS)
def test_any_form_gives_plain_text_that_fits_or_a_problem(sheet: Sheet, said: Dict[str, List[str]]) -> None:
    after = edited(sheet, said)
    texts = {name: getattr(after.sheet, name) for name in ROOMS}
    for name, text in texts.items():
        assert ROOMS[name].holds(text) or name in after.problems
        assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c != "\n"]
    assert sheet_from_json(sheet_to_json(after.sheet)) == after.sheet
    untouched = ("issue", "sub_issue", "tip", "paper", "day")
    assert all(getattr(after.sheet, name) == getattr(sheet, name) for name in untouched)
    assert [stop.institution for stop in after.sheet.stops] == [s.institution for s in sheet.stops]
