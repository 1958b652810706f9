"""Staff with a browser: by keyboard alone, on every size of screen, with a screen reader, safe with an IME."""

from __future__ import annotations

import io
import os
import re
from typing import Any, AsyncIterator, List

import pyotp
import pytest
import zxingcpp
from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from bot.store import Account, By, Reason, Role, Stage
from tests.conftest import ROOT
from tests.console.conftest import OPERATOR, PASSWORD, Desk
from tests.console.keys import press

DESK, TABLET, PHONE, NARROW = (
    {"width": 1280, "height": 800},
    {"width": 820, "height": 1180},
    {"width": 390, "height": 844},
    {"width": 320, "height": 640},
)
PICTURES = ROOT / "docs" / "pictures"
KEEP_PICTURES = "KAKARITSUKE_PICTURES"
IN_THE_GUIDE = {"second-factor", "home", "accounts", "audit"}
SIZES = pytest.mark.parametrize("size", [DESK, TABLET, PHONE, NARROW], ids=["1280", "tablet", "phone", "320"])
PAGES = ["", "/accounts", "/audit", "/password", "/nowhere"]


@pytest.fixture
def account(desk: Desk) -> Account:
    """An administrator, among others, with a log of some pages, in which names and addresses are long."""
    desk.add("次郎", Role.REVIEWER)
    desk.add("やめた 三郎", Role.VIEWER)
    desk.accounts.disable("やめた 三郎", OPERATOR)
    hanako = desk.add("花子", Role.ADMINISTRATOR)
    desk.accounts.keep_secret(hanako, pyotp.random_base32(), 1, By("花子", ""))
    for number in range(60):
        desk.audit.read(By("次郎", "2001:db8:0:1234:5678:9abc:def0:1234"), f"web-{number:03}{'0123456789abcdef' * 2}")
        desk.clock.now += 1
    desk.handoffs.open("a", Reason.DISTRESS)
    desk.handoffs.open("b", Reason.ASKED)
    return desk.accounts.of("花子")


async def let_in(context: BrowserContext, desk: Desk, account: Account, stage: Stage = Stage.IN) -> None:
    token = desk.sessions.begin(account, stage)
    cookie: Any = {"name": "staff", "value": token, "domain": "127.0.0.1", "path": "/staff", "sameSite": "Lax"}
    await context.add_cookies([cookie])


@pytest.fixture
async def context(browser: Browser, desk: Desk, account: Account) -> AsyncIterator[BrowserContext]:
    """A browser that is in as an administrator."""
    context = await browser.new_context(viewport=DESK, locale="ja-JP")  # type: ignore[arg-type]
    await let_in(context, desk, account)
    yield context
    await context.close()


@pytest.fixture
async def page(context: BrowserContext, desk: Desk) -> Page:
    page = await context.new_page()
    await page.goto(f"{desk.address}/staff")
    return page


async def findings(page: Page) -> List[str]:
    """All that axe-core finds, however slight."""
    results = await Axe().run(page)
    return [
        f"{found['id']} ({found['impact']}): {node['html'][:150]}"
        for found in results.response["violations"]
        for node in found["nodes"]
    ]


async def is_wider_than_its_screen(page: Page) -> bool:
    wider: bool = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wider


async def small_targets(page: Page) -> List[str]:
    """What can be pressed and is lower than 44 pixels; links within a sentence need not be."""
    found: List[str] = await page.evaluate(
        """() => [...document.querySelectorAll("button, summary, select, .top a, .button, input:not([type=hidden])")]
          .filter((e) => e.checkVisibility() && e.type !== "checkbox")
          .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])
          .filter(([, height]) => height < 44)
          .map(([html, height]) => `${html} ${height}`)"""
    )
    return found


async def read(picture: Locator) -> str:
    """What a telephone reads in a QR code on the screen."""
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(await picture.screenshot())))
    return str(found.text)


