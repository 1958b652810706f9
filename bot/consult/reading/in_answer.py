"""What a message says to the question that waits: a yes, a refusal, the sub-issue, more of the same, or nothing."""

from __future__ import annotations

import re
from typing import Optional

from bot.consult.choices import BOTH as BOTH_OF_THEM
from bot.consult.choices import DONE, GO, MAKE, MORE, NEITHER, SKIP
from bot.consult.moves import Problem, Refuses, Stops, Tells, WillGo
from bot.consult.reading.issue_told import BOTH, issue_told
from bot.consult.reading.taken import Taken, pick, taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.triage_reading import DISAGREEMENT, is_enough, leaves, on_a_symptom
from bot.consult.reading.understood import Understood
from bot.consult.state import UNCLEAR, Consultation, Question
from bot.knowledge import Knowledge

_ENDS_OR_GOES_ON = {
    Question.ANYTHING_ELSE: {"affirm": MORE, "deny": DONE, "skip": DONE},
    Question.OTHER_ISSUE: {"affirm": GO, "deny": DONE, "skip": DONE},
}
_DETAILS = (Question.SUB_ISSUE, Question.PREFECTURE)
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
NOT_YET_A_YES = re.compile("[?？]|か(な|ね|しら)?[。.]*$|誰|だれ|でも|けど|けれど|まだ|待って|あとで|後で|迷|やめ")


