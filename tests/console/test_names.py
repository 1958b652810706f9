"""Whatever the record of a turn can hold has a name that staff reads."""

from __future__ import annotations

from dataclasses import fields
from typing import Set, Type

import pytest
import yaml

from bot.console.conversations import CHANNELS
from bot.console.leaving_file import Kind
from bot.console.named import Named, named
from bot.console.pages import _templates
from bot.consult.moves import About, Feeling, Move, Slot, Standing
from bot.consult.scene import EffectKind
from bot.consult.state import Question
from bot.consult.turn import MANNERS
from bot.frame.recording import _heard_move
from bot.knowledge import Knowledge
from bot.review import ReviewReason
from bot.store import Reason, State
from bot.store import Standing as StandingOfConversation
from tests.conftest import ROOT


def names(of: str) -> Set[str]:
    """What has a name in one of the lists."""
    return set(getattr(_templates().get_template("_names.html").module, of))


@pytest.mark.parametrize(
    ("of", "there"),
    [
        ("channels", set(CHANNELS)),
        ("standings", {one.value for one in StandingOfConversation}),
        ("reasons", {one.value for one in ReviewReason}),
        ("questions", {one.value for one in Question}),
        ("problem_standings", {one.value for one in Standing}),
        ("slots", {one.value for one in Slot}),
        ("abouts", {one.value for one in About}),
        ("feelings", {one.value for one in Feeling}),
        ("manners", {manner.__name__ for manner in MANNERS}),
        ("effects", {one.value for one in EffectKind}),
        ("handoff_reasons", {one.value for one in Reason}),
        ("handoff_states", {one.value for one in State}),
        ("file_kinds", {one.value for one in Kind}),
    ],
)
def test_everything_has_a_name_and_nothing_else_does(of: str, there: Set[str]) -> None:
    assert names(of) == there


def test_every_move_and_whatever_it_is_about_has_a_name() -> None:
    assert names("moves") == {_heard_move(blank(move)).move for move in Move.__subclasses__()}
    assert names("arguments") == {name for move in Move.__subclasses__() for name in own_fields(move)}


def blank(move: Type[Move]) -> Move:
    """A move that is about nothing."""
    made = move.__new__(move)
    for name in own_fields(move):
        object.__setattr__(made, name, None)
    return made


def own_fields(move: Type[Move]) -> Set[str]:
    return {field.name for field in fields(move)} - {field.name for field in fields(Move)}


def test_every_intent_that_is_no_issue_has_a_name(knowledge: Knowledge) -> None:
    intents = set(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"])
    assert intents - set(knowledge.issues) <= names("intents")


@pytest.fixture(scope="module")
def by_name() -> Named:
    return named()


@pytest.mark.parametrize(
    ("argument", "value", "issue", "said"),
    [
        ("issue", "資金繰り", "資金繰り", "資金繰り"),
        ("sub_issue", "lending", "資金繰り", "融資と保証"),
        ("sub_issue", "of yesterday", "資金繰り", "of yesterday"),
        ("option", "anything_else.done", None, "ここまでで大丈夫"),
        ("option", "issue.知的財産", None, "商標・特許・まねの心配"),
        ("option", "triage.unknown", None, "わからない"),
        ("option", "of.yesterday", None, "of.yesterday"),
        ("option", "triage.of/yesterday", None, "triage.of/yesterday"),
        ("matter", "kokuzei", None, "税金が払えないこと"),
        ("answers", "appointment_any, of_yesterday", None, "予約は要りますか、of_yesterday"),
    ],
)
def test_ids_are_called_as_the_knowledge_calls_them(
    by_name: Named, argument: str, value: str, issue: str, said: str
) -> None:
    assert by_name.argument(argument, value, issue) == said


def test_every_answer_of_the_triage_is_called_by_its_label(by_name: Named, knowledge: Knowledge) -> None:
    for symptom in knowledge.triage.symptoms.values():
        for answer in symptom.answers:
            assert by_name.argument("option", f"triage.{symptom.id}/{answer.id}") == answer.label
