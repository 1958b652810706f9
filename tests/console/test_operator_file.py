"""The operator's desk.yml and offices: shown as owners see them, checked as on load, changed by two people."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.store import KnowledgeChanges, ProposalState, Role
from tests.console.answers_desk import changes, data, desk, desk_yml
from tests.console.conftest import Browser, Member

__all__ = ["changes", "data", "desk", "desk_yml"]
DESK, OFFICES = "/answers/operator/desk", "/answers/operator/offices"
NOTICE = {"notice_since": "2027-02-01", "notice_until": "2027-02-03", "notice_text": "2月3日は臨時のお休みです。"}
AN_OFFICE = """- institution: cci
  source: https://www.example.jp/madoguchi
  checked: 2026-11-22
  offices:
  - {prefecture: 福島県, name: みどり野商工会議所, url: 'https://www.example.jp/', municipalities: [会津若松市]}
"""


@pytest.fixture
async def hanako(member: Member) -> Browser:
    return await member("花子", Role.REVIEWER)


@pytest.fixture
async def jiro(member: Member) -> Browser:
    return await member("次郎", Role.REVIEWER)


def text_in(page: str) -> str:
    found = re.search(r'<textarea id="text"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


async def sent(browser: Browser, path: str, change: Any = None, **form: str) -> Any:
    """Open the file, change its text, and send the form."""
    page = (await browser.get(path)).text
    stood = re.search(r'name="stood" value="(\w+)"', page)
    assert stood is not None
    text = text_in(page)
    return await browser.post(
        f"{path}/propose", stood=stood[1], text=(change(text) if change else text).replace("\n", "\r\n"), **form
    )


async def approved(browser: Browser, changes: KnowledgeChanges) -> Any:
    [change] = changes.all_in(ProposalState.PROPOSED)
    await browser.get(f"/answers/changes/{change.name}")
    return await browser.post(f"/answers/changes/{change.name}/approve")


async def test_the_desk_is_shown_as_owners_see_it(hanako: Browser) -> None:
    page = await hanako.get(DESK)
    assert "みどり野商工会議所 経営相談室" in page.words and "・電話：0000-00-0000（平日9時から17時）" in page.words
    assert "起動し直したときから効きます。学習はいりません" in page.words


async def test_a_notice_is_added_in_one_line_and_shown_on_its_days(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges, desk_yml: Path
) -> None:
    before = desk_yml.read_text(encoding="utf-8").split("\n")
    answer = await sent(hanako, DESK, add="yes", **NOTICE)
    assert answer.status == 200 and "2027年2月1日に見えるもの" in answer.words
    assert "臨時のお休みです" in answer.words.split("2027年2月1日に見えるもの")[1]
    added = text_in(answer.text)
    answer = await sent(hanako, DESK, lambda text: added, propose="yes")
    assert "承認を待っています" in answer.words
    assert "書き込みました" in (await approved(jiro, changes)).words
    after = desk_yml.read_text(encoding="utf-8").split("\n")
    assert [line for line in after if line not in before] == [
        "- {from: '2027-02-01', until: '2027-02-03', text: 2月3日は臨時のお休みです。}"
    ]
    assert [line for line in before if line not in after] == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda text: text.replace("kind: cci", "kind: ccii"), 'no institution "ccii"; did you mean "cci"?'),
        (lambda text: text.replace("0000-00-0000", "〇〇"), "expected a number such as 024-000-0000"),
        (lambda text: f"{text}- x", "not valid YAML"),
        (lambda text: "", "the whole file"),
    ],
)
async def test_what_could_not_be_loaded_is_refused_with_the_loaders_own_words(
    hanako: Browser, changes: KnowledgeChanges, desk_yml: Path, change: Any, complaint: str
) -> None:
    before = desk_yml.read_text(encoding="utf-8")
    answer = await sent(hanako, DESK, change, propose="yes")
    assert (answer.status, complaint in answer.words) == (422, True), answer.words
    assert changes.all_in(*ProposalState) == () and desk_yml.read_text(encoding="utf-8") == before


async def test_a_notice_that_ends_before_it_begins_is_refused(hanako: Browser) -> None:
    answer = await sent(hanako, DESK, add="yes", **{**NOTICE, "notice_until": "2027-01-01"})
    assert (answer.status, "expected `from` before `until`" in answer.words) == (422, True)


async def test_a_change_of_the_desk_is_undone(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges, desk_yml: Path
) -> None:
    before = desk_yml.read_text(encoding="utf-8")
    await sent(hanako, DESK, lambda text: text.replace("土曜、日曜、祝日", "日曜、祝日"), propose="yes")
    done = await approved(jiro, changes)
    assert "closed: 日曜、祝日" in desk_yml.read_text(encoding="utf-8")
    await jiro.post(f"{done.path.removeprefix('/staff')}/undo")
    assert desk_yml.read_text(encoding="utf-8") == before


async def test_offices_are_written_where_there_were_none_and_taken_away_again(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges, data: Path
) -> None:
    path = data / "knowledge" / "offices_local.yml"
    assert not path.exists()
    answer = await sent(hanako, OFFICES, lambda text: AN_OFFICE)
    assert "福島県会津若松市の方に見えるもの" in answer.words and "みどり野商工会議所（会津若松市）" in answer.words
    await sent(hanako, OFFICES, lambda text: AN_OFFICE, propose="yes")
    done = await approved(jiro, changes)
    assert yaml.safe_load(path.read_text(encoding="utf-8"))[0]["institution"] == "cci"
    await jiro.post(f"{done.path.removeprefix('/staff')}/undo")
    assert not path.exists()


async def test_an_office_of_no_prefecture_is_refused_with_the_loaders_own_words(hanako: Browser) -> None:
    answer = await sent(hanako, OFFICES, lambda text: AN_OFFICE.replace("福島県", "福島"))
    assert (answer.status, 'no prefecture "福島"; did you mean "福島県"?' in answer.words) == (422, True)


async def test_without_a_desk_of_the_operator_there_is_no_page_for_one(
    hanako: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_DESK", "")
    assert (await hanako.get(DESK)).status == 404
    assert DESK not in (await hanako.get("/answers")).text