def in_answer_to(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Optional[Taken]:
    """What the waiting question suggests, or None where the message speaks for itself."""
    question = consultation.question
    if question is Question.SHEET:
        return _on_a_sheet(understood, thresholds)
    reading = _has_had_enough(knowledge, consultation, understood, thresholds) or _ends_or_goes_on(
        consultation, understood, thresholds
    )
    if reading is not None:
        return reading
    if question is Question.TRIAGE and consultation.search.symptom is not None:
        return on_a_symptom(knowledge, consultation, consultation.search.symptom, understood, thresholds)
    if question is Question.ISSUE:
        return _on_the_first_question(consultation, understood, thresholds)
    if question is Question.WHICH_ISSUE:
        return _on_the_issues_offered(knowledge, consultation, understood, thresholds)
    if question in _DETAILS:
        return _on_a_detail(knowledge, consultation, understood, thresholds)
    return None


def _on_a_sheet(understood: Understood, thresholds: Thresholds) -> Optional[Taken]:
    """Only a plain yes is consent; who asks back or hesitates has not agreed yet."""
    intent = understood.sure_intent(thresholds.sure)
    about_the_sheet = intent in ("ask_sheet", None)
    if intent in ("deny", "skip") or (about_the_sheet and _NO_SHEET.search(understood.text)):
        return pick(Question.SHEET, SKIP)
    agrees = intent == "affirm" or (about_the_sheet and _MAKE_IT.search(understood.text))
    if agrees and not NOT_YET_A_YES.search(understood.text) and not DISAGREEMENT.search(understood.text):
        return pick(Question.SHEET, MAKE)
    return None


def _has_had_enough(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Optional[Taken]:
    """もういいです lets the question go, or ends what goes on; a triage has its own way of ending."""
    question = consultation.question
    if question in (None, Question.TRIAGE) or not is_enough(understood.text):
        return None
    intent = understood.sure_intent(thresholds.sure) or ""
    if intent.startswith("ask_") or (intent in knowledge.issues and intent != UNCLEAR):
        return None
    if question not in _DETAILS:
        return pick(Question.ANYTHING_ELSE, DONE)
    return taken(Stops()) if leaves(understood.text) else pick(question, SKIP)


def _ends_or_goes_on(consultation: Consultation, understood: Understood, thresholds: Thresholds) -> Optional[Taken]:
    """Below a road a yes may be a farewell, or a wish for more; a no ends."""
    question = consultation.question
    means = _ENDS_OR_GOES_ON.get(question) if question else None
    if question is None or means is None:
        return None
    intent = understood.top[0]
    sure_intent = understood.sure_intent(thresholds.sure)
    agrees_to_the_road = question is Question.ANYTHING_ELSE and intent == "affirm" and not _MORE.search(understood.text)
    says_so = intent == "affirm" and bool(_WILL_GO.search(understood.text))
    will_go = says_so or (sure_intent is not None and understood.sub_issue(sure_intent, thresholds.sure) == "goes")
    if consultation.roads.shown and (agrees_to_the_road or will_go):
        return taken(WillGo())
    if sure_intent in means and not DISAGREEMENT.search(understood.text):
        return pick(question, means[sure_intent])
    return None


def _on_the_first_question(
    consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Optional[Taken]:
    """A bare yes or no tells nothing of what is wrong; the second one is taken as having no clear issue."""
    intent = understood.sure_intent(thresholds.sure)
    if intent == "deny" and consultation.roads.shown:
        return pick(Question.ANYTHING_ELSE, DONE)
    if intent in ("affirm", "deny") and not DISAGREEMENT.search(understood.text):
        return Taken((Problem(UNCLEAR),), leans=True, described=True) if consultation.talk.misses else taken(Refuses())
    return None


def _on_the_issues_offered(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Optional[Taken]:
    """Neither, both, or the one that the message says or agrees to."""
    candidates, over = consultation.talk.candidates, consultation.search.over
    intent = understood.top[0]
    sure_intent = understood.sure_intent(thresholds.sure)
    if sure_intent == "deny" or (sure_intent == "correct" and over):
        return pick(Question.WHICH_ISSUE, NEITHER)
    if BOTH.search(understood.text) and len(candidates) == 2:
        return pick(Question.WHICH_ISSUE, BOTH_OF_THEM)
    named = _named_after_a_yes(consultation, understood, sure_intent, thresholds)
    if named is not None:
        return issue_told(knowledge, named, understood, thresholds, consultation)
    if _agrees_to_the_first(consultation, understood, sure_intent):
        return pick(Question.ISSUE, candidates[0])
    likelier = max(candidates, key=understood.confidence)
    if intent in knowledge.issues and understood.confidence(likelier) >= thresholds.sure / 2:
        return issue_told(knowledge, likelier, understood, thresholds, consultation)
    half_a_yes = understood.confidence("affirm") + understood.confidence(likelier) >= thresholds.sure / 2
    not_denied = sure_intent is None and half_a_yes and not DISAGREEMENT.search(understood.text)
    # we asked for a word only where it is not so
    return pick(Question.ISSUE, likelier) if _one_finding(consultation) and not_denied else None


def _named_after_a_yes(
    consultation: Consultation, understood: Understood, sure_intent: Optional[str], thresholds: Thresholds
) -> Optional[str]:
    """Which of the issues offered a yes goes on to name: そうです、新しい売り先を探したい. None where it names none."""
    told = {issue: understood.other_issues.get(issue, 0.0) for issue in consultation.talk.candidates}
    likelier = max(told, key=lambda issue: told[issue])
    return likelier if sure_intent == "affirm" and told[likelier] >= thresholds.other else None


def _one_finding(consultation: Consultation) -> bool:
    return consultation.search.over and len(consultation.talk.candidates) == 1


def _agrees_to_the_first(consultation: Consultation, understood: Understood, sure_intent: Optional[str]) -> bool:
    """Whether a yes, or a word such as それです, means the issue that was found, or offered alone."""
    over = consultation.search.over
    if not over and len(consultation.talk.candidates) != 1:
        return False
    points_at_it = _THAT_ONE.search(understood.text) or REALISES.search(understood.text)
    says_so = bool(points_at_it) and not DISAGREEMENT.search(understood.text)
    return sure_intent == "affirm" or (sure_intent == UNCLEAR and over) or (says_so and _one_finding(consultation))


def _on_a_detail(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Optional[Taken]:
    """What is said when the sub-issue or the prefecture was asked; a refusal lets the question go."""
    question = consultation.question
    assert question is not None
    asked_for_the_place = question is Question.PREFECTURE
    declines = _DECLINES.search(understood.text) or (asked_for_the_place and _REFUSES.match(understood.text))
    if declines and not understood.prefectures and not understood.asks:
        return pick(question, SKIP)
    if question is Question.SUB_ISSUE:
        sub_issue = _on_a_sub_issue(knowledge, consultation, understood, thresholds)
        if sub_issue is not None:
            return sub_issue
    intent, confidence = understood.top
    sure = confidence >= thresholds.sure
    small_talk = intent == "out_of_scope" and sure and confidence < thresholds.change and not understood.asks
    of_the_shop = small_talk and understood.sub_issue(intent, thresholds.sure) != "abuse"  # ベトナムの野菜、調味料
    if of_the_shop or (consultation.roads.shown and intent == UNCLEAR):
        return Taken((Tells(),), described=True)
    in_hand = consultation.issue not in (None, UNCLEAR)
    if asked_for_the_place and intent == UNCLEAR and in_hand and not understood.asks and sure:
        return Taken((Tells(),), described=True)  # what is unclear takes the place of nothing that is clear
    says_no = intent == "deny" and not DISAGREEMENT.search(understood.text)
    if sure and (intent == "skip" or says_no):
        return pick(question, SKIP)
    changes = intent in knowledge.issues and consultation.issue != UNCLEAR and not _elaborates(consultation, intent)
    now_first = sure and intent in consultation.others and _FIRST.search(understood.text)
    # what speaks for a correction speaks for the change: いや、お金の話です
    read_so = max((r.confidence for r in understood.moves if r.move in ("not_problem", "no")), default=0.0)
    clear = confidence + understood.confidence("correct") + understood.confidence("deny") + read_so
    if changes and clear < thresholds.change and not now_first:
        return Taken((Tells(),), described=True)
    return None


def _on_a_sub_issue(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Optional[Taken]:
    """The sub-issue that is told in the owner's own words; more of the same issue without one is more told."""
    issue = consultation.issue_in(knowledge)
    intent, confidence = understood.top
    sure = confidence >= thresholds.sure
    about_an_institution = bool(understood.institutions) and not (sure and intent == consultation.issue)
    if issue is None or about_an_institution:
        return None
    elaborates = _elaborates(consultation, intent)
    said = understood.sub_issue(issue.name, thresholds.sure)  # the question narrows what is meant
    if said is not None and (elaborates or not sure):
        return pick(Question.SUB_ISSUE, said)
    return pick(Question.SUB_ISSUE, MORE) if elaborates else None


def _elaborates(consultation: Consultation, intent: str) -> bool:
    """Whether the intent is the issue that is settled, or no clear one: then the message tells more of it."""
    return consultation.issue is not None and intent in (consultation.issue, UNCLEAR)
