"""What happened in a period is counted as it happened: consultations once, on the day on which they began."""

from __future__ import annotations

import time

import pytest

from bot.messages import COMES_IN
from bot.store import (
    AllFigures,
    AskedCount,
    AskedQuestion,
    Count,
    Database,
    Figures,
    Gap,
    Overview,
    Period,
    Ratings,
    SubIssueCount,
)
from tests.store.patience import opened
from tests.store.recorded import DAY_S, NOW, took_place

TODAY = Period(NOW, NOW + DAY_S)


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


@pytest.fixture
def figures(store: Database) -> Figures:
    return Figures(store)


def test_consultations_turns_and_roads_are_counted(store: Database, figures: Figures) -> None:
    took_place(store, "a", road_shown=True)
    took_place(store, "a", "次", at=NOW + 1, road_shown=True)
    took_place(store, "b", at=NOW + 2)
    took_place(store, "came in", "", at=NOW + 3, pressed=COMES_IN)
    assert figures.overview(TODAY) == Overview(consultations=2, turns=3, road_shown=1, useful=0, not_useful=0)


def test_ratings_are_counted_by_when_they_were_given(store: Database, figures: Figures) -> None:
    for name, useful in (("a", True), ("b", True), ("c", False)):
        took_place(store, name)
        Ratings(store).rate(name, useful)
    now = time.time()
    seen = figures.overview(Period(now - DAY_S, now + DAY_S))
    assert (seen.useful, seen.not_useful) == (2, 1)
    assert figures.overview(Period(0, 1)) == Overview(0, 0, 0, 0, 0)


def test_a_consultation_counts_in_the_period_in_which_it_began(store: Database, figures: Figures) -> None:
    took_place(store, "before", at=NOW - 1, prefecture="福島県")
    took_place(store, "before", "次", at=NOW + 1)
    took_place(store, "at the end", at=NOW + DAY_S)
    took_place(store, "within", at=NOW, prefecture="東京都")
    assert figures.prefectures(TODAY) == (Count("東京都", 1),)


def test_days_are_those_of_japan(store: Database, figures: Figures) -> None:
    midnight = NOW + 17 * 3600 + 53 * 60 + 20
    for name, at in (("a", NOW), ("b", midnight - 1), ("c", midnight)):
        took_place(store, name, at=at)
    assert figures.by_day(TODAY) == (Count("2026-11-29", 2), Count("2026-11-30", 1))


def test_channels_and_prefectures_are_counted_most_first_also_where_nothing_was_told(
    store: Database, figures: Figures
) -> None:
    took_place(store, "a", channel="line", prefecture="福島県")
    took_place(store, "b", channel="line")
    took_place(store, "c", channel="web")
    assert figures.channels(TODAY) == (Count("line", 2), Count("web", 1))
    assert figures.prefectures(TODAY) == (Count(None, 2), Count("福島県", 1))


def test_each_issue_counts_once_a_consultation_and_its_kinds_each_for_itself(store: Database, figures: Figures) -> None:
    took_place(store, "a", issue="資金繰り")
    took_place(store, "a", "次", at=NOW + 1, issue="資金繰り", sub_issue="lending")
    took_place(store, "a", "別", at=NOW + 2, issue="創業", sub_issue="before")
    took_place(store, "b", issue="資金繰り", sub_issue="lending")
    assert figures.issues(TODAY) == (Count("資金繰り", 2), Count("創業", 1))
    assert set(figures.sub_issues(TODAY)) == {
        SubIssueCount("資金繰り", "lending", 2),
        SubIssueCount("資金繰り", None, 1),
        SubIssueCount("創業", "before", 1),
    }


def test_what_was_asked_is_counted_with_how_often_there_was_an_answer(store: Database, figures: Figures) -> None:
    cost, duration = AskedQuestion("cost", True), AskedQuestion("duration", False)
    took_place(store, "a", asked=(cost, duration))
    took_place(store, "b", asked=(cost, AskedQuestion("cost", False)))
    assert figures.asked(TODAY) == (AskedCount("cost", 3, 2), AskedCount("duration", 1, 0))


def test_where_consultations_were_left_is_the_question_that_waits(store: Database, figures: Figures) -> None:
    for name in ("a", "b"):
        took_place(store, name, question="prefecture", stands_open=True)
    took_place(store, "c", question="sub_issue", stands_open=True)
    took_place(store, "ended", question="anything_else")
    assert figures.left_at(TODAY, now=NOW + 2 * DAY_S) == (Count("prefecture", 2), Count("sub_issue", 1))
    assert figures.left_at(TODAY, now=NOW + DAY_S - 1) == ()


