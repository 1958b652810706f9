"""Administrators look after accounts and the log; everybody sees what waits; what was written is shown as text."""

from __future__ import annotations

import re
from typing import Callable
from urllib.parse import quote

import pytest

from bot.console.pages import _templates
from bot.console.passwords import new_password, problem_with
from bot.console.routes import ROUTES
from bot.store import Action, By, Reason, Role, Wanted
from tests.console.conftest import Browser, Desk, Member

ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"


def words(name: str) -> "dict[str, str]":
    """One of the lists of names that the templates have."""
    found: "dict[str, str]" = getattr(_templates().get_template("_words.html").module, name)
    return found


def handed_over(page: str) -> str:
    """The password that a page shows once."""
    found = re.search(r"<dd><code>([a-z0-9-]+)</code></dd>", page)
    assert found, page
    return found[1]


@pytest.fixture
async def administrator(member: Member) -> Browser:
    return await member("花子", Role.ADMINISTRATOR)


def test_every_action_role_and_page_has_a_name_in_japanese() -> None:
    assert set(words("actions")) == {action.value for action in Action}
    assert set(words("roles")) == set(words("role_means")) == {role.value for role in Role}
    assert set(words("pages")) == {route.name for route in ROUTES if route.key}


def test_no_two_pages_have_the_same_key() -> None:
    keys = [route.key for route in ROUTES if route.key]
    assert len(set(keys)) == len(keys)


def test_a_new_password_is_one_that_can_be_taken_and_never_the_same() -> None:
    made = {new_password() for _ in range(100)}
    assert len(made) == 100
    assert {problem_with(each, "花子") for each in made} == {None}


async def test_a_new_account_comes_in_with_the_password_that_is_shown_once(
    desk: Desk, administrator: Browser, browser_of_nobody: Browser
) -> None:
    await administrator.get("/accounts")
    page = await administrator.post("/accounts/add", name="次郎", role="reviewer")
    password = handed_over(page.text)
    assert password not in (await administrator.get("/accounts")).text
    assert (await browser_of_nobody.sign_in("次郎", password)).path == "/staff/password"
    assert desk.accounts.of("次郎").role is Role.REVIEWER


@pytest.mark.parametrize(
    ("name", "role", "said"),
    [
        ("花子", "viewer", "もう使われています"),
        ("", "viewer", "40文字までの"),
        ("terminal:root", "viewer", "40文字までの"),
        ("あ" * 41, "viewer", "40文字までの"),
        (ATTACK, "viewer", "40文字までの"),
        ("次郎", "owner", "役割を選んで"),
        ("次郎", "", "役割を選んで"),
    ],
)
async def test_an_account_that_cannot_be_made_is_said_beside_what_was_written(
    desk: Desk, administrator: Browser, name: str, role: str, said: str
) -> None:
    await administrator.get("/accounts")
    page = await administrator.post("/accounts/add", name=name, role=role)
    assert (page.status, said in page.words) == (422, True)
    assert len(desk.accounts.all()) == 1
    assert "<script>alert" not in page.text and "<img" not in page.text


async def test_a_disabled_account_is_out_at_once_and_comes_back_by_a_reset(
    desk: Desk, administrator: Browser, member: Member
) -> None:
    other = await member("次郎", Role.REVIEWER)
    page = await administrator.post("/accounts/disable", name="次郎")
    assert "アカウントを止めました" in page.words
    assert (await other.get("")).path == "/staff/sign-in"
    password = handed_over((await administrator.post("/accounts/reset", name="次郎")).text)
    assert (await other.sign_in("次郎", password)).path == "/staff/password"


async def test_somebody_gets_another_role_and_their_open_pages_end(
    desk: Desk, administrator: Browser, member: Member
) -> None:
    other = await member("次郎", Role.VIEWER)
    await administrator.get("/accounts")
    page = await administrator.post("/accounts/role", name="次郎", role="reviewer")
    assert "役割を変えました" in page.words
    assert (await other.get("")).path == "/staff/sign-in"
    assert (await (await member("次郎", Role.REVIEWER)).get("/review")).status == 200
    [entry] = desk.audit.entries(Wanted(action=Action.ROLE_CHANGED), 5)
    assert (entry.by.who, entry.about, entry.detail) == ("花子", "次郎", "reviewer")


