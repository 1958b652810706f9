"""Whole consultations with the real bot in a real browser, and what comes between: reloads, restarts, no network."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.web.chat import Chat
from tests.web.conftest import RealBot

pytestmark = pytest.mark.long

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
KEEP_PICTURES = "KAKARITSUKE_PICTURES"


async def road(chat: Chat) -> str:
    """The text of the newest road picture."""
    await expect(chat.road.last).to_be_visible(timeout=30_000)
    return await chat.road.last.locator("desc").text_content() or ""


async def test_an_owner_whose_price_was_cut_is_told_whom_to_see(chat_with_bot: Chat) -> None:
    await chat_with_bot.say("元請けから単価を下げろと言われた")
    await chat_with_bot.say("福島県")
    assert (await road(chat_with_bot)).startswith("まず、商工会議所")
    assert "取引かけこみ寺" in await road(chat_with_bot)


async def test_the_greeting_does_not_say_the_notice_again(chat_with_bot: Chat) -> None:
    assert (await chat_with_bot.texts())[0] == "こんにちは。どこに相談するとよいかを、ご案内します。"


async def test_an_owner_who_hands_over_to_a_son_is_told_whom_to_see(chat_with_bot: Chat) -> None:
    await chat_with_bot.say("息子に会社を継がせたいが、贈与税が心配です")
    await chat_with_bot.say("東京都")
    assert "税理士" in await road(chat_with_bot)


async def test_an_owner_with_a_trade_mark_gets_there_by_pressing_alone(chat_with_bot: Chat) -> None:
    await chat_with_bot.button("ほかも見る（全部で10個）").click()
    picked = chat_with_bot.picker.get_by_role("button", name="商標・特許・まねの心配")
    await chat_with_bot.answered_after(picked.click)
    for _ in range(3):
        if await chat_with_bot.road.count():
            break
        await chat_with_bot.answered_after(lambda: chat_with_bot.choices.get_by_role("button").first.click())
    assert "知財総合支援窓口" in await road(chat_with_bot)


async def test_an_owner_in_despair_finds_a_number_to_call(chat_with_bot: Chat) -> None:
    await chat_with_bot.say("もう死にたい")
    await expect(chat_with_bot.element.get_by_role("link", name="119")).to_be_in_viewport()
    await expect(chat_with_bot.element.get_by_role("link", name="0120-279-338")).to_be_attached()


async def test_an_owner_who_asks_for_a_person_is_told_where_one_is(chat_with_bot: Chat) -> None:
    await chat_with_bot.answered_after(chat_with_bot.button("人に相談する").click)
    await expect(chat_with_bot.log).to_contain_text("人がお話をうかがう窓口")


async def test_an_owner_who_presses_that_they_are_in_distress_finds_a_number_to_call(chat_with_bot: Chat) -> None:
    await chat_with_bot.answered_after(chat_with_bot.button("つらいとき").click)
    await expect(chat_with_bot.element.get_by_role("link", name="119")).to_be_attached()
    await expect(chat_with_bot.element.get_by_role("link", name="110")).to_be_attached()


async def test_a_reload_in_the_middle_of_a_question_keeps_it_open(chat_with_bot: Chat, page: Page) -> None:
    await chat_with_bot.say("元請けから単価を下げろと言われた")
    before = await chat_with_bot.texts()
    await page.reload()
    await expect(chat_with_bot.messages).to_have_count(len(before))
    assert await chat_with_bot.texts() == before
    await chat_with_bot.say("福島県")
    assert "商工会議所" in await road(chat_with_bot)


async def test_ten_seconds_without_a_network_lose_nothing(chat_with_bot: Chat, page: Page) -> None:
    await chat_with_bot.say("元請けから単価を下げろと言われた")
    await page.context.set_offline(True)
    await chat_with_bot.write("福島県")
    await expect(chat_with_bot.bar).to_contain_text("つながっていません")
    await expect(chat_with_bot.element.get_by_text("つながりしだい、お送りします。")).to_be_visible()
    await asyncio.sleep(10)
    await page.context.set_offline(False)
    await expect(chat_with_bot.bar).to_have_text("つながりました。")
    assert "商工会議所" in await road(chat_with_bot)
    assert (await chat_with_bot.texts()).count("福島県") == 1


async def test_two_tabs_show_the_same_consultation(
    context: BrowserContext, chat_with_bot: Chat, real_bot: RealBot
) -> None:
    other_page = await context.new_page()
    await other_page.goto(real_bot.address)
    other = Chat(other_page)
    await other.launcher.click()
    await expect(other.choices).to_be_visible()
    await chat_with_bot.say("元請けから単価を下げろと言われた")
    await expect(other.log).to_contain_text("元請けから単価を下げろと言われた")
    await other.say("福島県")
    assert "商工会議所" in await road(chat_with_bot)
    assert await chat_with_bot.texts() == await other.texts()


async def test_a_page_of_another_origin_with_a_strict_csp_holds_a_consultation(page: Page, strict_page: str) -> None:
    said = []
    page.on("console", lambda line: said.append(line.text) if line.type in ("error", "warning") else None)
    await page.goto(strict_page)
    chat = await Chat(page).begin()
    await chat.say("元請けから単価を下げろと言われた")
    await chat.say("福島県")
    assert "商工会議所" in await road(chat)
    colour = await chat.launcher.evaluate("e => getComputedStyle(e).backgroundColor")
    assert (said, colour) == ([], "rgb(30, 91, 71)")


@pytest.mark.parametrize("width, height", [(320, 640), (1280, 800)])
async def test_the_page_and_the_chat_fit_the_screen(
    browser: Browser, real_bot: RealBot, width: int, height: int
) -> None:
    """With KAKARITSUKE_PICTURES set, the pictures in docs/pictures are taken anew."""
    small = width < 640
    size = {"width": width, "height": height}
    context = await browser.new_context(viewport=size, has_touch=small, is_mobile=small, locale="ja-JP")
    page = await context.new_page()

    async def fits(name: str) -> None:
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        picture = await page.screenshot(animations="disabled")
        if os.environ.get(KEEP_PICTURES):
            (PICTURES / f"web-{width}-{name}.png").write_bytes(picture)

    await page.goto(real_bot.address)
    chat = Chat(page)
    await expect(chat.launcher).to_be_visible()
    await fits("page")
    await chat.launcher.click()
    await fits("notice")
    await chat.button("わかりました。相談をはじめる").click()
    await expect(chat.choices).to_be_visible()
    await fits("choices")
    await chat.say("元請けから単価を下げろと言われた")
    await chat.say("福島県")
    await fits("road")
    await chat.say("もう死にたい")
    await fits("help")
    await context.close()


async def test_a_restart_of_the_server_in_the_middle_of_a_question_goes_unharmed(
    chat_with_bot: Chat, real_bot: RealBot
) -> None:
    await chat_with_bot.say("元請けから単価を下げろと言われた")
    await asyncio.to_thread(real_bot.stop)
    await chat_with_bot.write("福島県")
    await expect(chat_with_bot.bar).to_contain_text("つながっていません")
    await asyncio.to_thread(real_bot.start)
    await expect(chat_with_bot.bar).not_to_contain_text("つながっていません", timeout=60_000)
    assert "商工会議所" in await road(chat_with_bot)
    assert (await chat_with_bot.texts()).count("福島県") == 1
