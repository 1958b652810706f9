"""A person of staff sees who waits, reads the case, takes the conversation over, answers, and gives it back."""

from __future__ import annotations

import asyncio
import re

import pytest

from bot.messages import Choice, Choices, Message, Referral, ReferralStep
from bot.store import (
    Action,
    AskedQuestion,
    By,
    Heard,
    HeardFact,
    HeardMove,
    Line,
    Reason,
    Role,
    Sending,
    Spoken,
    StaffLines,
    StateAfter,
    Transcripts,
    TurnRecord,
    TurnRecords,
    Turnstile,
    Unsent,
    Wanted,
    WhatWasHeard,
    With,
)
from tests.console.conftest import Browser, Desk, Member

WEB, LINE = "web-1", "line-1"
TARO = By("太郎", "")
HURTS = "借入の返済が苦しい。銀行に相談しましたが、断られました。"
BANK = ReferralStep("b", "みどり信金", "1", "まず", "", "今週", "", ())
ROAD = Referral("資金繰りの相談先", "資金繰り", None, (BANK,))


def turn(conversation: str, number: int, words: str, *said: Message, **more: object) -> TurnRecord:
    spoken = tuple(Spoken("utter_x", message) for message in said)
    return TurnRecord(conversation, "web", f"m{number}", 1_700_000_000.0 + number, words, said=spoken, **more)  # type: ignore[arg-type]


@pytest.fixture
def consulted(desk: Desk) -> str:
    """A conversation that an owner wants a person for, with all that a case has."""
    records = TurnRecords(desk.store)
    facts = (HeardFact("prefecture", "福島県", True), HeardFact("industry", "旅館", True))
    problem = WhatWasHeard(moves=(HeardMove("problem", 1.0),), facts=facts)
    after = StateAfter(issue="資金繰り", sub_issue="lending", prefecture="福島県")
    menu = Message("こんにちは。", Choices((Choice("issue.資金繰り", "お金のこと"),)))
    unknown = (AskedQuestion("cost", False),)
    for record in (
        turn(WEB, 1, "", menu, pressed="talk.comes_in"),
        turn(WEB, 2, HURTS, Message("そうでしたか。"), heard=problem, after=after),
        turn(WEB, 3, "福島です", Message("次の窓口です。", ROAD), after=after),
        turn(WEB, 4, "保証料はいくらですか", Message("こちらではわかりません。"), asked=unknown, after=after),
    ):
        records.keep(record)
    desk.handoffs.open(WEB, Reason.ASKED)
    return WEB


@pytest.fixture
async def reviewer(member: Member) -> Browser:
    return await member("花子", Role.REVIEWER)


async def claimed(browser: Browser, conversation: str = WEB) -> None:
    await browser.get(f"/handoffs/{conversation}")
    await browser.post(f"/handoffs/{conversation}/claim", shown_as="窓口の花子")


async def test_the_list_has_who_waits_on_top_and_no_word_of_owners(
    desk: Desk, reviewer: Browser, consulted: str
) -> None:
    desk.handoffs.open("web-2", Reason.DISTRESS)
    page = await reviewer.get("/handoffs")
    assert page.words.index("つらい気持ち") < page.words.index("人に話したい")
    assert 'data-count="2"' in page.text
    assert "返済が苦しい" not in page.words
    assert desk.audit.entries(Wanted(action=Action.READ), 10) == ()


async def test_who_is_attended_to_is_not_counted_and_stands_below(
    desk: Desk, reviewer: Browser, consulted: str
) -> None:
    desk.handoffs.open("web-2", Reason.ASKED)
    desk.takeovers.claim(consulted, TARO, "太郎")
    part = await reviewer.get("/handoffs-waiting")
    assert 'data-count="1"' in part.text
    assert part.text.index("web-2") < part.text.index("web-1")
    assert "太郎さんが対応しています" in part.words


async def test_the_case_opens_first_in_the_owners_words(reviewer: Browser, consulted: str) -> None:
    page = (await reviewer.get(f"/handoffs/{consulted}")).words
    for told in (
        "福島県、旅館",
        HURTS,
        "資金繰りの相談先みどり信金",
        "保証料はいくらですかお答えできていません",
    ):
        assert told in page, told
    assert page.index("この方のこと") < page.index("これまでの話")
    tried = re.search(r"試したこと(.*?)もうご案内", page, re.DOTALL)
    assert tried is not None
    assert "銀行に相談しましたが、断られました。" in tried[1]


