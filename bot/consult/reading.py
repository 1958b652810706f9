"""How a message is to be taken, given what was just asked: an answer, an issue, an interruption, or not understood."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import FrozenSet, Tuple

from bot.consult.acts import (
    AFTER_DISTRESS,
    ANSWER,
    ASK_SHEET,
    BACK_TO_BOT,
    CORRECT,
    DISTRESS,
    FORGET,
    GOES,
    JUST_NUMBERS,
    KINDS,
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
from bot.consult.choices import ASKS_FOR_SHEET, ASKS_TO_FORGET, asks_for_the_bot, number_in, picked
from bot.consult.consultation import (
    ANYTHING_ELSE,
    ISSUE,
    OTHER_ISSUE,
    PREFECTURE,
    SUB_ISSUE,
    UNCLEAR,
    WHICH_ISSUE,
    Consultation,
)
from bot.consult.distress import is_distress
from bot.consult.forgetting import on_forgetting
from bot.consult.heard import Heard
from bot.consult.in_answer import REALISES, in_answer_to
from bot.consult.issue_told import INSTEAD, issue_instead, issue_told, several_worries
from bot.consult.sent import is_only_sent
from bot.consult.while_paused import while_paused
from bot.knowledge import Knowledge
from bot.masking import says_hidden, without_hidden
from bot.normalization import bare, readable

MAX_CHARACTERS = 1000
# Hours without a word after which the owner is told where we were: more than an afternoon's work, less than a night.
LONG_SILENCE_H = 6.0
_BRINGS_NOTHING_NEW = ("greet", "affirm", UNSURE)
_WORDS_AROUND_A_PLACE = 6
_FIRST_CLAUSE = re.compile(r"[^。、,！!？?\s]+")
_OPENS = re.compile(
    "(ちょっと|少し|あの)?、?(ご?相談|話|聞いてほしいこと|聞きたいこと)(が|に)?(ある|あり|あって|したい|のって|乗って).{0,8}"
)
_A_MERE_YES = re.compile("(はい|ええ|うん)+")
_WEARY = re.compile("疲れ|つかれ|しんど|まいった|参った|嫌にな|いやにな|やってられ|へとへと|くたくた")
_ABOUT_INSTITUTIONS = ("ask_institution", "ask_contact", "ask_cost", "ask_why", "ask_human")
_STILL_ANSWERED = ("goodbye", "restart", "thank")


def read(
    knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds, silent_h: float = 0.0
) -> Reading:
    """How to take a message that comes after `silent_h` hours without one.

    What was asked comes first, then distress, then what was understood.
    """
    if asks_for_the_bot(knowledge, consultation, heard.text):
        return Reading(BACK_TO_BOT)
    if heard.pressed == ASKS_TO_FORGET:
        return Reading(FORGET)
    if consultation.paused:
        return while_paused(knowledge, consultation, heard, thresholds)
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
    if choice is not None and consultation.question == FORGET:
        return Reading(FORGET, choice.id)
    if choice is not None:
        return Reading(ASK_SHEET) if choice.id in ASKS_FOR_SHEET else Reading(ANSWER, choice.id)
    if not any(character.isalnum() for character in readable(without_hidden(heard.text))):
        return Reading(JUST_NUMBERS if says_hidden(heard.text) else UNSURE)
    if is_distress(consultation, heard, thresholds):
        return Reading(DISTRESS)
    if consultation.comforted and not _asks_in_distress(heard, thresholds):
        return Reading(AFTER_DISTRESS)
    answer = on_forgetting(consultation, heard, thresholds)
    if answer is not None:
        return answer
    if number_in(bare(heard.text)) is not None and consultation.question is not None:
        return Reading(UNSURE)
    if INSTEAD.search(heard.text) and is_just_facts(heard):
        return Reading(CORRECT)
    if is_just_facts(heard):
        goes_along = consultation.question == WHICH_ISSUE and consultation.triaged and len(consultation.candidates) == 1
        return Reading(ANSWER, f"{ISSUE}.{consultation.candidates[0]}" if goes_along else None)
    if _tells_the_place(knowledge, consultation, heard):
        return Reading(ANSWER, None, _brought_up(knowledge, heard, thresholds))
    meant = issue_instead(knowledge, consultation, heard, thresholds)
    if meant is not None and meant == consultation.issue and not heard.prefectures:
        return issue_told(knowledge, meant, heard, thresholds, consultation)  # it was taken so all along
    if meant is not None:
        return Reading(CORRECT, f"{ISSUE}.{meant}")
    if _sees_it_now(knowledge, consultation, heard):
        below_a_road = consultation.question in (ANYTHING_ELSE, OTHER_ISSUE)
        return Reading(REMARK if below_a_road else TOLD)
    return (
        in_answer_to(knowledge, consultation, heard, thresholds)
        or after_a_road(knowledge, consultation, heard, thresholds)
        or _on_its_own(knowledge, consultation, heard, thresholds)
    )


def _asks_in_distress(heard: Heard, thresholds: Thresholds) -> bool:
    """Whether an owner in distress asks something or takes leave; こんなこと書いていいのか is no question to us."""
    intent = heard.sure_intent(thresholds.sure) or ""
    if intent == "ask_capability":
        return heard.sub_issue(intent, thresholds.sure) is not None
    return intent.startswith("ask_") or intent in _STILL_ANSWERED


def _tells_the_place(knowledge: Knowledge, consultation: Consultation, heard: Heard) -> bool:
    """Whether the place that was asked for stands first and nothing is asked: 埼玉です、私とバイトの子ひとり."""
    if consultation.question != PREFECTURE or not heard.prefectures or heard.asks:
        return False
    intent = heard.top[0]
    another_issue = intent in knowledge.issues and intent != consultation.issue
    first = _FIRST_CLAUSE.match(heard.text)
    begins = first is not None and len(bare(first.group())) <= heard.place_characters + _WORDS_AROUND_A_PLACE
    return intent == "out_of_scope" or (begins and another_issue)


def _brought_up(knowledge: Knowledge, heard: Heard, thresholds: Thresholds) -> Tuple[str, ...]:
    """Another issue that a message tells of beside the place, to be offered later; who works there is none."""
    intent, confidence = heard.top
    told = intent in knowledge.issues and confidence >= thresholds.change
    return (intent,) if told and heard.other_issues.get(intent, 0.0) >= thresholds.other else ()


def _sees_it_now(knowledge: Knowledge, consultation: Consultation, heard: Heard) -> bool:
    """Whether what sounds like a correction only takes in what was found: 店をどうするかという話だったんですね."""
    settled = consultation.issue_in(knowledge) is not None
    settled = settled and consultation.question in (SUB_ISSUE, PREFECTURE, ANYTHING_ELSE, OTHER_ISSUE)
    return settled and heard.top[0] == CORRECT and bool(REALISES.search(heard.text))


def is_just_facts(heard: Heard) -> bool:
    """Whether a message says where, what trade or how many people, and hardly a word more."""
    named = heard.prefectures or heard.municipalities
    just_a_place = bool(named) and len(bare(heard.text)) - heard.place_characters <= _WORDS_AROUND_A_PLACE
    return just_a_place or heard.only_facts


def _on_its_own(knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds) -> Reading:
    intent, confidence = heard.top
    nothing_to_correct = consultation.issue is None and consultation.prefecture is None
    if intent == "correct" and nothing_to_correct:
        heard = heard.without(intent)
        intent, confidence = heard.top
    told = heard.without(intent)
    if intent == "greet" and told.sure_intent(thresholds.sure) in {*knowledge.issues} - {UNCLEAR}:
        heard, (intent, confidence) = told, told.top  # こんにちは。お客さん少ない
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
    worries = several_worries(knowledge, consultation, heard, thresholds)
    if len(worries) > 1 and (intent == UNCLEAR or confidence < thresholds.sure):
        return Reading(SEVERAL, None, worries)
    if confidence >= thresholds.sure and intent in knowledge.issues:
        return issue_told(knowledge, intent, heard, thresholds, consultation)
    if confidence >= thresholds.sure:
        return Reading(intent)
    two = heard.ranking[:2]
    if len(two) == 2 and _are_issues(two, knowledge) and sum(c for _, c in two) >= thresholds.pair:
        if consultation.issue in dict(two):
            return issue_told(knowledge, consultation.issue or "", heard, thresholds, consultation)
        return Reading(UNCLEAR if UNCLEAR in dict(two) else TWO_CANDIDATES)
    if consultation.issue is None and _WEARY.search(heard.text):
        return Reading(UNCLEAR)  # who is tired is not told that they were not understood
    return Reading(ANSWER) if heard.prefectures else Reading(UNSURE)


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
