"""Every route of the console, found from the router, is for whoever the table says, and for nobody else."""

from __future__ import annotations

import re
from typing import Callable, Iterator, List, NamedTuple, Tuple

import pytest
from sanic import Sanic

from bot.console.routes import ROUTES
from bot.console.visit import Needs, Route
from bot.store import Action, By, Reason, Role, Stage, Wanted
from tests.console.conftest import OPERATOR, READS, Browser, Desk, Member

# Who has no session yet may see these.
FOR_ANYBODY = {("GET", "/sign-in"), ("POST", "/sign-in"), ("GET", "/static/x")}


class Found(NamedTuple):
    """A route as the router has it."""

    name: str
    method: str
    path: str


def in_the_router(app: Sanic) -> List[Found]:
    """Every route of the server, whoever registered it, with an example for each part of its path."""

    def all_of() -> Iterator[Found]:
        for group in app.router.groups.values():
            for route in group.routes:
                path = re.sub(r"<[^>]*>", "x", f"/{route.path}")
                for method in route.methods:
                    yield Found(route.name.rpartition(".")[2], method, path.removeprefix("/staff"))

    return sorted(all_of())


def declared(found: Found) -> Route:
    [route] = [each for each in (*ROUTES, READS) if each.name == found.name]
    return route


def not_for(role: Role) -> "List[Needs]":
    return [needs for needs in Needs if isinstance(needs.value, Role) and not role.may_do_as(needs.value)]


def test_the_router_has_the_routes_of_the_table_and_no_others(desk: Desk) -> None:
    found = in_the_router(desk.app)
    assert len(found) >= len(ROUTES)
    assert [(each.name, each.method) for each in found] == sorted(
        (route.name, route.method) for route in (*ROUTES, READS)
    )


async def test_no_route_is_there_before_there_is_an_account(desk: Desk, browser_of_nobody: Browser) -> None:
    for found in in_the_router(desk.app):
        assert (await browser_of_nobody.send(found.method, found.path)).status == 404, found


async def test_no_route_is_there_once_everybody_was_disabled(desk: Desk, member: Member) -> None:
    browser = await member("花子")
    desk.accounts.disable("花子", OPERATOR)
    for found in in_the_router(desk.app):
        assert (await browser.send(found.method, found.path)).status == 404, found


async def test_without_a_session_every_route_leads_to_the_sign_in_page(desk: Desk, browser_of_nobody: Browser) -> None:
    desk.add("花子")
    led = []
    for found in in_the_router(desk.app):
        answer = await browser_of_nobody.send(found.method, found.path)
        if (found.method, found.path) not in FOR_ANYBODY:
            led.append((found, answer.status, answer.headers.get("Location", "").split("?")[0]))
    assert len(led) >= len(ROUTES) - len(FOR_ANYBODY)
    assert [each for each in led if each[1:] != (303, "/staff/sign-in")] == []


async def test_with_the_password_alone_every_route_leads_to_the_second_factor(
    desk: Desk, browsers: Callable[[], Browser]
) -> None:
    browser = browsers()
    desk.add("花子", Role.ADMINISTRATOR)
    assert (await browser.sign_in("花子")).path == "/staff/second-factor"
    for found in in_the_router(desk.app):
        if declared(found).needs in (Needs.NOTHING, Needs.PASSWORD):
            continue
        answer = await browser.send(found.method, found.path)
        assert (answer.status, answer.headers.get("Location")) == (303, "/staff/second-factor"), found


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
async def test_too_low_a_role_is_refused_and_that_is_noted(desk: Desk, member: Member, role: Role) -> None:
    browser = await member("花子", role)
    refused = [found for found in in_the_router(desk.app) if declared(found).needs in not_for(role)]
    assert refused
    for found in refused:
        answer = await browser.send(found.method, found.path)
        assert answer.status == 403, found
        assert "権限がありません" in answer.words
    entries = desk.audit.entries(Wanted(action=Action.REFUSED), 100)
    assert sorted(str(entry.detail) for entry in entries) == sorted(found.name for found in refused)


async def test_whoever_may_is_refused_by_no_route(desk: Desk, member: Member) -> None:
    browser = await member("花子", Role.ADMINISTRATOR)
    for found in in_the_router(desk.app):
        if found.method == "GET":
            assert (await browser.send("GET", found.path)).status in (200, 303, 404), found