async def test_how_to_call_back_is_read_in_the_case_and_nowhere_else(
    desk: Desk, reviewer: Browser, consulted: str
) -> None:
    desk.handoffs.wish_call_back(consulted, "024-000-0000 に夕方")
    assert "024-000-0000 に夕方" in (await reviewer.get(f"/handoffs/{consulted}")).words
    listed = (await reviewer.get("/handoffs")).words
    assert ("折り返しのお電話を希望" in listed, "024-000-0000" in listed) == (True, False)


async def test_reading_a_case_is_noted_and_looking_for_news_is_not(
    desk: Desk, reviewer: Browser, consulted: str
) -> None:
    await reviewer.get(f"/handoffs/{consulted}")
    await reviewer.get(f"/handoffs/{consulted}/news?seen=x")
    assert [entry.about for entry in desk.audit.entries(Wanted(action=Action.READ), 10)] == [consulted]


async def test_a_page_hears_that_there_is_something_new_without_a_word_of_it(
    desk: Desk, reviewer: Browser, consulted: str
) -> None:
    seen = re.search(r"news\?seen=([^\"]*)\"", (await reviewer.get(f"/handoffs/{consulted}")).text)
    assert seen is not None
    quiet = await reviewer.get(f"/handoffs/{consulted}/news?seen={seen[1]}")
    assert (quiet.status, quiet.text, quiet.headers.get("HX-Trigger")) == (204, "", None)
    TurnRecords(desk.store).keep(turn(consulted, 5, "もしもし"))
    loud = await reviewer.get(f"/handoffs/{consulted}/news?seen={seen[1]}")
    assert (loud.status, loud.text, "talk-changed" in loud.headers["HX-Trigger"]) == (204, "", True)
    assert "もしもし" in (await reviewer.get(f"/handoffs/{consulted}/talk")).words


async def test_a_conversation_is_taken_over_answered_and_given_back(
    desk: Desk, reviewer: Browser, consulted: str
) -> None:
    await claimed(reviewer)
    page = await reviewer.post(f"/handoffs/{consulted}/say", words="いつからですか。", key="a" * 32)
    assert "いつからですか。" in page.words
    await reviewer.post(f"/handoffs/{consulted}/give-back")
    said = [(entry.author.value, entry.message.words) for entry in Transcripts(desk.store).after(consulted, 0)]
    assert [author for author, _ in said] == ["staff", "staff", "staff"]
    assert "窓口の花子" in said[0][1]
    assert said[1][1] == "いつからですか。"
    assert "自動でお答えします" in said[2][1]
    assert desk.takeovers.waiting() == ()


async def test_a_form_that_is_sent_twice_says_it_once(desk: Desk, reviewer: Browser, consulted: str) -> None:
    await claimed(reviewer)
    for _ in range(2):
        await reviewer.post(f"/handoffs/{consulted}/say", words="いつからですか。", key="a" * 32)
    assert [line.kind for line in StaffLines(desk.store).of(consulted)] == [Line.CAME, Line.SAID]


async def test_whoever_comes_second_reads_who_has_it(desk: Desk, reviewer: Browser, consulted: str) -> None:
    await reviewer.get(f"/handoffs/{consulted}")
    desk.takeovers.claim(consulted, TARO, "太郎")
    page = await reviewer.post(f"/handoffs/{consulted}/claim", shown_as="花子")
    assert (page.status, "先に引き受けました" in page.words, "太郎さんが対応" in page.words) == (409, True, True)


async def test_what_cannot_be_sent_any_more_stays_on_the_page(desk: Desk, reviewer: Browser, consulted: str) -> None:
    await claimed(reviewer)
    desk.handoffs.resume(consulted)  # the owner pressed ボットに戻る
    page = await reviewer.post(f"/handoffs/{consulted}/say", words="長い返事の下書き", key="a" * 32)
    assert (page.status, "長い返事の下書き" in page.text, "利用者がボットに戻したか" in page.words) == (409, True, True)
    assert "利用者が、ボットに戻しました" in page.words


async def test_an_open_page_learns_that_it_is_not_theirs_any_more(
    desk: Desk, reviewer: Browser, consulted: str
) -> None:
    await claimed(reviewer)
    desk.handoffs.resume(consulted)
    part = await reviewer.get(f"/handoffs/{consulted}/talk?mine=1")
    assert "あなたが引き受けている会話ではありません" in part.words


