"""答えの見直し with a browser: by keys, on every size of screen, with a screen reader, without scripts."""

from __future__ import annotations

import os
from typing import Any, AsyncIterator, List

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.store import KnowledgeChanges, ProposalState, Role
from tests.console.answers_desk import changes, data, desk, desk_yml
from tests.console.conftest import Desk
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

__all__ = ["changes", "data", "desk", "desk_yml"]
SIZES = pytest.mark.parametrize("size", [DESK, TABLET, PHONE], ids=["1280", "tablet", "phone"])
ENTRY = "/staff/answers/entry/answer/cost_any_free"
A_CHECK_MS = 120_000  # the whole knowledge is loaded, a second on a machine that does nothing else
IN_THE_GUIDE = ("answers", "answer-entry", "answer-change")


@pytest.fixture(autouse=True)
def two_reviewers(desk: Desk) -> None:
    for name in ("花子", "次郎"):
        desk.add(name, Role.REVIEWER)


async def open_as(browser: Browser, desk: Desk, name: str, size: Any = DESK, **options: Any) -> BrowserContext:
    context = await browser.new_context(viewport=size, locale="ja-JP", **options)
    context.set_default_timeout(A_CHECK_MS)
    await let_in(context, desk, desk.accounts.of(name))
    return context


@pytest.fixture
async def page(browser: Browser, desk: Desk) -> AsyncIterator[Page]:
    """An answer, as 花子 sees it."""
    context = await open_as(browser, desk, "花子")
    page = await context.new_page()
    await page.goto(f"{desk.address}{ENTRY}")
    yield page
    await context.close()


@SIZES
async def test_every_page_of_it_is_fit_for_everybody_on_every_screen(
    browser: Browser, desk: Desk, changes: KnowledgeChanges, size: Any
) -> None:
    """With KAKARITSUKE_PICTURES set, the pictures of it in docs/pictures are taken anew."""
    context = await open_as(browser, desk, "花子", size)
    page = await context.new_page()
    wrong = {}

    async def look(name: str) -> None:
        found: List[str] = [*await findings(page), *await small_targets(page)]
        if await is_wider_than_its_screen(page):
            found.append("wider than its screen")
        if found:
            wrong[name] = found
        if size is DESK and os.environ.get(KEEP_PICTURES) and name in IN_THE_GUIDE:
            picture = await page.screenshot(animations="disabled", full_page=name != "answers")
            (PICTURES / f"staff-{name}.png").write_bytes(picture)

    await page.goto(f"{desk.address}/staff/answers?words=無料")
    await look("answers")
    await page.goto(f"{desk.address}/staff/answers?look=old")
    await look("old")
    for kind, name in (("matter", "kokuzei"), ("subject", "marukei"), ("institution", "cci")):
        await page.goto(f"{desk.address}/staff/answers/entry/{kind}/{name}")
        await look(kind)
    await page.goto(f"{desk.address}{ENTRY}")
    await page.get_by_label("たずね方").fill("いくら")
    await page.get_by_role("button", name="下書きを確かめる").click()
    await page.get_by_role("alert").wait_for()
    await look("wrong")
    await page.goto(f"{desk.address}{ENTRY}")
    await page.get_by_label("お伝えする言葉").fill("公の窓口の相談は、無料のことが多いです。")
    await page.get_by_label("直すわけ").fill("短くしました")
    await page.get_by_role("button", name="下書きを確かめる").click()
    await page.get_by_text("おかしなところはありません").wait_for()
    await look("answer-entry")
    await page.get_by_role("button", name="提案する").click()
    await page.get_by_text("承認を待っています").first.wait_for()
    await look("own change")
    [change] = changes.all_in(ProposalState.PROPOSED)
    await page.goto(f"{desk.address}/staff/answers/operator/desk")
    await page.get_by_label("この日から").fill("2027-02-01")
    await page.get_by_label("この日まで").fill("2027-02-03")
    await page.get_by_label("お知らせの言葉").fill("2月3日は臨時のお休みです。")
    await page.get_by_role("button", name="足して、確かめる").click()
    await page.get_by_text("おかしなところはありません").wait_for()
    await look("answer-desk")
    await page.goto(f"{desk.address}/staff/answers/operator/offices")
    await look("offices")
    await let_in(context, desk, desk.accounts.of("次郎"))
    await page.goto(f"{desk.address}/staff/answers/changes")
    await look("changes")
    await page.goto(f"{desk.address}/staff/answers/changes/{change.name}")
    await look("answer-change")
    await page.get_by_role("button", name="承認する").click()
    await page.get_by_text("書き込みました").wait_for()
    await page.goto(f"{desk.address}{ENTRY}")
    await page.get_by_text("変わった行").click()
    await look("history")
    await context.close()
    assert wrong == {}


async def test_a_change_is_made_and_approved_by_keys_alone(
    page: Page, browser: Browser, desk: Desk, changes: KnowledgeChanges
) -> None:
    await page.keyboard.press("e")
    await expect(page.get_by_label("お伝えする言葉")).to_be_focused()
    await page.keyboard.press("Control+A")
    await page.keyboard.type("vw無料のことが多いです。")
    await page.get_by_role("heading", level=1).click()
    await page.keyboard.press("v")
    await expect(page.get_by_role("status")).to_contain_text("おかしなところはありません", timeout=A_CHECK_MS)
    await expect(page.get_by_label("お伝えする言葉")).to_have_value("vw無料のことが多いです。")
    await page.keyboard.press("w")
    await expect(page.get_by_role("status")).to_contain_text("承認を待っています", timeout=A_CHECK_MS)
    context = await open_as(browser, desk, "次郎")
    other = await context.new_page()
    await other.goto(f"{desk.address}/staff/answers")
    await other.keyboard.press("o")
    await other.wait_for_url("**/answers/changes")
    await other.keyboard.press("j")
    await other.wait_for_url("**/answers/changes/*")
    await other.keyboard.press("y")
    await expect(other.get_by_role("status")).to_contain_text("書き込みました", timeout=A_CHECK_MS)
    await other.keyboard.press("z")
    await expect(other.get_by_role("status")).to_contain_text("元に戻しました", timeout=A_CHECK_MS)
    await context.close()


async def test_it_works_without_scripts(browser: Browser, desk: Desk, changes: KnowledgeChanges) -> None:
    context = await open_as(browser, desk, "花子", java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{desk.address}/staff/answers")
    await page.get_by_label("言葉").fill("タダで聞いて")
    await page.get_by_role("button", name="探す").click()
    await page.get_by_role("link", name="相談するのにお金はかかりますか").click()
    await page.get_by_label("確かめた日").fill("2027-01-10")
    await page.get_by_role("button", name="提案する").click()
    await expect(page.get_by_role("status")).to_contain_text("承認を待っています", timeout=A_CHECK_MS)
    [change] = changes.all_in(ProposalState.PROPOSED)
    assert "checked: '2027-01-10'" in change.text.after
    await context.close()
