"""Conversations for tests of the pages that show them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.messages import Choice, Choices, Fact, Message, Notice, Referral, ReferralStep
from bot.review import ReviewReason
from bot.store import (
    AskedQuestion,
    Database,
    HeardFact,
    HeardMove,
    Spoken,
    StateAfter,
    TurnRecord,
    TurnRecords,
    WhatDecided,
    WhatWasHeard,
)

NOW = 1_800_000_000.0  # the clock of a desk: 17:00 on 15 January 2027 in Japan
HOUR_S, DAY_S = 3_600.0, 86_400.0
ATTACK = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">{{ 7*7 }}"

_FACTS = (Fact("連絡のしかた", "電話で「経営の相談をしたい」とお伝えください。", "tel:0000"),)
_STEPS = tuple(
    ReferralStep(name, called, "first", order, "first_contact", "今週", "別添2 ヌ、16ページ", _FACTS, _FACTS)
    for name, called, order in (("cci", "商工会議所", "まず"), ("yorozu", "よろず支援拠点", "次に"))
)
ROAD = Referral("ご案内", "資金繰り", "lending", _STEPS, (Fact("持っていくもの", "決算書"),))
TURN = TurnRecord(
    conversation="web-a",
    channel="web",
    message_id="m",
    at=NOW,
    words="客は東京、うちは川口。融資を断られました。無料ですか",
    heard=WhatWasHeard(
        moves=(
            HeardMove("problem", 0.93, (("issue", "資金繰り"), ("sub_issue", "lending")), "融資を断られました"),
            HeardMove("asks", 0.81, (("about", "cost"),), "無料ですか"),
        ),
        facts=(
            HeardFact("prefecture", "東京都", False),
            HeardFact("municipality", "川口市", True),
            HeardFact("employee_count", "3", True),
        ),
        ranking=(("資金繰り", 0.9), ("ask_cost", 0.05)),
        unsure=True,
    ),
    decided=WhatDecided(("answer_questions", "take_in"), ("call_staff",), ("cci",), ("別添2 ヌ、16ページ",)),
    said=(
        Spoken("utter_noted", Message("融資を断られたのですね。")),
        Spoken("utter_refer", Message("次のところです。", ROAD)),
        Spoken("utter_ask", Message("ほかには。", Choices((Choice("anything_else.done", "ここまでで大丈夫"),)))),
        Spoken("utter_help", Message("", Notice("電話の窓口", (Fact("よりそいホットライン", "0120-279-338"),)))),
    ),
    after=StateAfter("資金繰り", "lending", "埼玉県", "anything_else", road_shown=True),
    asked=(AskedQuestion("cost", True), AskedQuestion("duration", False)),
    reasons=(ReviewReason.UNSURE, ReviewReason.UNANSWERED),
    milliseconds=41.5,
    model="kakaritsuke-fedcba9876543210",
)


def keep(store: Database, conversation: str = "web-a", **more: Any) -> int:
    """A turn with all that a turn can have, or as told; `message_id` follows from its time and words."""
    record = replace(TURN, conversation=conversation, **more)
    return TurnRecords(store).keep(replace(record, message_id=f"{record.at} {record.words}"))


def keep_many(store: Database, turns: int, conversation: str = "web-a") -> None:
    """A conversation of so many turns, a minute apart, the last of them now, all of other words."""
    for number in range(1, turns + 1):
        keep(store, conversation, words=f"融資の話の{number}番目", at=NOW - 60.0 * (turns - number))
