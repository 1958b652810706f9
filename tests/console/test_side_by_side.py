"""Staff tries out two models at once: what each answers stands beside the other, and where they differ is marked."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import List

import pytest
import yaml

from bot.console.engine import BusyEngineError
from bot.console.learner import CannotAnswerError, WhyNot
from bot.console.side_by_side import Beside, steps
from bot.messages import Fact, Message, Notice
from bot.store import Role, Spoken, TurnRecord
from tests.console.conftest import Answer, Browser, Member
from tests.console.learning_desk import NEW, OLD, OTHER, ScriptedLearner
from tests.console.test_trying import MORE, WORDS, begun, said_in, seal_of
from tests.console.trial_desk import OFFERED_BESIDE, ScriptedBot, desk, folder, learner, names, scripted

__all__ = ["desk", "folder", "learner", "names", "scripted"]
WITH = f"?beside={NEW}"


@pytest.fixture
async def staff(member: Member) -> Browser:
    return await member("花子", Role.REVIEWER)


def sides_of(page: Answer) -> List[str]:
    """What each side of each turn shows, in the order of the page."""
    return [re.sub(r"<[^>]*>", " ", side) for side in re.findall(r'<div class="side.*?</details>', page.text, re.S)]


def marks_of(page: Answer) -> List[str]:
    """What is said to be otherwise, turn by turn."""
    return [
        " ".join(re.findall(r">([^<]+)</span>", marks)) for marks in re.findall(r'class="marks">(.*?)</p>', page.text)
    ]


async def test_each_step_shows_what_both_models_answer(staff: Browser, scripted: ScriptedBot) -> None:
    scripted.otherwise = (MORE,)
    page = await staff.get(f"{await begun(staff, WORDS, MORE)}{WITH}")
    first, second = sides_of(page)[2:]
    assert f"「{MORE}」ですね" in first and "困りごとを話した" in first and "kakaritsuke-0" in first
    assert "なによりです" in second and "お礼を言った" in second and NEW in second


async def test_where_they_differ_is_marked_and_where_not_too(staff: Browser, scripted: ScriptedBot) -> None:
    scripted.otherwise = (MORE,)
    page = await staff.get(f"{await begun(staff, WORDS, MORE)}{WITH}")
    assert marks_of(page) == ["同じ", "読み取ったことが違う 決めたことが違う 言ったことが違う"]


async def test_without_a_second_model_the_page_shows_one(staff: Browser) -> None:
    page = await staff.get(await begun(staff, WORDS))
    assert sides_of(page) == [] and marks_of(page) == []
    assert said_in(page) == [WORDS]


async def test_only_models_that_can_answer_here_and_do_not_are_there_to_choose(staff: Browser) -> None:
    page = await staff.get(await begun(staff, WORDS))
    assert f'value="{NEW}"' in page.text
    assert f'value="{OLD}"' not in page.text and f'value="{OTHER}"' not in page.text


async def test_where_there_is_no_other_model_nothing_is_there_to_choose(
    staff: Browser, learner: ScriptedLearner
) -> None:
    learner.there = learner.there[1:]
    assert "並べて比べるモデル" not in (await staff.get(await begun(staff, WORDS))).words


async def test_what_is_said_next_is_said_to_both(staff: Browser) -> None:
    path = await begun(staff, WORDS)
    page = await staff.post(f"{path}/say", text=MORE, behind="1", beside=NEW)
    assert len(sides_of(page)) == 4


async def test_who_steps_back_goes_back_with_both(staff: Browser) -> None:
    path = await begun(staff, WORDS, MORE)
    page = await staff.post(f"{path}/back", to="1", beside=NEW)
    assert len(sides_of(page)) == 2


async def test_a_branch_has_both_models_too(staff: Browser) -> None:
    path = await begun(staff, WORDS, MORE)
    page = await staff.post(f"{path}/branch", at="1", beside=NEW)
    assert "別の試しにしました" in page.words and len(sides_of(page)) == 2


async def test_what_only_the_other_model_offers_can_be_pressed_and_the_first_hears_it_as_words(
    staff: Browser, scripted: ScriptedBot
) -> None:
    scripted.otherwise = (WORDS,)
    path, [choice] = await begun(staff, WORDS), OFFERED_BESIDE
    assert f'value="{choice.id}"' in (await staff.get(f"{path}{WITH}")).text
    page = await staff.post(f"{path}/say", text=choice.label, pressed=choice.id, behind="1", beside=NEW)
    assert ["出していません" in side for side in sides_of(page)] == [False, False, True, False]


@pytest.mark.parametrize("model", [OLD, OTHER, "kakaritsuke-nowhere", "<script>"])
async def test_a_model_that_cannot_be_beside_is_said_to_be_none_and_the_trial_goes_on(
    staff: Browser, model: str
) -> None:
    page = await staff.get(f"{await begun(staff, WORDS)}?beside={model}")
    assert (page.status, "もうここにはないか" in page.words, said_in(page)) == (200, True, [WORDS])
    assert "<script>" not in page.text.partition("<main")[2]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CannotAnswerError(WhyNot.BROKEN), "こわれていて"),
        (CannotAnswerError(WhyNot.FILES_CHANGED), "起動し直すまで"),
        (CannotAnswerError(WhyNot.OTHER_KNOWLEDGE), "違う案内のデータ"),
        (CannotAnswerError(WhyNot.GONE), "もうここにはないか"),
        (BusyEngineError(), "利用者の順番が先"),
    ],
)
async def test_where_the_other_model_does_not_answer_the_page_says_why_and_shows_the_first(
    staff: Browser, scripted: ScriptedBot, error: Exception, said: str
) -> None:
    scripted.raises_beside = error
    page = await staff.get(f"{await begun(staff, WORDS)}{WITH}")
    assert (page.status, said in page.words, said_in(page)) == (200, True, [WORDS])


async def test_what_is_kept_as_a_test_is_what_the_model_does_that_serves(
    staff: Browser, scripted: ScriptedBot, folder: Path
) -> None:
    scripted.otherwise = (WORDS,)
    path = await begun(staff, WORDS)
    await staff.get(f"{path}{WITH}")
    form = {"title": "題", "file": "名", "beside": NEW}
    _, seal = await seal_of(staff, path, **form)
    await staff.post(f"{path}/save", seal=str(seal), **form)
    [entry] = yaml.safe_load((folder / "tests" / "dialogues" / "名.yml").read_text(encoding="utf-8"))
    assert "prefecture" in str(entry["say"]) and "thank" not in str(entry["say"])


def turn_with(address: str) -> TurnRecord:
    card = Notice("相談シート", (Fact("シート", "開く", address),))
    said = Spoken("utter_sheet_ready", Message(f"下書きができました。\n{address}", card))
    return replace(TurnRecord("trial", "trial", "1", 0.0, "はい"), said=(said,))


def test_the_address_of_a_sheet_is_no_difference() -> None:
    """Each sheet has one of its own."""
    one, other = (turn_with(f"https://soudan.example.jp/sheet/{name}") for name in ("abc", "xyz"))
    [step] = steps([one], Beside(NEW, (other,)))
    assert step.differs == frozenset()
