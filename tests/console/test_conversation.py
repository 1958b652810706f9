"""A conversation opens at its newest turns, says why each was answered so, hides numbers, and shows markup as text."""

from __future__ import annotations

import html
import re
import time
from dataclasses import replace
from typing import List

import pytest

from bench.recorded import MadeUp
from bot.consult.sheet import sheet_from
from bot.consult.state import OwnWords
from bot.knowledge import Knowledge
from bot.messages import COMES_IN, Message
from bot.sheets.shape import today
from bot.store import (
    Action,
    HeardMove,
    Ratings,
    Reason,
    Role,
    Sheets,
    Spoken,
    StoredHandoffs,
    Unsent,
    Wanted,
    WhatWasHeard,
)
from bot.store.turn_records import TurnRecords
from tests.console.conftest import Answer, Browser, Desk, Member
from tests.console.talks import ATTACK, DAY_S, NOW, ROAD, TURN, keep, keep_many
from tests.consult.conftest import a_consultation

WISH = "鈴木です。平日の午後、090-1234-5678 にお願いします"


@pytest.fixture
async def hanako(member: Member) -> Browser:
    return await member("花子", Role.REVIEWER)


def words(of: str) -> str:
    """What somebody reads in some markup, without any space."""
    return "".join(html.unescape(re.sub(r"<[^>]*>", "", of)).split())


def numbers(page: Answer) -> List[int]:
    """The numbers of the turns on a page, in its order."""
    return [int(number) for number in re.findall(r'id="head-(\d+)"', page.text)]


async def test_a_turn_shows_what_was_said_and_why(desk: Desk, hanako: Browser) -> None:
    keep(desk.store)
    page = words((await hanako.get("/conversations/web-a")).text)
    for told in (
        "客は東京、うちは川口。融資を断られました。無料ですか",
        "融資を断られたのですね。",
        "ご案内：商工会議所 → よろず支援拠点",
        "まず 商工会議所（今週）別添2 ヌ、16ページ",
        "ここまでで大丈夫",
        "電話の窓口 よりそいホットライン 0120-279-338",
        "困りごとを話した（相談：資金繰り、 内容：融資と保証 ） 確かさ 93% 「融資を断られました」",
        "質問した（何について：費用 ） 確かさ 81% 「無料ですか」",
        "はっきりしない発言でした。",
        "都道府県：東京都（ご本人のものではない）",
        "市区町村：川口市（ご本人の事業）",
        "働く人の数：3人（ご本人の事業）",
        "資金繰り 90%",
        "費用の質問 5%",
        "質問に答えた",
        "話を受け止めて、言い直した",
        "担当者を呼んだ",
        "費用（答えた）",
        "かかる時間（答えがなかった）",
        "名前を出した機関 商工会議所",
        "引いた箇所 別添2 ヌ、16ページ",
        "次に待つ問い ほかに相談があるか",
        "42ミリ秒",
        "kakaritsuke-fedcba9876543210",
        "読み取りに自信がない",
    ):
        assert words(told) in page, told


async def test_it_opens_at_the_newest_turns_and_goes_back_page_by_page(desk: Desk, hanako: Browser) -> None:
    keep_many(desk.store, 45)
    page = await hanako.get("/conversations/web-a")
    assert numbers(page) == list(range(26, 46))
    assert 'id="newest"' in page.text
    assert "の45番目" in page.text and "の25番目" not in page.text
    older = await hanako.get("/conversations/web-a?before=26")
    assert (numbers(older), "いちばん新しい発言へ" in older.words) == (list(range(6, 26)), True)
    oldest = await hanako.get("/conversations/web-a?before=6")
    assert numbers(oldest) == list(range(1, 6))
    assert "ここから始まります。" in oldest.words and "?before=" not in oldest.text


async def test_htmx_gets_older_turns_alone_and_that_is_a_reading_as_well(desk: Desk, hanako: Browser) -> None:
    keep_many(desk.store, 25)
    part = await hanako.get("/conversations/web-a?before=6", **{"HX-Request": "true"})
    assert numbers(part) == [1, 2, 3, 4, 5]
    assert "<html" not in part.text and "<aside" not in part.text and 'id="newest"' not in part.text
    [entry] = desk.audit.entries(Wanted(action=Action.READ), 10)
    assert (entry.by.who, entry.about) == ("花子", "web-a")


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("{}/staff/conversations?search=abc&after=1~x", "/staff/conversations?search=abc&amp;after=1~x"),
        ("{}/staff/audit?who=x", "/staff/conversations"),
        ("https://evil.example/?x", "/staff/conversations"),
        ('{}/staff/conversations?"><script>', "/staff/conversations?&#34;&gt;&lt;script&gt;"),
        ("http://[", "/staff/conversations"),
        ("", "/staff/conversations"),
    ],
)
async def test_the_way_back_leads_to_the_list_as_it_was_left(
    desk: Desk, hanako: Browser, came_from: str, back: str
) -> None:
    keep(desk.store)
    page = await hanako.get("/conversations/web-a", Referer=came_from.format(desk.address))
    assert f'<a href="{back}" data-key="b">' in page.text