async def test_who_becomes_an_administrator_sets_a_second_factor_up_first(
    administrator: Browser, member: Member, browsers: Callable[[], Browser]
) -> None:
    await member("次郎", Role.REVIEWER)
    await administrator.get("/accounts")
    await administrator.post("/accounts/role", name="次郎", role="administrator")
    assert "figcaption" in (await browsers().sign_in("次郎")).text


@pytest.mark.parametrize(
    ("name", "role", "said"),
    [
        ("花子", "viewer", "ご自分のアカウントは"),
        ("だれか", "viewer", "その名前のアカウントはありません"),
        ("次郎", "owner", "役割を選んでください"),
    ],
)
async def test_what_cannot_be_made_of_a_role_is_said(
    desk: Desk, administrator: Browser, name: str, role: str, said: str
) -> None:
    desk.add("次郎", Role.REVIEWER)
    await administrator.get("/accounts")
    answer = await administrator.post("/accounts/role", name=name, role=role)
    assert (answer.status, said in answer.words) == (422, True)
    assert [each.role for each in desk.accounts.all()] == [Role.REVIEWER, Role.ADMINISTRATOR]


async def test_an_administrator_who_lost_the_telephone_sets_up_another_after_a_reset(
    administrator: Browser, member: Member
) -> None:
    other = await member("次郎", Role.ADMINISTRATOR)
    password = handed_over((await administrator.post("/accounts/reset", name="次郎")).text)
    assert "二段階の確認を決める" in (await other.sign_in("次郎", password)).words


@pytest.mark.parametrize("what", ["disable", "reset"])
@pytest.mark.parametrize(("name", "said"), [("花子", "ご自分"), ("だれか", "その名前の"), ("", "その名前の")])
async def test_nobody_changes_their_own_account_there_or_one_that_is_not(
    desk: Desk, administrator: Browser, what: str, name: str, said: str
) -> None:
    page = await administrator.post(f"/accounts/{what}", name=name)
    assert (page.status, said in page.words) == (422, True)
    assert not desk.accounts.of("花子").disabled


async def test_what_is_done_to_accounts_stands_in_the_log_with_who_did_it(desk: Desk, administrator: Browser) -> None:
    await administrator.post("/accounts/add", name="次郎", role="viewer")
    await administrator.post("/accounts/reset", name="次郎")
    await administrator.post("/accounts/disable", name="次郎")
    done = [(entry.by.who, entry.action) for entry in desk.audit.entries(Wanted(about="次郎"), 10)]
    assert done == [
        ("花子", Action.ACCOUNT_DISABLED),
        ("花子", Action.ACCOUNT_RESET),
        ("花子", Action.ACCOUNT_ADDED),
    ]


async def test_the_log_is_read_by_person_action_matter_and_time(desk: Desk, administrator: Browser) -> None:
    desk.audit.read(By("次郎", "192.0.2.9"), "web-abc")
    desk.clock.now += 3600
    desk.audit.read(By("三郎", "192.0.2.8"), "web-def")
    for asked, there in {
        "who=次郎": "web-abc",
        "action=read&about=web-def": "web-def",
        "since=2027-01-15T17:30": "web-def",
        "until=2027-01-15T17:30": "web-abc",
    }.items():
        text = (await administrator.get(f"/audit?{asked}")).text
        other = {"web-abc": "web-def", "web-def": "web-abc"}[there]
        assert (there in text, f'<td data-label="どの会話、どのアカウント">{other}' in text) == (True, False), asked


async def test_the_log_is_turned_page_by_page(desk: Desk, administrator: Browser) -> None:
    for number in range(120):
        desk.audit.read(By("次郎", "192.0.2.9"), f"web-{number:03}")
    seen, query = [], "?who=次郎"
    while query:
        text = (await administrator.get(f"/audit{query}")).text
        seen += re.findall(r"web-\d{3}", text)
        older = re.search(r'rel="next" href="/staff/audit(\?[^"]*)"', text)
        query = older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"web-{number:03}" for number in reversed(range(120))]


async def test_htmx_gets_the_entries_without_the_page(desk: Desk, administrator: Browser) -> None:
    text = (await administrator.get("/audit", **{"HX-Request": "true"})).text
    assert "<table" in text and "<html" not in text


@pytest.mark.parametrize(
    "asked",
    [
        "after=x",
        "after=99999999999999999999",
        "after=-1",
        "since=x&until=y",
        "action=x",
        "since=9999-12-31T23:59",
        "%ff",
    ],
)
async def test_what_cannot_be_asked_of_the_log_is_left_out(administrator: Browser, asked: str) -> None:
    answer = await administrator.get(f"/audit?{asked}")
    assert answer.status == 200


