"""`python -m bot test` compares each turn with the story, and says in one line or one conversation what is wrong."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Dict, List

import pytest
from rasa.shared.core.domain import Domain

import bot.serving.application
import bot.training
from bot.cli import main
from bot.consult.state import Consultation
from bot.evaluation.judging import NothingToJudgeError, judge
from tests.stories.conftest import WriteStory
from tests.stories.scripted_bot import Done, ScriptedBot

ON_TAX = Consultation().on("事業承継").about("tax")
DONE: Dict[str, Done] = {
    "株の税金が気がかりです": Done(("utter_acknowledge_closely", "utter_ask_prefecture"), ON_TAX),
    "岐阜です": Done(("utter_refer", "utter_ask_anything_else"), ON_TAX.with_owner(prefecture="岐阜県")),
    "紙にしてください": Done(("action_make_sheet", "utter_sheet_ready"), ON_TAX),
}
WORRY = "  - user: 株の税金が気がかりです\n  - action: utter_acknowledge_closely\n  - action: utter_ask_prefecture\n"
ROAD = "  - user: 岐阜です\n  - action: utter_refer\n  - action: utter_ask_anything_else\n"


@pytest.fixture
def scripted(domain: Domain) -> ScriptedBot:
    return ScriptedBot(domain, DONE)


async def judged(scripted: ScriptedBot, path: Path) -> List[str]:
    """What is told of the stories in a file or folder."""
    told: List[str] = []
    await judge(scripted, path, told.append)
    return told


async def test_a_story_that_goes_as_written_is_told_in_one_line(scripted: ScriptedBot, write_story: WriteStory) -> None:
    path = write_story(f"{WORRY}{ROAD}  - slot_was_set:\n    - sub_issue: tax\n    - prefecture: 岐阜県\n")
    assert await judged(scripted, path) == [f"ok    {path.name}: 試しの相談"]


async def test_another_action_is_shown_beside_what_was_expected(scripted: ScriptedBot, write_story: WriteStory) -> None:
    path = write_story(f"{WORRY}  - user: 岐阜です\n  - action: utter_goodbye\n")
    (told,) = await judged(scripted, path)
    lines = told.splitlines()
    assert lines[0] == f"WRONG {path.name}: 試しの相談"
    assert "  owner: 株の税金が気がかりです   []" in lines
    assert "    bot: （utter_refer）" in lines
    assert "  expected: utter_goodbye" in lines
    assert "  done:     utter_refer, utter_ask_anything_else" in lines


@pytest.mark.parametrize(
    "actions",
    [
        "  - action: utter_refer\n",
        "  - action: utter_ask_anything_else\n  - action: utter_refer\n",
        "  - action: utter_notice\n  - action: utter_refer\n  - action: utter_ask_anything_else\n",
    ],
    ids=["one too few", "another order", "one too many"],
)
async def test_every_action_counts_and_their_order(
    scripted: ScriptedBot, write_story: WriteStory, actions: str
) -> None:
    (told,) = await judged(scripted, write_story(f"{WORRY}  - user: 岐阜です\n{actions}"))
    assert told.startswith("WRONG")


async def test_an_effect_counts_as_an_action(scripted: ScriptedBot, write_story: WriteStory) -> None:
    asked = "  - user: 紙にしてください\n"
    right = write_story(f"{asked}  - action: action_make_sheet\n  - action: utter_sheet_ready\n")
    wrong = write_story(f"{asked}  - action: utter_sheet_ready\n")
    assert [told[:5] for told in [*await judged(scripted, right), *await judged(scripted, wrong)]] == ["ok   ", "WRONG"]


async def test_a_slot_that_differs_is_shown_with_what_was_found(scripted: ScriptedBot, write_story: WriteStory) -> None:
    path = write_story(f"{WORRY}{ROAD}  - slot_was_set:\n    - sub_issue: tax\n    - prefecture: 三重県\n")
    (told,) = await judged(scripted, path)
    assert "expected {'sub_issue': 'tax', 'prefecture': '三重県'}, found {'prefecture': '岐阜県'}" in told


async def test_a_slot_that_should_be_empty_and_is_not_is_a_difference(
    scripted: ScriptedBot, write_story: WriteStory
) -> None:
    (told,) = await judged(scripted, write_story(f"{WORRY}{ROAD}  - slot_was_set:\n    - prefecture: null\n"))
    assert "found {'prefecture': '岐阜県'}" in told


async def test_a_story_ends_at_its_first_difference(scripted: ScriptedBot, write_story: WriteStory) -> None:
    path = write_story(f"  - user: 株の税金が気がかりです\n  - action: utter_goodbye\n{ROAD}")
    (told,) = await judged(scripted, path)
    assert "岐阜です" not in told


async def test_a_step_without_the_owners_words_is_refused(scripted: ScriptedBot, write_story: WriteStory) -> None:
    path = write_story("  - intent: greet\n  - action: utter_greet\n")
    with pytest.raises(NothingToJudgeError, match="試しの相談: a step has no words of the owner"):
        await judged(scripted, path)


async def test_a_file_that_is_no_yaml_is_named(scripted: ScriptedBot, tmp_path: Path) -> None:
    path = tmp_path / "壊れた.yml"
    path.write_text("stories: [", encoding="utf-8")
    with pytest.raises(NothingToJudgeError, match="壊れた.yml: not readable"):
        await judged(scripted, path)


@pytest.fixture
def scripted_command(monkeypatch: pytest.MonkeyPatch, scripted: ScriptedBot, tmp_path: Path) -> None:
    """`python -m bot test` with the scripted bot in place of the trained one."""

    async def ready(model: Path) -> ScriptedBot:
        return scripted

    monkeypatch.setattr(bot.training, "trained_model", lambda: tmp_path / "model.tar.gz")
    monkeypatch.setattr(bot.serving.application, "ready_agent", ready)


async def test_the_command_ends_with_zero_where_all_goes_as_written(
    scripted_command: None, write_story: WriteStory, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_story(f"{WORRY}{ROAD}")
    assert await asyncio.to_thread(main, ["test", str(path)]) == 0
    assert capsys.readouterr().out.splitlines() == [f"ok    {path.name}: 試しの相談", "1 as written, 0 not"]


async def test_the_command_ends_with_one_where_a_story_goes_wrong(
    scripted_command: None, write_story: WriteStory, capsys: pytest.CaptureFixture[str]
) -> None:
    right, wrong = write_story(f"{WORRY}{ROAD}"), write_story(f"{WORRY}  - user: 岐阜です\n  - action: utter_close\n")
    assert await asyncio.to_thread(main, ["test", str(right.parent)]) == 1
    shown = capsys.readouterr().out
    assert f"WRONG {wrong.name}: 試しの相談" in shown
    assert "expected: utter_close" in shown
    assert shown.endswith("1 as written, 1 not\n")


async def test_the_command_fails_with_one_line_on_an_empty_folder(
    scripted_command: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "nothing"
    empty.mkdir()
    assert await asyncio.to_thread(main, ["test", str(empty)]) == 1
    shown = capsys.readouterr()
    assert shown.err.splitlines() == [f"error: {empty}: there is no conversation in it"]
    assert shown.out == ""


async def test_the_command_leaves_the_environment_as_it_was(
    scripted_command: None, write_story: WriteStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STORE", "/somewhere/store.sqlite")
    before = dict(os.environ)
    await asyncio.to_thread(main, ["test", str(write_story(f"{WORRY}{ROAD}"))])
    assert dict(os.environ) == before


async def test_a_story_in_which_nobody_speaks_is_refused(scripted: ScriptedBot, tmp_path: Path) -> None:
    path = tmp_path / "silent.yml"
    path.write_text("stories:\n- story: 試しの相談\n  steps:\n  - action: utter_goodbye\n", encoding="utf-8")
    with pytest.raises(NothingToJudgeError, match="試しの相談: nobody speaks"):
        await judged(scripted, path)
