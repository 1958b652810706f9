"""How a message is to be taken, given what was just asked: an answer, an issue, an interruption, or not understood."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import FrozenSet, Optional, Tuple

from bot.consult.acts import (
    AFTER_DISTRESS,
    ANSWER,
    ASK_SHEET,
    BACK_TO_BOT,
    CORRECT,
    DISTRESS,
    GOES,
    KINDS,
    MORE_TOLD,
    REMARK,
    RETURNED,
    SEVERAL,
    TOLD,
    TOO_LONG,
    TWO_CANDIDATES,
    UNSURE,
    Reading,
    Thresholds,
)
from bot.consult.after_a_road import after_a_road
from bot.consult.choices import ASKS_FOR_SHEET, asks_for_the_bot, number_in, picked
from bot.consult.consultation import (
    ANYTHING_ELSE,
    CALL_BACK,
    ISSUE,
    OTHER_ISSUE,
    PAUSED,
    PREFECTURE,
    SHEET,
    SUB_ISSUE,
    TRIAGE,
    UNCLEAR,
    WHICH_ISSUE,
    Consultation,
)
from bot.consult.distress import is_distress
from bot.consult.heard import Heard
from bot.consult.sent import is_only_sent
from bot.consult.triage_reading import DISAGREEMENT, closely, is_enough, on_a_symptom
from bot.consult.urgency import is_urgent
from bot.knowledge import Knowledge
from bot.normalization import bare, readable

MAX_CHARACTERS = 1000
# Hours without a word after which the owner is told where we were: more than an afternoon's work, less than a night.
LONG_SILENCE_H = 6.0
_BRINGS_NOTHING_NEW = ("greet", "affirm", UNSURE)
_WORDS_AROUND_A_PLACE = 6
_LONGEST_COMMAND = 15
_MOST_WORRIES = 3
_SETTLED_GIVES_WAY = 0.97
# So clear a clause must be to be kept for later where the owner cannot say what the matter is; triage asks anyway.
_CLEAR_BESIDE_THE_UNCLEAR = 0.85
_BOTH = re.compile("両方|二つとも|2つとも|どちらも|どっちも")
_FIRST = re.compile("まず|先ず|先に|優先|急ぎ|急ぐ|から(先|聞|お願い|相談)")
_OPENS = re.compile(
    "(ちょっと|少し|あの)?、?(ご?相談|話|聞いてほしいこと|聞きたいこと)(が|に)?(ある|あり|あって|したい|のって|乗って).{0,8}"
)
_MORE = re.compile("ある|あり|有り|はい$|ええ$|うん$|もう(一|ひと|1)|まだ|ほか|他|別|相談|続け")
_A_MERE_YES = re.compile("(はい|ええ|うん)+")
_THAT_ONE = re.compile(
    "(そっち|そちら|それ|そこ)(の(ほう|方|話|相談|こと))?(に|を|で|か|だ|や|が|、|。|$)|言われ(て|れば|たら)"
)
_DECLINES = re.compile(
    "勘弁|パス(で|し(ます|とく|たい)|[、。]|$)|言え(ない|ません|へん|ん)|言いたく(な|あり)|内緒|秘密|ノーコメント|差し控え|伏せ"
)
_REFUSES = re.compile("(だめ|ダメ|駄目|いや|嫌|やだ|無理|むり)(です|だ|や)?(ね|よ|な)?([、。!！]|$)")
_WEARY = re.compile("疲れ|つかれ|しんど|まいった|参った|嫌にな|いやにな|やってられ|へとへと|くたくた")
# What was found is seen now: 機械じゃなくて、店をどうするかという話だったんですね
_REALISES = re.compile(
    "(話|こと|相談|問題)(だった|やった|じゃった|だ|や|なん)?(と|ん|の)?(です|だ|や)?(か|ね|な|ねえ|なあ|のか)[。!！]*$"
)
_INSTEAD = re.compile("(じゃ|では|や)(なくて?|なしに|のうて|ねくて)")
_ENDS_OR_GOES_ON = {
    ANYTHING_ELSE: {"affirm": "more", "deny": "done", "skip": "done"},
    OTHER_ISSUE: {"affirm": "go", "deny": "done", "skip": "done"},
}
_MAKE_IT = re.compile("(作|つく)(って|りたい|ります)|お願いします|頼みます")
_NO_SHEET = re.compile("(作|つく)(ら(な|へん|ん)|りませ)|いらな|いりませ|要らな|要りませ|不要|結構です|やめ(て|と|ま)")
_NOT_YET_A_YES = re.compile("[?？]|か(な|ね|しら)?[。.]*$|誰|だれ|でも|けど|けれど|まだ|待って|あとで|後で|迷|やめ")
_ABOUT_INSTITUTIONS = ("ask_institution", "ask_contact", "ask_cost", "ask_why", "ask_human")
_STILL_ANSWERED = ("ask_", "goodbye", "restart", "thank")


def read(
    knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds, silent_h: float = 0.0
) -> Reading:
    """How to take a message that comes after `silent_h` hours without one.

    What was asked comes first, then distress, then what was understood.
    """
    if asks_for_the_bot(knowledge, consultation, heard.text):
        return Reading(BACK_TO_BOT)
    if consultation.paused:
        return _while_paused(knowledge, consultation, heard, thresholds)
    reading = _of_its_kind(_read(knowledge, consultation, heard, thresholds), heard, thresholds)
    brings_nothing_new = reading.act in _BRINGS_NOTHING_NEW and not heard.prefectures and not heard.industry
    if silent_h >= LONG_SILENCE_H and consultation.unfinished and brings_nothing_new:
        return Reading(RETURNED)
    return reading


def _of_its_kind(reading: Reading, heard: Heard, thresholds: Thresholds) -> Reading:
    """The same, but abuse and the like are acts of their own and not only out of scope."""
    kind = heard.sub_issue(reading.act, thresholds.sure)
    return replace(reading, act=KINDS.get((reading.act, kind or ""), reading.act))


def _read(knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds) -> Reading:
    if len(heard.text) > MAX_CHARACTERS:
        return Reading(TOO_LONG)
    choice = picked(knowledge, consultation, heard.text, heard.pressed)
    a_mere_yes = consultation.standing and _A_MERE_YES.fullmatch(bare(heard.text))
    if choice is not None and choice.id == f"{ANYTHING_ELSE}.more" and a_mere_yes:
        return Reading(GOES)  # it was not asked again; はい agrees to what was said last
    if choice is not None:
        return Reading(ASK_SHEET) if choice.id in ASKS_FOR_SHEET else Reading(ANSWER, choice.id)
    if not any(character.isalnum() for character in readable(heard.text)):
        return Reading(UNSURE)
    if is_distress(consultation, heard, thresholds):
        return Reading(DISTRESS)
    if consultation.comforted and not heard.top[0].startswith(_STILL_ANSWERED):
        return Reading(AFTER_DISTRESS)
    if number_in(bare(heard.text)) is not None and consultation.question is not None:
        return Reading(UNSURE)
    if _INSTEAD.search(heard.text) and is_just_facts(heard):
        return Reading(CORRECT)
    if is_just_facts(heard):
        goes_along = consultation.question == WHICH_ISSUE and consultation.triaged and len(consultation.candidates) == 1
        return Reading(ANSWER, f"{ISSUE}.{consultation.candidates[0]}" if goes_along else None)
    if _tells_the_place(consultation, heard):
        return Reading(ANSWER)
    meant = _instead(knowledge, consultation, heard, thresholds)
    if meant is not None:
        return Reading(CORRECT, f"{ISSUE}.{meant}")
    sees_it_now = heard.top[0] == CORRECT and consultation.issue_in(knowledge) and _REALISES.search(heard.text)
    if sees_it_now and consultation.question in (SUB_ISSUE, PREFECTURE, ANYTHING_ELSE, OTHER_ISSUE):
        return Reading(REMARK if consultation.question in _ENDS_OR_GOES_ON else TOLD)
    return (
        _in_answer_to(knowledge, consultation, heard, thresholds)
        or after_a_road(knowledge, consultation, heard, thresholds)
        or _on_its_own(knowledge, consultation, heard, thresholds)
    )


def _while_paused(knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds) -> Reading:
    """What an owner writes to staff is for staff: the bot hears distress, a new beginning, and its own question.

    A long message that speaks of beginning again tells staff a story; only a short one asks the bot to.
    """
    intent, confidence = heard.top
    sure = confidence >= thresholds.sure
    if is_distress(consultation, heard, thresholds):
        return Reading(DISTRESS)
    if intent == "restart" and sure and len(bare(heard.text)) <= _LONGEST_COMMAND:
        return Reading(intent)
    if consultation.comforted:
        return Reading(AFTER_DISTRESS)
    if consultation.question == CALL_BACK:
        return _about_call_back(knowledge, consultation, heard, intent if sure else "")
    return Reading(PAUSED)


def _about_call_back(knowledge: Knowledge, consultation: Consultation, heard: Heard, sure_intent: str) -> Reading:
    """A wish for call-back in the owner's words, or none; what is clearly something else goes to staff as it is."""
    choice = picked(knowledge, consultation, heard.text, heard.pressed)
    if choice is not None:
        return Reading(CALL_BACK, choice.id)
    if any(character.isdecimal() for character in heard.text):
        return Reading(CALL_BACK)
    if sure_intent in ("deny", "skip"):
        return Reading(CALL_BACK, f"{CALL_BACK}.skip")
    if sure_intent == "ask_why":
        return Reading(sure_intent)
    says_nothing = not any(character.isalnum() for character in readable(heard.text))
    return Reading(PAUSED if says_nothing or sure_intent in knowledge.issues else CALL_BACK)


