"""How a message is to be taken, given what was just asked: an answer, an issue, an interruption, or not understood."""

from __future__ import annotations

import re
from typing import FrozenSet, Optional, Tuple

from bot.consult.choices import MORE, Option, calls_the_bot, number_in, options, picked, rated
from bot.consult.moves import (
    About,
    Asks,
    Distress,
    Greets,
    No,
    NotProblem,
    Pick,
    Problem,
    Rates,
    Standing,
    Stops,
    Tells,
    WantsBot,
    WantsPerson,
    WantsToBeForgotten,
    WillGo,
)
from bot.consult.reading.after_a_road import after_a_road
from bot.consult.reading.asked_for import with_what_is_asked
from bot.consult.reading.brought import with_what_is_brought
from bot.consult.reading.denied import denied_by_name
from bot.consult.reading.distress import is_distress, says_otherwise
from bot.consult.reading.forgetting import on_forgetting
from bot.consult.reading.in_answer import REALISES, in_answer_to
from bot.consult.reading.in_place import in_place
from bot.consult.reading.intents import of_intent
from bot.consult.reading.issue_told import INSTEAD, issue_instead, issue_told, several_worries
from bot.consult.reading.sent import is_only_sent
from bot.consult.reading.taken import ONLY_FACTS, UNSURE, Taken, beside, pick, taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.triage_reading import DISAGREEMENT
from bot.consult.reading.understood import Understood
from bot.consult.reading.while_paused import while_paused
from bot.consult.state import BELOW_A_ROAD, UNCLEAR, Consultation, Question
from bot.knowledge import Knowledge, Matter
from bot.masking import says_hidden
from bot.messages import BACK_TO_BOT, COMES_IN, IN_DISTRESS, PERSON, TO_BE_FORGOTTEN
from bot.normalization import LONGEST_TEXT_READ, bare
from bot.phrases import pattern

# What stands at any time on every channel, by the id of its button.
_PRESSED_AT_ANY_TIME = {
    COMES_IN: Greets(),
    PERSON: WantsPerson(),
    IN_DISTRESS: Distress(),
    TO_BE_FORGOTTEN: WantsToBeForgotten(),
    BACK_TO_BOT: WantsBot(),
}
_WORDS_AROUND_A_PLACE = 6
_AN_INTRODUCTION = 20  # characters: 去年カフェを始めたばかりです
_MANY_WORRIES = 3
_FIRST_CLAUSE = re.compile(r"[^。、,！!？?\s]+")
_OPENS = re.compile(
    "(ちょっと|少し|あの)?、?(ご?相談|話|聞いてほしいこと|聞きたいこと)(が|に)?(ある|あり|あって|したい|のって|乗って).{0,8}"
)
_A_MERE_YES = re.compile("(はい|ええ|うん)+")
_WEARY = re.compile("疲れ|つかれ|しんど|まいった|参った|嫌にな|いやにな|やってられ|へとへと|くたくた")
_ABOUT_INSTITUTIONS = ("ask_institution", "ask_contact", "ask_cost", "ask_why", "ask_human")
_STILL_ANSWERED = ("goodbye", "restart", "thank")
_SETTLED = (Question.SUB_ISSUE, Question.PREFECTURE, *BELOW_A_ROAD)


