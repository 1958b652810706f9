"""What a message says to the question that waits: a yes, a refusal, the sub-issue, more of the same, or nothing."""

from __future__ import annotations

import re
from typing import Optional

from bot.consult.acts import ABUSE, ANSWER, ASK_SHEET, GOES, MORE_TOLD, TOLD, Reading, Thresholds
from bot.consult.consultation import (
    ANYTHING_ELSE,
    ISSUE,
    OTHER_ISSUE,
    PREFECTURE,
    SHEET,
    SUB_ISSUE,
    TRIAGE,
    UNCLEAR,
    WHICH_ISSUE,
    Consultation,
)
from bot.consult.heard import Heard
from bot.consult.issue_told import BOTH, issue_told
from bot.consult.triage_reading import DISAGREEMENT, is_enough, on_a_symptom
from bot.knowledge import Knowledge

_ENDS_OR_GOES_ON = {
    ANYTHING_ELSE: {"affirm": "more", "deny": "done", "skip": "done"},
    OTHER_ISSUE: {"affirm": "go", "deny": "done", "skip": "done"},
}
# What was found is seen now: 機械じゃなくて、店をどうするかという話だったんですね
REALISES = re.compile(
    "(話|こと|相談|問題)(だった|やった|じゃった|だ|や|なん)?(と|ん|の)?(です|だ|や)?(か|ね|な|ねえ|なあ|のか)[。!！]*$"
)
_FIRST = re.compile("まず|先ず|先に|優先|急ぎ|急ぐ|から(先|聞|お願い|相談)")
_MORE = re.compile("ある|あり|有り|はい$|ええ$|うん$|もう(一|ひと|1)|まだ|ほか|他|別|相談|続け")
_WILL_GO = re.compile("(?<!て)(行き|いき)ます|(行ってみ|いってみ|電話し|電話してみ|でんわし)ます")
_THAT_ONE = re.compile(
    "(そっち|そちら|それ|そこ)(の(ほう|方|話|相談|こと))?(に|を|で|か|だ|や|が|、|。|$)|言われ(て|れば|たら)"
)
_DECLINES = re.compile(
    "勘弁|パス(で|し(ます|とく|たい)|[、。]|$)|言え(ない|ません|へん|ん)|言いたく(な|あり)|内緒|秘密|ノーコメント|差し控え|伏せ"
)
_REFUSES = re.compile("(だめ|ダメ|駄目|いや|嫌|やだ|無理|むり)(です|だ|や)?(ね|よ|な)?([、。!！]|$)")
_MAKE_IT = re.compile("(作|つく)(って|りたい|ります)|お願いします|頼みます")
_NO_SHEET = re.compile("(作|つく)(ら(な|へん|ん)|りませ)|いらな|いりませ|要らな|要りませ|不要|結構です|やめ(て|と|ま)")
_NOT_YET_A_YES = re.compile("[?？]|か(な|ね|しら)?[。.]*$|誰|だれ|でも|けど|けれど|まだ|待って|あとで|後で|迷|やめ")


def in_answer_to(
    knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds
) -> Optional[Reading]:
    """The reading that the waiting question suggests, or None where the message speaks for itself."""
    question = consultation.question
    if question == SHEET:
        return _on_a_sheet(heard, thresholds)
    reading = _has_had_enough(knowledge, consultation, heard, thresholds) or _ends_or_goes_on(
        consultation, heard, thresholds
    )
    if reading is not None:
        return reading
    if question == TRIAGE and consultation.symptom is not None:
        return on_a_symptom(knowledge, consultation, consultation.symptom, heard, thresholds)
    if question == ISSUE:
        return _on_the_first_question(consultation, heard, thresholds)
    if question == WHICH_ISSUE:
        return _on_the_issues_offered(knowledge, consultation, heard, thresholds)
    if question in (SUB_ISSUE, PREFECTURE):
        return _on_a_detail(knowledge, consultation, heard, thresholds)
    return None


