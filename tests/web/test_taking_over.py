"""The chat while a person of the staff has the conversation: who it is, and one press back to the bot."""

from __future__ import annotations

from typing import Any, Dict

from playwright.async_api import expect

from tests.web.chat import Chat
from tests.web.scripted_server import ScriptedServer, message

CAME, WENT = "担当者の花子が、お話を読みました。", "担当者の花子のお返事は、ここまでです。"


def by_staff(text: str) -> Dict[str, Any]:
    return {**message(text), "from": "staff"}


def person(text: str, here: bool) -> Dict[str, Any]:
    return {**by_staff(text), "part": {"type": "person", "here": here, "name": "花子"}}


async def test_the_button_back_to_the_bot_is_there_while_a_person_is(chat: Chat, scripted: ScriptedServer) -> None:
    await expect(chat.button("ボットに戻る")).to_be_hidden()
    await scripted.conversation.add(person(CAME, True))
    await expect(chat.button("ボットに戻る")).to_be_visible()
    await expect(chat.button("人に相談する")).to_be_hidden()
    await scripted.conversation.add(by_staff("いつからですか。"))
    await expect(chat.element.locator(".message.staff .who").last).to_have_text("担当者 花子")
    await scripted.conversation.add(person(WENT, False))
    await expect(chat.button("ボットに戻る")).to_be_hidden()
    await expect(chat.button("人に相談する")).to_be_visible()
    assert (await chat.texts())[-3:] == [CAME, "いつからですか。", WENT]


async def test_a_press_asks_for_the_bot_by_its_id(chat: Chat, scripted: ScriptedServer) -> None:
    await scripted.conversation.add(person(CAME, True))
    await chat.button("ボットに戻る").click()
    await expect(chat.element.locator(".message.owner").last).to_contain_text("ボットに戻る")
    assert scripted.received[-1]["choice"] == "talk.bot"


async def test_a_page_that_is_loaded_again_knows_who_is_there(chat: Chat, scripted: ScriptedServer) -> None:
    await scripted.conversation.add(person(CAME, True))
    await scripted.conversation.add(by_staff("いつからですか。"))
    await expect(chat.button("ボットに戻る")).to_be_visible()
    await chat.page.reload()
    again = Chat(chat.page)
    await expect(again.button("ボットに戻る")).to_be_visible()
    await expect(again.element.locator(".message.staff .who").last).to_have_text("担当者 花子")