@pytest.mark.parametrize("words", ["", " \n", "あ" * 2001])
async def test_an_answer_without_words_or_with_too_many_is_not_sent(
    desk: Desk, reviewer: Browser, consulted: str, words: str
) -> None:
    await claimed(reviewer)
    page = await reviewer.post(f"/handoffs/{consulted}/say", words=words, key="a" * 32)
    assert page.status == 422
    assert [line.kind for line in StaffLines(desk.store).of(consulted)] == [Line.CAME]


async def test_whoever_looks_keeps_it_and_whoever_does_not_loses_it(
    desk: Desk, reviewer: Browser, consulted: str
) -> None:
    await claimed(reviewer)
    for _ in range(3):
        desk.clock.now += 120
        await reviewer.get(f"/handoffs/{consulted}/news?seen=x")
    assert desk.takeovers.holder(consulted) is not None
    desk.clock.now += 181
    assert desk.takeovers.holder(consulted) is None


async def test_a_refused_line_is_shown_with_why_and_can_be_sent_again(desk: Desk, reviewer: Browser) -> None:
    desk.handoffs.open(LINE, Reason.ASKED)
    await claimed(reviewer, LINE)
    await reviewer.post(f"/handoffs/{LINE}/say", words="こんにちは。", key="a" * 32)
    lines = StaffLines(desk.store)
    lines.refused(lines.take("line"), "quota")
    page = await reviewer.get(f"/handoffs/{LINE}")
    assert "届いていません。今月のLINEの通数を使い切っています。" in page.words
    await reviewer.post(f"/handoffs/{LINE}/again", key="a" * 32)
    assert lines.of(LINE)[-1].state is Sending.QUEUED


@pytest.mark.parametrize(
    ("left", "told"),
    [(123, "今月は、あと123通です"), (0, "使い切りました"), (None, "1通に数えられます")],
)
async def test_the_pushes_left_are_shown_before_sending(desk: Desk, reviewer: Browser, left: int, told: str) -> None:
    desk.visitors.pushes = left
    desk.handoffs.open(LINE, Reason.ASKED)
    await claimed(reviewer, LINE)
    assert told in (await reviewer.get(f"/handoffs/{LINE}")).words


async def test_a_free_reply_is_said_to_be_one(desk: Desk, reviewer: Browser) -> None:
    desk.handoffs.open(LINE, Reason.ASKED)
    await claimed(reviewer, LINE)
    StaffLines(desk.store).keep_token(LINE, "token", desk.clock() + 40)
    assert "無料です。あと40秒ほど" in (await reviewer.get(f"/handoffs/{LINE}")).words


async def test_an_answer_that_was_not_said_is_marked(desk: Desk, reviewer: Browser, consulted: str) -> None:
    Turnstile(desk.store).withhold(consulted, "m4")
    page = await reviewer.get(f"/handoffs/{consulted}")
    assert page.words.count("引き受けたあとだったので、送っていません") == 1


async def test_what_an_owner_took_back_is_not_shown(desk: Desk, reviewer: Browser, consulted: str) -> None:
    Unsent(desk.store).add(consulted, "m4")
    page = await reviewer.get(f"/handoffs/{consulted}")
    assert ("保証料" not in page.words, "利用者が取り消しました" in page.words) == (True, True)


async def test_who_may_only_read_cannot_answer(member: Member, consulted: str) -> None:
    viewer = await member("次郎", Role.VIEWER)
    assert (await viewer.get(f"/handoffs/{consulted}")).status == 200
    assert (await viewer.post(f"/handoffs/{consulted}/claim", shown_as="次郎")).status == 403


async def test_a_claim_waits_for_what_the_bot_is_saying(desk: Desk, reviewer: Browser, consulted: str) -> None:
    Turnstile(desk.store).begin_to_speak(consulted, With.CALLED, False)
    transcripts = Transcripts(desk.store)
    transcripts.hear(consulted, Heard("message-1", "はい"), "w")
    waiting = asyncio.create_task(reviewer.post(f"/handoffs/{consulted}/claim", shown_as="花子"))
    await asyncio.sleep(0.3)
    assert desk.takeovers.holder(consulted) is None
    await asyncio.to_thread(transcripts.answer, consulted, "message-1", [Message("はい。")], "w")
    await waiting
    assert desk.takeovers.holder(consulted) is not None
