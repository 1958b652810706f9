"""The operator's desk.yml and offices: shown as owners see them, checked as on load, changed by two people."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict

import pytest
import yaml

from bot.console.desk_form import DeskFields, PhoneFields, fields_of_desk, with_fields
from bot.console.entry_form import lines_in
from bot.store import KnowledgeChanges, ProposalState
from tests.conftest import ROOT
from tests.console.answers_desk import changes, data, desk, desk_yml
from tests.console.conftest import Browser

__all__ = ["changes", "data", "desk", "desk_yml"]
EXAMPLE = ROOT / "data" / "examples" / "desk.yml"
DESK, OFFICES = "/answers/operator/desk", "/answers/operator/offices"
SECOND_NOTICE = {
    "notice_2_since": "2027-02-01",
    "notice_2_until": "2027-02-03",
    "notice_2_text": "2月3日は臨時のお休みです。",
}
AN_OFFICE = """- institution: cci
  source: https://www.example.jp/madoguchi
  checked: 2026-11-22
  offices:
  - {prefecture: 福島県, name: みどり野商工会議所, url: 'https://www.example.jp/', municipalities: [会津若松市]}
"""


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


async def fields_sent(browser: Browser, changed: Dict[str, str], *buttons: str, without: str = "") -> Any:
    """Open the desk, change fields of its form, and press a button; the tick of the issue `without` is taken away."""
    page = (await browser.get(DESK)).text
    form = page[page.index('name="by_fields"') : page.index('<h2 id="text-title">')]
    inputs = re.findall(r'<input id="[^"]*" name="(\w+)"[^>]*? value="([^"]*)"', form)
    areas = re.findall(r'<textarea id="[^"]*" name="(\w+)"[^>]*>([^<]*)</textarea>', form)
    chosen = re.findall(r'<select id="\w+" name="(\w+)">.*?<option(?: value="\w+")? selected>', form)
    values = re.findall(r'<option(?: value="(\w+)")? selected>([^<]*)', form)
    ticked = re.findall(r'name="handles" value="([^"]*)" checked', form)
    stood = re.search(r'name="stood" value="(\w+)"', page)
    assert stood is not None and len(chosen) == 2
    fields = {
        **{name: html.unescape(value) for name, value in (*inputs, *areas)},
        **{name: value or label for name, (value, label) in zip(chosen, values, strict=True)},
        **changed,
        **dict.fromkeys(buttons, "yes"),
    }
    pairs = [*fields.items(), *(("handles", issue) for issue in ticked if issue != without)]
    data = [("token", browser.token), ("stood", stood[1]), ("by_fields", "yes"), ("text", text_in(page)), *pairs]
    return await browser.send("POST", f"{DESK}/propose", data=data)


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
    answer = await fields_sent(hanako, SECOND_NOTICE, "check")
    assert answer.status == 200 and "2027年2月1日に見えるもの" in answer.words, answer.words
    assert "臨時のお休みです" in answer.words.split("2027年2月1日に見えるもの")[1]
    assert (await fields_sent(hanako, SECOND_NOTICE, "propose")).status == 303
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
    answer = await fields_sent(hanako, {**SECOND_NOTICE, "notice_2_until": "2027-01-01"}, "check")
    assert (answer.status, "expected `from` before `until`" in answer.words) == (422, True)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"name": "みどり野商工会議所"}, "name: みどり野商工会議所"),
        ({"kind": "yorozu"}, "kind: yorozu"),
        ({"prefecture": "山形県"}, "area: {prefecture: 山形県, municipalities: [みどり野市]}"),
        ({"municipalities": ""}, "area: {prefecture: 福島県}"),
        ({"phone_1_hours": "平日9時から16時"}, "- {number: 0000-00-0000, hours: 平日9時から16時}"),
        ({"phone_2_number": "024-000-0000", "phone_2_label": "創業の係"}, "- {number: 024-000-0000, label: 創業の係}"),
        ({"address": "みどり野市本町二丁目"}, "address: みどり野市本町二丁目"),
        ({"page": "https://midorino.example.jp/"}, "page: https://midorino.example.jp/"),
        ({"appointment": "https://yoyaku.example.jp/"}, "appointment: https://yoyaku.example.jp/"),
        ({"say_there": "店のことで相談したい"}, "say_there: 店のことで相談したい"),
        ({"languages": "日本語\nEnglish"}, "languages: [日本語, English]"),
        ({"remote": "電話で"}, "remote: 電話で"),
        ({"closed": "日曜"}, "closed: 日曜"),
        ({"checked": "2027-01-10"}, "checked: '2027-01-10'"),
    ],
    ids=lambda value: "" if isinstance(value, str) else next(iter(value)),
)
def test_each_thing_that_the_operator_says_is_a_field_and_changes_its_line_alone(
    changed: Dict[str, str], line: str
) -> None:
    before = EXAMPLE.read_text(encoding="utf-8")
    after = with_fields(before, written_into(fields_of_desk(before), changed))
    lines = set(after.split("\n")) - set(before.split("\n"))
    assert lines == {line}
    assert [kept for kept in before.split("\n") if kept.startswith("#") and kept not in after] == []


def written_into(fields: DeskFields, changed: Dict[str, str]) -> DeskFields:
    """The fields as they come once somebody has written into them."""
    [(name, value), *more] = changed.items()
    if name.startswith("phone_"):
        row = PhoneFields(**{key.split("_")[2]: text for key, text in changed.items()})
        first = replace(fields.phones[0], hours=value)
        return replace(fields, phones=(first,) if name.startswith("phone_1") else (*fields.phones, row))
    if name in ("municipalities", "languages"):
        return replace(fields, **{name: lines_in(value)})
    if name == "prefecture":
        return replace(fields, prefecture=value)
    return replace(fields, texts={**fields.texts, name: value})


async def test_a_field_that_is_emptied_takes_its_line_away(
    hanako: Browser, jiro: Browser, changes: KnowledgeChanges, desk_yml: Path
) -> None:
    before = desk_yml.read_text(encoding="utf-8").split("\n")
    emptied = {"remote": "", "phone_2_number": "024-000-0000"}
    assert (await fields_sent(hanako, emptied, "propose", without="創業")).status == 303
    assert "書き込みました" in (await approved(jiro, changes)).words
    after = desk_yml.read_text(encoding="utf-8").split("\n")
    assert [line for line in after if line not in before] == [
        "- {number: 024-000-0000}",
        "handles: [販路開拓, 資金繰り, 事業承継]",
    ]
    assert [line.split(":")[0] for line in before if line not in after] == ["remote", "handles"]


def test_a_tick_more_stands_behind_those_that_stood_before() -> None:
    """A browser sends them in the order of the page."""
    before = EXAMPLE.read_text(encoding="utf-8")
    fields = replace(fields_of_desk(before), handles=("創業", "販路開拓", "人材確保", "事業承継", "資金繰り"))
    assert "handles: [創業, 販路開拓, 資金繰り, 事業承継, 人材確保]" in with_fields(before, fields)


async def test_fields_that_say_what_the_file_says_change_nothing(hanako: Browser) -> None:
    answer = await fields_sent(hanako, {}, "check")
    assert (answer.status, "どこも変わっていません" in answer.words) == (422, True)


async def test_what_could_not_be_loaded_is_refused_and_stays_in_its_field(hanako: Browser) -> None:
    answer = await fields_sent(hanako, {"phone_1_number": "〇〇"}, "check")
    assert (answer.status, "expected a number such as 024-000-0000" in answer.words) == (422, True)
    assert 'value="〇〇"' in answer.text


async def test_a_file_without_fields_is_written_as_a_text(hanako: Browser, desk_yml: Path) -> None:
    desk_yml.write_text("- ひとつ\n- ふたつ\n", encoding="utf-8")
    page = await hanako.get(DESK)
    assert "項目ごとに直す</h2>" not in page.text and "ファイルの中身" in page.words


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
