"""答えの見直し with a browser: by keys, on every size of screen, with a screen reader, without scripts."""

from __future__ import annotations

import os
from typing import Any, AsyncIterator, Dict, List

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.store import KnowledgeChanges, ProposalState, Role
from tests.console.answers_desk import changes, data, desk, desk_yml
from tests.console.conftest import Desk
from tests.console.keys import press
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
IN_THE_GUIDE = ("answers", "answer-entry", "answer-change", "answer-new", "answer-desk")


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


async def looked_at(page: Page, name: str, size: Any, wrong: Dict[str, List[str]]) -> None:
    """Keep what is wrong with a page, and its picture where the guide has one."""
    found: List[str] = [*await findings(page), *await small_targets(page)]
    if await is_wider_than_its_screen(page):
        found.append("wider than its screen")
    if found:
        wrong[name] = found
    if size is DESK and os.environ.get(KEEP_PICTURES) and name in IN_THE_GUIDE:
        picture = await page.screenshot(animations="disabled", full_page=name != "answers")
        (PICTURES / f"staff-{name}.png").write_bytes(picture)


@SIZES
async def test_every_page_of_it_is_fit_for_everybody_on_every_screen(
    browser: Browser, desk: Desk, changes: KnowledgeChanges, size: Any
) -> None:
    """With KAKARITSUKE_PICTURES set, the pictures of it in docs/pictures are taken anew."""
    context = await open_as(browser, desk, "花子", size)
    page = await context.new_page()
    wrong: Dict[str, List[str]] = {}

    async def look(name: str) -> None:
        await looked_at(page, name, size, wrong)

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


@SIZES
async def test_what_is_written_anew_is_fit_for_everybody_on_every_screen(
    browser: Browser, desk: Desk, size: Any
) -> None:
    """A new answer, this desk field by field, and offices; pictures as above."""
    context = await open_as(browser, desk, "花子", size)
    page = await context.new_page()
    wrong: Dict[str, List[str]] = {}

    async def look(name: str) -> None:
        await looked_at(page, name, size, wrong)

    await page.goto(f"{desk.address}/staff/answers/new")
    await look("new, empty")
    await write_new(page)
    await page.get_by_role("button", name="下書きを確かめる").click()
    await page.get_by_text("おかしなところはありません").wait_for()
    await look("answer-new")
    await page.goto(f"{desk.address}/staff/answers/operator/desk")
    await page.get_by_label("画面越しや電話での相談").fill("電話で相談できます。")
    added = page.get_by_role("group", name="お知らせを足す")
    await added.get_by_label("この日から").fill("2027-02-01")
    await added.get_by_label("この日まで").fill("2027-02-03")
    await added.get_by_label("お知らせの言葉").fill("2月3日は臨時のお休みです。")
    await page.get_by_role("button", name="下書きを確かめる").first.click()
    await page.get_by_text("おかしなところはありません").wait_for()
    await look("answer-desk")
    await page.goto(f"{desk.address}/staff/answers/operator/offices")
    await look("offices")
    await context.close()
    assert wrong == {}


async def write_new(page: Page) -> None:
    """Fill in the form of a new answer."""
    await page.get_by_label("何をたずねるか").select_option("cost")
    await page.get_by_label("だれの、何の").select_option("institution:cci")
    await page.get_by_label("お伝えする言葉").fill("払い方は、窓口ごとに違います。行く前に電話で聞いてください。")
    await page.get_by_label("ページの名前").fill("日本商工会議所")
    await page.get_by_label("ページのアドレス").fill("https://www.jcci.or.jp/")
    await page.get_by_label("たずね方").fill(
        "カードで払えますか\nカードでもいいの\n電子マネーで払いたい\n現金だけですか"
    )


async def test_a_new_answer_is_written_by_keys_and_without_scripts(
    browser: Browser, desk: Desk, page: Page, changes: KnowledgeChanges
) -> None:
    await page.goto(f"{desk.address}/staff/answers")
    await press(page, "e")
    await page.wait_for_url("**/answers/new")
    context = await open_as(browser, desk, "花子", java_script_enabled=False)
    bare = await context.new_page()
    await bare.goto(page.url)
    await write_new(bare)
    await bare.get_by_role("button", name="提案する").click()
    await expect(bare.get_by_role("status")).to_contain_text("承認を待っています", timeout=A_CHECK_MS)
    [change] = changes.all_in(ProposalState.PROPOSED)
    assert change.text.after.startswith("- id: cost_cci_2\n  institution: cci\n")
    await context.close()


async def test_a_change_is_made_and_approved_by_keys_alone(
    page: Page, browser: Browser, desk: Desk, changes: KnowledgeChanges
) -> None:
    await press(page, "e")
    await expect(page.get_by_label("お伝えする言葉")).to_be_focused()
    await press(page, "Control+A")
    await page.keyboard.type("vw無料のことが多いです。")
    await page.get_by_role("heading", level=1).click()
    await press(page, "v")
    await expect(page.get_by_role("status")).to_contain_text("おかしなところはありません", timeout=A_CHECK_MS)
    await expect(page.get_by_label("お伝えする言葉")).to_have_value("vw無料のことが多いです。")
    await press(page, "w")
    await expect(page.get_by_role("status")).to_contain_text("承認を待っています", timeout=A_CHECK_MS)
    context = await open_as(browser, desk, "次郎")
    other = await context.new_page()
    await other.goto(f"{desk.address}/staff/answers")
    await press(other, "o")
    await other.wait_for_url("**/answers/changes")
    await press(other, "j")
    await other.wait_for_url("**/answers/changes/*")
    await press(other, "y")
    await expect(other.get_by_role("status")).to_contain_text("書き込みました", timeout=A_CHECK_MS)
    await press(other, "z")
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