@SIZES
async def test_every_page_is_fit_for_everybody_on_every_screen(
    browser: Browser, desk: Desk, account: Account, size: Any
) -> None:
    """With KAKARITSUKE_PICTURES set, the pictures of staff in docs/pictures are taken anew."""
    context = await browser.new_context(viewport=size, locale="ja-JP")
    page = await context.new_page()
    wrong = {}

    async def look(name: str) -> None:
        found = [*await findings(page), *await small_targets(page)]
        if await is_wider_than_its_screen(page):
            found.append("wider than its screen")
        if found:
            wrong[name] = found

    async def show(name: str) -> None:
        picture = await page.screenshot(animations="disabled", full_page=name == "second-factor")
        if size is DESK and name in IN_THE_GUIDE and os.environ.get(KEEP_PICTURES):
            (PICTURES / f"staff-{name}.png").write_bytes(picture)

    await page.goto(f"{desk.address}/staff")
    await look("sign in")
    await page.get_by_label("名前").fill("花子")
    await page.get_by_label("パスワード").fill("違うパスワード")
    await press(page, "Enter")
    await page.get_by_role("alert").wait_for()
    await look("sign in failed")
    newcomer = desk.add("新人", Role.ADMINISTRATOR)
    await let_in(context, desk, newcomer, Stage.HALF)
    await page.goto(f"{desk.address}/staff")
    await page.get_by_role("img", name="二次元コード").wait_for()
    await show("second-factor")
    await look("second factor, first time")
    await let_in(context, desk, account, Stage.HALF)
    await page.goto(f"{desk.address}/staff")
    await page.get_by_label("確認の数字").fill("000000")
    await press(page, "Enter")
    await page.get_by_role("alert").wait_for()
    await look("second factor failed")
    await let_in(context, desk, account)
    for path in PAGES:
        await page.goto(f"{desk.address}/staff{path}")
        await show(path.strip("/") or "home")
        for summary in await page.locator("summary").all():
            await summary.click()
        await look(path or "home")
    await page.goto(f"{desk.address}/staff/accounts")
    await page.get_by_label("名前").fill("花子")
    await page.get_by_role("button", name="作る", exact=True).click()
    await page.get_by_role("alert").wait_for()
    await look("accounts failed")
    await page.get_by_label("名前").fill("四郎")
    await page.get_by_role("button", name="作る", exact=True).click()
    await page.get_by_text("はじめのパスワード", exact=True).wait_for()
    await look("password once")
    await page.get_by_role("button", name="キー").click()
    await look("keys")
    await context.close()
    assert wrong == {}


