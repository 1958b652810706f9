"""What was learned to be read in its place: several moves of one message, taken where they are sure."""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, List, Optional, Sequence, Tuple

from bot.consult.choices import DONE, GO, MAKE, NEITHER, SKIP, UNKNOWN, Option, options
from bot.consult.moves import (
    About,
    Asks,
    Complains,
    Move,
    NotProblem,
    Pick,
    Problem,
    Standing,
    StartsOver,
    Stops,
    Thanks,
    WantsPerson,
    WantsToBeForgotten,
    WillGo,
)
from bot.consult.reading.in_answer import NOT_YET_A_YES
from bot.consult.reading.issue_told import issue_instead, issue_told
from bot.consult.reading.taken import Taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.triage_reading import DISAGREEMENT
from bot.consult.reading.understood import ReadMove, Understood
from bot.consult.state import BELOW_A_ROAD, UNCLEAR, Consultation, Question
from bot.knowledge import Knowledge
from bot.normalization import bare

# Moves that end or change the talk; where one is sure, little else of the message matters.
_BY_ITSELF: Dict[str, Move] = {
    "wants_to_be_forgotten": WantsToBeForgotten(),
    "wants_person": WantsPerson(),
    "starts_over": StartsOver(),
}
_YES = {Question.SHEET: MAKE, Question.OTHER_ISSUE: GO}
_NO = {Question.SHEET: SKIP, Question.OTHER_ISSUE: DONE, Question.ANYTHING_ELSE: DONE}
# Which topics today's intents of questions cover.
_TOPICS: Dict[str, Tuple[str, ...]] = {
    "ask_cost": ("cost",),
    "ask_institution": ("what_is", "difference"),
    "ask_why": ("why_this", "why_asked", "again", "chance"),
    "ask_contact": ("contact", "nearest", "first_step"),
    "ask_capability": ("bot", "secrecy"),
}
_OF_THE_SHEET = (About.AGAIN, About.TERM, About.WHAT_IS, About.OTHER)  # もう一度ください, それは何ですか
_NAMES_WHOM = ("ask_institution", "ask_capability")
_SAYS_NO = ("deny", "correct", "skip")
_SEARCHING = (Question.TRIAGE, Question.WHICH_ISSUE)
_READ_BETTER_IN_PLACE = ("correct", "deny", "skip", "out_of_scope", "distress", "goodbye")
_LONGEST_DENIAL = 20  # 引き継ぎの話じゃないです; what is longer tells something beside
_LEAVES_THE_QUESTION = (Question.SUB_ISSUE, Question.PREFECTURE)


class _Sure:
    """The moves of a message that are sure enough; beside one that is nearly certain another has to be surer."""

    def __init__(self, understood: Understood, thresholds: Thresholds) -> None:
        surest = max((read.confidence for read in understood.moves), default=0.0)
        least = thresholds.in_place_beside if surest >= thresholds.certain else thresholds.in_place
        self._moves = tuple(read for read in understood.moves if read.confidence >= least)

    def confidence(self, name: str) -> float:
        return max((read.confidence for read in self.of(name)), default=0.0)

    @property
    def beside_facts(self) -> int:
        return sum(read.move != "fact" for read in self._moves)

    def has(self, *names: str) -> bool:
        return any(read.move in names for read in self._moves)

    def of(self, name: str) -> Tuple[ReadMove, ...]:
        return tuple(read for read in self._moves if read.move == name)


