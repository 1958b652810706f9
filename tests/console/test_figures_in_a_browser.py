"""The figures in a browser: for everybody on every screen, by key, without scripts, and on paper without colour."""

from __future__ import annotations

import io
import os
from typing import Any, AsyncIterator, List

import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page

from bot.store import Account, AskedQuestion, Ratings, Role
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
from tests.store.recorded import DAY_S, took_place

PAGES = ["/figures", "/figures?period=days_90", "/figures/public", "/figures/unanswered?about=cost&period=days_90"]
IN_THE_GUIDE = {PAGES[1]: "figures", PAGES[2]: "figures-public"}
A4 = {"width": 794, "height": 1123}


@pytest.fixture
def account(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Account:
    """A reviewer, and 160 consultations of three months."""
    monkeypatch.setenv("KAKARITSUKE_KEEP_DAYS", "365")
    issues = [("資金繰り", "lending"), ("事業承継", "tax"), ("創業", None), ("販路開拓", "online")]
    prefectures = ["福島県", "福島県", "宮城県", "山形県", "鳥取県", None]
    for number in range(160):
        issue, sub_issue = issues[number % 7 % 4]
        took_place(
            desk.store,
            f"c{number}",
            "融資の利息はいくらですか",
            at=desk.clock.now - number * 0.6 * DAY_S,
            channel=("web", "line", "slack")[number % 5 % 3],
            issue=issue,
            sub_issue=sub_issue,
            prefecture=prefectures[number % 6],
            road_shown=number % 3 > 0,
            stands_open=number % 3 == 0,
            question="prefecture",
            asked=(AskedQuestion(("cost", "duration", "chance")[number % 3], number % 4 > 0),),
        )
        if number % 3 == 0:
            Ratings(desk.store).rate(f"c{number}", number % 4 > 0, desk.clock.now - number * DAY_S)
    return desk.add("花子", Role.REVIEWER)


@pytest.fixture
async def context(browser: Browser, desk: Desk, account: Account) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport=DESK, locale="ja-JP")  # type: ignore[arg-type]
    await let_in(context, desk, account)
    yield context
    await context.close()


@pytest.mark.parametrize("size", [DESK, TABLET, PHONE], ids=["1280", "tablet", "phone"])
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
            (PICTURES / f"staff-{IN_THE_GUIDE[path]}.png").write_bytes(await page.screenshot())
        for summary in await page.locator("summary").all():
            await summary.click()
        found = [*await findings(page), *await small_targets(page)]
        if await is_wider_than_its_screen(page):
            found.append("wider than its screen")
        if found:
            wrong[path] = found
    assert (wrong, complaints) == ({}, [])


async def printed(page: Page) -> None:
    await page.set_viewport_size(A4)  # type: ignore[arg-type]
    await page.emulate_media(media="print")


@pytest.mark.parametrize("path", ["/figures?period=days_90", "/figures/public"])
async def test_on_paper_all_is_there_and_nothing_that_is_pressed(
    context: BrowserContext, desk: Desk, path: str
) -> None:
    page = await context.new_page()
    await page.goto(f"{desk.address}/staff{path}")
    await printed(page)
    assert await is_wider_than_its_screen(page) is False
    assert [await each.is_visible() for each in await page.locator("button, summary, select, .button").all()].count(
        True
    ) == 0
    assert await page.locator("header.top").is_visible() is False


async def test_on_paper_bars_are_drawn_in_black(context: BrowserContext, desk: Desk) -> None:
    page = await context.new_page()
    await page.goto(f"{desk.address}/staff/figures/public")
    await printed(page)
    picture = Image.open(io.BytesIO(await page.locator(".paper svg").first.screenshot())).convert("RGB")
    assert picture.getpixel((2, picture.height // 2)) == (0, 0, 0)


async def test_the_page_to_publish_is_one_sheet_of_a4(context: BrowserContext, desk: Desk) -> None:
    page = await context.new_page()
    await page.goto(f"{desk.address}/staff/figures/public")
    paper = await page.pdf(prefer_css_page_size=True)
    assert paper.count(b"/Type /Page\n") == 1


async def test_a_bar_is_as_long_as_its_number(context: BrowserContext, desk: Desk) -> None:
    page = await context.new_page()
    await page.goto(f"{desk.address}/staff/figures?period=days_90")
    rows = await page.locator("#issues ~ table tbody tr").all()
    read = []
    for row in rows:
        box = await row.locator("rect").bounding_box()
        assert box is not None
        read.append((int(await row.locator("td").first.inner_text()), box["width"]))
    (most, widest), *others = read
    assert len(others) == 3
    for count, width in others:
        assert width == pytest.approx(widest * count / most, rel=0.02)


async def test_the_figures_open_with_a_key(context: BrowserContext, desk: Desk) -> None:
    page = await context.new_page()
    await page.goto(f"{desk.address}/staff")
    await press(page, "g")
    await page.wait_for_url("**/staff/figures")


async def test_a_period_and_the_file_are_had_without_scripts(browser: Browser, desk: Desk, account: Account) -> None:
    context = await browser.new_context(viewport=DESK, java_script_enabled=False)  # type: ignore[arg-type]
    await let_in(context, desk, account)
    page = await context.new_page()
    await page.goto(f"{desk.address}/staff/figures")
    await page.get_by_label("この日から").fill("2026-12-01")
    await page.get_by_label("この日まで").fill("2026-12-07")
    await page.get_by_role("button", name="この期間を見る").click()
    await page.wait_for_url("**since=2026-12-01&until=2026-12-07")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="表計算のファイルで受け取る").click()
    assert (await download.value).suggested_filename == "toukei_2026-12-01_2026-12-07.csv"
    await context.close()