def unsafe(desk: Desk) -> List[Found]:
    found = [each for each in in_the_router(desk.app) if each.method not in ("GET", "HEAD")]
    assert len(found) >= 6
    return found


async def somebody_for(found: Found, desk: Desk, member: Member, browsers: Callable[[], Browser]) -> Browser:
    """Somebody whom the route lets in."""
    needs = declared(found).needs
    if needs is Needs.PASSWORD or needs is Needs.NOTHING:
        browser = browsers()
        if found.name not in {account.name for account in desk.accounts.all()}:
            desk.add(found.name, Role.ADMINISTRATOR)
        await (browser.sign_in(found.name) if needs is Needs.PASSWORD else browser.get("/sign-in"))
        return browser
    return await member(found.name, needs.value)


async def test_what_changes_something_needs_the_token_of_a_form(
    desk: Desk, member: Member, browsers: Callable[[], Browser]
) -> None:
    others = (await member("太郎"))._token
    for found in unsafe(desk):
        browser = await somebody_for(found, desk, member, browsers)
        for token in ("", "x", "あ", browser.cookie, others):
            answer = await browser.post(found.path, token=token, follow=False)
            assert (answer.status, "受け取れませんでした" in answer.words) == (403, True), (found, token)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", None])
async def test_what_changes_something_comes_from_a_page_of_ours(
    desk: Desk, member: Member, browsers: Callable[[], Browser], origin: str
) -> None:
    for found in unsafe(desk):
        browser = await somebody_for(found, desk, member, browsers)
        browser.origin = origin
        assert (await browser.post(found.path, follow=False)).status == 403, found


@pytest.mark.parametrize(
    ("body", "status"), [(b"\xff\xfe", 400), (b"&".join(b"a=%d" % n for n in range(200)), 400), (b"a" * 40_000, 413)]
)
async def test_what_is_no_form_of_ours_is_refused(
    desk: Desk, member: Member, browsers: Callable[[], Browser], body: bytes, status: int
) -> None:
    for found in unsafe(desk):
        browser = await somebody_for(found, desk, member, browsers)
        answer = await browser.send("POST", found.path, data=body, headers={"Origin": desk.address})
        assert answer.status == status, found


async def test_what_htmx_sends_may_bring_the_token_in_a_header(desk: Desk, member: Member) -> None:
    browser = await member("花子")
    headers = {"Origin": desk.address, "X-Form-Token": browser._token, "HX-Request": "true"}
    answer = await browser.send("POST", "/sign-out", headers=headers)
    assert (answer.status, answer.headers["HX-Redirect"]) == (401, "/staff/sign-in")


async def test_a_part_of_a_page_that_nobody_may_see_leads_the_whole_page_to_the_sign_in(
    desk: Desk, browser_of_nobody: Browser
) -> None:
    desk.add("花子")
    answer = await browser_of_nobody.get("/waiting", **{"HX-Request": "true"})
    assert (answer.status, answer.headers["HX-Redirect"], answer.text) == (401, "/staff/sign-in", "")


FORMS = {
    "give_password": {"name": "give_password", "password": "not the right one"},
    "give_code": {"code": "000000"},
    "add_account": {"name": "新しい人", "role": "viewer"},
    "disable_account": {"name": "太郎"},
    "reset_account": {"name": "太郎"},
    "make_recovery_codes": {"password": "not the right one"},
    "change_role": {"name": "太郎", "role": "reviewer"},
    "change_password": {"password": "wrong", "new": "あたらしい みかん箱 八つ", "again": "あたらしい みかん箱 八つ"},
    "sign_out": {},
    "look_for": {"words": "融資"},
    "save_filter": {"name": "話の途中", "standing": "open"},
    "remove_filter": {"name": "話の途中"},
    "unmask": {},
    "export": {"day": "overdue", "kind": "csv"},
    "propose": {"move": "yes", "words": "はい"},
    "settle": {},
    "open_again": {},
    "approve_proposal": {},
    "refuse_proposal": {},
    "withdraw_proposal": {},
    "undo_proposal": {},
    "propose_answer": {},
    "propose_new_answer": {"topic": "cost", "check": "yes"},
    "propose_file": {},
    "approve_change": {},
    "refuse_change": {},
    "withdraw_change": {},
    "undo_change": {},
    "claim_handoff": {"shown_as": "花子"},
    "say_in_handoff": {"words": "こんにちは。", "key": "0" * 32},
    "say_again_in_handoff": {"key": "refused"},
    "give_handoff_back": {},
    "end_handoff": {},
    "begin_trial": {},
    "begin_trial_with": {"number": "1"},
    "say_in_trial": {"text": "お金が足りない", "behind": "0"},
    "step_back_in_trial": {"to": "0"},
    "branch_trial": {"at": "0"},
    "write_trial": {"title": "題", "file": "名"},
    "run_test": {"scope": "会話", "key": "0", "title": "題"},
    "accept_test": {"file": "会話", "number": "0", "title": "題"},
    "begin_training": {},
    "stop_training": {},
    "measure_model": {"model": "kakaritsuke-0"},
    "make_model_ready": {},
    "choose_model": {"reason": "試しに"},
    "bring_model_back": {"model": "kakaritsuke-0"},
}
IN_A_HANDOFF = {"say_in_handoff", "say_again_in_handoff", "give_handoff_back", "end_handoff"}


