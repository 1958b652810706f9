"""How an answer to a question of the triage is taken: a choice, evidence in own words, weariness, another matter."""

from __future__ import annotations

import re
from typing import List, Optional, Tuple

from bot.consult.choices import REFUSE, UNKNOWN
from bot.consult.moves import NotProblem, Stops, Tells
from bot.consult.reading.intents import of_intent
from bot.consult.reading.sent import is_only_sent
from bot.consult.reading.taken import UNSURE, Taken, beside, closely, pick, taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.understood import Understood
from bot.consult.reading.urgency import is_urgent
from bot.consult.state import UNCLEAR, Consultation, Question
from bot.knowledge import AnswerId, Knowledge, Matter
from bot.normalization import bare
from bot.phrases import pattern

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
_NEGATION = re.compile("ない|なか|なく|ません|へん|ねえ|ねぇ|ねが|ず(に|$)|ん$")
_NOTHING = re.compile(
    "(特に|とくに|特には|別に|べつに)(は)?(何も|なにも|なんも)?(な|あり|ござい|思い).{0,4}"
)  # 特にないです
_SHORT = {"affirm": "yes", "deny": "no"}


def is_enough(text: str) -> bool:
    """Whether a short message says that the owner has had enough of being asked: もういいです、疲れた."""
    message = bare(text)
    of_the_shop = bool(pattern("ends_the_shop").search(message))
    weary = bool(_ENOUGH.search(message)) and not _GRAVE.search(message)
    return len(message) <= _LONGEST_REFUSAL and weary and not of_the_shop


def leaves(text: str) -> bool:
    """Whether a word of having had enough is one of leaving, and not of our questions: もう結構です."""
    return bool(pattern("leaves_us").search(bare(text))) and not pattern("of_our_questions").search(text)


def on_a_symptom(
    knowledge: Knowledge, consultation: Consultation, symptom_id: str, understood: Understood, thresholds: Thresholds
) -> Optional[Taken]:
    """An answer in the owner's own words is evidence; only an issue told plainly is taken up, a question answered.

    A short word of weariness ends the questions; a disagreement takes the last answer back. A bare はい or いいえ is
    the answer that it means to this question; a はい that means none is no answer yet.
    """
    intent, confidence = understood.top
    sure = confidence >= thresholds.sure
    names_an_issue = sure and intent in knowledge.issues and intent != UNCLEAR
    message = bare(understood.text)
    unknown = pick(Question.TRIAGE, UNKNOWN)
    if is_only_sent(understood.text):
        return _told(())
    if not names_an_issue and is_enough(understood.text):
        return taken(Stops()) if leaves(understood.text) else pick(Question.TRIAGE, REFUSE)
    if _SEVERAL_NUMBERS.fullmatch(message):
        return UNSURE
    likely = confidence >= thresholds.sure / 2  # enough where the question narrows what is meant
    if (intent == "correct" and sure) or (intent == "deny" and likely and DISAGREEMENT.search(understood.text)):
        return taken(NotProblem()) if consultation.search.told else unknown
    if (intent == "deny" and likely) or (intent == "affirm" and sure and len(message) <= _LONGEST_YES):
        meant = knowledge.triage.symptoms[symptom_id].answer_in_short(_SHORT[intent])
        if meant is not None:
            return pick(Question.TRIAGE, meant.id, symptom_id)
        return of_intent("affirm", understood, thresholds) if intent == "affirm" else unknown
    if (intent == "skip" and sure) or _NOTHING.fullmatch(message):
        return unknown
    said = answer_resembled(knowledge, consultation, symptom_id, understood, thresholds)
    if said is not None and confidence < thresholds.explicit:
        return pick(Question.TRIAGE, said.answer, said.symptom)
    if understood.sub_issue(intent, thresholds.sure) == "abuse":
        return None
    clear = thresholds.sure if _cannot_wait(knowledge, understood) else thresholds.explicit
    explicit = intent in knowledge.issues and intent != UNCLEAR and confidence >= clear
    if explicit or (sure and intent not in knowledge.issues and intent not in _TELLS_OF_A_SYMPTOM):
        return None
    if intent in _ASKS_WHAT_WE_MEAN and likely:
        return of_intent("ask_why", understood, thresholds)
    tells_of_it = names_an_issue and understood.industry is None  # 煎餅です names a trade and no worry
    return _told((closely(intent, understood, thresholds.sub_issue),) if tells_of_it else ())


