"""A console with a bot that says what a test expects of it, and written conversations in a folder of the test."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any, AsyncIterator, Dict, List, Mapping, Optional, Sequence, Tuple

import pytest
from sanic import Sanic

from bot.console.blueprint import staff_console
from bot.console.engine import Difference, HeldTurn, Judged
from bot.messages import BACK_TO_BOT, PERSON, Choice, Choices, Message
from bot.store import (
    HeardMove,
    Sent,
    Spoken,
    StateAfter,
    TurnRecord,
    WhatDecided,
    WhatWasHeard,
)
from tests.conftest import free_port
from tests.console.conftest import Clock, Desk, Visitors
from tests.console.learning_desk import ScriptedLearner
from tests.console.review_desk import ScriptedModel
from tests.store.patience import opened

OFFERED_BESIDE = (Choice("anything_else.done", "ここまでで大丈夫"),)
OFFERED = (Choice("prefecture.skip", "言わずに進む"), Choice("prefecture.again", "もう一度"))
FILE = """# はじめの注
- title: ひとつめ
  say:
  - owner: こんにちは
  - bot_asks: prefecture

- title: ふたつめ
  say:
  - owner: 返済が苦しい
  - bot_asks: issue
    bot_mentions: 青森
"""
STORY = """version: "3.1"
stories:
- story: ものがたり
  steps:
  - user: こんにちは
  - action: utter_greet
"""


class ScriptedBot:
    """Repeats what it hears, and asks where that is; `raises` instead where a test says so.

    Conversations go as written but that no `bot_asks` is ever `issue` and nobody speaks of 青森. Another model hears
    and says the same, but for what a test has it hear `otherwise`; it is never as sure.
    """

    def __init__(self) -> None:
        self.raises: Optional[Exception] = None
        self.played: List[Tuple[Sent, ...]] = []
        self.paused = False
        self.story: Optional[str] = None
        self.otherwise: Tuple[str, ...] = ()
        self.raises_beside: Optional[Exception] = None

    @property
    def at_any_time(self) -> Tuple[Choice, ...]:
        return (Choice(PERSON, "人に相談する"), Choice(BACK_TO_BOT, "ボットに戻る"))

    async def play(self, sent: Sequence[Sent], model: Optional[str] = None) -> Tuple[TurnRecord, ...]:
        raises = self.raises if model is None else self.raises_beside
        if raises is not None:
            raise raises
        self.played.append(tuple(sent))
        turns = tuple(self._turn(number, one) for number, one in enumerate(sent, start=1))
        return turns if model is None else tuple(self._of_another(turn, model) for turn in turns)

    async def judge(self, title: str, lines: Sequence[Mapping[str, Any]]) -> Judged:
        if self.raises is not None:
            raise self.raises
        turns = tuple(HeldTurn(str(line["owner"]), ("go_on",), "どちらですか") for line in lines if "owner" in line)
        now: Dict[Tuple[str, str], Any] = {("bot_asks", "issue"): "prefecture", ("bot_mentions", "青森"): None}
        found = (
            Difference(at, key, value, now[key, value], "it differs", key == "bot_mentions")
            for at, line in enumerate(lines)
            for key, value in line.items()
            if isinstance(value, str) and (key, value) in now
        )
        return Judged(turns, tuple(found))

    async def story_goes(self, text: str) -> Optional[str]:
        return self.story

    def _of_another(self, turn: TurnRecord, model: str) -> TurnRecord:
        [move] = turn.heard.moves if turn.heard is not None else ()
        less_sure = WhatWasHeard((replace(move, confidence=0.51),))
        if turn.words not in self.otherwise:
            return replace(turn, heard=less_sure, model=model)
        said = Spoken("utter_thank", Message("お役に立てて、なによりです。", Choices(OFFERED_BESIDE)))
        return replace(
            turn,
            heard=WhatWasHeard((HeardMove("thanks", 0.9),)),
            decided=WhatDecided(("return_courtesies",)),
            said=(said,),
            model=model,
        )

    def _turn(self, number: int, sent: Sent) -> TurnRecord:
        said = Spoken("utter_ask_prefecture", Message(f"「{sent.text}」ですね。どちらですか。", Choices(OFFERED)))
        return TurnRecord(
            conversation="trial",
            channel="trial",
            message_id=str(number),
            at=0.0,
            words=sent.text,
            pressed=sent.pressed,
            heard=WhatWasHeard((HeardMove("problem", 0.87, (("issue", "資金繰り"),)),)),
            decided=WhatDecided(("take_in",)),
            said=(said,),
            after=StateAfter("資金繰り", None, None, "prefecture", self.paused),
            milliseconds=12.0,
            model="kakaritsuke-0",
            number=number,
        )


@pytest.fixture
def scripted() -> ScriptedBot:
    return ScriptedBot()


@pytest.fixture
def learner() -> ScriptedLearner:
    return ScriptedLearner()


@pytest.fixture
def names() -> ScriptedModel:
    return ScriptedModel()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The repository of the test: tests/dialogues and data/stories below it."""
    for path, text in (("tests/dialogues/会話.yml", FILE), ("data/stories/会話.yml", STORY)):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
async def desk(
    store_address: str,
    scripted: ScriptedBot,
    learner: ScriptedLearner,
    names: ScriptedModel,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Desk]:
    """A console where the bot can be tried out."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", address)
    store, clock, visitors = opened(store_address), Clock(), Visitors()
    app = Sanic(f"console_{uuid.uuid4().hex}", configure_logging=False)
    handed = {"reader": names, "data": folder / "data", "engine": scripted, "dialogues": folder / "tests" / "dialogues"}
    app.blueprint(staff_console(store, visitors, clock=clock, learner=learner, **handed))
    server = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True, access_log=False)
    await server.startup()
    yield Desk(address, app, store, clock, visitors)
    server.close()
    await server.wait_closed()
