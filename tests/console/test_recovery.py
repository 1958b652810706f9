"""An administrator without the telephone comes in with a recovery code, once, and never without the password."""

from __future__ import annotations

import re
from typing import Callable, List

import pytest

from bot.store import Action, Role, Wanted
from tests.console.conftest import PASSWORD, Browser, Desk, Member


@pytest.fixture
async def hanako(member: Member) -> Browser:
    return await member("花子", Role.ADMINISTRATOR)


async def made(browser: Browser) -> List[str]:
    """Ten new codes, as the page shows them once."""
    await browser.get("/recovery")
    page = await browser.post("/recovery", password=PASSWORD)
    return re.findall(r"<code>([\d-]+)</code>", page.text)


async def test_ten_codes_are_shown_once_and_only_their_hashes_are_kept(desk: Desk, hanako: Browser) -> None:
    codes = await made(hanako)
    assert len(set(codes)) == 10
    page = await hanako.get("/recovery")
    assert "あと10個" in page.words and codes[0] not in page.text
    with desk.store.reading() as store:
        kept = [row[0] for row in store.exec_driver_sql("SELECT hash FROM staff_recovery_codes")]
    assert len(kept) == 10 and all(each.startswith("$argon2id$") for each in kept)


@pytest.mark.parametrize("typed", ["{}", " {} ", "１{}"])
async def test_a_code_lets_in_once(desk: Desk, hanako: Browser, browsers: Callable[[], Browser], typed: str) -> None:
    codes = await made(hanako)
    code = typed.format(codes[1][1:] if typed.startswith("１") else codes[1])
    first, second = browsers(), browsers()
    await first.sign_in("花子")
    assert (await first.post("/second-factor", code=code)).path == "/staff"
    assert desk.audit.entries(Wanted(action=Action.RECOVERY_CODE_USED), 5)[0].by.who == "花子"
    await second.sign_in("花子")
    assert (await second.post("/second-factor", code=code)).status == 422


async def test_the_app_goes_on_beside_the_codes(desk: Desk, hanako: Browser, member: Member) -> None:
    await made(hanako)
    desk.clock.now += 60
    assert (await (await member("花子", Role.ADMINISTRATOR)).get("")).status == 200


@pytest.mark.parametrize("code", ["1-00000-00000-00000", "000000", "", "あ" * 16, "1" * 16])
async def test_no_other_code_lets_in_and_it_counts_as_an_attempt(
    desk: Desk, hanako: Browser, browsers: Callable[[], Browser], code: str
) -> None:
    await made(hanako)
    other = browsers()
    await other.sign_in("花子")
    assert (await other.post("/second-factor", code=code)).status == 422
    assert desk.audit.entries(Wanted(), 1)[0].action is Action.SIGN_IN_FAILED


async def test_who_does_not_know_the_password_makes_no_codes(desk: Desk, hanako: Browser) -> None:
    await made(hanako)
    await hanako.get("/recovery")
    page = await hanako.post("/recovery", password="not the right one")
    assert (page.status, "いまのパスワードが違います" in page.words) == (422, True)
    assert desk.audit.entries(Wanted(), 1)[0].action is Action.RECOVERY_CODES_NOT_MADE


async def test_before_there_is_a_second_factor_no_code_is_taken(desk: Desk, browsers: Callable[[], Browser]) -> None:
    desk.add("新人", Role.ADMINISTRATOR)
    browser = browsers()
    await browser.sign_in("新人")
    assert (await browser.post("/second-factor", code="1-00000-00000-00000")).status == 422