def hand_over(desk: Desk, found: Found) -> str:
    """A conversation that can be claimed, or that the person of the same name as the route has, with a refused line."""
    conversation = f"web-{found.name}"
    desk.handoffs.open(conversation, Reason.ASKED)
    if found.name in IN_A_HANDOFF:
        by = By(found.name, "192.0.2.7")
        desk.takeovers.claim(conversation, by, "花子")
        desk.takeovers.say(conversation, by, "はい", "refused")
        with desk.store.writing() as store:
            store.exec_driver_sql("UPDATE staff_lines SET state = 'refused'")
    return found.path.replace("/handoffs/x", f"/handoffs/{conversation}")


async def test_everything_that_is_done_is_noted_with_who_and_from_where(
    desk: Desk, member: Member, browsers: Callable[[], Browser]
) -> None:
    desk.add("太郎")
    for found in unsafe(desk):
        browser = await somebody_for(found, desk, member, browsers)
        path = hand_over(desk, found)
        before = desk.audit.entries(Wanted(), 1)[0].id
        await browser.post(path, **FORMS[found.name])
        noted = [each for each in desk.audit.entries(Wanted(), 10) if each.id > before]
        assert noted, found
        [entry] = [each for each in noted if each.action is not Action.READ]  # the page that follows may show words
        assert (entry.by.who, entry.by.address) == (found.name, "192.0.2.7"), found


async def test_owners_words_are_shown_after_it_was_noted_who_reads_them(desk: Desk, member: Member) -> None:
    browser = await member("花子", Role.REVIEWER)
    assert "資金繰り" in (await browser.get("/test/web-1/words")).text
    [entry] = desk.audit.entries(Wanted(action=Action.READ), 10)
    assert (entry.by.who, entry.by.address, entry.about) == ("花子", "192.0.2.7", "web-1")


async def test_the_log_has_the_name_of_a_conversation_as_it_is(desk: Desk, member: Member) -> None:
    browser = await member("花子", Role.REVIEWER)
    await browser.get("/test/slack-T1%3AU1%20%E3%81%82/words")
    [entry] = desk.audit.entries(Wanted(action=Action.READ), 10)
    assert entry.about == "slack-T1:U1 あ"


async def test_owners_words_are_not_shown_where_that_cannot_be_noted(
    desk: Desk, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await member("花子", Role.REVIEWER)
    with desk.store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE staff_audit")
    answer = await browser.get("/test/web-1/words")
    assert answer.status == 503
    assert "資金繰り" not in answer.text


async def test_nobody_without_a_password_of_their_own_gets_further_than_to_change_it(
    desk: Desk, browsers: Callable[[], Browser]
) -> None:
    account, browser = desk.add("花子", Role.REVIEWER, temporary=True), browsers()
    browser.hold(desk.sessions.begin(account, Stage.IN))
    led: List[Tuple[str, int]] = []
    for found in in_the_router(desk.app):
        route = declared(found)
        if isinstance(route.needs.value, Role) and route.lets_in(desk.sessions.find(browser.cookie)):
            answer = await browser.send(found.method, found.path)
            if not route.before_own_password:
                assert answer.headers.get("Location") == "/staff/password", found
            led.append((found.name, answer.status))
    assert len(led) >= 5


@pytest.mark.parametrize(
    "path", ["", "/accounts", "/audit", "/password", "/sign-in", "/nowhere", "/conversations", "/retention"]
)
async def test_every_page_is_kept_from_caches_frames_search_and_scripts(desk: Desk, member: Member, path: str) -> None:
    headers = (await (await member("花子", Role.ADMINISTRATOR)).get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
