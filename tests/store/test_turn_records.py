"""A turn is recorded once, whole and in order; what was taken back or forgotten is not."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from bot.messages import COMES_IN, Choice, Choices, Fact, Message, Notice, Referral, ReferralStep
from bot.review import ReviewReason
from bot.store import (
    AskedQuestion,
    Author,
    Database,
    ForgottenError,
    HeardFact,
    HeardMove,
    Spoken,
    StateAfter,
    Transcripts,
    TurnRecord,
    TurnRecords,
    Unsent,
    WhatDecided,
    WhatWasHeard,
)
from bot.store.database import TABLES
from bot.store.retention import forget_conversation, forget_old
from bot.store.turn_tables import BESIDE_CONVERSATIONS, CONVERSATIONS, MATTERS, TURNS, WORDS
from tests.store.patience import opened

DAY_S = 86_400.0
NOW = 1_795_900_000.0
ROAD = Referral(
    "相談先", "資金繰り", None, (ReferralStep("cci", "商工会議所", "first", "まず", "role", "今週", "別添2", ()),)
)
FULL = TurnRecord(
    conversation="a",
    channel="web",
    message_id="m1",
    at=NOW,
    words="客は東京、うちは川口。融資を断られました。無料ですか",
    pressed=None,
    heard=WhatWasHeard(
        moves=(
            HeardMove("problem", 0.9, (("issue", "資金繰り"), ("sub_issue", "lending")), "融資を断られました"),
            HeardMove("thanks", 0.5),
        ),
        facts=(HeardFact("prefecture", "東京都", False), HeardFact("municipality", "川口市", True)),
        ranking=(("資金繰り", 0.9), ("事業承継", 0.05)),
        unsure=True,
    ),
    decided=WhatDecided(("answer_questions", "take_in"), ("call_staff",), ("cci",), ("別添2 ト、14ページ",)),
    said=(
        Spoken("utter_noted", Message("うかがいました。")),
        Spoken("utter_refer", Message("次のところです。", ROAD)),
        Spoken("utter_ask", Message("ほかには。", Choices((Choice("anything_else.no", "ありません"),)))),
        Spoken("utter_help", Message("", Notice("窓口", (Fact("電話", "0000", "tel:0000", ("https://example.jp",)),)))),
    ),
    after=StateAfter("資金繰り", "lending", "埼玉県", "anything_else", False, False, True),
    asked=(AskedQuestion("cost", True), AskedQuestion("duration", False)),
    reasons=(ReviewReason.UNSURE, ReviewReason.UNANSWERED),
    milliseconds=41.5,
    model="kakaritsuke-0123456789abcdef",
)


def a_turn(message_id: str = "m1", words: str = "商標を取りたい", at: float = NOW, **more: Any) -> TurnRecord:
    """A turn in few words."""
    return TurnRecord("a", "web", message_id, at, words, **more)


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


@pytest.fixture
def records(store: Database) -> TurnRecords:
    return TurnRecords(store)


def rows(store: Database, table: sqlalchemy.Table) -> "list[Any]":
    with store.reading() as connection:
        return connection.execute(sqlalchemy.select(table)).all()


def test_all_of_a_turn_comes_back_as_it_was(records: TurnRecords) -> None:
    records.keep(FULL)
    assert records.of("a") == (replace(FULL, number=1),)


def test_turns_are_numbered_in_their_order_each_conversation_by_itself(records: TurnRecords) -> None:
    assert [records.keep(a_turn(name)) for name in ("m1", "m2")] == [1, 2]
    assert records.keep(replace(a_turn("m1"), conversation="b")) == 1
    assert [turn.number for turn in records.of("a")] == [2, 1]


def test_a_turn_that_is_recorded_again_is_recorded_once(store: Database, records: TurnRecords) -> None:
    records.keep(FULL)
    records.keep(a_turn("m2"))
    assert records.keep(FULL) == 1
    assert len(records.of("a")) == 2
    assert rows(store, CONVERSATIONS)[0].turns == 2


def test_a_long_talk_is_read_from_its_newest_turns_backwards_by_pages(records: TurnRecords) -> None:
    for number in range(1, 8):
        records.keep(a_turn(f"m{number}"))
    newest = records.of("a", most=3)
    older = records.of("a", before=newest[-1].number, most=3)
    oldest = records.of("a", before=older[-1].number, most=3)
    assert [turn.number for page in (newest, older, oldest) for turn in page] == [7, 6, 5, 4, 3, 2, 1]
    assert records.of("a", before=1) == ()
    assert records.of("nobody") == ()


def test_what_is_no_text_that_a_database_holds_does_not_keep_a_turn_from_being_recorded(records: TurnRecords) -> None:
    words = "店\0を\ud83dひらく"
    records.keep(a_turn(words=words, said=(Spoken("utter_noted", Message(words)),)))
    (turn,) = records.of("a")
    assert (turn.words, turn.said[0].message.words) == ("店を?ひらく", "店\0を?ひらく")


def test_what_another_version_wrote_otherwise_is_left_out_and_the_words_stay(
    store: Database, records: TurnRecords
) -> None:
    records.keep(FULL)
    other = json.dumps({"version": 99, "moves": "otherwise"})
    with store.writing() as connection:
        connection.execute(TURNS.update().values(heard=other, decided=other, said=other))
    (turn,) = records.of("a")
    assert (turn.words, turn.heard, turn.decided, turn.said) == (FULL.words, None, WhatDecided(), ())


def test_a_part_that_another_version_wrote_otherwise_is_told_as_text(store: Database, records: TurnRecords) -> None:
    records.keep(a_turn(said=(Spoken("utter_refer", Message("次のところです。", ROAD)),)))
    with store.writing() as connection:
        kept = json.loads(connection.execute(sqlalchemy.select(TURNS.c.said)).scalar_one())
        kept["said"][0]["part"]["type"] = "map"
        connection.execute(TURNS.update().values(said=json.dumps(kept)))
    (turn,) = records.of("a")
    assert turn.said[0].message == Message(f"次のところです。\n{ROAD.plain()}")


def test_a_conversation_is_as_its_last_turn_left_it_and_keeps_what_was_known(
    store: Database, records: TurnRecords
) -> None:
    records.keep(a_turn("m0", "", pressed=COMES_IN))
    assert not rows(store, CONVERSATIONS)[0].spoke
    records.keep(
        a_turn("m1", at=NOW + 1, after=StateAfter("資金繰り", "lending", "埼玉県", "prefecture", True, True, True))
    )
    records.keep(a_turn("m2", at=NOW + 2, after=StateAfter(question="issue")))
    (row,) = rows(store, CONVERSATIONS)
    assert (row.spoke, row.begun_at, row.last_at, row.road_at) == (True, NOW, NOW + 2, NOW + 1)
    assert (row.issue, row.sub_issue, row.prefecture) == ("資金繰り", "lending", "埼玉県")
    assert (row.question, row.stands_open, row.begun_on) == ("issue", False, "2026-11-29")


def test_a_turn_that_is_recorded_after_a_later_one_leaves_the_conversation_as_that_one_left_it(
    store: Database, records: TurnRecords
) -> None:
    records.keep(a_turn("m2", at=NOW + 2, after=StateAfter("創業", question="prefecture", stands_open=True)))
    records.keep(a_turn("m1", at=NOW + 1, after=StateAfter("資金繰り", question="issue", road_shown=True)))
    (row,) = rows(store, CONVERSATIONS)
    assert (row.last_at, row.issue, row.question, row.stands_open) == (NOW + 2, "創業", "prefecture", True)
    assert (row.turns, row.road_at) == (2, NOW + 1)


def test_every_matter_that_was_in_hand_is_known_once(store: Database, records: TurnRecords) -> None:
    for number, issue in enumerate(("資金繰り", "資金繰り", "創業", "資金繰り")):
        records.keep(a_turn(f"m{number}", after=StateAfter(issue)))
    assert sorted(row.issue for row in rows(store, MATTERS)) == ["創業", "資金繰り"]


def test_words_that_are_searched_stand_together_until_there_are_many(store: Database, records: TurnRecords) -> None:
    for number in range(6):
        records.keep(a_turn(f"m{number}", "ｶﾌｪ の\n相談" + "あいうえお" * 36))
    kept = rows(store, WORDS)
    assert [row.part for row in kept] == [1, 2]
    assert all(row.words.startswith("\nカフェ の 相談") and row.words.endswith("\n") for row in kept)


def test_a_message_that_was_taken_back_leaves_only_that_there_was_a_turn(store: Database, records: TurnRecords) -> None:
    records.keep(a_turn("m0", "はじめの言葉"))
    records.keep(replace(FULL, message_id="m1"))
    records.keep(a_turn("m2", "おわりの言葉"))
    Unsent(store).add("a", "m1")
    turn = records.of("a")[1]
    assert (turn.taken_back, turn.words, turn.heard, turn.said, turn.asked, turn.reasons) == (
        True,
        "",
        None,
        (),
        (),
        (),
    )
    assert [row.words for row in rows(store, WORDS)] == ["\nはじめの言葉\nおわりの言葉\n"]


def test_a_message_that_was_taken_back_before_it_was_answered_leaves_no_word_either(
    store: Database, records: TurnRecords
) -> None:
    Unsent(store).add("a", "m1")
    records.keep(FULL)
    (turn,) = records.of("a")
    assert (turn.taken_back, turn.words, turn.heard, turn.said) == (True, "", None, ())
    assert rows(store, WORDS) == []


def test_a_message_that_was_taken_back_is_in_no_file(tmp_path: Path) -> None:
    store = Database(str(tmp_path / "store.sqlite"))
    TurnRecords(store).keep(a_turn("m0", "はじめ"))
    TurnRecords(store).keep(a_turn("m1", "zqxjvkw", said=(Spoken("utter_noted", Message("zqxjvkwのことですね。")),)))
    Unsent(store).add("a", "m1")
    store.give_room_back()
    assert not any(b"zqxjvkw" in path.read_bytes() for path in tmp_path.iterdir())


def test_a_turn_of_a_conversation_that_was_forgotten_meanwhile_is_not_recorded(
    store: Database, records: TurnRecords
) -> None:
    records.keep(a_turn("m1"))
    forget_conversation(store, "a")
    with pytest.raises(ForgottenError):
        records.keep(a_turn("m2"))
    assert records.of("a") == ()


def test_whoever_writes_again_after_they_were_forgotten_is_recorded_from_one(
    store: Database, records: TurnRecords
) -> None:
    records.keep(a_turn("m1"))
    forget_conversation(store, "a")
    assert records.keep(a_turn("m2"), since=4_000_000_000.0) == 1


def test_what_was_said_long_ago_goes_turn_by_turn_and_the_conversation_with_its_last(
    store: Database, records: TurnRecords
) -> None:
    now = time.time()
    records.keep(replace(FULL, message_id="old", at=now - 31 * DAY_S))
    records.keep(replace(FULL, message_id="new", at=now, words="いまの言葉"))
    records.keep(replace(FULL, conversation="b", at=now - 31 * DAY_S))
    forget_old(store, 30)
    assert [turn.message_id for turn in records.of("a")] == ["new"]
    assert [row.words for row in rows(store, WORDS)] == ["\nいまの言葉\n"]
    assert [row.conversation for row in rows(store, CONVERSATIONS)] == ["a"]
    assert {row.number for table in BESIDE_CONVERSATIONS if "number" in table.c for row in rows(store, table)} == {2}


def test_every_conversation_with_a_turn_has_its_row(store: Database, records: TurnRecords) -> None:
    """So that whoever asks whether anything is known of one looks into that table alone (bot/store/retention.py)."""
    records.keep(FULL)
    known = {row.conversation for row in rows(store, CONVERSATIONS)}
    assert {row.conversation for table in BESIDE_CONVERSATIONS for row in rows(store, table)} == known


def test_a_store_of_an_earlier_version_gets_the_tables_and_keeps_what_it_has(address: str) -> None:
    before = opened(address)
    Transcripts(before).append("a", Author.BOT, [Message("昔の言葉")])
    with before.writing() as connection:
        for table in (*BESIDE_CONVERSATIONS, CONVERSATIONS):
            table.drop(connection)
    store = opened(address)
    TurnRecords(store).keep(FULL)
    assert len(TurnRecords(store).of("a")) == len(Transcripts(store).after("a", 0)) == 1
    assert {table.name for table in BESIDE_CONVERSATIONS} <= set(TABLES.tables)


_KEEP_MANY = """
import sys
from bot.store import Database, TurnRecord, TurnRecords
for number in range(15):
    for name in ("same", sys.argv[2]):
        TurnRecords(Database(sys.argv[1])).keep(TurnRecord("a", "web", f"{name}-{number}", 1.0, "言葉"))