def _tells_the_place(consultation: Consultation, heard: Heard) -> bool:
    """Whether the place that was asked for is told beside small talk: 大崎。漬物屋なんて珍しいでしょ."""
    return consultation.question == PREFECTURE and bool(heard.prefectures) and heard.top[0] == "out_of_scope"


def is_just_facts(heard: Heard) -> bool:
    """Whether a message says where, what trade or how many people, and hardly a word more."""
    named = heard.prefectures or heard.municipalities
    just_a_place = bool(named) and len(bare(heard.text)) - heard.place_characters <= _WORDS_AROUND_A_PLACE
    return just_a_place or heard.only_facts


def _in_answer_to(
    knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds
) -> Optional[Reading]:
    """The reading that the waiting question suggests, or None where the message speaks for itself."""
    question = consultation.question
    intent, confidence = heard.top
    sure = confidence >= thresholds.sure
    if question == SHEET:
        return _on_a_sheet(heard, intent if sure else "")
    clear_in_itself = sure and intent != UNCLEAR and (intent in knowledge.issues or intent.startswith("ask_"))
    if question not in (None, TRIAGE) and is_enough(heard.text) and not clear_in_itself:
        return Reading(ANSWER, f"{question}.skip" if question in (SUB_ISSUE, PREFECTURE) else f"{ANYTHING_ELSE}.done")
    will_go = sure and heard.sub_issue(intent, thresholds.sure) == GOES
    agrees_to_the_road = question == ANYTHING_ELSE and intent == "affirm" and not _MORE.search(heard.text)
    if consultation.referred and (agrees_to_the_road or (will_go and question in _ENDS_OR_GOES_ON)):
        return Reading(GOES)
    meant = _ENDS_OR_GOES_ON.get(question or "", {}).get(intent)
    if meant is not None and sure and not DISAGREEMENT.search(heard.text):
        return Reading(ANSWER, f"{question}.{meant}")
    if question == TRIAGE and consultation.symptom is not None:
        return on_a_symptom(knowledge, consultation, consultation.symptom, heard, thresholds)
    if question == ISSUE and intent == "deny" and sure and consultation.referred:
        return Reading(ANSWER, f"{ANYTHING_ELSE}.done")
    if question == ISSUE and sure and intent in ("affirm", "deny") and not DISAGREEMENT.search(heard.text):
        return Reading(UNCLEAR if consultation.misses else "skip")
    if question == WHICH_ISSUE:
        if sure and (intent == "deny" or intent == "correct" and consultation.triaged):
            return Reading(ANSWER, f"{WHICH_ISSUE}.neither")
        if _BOTH.search(heard.text) and len(consultation.candidates) == 2:
            return Reading(ANSWER, f"{WHICH_ISSUE}.both")
        one_finding = consultation.triaged and len(consultation.candidates) == 1
        agrees = sure and (intent == "affirm" or (intent == UNCLEAR and consultation.triaged))
        says_so = bool(_THAT_ONE.search(heard.text) or _REALISES.search(heard.text)) and not DISAGREEMENT.search(
            heard.text
        )
        agrees = agrees or (one_finding and says_so)
        if agrees and (consultation.triaged or len(consultation.candidates) == 1):
            return Reading(ANSWER, f"{ISSUE}.{consultation.candidates[0]}")
        likelier = max(consultation.candidates, key=heard.confidence)
        if intent in knowledge.issues and heard.confidence(likelier) >= thresholds.sure / 2:
            return _issue(knowledge, likelier, heard, thresholds, consultation)
        half_a_yes = heard.confidence("affirm") + heard.confidence(likelier) >= thresholds.sure / 2
        if one_finding and not sure and half_a_yes and not DISAGREEMENT.search(heard.text):
            return Reading(ANSWER, f"{ISSUE}.{likelier}")  # we asked for a word only where it is not so
    declines = _DECLINES.search(heard.text) or (question == PREFECTURE and _REFUSES.match(heard.text))
    if question in (SUB_ISSUE, PREFECTURE) and declines and not heard.prefectures and not heard.asks:
        return Reading(ANSWER, f"{question}.skip")
    issue = consultation.issue_in(knowledge)
    elaborates = issue is not None and intent in (issue.name, UNCLEAR)
    about_an_institution = bool(heard.institutions) and not (sure and intent == consultation.issue)
    if question == SUB_ISSUE and issue is not None and not about_an_institution:
        said = heard.sub_issue(issue.name, thresholds.sure)  # the question narrows what is meant
        if said is not None and (elaborates or not sure):
            return Reading(ANSWER, f"{SUB_ISSUE}.{said}")
        if elaborates:
            return Reading(ANSWER, f"{SUB_ISSUE}.{MORE_TOLD}")
    if question in (SUB_ISSUE, PREFECTURE) and consultation.referred and intent == UNCLEAR:
        return Reading(TOLD)
    says_no = intent == "deny" and not DISAGREEMENT.search(heard.text)
    if question in (SUB_ISSUE, PREFECTURE) and sure and (intent == "skip" or says_no):
        return Reading(ANSWER, f"{question}.skip")
    changes = intent in knowledge.issues and not elaborates and consultation.issue != UNCLEAR
    now_first = sure and intent in consultation.other_issues and _FIRST.search(heard.text)
    if question in (SUB_ISSUE, PREFECTURE) and changes and confidence < thresholds.change and not now_first:
        return Reading(TOLD)
    return None


