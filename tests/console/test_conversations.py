"""Conversations are found by last activity, words and filters, page by page; who saw whose words is noted."""

from __future__ import annotations

import re
import uuid
from typing import AsyncIterator, List
from urllib.parse import unquote

import pytest
from sanic import Sanic

from bot.console.blueprint import staff_console
from bot.console.conversations import ON_A_PAGE
from bot.messages import COMES_IN
from bot.review import ReviewReason
from bot.store import (
    Action,
    ConversationFilter,
    Ratings,
    Reason,
    Role,
    SavedFilters,
    StateAfter,
    StoredHandoffs,
    Wanted,
)
from tests.conftest import free_port
from tests.console.conftest import Answer, Browser, Clock, Desk, Member, Visitors
from tests.console.talks import ATTACK, DAY_S, HOUR_S, NOW, keep
from tests.store.patience import opened


@pytest.fixture
async def hanako(member: Member) -> Browser:
    return await member("花子")


def listed(page: Answer) -> List[str]:
    """The conversations of a page, in its order."""
    return [unquote(name) for name in re.findall(r'href="/staff/conversations/([^"#?]+)#newest"', page.text)]


def older(page: Answer) -> str:
    """The address of the page behind, empty at the end."""
    found = re.search(r'rel="next" href="/staff([^"]*)"', page.text)
    return found[1].replace("&amp;", "&") if found else ""


async def test_a_line_says_when_where_what_and_how_it_stands(desk: Desk, hanako: Browser) -> None:
    keep(desk.store, at=NOW - HOUR_S)
    Ratings(desk.store).rate("web-a", True)
    StoredHandoffs(desk.store).open("web-a", Reason.ASKED)
    page = await hanako.get("/conversations")
    [line] = re.findall(r'<li class="talk.*?</li>', page.text, re.DOTALL)
    words = " ".join(re.sub(r"<[^>]*>", " ", line).split())
    for told in (
        "2027-01-15 16:00",
        "ウェブサイト、埼玉県、発言1回",
        "客は東京、うちは川口。融資を断られました。無料ですか",
        "資金繰り／融資と保証",
        "担当者が受け持ち中",
        "相談先を案内した",
        "役に立った",
        "読み取りに自信がない",
        "答えがなかった",
    ):
        assert told in words, told


async def test_the_latest_stand_first_and_older_ones_on_the_next_pages_each_once(desk: Desk, hanako: Browser) -> None:
    for number in range(60):
        keep(desk.store, f"web-{number:02}", at=NOW - number * HOUR_S)
    seen, path, pages = [], "/conversations", 0
    while path:
        page = await hanako.get(path)
        seen += listed(page)
        path, pages = older(page), pages + 1
    assert (seen, pages) == ([f"web-{number:02}" for number in range(60)], 3)


async def test_what_is_written_meanwhile_moves_no_page(desk: Desk, hanako: Browser) -> None:
    for number in range(ON_A_PAGE + 5):
        keep(desk.store, f"web-{number:02}", at=NOW - number * HOUR_S)
    first = await hanako.get("/conversations")
    keep(desk.store, "web-29", words="また来ました", at=NOW + 1)
    assert listed(await hanako.get(older(first))) == [f"web-{number:02}" for number in range(25, 29)]


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("issue=創業", ["c"]),
        ("prefecture=東京都", ["c"]),
        ("channel=line", ["d"]),
        ("standing=with_staff", ["d"]),
        ("standing=road_shown", ["d"]),
        ("standing=open", ["c"]),
        ("reason=left", ["c"]),
        ("reason=denied", ["d"]),
        ("useful=no", ["d"]),
        ("useful=yes", []),
        ("question=prefecture", ["c"]),
        ("since=2027-01-14", ["d"]),
        ("until=2027-01-13", ["c"]),
        ("since=2027-01-13&until=2027-01-13", ["c"]),
        ("issue=創業&channel=line", []),
        ("issue=&standing=x&reason=x&useful=x&since=x&until=x&after=x&after=~", ["d", "c"]),
        ("words=融資", ["d", "c"]),
    ],
)
async def test_the_list_is_narrowed_down_by_what_the_address_says(
    desk: Desk, hanako: Browser, asked: str, there: List[str]
) -> None:
    before = NOW - 2 * DAY_S
    state = StateAfter("創業", None, "東京都", "prefecture", stands_open=True)
    keep(desk.store, "c", at=before, after=state, reasons=())
    keep(desk.store, "d", channel="line", reasons=(ReviewReason.DENIED,))
    StoredHandoffs(desk.store).open("d", Reason.ASKED)
    Ratings(desk.store).rate("d", False)
    assert listed(await hanako.get(f"/conversations?{asked}")) == there


