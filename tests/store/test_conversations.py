"""Staff finds conversations by last activity, by what was said in them and by where they stand, page by page."""

from __future__ import annotations

from typing import Any, Tuple

import pytest

from bot.messages import COMES_IN
from bot.review import ReviewReason
from bot.store import (
    ConversationFilter,
    Conversations,
    Database,
    Ratings,
    Reason,
    Spot,
    Standing,
    StoredHandoffs,
    Unsent,
)
from bot.store.retention import forget_conversation
from tests.store.patience import opened
from tests.store.recorded import DAY_S, HOUR_S, NOW, took_place

ALL = ConversationFilter()


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


@pytest.fixture
def conversations(store: Database) -> Conversations:
    return Conversations(store)


def names(conversations: Conversations, **wanted: Any) -> Tuple[str, ...]:
    page = conversations.listed(ConversationFilter(**wanted), now=NOW)
    return tuple(one.conversation for one in page.conversations)


def test_the_conversation_with_the_latest_activity_comes_first(store: Database, conversations: Conversations) -> None:
    took_place(store, "a", at=NOW)
    took_place(store, "b", at=NOW + 1)
    took_place(store, "a", "もう一つ", at=NOW + 2)
    assert names(conversations) == ("a", "b")


def test_who_only_came_in_is_not_listed(store: Database, conversations: Conversations) -> None:
    took_place(store, "a", "", pressed=COMES_IN)
    assert names(conversations) == ()


