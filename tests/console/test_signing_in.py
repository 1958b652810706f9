"""Staff comes in with a password, administrators with a code as well; whoever guesses learns nothing and is stopped."""

from __future__ import annotations

import html
import re
from typing import Callable

import pyotp
import pytest
from argon2 import PasswordHasher

from bot.store import Action, Role, Sessions, Wanted
from bot.store.accounts import LOCKED_FOR_S, MOST_FAILURES
from tests.console.conftest import OPERATOR, PASSWORD, Answer, Browser, Desk, Member, secret_in
from tests.store.patience import opened

NEW = "あたらしい みかん箱 八つ"


def is_sign_in(answer: Answer) -> bool:
    return answer.path == "/staff/sign-in"


async def change_password(browser: Browser, old: str, new: str, again: str = "") -> Answer:
    await browser.get("/password")
    return await browser.post("/password", password=old, new=new, again=again or new)


async def test_whoever_has_the_right_password_comes_in(desk: Desk, browser_of_nobody: Browser) -> None:
    desk.add("花子", Role.VIEWER)
    answer = await browser_of_nobody.sign_in("花子")
    assert (answer.path, "花子" in answer.words) == ("/staff", True)
    assert desk.accounts.of("花子").signed_in_at == desk.clock.now


@pytest.mark.parametrize("name", ["hanako", "HANAKO", "Ｈａｎａｋｏ", " Hanako "])
async def test_the_spelling_of_a_name_does_not_matter(desk: Desk, browser_of_nobody: Browser, name: str) -> None:
    desk.add("Hanako")
    assert (await browser_of_nobody.sign_in(name)).path == "/staff"


async def test_a_password_in_full_width_is_the_same(desk: Desk, browser_of_nobody: Browser) -> None:
    kept = desk.add("花子")
    await change_password_of(desk, browser_of_nobody, kept.name, "mikanbako-7-furui")
    assert (await browser_of_nobody.sign_in("花子", "ｍｉｋａｎｂａｋｏ－７－ｆｕｒｕｉ")).path == "/staff"


async def change_password_of(desk: Desk, browser: Browser, name: str, new: str) -> None:
    await browser.sign_in(name)
    assert (await change_password(browser, PASSWORD, new)).path == "/staff"
    await browser.post("/sign-out")


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("花子", "違う みかん箱が 七つ"),
        ("太郎", PASSWORD),
        ("花子", ""),
        ("", PASSWORD),
        ("\0", "\0"),
        ("花子", "あ" * 300),
    ],
)
async def test_whatever_is_wrong_looks_the_same(
    desk: Desk, browser_of_nobody: Browser, name: str, password: str
) -> None:
    desk.add("花子")
    answer = await browser_of_nobody.sign_in(name, password)
    wrong = await browser_of_nobody.sign_in("だれか", "違うパスワード")
    assert (answer.status, answer.text) == (422, wrong.text)


async def test_a_name_that_nobody_has_takes_as_much_computing_as_one_that_somebody_has(
    desk: Desk, browser_of_nobody: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed = []
    real_hash, real_verify = PasswordHasher.hash, PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "hash", lambda self, text: computed.append("hash") or real_hash(self, text))
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda self, kept, text: computed.append("verify") or real_verify(self, kept, text)
    )
    desk.add("花子")
    for name in ("だれか", "花子"):
        await browser_of_nobody.sign_in(name, "違うパスワード")
    assert computed == ["hash", "verify"]


async def test_whoever_fails_too_often_is_locked_out_even_with_the_right_password(
    desk: Desk, browser_of_nobody: Browser
) -> None:
    desk.add("花子")
    for _ in range(MOST_FAILURES):
        await browser_of_nobody.sign_in("花子", "違うパスワード")
    assert (await browser_of_nobody.sign_in("花子")).status == 422
    desk.clock.now += LOCKED_FOR_S
    assert (await browser_of_nobody.sign_in("花子")).path == "/staff"


async def test_what_failed_is_noted_for_names_there_are_and_no_password_with_it(
    desk: Desk, browser_of_nobody: Browser
) -> None:
    desk.add("花子")
    await browser_of_nobody.sign_in("花子", "違うパスワード")
    await browser_of_nobody.sign_in("パスワードを名前に", "違うパスワード")
    [entry] = desk.audit.entries(Wanted(action=Action.SIGN_IN_FAILED), 10)
    assert (entry.about, entry.detail, entry.by.address) == ("花子", "password", "192.0.2.7")
    assert "パスワードを名前に" not in repr(desk.audit.entries(Wanted(), 10))


