"""How an answer to a question of the triage is taken: a choice, evidence in own words, weariness, another matter."""

from __future__ import annotations

import re
from typing import List, Optional, Tuple

from bot.consult.acts import ABUSE, ANSWER, UNSURE, Reading, Thresholds
from bot.consult.consultation import TRIAGE, UNCLEAR, Consultation
from bot.consult.heard import Heard
from bot.consult.sent import is_only_sent
from bot.consult.urgency import is_urgent
from bot.knowledge import Knowledge
from bot.normalization import bare

DISAGREEMENT = re.compile("違|ちが|ちゃう|じゃな|では(な|あ)|やな")
_TELLS_OF_A_SYMPTOM = ("out_of_scope", "affirm")
_ASKS_WHAT_WE_MEAN = ("ask_why", "ask_capability", "ask_institution")
_ENOUGH = re.compile(
    "もう(いい|ええ|よか|よろし|結構|やめ|質問|聞|終|いら)|やめ(て|た|る|よう)|しつこ|面倒|めんど|疲れ|つかれ|質問が?多"
)
_GRAVE = re.compile("死|しに|命|生き|消え|いなく|おらん|終わ|おわ|限界|頑張れ|がんばれ|さよ|楽に|耐え|助け|眠れ|首")
_SEVERAL_NUMBERS = re.compile(r"\d+番?((と|か|や|も|,|、|・|と、)\d+番?)+(です)?")
_LONGEST_REFUSAL = 14
_LONGEST_YES = 8
_SAYS_THE_SAME, _SAYS_THE_SAME_ELSEWHERE = 0.62, 0.7
_CLEARLY_CLOSER = 0.08
_NEGATION = re.compile("ない|なか|なく|ません|へん|ねえ|ねぇ|ねが|ず(に|$)|ん$")
_NOTHING = re.compile(
    "(特に|とくに|特には|別に|べつに)(は)?(何も|なにも|なんも)?(な|あり|ござい|思い).{0,4}"
)  # 特にないです
_SHORT = {"affirm": "yes", "deny": "no"}


def is_enough(text: str) -> bool:
    """Whether a short message says that the owner has had enough of being asked: もういいです、疲れた."""
    message = bare(text)
    return len(message) <= _LONGEST_REFUSAL and bool(_ENOUGH.search(message)) and not _GRAVE.search(message)


def on_a_symptom(
    knowledge: Knowledge, consultation: Consultation, symptom_id: str, heard: Heard, thresholds: Thresholds
) -> Optional[Reading]:
    """An answer in the owner's own words is evidence; only an issue told plainly is taken up, a question answered.

    A short word of weariness ends the questions; a disagreement takes the last answer back. A bare はい or いいえ is
    the answer that it means to this question; a はい that means none is no answer yet.
    """
    intent, confidence = heard.top
    sure = confidence >= thresholds.sure
    names_an_issue = sure and intent in knowledge.issues and intent != UNCLEAR
    message = bare(heard.text)
    if is_only_sent(heard.text):
        return Reading(ANSWER, f"{TRIAGE}.said")
    if not names_an_issue and is_enough(heard.text):
        return Reading(ANSWER, f"{TRIAGE}.refuse")
    if _SEVERAL_NUMBERS.fullmatch(message):
        return Reading(UNSURE)
    likely = confidence >= thresholds.sure / 2  # enough where the question narrows what is meant
    if (intent == "correct" and sure) or (intent == "deny" and likely and DISAGREEMENT.search(heard.text)):
        return Reading(ANSWER, f"{TRIAGE}.undo/{consultation.told[-1]}" if consultation.told else f"{TRIAGE}.unknown")
    if (intent == "deny" and likely) or (intent == "affirm" and sure and len(message) <= _LONGEST_YES):
        meant = knowledge.triage.symptoms[symptom_id].answer_in_short(_SHORT[intent])
        if meant is not None:
            return Reading(ANSWER, f"{TRIAGE}.{symptom_id}/{meant.id}")
        return Reading(intent) if intent == "affirm" else Reading(ANSWER, f"{TRIAGE}.unknown")
    if (intent == "skip" and sure) or _NOTHING.fullmatch(message):
        return Reading(ANSWER, f"{TRIAGE}.unknown")
    said = _answer_resembled(knowledge, consultation, symptom_id, heard)
    if said is not None and confidence < thresholds.explicit:
        return Reading(ANSWER, f"{TRIAGE}.{said}")
    if heard.sub_issue(intent, thresholds.sure) == ABUSE:
        return None
    clear = thresholds.sure if _cannot_wait(knowledge, heard) else thresholds.explicit
    explicit = intent in knowledge.issues and intent != UNCLEAR and confidence >= clear
    if explicit or (sure and intent not in knowledge.issues and intent not in _TELLS_OF_A_SYMPTOM):
        return None
    if intent in _ASKS_WHAT_WE_MEAN and likely:
        return Reading("ask_why")
    tells_of_it = names_an_issue and heard.industry is None  # 煎餅です names a trade and no worry
    return Reading(ANSWER, f"{TRIAGE}.said", (closely(intent, heard, thresholds),) if tells_of_it else ())


def _cannot_wait(knowledge: Knowledge, heard: Heard) -> bool:
    """Whether a date is near in a matter where that leaves no time for questions."""
    issue = knowledge.issues.get(heard.top[0])
    return issue is not None and issue.urgent is not None and is_urgent(heard.text)


def closely(issue: str, heard: Heard, thresholds: Thresholds) -> str:
    """issue/sub-issue where the message makes that clear, else the issue."""
    sub_issue = heard.sub_issue(issue, thresholds.sub_issue)
    return f"{issue}/{sub_issue}" if sub_issue else issue


def _answer_resembled(knowledge: Knowledge, consultation: Consultation, symptom_id: str, heard: Heard) -> Optional[str]:
    """The answer (symptom/answer) that the message says in other words: to the question that waits, else to another.

    A sentence and its contrary resemble each other, so nothing is picked where there is a no in it, or where two
    answers to a question are about as close.
    """
    if _NEGATION.search(heard.text):
        return None
    alike = _alike(symptom_id, heard)
    if alike and alike[0][0] >= _SAYS_THE_SAME and _is_closest(alike):
        return alike[0][1]
    answered = {told.partition("/")[0] for told in consultation.told}
    left = [other for other in knowledge.triage.symptoms if other not in (*answered, symptom_id)]
    elsewhere = [alike for alike in (_alike(other, heard) for other in left) if alike and _is_closest(alike)]
    likeness, answer = max((alike[0] for alike in elsewhere), default=(0.0, ""))
    return answer if likeness >= _SAYS_THE_SAME_ELSEWHERE and not knowledge.triage.is_usual(answer) else None


def _alike(symptom_id: str, heard: Heard) -> List[Tuple[float, str]]:
    """(likeness, symptom/answer) of the answers to a question that the message resembles, closest first."""
    told = heard.symptoms.items()
    return sorted(((like, answer) for answer, like in told if answer.partition("/")[0] == symptom_id), reverse=True)


def _is_closest(alike: List[Tuple[float, str]]) -> bool:
    return len(alike) == 1 or alike[0][0] - alike[1][0] >= _CLEARLY_CLOSER
