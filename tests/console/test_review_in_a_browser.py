"""The review with a browser: by keys alone, on a desk and on a tablet, without scripts, and markup never runs."""

from __future__ import annotations

import os
from typing import Any, AsyncIterator, List

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.review import ReviewReason
from bot.store import By, ProposalState, Reviews, Role
from tests.console.conftest import Desk
from tests.console.keys import press
from tests.console.review_desk import PREFECTURE, ScriptedModel, data, desk, model, reviews, said
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

__all__ = ["data", "desk", "model", "reviews"]
SIZES = pytest.mark.parametrize("size", [DESK, TABLET, PHONE], ids=["1280", "tablet", "phone"])
WORDS = "ひみつ、家賃が上がって店を移ることにしました"
ATTACK = "<img src=x onerror='document.title=\"run\"'><script>document.title='run'</script>"


@pytest.fixture(autouse=True)
def turns(desk: Desk, model: ScriptedModel) -> None:
    """Turns that wait, some of them alike, and two reviewers."""
    for number in range(4):
        desk.clock.now += 60
        said(desk, f"売上が落ちてきて{number}か月です", f"web-{number}")
    said(desk, "ちがいます", "line-9", reasons=(ReviewReason.DENIED, ReviewReason.UNSURE))
    desk.clock.now += 60
    said(desk, WORDS, "web-9")
    model.like = {f"売上が落ちてきて{number}か月です": 0.7 for number in range(2)}
    for name in ("花子", "次郎"):
        desk.add(name, Role.REVIEWER)


async def open_as(browser: Browser, desk: Desk, name: str, size: Any = DESK, **options: Any) -> BrowserContext:
    context = await browser.new_context(viewport=size, locale="ja-JP", **options)
    await let_in(context, desk, desk.accounts.of(name))
    return context


@pytest.fixture
async def page(browser: Browser, desk: Desk) -> AsyncIterator[Page]:
    """The queue, as 花子 sees it."""
    context = await open_as(browser, desk, "花子")
    page = await context.new_page()
    await page.goto(f"{desk.address}/staff/review?reason=unsure")
    yield page
    await context.close()


@SIZES
async def test_every_page_of_the_review_is_fit_for_everybody_on_every_screen(
    browser: Browser, desk: Desk, reviews: Reviews, size: Any
) -> None:
    """With KAKARITSUKE_PICTURES set, the pictures of the review in docs/pictures are taken anew."""
    context = await open_as(browser, desk, "花子", size)
    page = await context.new_page()
    wrong = {}

    async def look(name: str) -> None:
        found: List[str] = [*await findings(page), *await small_targets(page)]
        if await is_wider_than_its_screen(page):
            found.append("wider than its screen")
        if found:
            wrong[name] = found
        if size is DESK and os.environ.get(KEEP_PICTURES) and name in ("review", "review-item", "review-approve"):
            picture = await page.screenshot(animations="disabled", full_page=True)
            (PICTURES / f"staff-{name}.png").write_bytes(picture)

    await page.goto(f"{desk.address}/staff/review?reason=unsure")
    await look("review")
    await page.goto(f"{desk.address}/staff/review/item/web-9/2?reason=unsure")
    await look("review-item")
    for summary in await page.locator("summary").all():
        await summary.click()
    await look("item with all moves")
    await page.get_by_label("例にする言葉").fill("電話は090-0000-0001です")
    await page.get_by_role("button", name="直しを出す").click()
    await page.get_by_role("alert").wait_for()
    await look("item refused")
    await page.goto(f"{desk.address}/staff/review/item/web-9/2?reason=unsure")
    await page.get_by_label("困りごと：創業", exact=False).first.check()
    await page.get_by_role("button", name="直しを出す").click()
    await page.get_by_text("直しを出しました").wait_for()
    [proposal] = reviews.all_in(ProposalState.PROPOSED)
    await page.goto(f"{desk.address}/staff/review/proposals")
    await look("proposals")
    await page.goto(f"{desk.address}/staff/review/proposals/{proposal.together}")
    await look("own proposal")
    await let_in(context, desk, desk.accounts.of("次郎"))
    await page.goto(f"{desk.address}/staff/review/proposals/{proposal.together}")
    await look("review-approve")
    await page.get_by_role("button", name="承認する").click()
    await page.get_by_text("書き込みました").wait_for()
    await look("written")
    await page.get_by_role("button", name="書き込みを取り消す").click()
    await page.get_by_text("取り出しました").wait_for()
    await look("undone")
    await context.close()
    assert wrong == {}