@pytest.mark.parametrize("asked", ["before=x", "before=-1", "before=9999999999999", "before=", "before=0", "%ff"])
async def test_a_place_that_there_is_not_is_left_out(desk: Desk, hanako: Browser, asked: str) -> None:
    keep(desk.store)
    assert (await hanako.get(f"/conversations/web-a?{asked}")).status == 200


async def test_a_conversation_that_is_not_kept_is_not_there(hanako: Browser) -> None:
    page = await hanako.get("/conversations/nobody")
    assert (page.status, "見つかりません" in page.text) == (404, True)


@pytest.mark.parametrize("path", ["/conversations/web-a", "/conversations/web-a?before=2"])
async def test_markup_that_was_stored_is_text(desk: Desk, hanako: Browser, path: str) -> None:
    heard = WhatWasHeard((HeardMove(ATTACK, 0.5, ((ATTACK, ATTACK), ("about", ATTACK)), ATTACK),), (), ((ATTACK, 0.1),))
    step = replace(ROAD.steps[0], institution=ATTACK, citation=ATTACK)
    said = (Spoken(ATTACK, Message(ATTACK, replace(ROAD, title=ATTACK, steps=(step,)))),)
    keep(desk.store, words=ATTACK, heard=heard, said=said, model=ATTACK, channel=ATTACK)
    keep(desk.store, words="あとの発言", at=NOW + 1)
    Ratings(desk.store).rate("web-a", False)
    Ratings(desk.store).say_why("web-a", ATTACK)
    text = (await hanako.get(path)).text
    assert "<script>document" not in text and "<img" not in text
    assert "&lt;script&gt;document" in text
    assert "49" not in re.findall(r"\{\{.*?\}\}|onerror=.*?>(\d+)", text)


async def test_numbers_that_are_hidden_stay_hidden_also_where_they_came_into_the_record(
    desk: Desk, hanako: Browser
) -> None:
    heard = WhatWasHeard((HeardMove("tells", 0.5, (), "090-1234-5678"),))
    keep(desk.store, words="〔電話番号〕です。090-1234-5678", heard=heard)
    page = await hanako.get("/conversations/web-a")
    assert "1234" not in page.without_tokens
    assert "〔電話番号〕です。〔電話番号〕" in page.words and "「〔電話番号〕」" in page.words


async def test_what_was_taken_back_is_not_shown(desk: Desk, hanako: Browser) -> None:
    keep(desk.store, words="まちがえて送りました")
    Unsent(desk.store).add("web-a", f"{NOW} まちがえて送りました")
    page = await hanako.get("/conversations/web-a")
    assert "取り消された発言です" in page.words
    assert "まちがえて" not in page.text and "融資を断られ" not in page.text


async def test_a_turn_of_which_little_is_known_says_so(desk: Desk, hanako: Browser) -> None:
    keep(desk.store, words="", pressed=COMES_IN, heard=None, said=(), milliseconds=None, model=None)
    page = words((await hanako.get("/conversations/web-a")).text)
    assert "（言葉なしで、来た）" in page and "（何も言わなかった）" in page
    assert "読み取ったこと残っていません" in page and "かかった時間残っていません" in page


async def test_what_is_known_stands_beside(desk: Desk, hanako: Browser, knowledge: Knowledge) -> None:
    keep(desk.store)
    StoredHandoffs(desk.store).open("web-a", Reason.DISTRESS)
    Ratings(desk.store).rate("web-a", False)
    Ratings(desk.store).say_why("web-a", "電話が知りたかった")
    told = (OwnWords("株を息子に譲りたい", about=("事業承継",)),)
    sheet = sheet_from(knowledge, a_consultation(issue="事業承継", words=told), today())
    kept = Sheets(desk.store).draft("web-a", "road", sheet)
    text = (await hanako.get("/conversations/web-a")).text
    beside = words(text[text.index("<aside") : text.index("</aside>")])
    for said in (
        "ご相談 資金繰り／融資と保証",
        "場所 埼玉県",
        "市区町村 川口市",
        "働く人の数 3人",
        "待っている問い ほかに相談があるか",
        "見直す理由 読み取りに自信がない、 答えがなかった、 役に立たなかった",
        "つらい気持ちを打ち明けた：担当者を待っている",
        "：下書き",
        "役に立たなかった",
        "電話が知りたかった",
        "会話の名前： web-a",
    ):
        assert words(said) in beside, said
    assert "株を息子に" not in text and kept.id not in text


