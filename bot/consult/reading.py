"""How a message is to be taken, given what was just asked: an answer, an issue, an interruption, or not understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import FrozenSet, Optional, Tuple

from bot.consult.choices import picked
from bot.consult.consultation import ANYTHING_ELSE, PREFECTURE, SUB_ISSUE, WHICH_ISSUE, Consultation
from bot.consult.sub_issues import sub_issue_said
from bot.knowledge import Knowledge
from bot.normalization import bare, readable

ANSWER = "answer"
UNSURE = "unsure"
TWO_CANDIDATES = "two_candidates"
TOO_LONG = "too_long"
DISTRESS = "distress"
MAX_CHARACTERS = 1000
_WORDS_AROUND_A_PLACE = 6


@dataclass(frozen=True)
class Heard:
    """A message as the language understanding hands it over.

    `ranking` holds (intent, confidence from 0 to 1), best first. `prefectures` are the prefectures it names, and
    `place_characters` how many of its characters name places.
    """

    text: str
    ranking: Tuple[Tuple[str, float], ...] = ()
    prefectures: Tuple[str, ...] = ()
    place_characters: int = 0

    @property
    def top(self) -> Tuple[str, float]:
        """The likeliest intent and its confidence."""
        return self.ranking[0] if self.ranking else ("", 0.0)

    def confidence(self, intent: str) -> float:
        """The confidence of an intent, 0 where it is not ranked."""
        return dict(self.ranking).get(intent, 0.0)


@dataclass(frozen=True)
class Thresholds:
    """From which confidence a message is taken at its word. Chosen on data; config.yml gives and explains them.

    `sure`: the best intent is taken. `pair`: two issues whose confidences together reach it are offered by name.
    `distress`: recall comes first, so distress is heard from a lower confidence than anything else.
    """

    sure: float
    pair: float
    distress: float


@dataclass(frozen=True)
class Reading:
    """`act` is an intent or one of ANSWER, UNSURE, TWO_CANDIDATES, TOO_LONG; `choice` the id of the answer picked."""

    act: str
    choice: Optional[str] = None


def read(knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds) -> Reading:
    """How to take a message. What was asked comes first, then distress, then what was understood."""
    if len(heard.text) > MAX_CHARACTERS:
        return Reading(TOO_LONG)
    choice = picked(knowledge, consultation, heard.text)
    if choice is not None:
        return Reading(ANSWER, choice.id)
    if not any(character.isalnum() for character in readable(heard.text)):
        return Reading(UNSURE)
    if heard.confidence(DISTRESS) >= thresholds.distress:
        return Reading(DISTRESS)
    if _is_just_a_place(heard):
        return Reading(ANSWER)
    return _in_answer_to(knowledge, consultation, heard, thresholds) or _on_its_own(knowledge, heard, thresholds)


def _is_just_a_place(heard: Heard) -> bool:
    return bool(heard.prefectures) and len(bare(heard.text)) - heard.place_characters <= _WORDS_AROUND_A_PLACE


def _in_answer_to(
    knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds
) -> Optional[Reading]:
    """The reading that the waiting question suggests, or None where the message speaks for itself."""
    question = consultation.question
    intent, confidence = heard.top
    if question == ANYTHING_ELSE and intent in ("affirm", "deny"):
        return Reading(ANSWER, f"{ANYTHING_ELSE}.{'more' if intent == 'affirm' else 'done'}")
    if question == WHICH_ISSUE:
        if intent == "deny" and confidence >= thresholds.sure:
            return Reading(ANSWER, f"{WHICH_ISSUE}.neither")
        likelier = max(consultation.candidates, key=heard.confidence)
        if intent in knowledge.issues and heard.confidence(likelier) >= thresholds.sure / 2:
            return Reading(likelier)
    issue = consultation.issue_in(knowledge)
    if question == SUB_ISSUE and issue is not None:
        said = sub_issue_said(issue, heard.text)
        other_matter = confidence >= thresholds.sure and intent != issue.name
        if said is not None and not other_matter:
            return Reading(ANSWER, f"{SUB_ISSUE}.{said.id}")
        if intent == issue.name:
            return Reading(ANSWER, f"{SUB_ISSUE}.skip")
    if question in (SUB_ISSUE, PREFECTURE) and intent in ("deny", "skip"):
        return Reading(ANSWER, f"{question}.skip")
    return None


def _on_its_own(knowledge: Knowledge, heard: Heard, thresholds: Thresholds) -> Reading:
    intent, confidence = heard.top
    if confidence >= thresholds.sure:
        return Reading(intent)
    two = heard.ranking[:2]
    if len(two) == 2 and _are_issues(two, knowledge) and sum(c for _, c in two) >= thresholds.pair:
        return Reading(TWO_CANDIDATES)
    return Reading(UNSURE)


def _are_issues(ranked: Tuple[Tuple[str, float], ...], knowledge: Knowledge) -> bool:
    issues: FrozenSet[str] = frozenset(knowledge.issues)
    return all(intent in issues for intent, _ in ranked)


def guesses(knowledge: Knowledge, heard: Heard, least: float = 0.0) -> Tuple[str, ...]:
    """The two issues that the message most probably means, best first; none where together they stay below `least`."""
    ranked = [(intent, confidence) for intent, confidence in heard.ranking if intent in knowledge.issues][:2]
    if len(ranked) < 2 or sum(confidence for _, confidence in ranked) < least:
        return ()
    return tuple(intent for intent, _ in ranked)
