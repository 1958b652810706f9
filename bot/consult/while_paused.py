"""How a message is taken while the bot waits for staff: nearly all of it is for them."""

from __future__ import annotations

from typing import Optional

from bot.consult.acts import AFTER_DISTRESS, DISTRESS, FORGET, Reading, Thresholds
from bot.consult.choices import picked
from bot.consult.consultation import CALL_BACK, PAUSED, Consultation
from bot.consult.distress import is_distress
from bot.consult.forgetting import on_forgetting, wants_to_be_forgotten
from bot.consult.heard import Heard
from bot.knowledge import Knowledge
from bot.masking import says_hidden
from bot.normalization import bare, readable

_LONGEST_COMMAND = 15
_LONGEST_WISH_TO_BE_FORGOTTEN = 30


def while_paused(knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds) -> Reading:
    """What an owner writes to staff is for staff: the bot hears distress, a new beginning, and its own questions.

    A long message that speaks of beginning again, or of records, tells staff a story; only a short one asks the bot to.
    """
    intent = heard.sure_intent(thresholds.sure)
    if is_distress(consultation, heard, thresholds):
        return Reading(DISTRESS)
    choice = picked(knowledge, consultation, heard.text, heard.pressed) if consultation.question == FORGET else None
    if choice is not None:
        return Reading(FORGET, choice.id)
    answer = on_forgetting(consultation, heard, thresholds)
    if answer is not None:
        return answer
    if wants_to_be_forgotten(heard, thresholds) and len(bare(heard.text)) <= _LONGEST_WISH_TO_BE_FORGOTTEN:
        return Reading(FORGET)
    if intent == "restart" and len(bare(heard.text)) <= _LONGEST_COMMAND:
        return Reading(intent)
    if consultation.comforted:
        return Reading(AFTER_DISTRESS)
    if consultation.question == CALL_BACK:
        return _about_call_back(knowledge, consultation, heard, intent)
    return Reading(PAUSED)


def _about_call_back(
    knowledge: Knowledge, consultation: Consultation, heard: Heard, sure_intent: Optional[str]
) -> Reading:
    """A wish for call-back in the owner's words, or none; what is clearly something else goes to staff as it is."""
    choice = picked(knowledge, consultation, heard.text, heard.pressed)
    if choice is not None:
        return Reading(CALL_BACK, choice.id)
    if says_hidden(heard.text) or any(character.isdecimal() for character in heard.text):
        return Reading(CALL_BACK)
    if sure_intent in ("deny", "skip"):
        return Reading(CALL_BACK, f"{CALL_BACK}.skip")
    if sure_intent == "ask_why":
        return Reading(sure_intent)
    says_nothing = not any(character.isalnum() for character in readable(heard.text))
    return Reading(PAUSED if says_nothing or sure_intent in knowledge.issues else CALL_BACK)