def _on_a_sheet(heard: Heard, sure_intent: str) -> Optional[Reading]:
    """Only a plain yes is consent; who asks back or hesitates has not agreed yet."""
    about_the_sheet = sure_intent in (ASK_SHEET, "")
    if sure_intent in ("deny", "skip") or (about_the_sheet and _NO_SHEET.search(heard.text)):
        return Reading(ANSWER, f"{SHEET}.skip")
    agrees = sure_intent == "affirm" or (about_the_sheet and _MAKE_IT.search(heard.text))
    if agrees and not _NOT_YET_A_YES.search(heard.text) and not DISAGREEMENT.search(heard.text):
        return Reading(ANSWER, f"{SHEET}.make")
    return None


def _on_its_own(knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds) -> Reading:
    intent, confidence = heard.top
    nothing_to_correct = consultation.issue is None and consultation.prefecture is None
    if intent == "correct" and nothing_to_correct:
        heard = heard.without(intent)
        intent, confidence = heard.top
    if consultation.issue is None and _OPENS.fullmatch(bare(heard.text)):
        return Reading("greet")  # 相談があります says no more than こんにちは
    if intent == "deny" and consultation.issue is None:
        return Reading("skip") if confidence >= thresholds.sure else Reading(UNSURE)  # there is nothing to put right
    if heard.institutions:
        about = {name: heard.confidence(name) for name in _ABOUT_INSTITUTIONS}
        if intent in about or intent == "out_of_scope" or sum(about.values()) >= thresholds.sure:
            return Reading(max(about, key=lambda name: about[name]))
    if consultation.issue is None and is_only_sent(heard.text):
        return Reading(UNCLEAR)
    worries = _worries(knowledge, consultation, heard, thresholds)
    if len(worries) > 1 and (intent == UNCLEAR or confidence < thresholds.sure):
        return Reading(SEVERAL, None, worries)
    if confidence >= thresholds.sure and intent in knowledge.issues:
        return _issue(knowledge, intent, heard, thresholds, consultation)
    if confidence >= thresholds.sure:
        return Reading(intent)
    two = heard.ranking[:2]
    if len(two) == 2 and _are_issues(two, knowledge) and sum(c for _, c in two) >= thresholds.pair:
        if consultation.issue in dict(two):
            return _issue(knowledge, consultation.issue or "", heard, thresholds, consultation)
        return Reading(UNCLEAR if UNCLEAR in dict(two) else TWO_CANDIDATES)
    if consultation.issue is None and _WEARY.search(heard.text):
        return Reading(UNCLEAR)  # who is tired is not told that they were not understood
    return Reading(ANSWER) if heard.prefectures else Reading(UNSURE)