def in_place(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Optional[Taken]:
    """The moves that were read in their place, or None where the rest of the reading has to say.

    A worry that opens the talk, and a small word by itself, are read as before: they are known better, by far more
    sentences. While we search for the issue, only what is certain interrupts.
    """
    sure = _Sure(understood, thresholds)
    if _is_known_better(knowledge, consultation, sure, understood, thresholds):
        return None
    searching = consultation.question in _SEARCHING
    least = thresholds.certain if searching else thresholds.in_place_beside
    told_issue = understood.top[0] in knowledge.issues
    for name, move in _BY_ITSELF.items():
        deletes = name == "wants_to_be_forgotten"
        says_so = understood.confidence("restart") >= thresholds.sure / 2
        if name == "starts_over" and (len(bare(understood.text)) > _LONGEST_DENIAL or not says_so):
            continue  # 最初から同じことを言っています, ほかのこと
        if sure.confidence(name) >= (thresholds.certain if deletes else least) and not (deletes and told_issue):
            return Taken((move,))
    questions = _questions(knowledge, consultation, sure, understood, thresholds)
    if consultation.issue is None and consultation.question in (None, Question.ISSUE):
        at_once = _denied_at_once(sure, understood)
        if at_once is not None and not questions:
            return at_once
        return _opening_with_questions(knowledge, consultation, understood, thresholds, questions)
    if sure.confidence("stops") >= (least if searching else thresholds.in_place) and not questions:
        return _leaves(consultation, sure, understood.sure_intent(thresholds.change))
    denied = _denied(consultation, sure) and not understood.prefectures
    denied = denied and not _tells_the_kind(consultation, understood, thresholds)
    denied = denied and not _tells_what_is_in_hand(consultation, understood, thresholds)
    if denied and issue_instead(knowledge, consultation, understood, thresholds) == consultation.issue:
        # it was taken so all along; below a road, what we just said was wrong
        return Taken((Complains(),)) if consultation.answered else None
    told = _told_instead(knowledge, consultation, sure, understood, thresholds) if denied else None
    option = None if told else _picked(knowledge, consultation, sure, understood, thresholds)
    if sure.confidence("will_go") >= thresholds.certain and consultation.roads.shown and not questions:
        return Taken((WillGo(),))
    asks_us = understood.top[0].startswith("ask_") and understood.top[1] >= thresholds.change  # 意味がわからない
    cannot_say = sure.has("does_not_know") and not sure.has("problem", "fact", "pick") and not asks_us
    if option is None and not questions and cannot_say and len(bare(understood.text)) <= _LONGEST_DENIAL:
        option = _cannot_say(knowledge, consultation)
    if denied and told is None and option is None and not questions:
        return _denied_alone(consultation)
    moves: List[Move] = []
    if told is not None and told.issue in consultation.talk.candidates:
        moves.append(Pick(Option(Question.ISSUE, told.issue), words=understood.original))
    elif denied and told is not None:
        moves += [NotProblem(consultation.issue), told]
    elif option is not None:
        moves.append(Pick(option, words=understood.original))
    moves += questions
    if not moves:
        return _cause_beside_the_place(consultation, sure, understood, thresholds) or _courtesy(consultation, sure)
    return Taken(tuple(moves), described=told is not None)


def _leaves(consultation: Consultation, sure: _Sure, certain_intent: Optional[str]) -> Taken:
    """Who takes leave; below a road that answers what waits there, and where it is more of a thank, it is one."""
    if sure.confidence("thanks") > sure.confidence("stops"):
        return Taken((Thanks(),))
    says_goodbye = sure.has("thanks") or certain_intent == "goodbye"
    if consultation.question in BELOW_A_ROAD and not says_goodbye:
        return Taken((Pick(Option(Question.ANYTHING_ELSE, DONE)),))
    return Taken((Stops(),))


def _is_known_better(
    knowledge: Knowledge, consultation: Consultation, sure: _Sure, understood: Understood, thresholds: Thresholds
) -> bool:
    """Whether the message is hardly more than one small word, of which there are thousands of examples."""
    intent, confidence = understood.top
    if understood.sub_issue(intent, thresholds.sure) == "abuse":
        return True
    of_them = understood.institutions and understood.asks_within and sure.has("asks")
    if intent == "ask_human" and of_them and not sure.has("wants_person"):
        return False  # 診断士の先生を頼むと、高いですか
    now_first = intent in consultation.others and confidence >= thresholds.sure
    if now_first and consultation.question in _LEAVES_THE_QUESTION:
        return True
    if confidence < thresholds.change or sure.beside_facts > 1 or intent in knowledge.issues:
        return False
    if intent in ("deny", "correct"):
        return not sure.has("not_problem", "no")
    if intent in _TOPICS:
        asked = sure.of("asks")
        return not any(r.about in _TOPICS[intent] or r.confidence >= thresholds.beyond_doubt for r in asked)
    return intent not in _READ_BETTER_IN_PLACE


def _questions(
    knowledge: Knowledge, consultation: Consultation, sure: _Sure, understood: Understood, thresholds: Thresholds
) -> Tuple[Asks, ...]:
    """What is asked, at most one question a sentence.

    A question that is not put as one has to be beyond doubt. Where the classifier is certain of a kind of question,
    that comes first; so does whom it asks after, an institution or us. An institution that is named and asked about in
    some other way is explained.
    """
    least = 0.0 if understood.asks_within else thresholds.beyond_doubt
    asked = [read.about for read in sure.of("asks") if read.confidence >= least]
    intent, confidence = understood.top
    searching = consultation.question in _SEARCHING
    answers = sure.confidence("will_go") >= thresholds.certain or intent in _SAYS_NO or searching
    if answers and not understood.asks_within:
        asked = []
    family = _TOPICS.get(intent, ()) if confidence >= thresholds.change else ()
    topics = dict.fromkeys(About(about) for about in sorted(asked, key=lambda about: about not in family))
    sentences = max(1, understood.questions)
    asks = [_told_apart(topic, understood, thresholds) for topic in tuple(topics)[:sentences]]
    of_them = intent == "ask_institution" and any(r.confidence >= thresholds.beyond_doubt for r in sure.of("asks"))
    if asks and intent in _NAMES_WHOM and family and not of_them and not {topic.value for topic in asks} & set(family):
        asks = [About(family[0])]
    likest = max(understood.answers, key=lambda name: understood.answers[name], default="")
    resembled = knowledge.answers[likest].topic if likest in knowledge.answers else None
    if asks and resembled in family and understood.answers[likest] >= thresholds.asked_surely:
        asks = [About(resembled)]  # the classifier is sure of the family, and a known way of asking says which of it
    if knowledge.words.sheet in understood.text:
        asks = [About.SHEET if topic in _OF_THE_SHEET else topic for topic in asks]
    heard = {read.about: read.confidence for read in reversed(sure.of("asks"))}
    return tuple(Asks(topic, confidence=heard.get(topic.value, thresholds.in_place)) for topic in dict.fromkeys(asks))


def _told_apart(topic: About, understood: Understood, thresholds: Thresholds) -> About:
    """What is asked where it was heard as anything else: what the ways of asking say; of an institution, what it is."""
    likeliest = max(understood.topics, key=lambda name: understood.topics[name], default="")
    if topic is About.OTHER and understood.topics.get(likeliest, 0.0) >= thresholds.in_place:
        return About(likeliest)
    return About.WHAT_IS if topic in (About.OTHER, About.TERM) and understood.institutions else topic


def _denied(consultation: Consultation, sure: _Sure) -> bool:
    """Whether the message takes back what we hold: the issue in hand, or one that was offered."""
    held = {consultation.issue, *consultation.talk.candidates} - {None, UNCLEAR}
    return bool(held) and any(read.issue is None or read.issue in held for read in sure.of("not_problem"))


def _denied_at_once(sure: _Sure, understood: Understood) -> Optional[Taken]:
    """An issue that the first message says it is not, and what it is instead: 返済はできてる。採算を良くしたい."""
    denied = [read for read in sure.of("not_problem") if read.issue is not None]
    if not denied:
        return None
    told = max(sure.of("problem"), key=lambda read: read.confidence, default=None)
    if told is not None and told.issue is not None and told.issue == denied[0].issue:
        problem = Problem(told.issue, told.sub_issue, confidence=told.confidence, words=understood.original)
        return Taken((problem,), described=True)
    if not DISAGREEMENT.search(understood.text):
        return None
    if told is None or told.issue is None:
        says_no_more = len(bare(understood.text)) <= _LONGEST_DENIAL
        return Taken((NotProblem(denied[0].issue),)) if says_no_more else None
    problem = Problem(told.issue, told.sub_issue, confidence=told.confidence, words=understood.original)
    return Taken((NotProblem(denied[0].issue), problem), described=True)


def _tells_what_is_in_hand(consultation: Consultation, understood: Understood, thresholds: Thresholds) -> bool:
    """Whether a longer message with a no in it is clearly of the matter in hand: お客は関係ない。返済の話や.

    Who denies the matter in hand itself names it (denied.py).
    """
    intent, confidence = understood.top
    of_it = consultation.issue not in (None, UNCLEAR) and intent == consultation.issue
    return of_it and confidence >= thresholds.change and len(bare(understood.text)) > _LONGEST_DENIAL


def _tells_the_kind(consultation: Consultation, understood: Understood, thresholds: Thresholds) -> bool:
    """Whether a message with a no in it says which kind of the matter it is: 入金のことや。単価やない."""
    if consultation.question is not Question.SUB_ISSUE or consultation.issue is None:
        return False
    of_it = understood.top[0] == consultation.issue and understood.top[1] >= thresholds.sure
    return of_it and understood.sub_issue(consultation.issue, thresholds.sure) is not None


def _told_instead(
    knowledge: Knowledge, consultation: Consultation, sure: _Sure, understood: Understood, thresholds: Thresholds
) -> Optional[Problem]:
    """The worry that is meant instead, where it is another than the one in hand."""
    told = _another(consultation, sure, understood, thresholds)
    named = issue_instead(knowledge, consultation, understood, thresholds)
    if told is None and named is not None and named != consultation.issue:
        return Problem(named, words=understood.original)
    if told is None and consultation.others:  # who denies the one in hand means what they brought up before
        return Problem(consultation.others[0], words=understood.original)
    return told


def _another(
    consultation: Consultation, sure: _Sure, understood: Understood, thresholds: Thresholds
) -> Optional[Problem]:
    for read in sure.of("problem"):
        if read.issue is not None and read.issue not in (consultation.issue, UNCLEAR):
            sub_issue = understood.sub_issue(read.issue, thresholds.sub_issue)
            return Problem(read.issue, sub_issue, confidence=read.confidence, words=understood.original)
    return None


def _cause_beside_the_place(
    consultation: Consultation, sure: _Sure, understood: Understood, thresholds: Thresholds
) -> Optional[Taken]:
    """Another worry told with the place that was asked for: it is kept, and offered once the road is shown."""
    if consultation.question is not Question.PREFECTURE or not understood.prefectures:
        return None
    cause = _another(consultation, sure, understood, thresholds)
    if cause is None or cause.confidence < thresholds.in_place_beside:
        return None
    return Taken((replace(cause, standing=Standing.BESIDE),), described=True)


def _opening_with_questions(
    knowledge: Knowledge,
    consultation: Consultation,
    understood: Understood,
    thresholds: Thresholds,
    questions: Tuple[Asks, ...],
) -> Optional[Taken]:
    """Questions that come with or without a worry where there is none in hand yet; どこから話せば is none to answer."""
    intent = understood.sure_intent(thresholds.sure)
    if not questions or not understood.asks_within or intent == UNCLEAR:
        return None
    if intent not in knowledge.issues:
        return Taken(questions)
    told = issue_told(knowledge, intent or "", understood, thresholds, consultation)
    return replace(told, moves=(*told.moves, *questions))


def _picked(
    knowledge: Knowledge, consultation: Consultation, sure: _Sure, understood: Understood, thresholds: Thresholds
) -> Optional[Option]:
    """The answer that is taken by its meaning, or that a yes or no amounts to."""
    question = consultation.question
    if question is Question.SHEET and NOT_YET_A_YES.search(understood.text):
        return None  # consent is a plain yes: はい、でも誰が見るんですか is none
    of_an_issue = understood.top[0] in knowledge.issues and understood.top[1] >= thresholds.sure
    if question in BELOW_A_ROAD and of_an_issue:
        return None  # who tells what the matter is has told it, and does not only say that there is more
    picks = sorted(sure.of("pick"), key=lambda read: -read.confidence)
    offered = options(knowledge, consultation)
    if question in _SEARCHING and sure.confidence("pick") < thresholds.certain:
        return None
    if picks and picks[0].n is not None and picks[0].n <= len(offered):
        option = _known_kind(consultation, offered, understood, thresholds) or offered[picks[0].n - 1]
        return None if question is Question.TRIAGE and option.symptom is None else option
    corrects = bool(DISAGREEMENT.search(understood.text))
    if question is None or corrects or understood.prefectures or sure.has("problem", "complains"):
        return None
    answer = _YES.get(question) if sure.has("yes") else _NO.get(question) if sure.has("no") else None
    if question in _LEAVES_THE_QUESTION and sure.has("refuses"):
        answer = SKIP
    return next((option for option in offered if option.is_(question, answer or "")), None)


def _known_kind(
    consultation: Consultation, offered: Sequence[Option], understood: Understood, thresholds: Thresholds
) -> Optional[Option]:
    """The kind of the issue in hand that is beyond doubt by the words alone: they were learned from more sentences."""
    issue = consultation.issue
    if consultation.question is not Question.SUB_ISSUE or issue is None or understood.top[0] != issue:
        return None
    kind = understood.sub_issue(issue, thresholds.beyond_doubt)
    return next((option for option in offered if option.answer == kind), None)


def _cannot_say(knowledge: Knowledge, consultation: Consultation) -> Optional[Option]:
    """The way out of the waiting question for who cannot answer it."""
    ways_out = (UNKNOWN, SKIP)
    return next((o for o in options(knowledge, consultation) if o.answer in ways_out and o.symptom is None), None)


def _denied_alone(consultation: Consultation) -> Taken:
    if consultation.question is Question.WHICH_ISSUE:
        return Taken((Pick(Option(Question.WHICH_ISSUE, NEITHER)),))
    if consultation.question is Question.OTHER_ISSUE:
        return Taken((Pick(Option(Question.OTHER_ISSUE, DONE)),))
    return Taken((NotProblem(),))


def _courtesy(consultation: Consultation, sure: _Sure) -> Optional[Taken]:
    """Thanks, a farewell to the institution, or a complaint that we did not listen, where the message is no more."""
    if sure.has("problem", "fact", "pick", "feels"):
        return None
    if sure.has("will_go") and consultation.roads.shown:
        return Taken((WillGo(),))
    if sure.has("thanks") and consultation.question in (None, *BELOW_A_ROAD):
        return Taken((Thanks(),))
    if any(read.about == "bot" for read in sure.of("complains")) and consultation.issue is not None:
        return Taken((Complains(),))
    return None
