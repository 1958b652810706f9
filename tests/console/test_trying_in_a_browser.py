"""Staff tries the bot out with a browser: by keys alone, on every screen, and markup never runs."""

from __future__ import annotations

import os
from typing import Any, AsyncIterator, List

import pytest
from playwright.async_api import Browser, Page, expect

from bot.console.engine import BusyEngineError
from bot.store import Role
from tests.console.conftest import Desk
from tests.console.keys import press
from tests.console.learning_desk import NEW
from tests.console.test_in_a_browser import (
    DESK,
    KEEP_PICTURES,
    PHONE,
    PICTURES,
    TABLET,
    findings,
    is_wider_than_its_screen,
    let_in,
    small_targets,
)
from tests.console.trial_desk import ScriptedBot, desk, folder, learner, names, scripted

__all__ = ["desk", "folder", "learner", "names", "scripted"]
SIZES = pytest.mark.parametrize("size", [DESK, TABLET, PHONE], ids=["1280", "tablet", "phone"])
WORDS = "返済が苦しいです"
ATTACK = "<img src=x onerror='document.title=\"run\"'>"


@pytest.fixture
async def page(browser: Browser, desk: Desk) -> AsyncIterator[Page]:
    """A new trial, as 花子 sees it."""
    desk.add("花子", Role.REVIEWER)
    context = await browser.new_context(viewport=DESK, locale="ja-JP")
    await let_in(context, desk, desk.accounts.of("花子"))
    page = await context.new_page()
    await page.goto(f"{desk.address}/staff/try")
    await page.get_by_role("button", name="新しく試す").click()
    await page.get_by_label("利用者の言葉").wait_for()
    yield page
    await context.close()


@SIZES
async def test_every_page_of_a_trial_is_fit_for_everybody_on_every_screen(
    page: Page, desk: Desk, scripted: ScriptedBot, size: Any
) -> None:
    """With KAKARITSUKE_PICTURES set, the pictures in docs/pictures are taken anew."""
    await page.set_viewport_size(size)
    wrong = {}

    async def look(name: str) -> None:
        found: List[str] = [*await findings(page), *await small_targets(page)]
        if await is_wider_than_its_screen(page):
            found.append("wider than its screen")
        if found:
            wrong[name] = found
        if size is DESK and os.environ.get(KEEP_PICTURES) and name.startswith("try"):
            (PICTURES / f"staff-{name}.png").write_bytes(await page.screenshot(animations="disabled", full_page=True))

    await look("empty")
    await say(page, WORDS)
    await say(page, "福島です")
    await page.locator("summary").first.click()
    await look("try")
    scripted.otherwise = ("福島です",)
    await page.get_by_label("並べて比べるモデル").select_option(NEW)
    await page.get_by_role("button", name="並べる", exact=True).click()
    await page.get_by_text("言ったことが違う").wait_for()
    await page.locator("#newest .side summary").last.click()
    await look("try-beside")
    scripted.raises_beside = BusyEngineError()
    await page.reload()
    await page.get_by_role("alert").wait_for()
    await look("beside busy")
    await page.get_by_role("link", name="テストとして保存").click()
    await page.get_by_label("テストの題").fill("返済に困った人")
    await page.get_by_label("ファイルの名前").fill("試した会話")
    await page.get_by_role("button", name="書き込むところを見る").click()
    await page.get_by_role("button", name="書き込む", exact=True).wait_for()
    await look("try-save")
    await page.get_by_label("テストの題").fill("電話は090-0000-0001")
    await page.get_by_role("button", name="書き込むところを見る").click()
    await page.get_by_role("alert").wait_for()
    await look("refused")
    await page.goto(f"{desk.address}/staff/try")
    await look("list")
    await page.goto(f"{desk.address}/staff/try/tests")
    await look("files")
    await page.goto(f"{desk.address}/staff/try/tests?file=会話")
    await look("tests before")
    await page.get_by_role("button", name="すべて動かす").click()
    await expect(page.locator("#tally")).to_contain_text("終わりました")
    await look("try-tests")
    await page.get_by_role("link", name="いまの動きを正とする").click()
    await page.get_by_label("そのわけ").wait_for()
    await look("accept")
    assert wrong == {}


async def say(page: Page, words: str) -> None:
    """Say something and wait for the answer."""
    await page.get_by_label("利用者の言葉").fill(words)
    await page.get_by_role("button", name="言う", exact=True).click()
    await expect(page.locator("#newest .owner .text")).to_have_text(words)