async def test_markup_in_what_is_asked_or_noted_is_text(desk: Desk, administrator: Browser) -> None:
    desk.audit.note(By(ATTACK, ATTACK), Action.READ, ATTACK, ATTACK)
    for path in ("/audit", f"/audit?who={quote(ATTACK)}&about={quote(ATTACK)}&since={quote(ATTACK)}"):
        text = (await administrator.get(path)).text
        assert "<script>alert" not in text and "<img" not in text and "&lt;script&gt;" in text


async def test_the_first_page_counts_who_waits_and_why(desk: Desk, member: Member) -> None:
    desk.handoffs.open("a", Reason.ASKED)
    desk.handoffs.open("b", Reason.ASKED)
    desk.handoffs.open("a", Reason.DISTRESS)
    desk.handoffs.open("c", Reason.ASKED)
    desk.handoffs.wish_call_back("b", "0120-999-999")
    desk.handoffs.resume("b")
    page = await (await member("花子")).get("")
    said = re.sub(r"\s+", "", page.words)
    assert "つらい気持ちを打ち明けた方1件人に話したいと言った方1件折り返しを望んでいる方1件" in said
    assert 'data-count="3"' in page.text  # who is in distress and asked is counted once
    assert "0120" not in page.without_tokens


async def test_the_first_page_says_when_nobody_waits(member: Member) -> None:
    assert "どなたもお待ちではありません" in (await (await member("花子")).get("")).words


async def test_the_part_that_is_asked_for_again_says_the_same(desk: Desk, member: Member) -> None:
    browser = await member("花子")
    desk.handoffs.open("a", Reason.ASKED)
    part = await browser.get("/waiting")
    assert "人に話したいと言った方" in part.words and "<html" not in part.text


@pytest.mark.parametrize(("switched", "said"), [("on", False), ("off", True)])
async def test_the_first_page_says_when_nobody_can_come(
    member: Member, monkeypatch: pytest.MonkeyPatch, switched: str, said: bool
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", switched)
    assert ("引き継ぎは切ってあります" in (await (await member("花子")).get("")).words) is said


@pytest.mark.parametrize(
    ("role", "there"),
    [
        (Role.VIEWER, ["ホーム", "引き継ぎ", "会話", "答え", "統計", "パスワード"]),
        (
            Role.ADMINISTRATOR,
            [
                "ホーム",
                "引き継ぎ",
                "会話",
                "見直し",
                "試す",
                "答え",
                "学習と評価",
                "統計",
                "アカウント",
                "操作の記録",
                "パスワード",
            ],
        ),
    ],
)
async def test_the_menu_has_what_may_be_opened_and_nothing_else(member: Member, role: Role, there: "list[str]") -> None:
    text = (await (await member("花子", role)).get("")).text
    assert re.findall(r'data-key="\w"[^>]*>([^<]*)</a>', text) == there


@pytest.mark.parametrize("path", ["", "/accounts", "/audit", "/password", "/conversations", "/retention"])
async def test_no_page_has_inline_style_or_script(administrator: Browser, path: str) -> None:
    text = (await administrator.get(path)).text
    assert "style=" not in text and "<style" not in text and " onclick" not in text
    assert re.findall(r"<script[^>]*>[^<]", text) == []


@pytest.mark.parametrize("file", ["console.css", "console.js", "htmx.min.js", "icon.svg"])
async def test_the_static_files_are_served_once(desk: Desk, administrator: Browser, file: str) -> None:
    first = await administrator.get(f"/static/{file}")
    again = await administrator.get(f"/static/{file}", **{"If-None-Match": first.headers["ETag"]})
    assert (first.status, again.status, again.text) == (200, 304, "")


@pytest.mark.parametrize("file", ["routes.py", "..%2Froutes.py", "base.html", "%2e%2e%2froutes.py", "htmx.licence.txt"])
async def test_nothing_else_is_served_as_static(administrator: Browser, file: str) -> None:
    assert (await administrator.get(f"/static/{file}")).status == 404


async def test_a_page_that_is_not_there_says_so(administrator: Browser) -> None:
    answer = await administrator.get("/nowhere/at/all")
    assert (answer.status, "見つかりません" in answer.text) == (404, True)
