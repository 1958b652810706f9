"""A new answer: from a question that had none to the file of its topic, by two people, and every way that is barred."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.knowledge import load_knowledge
from bot.store import (
    Action,
    AskedQuestion,
    KnowledgeChanges,
    ProposalState,
    Role,
    StateAfter,
    TurnRecord,
    TurnRecords,
    Wanted,
)
from bot.store.turn_shape import Stood, WhatWasHeard
from tests.console.answers_desk import changes, data, desk, desk_yml
from tests.console.conftest import Browser, Desk, Member
from tests.console.test_answers import ATTACK, text

__all__ = ["changes", "data", "desk", "desk_yml"]
NEW = "/answers/new"
WAYS = "カードで払えますか\n支払いはクレジットでもいいの\n電子マネーで払いたい\n現金しか使えませんか"
FORM = {
    "topic": "cost",
    "scope": "institution:cci",
    "field": "desk",
    "known": "yes",
    "answer": "会費や参加費の払い方は、窓口ごとに違います。行く前に電話で聞いてください。",
    "source": "page",
    "source_page": "日本商工会議所",
    "source_url": "https://www.jcci.or.jp/",
    "source_dated": "2026-11-01",
    "asked_as": WAYS,
    "checked": "2027-01-10",
    "why": "よく聞かれるので",
}
PIECE = """- id: cost_cci_2
  institution: cci
  answer: 会費や参加費の払い方は、窓口ごとに違います。行く前に電話で聞いてください。
  source: {page: 日本商工会議所, url: 'https://www.jcci.or.jp/', dated: '2026-11-01'}
  checked: '2027-01-10'
  asked_as: [カードで払えますか, 支払いはクレジットでもいいの, 電子マネーで払いたい, 現金しか使えませんか]