"""


def test_processes_that_record_at_once_number_each_turn_once(address: str) -> None:
    TurnRecords(opened(address)).of("a")
    processes = [subprocess.Popen([sys.executable, "-c", _KEEP_MANY, address, name]) for name in ("x", "y")]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert [turn.number for turn in TurnRecords(opened(address)).of("a")] == list(range(45, 0, -1))


def test_the_first_words_are_those_that_an_owner_wrote_and_not_what_they_pressed(records: TurnRecords) -> None:
    records.keep(a_turn("m1", "はじめまして", pressed=COMES_IN))
    records.keep(a_turn("m2", "資金繰り", at=NOW + 1, pressed="issue.資金繰り"))
    records.keep(a_turn("m3", "融資を断られました", at=NOW + 2))
    records.keep(a_turn("m4", "福島です", at=NOW + 3))
    records.keep(replace(a_turn("m1", "ボタンだけ", pressed="issue.創業"), conversation="b"))
    assert records.first_words(["a", "b", "nobody"]) == {"a": "融資を断られました"}


def test_the_oldest_turn_that_is_kept_is_known(records: TurnRecords) -> None:
    for number in range(3):
        records.keep(a_turn(f"m{number}", at=NOW + number * DAY_S))
    records.forget(NOW + DAY_S)
    assert (records.oldest_at("a"), records.oldest_at("nobody")) == (NOW + DAY_S, None)
