"""Staff reads conversations with a browser: on every screen, by keyboard alone, and with nothing that jumps."""

from __future__ import annotations

import os
from typing import Any, List

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.review import ReviewReason
from bot.store import (
    Account,
    Action,
    ConversationFilter,
    Ratings,
    Reason,
    SavedFilters,
    StateAfter,
    StoredHandoffs,
    Wanted,
)
from tests.console.conftest import Desk
from tests.console.keys import press
from tests.console.talks import ATTACK, DAY_S, HOUR_S, NOW, keep, keep_many
from tests.console.test_in_a_browser import (
    DESK,
    KEEP_PICTURES,
    PICTURES,
    SIZES,
    account,
    context,
    findings,
    is_wider_than_its_screen,
    let_in,
    small_targets,
)

__all__ = ["account", "context"]
WISH = "鈴木です。平日の午後、090-1234-5678 にお願いします"
TALKS = (
    ("web", "来月、息子に店を継がせたいのですが、税金のことが心配で", "事業承継", "tax", "福島県", True, ()),
    ("line", "うちは何が悪いのか、自分でもわからんのです", None, None, None, False, (ReviewReason.UNSURE,)),
    ("slack", "海外に売りたい。補助金はありますか", "販路開拓", "overseas", "鳥取県", True, (ReviewReason.UNANSWERED,)),
    ("web", "値引きばかり求められて、もう限界です", "下請取引", "price", "群馬県", False, (ReviewReason.DISTRESS,)),
)


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    return await context.new_page()


@pytest.fixture
def talks(desk: Desk, account: Account) -> Desk:
    """Conversations as a desk has them, some that go soon, and a filter that is kept."""
    for number, (channel, words, issue, sub_issue, prefecture, road, reasons) in enumerate(TALKS, start=1):
        after = StateAfter(issue, sub_issue, prefecture, "anything_else", stands_open=not road, road_shown=road)
        at = NOW - (2 * number - 1) * HOUR_S
        keep(desk.store, f"{channel}-{number}", channel=channel, words=words, at=at, after=after, reasons=reasons)
    for day in range(3):
        keep(desk.store, f"old-{day}", at=NOW - (30 - day) * DAY_S, reasons=())
    keep_many(desk.store, 25)
    keep(desk.store, at=NOW + 30)
    StoredHandoffs(desk.store).open("web-a", Reason.ASKED)
    StoredHandoffs(desk.store).wish_call_back("web-a", WISH)
    Ratings(desk.store).rate("web-1", True)
    SavedFilters(desk.store, "花子").save("途中で離れた方", ConversationFilter(reason=ReviewReason.LEFT))
    desk.clock.now = NOW + HOUR_S
    return desk


async def is_seen(page: Page, selector: str) -> bool:
    """Whether any of it is on the screen."""
    seen: bool = await page.evaluate(
        """(selector) => {
          const { top, bottom } = document.querySelector(selector).getBoundingClientRect();
          return bottom > 0 && top < innerHeight;
        }""",
        selector,
    )
    return seen


async def in_hand(page: Page) -> str:
    """The id of what has the focus, or else its text."""
    held: str = await page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
    return held


@SIZES
async def test_the_pages_of_conversations_are_fit_for_everybody_on_every_screen(
    browser: Browser, talks: Desk, account: Account, size: Any
) -> None:
    """With KAKARITSUKE_PICTURES set, the pictures of them in docs/pictures are taken anew."""
    context = await browser.new_context(viewport=size, locale="ja-JP")
    await let_in(context, talks, account)
    page, wrong = await context.new_page(), {}

    async def look(name: str) -> None:
        found = [*await findings(page), *await small_targets(page)]
        if await is_wider_than_its_screen(page):
            found.append("wider than its screen")
        if found:
            wrong[name] = found

    async def show(name: str) -> None:
        if size is DESK and os.environ.get(KEEP_PICTURES):
            await page.screenshot(animations="disabled", path=PICTURES / f"staff-{name}.png")

    await page.goto(f"{talks.address}/staff/conversations")
    await show("conversations")
    await look("list")
    for summary in await page.locator("summary").all():
        await summary.click()
    await look("list, all open")
    await page.goto(f"{talks.address}/staff/conversations?issue=創業")
    await look("list, nothing found")
    await page.goto(f"{talks.address}/staff/conversations/web-a#newest")
    await show("conversation")
    await look("conversation")
    for summary in await page.locator("#newest summary").all():
        await summary.click()
    await page.locator("#newest .why").scroll_into_view_if_needed()
    await show("why")
    await look("conversation, all open")
    await page.goto(f"{talks.address}/staff/conversations/web-a?before=7")
    await look("conversation, older turns")
    await page.goto(f"{talks.address}/staff/retention")
    await show("retention")
    await look("what goes next")
    await context.close()
    assert wrong == {}


async def test_a_conversation_opens_where_it_ended(page: Page, talks: Desk) -> None:
    await page.goto(f"{talks.address}/staff/conversations")
    await page.get_by_role("link", name="1番目").click()
    await page.wait_for_url("**/conversations/web-a#newest")
    await expect(page.get_by_role("heading", name="いちばん新しい発言")).to_be_visible()
    assert await is_seen(page, "#newest")