def _on_a_sheet(heard: Heard, thresholds: Thresholds) -> Optional[Reading]:
    """Only a plain yes is consent; who asks back or hesitates has not agreed yet."""
    intent = heard.sure_intent(thresholds.sure)
    about_the_sheet = intent in (ASK_SHEET, None)
    if intent in ("deny", "skip") or (about_the_sheet and _NO_SHEET.search(heard.text)):
        return Reading(ANSWER, f"{SHEET}.skip")
    agrees = intent == "affirm" or (about_the_sheet and _MAKE_IT.search(heard.text))
    if agrees and not _NOT_YET_A_YES.search(heard.text) and not DISAGREEMENT.search(heard.text):
        return Reading(ANSWER, f"{SHEET}.make")
    return None


def _has_had_enough(
    knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds
) -> Optional[Reading]:
    """もういいです lets the question go, or ends what goes on; a triage has its own way of ending."""
    question = consultation.question
    if question in (None, TRIAGE) or not is_enough(heard.text):
        return None
    intent = heard.sure_intent(thresholds.sure) or ""
    if intent.startswith("ask_") or (intent in knowledge.issues and intent != UNCLEAR):
        return None
    return Reading(ANSWER, f"{question}.skip" if question in (SUB_ISSUE, PREFECTURE) else f"{ANYTHING_ELSE}.done")


def _ends_or_goes_on(consultation: Consultation, heard: Heard, thresholds: Thresholds) -> Optional[Reading]:
    """Below a road a yes may be a farewell, or a wish for more; a no ends."""
    question = consultation.question
    means = _ENDS_OR_GOES_ON.get(question or "")
    if means is None:
        return None
    intent = heard.top[0]
    sure_intent = heard.sure_intent(thresholds.sure)
    agrees_to_the_road = question == ANYTHING_ELSE and intent == "affirm" and not _MORE.search(heard.text)
    says_so = intent == "affirm" and bool(_WILL_GO.search(heard.text))
    will_go = says_so or sure_intent is not None and heard.sub_issue(sure_intent, thresholds.sure) == GOES
    if consultation.referred and (agrees_to_the_road or will_go):
        return Reading(GOES)
    if sure_intent in means and not DISAGREEMENT.search(heard.text):
        return Reading(ANSWER, f"{question}.{means[sure_intent]}")
    return None


def _on_the_first_question(consultation: Consultation, heard: Heard, thresholds: Thresholds) -> Optional[Reading]:
    """A bare yes or no tells nothing of what is wrong; the second one is taken as having no clear issue."""
    intent = heard.sure_intent(thresholds.sure)
    if intent == "deny" and consultation.referred:
        return Reading(ANSWER, f"{ANYTHING_ELSE}.done")
    if intent in ("affirm", "deny") and not DISAGREEMENT.search(heard.text):
        return Reading(UNCLEAR if consultation.misses else "skip")
    return None


def _on_the_issues_offered(
    knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds
) -> Optional[Reading]:
    """Neither, both, or the one that the message says or agrees to."""
    intent = heard.top[0]
    sure_intent = heard.sure_intent(thresholds.sure)
    if sure_intent == "deny" or (sure_intent == "correct" and consultation.triaged):
        return Reading(ANSWER, f"{WHICH_ISSUE}.neither")
    if BOTH.search(heard.text) and len(consultation.candidates) == 2:
        return Reading(ANSWER, f"{WHICH_ISSUE}.both")
    named = _named_after_a_yes(consultation, heard, sure_intent, thresholds)
    if named is not None:
        return issue_told(knowledge, named, heard, thresholds, consultation)
    if _agrees_to_the_first(consultation, heard, sure_intent):
        return Reading(ANSWER, f"{ISSUE}.{consultation.candidates[0]}")
    likelier = max(consultation.candidates, key=heard.confidence)
    if intent in knowledge.issues and heard.confidence(likelier) >= thresholds.sure / 2:
        return issue_told(knowledge, likelier, heard, thresholds, consultation)
    half_a_yes = heard.confidence("affirm") + heard.confidence(likelier) >= thresholds.sure / 2
    if _one_finding(consultation) and sure_intent is None and half_a_yes and not DISAGREEMENT.search(heard.text):
        return Reading(ANSWER, f"{ISSUE}.{likelier}")  # we asked for a word only where it is not so
    return None