async def test_when_a_conversation_goes_is_said_by_its_first_and_its_last_turn(
    desk: Desk, hanako: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_KEEP_DAYS", "10")
    keep(desk.store, words="一", at=NOW - 2 * DAY_S)
    keep(desk.store, words="二", at=NOW)
    page = await hanako.get("/conversations/web-a")
    assert "2027年1月23日から、古い発言から順に消えます。" in page.words
    assert "2027年1月25日に、すべて消えます。" in page.words
    TurnRecords(desk.store).forget(NOW - DAY_S)
    page = await hanako.get("/conversations/web-a")
    assert "2027年1月25日に、すべて消えます。" in page.words and "1月23日" not in page.words
    assert "これより前の発言は、期限が過ぎて消えました。" in page.words


async def test_a_handoff_without_a_record_is_shown(desk: Desk, hanako: Browser) -> None:
    StoredHandoffs(desk.store).open("web-a", Reason.ASKED)
    page = await hanako.get("/conversations/web-a")
    assert (page.status, "発言の記録は、残っていません" in page.words) == (200, True)
    assert "人に話したいと言った：担当者を待っている" in page.words


@pytest.fixture
def wish(desk: Desk) -> str:
    """How an owner wants to be called back, in a conversation that is kept."""
    keep(desk.store)
    StoredHandoffs(desk.store).open("web-a", Reason.ASKED)
    StoredHandoffs(desk.store).wish_call_back("web-a", WISH)
    return WISH


async def test_a_wish_for_call_back_is_hidden_until_somebody_opens_it_and_that_is_noted(
    desk: Desk, hanako: Browser, wish: str
) -> None:
    page = await hanako.get("/conversations/web-a")
    assert "伏せてあります" in page.words and "鈴木" not in page.text and "1234" not in page.without_tokens
    assert desk.audit.entries(Wanted(action=Action.UNMASKED), 10) == ()
    opened = await hanako.post("/conversations/web-a/unmask")
    assert wish in opened.words
    [entry] = desk.audit.entries(Wanted(action=Action.UNMASKED), 10)
    assert (entry.by.who, entry.by.address, entry.about, entry.detail) == ("花子", "192.0.2.7", "web-a", None)


async def test_a_wish_is_not_shown_where_that_cannot_be_noted(desk: Desk, hanako: Browser, wish: str) -> None:
    with desk.store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE staff_audit")
    answer = await hanako.post("/conversations/web-a/unmask")
    assert (answer.status, "鈴木" in answer.text) == (503, False)


async def test_whoever_only_reads_opens_no_wish(desk: Desk, member: Member, wish: str) -> None:
    taro = await member("太郎", Role.VIEWER)
    page = await taro.get("/conversations/web-a")
    assert "伏せてあります" in page.words and "/unmask" not in page.text
    assert (await taro.post("/conversations/web-a/unmask")).status == 403


async def test_a_wish_that_is_gone_says_so(desk: Desk, hanako: Browser, wish: str) -> None:
    StoredHandoffs(desk.store).close("web-a")
    assert "もう残っていません" in (await hanako.post("/conversations/web-a/unmask")).words


async def test_markup_in_a_wish_is_text(desk: Desk, hanako: Browser, wish: str) -> None:
    StoredHandoffs(desk.store).wish_call_back("web-a", ATTACK)
    text = (await hanako.post("/conversations/web-a/unmask")).text
    assert "<script>document" not in text and "&lt;script&gt;document" in text


@pytest.mark.alone
async def test_a_talk_of_two_thousand_turns_opens_as_fast_as_a_short_one(desk: Desk, hanako: Browser) -> None:
    made_up = MadeUp(NOW)
    made_up.fill_one(desk.store, "long", 2_000)
    made_up.fill_one(desk.store, "short", 25)

    async def milliseconds(path: str) -> float:
        took = []
        for _ in range(9):
            began = time.perf_counter()
            assert len(numbers(await hanako.get(path))) == 20
            took.append(1000 * (time.perf_counter() - began))
        return sorted(took)[4]

    short = await milliseconds("/conversations/short")
    for path in ("/conversations/long", "/conversations/long?before=1000"):
        assert await milliseconds(path) < max(300.0, 2 * short)


async def test_what_is_recorded_today_is_what_the_page_knows(desk: Desk, hanako: Browser) -> None:
    """A turn of another version of the bot is shown with what can be read of it."""
    keep(desk.store)
    with desk.store.writing() as connection:
        connection.exec_driver_sql("UPDATE turn_records SET heard = '{\"version\":0}', said = '{\"version\":0}'")
    page = words((await hanako.get("/conversations/web-a")).text)
    assert TURN.words in page and "読み取ったこと残っていません" in page