def test_pages_follow_each_other_without_gap_or_repetition_though_others_write_meanwhile(
    store: Database, conversations: Conversations
) -> None:
    for number in range(7):
        took_place(store, f"c{number}", at=NOW + number // 2)  # some at the same moment
    seen, spot = [], None
    while True:
        page = conversations.listed(ALL, spot, most=2)
        seen += [one.conversation for one in page.conversations]
        took_place(store, "new", f"{len(seen)}", at=NOW + 100 + len(seen))
        spot = page.then
        if spot is None:
            break
    assert seen == ["c6", "c5", "c4", "c3", "c2", "c1", "c0"]


def test_a_page_that_ends_with_the_last_one_is_the_last(store: Database, conversations: Conversations) -> None:
    took_place(store, "a")
    assert conversations.listed(ALL, most=1).then is None
    assert conversations.listed(ALL, Spot(NOW, "a"), most=1).conversations == ()


@pytest.mark.parametrize("words", ["カフェ", "ｶﾌｪ", "cafe", "ＣＡＦＥ", "50%", "a_b", "相談 ok"])
def test_words_are_found_within_what_an_owner_wrote_in_whatever_width_and_case(
    store: Database, conversations: Conversations, words: str
) -> None:
    took_place(store, "a", "カフェ（Cafe）を始めたい。50%引き、A_B。\n相談　ＯＫですか")
    took_place(store, "b", "50円、axb")
    assert names(conversations, words=words) == ("a",)


def test_words_are_not_found_over_the_border_of_two_messages(store: Database, conversations: Conversations) -> None:
    took_place(store, "a", "融資")
    took_place(store, "a", "を断られた", at=NOW + 1)
    assert names(conversations, words="融資を") == ()
    assert names(conversations, words="断られ") == ("a",)


def test_words_are_found_in_every_part_of_a_long_talk(store: Database, conversations: Conversations) -> None:
    for number in range(10):
        took_place(store, "a", f"{number}番目の話" + "あ" * 300, at=NOW + number)
    assert all(names(conversations, words=f"{number}番目") == ("a",) for number in range(10))


def test_a_page_of_what_was_found_goes_on_behind_its_last_one(store: Database) -> None:
    for number in range(5):
        took_place(store, f"c{number}", at=NOW + number)
    conversations, wanted, seen, spot = Conversations(store, at_once=2), ConversationFilter(words="相談"), [], None
    while True:
        page = conversations.listed(wanted, spot, most=2)
        seen.append([one.conversation for one in page.conversations])
        spot = page.then
        if spot is None:
            break
    assert seen == [["c4", "c3"], ["c2", "c1"], ["c0"]]


def test_a_search_that_takes_too_long_says_what_it_has_and_goes_on_from_there(store: Database) -> None:
    for number in range(6):
        took_place(store, f"c{number}", "融資" if number in (0, 5) else "別の話", at=NOW + number)
    hasty, wanted = Conversations(store, looks_for_s=0.0, at_once=2), ConversationFilter(words="融資")
    pages = [hasty.listed(wanted)]
    while pages[-1].then is not None:
        pages.append(hasty.listed(wanted, pages[-1].then))
    assert [[one.conversation for one in page.conversations] for page in pages] == [["c5"], [], ["c0"], []]


def test_a_search_goes_on_over_as_many_as_it_takes_within_its_time(store: Database) -> None:
    for number in range(9):
        took_place(store, f"c{number}", "融資" if number == 0 else "別の話", at=NOW + number)
    patient = Conversations(store, looks_for_s=600.0, at_once=1)
    page = patient.listed(ConversationFilter(words="融資"))
    assert ([one.conversation for one in page.conversations], page.then) == (["c0"], None)


def test_nothing_is_found_by_what_was_taken_back_or_forgotten(store: Database, conversations: Conversations) -> None:
    took_place(store, "a", "消したい言葉")
    took_place(store, "b", "消したい言葉")
    Unsent(store).add("a", f"a {NOW} 消したい言葉")
    forget_conversation(store, "b")
    assert names(conversations, words="消したい") == ()


@pytest.mark.parametrize(
    "wanted",
    [
        {"channel": "line"},
        {"issue": "創業"},
        {"prefecture": "福島県"},
        {"question": "prefecture"},
        {"standing": Standing.WITH_STAFF},
        {"standing": Standing.OPEN},
        {"standing": Standing.ROAD_SHOWN},
        {"reason": ReviewReason.DISTRESS},
        {"useful": False},
        {"since": NOW - HOUR_S, "until": NOW + HOUR_S},
    ],
)
def test_each_filter_leaves_those_it_is_about(
    store: Database, conversations: Conversations, wanted: "dict[str, Any]"
) -> None:
    took_place(
        store,
        "meant",
        channel="line",
        issue="創業",
        prefecture="福島県",
        question="prefecture",
        stands_open=True,
        road_shown=True,
        reasons=(ReviewReason.DISTRESS,),
    )
    Ratings(store).rate("meant", useful=False)
    StoredHandoffs(store).open("meant", Reason.ASKED)
    StoredHandoffs(store).open("other", Reason.DISTRESS)  # an alert leaves the conversation with the bot
    took_place(store, "other", at=NOW + DAY_S, issue="資金繰り", reasons=(ReviewReason.UNSURE,))
    Ratings(store).rate("other", useful=True)
    assert names(conversations, **wanted) == ("meant",)


def test_filters_hold_together(store: Database, conversations: Conversations) -> None:
    took_place(store, "a", "融資の話", issue="資金繰り", prefecture="福島県")
    took_place(store, "b", "融資の話", issue="資金繰り", prefecture="東京都")
    assert names(conversations, words="融資", issue="資金繰り", prefecture="東京都") == ("b",)


def test_a_conversation_is_with_staff_until_they_give_it_back(store: Database, conversations: Conversations) -> None:
    took_place(store, "a", paused=True)
    StoredHandoffs(store).open("a", Reason.ASKED)
    assert [one.with_staff for one in conversations.listed(ALL).conversations] == [True]
    StoredHandoffs(store).resume("a")
    assert [one.with_staff for one in conversations.listed(ALL).conversations] == [False]
    assert names(conversations, standing=Standing.WITH_STAFF) == ()


def test_an_issue_that_was_in_hand_earlier_counts(store: Database, conversations: Conversations) -> None:
    took_place(store, "a", issue="創業")
    took_place(store, "a", "次", at=NOW + 1, issue="資金繰り")
    assert names(conversations, issue="創業") == names(conversations, issue="資金繰り") == ("a",)


def test_a_consultation_counts_as_left_after_a_day_in_which_it_stood_open(
    store: Database, conversations: Conversations
) -> None:
    took_place(store, "left", at=NOW - 25 * HOUR_S, stands_open=True)
    took_place(store, "young", at=NOW - 23 * HOUR_S, stands_open=True)
    took_place(store, "ended", at=NOW - 25 * HOUR_S)
    assert names(conversations, reason=ReviewReason.LEFT) == ("left",)
    listed = {one.conversation: one.reasons for one in conversations.listed(ALL, now=NOW).conversations}
    assert listed == {"left": (ReviewReason.LEFT,), "young": (), "ended": ()}


def test_a_bad_rating_is_a_reason_of_its_conversation(store: Database, conversations: Conversations) -> None:
    took_place(store, "a", reasons=(ReviewReason.UNSURE,))
    took_place(store, "a", "次", at=NOW + 1, reasons=(ReviewReason.UNSURE,))
    took_place(store, "b")
    Ratings(store).rate("a", useful=False)
    Ratings(store).rate("b", useful=True)
    assert names(conversations, reason=ReviewReason.BAD_RATING) == ("a",)
    assert conversations.listed(ALL, now=NOW).conversations[0].reasons == (
        ReviewReason.UNSURE,
        ReviewReason.BAD_RATING,
    )


def test_a_listed_conversation_says_where_it_stands(store: Database, conversations: Conversations) -> None:
    took_place(store, "a", issue="創業", sub_issue="before", prefecture="福島県", question="anything_else")
    took_place(store, "a", "次", at=NOW + 5, issue="創業", sub_issue="before", road_shown=True)
    one = conversations.one("a", now=NOW)
    assert one is not None
    assert conversations.listed(ALL, now=NOW).conversations == (one,)
    assert (one.channel, one.begun_at, one.last_at, one.turns, one.road_at) == ("web", NOW, NOW + 5, 2, NOW + 5)
    assert (one.issue, one.sub_issue, one.prefecture, one.question) == ("創業", "before", "福島県", None)
    assert conversations.one("nobody") is None
