"""引き継ぎ with a browser: on a desk and on a telephone, by keyboard, with the count, the sound, and an IME."""

from __future__ import annotations

import os
from typing import Any, AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from bot.messages import Message, Referral, ReferralStep
from bot.store import (
    Account,
    AskedQuestion,
    By,
    HeardFact,
    HeardMove,
    Reason,
    Role,
    Spoken,
    StaffLines,
    StateAfter,
    TurnRecord,
    TurnRecords,
    WhatWasHeard,
)
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

WEB = "web-1"
IN_THE_GUIDE = {("handoffs", 1280): "handoffs", ("handoff", 1280): "handoff", ("handoff", 390): "handoff-phone"}
SIZES = pytest.mark.parametrize("size", [DESK, TABLET, PHONE], ids=["1280", "820", "390"])


def say(desk: Desk, number: int, words: str, *said: Message, **more: Any) -> None:
    spoken = tuple(Spoken("utter_x", message) for message in said)
    TurnRecords(desk.store).keep(
        TurnRecord(WEB, "web", f"m{number}", desk.clock.now - 600 + number, words, said=spoken, **more)
    )


@pytest.fixture
def account(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Somebody who answers, and two who wait."""
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    hurts = "先月から返済が苦しいです。取引先の倒産で、売掛金が入りません。銀行に相談しましたが、断られました。"
    facts = (
        HeardFact("prefecture", "福島県", True),
        HeardFact("municipality", "郡山市", True),
        HeardFact("industry", "旅館", True),
        HeardFact("employee_count", "6", True),
    )
    after = StateAfter(issue="資金繰り", sub_issue="lending", prefecture="福島県")
    bank = ReferralStep("a", "みどり野商工会議所", "1", "まず", "", "今週", "", ())
    guarantor = ReferralStep("b", "信用保証協会", "2", "次に", "", "", "", ())
    road = Referral("資金繰りの相談先", "資金繰り", None, (bank, guarantor))
    unknown, sorry = (AskedQuestion("cost", False),), Message("そこまでは、こちらではわかりません。")
    heard = WhatWasHeard(moves=(HeardMove("problem", 1.0),), facts=facts)
    say(desk, 1, hurts, Message("お金の入りが遅れて、お困りなのですね。"), heard=heard, after=after)
    say(desk, 2, "郡山の旅館です。6人でやっています", Message("次の窓口にご相談ください。", road), after=after)
    say(desk, 3, "保証料はいくらですか", sorry, asked=unknown, after=after)
    say(desk, 4, "人と話したいです", Message("わかりました。担当者におつなぎします。"), after=after)
    desk.handoffs.open(WEB, Reason.ASKED)
    desk.handoffs.open("line-2", Reason.DISTRESS)
    return desk.add("花子", Role.REVIEWER)


@pytest.fixture
async def page(browser: Browser, desk: Desk, account: Account) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=DESK, locale="ja-JP")  # type: ignore[arg-type]
    await let_in(context, desk, account)
    page = await context.new_page()
    yield page
    await context.close()


@SIZES
async def test_the_pages_are_fit_for_everybody_on_every_screen(
    browser: Browser, desk: Desk, account: Account, size: Any
) -> None:
    """With KAKARITSUKE_PICTURES set, their pictures in docs/pictures are taken anew."""
    context = await browser.new_context(viewport=size, locale="ja-JP")
    await let_in(context, desk, account)
    page = await context.new_page()
    wrong = {}

    async def look(name: str) -> None:
        found = [*await findings(page), *await small_targets(page)]
        if await is_wider_than_its_screen(page):
            found.append("wider than its screen")
        if found:
            wrong[name] = found
        picture = await page.screenshot(animations="disabled", full_page=True)
        kept = IN_THE_GUIDE.get((name, size["width"]))
        if kept and os.environ.get(KEEP_PICTURES):
            (PICTURES / f"staff-{kept}.png").write_bytes(picture)

    await page.goto(f"{desk.address}/staff/handoffs")
    await look("handoffs")
    await page.get_by_role("link", name="人に話したい").click()
    await page.get_by_role("heading", name="引き受ける").wait_for()
    await look("handoff-unclaimed")
    await page.get_by_role("button", name="引き受ける").click()
    await page.get_by_role("button", name="返事を送る").wait_for()
    await page.get_by_label("花子として送ります").fill("花子と申します。\n返済は、いつから苦しいですか。")
    await page.get_by_role("button", name="返事を送る").click()
    await expect(page.get_by_role("status").first).to_contain_text("送りました")
    await look("handoff")
    await context.close()
    assert wrong == {}


async def test_a_conversation_is_handed_back_by_keyboard_alone(page: Page, desk: Desk) -> None:
    await page.goto(f"{desk.address}/staff/handoffs")
    await press(page, "o")
    await page.get_by_role("button", name="引き受ける").focus()
    await press(page, "Enter")
    await page.get_by_role("button", name="返事を送る").wait_for()
    await press(page, "e")
    await page.keyboard.type("こんにちは。")
    await press(page, "Enter")  # a new line, since an Enter ends a conversion too
    await page.keyboard.type("花子です。")
    await press(page, "Control+Enter")
    await expect(page.locator(".spoken .staff .words")).to_have_text("こんにちは。\n花子です。")
    await page.get_by_role("button", name="ボットに返す").focus()
    await press(page, "Enter")
    await page.wait_for_url("**/staff/handoffs?said=gave_back")


async def test_an_enter_that_ends_a_conversion_sends_nothing(page: Page, desk: Desk) -> None:
    desk.takeovers.claim(WEB, By("花子", ""), "花子")
    await page.goto(f"{desk.address}/staff/handoffs/{WEB}")
    await page.get_by_label("花子として送ります").fill("かんじ")
    for how in ("isComposing: true", "keyCode: 229"):
        event = f'{{ key: "Enter", ctrlKey: true, {how} }}'
        await page.evaluate(
            "document.querySelector('#words').dispatchEvent("
            f"new KeyboardEvent('keydown', {{bubbles: true, cancelable: true, ...{event}}}))"
        )
    assert len(StaffLines(desk.store).of(WEB)) == 1


async def test_who_comes_to_wait_is_counted_in_the_title_and_heard(page: Page, desk: Desk) -> None:
    await page.goto(f"{desk.address}/staff/handoffs")
    await expect(page).to_have_title("(2) 引き継ぎ　かかりつけ相談ボット 担当者の画面")
    await page.get_by_role("heading", name="引き継ぎ").click()
    desk.handoffs.open("web-3", Reason.ASKED)
    await expect(page).to_have_title("(3) 引き継ぎ　かかりつけ相談ボット 担当者の画面", timeout=10_000)
    await expect(page.locator("html")).to_have_attribute("data-chimed", "1")


async def test_the_sound_can_be_switched_off_and_stays_off(page: Page, desk: Desk) -> None:
    await page.goto(f"{desk.address}/staff/handoffs")
    await page.get_by_label("音で知らせる").uncheck()
    await page.reload()
    await expect(page.get_by_label("音で知らせる")).not_to_be_checked()
    desk.handoffs.open("web-3", Reason.ASKED)
    await expect(page).to_have_title("(3) 引き継ぎ　かかりつけ相談ボット 担当者の画面", timeout=10_000)
    await expect(page.locator("html")).not_to_have_attribute("data-chimed", "1")


async def test_what_the_owner_writes_appears_by_itself_and_a_draft_stays(page: Page, desk: Desk) -> None:
    desk.takeovers.claim(WEB, By("花子", ""), "花子")
    await page.goto(f"{desk.address}/staff/handoffs/{WEB}")
    field = page.get_by_label("花子として送ります")
    await field.fill("書きかけ")
    say(desk, 700, "もしもし、いますか")
    await expect(page.locator(".spoken")).to_contain_text("もしもし、いますか", timeout=10_000)
    await expect(field).to_have_value("書きかけ")


async def test_without_scripts_everything_can_be_done(browser: Browser, desk: Desk, account: Account) -> None:
    context = await browser.new_context(viewport=PHONE, locale="ja-JP", java_script_enabled=False)  # type: ignore[arg-type]
    await let_in(context, desk, account)
    page = await context.new_page()
    await page.goto(f"{desk.address}/staff/handoffs")
    await page.get_by_role("link", name="人に話したい").click()
    await page.get_by_role("button", name="引き受ける").click()
    await page.get_by_label("花子として送ります").fill("こんにちは。")
    await page.get_by_role("button", name="返事を送る").click()
    await page.get_by_role("button", name="終わりにする").click()
    await expect(page.get_by_role("status").first).to_contain_text("終わりにしました")
    await context.close()