async def test_words_are_found_and_stand_in_no_address(desk: Desk, hanako: Browser) -> None:
    keep(desk.store, "a", words="ﾌﾞﾙﾄﾞｰｻﾞｰが壊れた")
    keep(desk.store, "b", words="商標を取りたい")
    answer = await hanako.post("/conversations/look-for", words="ブルドーザー", follow=False)
    assert (answer.status, answer.headers["Location"].split("=")[0]) == (303, "/staff/conversations?search")
    assert "ブルドーザー" not in unquote(answer.headers["Location"])
    found = await hanako.get(answer.headers["Location"].removeprefix("/staff"))
    assert listed(found) == ["a"]
    assert 'name="words" type="search" autocomplete="off" maxlength="200" value="ブルドーザー"' in found.text


async def test_pages_of_a_search_go_on_with_the_same_words(desk: Desk, hanako: Browser) -> None:
    for number in range(ON_A_PAGE + 3):
        keep(desk.store, f"web-{number:02}", words="融資のこと", at=NOW - number * HOUR_S)
        keep(desk.store, f"other-{number:02}", words="商標のこと", at=NOW - number * HOUR_S)
    first = await hanako.post("/conversations/look-for", words="融資")
    second = await hanako.get(older(first))
    assert len(listed(first)) == ON_A_PAGE
    assert listed(second) == ["web-25", "web-26", "web-27"]
    assert "融資" not in unquote(older(first))


async def test_a_search_is_noted_without_its_words(desk: Desk, hanako: Browser) -> None:
    keep(desk.store, words="融資を断られました")
    await hanako.post("/conversations/look-for", words="融資を断られ")
    [entry] = desk.audit.entries(Wanted(action=Action.SEARCHED), 10)
    assert (entry.by.who, entry.about, entry.detail) == ("花子", None, "words")
    assert "融資" not in str(desk.audit.entries(Wanted(), 100))


async def test_a_filter_without_words_leads_to_an_address_that_can_be_kept(hanako: Browser) -> None:
    answer = await hanako.post("/conversations/look-for", issue="創業", since="2027-01-01", useful="no", follow=False)
    where = unquote(answer.headers["Location"])
    assert where == "/staff/conversations?since=2027-01-01&issue=創業&useful=no"


async def test_a_search_of_somebody_else_is_not_shown(desk: Desk, hanako: Browser, member: Member) -> None:
    answer = await hanako.post("/conversations/look-for", words="ひみつ", follow=False)
    page = await (await member("次郎")).get(answer.headers["Location"].removeprefix("/staff"))
    assert ("もう残っていません" in page.words, "ひみつ" in page.text) == (True, False)


