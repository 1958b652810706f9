"""答えの見直し: from an entry that is old or wrong to its file, by two people, and every way that is barred."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Dict

import pytest
import yaml

from bot.console.answers import LOOKS
from bot.console.kinds import KINDS, last_day_of
from bot.console.pages import _templates
from bot.knowledge import load_knowledge
from bot.store import Action, ChangeStep, KnowledgeChanges, ProposalState, Role, Wanted
from tests.console.answers_desk import changes, data, desk, desk_yml
from tests.console.conftest import Browser, Desk, Member

__all__ = ["changes", "data", "desk", "desk_yml"]
ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"
ENTRY = "/answers/entry/answer/cost_any_free"
UNKNOWN = "/answers/entry/answer/cost_any_expert_fee"
MATTER = "/answers/entry/matter/kokuzei"
NEW = "公の窓口の相談は、無料のことが多いです。"


def form_in(page: str) -> Dict[str, str]:
    """The fields of the form of an entry as the page has them."""
    form = page[page.index('name="stood"') : page.index('id="why"')]
    fields = dict(re.findall(r'<input id="[^"]*" name="(\w+)"[^>]*? value="([^"]*)"', form))
    fields.update(re.findall(r'<textarea id="[^"]*" name="(\w+)"[^>]*>([^<]*)</textarea>', form))
    fields.update(re.findall(r'<select id="\w+" name="(\w+)">.*?<option value="(\w+)" selected>', form))
    stood = re.search(r'name="stood" value="(\w+)"', page)
    assert stood is not None
    return {**{name: value.replace("&#39;", "'") for name, value in fields.items()}, "stood": stood[1]}


async def sent(browser: Browser, entry: str, **changed: str) -> Any:
    """Open an entry, change fields of its form, and send it."""
    form = {**form_in((await browser.get(entry)).text), **changed}
    return await browser.post(f"{entry}/propose", **form)


async def proposed(browser: Browser, changes: KnowledgeChanges, entry: str = ENTRY, **changed: str) -> str:
    """Propose a change. Returns its page."""
    answer = await sent(browser, entry, **(changed or {"answer": NEW}))
    assert answer.status == 200, answer.words
    [change] = changes.all_in(ProposalState.PROPOSED)
    return f"/answers/changes/{change.name}"


def text(data: Path, file: str = "answers/cost.yml") -> str:
    return (data / "knowledge" / file).read_text(encoding="utf-8")


def test_everything_of_it_has_a_name_in_japanese() -> None:
    words: Any = _templates().get_template("_answers_words.html").module
    assert set(words.kinds) == {"", *KINDS}
    assert set(words.looks) == set(LOOKS)
    assert set(words.steps) == {step.value for step in ChangeStep}
    assert set(words.states) == {state.value for state in ProposalState}
    for kind in KINDS.values():
        assert set(kind.lists) <= set(words.lists)


@pytest.mark.parametrize(
    ("day", "last"), [("2025-07", "2025-07-31"), ("2025-12", "2025-12-31"), ("2024", "2024-12-31"), ("2025-02-03",) * 2]
)
def test_a_day_that_is_known_in_part_counts_as_the_last_that_may_be_meant(day: str, last: str) -> None:
    assert last_day_of(day).isoformat() == last


async def test_answers_are_found_by_their_words_topic_institution_and_whether_they_are_known(hanako: Browser) -> None:
    by_words = await hanako.get("/answers?words=タダで聞いて")
    assert "cost_any_free" in by_words.text and "cost_any_expert_fee" not in by_words.text
    both = await hanako.get("/answers?topic=cost&institution=cci&look=unknown")
    assert "cost_cci_fee" in both.text and "entry/answer/cost_cci&" not in both.text
    assert "cost_shokokai_fee" not in both.text
    matters = await hanako.get("/answers?kind=matter&words=国税")
    assert "/answers/entry/matter/kokuzei" in matters.text


async def test_half_width_words_find_full_width_ones(hanako: Browser) -> None:
    assert "cost_any_free" in (await hanako.get("/answers?words=ﾀﾀﾞで聞いて")).text


async def test_what_was_checked_more_than_180_days_ago_is_listed_the_oldest_first(hanako: Browser) -> None:
    page = await hanako.get("/answers?look=old&kind=answer")
    days = re.findall(r'data-label="いつの">(\d{4}[-\d]*)', page.text)
    assert len(days) > 10 and days == sorted(days, key=last_day_of)
    assert last_day_of(days[-1]) < date(2027, 1, 15) - timedelta(days=180)


async def test_a_check_of_today_takes_an_answer_from_the_list_of_old_ones(
    desk: Desk, hanako: Browser, jiro: Browser, changes: KnowledgeChanges
) -> None:
    old = "/answers?look=old&words=cost_any_haken"
    assert "cost_any_haken" in (await hanako.get(old)).text.split("<main")[1].split("</form>")[1]
    page = await proposed(hanako, changes, "/answers/entry/answer/cost_any_haken", checked="2027-01-15")
    await jiro.get(page)
    await jiro.post(f"{page}/approve")
    assert "0件" in (await hanako.get(old)).words


async def test_an_answer_is_shown_as_owners_see_it_on_the_website_and_in_text(hanako: Browser) -> None:
    known = await hanako.get(ENTRY)
    assert "よろず支援拠点、商工会、商工会議所などの公の窓口は" in known.words
    assert "・公式ページ：J-Net21 よろず支援拠点（2026-02-12） https://j-net21" in known.words
    unknown = await hanako.get("/answers/entry/answer/cost_cci_fee")
    assert "「商工会議所」に、「会費は年にいくらですか。会員にならなくても、相談できますか」と聞いて" in unknown.words
    matter = await hanako.get(MATTER)
    assert "税金が払えないことですね。" in matter.words and "・お店のある地域の税務署：電話をかけて" in matter.words


async def test_a_draft_is_checked_and_shown_as_owners_would_see_it_and_nothing_is_changed(
    desk: Desk, hanako: Browser, changes: KnowledgeChanges, data: Path
) -> None:
    before = text(data)
    answer = await sent(hanako, ENTRY, answer=NEW, check="yes")
    assert answer.status == 200 and "おかしなところはありません" in answer.words
    assert f"+  answer: {NEW}" in answer.words and answer.words.count(NEW) >= 3
    assert changes.all_in(*ProposalState) == () and text(data) == before
    assert desk.audit.entries(Wanted(), 1)[0].action is Action.DRAFT_CHECKED


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"asked_as": "いくら\nタダ"}, "answers/cost.yml: cost_any_free > asked_as: ensure this value has at least 4"),
        ({"known": "no", "ask_there": ""}, "expected `ask_there` beside `unknown`"),
        ({"source": "none"}, "expected a `source` beside `answer`"),
        ({"source": "paper", "source_section": "別添9", "source_heading": "イ", "source_number": "1"}, "別添9"),
        ({"source_url": "ftp//x"}, "invalid or missing URL scheme"),
        ({"answer": ""}, "expected either `answer` or `unknown`"),
        ({"until": "来年"}, "invalid date format"),
    ],
)
async def test_what_could_not_be_loaded_is_refused_with_the_loaders_own_words(
    desk: Desk, hanako: Browser, changes: KnowledgeChanges, changed: Dict[str, str], complaint: str
) -> None:
    answer = await sent(hanako, ENTRY, **changed)
    assert (answer.status, complaint in answer.words) == (422, True), answer.words
    assert changes.all_in(*ProposalState) == ()
    assert desk.audit.entries(Wanted(), 1)[0].action is Action.CHANGE_NOT_DONE


async def test_a_form_that_changes_nothing_is_said_so(hanako: Browser, changes: KnowledgeChanges) -> None:
    for entry in (ENTRY, UNKNOWN, MATTER, "/answers/entry/institution/cci", "/answers/entry/subject/marukei"):
        answer = await sent(hanako, entry)
        assert (answer.status, "どこも変わっていません" in answer.words) == (422, True), entry
    assert changes.all_in(*ProposalState) == ()


async def test_another_person_approves_and_only_that_line_of_the_file_changes(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges, data: Path
) -> None:
    before = text(data).split("\n")
    page = await proposed(hanako, changes, answer=NEW, why="短くした")
    shown = await jiro.get(page)
    assert f"+  answer: {NEW}" in shown.words and "わけ：短くした" in shown.words
    assert "書き込みました" in (await jiro.post(f"{page}/approve")).words
    after = text(data).split("\n")
    assert [line for line in after if line not in before] == [f"  answer: {NEW}"]
    assert len(after) == len(before)
    assert load_knowledge(data / "knowledge").answers["cost_any_free"].text == NEW


async def test_who_proposed_approved_and_when_and_the_lines_are_on_the_page_of_the_entry(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges
) -> None:
    page = await proposed(hanako, changes)
    await jiro.get(page)
    await jiro.post(f"{page}/approve")
    entry = (await hanako.get(ENTRY)).words
    assert re.search(r"花子が出した（2027-.*）、\s*次郎が承認した（2027-.*）、\s*次郎が書き込んだ", entry)
    assert f"+  answer: {NEW}" in entry
    assert "まだ前のままです。学習" in entry


async def test_what_was_written_is_taken_out_again_and_the_file_is_as_it_was(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges, data: Path
) -> None:
    before = text(data)
    page = await proposed(hanako, changes)
    await jiro.get(page)
    await jiro.post(f"{page}/approve")
    answer = await jiro.post(f"{page}/undo")
    assert "元に戻しました" in answer.words
    assert text(data) == before
    await hanako.get(page)
    await hanako.post(f"{page}/withdraw")
    assert changes.open_entries() == frozenset()


async def test_nobody_approves_their_own_change_whatever_their_role(
    member: Member, changes: KnowledgeChanges, data: Path
) -> None:
    before = text(data)
    administrator = await member("管理", Role.ADMINISTRATOR)
    page = await proposed(administrator, changes)
    assert f"{page}/approve" not in (await administrator.get(page)).text
    answer = await administrator.post(f"{page}/approve")
    assert (answer.status, "ご自分の直しは" in answer.words) == (409, True)
    assert text(data) == before


async def test_a_viewer_reads_and_has_no_form(member: Member) -> None:
    viewer = await member("見る人")
    assert "公の窓口は" in (await viewer.get(ENTRY)).words
    assert "提案する</button>" not in (await viewer.get(ENTRY)).text
    assert (await viewer.post(f"{ENTRY}/propose", answer=NEW)).status == 403


async def test_of_two_who_change_one_entry_the_second_is_told_who_was_first(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges
) -> None:
    await proposed(hanako, changes)
    assert "花子さんの直しが出ています" in (await jiro.get(ENTRY)).words
    answer = await sent(jiro, ENTRY, answer="ほかの言葉です。")
    assert (answer.status, "花子さんが、先に" in answer.words) == (409, True)


async def test_what_was_changed_by_hand_meanwhile_is_neither_proposed_nor_approved(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges, data: Path
) -> None:
    form = form_in((await hanako.get(ENTRY)).text)
    page = await proposed(jiro, changes)
    path = data / "knowledge" / "answers" / "cost.yml"
    by_hand = text(data).replace("公の窓口は、相談が無料か", "公の窓口は、相談がタダか")
    path.write_text(by_hand, encoding="utf-8")
    for answer in (
        await hanako.post(f"{ENTRY}/propose", **{**form, "answer": "別の言葉です。"}),
        await hanako.post(f"{page}/approve"),
    ):
        assert answer.status in (409, 422) and "ファイルが変わりました" in answer.words
    assert text(data) == by_hand


async def test_a_change_that_something_else_made_wrong_meanwhile_is_not_written(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges, data: Path
) -> None:
    page = await proposed(hanako, changes, "/answers/entry/subject/marukei", called="マル経\n新しい呼び名")
    path = data / "knowledge" / "subjects.yml"
    path.write_text(f"{text(data, 'subjects.yml')}- {{id: other, called: [新しい呼び名]}}\n", encoding="utf-8")
    await jiro.get(page)
    answer = await jiro.post(f"{page}/approve")
    assert (answer.status, "新しい呼び名 stands there twice" in answer.words) == (409, True)
    assert [change.state for change in changes.history("subjects.yml", "marukei", 5)] == [ProposalState.PROPOSED]


async def test_where_the_files_are_read_only_an_approval_is_kept_for_a_patch(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges, data: Path
) -> None:
    before = text(data)
    page = await proposed(hanako, changes)
    (data / "knowledge" / "answers" / ".cost.yml.new").mkdir()  # where the new file would be made
    await jiro.get(page)
    assert "差分のファイルとして取り出せます" in (await jiro.post(f"{page}/approve")).words
    assert text(data) == before
    patch = (await jiro.get(f"{page}/patch")).text
    assert "--- a/data/knowledge/answers/cost.yml" in patch and f"+  answer: {NEW}" in patch
    (data / "knowledge" / "answers" / ".cost.yml.new").rmdir()
    assert "書き込みました" in (await jiro.post(f"{page}/approve")).words
    assert f"answer: {NEW}" in text(data)


async def test_a_matter_is_changed_with_whom_to_see_and_its_ways_of_telling(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges, data: Path
) -> None:
    before = text(data, "matters.yml").split("\n")
    told = form_in((await hanako.get(MATTER)).text)["told_as"]
    page = await proposed(hanako, changes, MATTER, say="まず税務署に電話してください。", told_as=f"{told}\n税が払えん")
    await jiro.get(page)
    assert "書き込みました" in (await jiro.post(f"{page}/approve")).words
    after = text(data, "matters.yml").split("\n")
    added = [line for line in after if line not in before]
    assert added == ["  say: まず税務署に電話してください。", "  - 税が払えん"]
    read = yaml.safe_load("\n".join(after))["matters"][0]
    assert [seen["name"] for seen in read["see"]] == ["お店のある地域の税務署", "税理士"]


async def test_the_names_of_a_programme_are_changed(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges, data: Path
) -> None:
    entry = "/answers/entry/subject/marukei"
    assert "次の" in (await hanako.get(entry)).words
    page = await proposed(
        hanako, changes, entry, called="マル経\nマルケイ\nまるけい\n小規模事業者経営改善資金\nマル経融資"
    )
    await jiro.get(page)
    await jiro.post(f"{page}/approve")
    assert "called: [マル経, マルケイ, まるけい, 小規模事業者経営改善資金, マル経融資]}" in text(data, "subjects.yml")


async def test_markup_that_somebody_writes_is_text_on_every_page(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges
) -> None:
    checked = await sent(hanako, ENTRY, answer=ATTACK, why=ATTACK, check="yes")
    page = await proposed(hanako, changes, answer=ATTACK, why=ATTACK)
    for shown in (checked, await jiro.get(page), await jiro.get("/answers/changes"), await jiro.get(ENTRY)):
        assert "<script>alert" not in shown.text and "<img" not in shown.text
        assert "&lt;script&gt;" in shown.text


@pytest.mark.parametrize(
    "path",
    ["/answers/entry/answer/none", "/answers/entry/x/cost_any_free", "/answers/changes/x", "/answers/operator/x"],
)
async def test_what_is_not_there_is_not_found(hanako: Browser, path: str) -> None:
    assert (await hanako.get(path)).status == 404


@pytest.mark.parametrize("asked", ["look=x", "number=0", "number=99999999", "number=あ", "words=%00", "topic=x&kind=x"])
async def test_what_cannot_be_asked_of_the_list_is_left_out(hanako: Browser, asked: str) -> None:
    assert (await hanako.get(f"/answers?{asked}")).status == 200


async def test_files_that_cannot_be_loaded_are_said_so_with_the_loaders_words(hanako: Browser, data: Path) -> None:
    path = data / "knowledge" / "answers" / "cost.yml"
    path.write_text("answers: 壊れた", encoding="utf-8")
    answer = await hanako.get("/answers")
    assert (answer.status, "answers/cost.yml: answers" in answer.words) == (500, True)
