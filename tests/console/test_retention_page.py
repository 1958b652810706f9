"""What goes next is counted by day; administrators take it along before, and no spreadsheet takes it for a formula."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import List

import pytest

from bot.console.leaving_file import Kind, line_of, written
from bot.store import Action, Role, Wanted
from tests.console.conftest import Answer, Browser, Desk, Member
from tests.console.talks import DAY_S, HOUR_S, NOW, TURN, keep

# 10 days are kept: what was said on 5 January goes on 15 January, which is today.
TODAY_S = NOW - 10 * DAY_S


@pytest.fixture(autouse=True)
def ten_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_KEEP_DAYS", "10")


@pytest.fixture
async def administrator(member: Member) -> Browser:
    return await member("花子", Role.ADMINISTRATOR)


def rows(page: Answer) -> List[List[str]]:
    """The table, without the column of files."""
    found = re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL)[1:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)[:5] for row in found]
    return [["".join(re.sub(r"<[^>]*>", "", cell).split()) for cell in row] for row in cells]


async def test_what_goes_is_counted_by_day(desk: Desk, administrator: Browser) -> None:
    keep(desk.store, "long ago", at=TODAY_S - 3 * DAY_S)
    keep(desk.store, "whole", words="一", at=TODAY_S)
    keep(desk.store, "whole", words="二", at=TODAY_S + HOUR_S)
    keep(desk.store, "goes on", words="一", at=TODAY_S)
    keep(desk.store, "goes on", words="二", at=TODAY_S + 2 * DAY_S)
    keep(desk.store, "stays", at=NOW)
    assert rows(await administrator.get("/retention")) == [
        ["次の片づけ", "2027-01-04まで", "1件", "1件", "1件を見る"],
        ["2027-01-15", "2027-01-05", "3件", "2件", "1件を見る"],
        ["2027-01-16", "2027-01-06", "0件", "0件", "0件"],
        ["2027-01-17", "2027-01-07", "1件", "1件", "1件を見る"],
        *([f"2027-01-{day}", f"2027-01-{day - 10:02}", "0件", "0件", "0件"] for day in range(18, 22)),
    ]


async def test_conversations_that_go_whole_are_a_list(desk: Desk, administrator: Browser) -> None:
    keep(desk.store, "long-ago", at=TODAY_S - 3 * DAY_S)
    keep(desk.store, "whole", at=TODAY_S)
    page = (await administrator.get("/retention")).text
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="/staff(/conversations\?[^"]*)"', page)]
    shown = [re.findall(r"/conversations/([\w-]+)#", (await administrator.get(link)).text) for link in links]
    assert shown == [["long-ago"], ["whole"]]


async def test_who_does_not_administer_sees_the_numbers_and_takes_nothing_along(desk: Desk, member: Member) -> None:
    keep(desk.store, at=TODAY_S)
    jiro = await member("次郎", Role.REVIEWER)
    page = await jiro.get("/retention")
    assert rows(page)[1][2] == "1件"
    assert "/retention/export" not in page.text
    assert (await jiro.post("/retention/export", day="2027-01-15", kind="csv")).status == 403


async def test_all_turns_of_a_day_are_in_the_file(desk: Desk, administrator: Browser) -> None:
    keep(desk.store, "a", at=TODAY_S)
    keep(desk.store, "b", words="=HYPERLINK(1)", at=TODAY_S + 1)
    keep(desk.store, "c", at=TODAY_S + DAY_S)
    answer = await administrator.post("/retention/export", day="2027-01-15", kind="json")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="kaiwa-2027-01-15.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert [(each["conversation"], each["owner"]) for each in json.loads(answer.text)] == [
        ("a", TURN.words),
        ("b", "=HYPERLINK(1)"),
    ]


async def test_more_than_is_read_at_once_is_in_the_file(desk: Desk, administrator: Browser) -> None:
    for number in range(250):
        keep(desk.store, "a", words=f"{number}", at=TODAY_S + number, said=(), heard=None)
    answer = await administrator.post("/retention/export", day="2027-01-15", kind="csv")
    table = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["owner"] for row in table] == [f"{number}" for number in range(250)]


async def test_who_took_which_conversations_along_is_noted(desk: Desk, administrator: Browser) -> None:
    keep(desk.store, "a", at=TODAY_S)
    keep(desk.store, "a", words="二", at=TODAY_S + 1)
    keep(desk.store, "b", at=TODAY_S)
    await administrator.post("/retention/export", day="2027-01-15", kind="csv")
    [entry] = desk.audit.entries(Wanted(action=Action.EXPORTED), 10)
    assert (entry.by.who, entry.detail) == ("花子", "csv")
    read = desk.audit.entries(Wanted(action=Action.READ), 10)
    assert sorted((str(each.about), each.detail) for each in read) == [("a", "exported"), ("b", "exported")]


async def test_no_file_is_made_where_that_cannot_be_noted(desk: Desk, administrator: Browser) -> None:
    keep(desk.store, at=TODAY_S)
    with desk.store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE staff_audit")
    answer = await administrator.post("/retention/export", day="2027-01-15", kind="csv")
    assert (answer.status, "融資" in answer.text) == (503, False)


@pytest.mark.parametrize(("day", "kind"), [("2027-01-14", "csv"), ("x", "csv"), ("2027-01-15", "exe"), ("", "")])
async def test_what_cannot_be_made_a_file_is_said(administrator: Browser, day: str, kind: str) -> None:
    answer = await administrator.post("/retention/export", day=day, kind=kind)
    assert (answer.status, "選び直してください" in answer.words) == (422, True)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "  ="])
def test_no_cell_begins_a_formula(sign: str) -> None:
    words = f"{sign}cmd|' /C calc'!A0"
    line = line_of(TURN.__class__("a", sign, "m", NOW, words))
    [head, row] = list(csv.reader(io.StringIO(written([line], Kind.CSV).decode("utf-8-sig"), newline="")))
    cells = dict(zip(head, row, strict=True))
    assert (cells["owner"], cells["channel"]) == (f"'{words}", f"'{sign}" if sign.strip(" ") else sign)


def test_a_spreadsheet_reads_japanese_and_lines_within_a_cell() -> None:
    content = written([line_of(TURN)], Kind.CSV)
    assert content.startswith(b"\xef\xbb\xbf")
    [head, row] = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    told = dict(zip(head, row, strict=True))
    assert told["at"] == "2027-01-15T17:00:00+09:00"
    assert told["bot"].startswith("融資を断られたのですね。\n次のところです。\n【まず】商工会議所")
    assert (told["institutions"], told["reasons"]) == ("cci", "unsure unanswered")


def test_numbers_that_belong_to_a_person_are_in_no_file() -> None:
    line = line_of(TURN.__class__("a", "web", "m", NOW, "090-1234-5678 です"))
    assert line.owner == "〔電話番号〕 です"
