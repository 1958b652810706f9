"""Domain, moves, actions and texts fit together, and the texts are ones an owner can read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict

import pytest
import yaml

from bot.consult.reading import Thresholds, Understood
from bot.consult.reading.intents import of_intent
from bot.consult.scene import EffectKind
from bot.consult.state import Question
from bot.frame.action_endpoint import ActionsInProcess
from bot.frame.plan import action_of
from bot.knowledge import Knowledge
from tests.consult.conftest import thresholds

__all__ = ["thresholds"]

ROOT = Path(__file__).resolve().parents[1]
DOMAIN: Dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
HEARD_ONCE = {
    "utter_greet",
    "utter_notice",
    "utter_english",
    "utter_capability",
    "utter_begin_anew",
    "utter_forgotten",
    "utter_number_not_kept",
}
CARRIES_WORDS_OF_THE_KNOWLEDGE = {
    "utter_sympathy",
    "utter_answer",
    "utter_brought",
    "utter_brought_helps",
    "utter_acknowledge",
    "utter_confides",
    "utter_acknowledge_closely",
    "utter_ask_sub_issue",
    "utter_ask_which_issue",
}
LONGEST_SENTENCE = 50


def test_the_domain_lists_the_actions_that_python_has() -> None:
    assert set(ActionsInProcess()._executor.actions) == set(DOMAIN["actions"])


def test_every_issue_of_the_knowledge_is_an_intent(knowledge: Knowledge) -> None:
    assert set(knowledge.issues) <= set(DOMAIN["intents"])


def test_every_response_that_is_spoken_exists_and_none_is_dead() -> None:
    files = [*(ROOT / "actions").glob("*.py"), *(ROOT / "bot" / "consult").rglob("*.py")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    spoken = set(re.findall(r'"(utter_[a-z_]+)"', source))
    asked = set(Question) - {Question.PAUSED, Question.WHICH_ISSUE, Question.WHICH_ANSWER}
    spoken |= {f"utter_ask_{question.value}" for question in asked}
    spoken |= {f"utter_ask_{question.value}_again" for question in {*asked, Question.WHICH_ISSUE}}
    assert spoken == set(DOMAIN["responses"])


def test_every_effect_of_a_turn_has_an_action_and_every_action_is_one() -> None:
    assert {action_of(kind) for kind in EffectKind} == set(DOMAIN["actions"])


def test_every_intent_is_an_issue_or_a_move(knowledge: Knowledge, thresholds: Thresholds) -> None:
    for intent in set(DOMAIN["intents"]) - set(knowledge.issues):
        assert of_intent(intent, Understood("", ranking=((intent, 1.0),)), thresholds).moves


@pytest.mark.parametrize("response", sorted(set(DOMAIN["responses"]) - HEARD_ONCE - CARRIES_WORDS_OF_THE_KNOWLEDGE))
def test_what_an_owner_may_hear_twice_has_three_variations(response: str) -> None:
    texts = [variation["text"] for variation in DOMAIN["responses"][response]]
    assert len(set(texts)) >= 3


@pytest.mark.parametrize("response", sorted(DOMAIN["responses"]))
def test_no_sentence_is_longer_than_fifty_characters(response: str) -> None:
    texts = [variation["text"] for variation in DOMAIN["responses"][response]]
    sentences = [s for text in texts for line in text.splitlines() for s in re.split(r"(?<=[。？])", line)]
    assert [sentence for sentence in sentences if len(sentence) > LONGEST_SENTENCE] == []