async def test_the_usual_correction_takes_two_keys_and_its_approval_one(
    page: Page, browser: Browser, desk: Desk, reviews: Reviews
) -> None:
    await press(page, "j")
    await page.wait_for_url("**/review/item/web-9/2?reason=unsure")
    box = page.get_by_role("checkbox", name="困りごと：創業")
    await press(page, str(await box.get_attribute("data-key")))
    await press(page, "w")
    await expect(page.get_by_role("status")).to_contain_text("直しを出しました")
    await expect(page).to_have_url(
        f"{desk.address}/staff/review/item/web-3/2?reason=unsure&said=proposed&proposal="
        f"{reviews.all_in(ProposalState.PROPOSED)[0].together}"
    )
    context = await open_as(browser, desk, "次郎")
    other = await context.new_page()
    await other.goto(f"{desk.address}/staff/review")
    await press(other, "o")
    await other.wait_for_url("**/review/proposals")
    await press(other, "j")
    await other.wait_for_url("**/review/proposals/*")
    await press(other, "y")
    await expect(other.get_by_role("status")).to_contain_text("書き込みました")
    await press(other, "z")
    await expect(other.get_by_role("status")).to_contain_text("取り出しました")
    await context.close()


async def test_the_last_step_is_undone_with_one_key(page: Page, reviews: Reviews) -> None:
    await press(page, "j")
    await page.wait_for_url("**/web-9/2?*")
    await press(page, "x")
    await page.wait_for_url("**said=looked_through**")
    await press(page, "z")
    await expect(page.get_by_role("status")).to_contain_text("見直しに戻しました")
    assert reviews.queue(ReviewReason.UNSURE, 1)[0].conversation == "web-9"


async def test_the_queue_is_gone_through_by_key_in_both_directions(page: Page) -> None:
    await press(page, "j")
    await page.wait_for_url("**/web-9/2?*")
    await press(page, "j")
    await page.wait_for_url("**/web-3/2?*")
    await press(page, "k")
    await page.wait_for_url("**/web-9/2?*")
    await press(page, "r")
    await page.wait_for_url("**/staff/review")


async def test_digits_in_a_field_are_digits(page: Page, desk: Desk) -> None:
    await page.goto(f"{desk.address}/staff/review/item/web-9/2?reason=unsure")
    words = page.get_by_label("例にする言葉")
    await words.fill("")
    await words.focus()
    await page.keyboard.type("1w3x")
    await expect(words).to_have_value("1w3x")
    assert await page.locator("input[name=move]:checked").count() == 0


async def test_it_works_without_scripts(browser: Browser, desk: Desk, reviews: Reviews) -> None:
    context = await open_as(browser, desk, "花子", java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{desk.address}/staff/review")
    await page.get_by_role("link", name=WORDS).click()
    await page.get_by_text("ほかの読み方、事実").click()
    await page.get_by_label("ほかの読み方1").select_option("asks/cost")
    await page.get_by_role("button", name="直しを出す").click()
    await expect(page.get_by_role("status")).to_contain_text("直しを出しました")
    [proposal] = reviews.all_in(ProposalState.PROPOSED)
    assert dict(proposal.example.moves[0].about) == {"about": "cost"}
    await context.close()


async def test_markup_that_an_owner_wrote_does_not_run(page: Page, desk: Desk, model: ScriptedModel) -> None:
    said(desk, ATTACK, "web-a", PREFECTURE)
    model.like = {ATTACK: 0.9}
    for path in ("/review?reason=unsure", "/review/item/web-a/2", "/review/item/web-9/2"):
        await page.goto(f"{desk.address}/staff{path}")
        await expect(page.get_by_text("<img src=x").first).to_be_visible()
        assert "run" not in await page.title()


async def test_who_settled_it_first_is_said_on_a_page_that_was_open(page: Page, desk: Desk, reviews: Reviews) -> None:
    await press(page, "j")
    await page.wait_for_url("**/web-9/2?*")
    reviews.settle("web-9", 2, By("次郎", ""))
    await press(page, "1")
    await press(page, "w")
    await expect(page.get_by_role("heading", level=1)).to_have_text("できませんでした")
    await expect(page.locator("main")).to_contain_text("次郎さんが、先に済ませました")