def in_context(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Taken:
    """What was pressed comes first, then distress, then what was asked, then what was understood."""
    heard = _in_context(knowledge, consultation, understood, thresholds)
    if _is_no_correction(consultation, understood, thresholds, heard):
        heard = UNSURE
    in_distress = consultation.talk.comforted and not says_otherwise(consultation, understood)
    if consultation.talk.paused or in_distress or is_too_long(understood):
        return heard
    asked = with_what_is_asked(knowledge, consultation, understood, thresholds, heard)
    return with_what_is_brought(knowledge, consultation, understood, thresholds, asked)


def _is_no_correction(consultation: Consultation, understood: Understood, thresholds: Thresholds, heard: Taken) -> bool:
    """Whether what was taken for a bare correction answers for the place instead, in a way we cannot read."""
    if consultation.question is not Question.PREFECTURE or heard.moves not in ((NotProblem(),), (No(),)):
        return False
    denies = any(
        read.move in ("no", "not_problem") and read.confidence >= thresholds.in_place for read in understood.moves
    )
    return not denies and not DISAGREEMENT.search(understood.text)


def _in_context(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Taken:
    pressed = _PRESSED_AT_ANY_TIME.get(understood.pressed or "")
    if pressed is not None:
        return taken(pressed)
    useful = rated(knowledge, consultation, understood.text, understood.pressed)
    if useful is not None:
        return taken(Rates(useful))
    if calls_the_bot(knowledge, consultation.talk.paused, understood.text):
        return taken(WantsBot())
    if consultation.talk.paused:
        return while_paused(knowledge, consultation, understood, thresholds)
    if is_too_long(understood):
        return taken(Distress()) if is_distress(consultation, understood, thresholds) else Taken()
    option = picked(knowledge, consultation, understood.text, understood.pressed) or _opens_with_a_label(
        knowledge, consultation, understood
    )
    a_mere_yes = consultation.talk.standing and _A_MERE_YES.fullmatch(bare(understood.text))
    if option is not None and option.is_(Question.ANYTHING_ELSE, MORE) and a_mere_yes:
        return taken(WillGo())  # it was not asked again; はい agrees to what was said last
    if option is not None:
        return taken(Asks(About.SHEET)) if option.asks_for_sheet else taken(Pick(option, words=understood.original))
    if not any(character.isalnum() for character in understood.text):
        return Taken() if says_hidden(understood.original) else UNSURE
    believed = says_otherwise(consultation, understood)
    if believed:
        understood = understood.without("distress")  # heard once, and believed
    elif is_distress(consultation, understood, thresholds):
        return taken(Distress())
    elif understood.top[0] == "distress":  # the classifier takes it for that all the same; what else is it about
        understood = understood.without("distress")
    if consultation.talk.comforted and not (believed or _asks_in_distress(understood, thresholds)):
        return Taken()  # what is said right after is met, whatever it is about
    under_way = consultation.issue is not None or bool(consultation.roads.shown)
    if under_way and pattern("takes_leave").match(understood.text):
        return taken(Stops())
    if pattern("takes_heart").match(understood.text) and consultation.roads.shown:
        return taken(WillGo())
    leaves_it_to_us = pattern("asks_us_to_choose").search(understood.text) or (
        pattern("asks_which_first").search(understood.text) and not understood.institutions
    )
    if consultation.question is Question.WHICH_ISSUE and leaves_it_to_us:
        return taken(Pick(Option(Question.ISSUE, consultation.talk.candidates[0]), left_to_us=True))
    answer = on_forgetting(knowledge, consultation, understood, thresholds)
    if answer is not None:
        return answer
    if number_in(bare(understood.text)) is not None and consultation.question is not None:
        return UNSURE
    denied = denied_by_name(knowledge, consultation, understood, thresholds)
    if denied is not None:
        return denied
    if _introduces_the_business(knowledge, consultation, understood):
        return ONLY_FACTS
    placed = in_place(knowledge, consultation, understood, thresholds)
    if placed is not None:
        return placed
    if is_just_facts(understood):
        return _just_facts(consultation, understood)
    if _tells_the_place(knowledge, consultation, understood):
        return Taken(beside(_brought_up(knowledge, understood, thresholds)), described=True)
    meant = issue_instead(knowledge, consultation, understood, thresholds)
    if meant is not None and meant == consultation.issue and not understood.prefectures:
        # it was taken so all along
        return issue_told(knowledge, meant, understood, thresholds, consultation)
    if meant is not None:
        return taken(NotProblem(consultation.issue), Problem(meant, words=understood.original))
    if _sees_it_now(knowledge, consultation, understood):
        return Taken((Tells(),), described=consultation.question not in BELOW_A_ROAD)
    if _tells_whom_it_is_for(knowledge, consultation, understood, thresholds):
        return issue_told(knowledge, understood.top[0], understood, thresholds, consultation)
    return (
        in_answer_to(knowledge, consultation, understood, thresholds)
        or after_a_road(knowledge, consultation, understood, thresholds)
        or _on_its_own(knowledge, consultation, understood, thresholds)
    )


def _introduces_the_business(knowledge: Knowledge, consultation: Consultation, understood: Understood) -> bool:
    """Whether a short message only says what the business is, and how old: カフェです。まだ開店前です."""
    intent = understood.top[0]
    in_hand = consultation.issue not in (None, UNCLEAR) and not consultation.answered
    another = intent in knowledge.issues and intent != consultation.issue
    is_short = len(bare(understood.text)) <= _AN_INTRODUCTION and not understood.asks_within
    return in_hand and another and is_short and understood.industry is not None and understood.stage is not None


def _tells_whom_it_is_for(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> bool:
    """Whether, while we search, an issue is told plainly and whom to see for it is asked: 求人はどこに相談すれば."""
    intent, confidence = understood.top
    plainly = intent in knowledge.issues and intent != UNCLEAR and confidence >= thresholds.offer
    searching = consultation.question is Question.TRIAGE
    return searching and plainly and bool(pattern("asks_whom").search(understood.text))


def _opens_with_a_label(knowledge: Knowledge, consultation: Consultation, understood: Understood) -> Optional[Option]:
    """The issue whose label the message is word for word, where nothing was asked yet: channels show them beside."""
    if consultation.question is not None or consultation.issue is not None:
        return None
    offered = options(knowledge, consultation.with_talk(question=Question.ISSUE))
    return next((option for option in offered if bare(option.label) == bare(understood.text)), None)


def is_too_long(understood: Understood) -> bool:
    """Whether a message has more characters than are read."""
    return len(understood.original) > LONGEST_TEXT_READ


def _asks_in_distress(understood: Understood, thresholds: Thresholds) -> bool:
    """Whether an owner in distress asks something or takes leave; こんなこと書いていいのか is no question to us."""
    intent = understood.sure_intent(thresholds.sure) or ""
    if intent == "ask_capability":
        return understood.sub_issue(intent, thresholds.sure) is not None
    return intent.startswith("ask_") or intent in _STILL_ANSWERED


def _just_facts(consultation: Consultation, understood: Understood) -> Taken:
    """A correction, a yes to the one issue found, or only facts."""
    if INSTEAD.search(understood.text):
        return taken(NotProblem())
    candidates = consultation.talk.candidates
    if consultation.question is Question.WHICH_ISSUE and consultation.search.over and len(candidates) == 1:
        return pick(Question.ISSUE, candidates[0])
    return ONLY_FACTS


def _tells_the_place(knowledge: Knowledge, consultation: Consultation, understood: Understood) -> bool:
    """Whether the place that was asked for stands first and nothing is asked: 埼玉です、私とバイトの子ひとり."""
    if consultation.question is not Question.PREFECTURE or not understood.prefectures or understood.asks:
        return False
    intent = understood.top[0]
    another_issue = intent in knowledge.issues and intent != consultation.issue
    first = _FIRST_CLAUSE.match(understood.text)
    longest = understood.place_characters + _WORDS_AROUND_A_PLACE
    begins = first is not None and len(bare(first.group())) <= longest
    return intent == "out_of_scope" or (begins and another_issue)


def _brought_up(knowledge: Knowledge, understood: Understood, thresholds: Thresholds) -> Tuple[Matter, ...]:
    """Another issue that a message tells of beside the place, to be offered later; who works there is none."""
    intent, confidence = understood.top
    told = intent in knowledge.issues and confidence >= thresholds.change
    return (Matter(intent),) if told and understood.other_issues.get(intent, 0.0) >= thresholds.other else ()


def _sees_it_now(knowledge: Knowledge, consultation: Consultation, understood: Understood) -> bool:
    """Whether what sounds like a correction only takes in what was found: 店をどうするかという話だったんですね."""
    settled = consultation.issue_in(knowledge) is not None and consultation.question in _SETTLED
    return settled and understood.top[0] == "correct" and bool(REALISES.search(understood.text))


def is_just_facts(understood: Understood) -> bool:
    """Whether a message says where, what trade or how many people, and hardly a word more."""
    named = understood.prefectures or understood.municipalities
    around = len(bare(understood.text)) - understood.place_characters
    return (bool(named) and around <= _WORDS_AROUND_A_PLACE) or understood.only_facts


def _on_its_own(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Taken:
    intent, confidence = understood.top
    nothing_to_correct = consultation.issue is None and consultation.owner.prefecture is None
    if intent == "correct" and nothing_to_correct:
        understood = understood.without(intent)
        intent, confidence = understood.top
    told = understood.without(intent)
    if intent == "greet" and told.sure_intent(thresholds.sure) in {*knowledge.issues} - {UNCLEAR}:
        understood, (intent, confidence) = told, told.top  # こんにちは。お客さん少ない
    if (
        intent == "out_of_scope"
        and consultation.issue is None
        and pattern("introduces_oneself").search(understood.text)
    ):
        return ONLY_FACTS  # わたしは ネパールじんです。カレーの みせを しています is no other business
    if consultation.issue is None and _OPENS.fullmatch(bare(understood.text)):
        return taken(Greets())  # 相談があります says no more than こんにちは
    if intent == "deny" and consultation.issue is None:  # there is nothing to put right
        return of_intent("skip", understood, thresholds) if confidence >= thresholds.sure else UNSURE
    if understood.institutions:
        about = {name: understood.confidence(name) for name in _ABOUT_INSTITUTIONS}
        if intent in about or intent == "out_of_scope" or sum(about.values()) >= thresholds.sure:
            return of_intent(max(about, key=lambda name: about[name]), understood, thresholds)
    if consultation.issue is None and is_only_sent(understood.text):
        return _without_a_clear_issue()
    worries = several_worries(knowledge, consultation, understood, thresholds)
    if len(worries) > 1 and (intent == UNCLEAR or confidence < thresholds.sure or len(worries) >= _MANY_WORRIES):
        leading = tuple(Problem(matter.issue, matter.sub_issue) for matter in worries)
        return Taken(leading, leans=True)
    if confidence >= thresholds.sure and intent in knowledge.issues:
        return issue_told(knowledge, intent, understood, thresholds, consultation)
    if confidence >= thresholds.sure:
        return of_intent(intent, understood, thresholds)
    return _of_two(knowledge, consultation, understood, thresholds)


def _of_two(knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds) -> Taken:
    """Where no intent is sure: the two issues that it may be, weariness, a place, or nothing clear."""
    two = understood.ranking[:2]
    if len(two) == 2 and _are_issues(two, knowledge) and sum(c for _, c in two) >= thresholds.pair:
        if consultation.issue in dict(two):
            return issue_told(knowledge, consultation.issue or "", understood, thresholds, consultation)
        if UNCLEAR in dict(two):
            return _without_a_clear_issue()
        guessed = tuple(Problem(issue, None, Standing.GUESSED, confidence=sure) for issue, sure in two)
        return Taken(guessed, leans=True, described=True)
    if consultation.issue is None and _WEARY.search(understood.text):
        return _without_a_clear_issue()  # who is tired is not told that they were not understood
    return ONLY_FACTS if understood.prefectures else UNSURE


def _without_a_clear_issue() -> Taken:
    return Taken((Problem(UNCLEAR),), leans=True, described=True)


def _are_issues(ranked: Tuple[Tuple[str, float], ...], knowledge: Knowledge) -> bool:
    issues: FrozenSet[str] = frozenset(knowledge.issues)
    return all(intent in issues for intent, _ in ranked)
