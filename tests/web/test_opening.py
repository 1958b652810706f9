"""On opening: what one can ask about is in sight, all of it one press away at any time; the desk can be called."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.web.widget import Telephone
from tests.web.chat import Chat
from tests.web.scripted_server import AT_HAND, TOPICS, ScriptedServer, choices, message

SIZES = [(320, 640), (390, 844), (768, 1024), (1280, 800), (1366, 768)]
GREETING = [
    message("こんにちは。どこに相談するとよいかを、ご案内します。"),
    message("どんなことでお困りですか。ご自分の言葉で書いてください。次から選んでもかまいません。", choices(*TOPICS)),
]


@pytest.fixture
async def greeted(page: Page, scripted: ScriptedServer) -> Chat:
    """A conversation whose greeting offers all that one can ask about."""
    scripted.greeting = GREETING
    await page.goto(scripted.address)
    return await Chat(page).begin()


@pytest.mark.parametrize("width, height", SIZES)
async def test_the_greeting_and_its_examples_are_in_sight_at_once(
    browser: Browser, scripted: ScriptedServer, width: int, height: int
) -> None:
    scripted.greeting = GREETING
    small = width < 640
    context = await browser.new_context(
        viewport={"width": width, "height": height}, has_touch=small, is_mobile=small, locale="ja-JP"
    )
    page = await context.new_page()
    await page.goto(scripted.address)
    chat = await Chat(page).begin()
    await expect(chat.element.get_by_text("こんにちは。")).to_be_in_viewport(ratio=1)
    for button in await chat.choices.get_by_role("button").all():
        await expect(button).to_be_in_viewport(ratio=1)
    await expect(chat.button("つづきを見る")).to_be_hidden()
    await context.close()


async def test_three_examples_are_shown_and_a_way_to_all(greeted: Chat) -> None:
    await expect(greeted.choices.get_by_role("button")).to_have_text([*TOPICS[:3], "ほかも見る（全部で6個）"])


async def test_the_way_to_all_shows_all_and_a_press_says_one(greeted: Chat, scripted: ScriptedServer) -> None:
    await greeted.button("ほかも見る（全部で6個）").click()
    await expect(greeted.picker.get_by_role("button")).to_have_text([*TOPICS, "相談にもどる"])
    await greeted.answered_after(greeted.picker.get_by_role("button", name="わからない").click)
    await expect(greeted.picker).to_be_hidden()
    assert scripted.received[0]["choice"] == "id.わからない"


async def test_later_all_that_can_be_asked_about_is_one_press_away(greeted: Chat, scripted: ScriptedServer) -> None:
    await greeted.say("商標のこと")
    await greeted.button("相談の例").click()
    await greeted.answered_after(greeted.picker.get_by_role("button", name="値段のこと").click)
    assert scripted.received[-1]["choice"] == "id.値段のこと"


async def test_esc_folds_what_is_unfolded_before_it_closes_the_chat(greeted: Chat, page: Page) -> None:
    await greeted.button("相談の例").click()
    await page.keyboard.press("Escape")
    await expect(greeted.picker).to_be_hidden()
    await expect(greeted.button("相談の例")).to_be_focused()
    await expect(greeted.panel).to_be_visible()


async def test_the_menu_folds_when_something_else_is_pressed(chat: Chat) -> None:
    await chat.button("メニュー").click()
    await expect(chat.button("印刷")).to_be_visible()
    await chat.field.click()
    await expect(chat.button("印刷")).to_be_hidden()


async def test_a_press_in_the_menu_of_a_phone_goes_back_to_the_conversation_with_esc(
    phone: BrowserContext, scripted: ScriptedServer
) -> None:
    page = await phone.new_page()
    await page.goto(scripted.address)
    chat = await Chat(page).begin()
    await chat.button("メニュー").click()
    await page.keyboard.press("Escape")
    await expect(chat.button("印刷")).to_be_hidden()
    await expect(chat.panel).to_be_visible()


async def test_the_notice_says_by_examples_what_one_can_ask_about(page: Page, scripted: ScriptedServer) -> None:
    await page.goto(scripted.address)
    chat = Chat(page)
    await chat.launcher.click()
    await expect(
        chat.element.get_by_text("たとえば、「商標のこと」「お金のこと」「人手のこと」などです。")
    ).to_be_visible()


async def test_the_desk_of_the_operator_can_be_called_from_the_head_of_the_chat(
    page: Page, scripted: ScriptedServer
) -> None:
    scripted.at_hand = replace(AT_HAND, telephone=Telephone("0000-00-0000", "経営相談室", "平日9時から17時"))
    await page.goto(scripted.address)
    chat = await Chat(page).begin()
    await expect(chat.element.get_by_role("link", name="電話 経営相談室 0000-00-0000")).to_have_attribute(
        "href", "tel:0000-00-0000"
    )
    await chat.tool("ご注意")
    await expect(chat.element.get_by_text("経営相談室 0000-00-0000（平日9時から17時）")).to_be_visible()


async def test_without_a_desk_nobody_is_to_be_called(chat: Chat) -> None:
    await expect(chat.element.locator("header a")).to_have_count(0)
