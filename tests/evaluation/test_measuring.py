"""A model is measured dialogue by dialogue and message by message, so that it can be compared with another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import List, Tuple

import pytest
from rasa.core.agent import Agent

from bot.evaluation.measuring import MeasuringError, measure
from bot.evaluation.results import as_json, from_json
from bot.store import Kind, Result

WORRY = "商標を取りたい"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def dialogue(folder: Path, title: str, issue: str) -> None:
    text = f"- title: {title}\n  say:\n  - owner: {WORRY}\n  - issue: {issue}\n"
    with (folder / "会話.yml").open("a", encoding="utf-8") as file:
        file.write(text)


def row(folder: Path, kind: Kind, **told: object) -> None:
    with (folder / f"{kind.value}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(told, ensure_ascii=False) + "\n")


async def measured(bot: Agent, folder: Path) -> List[Result]:
    return await measure(bot, lambda done, of: None, [folder], folder)


async def test_a_dialogue_that_goes_as_written_is_right_and_another_is_told(bot: Agent, folder: Path) -> None:
    dialogue(folder, "そのとおり", "知的財産")
    dialogue(folder, "ちがう", "創業")
    right, wrong = await measured(bot, folder)
    assert (right.kind, right.name, right.is_right, right.found) == (Kind.DIALOGUES, "会話: そのとおり", True, "")
    assert (wrong.name, wrong.is_right) == ("会話: ちがう", False)
    assert "expected issue: 創業" in wrong.found


async def test_a_story_is_played_too(bot: Agent, folder: Path) -> None:
    (folder / "話.yml").write_text(
        f'version: "3.1"\nstories:\n- story: ちがう\n  steps:\n  - user: {WORRY}\n    intent: 知的財産\n'
        "  - action: utter_goodbye\n",
        encoding="utf-8",
    )
    [result] = await measured(bot, folder)
    assert (result.kind, result.name, result.is_right) == (Kind.DIALOGUES, "話: ちがう", False)


async def test_held_out_messages_are_right_as_their_reports_count_them(bot: Agent, folder: Path) -> None:
    row(folder, Kind.INTENTS, text=WORRY, intent="知的財産")
    row(folder, Kind.INTENTS, text=WORRY + "です", intent="創業")
    row(folder, Kind.SUB_ISSUES, text="銀行からお金を借りたい", intent="資金繰り", sub_issue="lending")
    row(folder, Kind.DISTRESS, text="もう死にたいです", intent="distress")
    row(folder, Kind.DISTRESS, text=WORRY, intent="知的財産")
    place = {
        "waiting": "prefecture",
        "offered": ["言わずに進む"],
        "issue": "資金繰り",
        "sub_issue": "lending",
        "road": [],
    }
    fact = [{"move": "fact", "slot": "prefecture", "value": "埼玉県"}]
    row(folder, Kind.TURNS, id="1", voice="v", before=place, owner="埼玉です", moves=fact)
    row(folder, Kind.TURNS, id="2", voice="v", before=place, owner="埼玉です", moves=fact, must_not=["fact:埼玉県"])
    found: List[Tuple[Kind, bool]] = [(one.kind, one.is_right) for one in await measured(bot, folder)]
    assert found == [
        (Kind.TURNS, True),
        (Kind.TURNS, False),
        (Kind.INTENTS, True),
        (Kind.INTENTS, False),
        (Kind.SUB_ISSUES, True),
        (Kind.DISTRESS, True),
        (Kind.DISTRESS, True),
    ]


async def test_a_dialogue_that_is_written_anew_has_other_content_under_the_same_name(bot: Agent, folder: Path) -> None:
    dialogue(folder, "はじめ", "知的財産")
    [before] = await measured(bot, folder)
    (folder / "会話.yml").unlink()
    dialogue(folder, "はじめ", "創業")
    [after] = await measured(bot, folder)
    assert (before.name, before.content != after.content) == (after.name, True)


async def test_no_name_is_there_twice(bot: Agent, folder: Path) -> None:
    dialogue(folder, "同じ", "知的財産")
    dialogue(folder, "同じ", "知的財産")
    assert [one.name for one in await measured(bot, folder)] == ["会話: 同じ", "会話: 同じ（2）"]


async def test_how_far_it_is_is_told(bot: Agent, folder: Path) -> None:
    dialogue(folder, "一", "知的財産")
    row(folder, Kind.INTENTS, text=WORRY, intent="知的財産")
    told: List[Tuple[int, int]] = []
    await measure(bot, lambda done, of: told.append((done, of)), [folder, folder / "not there"], folder)
    assert told == [(1, 2), (2, 2)]


async def test_a_file_that_cannot_be_read_is_named(bot: Agent, folder: Path) -> None:
    (folder / "壊れた.yml").write_text("- title: [", encoding="utf-8")
    with pytest.raises(MeasuringError, match="壊れた.yml"):
        await measured(bot, folder)


def test_results_come_through_as_they_were() -> None:
    results = [Result(Kind.TURNS, "1 はい", "digest", False, "yes → no\n"), Result(Kind.DIALOGUES, "話", "d", True)]
    assert from_json(as_json(results)) == results
