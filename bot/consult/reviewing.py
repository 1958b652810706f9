"""What staff looks a turn through for: what was asked and whether we had an answer, and why a person should see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Mapping, Tuple

from bot.consult.heard import Heard
from bot.consult.moves import About, Asks, Distress, No, NotProblem, StartsOver, Stops, WillGo, every
from bot.consult.scene import Turn
from bot.consult.state import Consultation
from bot.knowledge import Knowledge
from bot.review import ReviewReason

# What is said where we have no answer of our own: who knows it, or in which words to ask there.
_NO_ANSWER = (
    "utter_not_known",
    "utter_not_known_ask",
    "utter_not_known_yet",
    "utter_answer_unknown",
    "utter_answer_unknown_there",
    "utter_answer_unknown_yet",
    "utter_ask_there",
    "utter_which_institution",
    "utter_contact_needs_issue",
)
# Lines of the table that are an answer, or after which somebody else gives one.
_ANSWERING = ("answer_questions", "meet_what_is_brought", "forget", "call_a_person", "leave_to_staff", "meet_distress")
_AFTER_A_FAREWELL = "utter_close"


@dataclass(frozen=True)
class Asked:
    """A question of an owner's, by what it is about, and whether we had an answer."""

    about: About
    answered: bool


def asked(knowledge: Knowledge, heard: Heard, decided: Turn) -> Tuple[Asked, ...]:
    """The questions of a message, in its order."""
    met = any(line in decided.by for line in _ANSWERING)
    at_a_loss = any(said.response in _NO_ANSWER for said in decided.said)

    def has_an_answer(question: Asks) -> bool:
        known = [knowledge.answers[name].known for name in question.answers]
        return met and (any(known) if known else not at_a_loss)

    return tuple(Asked(question.about, has_an_answer(question)) for question in every(heard.moves, Asks))


def reasons_for_review(
    knowledge: Knowledge, before: Consultation, heard: Heard, decided: Turn
) -> Tuple[ReviewReason, ...]:
    """Why a person should look at what came of a message that was heard where the consultation stood so; often none."""
    found: Mapping[ReviewReason, Callable[[], bool]] = {
        ReviewReason.DISTRESS: lambda: heard.has(Distress),
        ReviewReason.UNSURE: lambda: heard.unsure and "leave_to_staff" not in decided.by,
        ReviewReason.DENIED: lambda: _is_put_right(heard, decided),
        ReviewReason.UNANSWERED: lambda: any(not one.answered for one in asked(knowledge, heard, decided)),
        ReviewReason.NO_ROAD: lambda: _goes_with_nobody_to_see(before, heard, decided),
    }
    return tuple(reason for reason, holds in found.items() if holds())


def stands_open(heard: Heard, decided: Turn) -> bool:
    """Whether the owner is left in the middle if they write no more: a matter was told, no road or end was reached."""
    after = decided.consultation
    takes_leave = heard.has(Stops, WillGo)
    return after.unfinished and _has_told(after) and not takes_leave and not after.talk.paused


def _is_put_right(heard: Heard, decided: Turn) -> bool:
    """Whether the owner says that we got something wrong; a no after a farewell denies nothing."""
    disagrees = heard.has(No) and "withdraw" in decided.by
    return heard.has(NotProblem) or (disagrees and all(said.response != _AFTER_A_FAREWELL for said in decided.said))


def _goes_with_nobody_to_see(before: Consultation, heard: Heard, decided: Turn) -> bool:
    shown = (*before.roads.shown, *before.roads.brought, *decided.consultation.roads.shown)
    told = _has_told(before) or _has_told(decided.consultation)
    return heard.has(Stops, StartsOver) and told and not shown


def _has_told(consultation: Consultation) -> bool:
    return bool(consultation.issue or consultation.roads.words or consultation.search.told)