def _named_after_a_yes(
    consultation: Consultation, heard: Heard, sure_intent: Optional[str], thresholds: Thresholds
) -> Optional[str]:
    """Which of the issues offered a yes goes on to name: そうです、新しい売り先を探したい. None where it names none."""
    told = {issue: heard.other_issues.get(issue, 0.0) for issue in consultation.candidates}
    likelier = max(consultation.candidates, key=lambda issue: told[issue])
    return likelier if sure_intent == "affirm" and told[likelier] >= thresholds.other else None


def _one_finding(consultation: Consultation) -> bool:
    return consultation.triaged and len(consultation.candidates) == 1


def _agrees_to_the_first(consultation: Consultation, heard: Heard, sure_intent: Optional[str]) -> bool:
    """Whether a yes, or a word such as それです, means the issue that was found, or offered alone."""
    if not consultation.triaged and len(consultation.candidates) != 1:
        return False
    points_at_it = _THAT_ONE.search(heard.text) or REALISES.search(heard.text)
    says_so = bool(points_at_it) and not DISAGREEMENT.search(heard.text)
    return (
        sure_intent == "affirm"
        or (sure_intent == UNCLEAR and consultation.triaged)
        or (says_so and _one_finding(consultation))
    )


def _on_a_detail(
    knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds
) -> Optional[Reading]:
    """What is said when the sub-issue or the prefecture was asked; a refusal lets the question go."""
    question = consultation.question
    declines = _DECLINES.search(heard.text) or (question == PREFECTURE and _REFUSES.match(heard.text))
    if declines and not heard.prefectures and not heard.asks:
        return Reading(ANSWER, f"{question}.skip")
    sub_issue = _on_a_sub_issue(knowledge, consultation, heard, thresholds) if question == SUB_ISSUE else None
    if sub_issue is not None:
        return sub_issue
    intent, confidence = heard.top
    sure = confidence >= thresholds.sure
    small_talk = intent == "out_of_scope" and sure and confidence < thresholds.change and not heard.asks
    of_the_shop = small_talk and heard.sub_issue(intent, thresholds.sure) != ABUSE  # ベトナムの野菜、調味料
    if of_the_shop or (consultation.referred and intent == UNCLEAR):
        return Reading(TOLD)
    says_no = intent == "deny" and not DISAGREEMENT.search(heard.text)
    if sure and (intent == "skip" or says_no):
        return Reading(ANSWER, f"{question}.skip")
    changes = intent in knowledge.issues and consultation.issue != UNCLEAR and not _elaborates(consultation, intent)
    now_first = sure and intent in consultation.other_issues and _FIRST.search(heard.text)
    if changes and confidence < thresholds.change and not now_first:
        return Reading(TOLD)
    return None


def _on_a_sub_issue(
    knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds
) -> Optional[Reading]:
    """The sub-issue that is told in the owner's own words; more of the same issue without one is more told."""
    issue = consultation.issue_in(knowledge)
    intent, confidence = heard.top
    sure = confidence >= thresholds.sure
    about_an_institution = bool(heard.institutions) and not (sure and intent == consultation.issue)
    if issue is None or about_an_institution:
        return None
    elaborates = _elaborates(consultation, intent)
    said = heard.sub_issue(issue.name, thresholds.sure)  # the question narrows what is meant
    if said is not None and (elaborates or not sure):
        return Reading(ANSWER, f"{SUB_ISSUE}.{said}")
    return Reading(ANSWER, f"{SUB_ISSUE}.{MORE_TOLD}") if elaborates else None


def _elaborates(consultation: Consultation, intent: str) -> bool:
    """Whether the intent is the issue that is settled, or no clear one: then the message tells more of it."""
    return consultation.issue is not None and intent in (consultation.issue, UNCLEAR)
