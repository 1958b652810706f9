"""How a message is taken while the bot waits for staff: nearly all of it is for them."""

from __future__ import annotations

from typing import Optional

from bot.consult.choices import SKIP, picked
from bot.consult.moves import Distress, WantsCallBack
from bot.consult.reading.distress import is_distress
from bot.consult.reading.intents import of_intent
from bot.consult.reading.taken import Taken, pick, taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.understood import Understood
from bot.consult.state import Consultation, Question
from bot.knowledge import Knowledge
from bot.normalization import bare, readable

_LONGEST_COMMAND = 15
FOR_STAFF = Taken()


def while_paused(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Taken:
    """What an owner writes to staff is for staff: the bot hears distress, a new beginning, and its own question.

    A long message that speaks of beginning again tells staff a story; only a short one asks the bot to.
    """
    intent = understood.sure_intent(thresholds.sure)
    if is_distress(consultation, understood, thresholds):
        return taken(Distress())
    if intent == "restart" and len(bare(understood.text)) <= _LONGEST_COMMAND:
        return of_intent(intent, understood, thresholds)
    if consultation.question is Question.CALL_BACK and not consultation.talk.comforted:
        return _about_call_back(knowledge, consultation, understood, thresholds)
    return FOR_STAFF


def _about_call_back(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Taken:
    """A wish for call-back in the owner's words, or none; what is clearly something else goes to staff as it is."""
    intent: Optional[str] = understood.sure_intent(thresholds.sure)
    option = picked(knowledge, consultation, understood.text, understood.pressed)
    if option is not None:
        return pick(Question.CALL_BACK, option.answer)
    if any(character.isdecimal() for character in understood.text):
        return taken(WantsCallBack())
    if intent in ("deny", "skip"):
        return pick(Question.CALL_BACK, SKIP)
    if intent == "ask_why":
        return of_intent(intent, understood, thresholds)
    says_nothing = not any(character.isalnum() for character in readable(understood.text))
    return FOR_STAFF if says_nothing or intent in knowledge.issues else taken(WantsCallBack())
