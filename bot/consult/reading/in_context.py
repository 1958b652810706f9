"""How a message is to be taken, given what was just asked: an answer, an issue, an interruption, or not understood."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import FrozenSet, Optional, Tuple

from bot.consult.choices import (
    MORE,
    Option,
    calls_the_bot,
    number_in,
    options,
    picked,
    picked_of_those_offered,
    rated,
)
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
    WantsEasyJapanese,
    WantsPerson,
    WantsToBeForgotten,
    WillGo,
)
from bot.consult.reading.after_a_road import after_a_road
from bot.consult.reading.asked_for import with_what_is_asked
from bot.consult.reading.brought import with_what_is_brought
from bot.consult.reading.denied import denied_by_degree, denied_by_name
from bot.consult.reading.distress import is_distress, says_otherwise
from bot.consult.reading.forgetting import on_forgetting
from bot.consult.reading.in_answer import REALISES, in_answer_to
from bot.consult.reading.in_place import in_place
from bot.consult.reading.intents import of_intent
from bot.consult.reading.issue_told import issue_instead, issue_told, several_worries
from bot.consult.reading.sent import is_only_sent
from bot.consult.reading.taken import ONLY_FACTS, UNSURE, Taken, beside, pick, taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.triage_reading import DISAGREEMENT, is_enough
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
_WORDS_AROUND_BOTH = 10
_AN_INTRODUCTION = 20  # characters: 去年カフェを始めたばかりです
_AN_EVENT = 12  # characters: ネットで悪口を書かれました
_A_WISH_FOR_KANA = 30  # characters: かんじが わかりません。ひらがなで おねがいします
_LONGEST_GREETING = 30  # characters: はじめまして、よろしくお願いいたします
_MANY_WORRIES = 3
_FIRST_CLAUSE = re.compile(r"[^。、,！!？?\s]+")
_OPENS = re.compile(
    "(ちょっと|少し|あの)?、?(ご?相談|話|聞いてほしいこと|聞きたいこと)(が|に)?(ある|あり|あって|したい|のって|乗って).{0,8}"
)
_A_MERE_YES = re.compile("(はい|ええ|うん)+")
_WEARY = re.compile("疲れ|つかれ|しんど|まいった|参った|嫌にな|いやにな|やってられ|へとへと|くたくた")
_ABOUT_INSTITUTIONS = ("ask_institution", "ask_contact", "ask_cost", "ask_why", "ask_human")
_STILL_ANSWERED = ("goodbye", "restart", "thank")
_ENDS_A_TALK = {"thank": "thanks", "goodbye": "stops"}  # the intents of a courtesy, and the moves that it is
_SEARCHING = (Question.TRIAGE, Question.WHICH_ISSUE)
_SETTLED = (Question.SUB_ISSUE, Question.PREFECTURE, *BELOW_A_ROAD)


def in_context(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Taken:
    """What was pressed comes first, then distress, then what was asked, then what was understood."""
    heard = _in_context(knowledge, consultation, understood, thresholds)
    if any(isinstance(move, Asks) and move.chosen for move in heard.moves):
        return heard
    heard = _of_our_records(consultation, understood, heard)
    if _is_no_correction(consultation, understood, thresholds, heard):
        heard = UNSURE
    in_distress = consultation.talk.comforted and not says_otherwise(consultation, understood)
    if consultation.talk.paused or in_distress or is_too_long(understood):
        return heard
    asked = heard if heard.in_place else with_what_is_asked(knowledge, consultation, understood, thresholds, heard)
    return with_what_is_brought(knowledge, consultation, understood, thresholds, asked)


def _of_our_records(consultation: Consultation, understood: Understood, heard: Taken) -> Taken:
    """The same, a wish that something vanish being one of our records only where it speaks of them.

    In the middle of a matter 消せますか asks after the review, or the copied picture, that was told of.
    """
    under_way = consultation.issue is not None or bool(consultation.roads.brought)
    wants_it = any(isinstance(move, WantsToBeForgotten) for move in heard.moves)
    if not wants_it or not under_way or understood.pressed is not None or consultation.question is Question.FORGET:
        return heard
    return heard if pattern("of_our_records").search(understood.text) else taken(Asks(About.OTHER))


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
    if option is None and consultation.question is None and consultation.roads.shown and is_enough(understood.text):
        return taken(Stops())  # もうええわ: nothing waits, and they were told whom to see
    a_mere_yes = consultation.talk.standing and _A_MERE_YES.fullmatch(bare(understood.text))
    if option is not None and option.is_(Question.ANYTHING_ELSE, MORE) and a_mere_yes:
        return taken(WillGo())  # it was not asked again; はい agrees to what was said last
    chosen: Tuple[Option, ...] = ()
    if option is None:
        chosen = picked_of_those_offered(knowledge, consultation, understood.text)
    elif option.question is Question.WHICH_ANSWER:
        chosen = (option,)
    if chosen:
        return taken(_chosen(knowledge, chosen))
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
    answered = bool(consultation.talk.given or consultation.roads.to_ask)
    if consultation.question in _SEARCHING and answered and pattern("takes_in_an_answer").match(bare(understood.text)):
        return taken(Asks(About.FIRST_STEP))  # who has what they asked for is shown whom to see, not asked on
    if _only_wants_easy_japanese(knowledge, understood, thresholds):
        return taken(WantsEasyJapanese())
    if (
        _introduces_the_business(knowledge, consultation, understood)
        or _only_names_the_trade(consultation, understood, thresholds)
        or _opens_with_facts(knowledge, consultation, understood, thresholds)
    ) and _told_in_a_clause(understood, thresholds) is None:
        return ONLY_FACTS
    by_degree = denied_by_degree(knowledge, consultation, understood)
    if by_degree is not None:
        return by_degree
    placed = in_place(knowledge, consultation, understood, thresholds)
    if placed is not None:
        return placed
    denied = denied_by_name(knowledge, consultation, understood, thresholds)
    if denied is not None:
        return denied
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


def _chosen(knowledge: Knowledge, those: Tuple[Option, ...]) -> Asks:
    """The questions that were picked among those offered; of none of them we know only that it is another."""
    answers = tuple(knowledge.answers[option.answer] for option in those if option.answer in knowledge.answers)
    if not answers:
        return Asks(About.OTHER, chosen=True)
    return Asks(About(answers[0].topic), answers=tuple(answer.id for answer in answers), chosen=True)


def _only_wants_easy_japanese(knowledge: Knowledge, understood: Understood, thresholds: Thresholds) -> bool:
    """Whether a short message says that kanji cannot be read, and nothing of the matter: かんじ わかりません."""
    tells = understood.sure_intent(thresholds.sure) in {*knowledge.issues} - {UNCLEAR} or understood.prefectures
    says_so = pattern("wants_easy_japanese").search(understood.text)
    longest = _A_WISH_FOR_KANA if not understood.asks_within else _A_WISH_FOR_KANA // 2
    return bool(says_so) and not tells and len(bare(understood.text)) <= longest


def _introduces_the_business(knowledge: Knowledge, consultation: Consultation, understood: Understood) -> bool:
    """Whether a short message only says what the business is, and how old: カフェです。まだ開店前です."""
    intent = understood.top[0]
    in_hand = consultation.issue not in (None, UNCLEAR) and not consultation.answered
    another = intent in knowledge.issues and intent != consultation.issue
    is_short = len(bare(understood.text)) <= _AN_INTRODUCTION and not understood.asks_within
    return in_hand and another and is_short and understood.industry is not None and understood.stage is not None


def _only_names_the_trade(consultation: Consultation, understood: Understood, thresholds: Thresholds) -> bool:
    """Whether a short message was read as a fact here and nothing else, and says what the shop is: 小さな文房具店です.

    Its words alone sound like a worry, or like nothing of ours.
    """
    under_way = bool(consultation.talk.spoken)
    is_short = len(bare(understood.text)) <= _AN_INTRODUCTION and not understood.asks_within
    only_a_fact = bool(understood.moves) and all(read.move == "fact" for read in understood.moves)
    sounds_clear = understood.top[1] >= thresholds.change and understood.top[0] != "out_of_scope"
    named = bool(pattern("names_a_trade").search(understood.text))
    return under_way and is_short and only_a_fact and named and not sounds_clear


def _opens_with_facts(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> bool:
    """Whether the first message was read to tell what the business is, and no worry: 家具の工場です、社員12人です."""
    begins = consultation.issue is None and not consultation.talk.spoken and not understood.asks_within
    only_facts = all(read.move == "fact" for read in understood.moves)
    surely = any(read.move == "fact" and read.confidence >= thresholds.certain for read in understood.moves)
    happened = bool(pattern("has_happened").search(understood.text))  # そば屋です。裏に大きな店ができました
    around = len(bare(understood.text)) - understood.place_characters - len(understood.industry or "")
    who_and_where = bool(understood.industry and understood.prefectures)
    if who_and_where and around <= _WORDS_AROUND_BOTH:  # 八百屋をやっとります。福岡市です
        no_more = all(read.move in ("fact", "greets") for read in understood.moves)
        return begins and no_more and surely and not happened
    clear = understood.sure_intent(thresholds.sure) in knowledge.issues
    # クリーニング店をしてます。機械が古くなってきました
    return begins and only_facts and surely and not clear and not happened and understood.top[0] != UNCLEAR


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
    if pattern("instead").search(understood.text):
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
    if _thanks_nobody(consultation, understood):
        understood = understood.without(intent)
        intent, confidence = understood.top
    told = understood.without(intent)
    says_more = (
        len(bare(understood.text)) > _LONGEST_GREETING
    )  # はじめまして。旅館をやっております。お客様が減りまして…
    if intent == "greet" and (says_more or told.sure_intent(thresholds.sure) in {*knowledge.issues} - {UNCLEAR}):
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
    by_clause = _told_in_a_clause(understood, thresholds)
    tells_one = len(understood.other_issues) == 1 and confidence < thresholds.in_place
    if by_clause is not None and tells_one and consultation.issue is None:
        return issue_told(knowledge, by_clause, _without_others(understood), thresholds, consultation)
    worries = several_worries(knowledge, consultation, understood, thresholds)
    if len(worries) > 1 and (intent == UNCLEAR or confidence < thresholds.sure or len(worries) >= _MANY_WORRIES):
        leading = tuple(Problem(matter.issue, matter.sub_issue) for matter in worries)
        return Taken(leading, leans=True)
    read_so = _read_alike(knowledge, understood, thresholds)
    if intent in knowledge.issues and confidence >= thresholds.sure:
        return issue_told(knowledge, intent, understood, thresholds, consultation)
    if read_so is not None:
        return issue_told(knowledge, read_so, understood, thresholds, consultation)
    if confidence >= thresholds.sure:
        return of_intent(intent, understood, thresholds)
    return _of_two(knowledge, consultation, understood, thresholds)


def _read_alike(knowledge: Knowledge, understood: Understood, thresholds: Thresholds) -> Optional[str]:
    """The issue that was certainly read in its place, where it is one of the two that the words are likest to."""
    likeliest = [intent for intent, _ in understood.ranking[:2]]
    certain = (r for r in understood.moves if r.move == "problem" and r.confidence >= thresholds.certain)
    read = {r.issue for r in certain if r.issue not in (None, UNCLEAR)}
    found = next(iter(read)) if len(read) == 1 else None  # 居酒屋です。人が足りません
    return found if found in likeliest and likeliest[0] in knowledge.issues else None


def _of_two(knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds) -> Taken:
    """Where no intent is sure: the two issues that it may be, weariness, a place, or nothing clear."""
    if pattern("only_introduces").search(understood.text) and not understood.moves:
        return ONLY_FACTS
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
    if _opens_with_an_event(consultation, understood):
        return _without_a_clear_issue()
    return ONLY_FACTS if understood.prefectures else UNSURE


def _thanks_nobody(consultation: Consultation, understood: Understood) -> bool:
    """Whether a first message only sounds like a courtesy that ends a talk; read in its place it is none."""
    said_before = consultation.talk.spoken or consultation.talk.comforted or consultation.talk.given
    begins = consultation.issue is None and not said_before and not consultation.roads.brought
    courtesy = _ENDS_A_TALK.get(understood.top[0])
    return begins and courtesy is not None and all(read.move != courtesy for read in understood.moves)


def _opens_with_an_event(consultation: Consultation, understood: Understood) -> bool:
    """Whether an owner begins with who they are and what has happened, which we cannot name: 民宿です。夫が倒れました.

    They are asked on, and not to say it again.
    """
    begins = consultation.issue is None and consultation.question in (None, Question.ISSUE)
    of_their_own = understood.industry is not None or understood.stage is not None or understood.top[0] == UNCLEAR
    tells = len(bare(understood.text)) > _AN_EVENT and not understood.asks_within
    return begins and of_their_own and tells


def _told_in_a_clause(understood: Understood, thresholds: Thresholds) -> Optional[str]:
    """The issue that one clause is surely about, beside one that introduces the shop."""
    told = [(sure, issue) for issue, sure in understood.other_issues.items() if issue != UNCLEAR]
    surest, issue = max(told, default=(0.0, None))
    return issue if surest >= thresholds.certain else None


def _without_others(understood: Understood) -> Understood:
    """The same with no issue beside: what the whole message sounds like is none that is told."""
    return replace(understood, other_issues={})


def _without_a_clear_issue() -> Taken:
    return Taken((Problem(UNCLEAR),), leans=True, described=True)


def _are_issues(ranked: Tuple[Tuple[str, float], ...], knowledge: Knowledge) -> bool:
    issues: FrozenSet[str] = frozenset(knowledge.issues)
    return all(intent in issues for intent, _ in ranked)
