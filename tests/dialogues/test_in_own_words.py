"""Owners who answer the triage in their own words, whatever it asks, are understood all the same."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import List

import pytest
import yaml
from rasa.core.agent import Agent

from bot.consult.state import UNCLEAR, Consultation
from bot.consult.triage import belief, by_issue
from bot.knowledge import Knowledge
from tests.dialogues.conversation import say

OWNERS = yaml.safe_load((Path(__file__).parent / "in_own_words" / "owners.yml").read_text(encoding="utf-8"))
FOUND_AT_LEAST = 0.9


def likeliest(knowledge: Knowledge, consultation: Consultation) -> str:
    """The issue that was taken up, or was named, or leads by now."""
    if consultation.issue not in (None, UNCLEAR):
        return str(consultation.issue)
    if consultation.talk.candidates:
        return consultation.talk.candidates[0]
    now = by_issue(knowledge.triage, belief(knowledge.triage, consultation.search.told, consultation.search.leaning))
    return max(now, key=lambda issue: now[issue])


@pytest.fixture(scope="module")
async def understood(bot: Agent, knowledge: Knowledge) -> List[bool]:
    """For each owner whether their issue was found by the time they had said everything."""
    found = []
    for owner in OWNERS:
        sender = uuid.uuid4().hex
        consultation = Consultation()
        for message in owner["say"]:
            consultation = (await say(bot, sender, message)).consultation
            if consultation.talk.candidates or consultation.issue not in (None, UNCLEAR):
                break
        found.append(likeliest(knowledge, consultation) == owner["issue"])
    return found


def test_nine_of_ten_owners_are_understood_in_their_own_words(understood: List[bool]) -> None:
    missed = [owner for owner, found in zip(OWNERS, understood, strict=True) if not found]
    assert sum(understood) / len(OWNERS) >= FOUND_AT_LEAST, missed


def test_every_issue_is_among_them(knowledge: Knowledge) -> None:
    assert {owner["issue"] for owner in OWNERS} == set(knowledge.issues) - {UNCLEAR}
