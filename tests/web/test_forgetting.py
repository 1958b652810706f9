"""The button that has the records deleted, in a real browser: asked once, then gone from every open page."""

from __future__ import annotations

from playwright.async_api import BrowserContext, Page, expect

from tests.web.chat import Chat
from tests.web.conftest import RealBot
from tests.web.scripted_server import ScriptedServer

FORGET = "記録を消したい"
GONE = "記録は、すべて消しました。"
SAID = "元請けから単価を下げろと言われた"


async def ask_to_forget(chat: Chat) -> None:
    await chat.tool("ご注意")
    await chat.answered_after(lambda: chat.button(FORGET).click())


async def test_nothing_is_offered_for_deletion_before_anything_was_said(page: Page, real_bot: RealBot) -> None:
    await page.goto(real_bot.address)
    chat = Chat(page)
    await chat.launcher.click()
    await expect(chat.button("わかりました。相談をはじめる")).to_be_visible()
    await expect(chat.button(FORGET)).to_have_count(0)


async def test_a_press_asks_back_and_a_no_keeps_everything(chat_with_bot: Chat) -> None:
    await chat_with_bot.say(SAID)
    await ask_to_forget(chat_with_bot)
    await expect(chat_with_bot.log).to_contain_text("元には戻せません")
    await chat_with_bot.press("いいえ、残します")
    await expect(chat_with_bot.log).to_contain_text(SAID)


async def test_a_yes_takes_everything_off_the_screen_and_begins_anew(chat_with_bot: Chat, page: Page) -> None:
    await chat_with_bot.say(SAID)
    await ask_to_forget(chat_with_bot)
    await chat_with_bot.choices.get_by_role("button", name="はい、消します", exact=True).click()
    await expect(chat_with_bot.log).to_contain_text(GONE)
    await expect(chat_with_bot.choices).to_contain_text("会社やお店を引き継ぎたい")
    await expect(chat_with_bot.element.get_by_text(SAID)).to_have_count(0)
    await page.reload()
    await expect(chat_with_bot.choices).to_contain_text("会社やお店を引き継ぎたい")
    await expect(chat_with_bot.element.get_by_text(SAID)).to_have_count(0)
    await chat_with_bot.say("商標を取りたい")


async def test_another_open_page_loses_it_as_well(
    context: BrowserContext, chat_with_bot: Chat, real_bot: RealBot
) -> None:
    await chat_with_bot.say(SAID)
    other_page = await context.new_page()
    await other_page.goto(real_bot.address)
    other = Chat(other_page)
    await other.launcher.click()
    await expect(other.element.get_by_text(SAID, exact=True)).to_be_visible()
    await ask_to_forget(chat_with_bot)
    await chat_with_bot.choices.get_by_role("button", name="はい、消します", exact=True).click()
    await expect(other.element.get_by_text(SAID)).to_have_count(0)
    await expect(other.choices).to_contain_text("会社やお店を引き継ぎたい")


async def test_a_page_that_missed_it_learns_of_it_when_it_writes(chat: Chat, scripted: ScriptedServer) -> None:
    await chat.say("商標のこと")
    scripted.refuse(410, "forgotten")
    await chat.write("もう一つあります")
    await expect(chat.log).to_contain_text(GONE)
    await expect(chat.choices).to_be_visible()
    await expect(chat.element.get_by_text("商標のこと").filter(visible=True)).to_have_count(1)  # the choice on offer
    assert "もう一つあります" not in await chat.texts()
    assert len(scripted.sessions) == 2


async def test_the_button_can_be_read_and_pressed_on_a_phone(phone: BrowserContext, real_bot: RealBot) -> None:
    page = await phone.new_page()
    await page.goto(real_bot.address)
    chat = await Chat(page).begin()
    await chat.tool("ご注意")
    box = await chat.button(FORGET).bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