async def test_a_trial_is_gone_on_with_by_keys_alone(page: Page) -> None:
    await press(page, "f")
    await page.keyboard.type(WORDS)
    await press(page, "Control+Enter")
    await expect(page.locator("#newest .owner .text")).to_have_text(WORDS)
    await expect(page.get_by_label("利用者の言葉")).to_be_focused()
    await expect(page.get_by_label("利用者の言葉")).to_have_value("")
    await press(page, "Tab")
    await press(page, "1")
    await expect(page.locator("#newest .owner .text")).to_have_text("言わずに進む")
    await press(page, "z")
    await expect(page.locator("#newest .owner .text")).to_have_text(WORDS)
    await expect(page.locator(".turn")).to_have_count(1)


async def test_the_key_of_the_menu_opens_it_from_every_page(page: Page, desk: Desk) -> None:
    await page.goto(f"{desk.address}/staff/conversations")
    await press(page, "t")
    await page.wait_for_url("**/staff/try")


async def test_why_it_says_so_is_opened_by_a_key(page: Page) -> None:
    await say(page, WORDS)
    await page.get_by_role("button", name="言う", exact=True).focus()
    await press(page, "j")
    await press(page, "e")
    await expect(page.get_by_text("困りごとを話した")).to_be_visible()


async def begins_with_two(page: Page) -> None:
    """Choose another model for the trial that is open."""
    await page.get_by_label("並べて比べるモデル").select_option(NEW)
    await page.get_by_role("button", name="並べる", exact=True).click()
    await page.wait_for_url("**beside=**")


async def test_two_models_stand_side_by_side_and_go_on_by_keys_alone(page: Page) -> None:
    await begins_with_two(page)
    await press(page, "f")
    await page.keyboard.type(WORDS)
    await press(page, "Control+Enter")
    await expect(page.locator("#newest .side")).to_have_count(2)
    await press(page, "Tab")
    await press(page, "1")
    await expect(page.locator("#newest .owner .text")).to_have_text("言わずに進む")
    await press(page, "z")
    await expect(page.locator(".side")).to_have_count(2)


async def test_how_both_heard_it_is_opened_by_one_key(page: Page) -> None:
    await begins_with_two(page)
    await say(page, WORDS)
    await page.get_by_role("button", name="言う", exact=True).focus()
    await press(page, "j")
    await press(page, "e")
    await expect(page.locator(".side .why[open]")).to_have_count(2)


@pytest.mark.parametrize(("size", "columns"), [(DESK, 2), (PHONE, 1)], ids=["1280", "phone"])
async def test_the_answers_stand_next_to_each_other_where_there_is_room_for_both(
    page: Page, size: Any, columns: int
) -> None:
    await page.set_viewport_size(size)
    await begins_with_two(page)
    await say(page, WORDS)
    lefts = await page.locator(".side").evaluate_all("sides => sides.map((side) => side.getBoundingClientRect().left)")
    assert len(set(lefts)) == columns


async def test_a_trial_works_without_scripts(browser: Browser, desk: Desk, page: Page) -> None:
    context = await browser.new_context(viewport=DESK, java_script_enabled=False)
    await let_in(context, desk, desk.accounts.of("花子"))
    bare = await context.new_page()
    await bare.goto(page.url)
    await begins_with_two(bare)
    await say(bare, WORDS)
    await bare.get_by_role("button", name="言わずに進む").click()
    await expect(bare.locator("#newest .owner .text")).to_have_text("言わずに進む")
    await bare.get_by_role("button", name="ここまで戻る").click()
    await expect(bare.locator(".turn")).to_have_count(1)
    await expect(bare.locator(".side")).to_have_count(2)
    await bare.goto(f"{desk.address}/staff/try/tests?file=会話")
    await bare.get_by_role("button", name="ふたつめ").click()
    await expect(bare.get_by_text("赤")).to_be_visible()
    await context.close()


async def test_markup_that_is_said_never_runs(page: Page) -> None:
    await say(page, ATTACK)
    assert "run" not in await page.title()


async def test_while_owners_come_first_the_words_stay_and_can_be_sent_again(page: Page, scripted: ScriptedBot) -> None:
    scripted.raises = BusyEngineError()
    await page.get_by_label("利用者の言葉").fill(WORDS)
    await page.get_by_role("button", name="言う", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("利用者の順番が先です")
    await expect(page.get_by_label("利用者の言葉")).to_have_value(WORDS)
    scripted.raises = None
    await say(page, WORDS)
