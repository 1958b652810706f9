"""How a message is taken that speaks of deleting the records: asked back once, and only a plain yes deletes."""

from __future__ import annotations

import re
from typing import Optional

from bot.consult.choices import NO, YES
from bot.consult.moves import WantsToBeForgotten, first
from bot.consult.reading.intents import of_intent
from bot.consult.reading.taken import Taken, pick
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.triage_reading import DISAGREEMENT
from bot.consult.reading.understood import Understood
from bot.consult.state import Consultation, Question
from bot.knowledge import Knowledge

_NOT_YET_A_YES = re.compile("[?？]|か(な|ね|しら)?[。.]*$|でも|けど|けれど|まだ|待って|あとで|後で|迷|やめ|やっぱ")


def wants_to_be_forgotten(knowledge: Knowledge, understood: Understood, thresholds: Thresholds) -> bool:
    """Whether a message surely asks to have the records deleted."""
    intent = understood.sure_intent(thresholds.sure)
    if intent is None or intent in knowledge.issues:
        return False
    return first(of_intent(intent, understood, thresholds).moves, WantsToBeForgotten) is not None


def on_forgetting(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Optional[Taken]:
    """The answer to that question, or None where it does not wait or the message speaks of something else."""
    if consultation.question is not Question.FORGET:
        return None
    intent = understood.sure_intent(thresholds.sure)
    if intent in ("deny", "skip"):
        return pick(Question.FORGET, NO)
    agrees = intent == "affirm" or wants_to_be_forgotten(knowledge, understood, thresholds)
    if agrees and not _NOT_YET_A_YES.search(understood.text) and not DISAGREEMENT.search(understood.text):
        return pick(Question.FORGET, YES)
    return None
