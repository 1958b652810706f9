"""On the website, the farewell carries two quiet buttons, and a press is thanked."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.web.chat import Chat


async def test_whether_it_was_of_use_is_said_with_one_press_below_the_farewell(chat_with_bot: Chat) -> None:
    await chat_with_bot.say("銀行からお金を借りたい")
    await chat_with_bot.say("福島県です")
    await chat_with_bot.press("ここまでで大丈夫")
    await expect(chat_with_bot.choices.get_by_role("button")).to_have_text(["役に立った", "役に立たなかった"])
    await chat_with_bot.press("役に立たなかった")
    await expect(chat_with_bot.element).to_contain_text("よろしければ、足りなかったところを")
    await expect(chat_with_bot.choices).to_have_class(re.compile("frozen"))
