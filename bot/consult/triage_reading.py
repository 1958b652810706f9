"""How an answer to a question of the triage is taken: a choice, evidence in own words, weariness, another matter."""

from __future__ import annotations

import re
from typing import Optional

from bot.consult.acts import ANSWER, UNSURE, Reading, Thresholds
from bot.consult.consultation import TRIAGE, UNCLEAR, Consultation
from bot.consult.heard import Heard
from bot.knowledge import Knowledge
from bot.normalization import bare

DISAGREEMENT = re.compile("違|ちが|ちゃう|じゃな|では(な|あ)|やな")
_TELLS_OF_A_SYMPTOM = ("out_of_scope", "affirm")
_ENOUGH = re.compile("もう(い|結構|やめ|質問|聞|終)|やめ(て|た|る|よう)|しつこ|面倒|めんど|疲れ|つかれ|質問が?多")
_SEVERAL_NUMBERS = re.compile(r"\d+番?((と|か|や|も|,|、|・|と、)\d+番?)+(です)?")
_LONGEST_REFUSAL = 14


def on_a_symptom(
    knowledge: Knowledge, consultation: Consultation, symptom_id: str, heard: Heard, thresholds: Thresholds
) -> Optional[Reading]:
    """An answer in the owner's own words is evidence; only an issue told plainly is taken up, a question answered.

    A short word of weariness ends the questions; a disagreement takes the last answer back.
    """
    intent, confidence = heard.top
    sure = confidence >= thresholds.sure
    names_an_issue = sure and intent in knowledge.issues and intent != UNCLEAR
    message = bare(heard.text)
    if not names_an_issue and len(message) <= _LONGEST_REFUSAL and _ENOUGH.search(message):
        return Reading(ANSWER, f"{TRIAGE}.refuse")
    if _SEVERAL_NUMBERS.fullmatch(message):
        return Reading(UNSURE)
    likely = confidence >= thresholds.sure / 2  # enough where the question narrows what is meant
    if (intent == "correct" and sure) or (intent == "deny" and likely and DISAGREEMENT.search(heard.text)):
        return Reading(ANSWER, f"{TRIAGE}.undo" if consultation.told else f"{TRIAGE}.unknown")
    if intent == "deny" and likely:
        usual = next((answer for answer in knowledge.triage.symptoms[symptom_id].answers if answer.usual), None)
        return Reading(ANSWER, f"{TRIAGE}.{symptom_id}/{usual.id}" if usual else f"{TRIAGE}.unknown")
    if intent == "skip" and sure:
        return Reading(ANSWER, f"{TRIAGE}.unknown")
    explicit = intent in knowledge.issues and intent != UNCLEAR and confidence >= thresholds.explicit
    if explicit or (sure and intent not in knowledge.issues and intent not in _TELLS_OF_A_SYMPTOM):
        return None
    return Reading("ask_why") if intent.startswith("ask_") and likely else Reading(ANSWER, f"{TRIAGE}.said")