"""


async def sent(browser: Browser, **changed: str) -> Any:
    await browser.get(NEW)
    return await browser.post(NEW, **{**FORM, **changed})


async def proposed(browser: Browser, changes: KnowledgeChanges, **changed: str) -> str:
    """Propose one. Returns the page of the change."""
    answer = await sent(browser, **changed)
    assert answer.status == 200, answer.words
    [change] = changes.all_in(ProposalState.PROPOSED)
    return f"/answers/changes/{change.name}"


async def test_a_draft_is_shown_as_owners_would_see_it_and_nothing_is_written(
    desk: Desk, hanako: Browser, changes: KnowledgeChanges, data: Path
) -> None:
    before = text(data)
    page = await sent(hanako, check="yes")
    assert page.status == 200 and "おかしなところはありません" in page.words, page.words
    assert page.words.count(FORM["answer"]) >= 3  # in the field, on the website, as text
    assert "・公式ページ：日本商工会議所（2026-11-01）" in page.words
    assert changes.all_in(*ProposalState) == () and text(data) == before
    assert desk.audit.entries(Wanted(), 1)[0].action is Action.DRAFT_CHECKED


async def test_another_person_approves_and_it_stands_behind_the_others_written_as_they_are(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges, data: Path
) -> None:
    before = text(data)
    page = await proposed(hanako, changes)
    shown = await jiro.get(page)
    assert "まだ、ありません。新しい答えです" in shown.words and "わけ：よく聞かれるので" in shown.words
    assert "書き込みました" in (await jiro.post(f"{page}/approve")).words
    assert text(data) == before + PIECE
    answer = load_knowledge(data / "knowledge").answers["cost_cci_2"]
    assert (answer.topic, answer.scope.institution, len(answer.asked_as)) == ("cost", "cci", 4)


async def test_what_was_written_is_taken_out_again_and_the_file_is_as_it_was(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges, data: Path
) -> None:
    before = text(data)
    page = await proposed(hanako, changes)
    await jiro.get(page)
    await jiro.post(f"{page}/approve")
    assert "元に戻しました" in (await jiro.post(f"{page}/undo")).words
    assert text(data) == before
    assert "この項目を開く" not in (await jiro.get(page)).words


async def test_nobody_approves_their_own(member: Member, changes: KnowledgeChanges, data: Path) -> None:
    before = text(data)
    administrator = await member("管理", Role.ADMINISTRATOR)
    page = await proposed(administrator, changes)
    assert (await administrator.post(f"{page}/approve")).status == 409
    assert text(data) == before


async def test_once_it_is_written_its_page_says_that_the_bot_does_not_know_it_yet(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges
) -> None:
    page = await proposed(hanako, changes)
    await jiro.get(page)
    await jiro.post(f"{page}/approve")
    entry = await hanako.get("/answers/entry/answer/cost_cci_2")
    assert "まだ前のままです" in entry.words and "花子が出した" in entry.words


async def test_two_that_wait_have_names_of_their_own(hanako: Browser, jiro: Browser, changes: KnowledgeChanges) -> None:
    await sent(hanako)
    await sent(jiro, asked_as=WAYS.replace("か", "かな"))
    assert [change.text.entry for change in changes.all_in(ProposalState.PROPOSED)] == ["cost_cci_2", "cost_cci_3"]


@pytest.mark.parametrize(
    ("scope", "field", "lines"),
    [
        ("any", "desk", ["- id: cost_any_2", "  answer:"]),
        ("issue:創業", "start", ["- id: cost_any_2", "  field: start", "  issue: 創業", "  answer:"]),
        (
            "issue:資金繰り/lending",
            "loan",
            ["- id: cost_lending_2", "  field: loan", "  issue: 資金繰り", "  sub_issue: lending"],
        ),
    ],
)
async def test_it_is_for_what_was_chosen(
    hanako: Browser, changes: KnowledgeChanges, scope: str, field: str, lines: "list[str]"
) -> None:
    await sent(hanako, scope=scope, field=field)
    [change] = changes.all_in(ProposalState.PROPOSED)
    written = change.text.after.splitlines()
    assert [line.startswith(begins) for line, begins in zip(written, lines, strict=False)] == [True] * len(lines)


async def test_what_we_do_not_know_is_said_with_whom_to_ask(hanako: Browser, changes: KnowledgeChanges) -> None:
    await sent(hanako, known="no", source="none", ask_there="カードで払えますか")
    [change] = changes.all_in(ProposalState.PROPOSED)
    assert f"  unknown: {FORM['answer']}\n  ask_there: カードで払えますか\n" in change.text.after


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"asked_as": "カードで払える？"}, "asked_as: ensure this value has at least 4"),
        ({"known": "no", "source": "none"}, "expected `ask_there` beside `unknown`"),
        ({"source": "none"}, "expected a `source` beside `answer`"),
        ({"answer": ""}, "expected either `answer` or `unknown`"),
        ({"answer": "あ。い。う。え。"}, "expected at most 3 short sentences, 160 characters in all"),
        ({"answer": "あ" * 161}, "expected at most 3 short sentences, 160 characters in all"),
        ({"source_url": "ftp//x"}, "invalid or missing URL scheme"),
        ({"field": "nowhere"}, 'no field "nowhere"'),
        ({"topic": ""}, "「何をたずねるか」を選んで"),
        ({"topic": "../../x"}, "「何をたずねるか」を選んで"),
        ({"scope": ""}, "「だれの、何の」を選んで"),
        ({"scope": "institution:nowhere"}, "「だれの、何の」を選んで"),
        ({"asked_as": f"{WAYS}\n商工会議所に相談すると料金はかかりますか"}, "同じたずね方の答えが、もうあります"),
        ({"asked_as": f"{WAYS}\n090-1234-5678 に払うの"}, "番号のない言葉に"),
        ({"asked_as": f"{WAYS}\n株式会社あおぞらに払うの"}, "会社の名前がわかる"),
    ],
)
async def test_what_cannot_be_an_answer_is_refused_with_the_reason(
    desk: Desk, hanako: Browser, changes: KnowledgeChanges, changed: "dict[str, str]", complaint: str
) -> None:
    page = await sent(hanako, **changed)
    assert (page.status, complaint in page.words) == (422, True), page.words
    assert changes.all_in(*ProposalState) == ()
    assert desk.audit.entries(Wanted(), 1)[0].action is Action.CHANGE_NOT_DONE


async def test_what_was_written_stays_in_the_form_where_it_is_refused(hanako: Browser) -> None:
    page = await sent(hanako, topic="")
    assert "電子マネーで払いたい" in page.text and 'value="institution:cci" selected' in page.text


async def test_a_viewer_writes_none(member: Member) -> None:
    viewer = await member("見る人")
    assert "新しい答えを書く" not in (await viewer.get("/answers")).words
    assert (await viewer.get(NEW)).status == 403


async def test_markup_that_somebody_writes_is_text_on_every_page(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges
) -> None:
    checked = await sent(hanako, answer=ATTACK, why=ATTACK, check="yes")
    page = await proposed(hanako, changes, answer=ATTACK, why=ATTACK)
    for shown in (checked, await jiro.get(page)):
        assert "<script>alert" not in shown.text and "<img" not in shown.text


@pytest.fixture
def unanswered(desk: Desk) -> TurnRecord:
    """A question about what it costs, asked while a matter was in hand, to which there was no answer."""
    turn = TurnRecord(
        "web-1",
        "web",
        "id-1",
        desk.clock.now - 60,
        "カードで払えますか",
        heard=WhatWasHeard(stood=Stood("open", issue="創業", sub_issue="before")),
        after=StateAfter(issue="創業", sub_issue="before"),
        asked=(AskedQuestion("cost", False),),
    )
    TurnRecords(desk.store).keep(turn)
    return turn


@pytest.mark.parametrize(
    "page",
    ["/figures/unanswered?about=cost&issue=創業&sub_issue=before", "/review/item/web-1/1"],
    ids=["figures", "review"],
)
async def test_a_question_without_an_answer_is_a_way_of_asking_of_a_new_one(
    hanako: Browser, unanswered: TurnRecord, page: str
) -> None:
    shown = await hanako.get(page)
    assert shown.status == 200 and "この質問の答えを書く" in shown.words
    sent_on = {"about": "cost", "issue": "創業", "sub_issue": "before", "asked": unanswered.words, "begin": "yes"}
    for name, value in list(sent_on.items())[:4]:
        assert f'name="{name}" value="{value}"' in shown.text
    form = await hanako.post(NEW, **sent_on)
    assert 'value="cost" selected' in form.text and 'value="issue:創業/before" selected' in form.text
    assert ">カードで払えますか</textarea>" in form.text
    assert 'value="start" selected' in form.text
