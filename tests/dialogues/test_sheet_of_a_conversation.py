"""The sheet of a real conversation says what its owner said of the issue, and nothing else they wrote."""

from __future__ import annotations

import uuid
from typing import Awaitable, Callable, List

import pytest
from rasa.core.agent import Agent

from bot.consult.sheet import sheet_from
from bot.consult.state import Consultation, Roads
from bot.knowledge import Knowledge, Matter
from bot.sheets.shape import Sheet, today
from bot.store import database, sheets
from tests.dialogues.conversation import Turn, say

Say = Callable[..., Awaitable[List[Turn]]]


@pytest.fixture
def conversation() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def owner(bot: Agent, conversation: str) -> Say:
    """Says messages, one after the other, as the owner of `conversation`."""

    async def says(*messages: str) -> List[Turn]:
        return [await say(bot, conversation, message) for message in messages]

    return says


def drafts(conversation: str) -> List[Sheet]:
    """The drafts of a conversation, in the order they were begun."""
    with database().reading() as store:
        rows = store.exec_driver_sql("SELECT conversation, road FROM sheets ORDER BY expires_at").all()
    found = [sheets().of(conversation, row.road) for row in rows if row.conversation == conversation]
    return [stored.draft for stored in found if stored and stored.draft]


async def test_it_says_what_was_told_and_leaves_the_rest_open(owner: Say, conversation: str) -> None:
    await owner(
        "パートを募集しましたが、応募がありません。どうしたものでしょう。", "福島です", "相談シートを作る", "はい"
    )
    sheet = drafts(conversation)[0]
    assert sheet.issue == "人手が足りない・人を雇いたい"
    assert sheet.situation == "パートを募集しましたが、応募がありません。どうしたものでしょう。"
    assert sheet.tried == "パートを募集しましたが、応募がありません。"
    assert sheet.prefecture == "福島県"
    assert (sheet.municipality, sheet.industry, sheet.workers, sheet.stage, sheet.note) == ("", "", "", "", "")


async def test_choices_and_places_are_not_the_owners_story(owner: Say, conversation: str) -> None:
    await owner("こんにちは", "7", "4", "青森です", "相談シートを作る", "はい")
    sheet = drafts(conversation)[0]
    assert sheet.issue == "会社やお店を引き継ぎたい"
    assert sheet.situation == ""


async def test_nothing_is_kept_without_a_yes(owner: Say, conversation: str) -> None:
    await owner("返済が苦しい。青森です", "相談シートを作る", "いいえ")
    assert drafts(conversation) == []


async def test_distress_and_questions_never_stand_on_it(owner: Say, conversation: str) -> None:
    await owner(
        "返済が苦しい。青森です", "もう死んでしまいたいです", "すみません、取り乱しました", "費用はかかりますか"
    )
    await owner("相談シートを作ってください", "はい")
    assert drafts(conversation)[0].situation == "返済が苦しい。青森です"


async def test_what_was_written_to_staff_never_stands_on_it(
    owner: Say, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    monkeypatch.setenv("KAKARITSUKE_CALL_BACK", "on")
    await owner("返済が苦しい。青森です", "人と話したい", "0120-999-999に夕方お願いします")
    await owner("銀行への返済のことは、妻には内緒にしています", "ボットに戻る", "相談シートを作ってください", "はい")
    assert drafts(conversation)[0].situation == "返済が苦しい。青森です"


async def test_two_issues_have_a_sheet_each_with_their_own_words(owner: Say, conversation: str) -> None:
    await owner(
        "返済が苦しい。青森です", "相談シートを作る", "はい", "商標を登録したいです", "相談シートを作る", "はい"
    )
    first, second = drafts(conversation)
    assert (first.situation, second.situation) == ("返済が苦しい。青森です", "商標を登録したいです")
    assert [line.text for line in second.also] == [first.issue]


async def test_what_was_said_before_a_new_beginning_is_forgotten(owner: Say, conversation: str) -> None:
    await owner("返済が苦しい。青森です", "最初からやり直したい", "借りたお金が返せないんです。青森です")
    await owner("相談シートを作ってください", "はい")
    assert drafts(conversation)[0].situation == "借りたお金が返せないんです。青森です"


async def test_a_desk_that_cannot_make_it_says_so_and_goes_on(owner: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAKARITSUKE_PUBLIC_URL")
    turn = (await owner("返済が苦しい。青森です", "相談シートを作る", "はい"))[-1]
    assert "utter_sheet_failed" in turn.utterances
    assert turn.told["question"] == "anything_else"


async def test_a_sheet_that_was_deleted_is_asked_for_anew(owner: Say, conversation: str) -> None:
    await owner("返済が苦しい。青森です", "相談シートを作る", "はい")
    kept = sheets().of(conversation, "資金繰り/turnaround/青森県")
    assert kept is not None
    sheets().delete(kept.id)
    assert (await owner("相談シートをもう一度ください"))[-1].told["question"] == "sheet"


async def test_a_sixth_sheet_is_declined_kindly(owner: Say, conversation: str, knowledge: Knowledge) -> None:
    sheet = sheet_from(knowledge, Consultation(roads=Roads(in_hand=Matter("資金繰り"))), today())
    for number in range(5):
        sheets().draft(conversation, f"road {number}", sheet)
    turn = (await owner("返済が苦しい。青森です", "相談シートを作る", "はい"))[-1]
    assert "utter_sheets_enough" in turn.utterances
    assert turn.told["question"] == "anything_else"


async def test_the_days_that_the_operator_set_are_told(owner: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_SHEET_DAYS", "7")
    assert "7日だけ" in (await owner("返済が苦しい。青森です", "相談シートを作る"))[-1].text
