"""The log names neither an owner's id at LINE nor a word of theirs, whatever fails."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from typing import AsyncIterator

import pytest

from bot.channels.line import client as client_module
from bot.channels.line.client import LineClient, LineRefusedError
from bot.channels.line.settings import LineSettings
from bot.frame.turns import Said
from tests.channels.line.conftest import QUICK, QUICK_CLIENT, LineDesk, SaidTurns, served
from tests.conftest import free_port
from tests.fakes.line import SECRET, TOKEN, FakeLine, Json, text, user

HANAKO = user("hanako")
ID = HANAKO["userId"]
WORDS = "株を譲りたい"
# Given up before the third attempt, at which an owner is told of the failure instead.
GIVES_UP_SOON = replace(QUICK, delivery=replace(QUICK.delivery, retry_delays_s=(0.02,)))


@pytest.fixture
async def desk(line: FakeLine, tmp_path: Path, turns: SaidTurns) -> AsyncIterator[LineDesk]:
    """The channel, which tries twice."""
    async with served(line, tmp_path / "store.sqlite", turns, times=GIVES_UP_SOON) as desk:
        yield desk


def picture(number: int) -> Json:
    together = {"id": "set", "index": number, "total": 2}
    return {"type": "image", "id": f"{number}", "contentProvider": {"type": "line"}, "imageSet": together}


async def until(caplog: pytest.LogCaptureFixture, words: str, times: int) -> None:
    for _ in range(300):
        if caplog.text.count(words) >= times:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(caplog.text)


async def everything_happens(desk: LineDesk) -> int:
    """Events of all kinds that are answered. Returns how many answers that makes."""
    line = desk.line
    line.checked = False  # shapes do not matter here
    for content in (text(WORDS), picture(1), picture(2), {"type": "location", "id": "9", "address": WORDS}):
        await line.deliver_until_taken(line.event("message", HANAKO, message=content))
    await line.deliver_until_taken(line.event("follow", HANAKO), line.event("postback", HANAKO, postback={"data": "x"}))
    return 5


async def test_where_line_is_down(
    line: FakeLine, tmp_path: Path, turns: SaidTurns, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    client = LineClient(LineSettings(SECRET, TOKEN, nobody, nobody), QUICK_CLIENT)
    async with served(line, tmp_path / "store", turns, client, GIVES_UP_SOON) as desk:
        with caplog.at_level(logging.DEBUG):
            answers = await everything_happens(desk)
            await until(caplog, "is given up", answers)
    assert "no connection" in caplog.text
    assert ID not in caplog.text and WORDS not in caplog.text


async def test_where_a_turn_fails_on_what_was_said(
    desk: LineDesk, turns: SaidTurns, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(said: Said) -> None:
        raise ValueError(f"{said.text} of {ID}")

    turns.before = fail
    with caplog.at_level(logging.DEBUG):
        await desk.line.deliver_until_taken(desk.line.event("message", HANAKO, message=text(WORDS)))
        await until(caplog, "is given up", 1)
    assert "ValueError" in caplog.text
    assert ID not in caplog.text and WORDS not in caplog.text


async def test_where_line_says_whom_it_could_not_reach() -> None:
    answer = client_module._Answer(400, {}, f'{{"message": "no user {ID}"}}'.encode())
    refused: LineRefusedError = answer.refusal("POST", "/v2/bot/message/push")
    assert "no user (a chat)" in str(refused)


async def test_where_the_store_fails_on_what_it_was_to_keep(desk: LineDesk, caplog: pytest.LogCaptureFixture) -> None:
    """SQLAlchemy quotes the values of a statement that fails, unless it is told not to."""
    with desk.store.writing() as store:
        store.exec_driver_sql("DROP TABLE inbox")
    with caplog.at_level(logging.DEBUG):
        await desk.line.deliver(desk.line.event("message", HANAKO, message=text(WORDS)))
        await until(caplog, "wait for the store", 1)
    assert "no such table" in caplog.text
    assert ID not in caplog.text and WORDS not in caplog.text
