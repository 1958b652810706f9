"""学習と評価 in a browser: for everybody on every screen, and with what is pressed in hand while the part is new."""

from __future__ import annotations

import os
from typing import Any, AsyncIterator, List

import pyotp
import pytest
from playwright.async_api import Browser, BrowserContext, expect

from bot.store import Account, By, Role, Step, Task, Trainings
from tests.console.conftest import Desk
from tests.console.keys import press
from tests.console.learning_desk import NEW, OLD, OTHER, ScriptedLearner, desk, learner, measured, models_of
from tests.console.test_in_a_browser import (
    DESK,
    KEEP_PICTURES,
    PICTURES,
    SIZES,
    findings,
    is_wider_than_its_screen,
    let_in,
    small_targets,
)

__all__ = ["desk", "learner"]

PAGES = ["/learning", f"/learning/models/{NEW}", f"/learning/models/{OTHER}", "/learning/log"]
IN_THE_GUIDE = {PAGES[0]: "learning", PAGES[1]: "learning-model"}


@pytest.fixture
def account(desk: Desk) -> Account:
    """An administrator, two models that were measured, a choice, and a training under way."""
    hanako = desk.add("花子", Role.ADMINISTRATOR)
    desk.accounts.keep_secret(hanako, pyotp.random_base32(), 1, By("花子", ""))
    talks = {f"資金繰り: 銀行に断られた（{number}）": True for number in range(12)}
    measured(desk, OLD, {**talks, "創業: はじめての店": False}, turns=912)
    measured(desk, NEW, {**talks, "創業: はじめての店": True, "資金繰り: 銀行に断られた（3）": False}, turns=905)
    models_of(desk).choose(By("花子", ""), OLD, NEW, "案内の直しを急ぐため", False, None)
    number = Trainings(desk.store, desk.clock).begin(By("花子", ""), Task.TRAIN)
    for line in ("model: training what has changed", "model:     3 s  Starting to train component 'MoveReader'."):
        Trainings(desk.store, desk.clock).say(number, line)
    Trainings(desk.store, desk.clock).go_on(number, Step.MEASURES, 128, 1932)
    desk.clock.now += 50
    models_of(desk).answers("soudan-1:2201", OLD)
    models_of(desk).answers("soudan-2:2188", NEW, "gone")
    return desk.accounts.of("花子")


@pytest.fixture
async def context(browser: Browser, desk: Desk, account: Account) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport=DESK, locale="ja-JP")  # type: ignore[arg-type]
    await let_in(context, desk, account)
    yield context
    await context.close()


@SIZES
async def test_every_page_is_fit_for_everybody_on_every_screen(context: BrowserContext, desk: Desk, size: Any) -> None:
    """With KAKARITSUKE_PICTURES set, the pictures in docs/pictures are taken anew."""
    page = await context.new_page()
    await page.set_viewport_size(size)
    complaints: List[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    wrong = {}
    for path in PAGES:
        await page.goto(f"{desk.address}/staff{path}")
        if size is DESK and path in IN_THE_GUIDE and os.environ.get(KEEP_PICTURES):
            (PICTURES / f"staff-{IN_THE_GUIDE[path]}.png").write_bytes(await page.screenshot(animations="disabled"))
        for summary in (await page.locator("summary").all())[:3]:
            await summary.click()
        found = [*await findings(page), *await small_targets(page)]
        if await is_wider_than_its_screen(page):
            found.append("wider than its screen")
        if found:
            wrong[path] = found
    assert (wrong, complaints) == ({}, [])


async def test_how_far_it_is_is_new_by_itself_and_moves_nothing_below(context: BrowserContext, desk: Desk) -> None:
    page = await context.new_page()
    await page.goto(f"{desk.address}/staff/learning")
    table = page.get_by_role("heading", name="モデル", exact=True)
    before = await table.bounding_box()
    await page.get_by_role("button", name="止める").focus()
    number = Trainings(desk.store, desk.clock).latest()
    assert number is not None
    Trainings(desk.store, desk.clock).go_on(number.id, Step.MEASURES, 1200, 1932)
    await expect(page.get_by_text("（1200/1932）")).to_be_visible()
    assert await table.bounding_box() == before
    assert await page.evaluate("document.activeElement.id") == "stop-training"


async def test_a_model_is_chosen_with_a_reason_by_keyboard_alone(
    context: BrowserContext, desk: Desk, learner: ScriptedLearner
) -> None:
    page = await context.new_page()
    await page.goto(f"{desk.address}/staff")
    await press(page, "m")
    await page.get_by_role("link", name="4e300000").focus()
    await press(page, "Enter")
    await page.get_by_label("それでも切り替える理由").focus()
    await page.keyboard.type("案内の直しを急ぐため")
    await press(page, "Tab")
    await press(page, "Enter")
    await expect(page.get_by_text("切り替えました。")).to_be_visible()
    assert learner.answers == NEW