def _told(matters: Tuple[Matter, ...]) -> Taken:
    """Words that lean the search, and the matter that they speak for."""
    return Taken((Tells(), *beside(matters)), leans=True, described=True)


def _cannot_wait(knowledge: Knowledge, understood: Understood) -> bool:
    """Whether a date is near in a matter where that leaves no time for questions."""
    issue = knowledge.issues.get(understood.top[0])
    return issue is not None and issue.urgent is not None and is_urgent(understood.text)


def answer_resembled(
    knowledge: Knowledge,
    consultation: Consultation,
    symptom_id: Optional[str],
    understood: Understood,
    thresholds: Thresholds,
    least: Optional[float] = None,
) -> Optional[AnswerId]:
    """The answer that the message says in other words: to the question that waits, if any does, else to another.

    `least` is how like it must be to one that does not wait; by default what thresholds say.
    """
    waited_for = None
    if symptom_id is not None:
        waited_for = answer_to(knowledge, symptom_id, understood, thresholds, thresholds.same)
    if waited_for is not None:
        return waited_for
    says_no = _says_no(understood)
    answered = {told.symptom for told in consultation.search.told}
    left = [other for other in knowledge.triage.symptoms if other not in (*answered, symptom_id)]
    elsewhere = [alike for alike in (_alike(knowledge, other, understood, says_no) for other in left) if alike]
    likeness, answer = max((alike[0] for alike in elsewhere if _is_closest(alike, thresholds)), default=(0.0, None))
    if (
        answer is None
        or likeness < (thresholds.same_elsewhere if least is None else least)
        or knowledge.triage.answer(answer).usual
    ):
        return None
    return answer


def answer_to(
    knowledge: Knowledge, symptom_id: str, understood: Understood, thresholds: Thresholds, least: float
) -> Optional[AnswerId]:
    """The answer to this question that the message says in other words, as like it as `least`.

    A sentence and its contrary resemble each other, so one with a no in it picks only an answer with a no in it; and
    nothing is picked where two answers to a question are about as close.
    """
    alike = _alike(knowledge, symptom_id, understood, _says_no(understood))
    is_it = bool(alike) and alike[0][0] >= least and _is_closest(alike, thresholds)
    return alike[0][1] if is_it else None


def _says_no(understood: Understood) -> bool:
    """Whether there is a no in it; that one is at a loss is none: 客が減って、どうしたらいいかわからない."""
    return bool(_NEGATION.search(pattern("is_at_a_loss").sub("", understood.text)))


def _alike(
    knowledge: Knowledge, symptom_id: str, understood: Understood, says_no: bool
) -> List[Tuple[float, AnswerId]]:
    """(likeness, answer) of the answers to a question that the message resembles, closest first."""
    told = [(like, answer) for answer, like in understood.symptoms.items() if answer.symptom == symptom_id]
    if not says_no:
        return sorted((one for one in told if not _says_that_all_is_well(knowledge, one[1])), reverse=True)
    texts = {answer: knowledge.triage.answer(answer) for _, answer in told}
    noes = {answer for answer, text in texts.items() if _NEGATION.search(f"{text.label}、{text.said}、")}
    return sorted(((like, answer) for like, answer in told if answer in noes), reverse=True)


def _says_that_all_is_well(knowledge: Knowledge, answer: AnswerId) -> bool:
    """Whether it is the contrary of a worry, and has a no in it: 変わらない・増えた, to whether customers are fewer."""
    found = knowledge.triage.answer(answer)
    return found.usual and bool(_NEGATION.search(f"{found.label}、{found.said}、"))


def _is_closest(alike: List[Tuple[float, AnswerId]], thresholds: Thresholds) -> bool:
    return len(alike) == 1 or alike[0][0] - alike[1][0] >= thresholds.closer