def _instead(knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds) -> Optional[str]:
    """The issue that a correction names: 店のじゃなくて通りの. None where the message is none, or names none."""
    intent, _ = heard.top
    if intent not in (CORRECT, "deny") or consultation.issue is None:
        return None
    named = [(sure, issue) for issue, sure in heard.other_issues.items() if issue != UNCLEAR]
    surest, issue = max(named, default=(0.0, ""))
    return issue if surest >= thresholds.other else None


def _worries(knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds) -> Tuple[str, ...]:
    """The two or three worries that an owner without a clear issue names in one breath, surest first."""
    if consultation.issue not in (None, UNCLEAR) or consultation.question not in (None, ISSUE):
        return ()
    of_all, confidence = heard.top  # half of it may be this one; what else there is stands in the clauses
    half_sure = thresholds.sure / 2 <= confidence < thresholds.sure
    told_of = {**heard.other_issues, **({of_all: confidence} if half_sure else {})}
    nameable = {*knowledge.issues} - {UNCLEAR}
    named = sorted(((sure, issue) for issue, sure in told_of.items() if issue in nameable), reverse=True)
    told = [issue for sure, issue in named if sure >= thresholds.other or issue == of_all][:_MOST_WORRIES]
    return tuple(closely(issue, heard, thresholds) for issue in told)


