"""Domain, rules, actions and texts fit together, and the texts are ones an owner can read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest
import yaml

from bot.frame.action_endpoint import ActionsInProcess
from bot.knowledge import Knowledge

ROOT = Path(__file__).resolve().parents[1]
DOMAIN: Dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
HEARD_ONCE = {
    "utter_greet",
    "utter_notice",
    "utter_capability",
    "utter_begin_anew",
    "utter_forgotten",
    "utter_number_not_kept",
}
CARRIES_WORDS_OF_THE_KNOWLEDGE = {
    "utter_acknowledge",
    "utter_acknowledge_closely",
    "utter_ask_sub_issue",
    "utter_ask_which_issue",
}
LONGEST_SENTENCE = 50


def rules() -> Iterator[Dict[str, Any]]:
    for path in sorted((ROOT / "data" / "rules").glob("*.yml")):
        yield from yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]


def test_every_intent_has_exactly_one_rule() -> None:
    intents = [rule["steps"][0]["intent"] for rule in rules()]
    assert sorted(intents) == sorted(DOMAIN["intents"])


def test_every_action_of_the_rules_exists() -> None:
    named = {step["action"] for rule in rules() for step in rule["steps"] if "action" in step}
    assert named <= {*DOMAIN["actions"], *DOMAIN["responses"]}


def test_the_domain_lists_the_actions_that_python_has() -> None:
    assert set(ActionsInProcess()._executor.actions) == set(DOMAIN["actions"])


def test_every_issue_of_the_knowledge_is_an_intent(knowledge: Knowledge) -> None:
    assert set(knowledge.issues) <= set(DOMAIN["intents"])


def test_every_response_that_an_action_speaks_exists_and_none_is_dead() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "actions").glob("*.py"))
    spoken = set(re.findall(r"utter_[a-z_]+[a-z]", source)) - {"utter_message", "utter_ask", "utter_action"}
    spoken |= {
        f"utter_ask_{q}{again}"
        for q in (
            "issue",
            "which_issue",
            "sub_issue",
            "prefecture",
            "anything_else",
            "other_issue",
            "triage",
            "call_back",
            "sheet",
            "forget",
        )
        for again in ("", "_again")
    }
    spoken |= {
        step["action"] for rule in rules() for step in rule["steps"] if step.get("action", "").startswith("utter_")
    }
    assert spoken == set(DOMAIN["responses"])


@pytest.mark.parametrize("response", sorted(set(DOMAIN["responses"]) - HEARD_ONCE - CARRIES_WORDS_OF_THE_KNOWLEDGE))
def test_what_an_owner_may_hear_twice_has_three_variations(response: str) -> None:
    texts = [variation["text"] for variation in DOMAIN["responses"][response]]
    assert len(set(texts)) >= 3


@pytest.mark.parametrize("response", sorted(DOMAIN["responses"]))
def test_no_sentence_is_longer_than_fifty_characters(response: str) -> None:
    texts = [variation["text"] for variation in DOMAIN["responses"][response]]
    sentences = [s for text in texts for line in text.splitlines() for s in re.split(r"(?<=[。？])", line)]
    assert [sentence for sentence in sentences if len(sentence) > LONGEST_SENTENCE] == []