async def test_an_address_that_tries_too_often_has_to_wait(desk: Desk, browser_of_nobody: Browser) -> None:
    desk.add("花子")
    desk.visitors.wait = 40
    answer = await browser_of_nobody.sign_in("花子")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "40")
    assert "少しお待ちください" in answer.words


async def test_a_disabled_account_does_not_come_in(desk: Desk, browser_of_nobody: Browser) -> None:
    desk.add("花子")
    desk.add("太郎")
    desk.accounts.disable("花子", OPERATOR)
    assert (await browser_of_nobody.sign_in("花子")).status == 422


async def test_the_token_of_before_is_worth_nothing_after_signing_in(desk: Desk, browser_of_nobody: Browser) -> None:
    desk.add("花子")
    await browser_of_nobody.get("/sign-in")
    before = browser_of_nobody.cookie
    await browser_of_nobody.sign_in("花子")
    assert browser_of_nobody.cookie != before
    assert desk.sessions.find(before) is None


async def test_a_token_that_somebody_else_put_into_the_browser_does_not_become_a_session(
    desk: Desk, browser_of_nobody: Browser
) -> None:
    desk.add("花子")
    browser_of_nobody.hold("x" * 43)
    await browser_of_nobody.sign_in("花子")
    assert desk.sessions.find("x" * 43) is None


async def test_signing_in_again_ends_the_session_of_before(desk: Desk, member: Member) -> None:
    browser = await member("花子")
    before = browser.cookie
    await browser.post("/sign-in", name="花子", password=PASSWORD)
    assert desk.sessions.find(before) is None
    assert desk.sessions.find(browser.cookie) is not None


async def test_the_cookie_is_for_pages_of_the_console_alone(desk: Desk, browser_of_nobody: Browser) -> None:
    desk.add("花子")
    set_by = (await browser_of_nobody.get("/sign-in")).headers["Set-Cookie"]
    assert {"Path=/staff", "HttpOnly", "SameSite=Lax"} <= set(set_by.split("; "))
    assert "Expires" not in set_by and "Max-Age" not in set_by and "Secure" not in set_by


async def test_whoever_followed_a_link_comes_where_it_led_once_they_are_in(
    desk: Desk, browser_of_nobody: Browser
) -> None:
    desk.add("花子", Role.ADMINISTRATOR)
    page = await browser_of_nobody.get("/audit?who=%E6%AC%A1%E9%83%8E")
    to = re.search(r'name="to" value="([^"]*)"', page.text)
    assert to is not None
    page = await browser_of_nobody.post("/sign-in", name="花子", password=PASSWORD, to=html.unescape(to[1]))
    wrong = await browser_of_nobody.post("/second-factor", code="000000", to=html.unescape(to[1]))
    again = re.search(r'name="to" value="([^"]*)"', wrong.text)
    assert again == to or (again is not None and again[1] == to[1])
    code = pyotp.TOTP(secret_in(page.text)).at(int(desk.clock.now))
    answer = await browser_of_nobody.post("/second-factor", code=code, to=html.unescape(to[1]))
    assert answer.path == "/staff/audit"
    assert 'value="次郎"' in answer.text


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "/\\evil.example", "@evil.example", "/\r\nX: y", "/" * 600, "x"]
)
async def test_no_link_leads_out_of_the_console(desk: Desk, browser_of_nobody: Browser, to: str) -> None:
    desk.add("花子")
    await browser_of_nobody.get("/sign-in")
    answer = await browser_of_nobody.post("/sign-in", name="花子", password=PASSWORD, to=to, follow=False)
    assert answer.status == 303
    assert re.fullmatch(r"/staff(/[!-~]*)?", answer.headers["Location"])
    assert "X" not in answer.headers


async def test_whoever_is_in_already_is_not_asked_again(member: Member) -> None:
    assert (await (await member("花子")).get("/sign-in")).path == "/staff"


async def test_signing_out_ends_the_session_on_the_server_and_in_the_browser(desk: Desk, member: Member) -> None:
    browser = await member("花子")
    token = browser.cookie
    answer = await browser.post("/sign-out")
    assert is_sign_in(answer)
    assert desk.sessions.find(token) is None
    browser.hold(token)
    assert is_sign_in(await browser.get(""))


async def test_an_idle_session_is_over_and_says_no_more_than_the_sign_in_page(desk: Desk, member: Member) -> None:
    browser = await member("花子")
    desk.clock.now += 2 * 3600
    assert is_sign_in(await browser.get(""))