def _issue(
    knowledge: Knowledge, issue: str, heard: Heard, thresholds: Thresholds, consultation: Consultation
) -> Reading:
    """The issue, with the sub-issue that the same message makes clear, and what else it brings up.

    A sub-issue that is settled already gives way only to one as clear as another issue would have to be.
    """
    settled = issue == consultation.issue and consultation.sub_issue is not None
    clear = thresholds.sure / 2 if is_urgent(heard.text) else thresholds.sub_issue  # a near date leaves no time to ask
    sub_issue = heard.sub_issue(issue, _SETTLED_GIVES_WAY if settled else clear)
    least = thresholds.other / 2 if _BOTH.search(heard.text) else thresholds.other
    least = _CLEAR_BESIDE_THE_UNCLEAR if issue == UNCLEAR else least
    beside = tuple(
        closely(other, heard, thresholds)
        for other, confidence in heard.other_issues.items()
        if confidence >= least and other not in (issue, UNCLEAR)
    )
    others = tuple(other for other in beside if other not in knowledge.issues[issue].includes)
    return Reading(issue, f"{SUB_ISSUE}.{sub_issue}" if sub_issue else None, others)


def _are_issues(ranked: Tuple[Tuple[str, float], ...], knowledge: Knowledge) -> bool:
    issues: FrozenSet[str] = frozenset(knowledge.issues)
    return all(intent in issues for intent, _ in ranked)


def guesses(knowledge: Knowledge, heard: Heard, least: float = 0.0) -> Tuple[str, ...]:
    """The two issues that the message most probably means, best first; none where together they stay below `least`.

    That the matter is unclear is no guess that could be offered.
    """
    nameable = {*knowledge.issues} - {UNCLEAR}
    ranked = [(intent, confidence) for intent, confidence in heard.ranking if intent in nameable][:2]
    if len(ranked) < 2 or sum(confidence for _, confidence in ranked) < least:
        return ()
    return tuple(intent for intent, _ in ranked)
