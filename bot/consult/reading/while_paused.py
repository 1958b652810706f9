"""How a message is taken while the bot waits for staff: nearly all of it is for them."""

from __future__ import annotations

from typing import Optional

from bot.consult.choices import SKIP, picked
from bot.consult.moves import Distress, WantsCallBack, WantsToBeForgotten
from bot.consult.reading.distress import is_distress
from bot.consult.reading.forgetting import on_forgetting, wants_to_be_forgotten
from bot.consult.reading.intents import of_intent
from bot.consult.reading.taken import Taken, pick, taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.understood import Understood
from bot.consult.state import Consultation, Question
from bot.knowledge import Knowledge
from bot.masking import says_hidden
from bot.normalization import bare, readable

_LONGEST_COMMAND = 15
_LONGEST_WISH_TO_BE_FORGOTTEN = 30
FOR_STAFF = Taken()


def while_paused(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Taken:
    """What an owner writes to staff is for staff: the bot hears distress, a new beginning, and its own questions.

    A long message that speaks of beginning again, or of records, tells staff a story; only a short one asks the bot to.
    """
    intent = understood.sure_intent(thresholds.sure)
    if is_distress(consultation, understood, thresholds):
        return taken(Distress())
    answer = _about_forgetting(knowledge, consultation, understood, thresholds)
    if answer is not None:
        return answer
    if intent == "restart" and len(bare(understood.text)) <= _LONGEST_COMMAND:
        return of_intent(intent, understood, thresholds)
    if consultation.question is Question.CALL_BACK and not consultation.talk.comforted:
        return _about_call_back(knowledge, consultation, understood, thresholds)
    return FOR_STAFF


def _about_forgetting(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Optional[Taken]:
    """The wish to have the records deleted, and the answer to the question whether that is so."""
    if consultation.question is Question.FORGET:
        option = picked(knowledge, consultation, understood.text, understood.pressed)
        if option is not None:
            return pick(Question.FORGET, option.answer)
    answer = on_forgetting(knowledge, consultation, understood, thresholds)
    short = len(bare(understood.text)) <= _LONGEST_WISH_TO_BE_FORGOTTEN
    if answer is None and short and wants_to_be_forgotten(knowledge, understood, thresholds):
        return taken(WantsToBeForgotten())
    return answer


def _about_call_back(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Taken:
    """A wish for call-back in the owner's words, or none; what is clearly something else goes to staff as it is."""
    intent: Optional[str] = understood.sure_intent(thresholds.sure)
    option = picked(knowledge, consultation, understood.text, understood.pressed)
    if option is not None:
        return pick(Question.CALL_BACK, option.answer)
    if says_hidden(understood.original) or any(character.isdecimal() for character in understood.text):
        return taken(WantsCallBack())
    if intent in ("deny", "skip"):
        return pick(Question.CALL_BACK, SKIP)
    if intent == "ask_why":
        return of_intent(intent, understood, thresholds)
    says_nothing = not any(character.isalnum() for character in readable(understood.text))
    return FOR_STAFF if says_nothing or intent in knowledge.issues else taken(WantsCallBack())
