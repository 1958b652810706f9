"""The consultation sheet says what was told and what the bot knows, and nothing that nobody said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consult.road import road
from bot.consult.sheet import consultation_for_sheet, sheet_from, words_of
from bot.consult.state import Consultation, OwnWords
from bot.knowledge import Knowledge
from bot.sheets.shape import QUESTION, SITUATION, TRIED, Sheet
from tests.consult.conftest import DESK, a_consultation, a_road

TODAY = date(2026, 11, 23)
TOLD = a_consultation(
    issue="事業承継",
    sub_issue="tax",
    prefecture="福島県",
    municipality="会津若松市",
    industry="味噌屋",
    employee_count="6",
    stage="創業後",
    tried=("税理士さんに相談した。",),
    shown=(a_road("資金繰り", "lending", "福島県"), a_road("事業承継", "tax", "福島県")),
)


def telling(consultation: Consultation, *messages: str) -> Consultation:
    """The consultation with what was told of the issue in hand."""
    words = tuple(OwnWords(text, about=(consultation.issue or "",)) for text in messages)
    return consultation.with_roads(words=words)


@pytest.fixture
def sheet(knowledge: Knowledge) -> Sheet:
    return sheet_from(knowledge, telling(TOLD, "株を息子に渡す税金が心配です。"), TODAY)


@pytest.fixture
def empty(knowledge: Knowledge) -> Sheet:
    return sheet_from(knowledge, a_consultation(issue="事業承継"), TODAY)


def test_issue_and_sub_issue_stand_there_in_plain_words(sheet: Sheet) -> None:
    assert (sheet.issue, sheet.sub_issue) == ("会社やお店を引き継ぎたい", "相続税・贈与税")


def test_every_fact_that_was_told_stands_there(sheet: Sheet) -> None:
    facts = (sheet.prefecture, sheet.municipality, sheet.industry, sheet.workers, sheet.stage)
    assert facts == ("福島県", "会津若松市", "味噌屋", "6人", "もう始めている")


def test_the_situation_is_in_the_owners_own_words(sheet: Sheet) -> None:
    assert sheet.situation == "株を息子に渡す税金が心配です。"
    assert not sheet.shortened


def test_what_was_tried_stands_there_as_it_was_said(sheet: Sheet) -> None:
    assert sheet.tried == "税理士さんに相談した。"


def test_another_issue_with_a_road_is_named(sheet: Sheet) -> None:
    assert [line.text for line in sheet.also] == ["資金繰り・借り入れや返済"]


def test_what_to_ask_and_bring_are_those_of_the_sub_issue(sheet: Sheet, knowledge: Knowledge) -> None:
    sub_issue = knowledge.issues["事業承継"].sub_issue("tax")
    assert sheet.questions == sub_issue.ask
    assert tuple(line.text for line in sheet.bring) == sub_issue.bring


def test_the_institutions_are_those_of_the_road_in_order(sheet: Sheet, knowledge: Knowledge) -> None:
    shown = [step.door.name for step in road(knowledge, TOLD).steps]
    assert [stop.institution for stop in sheet.stops] == shown
    assert [stop.order_label for stop in sheet.stops] == ["まず", "次に", "次に", "必要なら"]


def test_an_office_near_the_owner_stands_there_with_the_day_it_was_checked(sheet: Sheet) -> None:
    shokokai = next(stop for stop in sheet.stops if stop.institution == "あいづ商工会")
    assert shokokai.page is not None
    assert shokokai.page.name == "福島県商工会連合会"
    assert shokokai.checked == "2026-04-25"


def test_an_office_known_by_name_stands_there_with_its_address(sheet: Sheet) -> None:
    chamber = next(stop for stop in sheet.stops if stop.institution == "会津若松商工会議所")
    assert chamber.reach.startswith("会津若松市南千石町6番5号です。")
    assert chamber.phone is None


def test_this_desk_stands_first_with_its_number_and_what_holds_on_that_day(knowledge: Knowledge) -> None:
    with_desk = replace(knowledge, window=DESK)
    told = a_consultation(issue="販路開拓")
    first = sheet_from(with_desk, told, date(2026, 12, 30)).stops[0]
    assert (first.institution, first.phone, first.phone_hours) == (DESK.name, "0000-00-0000", "平日9時から17時")
    assert first.cautions[0] == DESK.notices[0].text
    assert DESK.notices[0].text not in sheet_from(with_desk, told, date(2027, 1, 4)).stops[0].cautions


def test_an_institution_with_a_new_name_has_the_old_one_beside_it(knowledge: Knowledge) -> None:
    sheet = sheet_from(knowledge, a_consultation(issue="下請取引"), TODAY)
    assert [stop.formerly for stop in sheet.stops if stop.institution == "取引かけこみ寺"] == ["下請かけこみ寺"]


def test_a_number_stands_there_only_where_it_was_verified(knowledge: Knowledge) -> None:
    verified = {i.name: i.phone.number for i in knowledge.institutions.values() if i.phone}
    for issue in knowledge.issues:
        for stop in sheet_from(knowledge, a_consultation(issue=issue), TODAY).stops:
            assert stop.phone == verified.get(stop.institution)


def test_every_institution_says_where_that_is_written(knowledge: Knowledge) -> None:
    for name, issue in knowledge.issues.items():
        for sub_issue in issue.sub_issues:
            sheet = sheet_from(knowledge, a_consultation(issue=name, sub_issue=sub_issue.id), TODAY)
            assert all(stop.citation or stop.added for stop in sheet.stops)


def test_what_nobody_told_is_empty(empty: Sheet) -> None:
    facts = (empty.prefecture, empty.municipality, empty.industry, empty.workers, empty.stage)
    assert facts == ("", "", "", "", "")
    assert (empty.situation, empty.tried, empty.note, empty.also, empty.sub_issue) == ("", "", "", (), None)


@pytest.mark.parametrize("stage", ["創業前", "創業時"])
def test_a_stage_before_the_start_is_shown_to_founders_alone(knowledge: Knowledge, stage: str) -> None:
    founder = sheet_from(knowledge, a_consultation(issue="創業", stage=stage), TODAY)
    other = sheet_from(knowledge, a_consultation(issue="下請取引", stage=stage), TODAY)
    assert founder.stage != ""
    assert other.stage == ""  # 「生産計画の途中です」 says nothing of a start


def test_a_message_that_only_says_what_was_tried_stands_there_once(knowledge: Knowledge) -> None:
    sheet = sheet_from(knowledge, telling(TOLD, "税理士さんに相談した。", "株のことです"), TODAY)
    assert sheet.situation == "株のことです"


def test_a_long_story_ends_with_a_whole_sentence(knowledge: Knowledge) -> None:
    sheet = sheet_from(knowledge, telling(TOLD, "これは二十文字ほどのとても短い文です。" * 20), TODAY)
    assert sheet.shortened
    assert sheet.situation.endswith("です。")
    assert SITUATION.holds(sheet.situation)


def test_a_long_story_without_an_end_is_visibly_cut(knowledge: Knowledge) -> None:
    sheet = sheet_from(knowledge, telling(TOLD, "あ" * 1000), TODAY)
    assert sheet.situation.endswith("…")


@given(words=st.lists(st.text(min_size=1, max_size=1000), max_size=4))
def test_whatever_was_said_fits(knowledge: Knowledge, words: List[str]) -> None:
    sheet = sheet_from(knowledge, telling(TOLD.with_owner(tried=tuple(words)), *words), TODAY)
    assert SITUATION.holds(sheet.situation)
    assert TRIED.holds(sheet.tried)


def test_every_question_of_the_knowledge_fits_on_the_sheet(knowledge: Knowledge) -> None:
    questions = [q for i in knowledge.issues.values() for q in (*i.ask, *(q for s in i.sub_issues for q in s.ask))]
    assert [question for question in questions if not QUESTION.holds(question)] == []


def test_there_is_no_sheet_before_a_road() -> None:
    assert consultation_for_sheet(Consultation()) is None
    assert consultation_for_sheet(a_consultation(issue="事業承継")) is None


def test_there_is_no_sheet_while_another_issue_is_on_its_way() -> None:
    assert (
        consultation_for_sheet(a_consultation(issue="資金繰り", shown=(a_road("事業承継", "tax", "福島県"),))) is None
    )


def test_after_a_road_with_nothing_in_hand_the_sheet_is_of_that_road() -> None:
    shown = (a_road("事業承継", "tax", "福島県", "all_fukushima"),)
    subject = consultation_for_sheet(a_consultation(prefecture="福島県", shown=shown))
    assert subject is not None
    assert (subject.issue, subject.sub_issue, subject.owner.prefecture) == ("事業承継", "tax", "福島県")


def test_going_back_to_an_issue_the_sheet_is_of_its_own_road() -> None:
    shown = (a_road("事業承継", "tax"), a_road("資金繰り"))
    subject = consultation_for_sheet(a_consultation(issue="事業承継", shown=shown))
    assert subject is not None
    assert subject.sub_issue == "tax"


@pytest.mark.parametrize("issue", ["人材確保", "資金繰り"])
def test_a_message_about_two_issues_belongs_to_both(issue: str) -> None:
    told = OwnWords("人も足りないし返済も苦しい", about=("人材確保", "資金繰り"))
    assert words_of(a_consultation(issue=issue, words=(told,))) == (told.text,)


def test_what_was_told_in_the_triage_belongs_to_the_issue_it_led_to() -> None:
    told = OwnWords("朝から晩まで休む間がない", about=("課題不明確",), open=True, led_to="人材確保")
    assert words_of(a_consultation(issue="人材確保", words=(told,))) == (told.text,)
    assert words_of(a_consultation(issue="資金繰り", words=(told,))) == ()


def test_what_was_told_of_another_issue_is_left_out() -> None:
    told = OwnWords("返済が苦しい", about=("資金繰り",), led_to="資金繰り")
    assert words_of(a_consultation(issue="人材確保", words=(told,))) == ()


def test_the_same_message_sent_twice_stands_there_once() -> None:
    assert words_of(telling(TOLD, "人が足りない", "人が足りない")) == ("人が足りない",)
