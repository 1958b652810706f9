"""Staff runs written conversations, sees red and green with the difference, and says what is right now, and why."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Optional

import pytest

from bot.console.engine import BusyEngineError
from bot.store import Action, Role, Wanted
from tests.console.conftest import Answer, Browser, Desk, Member
from tests.console.review_desk import ScriptedModel
from tests.console.trial_desk import FILE, ScriptedBot, desk, folder, learner, names, scripted

__all__ = ["desk", "folder", "learner", "names", "scripted"]
SECOND = {"file": "会話", "number": "1", "title": "ふたつめ"}
REASON = "たずねる順を変えた"


@pytest.fixture
async def staff(member: Member) -> Browser:
    browser = await member("花子", Role.REVIEWER)
    await browser.get("/try")
    return browser


@pytest.fixture
def file(folder: Path) -> Path:
    return folder / "tests" / "dialogues" / "会話.yml"


def seal_in(page: Answer) -> Optional[str]:
    found = re.search(r'name="seal" value="([^"]+)"', page.text)
    return found[1] if found else None


async def accept_page(staff: Browser) -> Answer:
    return await staff.get("/try/tests/accept?file=会話&number=1&title=ふたつめ")


async def part(desk: Desk, staff: Browser, **form: str) -> Answer:
    headers = {"Origin": desk.address, "HX-Request": "true"}
    return await staff.send("POST", "/try/tests/run", data={"token": staff._token, **form}, headers=headers)


async def test_the_files_are_listed_with_what_is_in_them(staff: Browser) -> None:
    page = await staff.get("/try/tests")
    assert re.search(r"会話</a></th><td>2</td><td>1</td>", page.text)


async def test_a_test_that_goes_as_written_is_green(staff: Browser) -> None:
    page = await staff.post("/try/tests/run", scope="会話", key="0", title="ひとつめ")
    assert "緑" in page.words and "赤" not in page.words


async def test_a_test_that_does_not_is_red_with_what_was_expected_and_what_is_so(staff: Browser) -> None:
    page = await staff.post("/try/tests/run", scope="会話", key="1", title="ふたつめ")
    assert "赤" in page.words
    assert "何のご相談か" in page.words and "どちらの都道府県か" in page.words
    assert "入っているはずの言葉" in page.words and "青森" in page.words


async def test_a_story_is_run_as_well(staff: Browser, scripted: ScriptedBot) -> None:
    form = {"scope": "会話", "key": "2", "title": "ものがたり"}
    assert "緑" in (await staff.post("/try/tests/run", **form)).words
    scripted.story = "expected: utter_greet"
    page = await staff.post("/try/tests/run", **form)
    assert "赤" in page.words and "expected: utter_greet" in page.words


async def test_all_of_a_file_are_run_one_after_another_and_counted(desk: Desk, staff: Browser) -> None:
    page = await part(desk, staff, scope="会話", key="0", title="ひとつめ", rest="yes")
    asked = 1
    while 'hx-trigger="load"' in page.text:
        form = dict(re.findall(r'name="(scope|key|title|rest|green|red)" value="([^"]*)"', page.text))
        page = await part(desk, staff, **form)
        asked += 1
    assert asked == 3
    assert "緑 2、赤 1。終わりました" in page.words


async def test_a_test_that_is_run_alone_asks_for_no_other(desk: Desk, staff: Browser) -> None:
    page = await part(desk, staff, scope="会話", key="0", title="ひとつめ")
    assert 'hx-trigger="load"' not in page.text


async def test_where_the_file_is_another_by_now_nothing_is_run(staff: Browser, scripted: ScriptedBot) -> None:
    for form in ({"key": "0", "title": "別"}, {"key": "9", "title": "ひとつめ"}, {"key": "x", "title": ""}):
        assert "変わっていました" in (await staff.post("/try/tests/run", scope="会話", **form)).words


async def test_where_owners_come_first_the_page_says_so(staff: Browser, scripted: ScriptedBot) -> None:
    scripted.raises = BusyEngineError()
    page = await staff.post("/try/tests/run", scope="会話", key="0", title="ひとつめ")
    assert (page.status, "利用者の順番が先です" in page.words) == (503, True)


async def test_a_run_that_owners_held_up_is_gone_on_with_where_it_stood(
    desk: Desk, staff: Browser, scripted: ScriptedBot
) -> None:
    scripted.raises = BusyEngineError()
    page = await part(desk, staff, scope="会話", key="1", title="ふたつめ", rest="yes", green="1", red="0")
    assert "利用者の順番が先です" in page.words and "ここから続ける" in page.words and "残り 2" in page.words
    scripted.raises = None
    form = dict(re.findall(r'name="(scope|key|title|rest|green|red)" value="([^"]*)"', page.text))
    assert "緑 1、赤 1、残り 1" in (await part(desk, staff, **form)).words


async def test_what_it_does_now_is_right_from_now_on_for_a_reason(desk: Desk, staff: Browser, file: Path) -> None:
    page = await accept_page(staff)
    assert "-  - bot_asks: issue" in page.words and "+  - bot_asks: prefecture" in page.words
    done = await staff.post("/try/tests/accept", seal=str(seal_in(page)), reason=REASON, **SECOND)
    assert "書き直しました" in done.words
    text = file.read_text(encoding="utf-8")
    assert f"# 2027-01-15 いまの動きを正とした：{REASON}\n- title: ふたつめ" in text
    assert "青森" not in text and text.startswith("# はじめの注\n- title: ひとつめ")
    [entry] = desk.audit.entries(Wanted(action=Action.TEST_ACCEPTED), 10)
    assert (entry.by.who, entry.about, entry.detail) == ("花子", "tests/dialogues/会話.yml", REASON)
    assert "緑" in (await staff.post("/try/tests/run", scope="会話", key="1", title="ふたつめ")).words


@pytest.mark.parametrize("reason", ["", "  ", "あ" * 201, "電話は090-1234-5678", "株式会社あおぞらの話"])
async def test_without_a_reason_that_may_be_kept_nothing_changes(
    desk: Desk, staff: Browser, file: Path, reason: str
) -> None:
    seal = str(seal_in(await accept_page(staff)))
    page = await staff.post("/try/tests/accept", seal=seal, reason=reason, **SECOND)
    assert page.status == 422
    assert file.read_text(encoding="utf-8") == FILE
    assert desk.audit.entries(Wanted(action=Action.TEST_ACCEPTED), 10) == ()


async def test_a_name_in_a_reason_is_asked_about(staff: Browser, names: ScriptedModel, file: Path) -> None:
    names.names = ("田中",)
    seal = str(seal_in(await accept_page(staff)))
    form = {"seal": seal, "reason": "田中に聞いた", **SECOND}
    assert (await staff.post("/try/tests/accept", **form)).status == 422
    assert file.read_text(encoding="utf-8") == FILE
    assert "書き直しました" in (await staff.post("/try/tests/accept", no_name="yes", **form)).words


async def test_nothing_is_put_right_that_nobody_has_seen(staff: Browser, file: Path) -> None:
    for seal in ("", "x"):
        assert (await staff.post("/try/tests/accept", seal=seal, reason=REASON, **SECOND)).status == 422
    assert file.read_text(encoding="utf-8") == FILE


async def test_what_is_green_has_nothing_to_put_right(staff: Browser, file: Path) -> None:
    page = await staff.get("/try/tests/accept?file=会話&number=0&title=ひとつめ")
    assert "書かれたとおりに動いています" in page.words
    assert seal_in(page) is None


async def test_a_broken_file_is_named(staff: Browser, file: Path) -> None:
    file.write_text("- x", encoding="utf-8")
    page = await staff.get("/try/tests")
    assert (page.status, "会話.yml" in page.words) == (500, True)
