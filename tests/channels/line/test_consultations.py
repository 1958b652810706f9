"""Whole consultations on LINE with the real bot: by words, by press, and by number as on a computer."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import AsyncIterator

import pytest
from rasa.core.agent import Agent

from bot.frame.recording import recorder
from bot.frame.turns import RasaTurns
from bot.store import Chat, Ratings
from tests.channels.line.conftest import LineDesk, served
from tests.conftest import free_port, start_server, wait_until_ready
from tests.fakes.line import BOT, SECRET, TOKEN, FakeLine, Sent, quick_replies, text, user, words_of


@pytest.fixture
async def desk(bot: Agent, line: FakeLine, tmp_path: Path) -> AsyncIterator[LineDesk]:
    async with served(line, tmp_path / "store.sqlite", RasaTurns(bot, "line")) as desk:
        yield desk
    assert line.refusals == []


def card_of(sent: Sent) -> str:
    """What the card of an answer says in short."""
    return next(message["altText"] for message in sent.messages if message["type"] == "flex")


async def test_succession_by_words_ends_at_a_tax_accountant(desk: LineDesk) -> None:
    asked = await desk.say("息子に株を渡すときの贈与税が心配です")
    assert "都道府県" in words_of(asked.messages)
    told = await desk.say("鳥取です")
    assert "税理士" in card_of(told)
    assert "ほかにも" in words_of(told.messages)


async def test_money_by_press_ends_at_a_bank_or_the_public_lender(desk: LineDesk) -> None:
    greeted = await desk.send("follow", user("hanako"), follow={"isUnblocked": False})
    asked = await desk.press("資金繰り・借り入れや返済", greeted)
    asked = await desk.press("お金を借りたい", asked)
    place = {"type": "location", "id": "1", "address": "日本、〒960-8031 福島県福島市栄町1-1"}
    told = await desk.send("message", user("hanako"), message={**place, "latitude": 37.7, "longitude": 140.4})
    assert "日本政策金融公庫" in card_of(told)
    offered = {action["label"] for action in quick_replies(told.messages)}
    assert offered == {"ほかにも相談したい", "相談シートを作る", "ここまでで大丈夫"}


async def test_a_trade_mark_by_numbers_ends_at_the_desk_for_it(desk: LineDesk) -> None:
    greeted = await desk.say("こんにちは")
    assert "5. 商標・特許・まねの心配" in words_of(greeted.messages)
    asked = await desk.say("５")
    while "都道府県" not in words_of(asked.messages):
        asked = await desk.say("1")
    assert "INPIT" in card_of(await desk.say("福井県"))


async def test_distress_is_met_with_numbers_that_can_be_pressed(desk: LineDesk) -> None:
    said = await desk.say("もう死にたいです")
    pressed = await desk.send("postback", user("taro"), postback={"data": '{"menu":"distress"}'})
    assert "0120-279-338" in card_of(said)
    assert "0120-279-338" in card_of(pressed)


async def test_a_field_of_the_menu_for_people_names_people(desk: LineDesk) -> None:
    assert "商工会議所" in card_of(await desk.send("postback", user("hanako"), postback={"data": '{"menu":"human"}'}))


async def test_the_menus_way_of_use_says_what_the_bot_is(desk: LineDesk) -> None:
    said = await desk.send("postback", user("hanako"), postback={"data": '{"menu":"usage"}'})
    assert "自動でお答えしています" in words_of(said.messages)


async def test_the_bot_as_it_is_run_answers_on_line(
    model: Path, line: FakeLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("KAKARITSUKE_LINE_SECRET", SECRET)
    monkeypatch.setenv("KAKARITSUKE_LINE_TOKEN", TOKEN)
    monkeypatch.setenv("KAKARITSUKE_LINE_API", line.url)
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))
    process = start_server("--port", str(port))
    try:
        await asyncio.to_thread(wait_until_ready, process)
        line.webhook = f"http://127.0.0.1:{port}/webhooks/line/webhook"
        await line.deliver_until_taken()
        await line.deliver_until_taken(line.event("message", user("hanako"), message=text("商標を取りたい")))
        await line.wait_for(lambda: len(line.to(user("hanako")["userId"])) == 1)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 30) == 0
    assert "都道府県" in words_of(line.to(user("hanako")["userId"])[0].messages)


async def test_the_records_are_deleted_by_words_and_the_chat_begins_anew(
    desk: LineDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))
    owner = user("hanako")
    await desk.say("zqxjvkwの商標を取りたいです", owner)
    before = desk.chats.conversation(Chat(BOT, owner["userId"]))
    asked = await desk.say("記録を消してほしい", owner)
    assert "アプリ" in words_of(asked.messages)
    told = await desk.press("はい、消します", asked, owner)
    assert "すべて消しました" in words_of(told.messages)
    await desk.settled()
    assert desk.chats.of(before) is None
    assert [path.name for path in tmp_path.rglob("*") if path.is_file() and b"zqxjvkw" in path.read_bytes()] == []
    await desk.say("商標を取りたい", owner)
    assert desk.chats.conversation(Chat(BOT, owner["userId"])) != before


async def test_whether_it_was_of_use_is_said_by_one_press_below_the_farewell_and_kept(
    desk: LineDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))
    owner = user("hanako")
    await desk.say("銀行からお金を借りたい", owner)
    told = await desk.say("福島県です", owner)
    farewell = await desk.press("ここまでで大丈夫", told, owner)
    assert [action["label"] for action in quick_replies(farewell.messages)] == ["役に立った", "役に立たなかった"]
    recorder().finish()
    thanked = await desk.press("役に立たなかった", farewell, owner)
    assert "よろしければ、足りなかったところを" in words_of(thanked.messages)
    kept = Ratings(desk.store).of(desk.chats.conversation(Chat(BOT, owner["userId"])))
    assert kept is not None and not kept.useful
