"""A console with a record of turns, a small copy of the training data, and a model that reads what a test says."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, AsyncIterator, Dict, List, Optional, Sequence, Tuple

import pytest
from sanic import Sanic

from bot.console.blueprint import staff_console
from bot.console.reader import ReadNow
from bot.messages import Choice, Choices, Message
from bot.review import ReviewReason
from bot.store import (
    HeardMove,
    ProposedMove,
    Reviews,
    Spoken,
    StateAfter,
    Stood,
    TurnRecord,
    TurnRecords,
    WhatWasHeard,
)
from tests.conftest import ROOT, free_port
from tests.console.conftest import Clock, Desk, Visitors
from tests.store.patience import opened

PREFECTURE = Stood("prefecture", ("言わずに進む",), "資金繰り", "lending")
OPEN = Stood("open")
ASKS_WHERE = "お店や会社は、どちらの都道府県にありますか。"
_ROWS_KEPT = 40  # of each file: the real ones take half a second each to be read


class ScriptedModel:
    """Reads and compares as a test says; of names it knows what a test calls so."""

    def __init__(self) -> None:
        self.reads: Dict[str, ReadNow] = {}
        self.like: Dict[str, float] = {}
        self.names: Tuple[str, ...] = ()

    async def read(self, words: str, stood: Stood) -> Optional[ReadNow]:
        return self.reads.get(words, ReadNow((), "greet"))

    async def likeness(self, words: str, others: Sequence[str]) -> Tuple[float, ...]:
        return tuple(self.like.get(other, 0.0) for other in others)

    async def names_in(self, words: str) -> Tuple[str, ...]:
        return tuple(name for name in self.names if name in words)


def small_copy(to: Path) -> Path:
    """The beginning of every file of the training data, as it is."""
    for file in (ROOT / "data" / "turns").glob("*.yml"):
        blocks = file.read_text(encoding="utf-8").split("\n- voice")
        _write(to / "turns" / file.name, "\n- voice".join(blocks[: _ROWS_KEPT + 1]).rstrip("\n") + "\n")
    for file in (ROOT / "data" / "nlu").glob("*.yml"):
        _write(to / "nlu" / file.name, _few_examples(file.read_text(encoding="utf-8").split("\n")))
    return to


def _few_examples(lines: List[str]) -> str:
    kept, in_section = [], 0
    for line in lines:
        in_section = in_section + 1 if line.startswith("    - ") else 0
        if in_section <= 5:
            kept.append(line)
    return "\n".join(kept)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")


@pytest.fixture
def model() -> ScriptedModel:
    return ScriptedModel()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return small_copy(tmp_path / "data")


@pytest.fixture
async def desk(
    store_address: str, model: ScriptedModel, data: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    """A console whose review writes into the copy."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", address)
    store, clock, visitors = opened(store_address), Clock(), Visitors()
    app = Sanic(f"console_{uuid.uuid4().hex}", configure_logging=False)
    app.blueprint(staff_console(store, visitors, clock=clock, reader=model, data=data))
    server = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True, access_log=False)
    await server.startup()
    yield Desk(address, app, store, clock, visitors)
    server.close()
    await server.wait_closed()


@pytest.fixture
def reviews(desk: Desk) -> Reviews:
    return Reviews(desk.store, desk.clock)


def said(
    desk: Desk,
    words: str,
    conversation: str = "web-1",
    stood: Optional[Stood] = PREFECTURE,
    reasons: Tuple[ReviewReason, ...] = (ReviewReason.UNSURE,),
    **more: Any,
) -> int:
    """A message that stood so, behind a turn in which the bot asked for the place. Returns its number."""
    records = TurnRecords(desk.store)
    at = desk.clock.now
    choices = Choices(tuple(Choice(f"c.{label}", label) for label in (stood.offered if stood else ())))
    asked = Spoken("utter_ask_prefecture", Message(ASKS_WHERE, choices if choices.choices else None))
    records.keep(
        TurnRecord(conversation, "web", f"{conversation} {at} before", at - 1, "お金が足りない", said=(asked,))
    )
    heard = WhatWasHeard((HeardMove("does_not_know", 0.4),), ranking=(("資金繰り", 0.5), ("創業", 0.2)), stood=stood)
    answer = Spoken("utter_which_prefecture", Message("すみません、都道府県を教えてください。"))
    record = TurnRecord(conversation, "web", f"{conversation} {at}", at, words, heard=heard, said=(answer,))
    after = StateAfter(question="prefecture", issue="資金繰り")
    kept = {"after": after, "reasons": reasons, **more}
    return records.keep(TurnRecord(**{**record.__dict__, **kept}))


def problem(issue: str, sub_issue: str = "") -> ProposedMove:
    """A worry."""
    return ProposedMove("problem", (("issue", issue), *((("sub_issue", sub_issue),) if sub_issue else ())))