async def test_the_list_is_gone_through_by_key_and_a_conversation_opened(page: Page, talks: Desk) -> None:
    await page.goto(f"{talks.address}/staff/conversations")
    held = []
    for key in "jjkj":
        await press(page, key)
        held.append((await in_hand(page))[:4])
    assert held == ["融資の話", "来月、息", "融資の話", "来月、息"]
    await press(page, "Enter")
    await page.wait_for_url("**/conversations/web-1#newest")
    await press(page, "b")
    await page.wait_for_url("**/staff/conversations")
    await press(page, "f")
    await page.keyboard.type("jk")
    await expect(page.get_by_label("利用者の言葉")).to_have_value("jk")


async def test_turns_are_gone_through_and_unfolded_by_key(page: Page, talks: Desk) -> None:
    await page.goto(f"{talks.address}/staff/conversations/web-a#newest")
    held = []
    for key in "kkj":
        await press(page, key)
        held.append(await in_hand(page))
    assert held == ["turn-25", "turn-24", "turn-25"]
    why = page.locator("#turn-25 details.why")
    await press(page, "e")
    await expect(why).to_have_attribute("open", "")
    await press(page, "e")
    await expect(why).not_to_have_attribute("open", "")
    await press(page, "n")
    await press(page, "j")
    assert await in_hand(page) == "newest"


async def test_older_turns_come_on_top_and_move_nothing(page: Page, talks: Desk) -> None:
    await page.goto(f"{talks.address}/staff/conversations/web-a")
    await page.evaluate("window.stayed = true")
    await page.locator("#turn-7").focus()
    top = "document.querySelector('#turn-7').getBoundingClientRect().top"
    before = await page.evaluate(top)
    await press(page, "o")
    await expect(page.locator("#turn-1")).to_be_attached()
    await expect(page.get_by_text("ここから始まります")).to_be_attached()
    assert abs(await page.evaluate(top) - before) < 2
    assert (await in_hand(page), await page.evaluate("window.stayed")) == ("turn-7", True)
    await press(page, "k")
    assert await in_hand(page) == "turn-6"


async def test_the_sheet_of_keys_says_what_each_does_here(page: Page, talks: Desk) -> None:
    await page.goto(f"{talks.address}/staff/conversations/web-a")
    await press(page, "?")
    sheet = page.get_by_role("dialog", name="キーの一覧")
    for told in ("次の発言、前の発言", "読み方と決め方", "これより前の発言", "いちばん新しい発言", "会話の一覧へ戻る"):
        await expect(sheet).to_contain_text(told)


async def test_a_wish_for_call_back_is_opened_in_its_place_and_noted(page: Page, talks: Desk) -> None:
    await page.goto(f"{talks.address}/staff/conversations/web-a")
    await page.get_by_role("button", name="開く").click()
    await expect(page.locator("#call-back")).to_contain_text(WISH)
    [entry] = talks.audit.entries(Wanted(action=Action.UNMASKED), 10)
    assert (entry.by.who, entry.about) == ("花子", "web-a")


async def test_markup_that_an_owner_wrote_does_not_run(page: Page, talks: Desk) -> None:
    complaints: List[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    keep(talks.store, "attack", words=ATTACK, at=NOW + 60)
    await page.goto(f"{talks.address}/staff/conversations")
    await expect(page.get_by_role("link", name="<script>")).to_be_visible()
    await page.get_by_role("link", name="<script>").click()
    await expect(page.locator("#newest .owner")).to_contain_text(ATTACK)
    assert "run" not in await page.title()
    assert complaints == []


async def test_conversations_are_found_kept_and_read_without_scripts(
    browser: Browser, talks: Desk, account: Account
) -> None:
    context = await browser.new_context(viewport=DESK, java_script_enabled=False)  # type: ignore[arg-type]
    await let_in(context, talks, account)
    page = await context.new_page()
    await page.goto(f"{talks.address}/staff/conversations")
    await page.get_by_label("利用者の言葉").fill("番目")
    await page.get_by_role("button", name="探す", exact=True).click()
    await expect(page.get_by_role("status")).to_have_text("最後の発言が新しい順に1件")
    assert "番目" not in page.url and "%E7" not in page.url
    await page.locator(".narrow summary").click()
    await page.get_by_label("この条件を残す名前").fill("番目の方")
    await page.get_by_role("button", name="残す", exact=True).click()
    await expect(page.get_by_role("status").first).to_have_text("条件を残しました。")
    await page.get_by_role("link", name="番目の方").click()
    await page.get_by_role("link", name="1番目").click()
    await page.get_by_role("link", name="これより前の発言").click()
    await expect(page.locator("#turn-1")).to_be_visible()
    await page.get_by_role("link", name="いちばん新しい発言へ").click()
    await expect(page.locator("#newest")).to_be_visible()
    await page.get_by_role("button", name="開く").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("折り返しの希望")
    await expect(page.get_by_text(WISH)).to_be_visible()
    await context.close()


async def test_what_goes_next_is_taken_along_as_a_file(page: Page, talks: Desk) -> None:
    await page.goto(f"{talks.address}/staff/retention")
    async with page.expect_download() as download:
        await page.get_by_role("button", name="表（CSV）").first.click()
    assert (await download.value).suggested_filename == "kaiwa-2027-01-15.csv"