async def test_a_page_that_stays_open_does_not_keep_the_session_on(desk: Desk, member: Member) -> None:
    browser = await member("花子")
    for _ in range(8):
        desk.clock.now += 15 * 60
        answer = await browser.get("/waiting")
    assert is_sign_in(answer)


async def test_another_process_ends_a_session_at_once(desk: Desk, member: Member, store_address: str) -> None:
    browser = await member("花子")
    Sessions(opened(store_address), desk.clock).end(browser.cookie)
    assert is_sign_in(await browser.get(""))


@pytest.mark.parametrize(
    "cookie", ["staff=x", "staff=", "staff", "staff=あ", "staff=" + "x" * 4000, ";;;", "staff=\\" * 500]
)
async def test_a_cookie_that_is_none_of_ours_is_as_good_as_none(
    desk: Desk, browser_of_nobody: Browser, cookie: str
) -> None:
    desk.add("花子")
    answer = await browser_of_nobody.send("GET", "", headers={"Cookie": cookie.encode().decode("latin-1")})
    assert answer.headers["Location"] == "/staff/sign-in"


async def test_two_cookies_of_the_name_are_as_good_as_none(browser_of_nobody: Browser, member: Member) -> None:
    token = (await member("花子")).cookie
    answer = await browser_of_nobody.send("GET", "", headers={"Cookie": f"staff={token}; staff={'x' * 43}"})
    assert answer.headers["Location"] == "/staff/sign-in"


async def test_an_administrator_sets_up_a_second_factor_at_the_first_sign_in(
    desk: Desk, browser_of_nobody: Browser
) -> None:
    desk.add("花子", Role.ADMINISTRATOR)
    page = await browser_of_nobody.sign_in("花子")
    assert "決めるのは、はじめの一度だけです" in page.words
    assert '<svg class="qr"' in page.text or 'class="qr"' in page.text
    secret = secret_in(page.text)
    assert (await browser_of_nobody.give_code(secret)).path == "/staff"
    assert desk.accounts.of("花子").secret == secret


async def test_a_second_factor_is_shown_once_and_needed_from_then_on(
    desk: Desk, browsers: Callable[[], Browser]
) -> None:
    desk.add("花子", Role.ADMINISTRATOR)
    first, second = browsers(), browsers()
    secret = secret_in((await first.sign_in("花子")).text)
    await first.give_code(secret)
    page = await second.sign_in("花子")
    assert "認証アプリに出ている6桁の数字" in page.words
    assert secret not in page.text.replace(" ", "") and "qr" not in page.text
    assert (await second.get("")).path == "/staff/second-factor"
    desk.clock.now += 30
    assert (await second.give_code(secret)).path == "/staff"


async def test_a_second_factor_that_was_not_proved_is_not_kept(desk: Desk, browsers: Callable[[], Browser]) -> None:
    desk.add("花子", Role.ADMINISTRATOR)
    first, second = browsers(), browsers()
    page = await first.sign_in("花子")
    wrong = await first.post("/second-factor", code="000000")
    assert (wrong.status, secret_in(wrong.text)) == (422, secret_in(page.text))
    assert desk.accounts.of("花子").secret is None
    assert secret_in((await second.sign_in("花子")).text) != secret_in(page.text)


async def test_nobody_comes_in_twice_with_one_code(desk: Desk, browsers: Callable[[], Browser]) -> None:
    desk.add("花子", Role.ADMINISTRATOR)
    first, second = browsers(), browsers()
    secret = secret_in((await first.sign_in("花子")).text)
    await first.give_code(secret)
    await second.sign_in("花子")
    assert (await second.give_code(secret)).status == 422


@pytest.mark.parametrize("late_s", [-30, 0, 30])
async def test_a_telephone_whose_clock_is_a_little_wrong_is_good_enough(
    desk: Desk, browser_of_nobody: Browser, late_s: int
) -> None:
    desk.add("花子", Role.ADMINISTRATOR)
    secret = secret_in((await browser_of_nobody.sign_in("花子")).text)
    code = pyotp.TOTP(secret).at(int(desk.clock.now) + late_s)
    full_width = code.translate({ord("0") + n: "０１２３４５６７８９"[n] for n in range(10)})
    answer = await browser_of_nobody.post("/second-factor", code=f" {full_width[:3]} {full_width[3:]}")
    assert answer.path == "/staff"


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "あいうえおか", "1" * 500])
async def test_a_wrong_code_does_not_let_in(desk: Desk, browser_of_nobody: Browser, code: str) -> None:
    desk.add("花子", Role.ADMINISTRATOR)
    await browser_of_nobody.sign_in("花子")
    answer = await browser_of_nobody.post("/second-factor", code=code)
    assert (answer.status, "数字が違います" in answer.words) == (422, True)
    [entry] = desk.audit.entries(Wanted(action=Action.SIGN_IN_FAILED), 10)
    assert entry.detail == "code"