@pytest.fixture
async def hasty_desk(store_address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """A console whose searches look once a page."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", address)
    store, clock, visitors = opened(store_address), Clock(), Visitors()
    app = Sanic(f"console_{uuid.uuid4().hex}", configure_logging=False)
    app.blueprint(staff_console(store, visitors, clock=clock, looks_for_s=0.0))
    server = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True, access_log=False)
    await server.startup()
    yield Desk(address, app, store, clock, visitors)
    server.close()
    await server.wait_closed()


async def test_a_short_page_of_a_search_says_that_it_goes_on(hasty_desk: Desk) -> None:
    for number in range(250):
        keep(hasty_desk.store, f"web-{number:03}", words="商標のこと", at=NOW - number, said=(), heard=None)
    keep(hasty_desk.store, "the one", words="融資のこと", at=NOW - HOUR_S)
    hasty_desk.add("花子")
    browser = Browser(hasty_desk)
    await browser.sign_in("花子")
    await browser.get("/conversations")
    first = await browser.post("/conversations/look-for", words="融資")
    then = await browser.get(older(first))
    await browser.close()
    assert "ここまでには見つかりませんでした。まだ見ていない、前の会話があります。" in first.words
    assert ("続きを探す" in first.words, listed(first), listed(then)) == (True, [], ["the one"])


async def test_whose_first_words_are_shown_is_noted_once_a_day(desk: Desk, hanako: Browser) -> None:
    keep(desk.store, "a")
    keep(desk.store, "b", words="はじめまして", pressed=COMES_IN)
    keep(desk.store, "b", words="創業", at=NOW + 1, pressed="issue.創業")
    await hanako.get("/conversations")
    await hanako.get("/conversations")
    noted = [(entry.by.who, entry.about) for entry in desk.audit.entries(Wanted(action=Action.LISTED), 10)]
    assert noted == [("花子", "a")]


async def test_the_list_is_not_shown_where_that_cannot_be_noted(desk: Desk, hanako: Browser) -> None:
    keep(desk.store)
    with desk.store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE staff_audit")
    page = await hanako.get("/conversations")
    assert (page.status, "融資" in page.text) == (503, False)


async def test_numbers_of_owners_stay_hidden_in_the_list_and_markup_is_text(desk: Desk, hanako: Browser) -> None:
    keep(desk.store, words=f"{ATTACK}090-1234-5678")
    text = (await hanako.get("/conversations")).without_tokens
    assert "<script>document" not in text and "<img" not in text
    assert "1234" not in text


async def test_a_filter_is_kept_chosen_again_and_removed(desk: Desk, hanako: Browser) -> None:
    keep(desk.store, "a", words="融資を断られた")
    keep(desk.store, "b", words="商標を取りたい")
    kept = await hanako.post("/conversations/filters/save", words="融資", name="断られた方")
    assert (listed(kept), "条件を残しました" in kept.words) == (["a"], True)
    page = await hanako.get("/conversations")
    link = re.search(r'href="/staff(/conversations\?saved=[^"]*)"', page.text)
    assert link and "断" not in unquote(link[1])
    assert listed(await hanako.get(link[1])) == ["a"]
    gone = await hanako.post("/conversations/filters/remove", name="断られた方")
    assert "断られた方" not in gone.words
    assert "もう残っていません" in (await hanako.get(link[1])).words


async def test_filters_are_each_persons_own(desk: Desk, hanako: Browser, member: Member) -> None:
    await hanako.post("/conversations/filters/save", words="融資", name="断られた方")
    link = "/conversations?saved=" + re.findall(r"saved=(\w+)", (await hanako.get("/conversations")).text)[0]
    jiro = await member("次郎")
    assert "断られた方" not in (await jiro.get("/conversations")).words
    assert "もう残っていません" in (await jiro.get(link)).words
    await jiro.post("/conversations/filters/remove", name="断られた方")
    assert [one.name for one in SavedFilters(desk.store, "花子").all()] == ["断られた方"]


async def test_a_filter_without_a_name_is_not_kept_and_what_was_written_stays(desk: Desk, hanako: Browser) -> None:
    page = await hanako.post("/conversations/filters/save", words="融資", issue="創業", name="  ")
    assert (page.status, "残す名前を" in page.words) == (422, True)
    assert 'value="融資"' in page.text and '<option value="創業" selected>' in page.text
    assert SavedFilters(desk.store, "花子").all() == ()


async def test_a_name_of_a_filter_is_text_and_stands_in_no_log(desk: Desk, hanako: Browser) -> None:
    page = await hanako.post("/conversations/filters/save", issue="創業", name="<b>鈴木さん</b>")
    assert "&lt;b&gt;鈴木さん&lt;/b&gt;" in page.text and "<b>鈴木" not in page.text
    assert "鈴木" not in str(desk.audit.entries(Wanted(), 100))


async def test_a_filter_of_another_version_is_named_and_cannot_be_chosen(desk: Desk, hanako: Browser) -> None:
    SavedFilters(desk.store, "花子").save("前のもの", ConversationFilter(issue="創業"))
    with desk.store.writing() as connection:
        connection.exec_driver_sql("UPDATE saved_filters SET wanted = '{\"version\": 0}'")
    page = await hanako.get("/conversations")
    assert "前のもの（前の版の条件で、使えません）" in page.words
    assert "?saved=" not in page.text


async def test_the_link_in_a_line_opens_a_conversation_of_any_name(desk: Desk, hanako: Browser) -> None:
    name = "rest-a/b c?d#e:あ"
    keep(desk.store, name)
    [found] = re.findall(r'href="/staff(/conversations/[^"#?]+)#newest"', (await hanako.get("/conversations")).text)
    page = await hanako.send("GET", found)
    assert (page.status, "融資を断られました" in page.text) == (200, True)
    assert desk.audit.entries(Wanted(action=Action.READ), 1)[0].about == name


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
async def test_everybody_of_staff_sees_the_list(desk: Desk, member: Member, role: Role) -> None:
    keep(desk.store)
    assert listed(await (await member("三郎", role)).get("/conversations")) == ["web-a"]