def test_unanswered_questions_come_latest_first_by_pages_in_their_owners_words(
    store: Database, figures: Figures
) -> None:
    for number in range(5):
        took_place(
            store,
            f"c{number}",
            f"{number}日かかりますか",
            at=NOW + number // 2,
            asked=(AskedQuestion("duration", False),),
        )
    took_place(store, "answered", "無料ですか", asked=(AskedQuestion("cost", True),))
    first = figures.unanswered(TODAY, most=3)
    rest = figures.unanswered(TODAY, after=first[-1], most=3)
    assert [one.words for one in (*first, *rest)] == [f"{number}日かかりますか" for number in (4, 3, 2, 1, 0)]
    assert {(one.about, one.number) for one in first} == {("duration", 1)}


def test_two_questions_of_one_message_are_both_listed_over_the_border_of_pages(
    store: Database, figures: Figures
) -> None:
    took_place(store, "a", asked=(AskedQuestion("duration", False), AskedQuestion("remote", False)))
    first = figures.unanswered(TODAY, most=1)
    assert [one.about for one in (*first, *figures.unanswered(TODAY, after=first[-1], most=1))] == [
        "remote",
        "duration",
    ]


def test_where_nothing_happened_there_is_nothing_to_count(figures: Figures) -> None:
    of_all = (figures.by_day, figures.channels, figures.issues, figures.sub_issues, figures.asked, figures.left_at)
    assert [one(TODAY) for one in of_all] == [()] * 6
    assert figures.unanswered(TODAY) == ()


def test_gaps_are_counted_by_topic_and_matter_of_the_latest_questions(store: Database, figures: Figures) -> None:
    unanswered = (AskedQuestion("duration", False),)
    for number in range(3):
        took_place(store, f"a{number}", at=NOW + number, issue="創業", sub_issue="before", asked=unanswered)
    took_place(store, "b", at=NOW + 9, asked=(*unanswered, AskedQuestion("cost", True)))
    took_place(store, "outside", at=NOW + DAY_S, issue="創業", asked=unanswered)
    all_of_them = (Gap("duration", "創業", "before", 3, NOW + 2), Gap("duration", None, None, 1, NOW + 9))
    assert figures.gaps(TODAY) == all_of_them
    assert figures.gaps(TODAY, looks_at=2) == (
        Gap("duration", None, None, 1, NOW + 9),
        Gap("duration", "創業", "before", 1, NOW + 2),
    )


def test_the_words_of_a_gap_are_those_that_were_counted_there(store: Database, figures: Figures) -> None:
    unanswered = (AskedQuestion("duration", False),)
    for number, sub_issue in enumerate(("before", "before", None)):
        took_place(
            store, f"a{number}", f"{number}日ですか", NOW + number, issue="創業", sub_issue=sub_issue, asked=unanswered
        )
    took_place(
        store, "b", "いくらですか", NOW + 5, issue="創業", sub_issue="before", asked=(AskedQuestion("cost", False),)
    )
    words = [one.words for one in figures.in_a_gap(TODAY, "duration", "創業", "before")]
    assert words == ["1日ですか", "0日ですか"]
    assert [one.words for one in figures.in_a_gap(TODAY, "duration", "創業", None)] == ["2日ですか"]


def test_all_of_it_at_once_is_what_each_says(store: Database, figures: Figures) -> None:
    took_place(store, "a", issue="創業", prefecture="福島県", road_shown=True, asked=(AskedQuestion("cost", True),))
    took_place(store, "b", at=NOW - DAY_S, channel="line", issue="資金繰り")
    took_place(store, "c", at=NOW + 1, stands_open=True, question="prefecture")
    Ratings(store).rate("a", True, NOW + 2)
    yesterday, later = Period(NOW - DAY_S, NOW), NOW + 2 * DAY_S
    found = figures.all_of(TODAY, yesterday, later)
    assert found == AllFigures(
        figures.overview(TODAY),
        figures.by_day(TODAY),
        figures.channels(TODAY),
        figures.prefectures(TODAY),
        figures.issues(TODAY),
        figures.sub_issues(TODAY),
        figures.asked(TODAY),
        figures.left_at(TODAY, later),
        figures.overview(yesterday),
        figures.issues(yesterday),
    )
    assert (found.overview, found.before) == (Overview(2, 2, 1, 1, 0), Overview(1, 1, 0, 0, 0))
    assert figures.all_of(TODAY, None, later).before is None
