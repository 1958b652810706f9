"""見直し: from a message that was misread to an example that another person approved, and every way that is barred."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, List
from urllib.parse import quote

import pytest
import yaml

from bot.console.reader import ReadNow
from bot.review import ReviewReason
from bot.store import Action, By, ProposalState, ProposedMove, Ratings, Reviews, Role, Wanted
from bot.store.retention import forget_conversation
from tests.console.conftest import Browser, Desk, Member
from tests.console.review_desk import (
    OPEN,
    PREFECTURE,
    ScriptedModel,
    data,
    desk,
    model,
    problem,
    reviews,
    said,
)

__all__ = ["data", "desk", "model", "reviews"]
ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"
ITEM = "/review/item/web-1/2"


def the_proposal(reviews: Reviews, *states: ProposalState) -> str:
    [proposal] = reviews.all_in(*(states or tuple(ProposalState)))
    return f"/review/proposals/{proposal.together}"


def shorter(text: str) -> str:
    return re.sub(r"\s+", "", text)


async def proposed(browser: Browser, reviews: Reviews, **form: Any) -> str:
    """Propose for the message of the tests. Returns the page of the proposal."""
    await browser.get(f"{ITEM}?reason=unsure")
    answer = await browser.post(f"{ITEM}/propose", **{"move": "problem/創業", "words": "家賃が上がって", **form})
    assert answer.status == 200, answer.words
    return the_proposal(reviews, ProposalState.PROPOSED)


async def test_a_misread_message_becomes_an_example_that_another_person_approved(
    desk: Desk, hanako: Browser, jiro: Browser, reviews: Reviews, data: Path
) -> None:
    said(desk, "ひみつ、家賃が上がって")
    queue = await hanako.get("/review")
    assert "読み取りに自信がない1件" in shorter(queue.words) and "ひみつ、家賃が上がって" in queue.words
    item = await hanako.get(f"{ITEM}?reason=unsure")
    assert "お店や会社は、どちらの都道府県にありますか" in item.words and "わからない" in item.words
    answer = await hanako.post(f"{ITEM}/propose", move="problem/創業", words="ひみつ、家賃が上がって", reason="unsure")
    assert "直しを出しました" in answer.words
    assert "ひみつ" not in (data / "turns" / "prefecture.yml").read_text(encoding="utf-8")
    page = the_proposal(reviews)
    assert '+  owner: "ひみつ、家賃が上がって"' in (await jiro.get(page)).words
    approved = await jiro.post(f"{page}/approve")
    assert "承認して、書き込みました" in approved.words and "+  moves:" in approved.words
    [row] = [
        row
        for row in yaml.safe_load((data / "turns" / "prefecture.yml").read_text(encoding="utf-8"))["turns"]
        if row["voice"].startswith("見直し")
    ]
    assert (row["owner"], row["moves"]) == ("ひみつ、家賃が上がって", [{"move": "problem", "issue": "創業"}])
    assert "web-1" not in str(row)
    assert "待っている発言は、ありません" in (await hanako.get("/review")).words


async def test_every_step_back_leads_to_the_queue_again(
    desk: Desk, hanako: Browser, jiro: Browser, reviews: Reviews, data: Path
) -> None:
    said(desk, "ひみつ、家賃が上がって")
    before = (data / "turns" / "prefecture.yml").read_text(encoding="utf-8")
    page = await proposed(hanako, reviews)
    await jiro.get(page)
    await jiro.post(f"{page}/approve")
    undone = await jiro.post(f"{page}/undo")
    assert "書き込んだ行も、取り出しました" in undone.words
    assert (data / "turns" / "prefecture.yml").read_text(encoding="utf-8") == before
    await hanako.get(page)
    assert "見直しに戻りました" in (await hanako.post(f"{page}/withdraw")).words
    assert "ひみつ" in (await hanako.get("/review")).words
    await hanako.get(ITEM)
    settled = await hanako.post(f"{ITEM}/settle", reason="unsure")
    assert "直すところはない" in settled.words and "いまの操作を取り消す" in settled.words
    back = re.search(r'action="/staff(/review/item/[^"]*/open-again)"', settled.text)
    assert back is not None
    assert "見直しに戻しました" in (await hanako.post(back[1])).words
    assert len(reviews.queue(ReviewReason.UNSURE, 5)) == 1


async def test_of_two_reviewers_on_one_message_the_second_is_told_who_was_first(
    desk: Desk, hanako: Browser, jiro: Browser, reviews: Reviews
) -> None:
    said(desk, "ひみつ、家賃が上がって")
    await hanako.get(ITEM)
    await jiro.get(ITEM)
    await hanako.post(f"{ITEM}/propose", move="problem/創業", words="ひみつ")
    for answer in (
        await jiro.post(f"{ITEM}/propose", move="yes", words="ひみつ"),
        await jiro.post(f"{ITEM}/settle"),
    ):
        assert (answer.status, "花子さんが、先に済ませました" in answer.words) == (409, True)
    assert [proposal.who for proposal in reviews.all_in(ProposalState.PROPOSED)] == ["花子"]
    assert "花子さんの直しがあります" in (await jiro.get(ITEM)).words


async def test_of_two_who_decide_on_one_proposal_the_second_is_told_who_was_first(
    desk: Desk, hanako: Browser, jiro: Browser, member: Member, reviews: Reviews, data: Path
) -> None:
    said(desk, "ひみつ、家賃が上がって")
    page = await proposed(hanako, reviews)
    saburo = await member("三郎", Role.REVIEWER)
    await jiro.post(f"{page}/refuse")
    answer = await saburo.post(f"{page}/approve")
    assert (answer.status, "次郎さんが、先に済ませました" in answer.words) == (409, True)
    assert "見直し" not in (data / "turns" / "prefecture.yml").read_text(encoding="utf-8")


async def test_nobody_approves_what_they_proposed(desk: Desk, hanako: Browser, reviews: Reviews) -> None:
    said(desk, "ひみつ、家賃が上がって")
    page = await proposed(hanako, reviews)
    assert f"{page}/approve" not in (await hanako.get(page)).text
    answer = await hanako.post(f"{page}/approve")
    assert (answer.status, "ご自分の直しは" in answer.words) == (409, True)
    assert reviews.all_in(ProposalState.PROPOSED) != ()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "言葉がありません"),
        ('/inform{"prefecture": "東京都"}', "命令の形"),
        ("／restart", "命令の形"),
        (ATTACK, "タグなど"),
        ("[東京](prefecture)", "タグなど"),
        ("電話は〔電話番号〕です", "番号を隠した印"),
        ("電話は090-0000-0001です", "電話番号やメール"),
        ("株式会社みどりの下請けです", "会社の名前"),
        ("中央3丁目です", "住所"),
        ("あ" * 1001, "長すぎます"),
    ],
)
async def test_what_may_be_no_example_is_refused_and_said_why(
    desk: Desk, hanako: Browser, reviews: Reviews, words: str, why: str
) -> None:
    said(desk, "ひみつ")
    await hanako.get(ITEM)
    answer = await hanako.post(f"{ITEM}/propose", move="problem/創業", words=words)
    assert (answer.status, why in answer.words) == (422, True)
    assert "<script>alert" not in answer.text and "<img" not in answer.text
    assert reviews.all_in(*ProposalState) == ()


@pytest.mark.parametrize(
    "move", ["", "fact/prefecture", "problem/なし", "pick/2", "asks/why", "problem", "no/no", ATTACK]
)
async def test_a_move_that_cannot_be_made_there_is_refused(
    desk: Desk, hanako: Browser, reviews: Reviews, move: str
) -> None:
    said(desk, "ひみつ")
    await hanako.get(ITEM)
    answer = await hanako.post(f"{ITEM}/propose", move=move, words="ひみつ")
    assert (answer.status, "読み方を一つ以上" in answer.words) == (422, True)
    assert reviews.all_in(*ProposalState) == ()


@pytest.mark.parametrize(
    ("slot", "value", "taken"),
    [
        ("prefecture", "埼玉県", True),
        ("prefecture", "埼玉", False),
        ("employee_count", "5", True),
        ("employee_count", "五人", False),
        ("stage", "創業後", True),
        ("stage", "昔", False),
        ("industry", "パン屋", True),
        ("industry", "090-0000-0001", False),
        ("owner", "わたし", False),
    ],
)
async def test_a_fact_is_taken_where_it_is_written_as_the_data_has_it(
    desk: Desk, hanako: Browser, reviews: Reviews, slot: str, value: str, taken: bool
) -> None:
    said(desk, "ひみつ")
    await hanako.get(ITEM)
    answer = await hanako.post(f"{ITEM}/propose", words="ひみつ", slot=slot, value=value)
    assert answer.status == (200 if taken else 422)
    moves = [proposal.example.moves for proposal in reviews.all_in(ProposalState.PROPOSED)]
    assert moves == ([(ProposedMove("fact", (("slot", slot), ("value", value))),)] if taken else [])


async def test_what_may_be_a_name_is_asked_about_and_the_approver_is_told(
    desk: Desk, hanako: Browser, jiro: Browser, reviews: Reviews, model: ScriptedModel
) -> None:
    said(desk, "川口で店をしています")
    model.names = ("川口",)
    await hanako.get(ITEM)
    form = {"move": "problem/創業", "words": "川口で店をしています"}
    answer = await hanako.post(f"{ITEM}/propose", **form)
    assert (answer.status, "気になる言葉：川口" in answer.words) == (422, True)
    assert reviews.all_in(*ProposalState) == ()
    await hanako.post(f"{ITEM}/propose", no_name="yes", **form)
    page = await jiro.get(the_proposal(reviews))
    assert "「名前ではない」と確かめました" in page.words


async def test_what_the_model_reads_so_already_is_said_before_it_is_proposed(
    desk: Desk, hanako: Browser, reviews: Reviews, model: ScriptedModel
) -> None:
    said(desk, "ひみつ")
    model.reads["ひみつ"] = ReadNow((problem("創業", "before"),), "創業")
    assert "もう読めています" in (await hanako.get(ITEM)).words
    answer = await hanako.post(f"{ITEM}/propose", move="problem/創業", words="ひみつ")
    assert (answer.status, "例を足さなくても大丈夫" in answer.words) == (422, True)
    assert reviews.all_in(*ProposalState) == ()
    await hanako.post(f"{ITEM}/propose", move="problem/創業", words="ひみつ", anyway="yes")
    assert len(reviews.all_in(ProposalState.PROPOSED)) == 1


async def test_an_opening_is_read_so_where_its_intent_and_kind_are(
    desk: Desk, hanako: Browser, model: ScriptedModel
) -> None:
    said(desk, "ひみつ", stood=OPEN)
    model.reads["ひみつ"] = ReadNow((), "資金繰り", "lending")
    await hanako.get(ITEM)
    other = await hanako.post(f"{ITEM}/propose", move="problem/資金繰り/expert", words="ひみつ")
    assert other.status == 200
    said(desk, "ひみつ", "web-2", OPEN)
    same = await hanako.post("/review/item/web-2/2/propose", move="problem/資金繰り/lending", words="ひみつ")
    assert (same.status, "もう読めています" in same.words) == (422, True)


async def test_what_contradicts_it_is_named_before_it_is_proposed_and_to_who_approves(
    desk: Desk, hanako: Browser, jiro: Browser, reviews: Reviews
) -> None:
    stood = replace(PREFECTURE, waiting="sheet", offered=("はい、作ります", "いいえ、作りません"))
    said(desk, "はい", stood=stood)
    await hanako.get(ITEM)
    answer = await hanako.post(f"{ITEM}/propose", move="no", words="はい")
    assert (answer.status, "data/turns/sheet.yml の 9行目：「はい」は「はい」" in answer.words) == (422, True)
    await hanako.post(f"{ITEM}/propose", move="no", words="はい", anyway="yes")
    assert "data/turns/sheet.yml の 9行目" in (await jiro.get(the_proposal(reviews))).words


async def test_messages_that_are_like_it_are_shown_and_corrected_together(
    desk: Desk, hanako: Browser, jiro: Browser, reviews: Reviews, model: ScriptedModel, data: Path
) -> None:
    said(desk, "ひみつ、家賃が上がって")
    said(desk, "ひみつ、家賃が倍になって", "web-2")
    said(desk, "ひみつ、天気がよくて", "web-3")
    said(desk, "ひみつ、家賃が二倍", "web-4", replace(PREFECTURE, waiting="symptom"))
    model.like = {"ひみつ、家賃が倍になって": 0.9, "ひみつ、天気がよくて": 0.3, "ひみつ、家賃が二倍": 0.95}
    item = await hanako.get(ITEM)
    assert ("家賃が倍" in item.words, "天気がよくて" in item.words, "二倍" in item.words) == (True, False, False)
    await hanako.post(f"{ITEM}/propose", move="problem/創業", words="ひみつ、家賃が上がって", along="2:web-2")
    page = the_proposals_page(reviews)
    await jiro.get(page)
    await jiro.post(f"{page}/approve")
    text = (data / "turns" / "prefecture.yml").read_text(encoding="utf-8")
    assert text.count("見直し ") == 2 and "ひみつ、家賃が倍になって" in text
    waits = {item.conversation for item in reviews.queue(ReviewReason.UNSURE, 9)}
    assert waits == {"web-3", "web-4"}


def the_proposals_page(reviews: Reviews) -> str:
    [together] = {proposal.together for proposal in reviews.all_in(*ProposalState)}
    return f"/review/proposals/{together}"


async def test_owners_words_of_others_are_shown_after_it_was_noted(
    desk: Desk, hanako: Browser, model: ScriptedModel
) -> None:
    said(desk, "ひみつ、家賃が上がって")
    said(desk, "ひみつ、家賃が倍になって", "web-2")
    model.like = {"ひみつ、家賃が倍になって": 0.9}
    await hanako.get(ITEM)
    read = [entry.about for entry in desk.audit.entries(Wanted(action=Action.READ), 10)]
    assert sorted(str(about) for about in read) == ["web-1", "web-2"]


@pytest.mark.parametrize("path", ["/review", "/review/proposals", "/review/patch"])
async def test_no_words_of_owners_are_listed_where_the_reading_cannot_be_noted(
    desk: Desk, hanako: Browser, reviews: Reviews, path: str
) -> None:
    said(desk, "ひみつ、家賃が上がって")
    said(desk, "ひみつ、家賃が倍になって", "web-2")
    await proposed(hanako, reviews)
    reviews.approve(reviews.all_in(ProposalState.PROPOSED)[0].together, By("次郎", ""), None)
    with desk.store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE staff_audit")
    answer = await hanako.get(path)
    assert (answer.status, "家賃" in answer.text) == (503, False)


async def test_where_the_data_is_read_only_an_approval_is_kept_for_a_patch(
    desk: Desk, hanako: Browser, jiro: Browser, reviews: Reviews, data: Path
) -> None:
    said(desk, "ひみつ、家賃が上がって")
    page = await proposed(hanako, reviews)
    before = (data / "turns" / "prefecture.yml").read_text(encoding="utf-8")
    (data / "turns" / ".prefecture.yml.new").mkdir()  # where the new file would be made
    await jiro.get(page)
    answer = await jiro.post(f"{page}/approve")
    assert "差分のファイルとして取り出せます" in answer.words
    assert (data / "turns" / "prefecture.yml").read_text(encoding="utf-8") == before
    patch = await jiro.get("/review/patch")
    assert patch.headers["Content-Disposition"] == 'attachment; filename="review.patch"'
    assert "--- a/data/turns/prefecture.yml" in patch.text and '+  owner: "家賃が上がって"' in patch.text
    (data / "turns" / ".prefecture.yml.new").rmdir()
    await jiro.get(page)
    assert "書き込みました" in (await jiro.post(f"{page}/approve")).words
    assert "家賃が上がって" in (data / "turns" / "prefecture.yml").read_text(encoding="utf-8")
    assert (await jiro.get("/review/patch")).text == ""


async def test_a_file_that_is_not_as_it_should_be_is_said_and_left_alone(
    desk: Desk, hanako: Browser, jiro: Browser, reviews: Reviews, data: Path
) -> None:
    said(desk, "ひみつ、家賃が上がって")
    page = await proposed(hanako, reviews)
    (data / "turns" / "prefecture.yml").write_text("turns: 壊れた", encoding="utf-8")
    assert "思った形ではない" in (await jiro.get(page)).words
    assert (await jiro.post(f"{page}/approve")).status == 409
    assert (data / "turns" / "prefecture.yml").read_text(encoding="utf-8") == "turns: 壊れた"
    assert len(reviews.all_in(ProposalState.PROPOSED)) == 1


async def test_what_its_owner_had_deleted_cannot_be_proposed_or_approved(
    desk: Desk, hanako: Browser, jiro: Browser, reviews: Reviews, data: Path
) -> None:
    said(desk, "ひみつ、家賃が上がって")
    page = await proposed(hanako, reviews)
    forget_conversation(desk.store, "web-1")
    for answer in (
        await jiro.post(f"{page}/approve"),
        await hanako.post(f"{ITEM}/propose", move="yes", words="ひみつ"),
        await hanako.post(f"{ITEM}/settle"),
    ):
        assert (answer.status, "もうありません" in answer.words) == (404, True)
    assert "家賃が上がって" not in (data / "turns" / "prefecture.yml").read_text(encoding="utf-8")


async def test_markup_in_what_owners_wrote_is_text_on_every_page(
    desk: Desk, hanako: Browser, reviews: Reviews, model: ScriptedModel
) -> None:
    said(desk, ATTACK)
    said(desk, f"二{ATTACK}", "web-2")
    model.like = {f"二{ATTACK}": 0.9}
    pages = [await hanako.get("/review"), await hanako.get(ITEM)]
    pages.append(await hanako.post(f"{ITEM}/propose", move="yes", words="ひみつ"))
    pages.append(await hanako.get("/review/proposals"))
    for page in pages:
        assert "<script>alert" not in page.text and "<img" not in page.text
    assert "&lt;script&gt;" in pages[0].text and "&lt;script&gt;" in pages[1].text


async def test_a_conversation_with_a_name_of_any_kind_can_be_corrected(
    desk: Desk, hanako: Browser, reviews: Reviews
) -> None:
    name = "slack-T1:U1/あ ?&#"
    said(desk, "ひみつ", name)
    queue = await hanako.get("/review")
    link = re.search(r'href="/staff(/review/item/[^"?]*)\?reason=unsure"', queue.text)
    assert link is not None and link[1] == f"/review/item/{quote(name, safe='')}/2"
    answer = await hanako.send("GET", link[1])
    assert answer.status in (200, 404)


@pytest.mark.parametrize("path", ["x/2", "web-1/x", "web-1/0", "web-1/9", "web-1/99999999999999999999", "web-1/-1"])
async def test_a_message_that_is_not_there_is_not_found(desk: Desk, hanako: Browser, path: str) -> None:
    said(desk, "ひみつ")
    assert (await hanako.get(f"/review/item/{path}")).status == 404


async def test_a_message_whose_place_is_not_known_can_be_looked_through_and_not_proposed(
    desk: Desk, hanako: Browser, reviews: Reviews
) -> None:
    said(desk, "ひみつ", stood=None)
    assert "どの場所の発言か、記録がない" in (await hanako.get(ITEM)).words
    assert (await hanako.post(f"{ITEM}/propose", move="yes", words="ひみつ")).status == 422
    await hanako.post(f"{ITEM}/settle")
    assert reviews.queue(ReviewReason.UNSURE, 5) == ()


async def test_a_bad_rating_is_shown_with_its_reason_in_the_owners_words(desk: Desk, hanako: Browser) -> None:
    said(desk, "ひみつ", reasons=())
    Ratings(desk.store).rate("web-1", useful=False)
    Ratings(desk.store).say_why("web-1", "遠かった")
    queue = await hanako.get("/review?reason=bad_rating")
    assert f'href="/staff{ITEM}?reason=bad_rating"' in queue.text
    assert "役に立たなかった：遠かった" in (await hanako.get(f"{ITEM}?reason=bad_rating")).words


async def test_after_each_the_next_one_of_the_same_reason_follows(desk: Desk, hanako: Browser) -> None:
    for number in range(3):
        desk.clock.now += 1
        said(desk, f"ひみつ{number}", f"web-{number}")
    await hanako.get("/review/item/web-2/2?reason=unsure")
    following = await hanako.post("/review/item/web-2/2/settle", reason="unsure")
    assert following.path == "/staff/review/item/web-1/2"
    following = await hanako.post("/review/item/web-1/2/propose", reason="unsure", move="yes", words="ひみつ")
    assert following.path == "/staff/review/item/web-0/2"


async def test_the_queue_is_turned_page_by_page(desk: Desk, hanako: Browser) -> None:
    for number in range(25):
        desk.clock.now += 1
        said(desk, f"ひみつ{number:02}", f"web-{number}")
    seen: List[str] = []
    path = "/review?reason=unsure"
    while path:
        text = (await hanako.get(path)).text
        seen += re.findall(r"ひみつ\d\d", text)
        older = re.search(r'rel="next" href="/staff(/review\?[^"]*)"', text)
        path = older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"ひみつ{number:02}" for number in reversed(range(25))]


@pytest.mark.parametrize(
    "asked", ["reason=x", "reason=unsure&after=x", "reason=left&after=9:web-1", "item=x&proposal=/"]
)
async def test_what_cannot_be_asked_of_the_queue_is_left_out(hanako: Browser, asked: str) -> None:
    assert (await hanako.get(f"/review?{asked}")).status == 200