async def test_a_new_administrator_comes_in_and_changes_the_password_by_keyboard_alone(
    browser: Browser, desk: Desk
) -> None:
    desk.add("新人", Role.ADMINISTRATOR, temporary=True)
    context = await browser.new_context(viewport=DESK, locale="ja-JP")  # type: ignore[arg-type]
    page = await context.new_page()
    complaints: List[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    await page.goto(f"{desk.address}/staff")
    await page.get_by_label("名前").focus()
    await page.keyboard.type("新人")
    await press(page, "Tab")
    await page.keyboard.type(PASSWORD)
    await press(page, "Enter")
    await page.get_by_role("img", name="二次元コード").wait_for()
    secret = (await page.locator("figcaption code").inner_text()).replace(" ", "")
    assert f"secret={secret}&" in await read(page.get_by_role("img", name="二次元コード"))
    await page.get_by_label("確認の数字").focus()
    await page.keyboard.type(pyotp.TOTP(secret).at(int(desk.clock.now)))
    await press(page, "Enter")
    await page.wait_for_url("**/staff/password")
    for label, text in (
        ("いまのパスワード", PASSWORD),
        ("新しいパスワード", "あたらしい みかん箱が 八つ"),
        ("もう一度", "あたらしい みかん箱が 八つ"),
    ):
        await page.get_by_label(label, exact=label == "新しいパスワード").focus()
        await page.keyboard.type(text)
    await press(page, "Enter")
    await expect(page.get_by_role("status")).to_contain_text("パスワードを変えました")
    await page.get_by_role("button", name="出る").focus()
    await press(page, "Enter")
    await page.wait_for_url("**/staff/sign-in")
    await context.close()
    assert complaints == []


async def test_pages_are_opened_with_one_key_each_and_the_sheet_says_which(page: Page, desk: Desk) -> None:
    await press(page, "?")
    sheet = page.get_by_role("dialog", name="キーの一覧")
    await expect(sheet).to_be_visible()
    told = {row[0]: row[1] for row in re.findall(r"(\w)\n+(\S+)を開く", await sheet.inner_text())}
    assert told == {
        "h": "ホーム",
        "w": "引き継ぎ",
        "c": "会話",
        "d": "答え",
        "g": "統計",
        "m": "学習と評価",
        "r": "見直し",
        "t": "試す",
        "a": "アカウント",
        "l": "操作の記録",
        "p": "パスワード",
    }
    await press(page, "a")
    assert page.url == f"{desk.address}/staff"  # the sheet lies above
    await press(page, "?")
    await expect(sheet).to_be_hidden()
    for key, path in (("c", "/conversations"), ("a", "/accounts"), ("l", "/audit"), ("p", "/password"), ("h", "")):
        await press(page, key)
        await page.wait_for_url(f"{desk.address}/staff{path}")


async def test_the_sheet_is_left_with_escape_and_the_focus_is_where_it_was(page: Page) -> None:
    button = page.get_by_role("button", name="キー")
    await button.focus()
    await press(page, "Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await press(page, "Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(button).to_be_focused()


async def test_keys_in_a_field_are_letters(page: Page, desk: Desk) -> None:
    await page.goto(f"{desk.address}/staff/audit")
    await press(page, "f")
    who = page.get_by_label("だれが")
    await expect(who).to_be_focused()
    await page.keyboard.type("hap?l")
    await expect(who).to_have_value("hap?l")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert "/audit" in page.url


COMPOSING = ['{ key: "?", isComposing: true }', '{ key: "?", keyCode: 229 }', '{ key: "a", keyCode: 229 }']


@pytest.mark.parametrize("event", [*COMPOSING, '{ key: "a", ctrlKey: true }', '{ key: "a", repeat: true }'])
async def test_keys_are_not_taken_from_whoever_converts_a_word_or_means_something_else(
    page: Page, desk: Desk, event: str
) -> None:
    taken = await page.evaluate(
        f"!document.body.dispatchEvent(new KeyboardEvent('keydown', {{bubbles: true, cancelable: true, ...{event}}}))"
    )
    assert taken is False
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.url == f"{desk.address}/staff"


async def test_keys_can_be_switched_off_and_stay_off(page: Page, desk: Desk) -> None:
    await press(page, "?")
    await page.get_by_label("キーを使う").uncheck()
    await page.get_by_role("button", name="閉じる").click()
    await page.reload()
    await press(page, "?")
    await press(page, "a")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.url == f"{desk.address}/staff"
    await page.get_by_role("button", name="キー").click()
    await expect(page.get_by_label("キーを使う")).not_to_be_checked()


async def test_the_title_counts_who_waits_and_follows(page: Page, desk: Desk) -> None:
    assert (await page.title()).startswith("(2) ホーム")
    desk.handoffs.open("c", Reason.ASKED)
    async with page.expect_response("**/staff/waiting"):
        await page.evaluate("htmx.ajax('GET', '/staff/waiting', '#waiting')")
    await expect(page.locator("#waiting")).to_contain_text("2件")
    await page.wait_for_function("document.title.startsWith('(3) ')")


async def test_a_page_that_the_server_does_not_answer_says_so_until_it_does(page: Page, desk: Desk) -> None:
    ask = "htmx.ajax('GET', '/staff/waiting', '#waiting').catch(() => {})"
    lost = page.get_by_role("alert")
    await expect(lost).to_be_hidden()
    await page.context.set_offline(True)
    await page.evaluate(ask)
    await expect(lost).to_contain_text("つながっていません")
    await page.context.set_offline(False)
    await page.evaluate(ask)
    await expect(lost).to_be_hidden()


async def test_the_log_is_narrowed_down_without_leaving_the_page(page: Page, desk: Desk) -> None:
    await page.goto(f"{desk.address}/staff/audit")
    await page.evaluate("window.stayed = true")
    await page.get_by_label("何を").select_option("account_added")
    await expect(page.locator("#entries")).to_contain_text("アカウントを作った")
    await expect(page.locator("#entries")).not_to_contain_text("会話を読んだ")
    assert "action=account_added" in page.url
    assert await page.evaluate("window.stayed") is True


async def test_the_log_is_turned_by_key_and_back(page: Page, desk: Desk) -> None:
    await page.goto(f"{desk.address}/staff/audit")
    await press(page, "n")
    await page.wait_for_url("**/audit?after=*")
    await expect(page.get_by_text("web-000")).to_be_visible()
    await page.get_by_role("link", name="最新へ戻る").click()
    await page.wait_for_url("**/staff/audit?")


async def test_how_many_entries_are_there_is_said_to_whoever_cannot_see_them(page: Page, desk: Desk) -> None:
    await page.goto(f"{desk.address}/staff/audit")
    await expect(page.get_by_role("status")).to_have_text("新しい順に50件（これより前にもあります）")
    await page.get_by_label("何を").select_option("account_disabled")
    await expect(page.get_by_role("status")).to_have_text("新しい順に1件")


ELSEWHERE = "http://elsewhere.example/"


async def test_whoever_comes_from_a_link_in_a_mail_is_still_in(page: Page, desk: Desk) -> None:
    link = f"<a href='{desk.address}/staff/audit'>開く</a>"
    await page.route(f"{ELSEWHERE}**", lambda route: route.fulfill(body=link, content_type="text/html"))
    await page.goto(ELSEWHERE)
    await page.get_by_role("link").click()
    await page.wait_for_url("**/staff/audit")
    await page.goto(f"{desk.address}/staff")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("担当者を待っている方")


@pytest.mark.parametrize("path", ["sign-out", "sign-in"])
async def test_a_page_of_others_cannot_send_a_form_in_the_name_of_whoever_is_in(
    page: Page, desk: Desk, path: str
) -> None:
    form = f"<form method=post action='{desk.address}/staff/{path}'><button>送る</button></form>"
    await page.route(f"{ELSEWHERE}**", lambda route: route.fulfill(body=form, content_type="text/html"))
    await page.goto(ELSEWHERE)
    await page.get_by_role("button").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("受け取れませんでした")
    await page.goto(f"{desk.address}/staff")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("担当者を待っている方")


async def test_an_open_page_goes_to_the_sign_in_when_the_session_is_over(page: Page, desk: Desk) -> None:
    desk.accounts.change_password(desk.accounts.of("花子"), "a hash", By("花子", ""))
    await page.evaluate("htmx.ajax('GET', '/staff/waiting', '#waiting')")
    await page.wait_for_url("**/staff/sign-in")


async def test_what_was_seen_is_gone_from_the_browser_after_signing_out(page: Page, desk: Desk) -> None:
    await page.goto(f"{desk.address}/staff/audit")
    await page.get_by_label("何を").select_option("read")
    await page.wait_for_url("**action=read**")
    await page.get_by_role("button", name="出る").click()
    await page.wait_for_url("**/staff/sign-in")
    await page.go_back()
    await page.wait_for_url("**/staff/sign-in?to=**")
    kept = await page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert "web-0" not in kept and "<table" not in kept


async def test_everything_works_without_scripts(browser: Browser, desk: Desk, account: Account) -> None:
    context = await browser.new_context(viewport=DESK, java_script_enabled=False)  # type: ignore[arg-type]
    await let_in(context, desk, account)
    page = await context.new_page()
    await page.goto(f"{desk.address}/staff/audit")
    await page.get_by_label("何を").select_option("account_added")
    await page.get_by_role("button", name="絞り込む").click()
    await page.wait_for_url("**action=account_added**")
    await expect(page.locator("#entries")).not_to_contain_text("会話を読んだ")
    await page.goto(f"{desk.address}/staff/accounts")
    await page.locator("tr", has_text="次郎").get_by_text("止める", exact=False).first.click()
    await page.get_by_role("button", name="次郎を止める").click()
    await expect(page.get_by_role("status")).to_contain_text("アカウントを止めました")
    await context.close()


async def test_markup_that_somebody_wrote_does_not_run(page: Page, desk: Desk) -> None:
    attack = "<img src=x onerror='document.title=\"run\"'><script>document.title='run'</script>"
    desk.audit.read(By(attack, attack), attack)
    await page.goto(f"{desk.address}/staff/audit")
    await expect(page.get_by_text("<img src=x").first).to_be_visible()
    assert "run" not in await page.title()