async def test_whoever_has_the_password_cannot_try_codes_without_end(desk: Desk, browser_of_nobody: Browser) -> None:
    desk.add("花子", Role.ADMINISTRATOR)
    for _ in range(MOST_FAILURES):
        await browser_of_nobody.sign_in("花子")
        await browser_of_nobody.post("/second-factor", code="000000")
    answer = await browser_of_nobody.post("/second-factor", code="000000")
    assert "名前かパスワード、または確認の数字が違います" in answer.words
    assert (await browser_of_nobody.sign_in("花子")).status == 422


async def test_the_second_factor_has_to_follow_within_minutes(desk: Desk, browser_of_nobody: Browser) -> None:
    desk.add("花子", Role.ADMINISTRATOR)
    secret = secret_in((await browser_of_nobody.sign_in("花子")).text)
    desk.clock.now += 10 * 60
    assert is_sign_in(await browser_of_nobody.give_code(secret))


async def test_others_are_asked_for_no_code(desk: Desk, browser_of_nobody: Browser) -> None:
    desk.add("花子", Role.REVIEWER)
    await browser_of_nobody.sign_in("花子")
    assert (await browser_of_nobody.get("/second-factor")).path == "/staff"


async def test_a_password_that_somebody_else_gave_is_changed_first(desk: Desk, browser_of_nobody: Browser) -> None:
    desk.add("花子", temporary=True)
    page = await browser_of_nobody.sign_in("花子")
    assert (page.path, "ほかの人が作ったものです" in page.words) == ("/staff/password", True)
    assert (await change_password(browser_of_nobody, PASSWORD, NEW)).path == "/staff"
    assert not desk.accounts.of("花子").temporary


async def test_who_changes_the_password_stays_in_and_all_other_sessions_end(desk: Desk, member: Member) -> None:
    here, there = await member("花子"), await member("花子")
    answer = await change_password(here, PASSWORD, NEW)
    assert (answer.path, "パスワードを変えました" in answer.words) == ("/staff", True)
    assert is_sign_in(await there.get(""))
    assert is_sign_in(await there.sign_in("花子"))
    assert (await there.sign_in("花子", NEW)).path == "/staff"


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("違うパスワード", NEW, NEW, "いまのパスワードが違います"),
        (PASSWORD, "みじかい", "みじかい", "12文字以上"),
        (PASSWORD, "", "", "12文字以上"),
        (PASSWORD, "あ" * 12, "あ" * 12, "5種類以上"),
        (PASSWORD, "わたしは花子ちゃんなのだ花子", "わたしは花子ちゃんなのだ花子", "お名前を入れないで"),
        (PASSWORD, "あいうえおかきくけこ" * 21, "", "200文字まで"),
        (PASSWORD, NEW, NEW + "。", "二つが違います"),
        (PASSWORD, PASSWORD, PASSWORD, "いまと違う"),
    ],
)
async def test_a_password_that_will_not_do_is_said_and_not_kept(
    desk: Desk, member: Member, old: str, new: str, again: str, said: str
) -> None:
    browser = await member("花子ちゃん" if "お名前" in said else "花子")
    before = desk.accounts.all()[0].password
    answer = await change_password(browser, old, new, again)
    assert (answer.status, said in answer.words) == (422, True)
    assert desk.accounts.all()[0].password == before
    assert new == "" or new not in answer.text


async def test_whoever_sits_at_an_open_page_cannot_try_passwords_without_end(desk: Desk, member: Member) -> None:
    browser = await member("花子")
    for _ in range(MOST_FAILURES):
        await change_password(browser, "違うパスワード", NEW)
    assert (await change_password(browser, PASSWORD, NEW)).status == 422
    assert {e.detail for e in desk.audit.entries(Wanted(action=Action.PASSWORD_NOT_CHANGED), 10)} == {"password"}


async def test_a_store_that_fails_is_a_kind_page(desk: Desk, member: Member) -> None:
    browser = await member("花子")
    with desk.store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE staff_sessions")
    answer = await browser.get("")
    assert (answer.status, "いまは開けません" in answer.words) == (503, True)
    assert "staff_sessions" not in answer.text
