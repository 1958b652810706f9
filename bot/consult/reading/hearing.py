"""Makes of an understood message what the turn takes: its moves, read in their place, and what else matters in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Iterator, Mapping, Optional, Tuple

from bot.consult.heard import Heard
from bot.consult.moves import (
    About,
    Asks,
    Distress,
    Fact,
    Feeling,
    Feels,
    Greets,
    Move,
    NotProblem,
    Pick,
    Problem,
    SaysWhy,
    Slot,
    Standing,
    TurnedAway,
    WantsBot,
    WantsCallBack,
    first,
)
from bot.consult.reading.distress import is_strain, mourns, says_otherwise
from bot.consult.reading.in_context import in_context, is_just_facts, is_too_long
from bot.consult.reading.issue_told import INSTEAD
from bot.consult.reading.known_answers import Named, with_answers
from bot.consult.reading.own_words import is_an_answer_offered, tried_in
from bot.consult.reading.put_right import Reading, asking_us_or_not, put_right
from bot.consult.reading.rating import says_why
from bot.consult.reading.sent import is_only_sent
from bot.consult.reading.taken import Taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.triage_reading import answer_resembled, answer_to
from bot.consult.reading.understood import Understood
from bot.consult.reading.urgency import is_urgent
from bot.consult.road import road
from bot.consult.state import UNCLEAR, Consultation, Question
from bot.knowledge import AnswerId, Knowledge
from bot.masking import says_hidden
from bot.normalization import bare, is_spaced_kana
from bot.phrases import pattern

_JAPAN = timezone(timedelta(hours=9))
_NO_OTHER_WORDS = (
    0.8  # likeness of words that say hardly anything else: who tells an issue plainly is not asked for its cause
)
_BEGINS, _ENDS, _BREAK = 5, 3, "、"  # characters by which a clause is found again; what stands before the last one
_RIGHT_BEHIND = 10  # characters: の話ではなくて
_LONGEST_QUESTION = 70  # characters: what is longer is not said in one breath at an institution
_OF_US = ("us", "desk")
_HARDLY_ANY_WORDS = 14  # characters: 売上が減っています
_WISHED_FOR = (About.PROGRAMME, About.ELIGIBILITY, About.CHANCE)
_TELLS_NOTHING = ("affirm", "deny", "skip", "greet")
_OF_THE_SHOP = re.compile("(店|会社|工場|事務所|本社|宿|農園|うち)(の?(ほう|方))?(は|が)")


def hear(
    knowledge: Knowledge,
    consultation: Consultation,
    understood: Understood,
    thresholds: Thresholds,
    at: float = 0.0,
    given_back: bool = False,
) -> Heard:
    """What a message does where the consultation stands. `at` is when it came, in Unix seconds.

    `given_back`: staff has given the conversation back since the owner's last message.
    """
    here = consultation.resumed() if given_back else consultation
    understood = _without_what_is_turned_down(knowledge, understood)
    taken = in_context(knowledge, here, understood, thresholds)
    named = (*_called_so_here(knowledge, here, understood), *understood.institutions)
    subjects = knowledge.subjects.named_in(understood.text)
    of_what = Named(named or here.talk.talked_about, subjects, here.talk.subjects, bool(named or subjects))
    felt = _feelings(here, understood, taken, thresholds)
    reading = Reading(here, understood, thresholds, felt)
    asked = with_answers(
        knowledge, here, understood, thresholds, asking_us_or_not(reading, taken.moves), of_what, _day(at)
    )
    asked = put_right(reading, asked)
    if says_why(here, understood, (*felt, *asked)):
        return Heard(
            text=understood.original, at=at, moves=(SaysWhy(words=understood.original),), given_back=given_back
        )
    described = _is_described(taken, understood)
    came_with = _came_with(knowledge, here, understood, asked, thresholds)
    return Heard(
        text=understood.original,
        at=at,
        moves=(*felt, *asked, *_facts(here, understood, taken)),
        unsure=taken.unsure and not came_with,
        institutions=named,
        subjects=subjects,
        turned_down=understood.turned_down,
        asks=understood.asks_within,
        question=question_to_pass_on(understood),
        field=_field(understood, thresholds),
        of_us=_may_be_of_us(understood, thresholds),
        asks_number=bool(pattern("asks_for_the_number").search(understood.text)),
        urgent=is_urgent(understood.text),
        only_facts=understood.only_facts,
        too_long=is_too_long(understood),
        guesses=guesses(knowledge, understood, thresholds.guess),
        leans=taken.leans and understood.top[0] not in _TELLS_NOTHING and not is_only_sent(understood.text),
        ranking=understood.ranking,
        likeness=understood.symptoms,
        own_words=described and not is_an_answer_offered(knowledge, understood),
        tried=tried_in(understood.original) if described else (),
        comes_with=came_with,
        said_back="" if says_otherwise(here, understood) else _said_back(knowledge, understood),
        means_no_death=says_otherwise(here, understood),
        strained=bool(felt) and is_strain(understood, thresholds),
        easily=bool(pattern("wants_easy_japanese").search(understood.text)) or is_spaced_kana(understood.original),
        in_english=bool(pattern("in_english").match(understood.text)),
        given_back=given_back,
        hides=says_hidden(understood.original),
        hides_all=says_hidden(understood.original) and not understood.text.strip(),
    )


def _without_what_is_turned_down(knowledge: Knowledge, understood: Understood) -> Understood:
    """The same as if the institutions that were tried or are not wanted had not been named, nor asked about."""
    down = {*understood.turned_down}
    if not down:
        return understood

    def left(answers: Mapping[str, float]) -> Mapping[str, float]:
        return {n: like for n, like in answers.items() if knowledge.answers[n].scope.institution not in down}

    return replace(
        understood,
        institutions=tuple(name for name in understood.institutions if name not in down),
        answers=left(understood.answers),
        parts=tuple(replace(part, answers=left(part.answers)) for part in understood.parts),
    )


def _came_with(
    knowledge: Knowledge,
    consultation: Consultation,
    understood: Understood,
    moves: Tuple[Move, ...],
    thresholds: Thresholds,
) -> Tuple[AnswerId, ...]:
    """What hurts, in a message that opens the talk, and the cause of it that the same message tells, if any.

    赤字が続いている is asked for its cause; 客が減って、売上も落ちた has told it. Where the message makes clear in
    more words of which kind the worry is, there is nothing to ask for; an owner who cannot name the matter, and yet
    says what happens in the shop, has told that.
    """
    if consultation.issue is not None or consultation.question not in (None, Question.ISSUE):
        return ()
    if not all(_may_be_a_complaint(move, understood) for move in moves):
        return ()
    complaint = _complaint(knowledge, understood, thresholds)
    if complaint is not None:
        return (complaint, *_cause(knowledge, understood, complaint, thresholds))
    problem = first(moves, Problem)
    happens = None
    if problem is not None and problem.issue == UNCLEAR:
        happens = answer_resembled(knowledge, consultation, None, understood, thresholds)
    return (happens,) if happens is not None else ()


def _complaint(knowledge: Knowledge, understood: Understood, thresholds: Thresholds) -> Optional[AnswerId]:
    """What hurts, as an answer of the triage that is never asked for."""
    triage = knowledge.triage
    intent, confidence = understood.top
    least = _NO_OTHER_WORDS if confidence >= thresholds.change else thresholds.same_elsewhere
    if intent == UNCLEAR:
        # nothing else is told, and what hurts is the beginning of an issue
        least = (thresholds.same + thresholds.same_elsewhere) / 2
    heard = [(like, answer) for answer, like in understood.symptoms.items() if like >= least]
    complaints = [h for h in heard if triage.symptoms[h[1].symptom].ask is None and not triage.answer(h[1]).usual]
    found = max(complaints)[1] if complaints else None
    of_another = confidence >= thresholds.sure and intent in knowledge.issues and intent != UNCLEAR
    if found is None or (of_another and intent not in triage.answer(found).speaks_for):
        return None  # 首が回らない sounds like 手が回らない
    return found


def _cause(
    knowledge: Knowledge, understood: Understood, complaint: AnswerId, thresholds: Thresholds
) -> Tuple[AnswerId, ...]:
    """The answer to the question for the cause of what hurts, where the message tells it in the same breath."""
    asked_for = [s.id for s in knowledge.triage.symptoms.values() if complaint in s.after]
    told = [answer_to(knowledge, symptom, understood, thresholds) for symptom in asked_for]
    return tuple(answer for answer in told if answer is not None and not knowledge.triage.answer(answer).usual)[:1]


def _may_be_a_complaint(move: Move, understood: Understood) -> bool:
    """Whether a message that makes this move may still have told no cause: it says no kind, or hardly any words."""
    if isinstance(move, Problem):
        leads = move.standing is Standing.LEADS
        return not leads or move.sub_issue is None or len(bare(understood.text)) <= _HARDLY_ANY_WORDS
    return isinstance(move, (Fact, Greets)) or (isinstance(move, Asks) and move.about in _WISHED_FOR)


def _said_back(knowledge: Knowledge, understood: Understood) -> str:
    """What the message tells most of, where it is told in words of the owner's own and is no bare fact."""
    bare_words = is_an_answer_offered(knowledge, understood) or is_just_facts(understood)
    return "" if bare_words or _is_of_a_question(understood) else understood.said_back


def _field(understood: Understood, thresholds: Thresholds) -> Optional[str]:
    """The field of whom would know what is asked, where that is likely."""
    name, sure = understood.field_asked
    return name if sure >= thresholds.field else None


def _may_be_of_us(understood: Understood, thresholds: Thresholds) -> bool:
    """Whether what is asked may be of us, or of the institutions that we name."""
    sure = max(understood.fields.get(name, 0.0) for name in _OF_US)
    return not understood.fields or sure >= thresholds.answers.its_field


def question_to_pass_on(understood: Understood) -> str:
    """The last sentence of a message that asks, to be asked at an institution; empty where none does, or too long."""
    asking = understood.questions_put
    return asking[-1] if asking and len(asking[-1]) <= _LONGEST_QUESTION else ""


def _is_of_a_question(understood: Understood) -> bool:
    """Whether what could be said back is what is asked: パン屋なんやけど、対象になるん? does not say that it does."""
    begins, ends = understood.said_back[:_BEGINS], understood.said_back[-_ENDS:]
    asked = [sentence.split(_BREAK)[-1] for sentence in understood.sentences_that_ask]
    return bool(understood.said_back) and any(begins in clause or ends in clause for clause in asked)


def _day(at: float) -> date:
    """The day in Japan, of a time in Unix seconds."""
    return datetime.fromtimestamp(at, _JAPAN).date()


def _called_so_here(knowledge: Knowledge, consultation: Consultation, understood: Understood) -> Tuple[str, ...]:
    """The institution of the road that was shown, or of those talked of last, that the message means by a short name.

    協議会に話したら, センターは日曜も開いとるか: the first of them that is called so.
    """
    shown = road(knowledge, consultation).steps if consultation.answered else ()
    known = (*consultation.talk.talked_about, *(step.referral.institution.id for step in shown))
    for name in known:
        called = knowledge.institutions[name].called
        if name not in understood.institutions and any(
            short in understood.text and not _is_within_a_name(knowledge, short, understood) for short in called
        ):
            return (name,)
    return ()


def _is_within_a_name(knowledge: Knowledge, short: str, understood: Understood) -> bool:
    """Whether a short name is part of the name of another institution that the message names: 引継ぎ支援センター."""
    named = [knowledge.institutions[name] for name in understood.institutions]
    return any(short in name for one in named for name in (one.name, *one.aliases))


def guesses(knowledge: Knowledge, understood: Understood, least: float) -> Tuple[str, ...]:
    """The two issues that the message most probably means, best first; none where together they stay below `least`.

    That the matter is unclear is no guess that could be offered.
    """
    nameable = {*knowledge.issues} - {UNCLEAR}
    ranked = [(intent, confidence) for intent, confidence in understood.ranking if intent in nameable][:2]
    if len(ranked) < 2 or sum(confidence for _, confidence in ranked) < least:
        return ()
    return tuple(intent for intent, _ in ranked)


def _is_described(taken: Taken, understood: Understood) -> bool:
    """Whether the message tells something of the matter, be it an issue or an answer, and is no bare fact."""
    pick = first(taken.moves, Pick)
    kind = pick is not None and pick.option.question is Question.SUB_ISSUE and understood.top[0] != "skip"
    return (taken.described or kind) and not is_just_facts(understood)


def _feelings(
    consultation: Consultation, understood: Understood, taken: Taken, thresholds: Thresholds
) -> Tuple[Move, ...]:
    """What a human being would meet first; not where staff reads, or where the message is met as distress."""
    met = consultation.talk.comforted or says_otherwise(consultation, understood)
    if consultation.talk.paused or met or first(taken.moves, Distress) is not None:
        return ()
    if mourns(understood, thresholds):
        return (Feels(Feeling.BEREAVED),)
    only_asks = bool(taken.moves) and all(isinstance(move, Asks) for move in taken.moves)
    if understood.pressed is None and pattern("has_illness_at_home").search(understood.text):
        return (Feels(Feeling.FOR_FAMILY),)
    if understood.pressed is None and pattern("carries_it_alone").search(understood.text):
        return (Feels(Feeling.ALONE),)
    worn_out = bool(pattern("is_worn_out").search(understood.text))
    if understood.pressed is not None or is_just_facts(understood) or (only_asks and not worn_out):
        return ()
    away = [r.confidence for r in understood.moves if r.move == "complains" and r.about == "institution"]
    if max(away, default=0.0) >= thresholds.beyond_doubt and not understood.asks_within:  # it may be a fear
        return (TurnedAway(),)
    felt = [read for read in understood.moves if read.move == "feels" and read.how != Feeling.BEREAVED.value]
    surest = max(felt, key=lambda read: read.confidence, default=None)
    unsure = surest is None or surest.confidence < thresholds.felt
    if unsure and worn_out:
        return (Feels(Feeling.TIRED),)
    if surest is None or surest.how is None or surest.confidence < thresholds.felt:
        return ()
    return (Feels(Feeling(surest.how), confidence=surest.confidence),)


def _facts(consultation: Consultation, understood: Understood, taken: Taken) -> Tuple[Move, ...]:
    """What the message tells of the business; nothing of what is written to staff."""
    for_staff = consultation.talk.paused and not taken.moves and not consultation.talk.comforted
    pick = first(taken.moves, Pick)
    call_back = pick is not None and pick.option.question is Question.CALL_BACK
    if for_staff or call_back or any(isinstance(move, (WantsBot, WantsCallBack)) for move in taken.moves):
        return ()
    put_right = first(taken.moves, NotProblem) is not None and consultation.question is not Question.TRIAGE
    return (*_place(consultation, understood, put_right), *_business(understood, put_right))


def _place(consultation: Consultation, understood: Understood, put_right: bool) -> Iterator[Fact]:
    """Where the shop is stays as it was told until the owner puts it right: 札幌に出た is told of somebody else."""
    asked = consultation.question is Question.PREFECTURE
    anew = put_right or asked or is_just_facts(understood) or bool(_OF_THE_SHOP.search(understood.text))
    for municipality in understood.municipalities:
        yield Fact(Slot.MUNICIPALITY, municipality, anew)
    named = understood.named_prefectures if put_right and len(understood.named_prefectures) == 1 else ()
    for prefecture in understood.prefectures or named:
        yield Fact(Slot.PREFECTURE, prefecture, anew)


def _is_put_aside(word: str, text: str) -> bool:
    """Whether a word is named to say that it is not that: スーパーの話ではなくて."""
    _, _, behind = text.partition(word)
    return bool(INSTEAD.search(behind[:_RIGHT_BEHIND]))


def _business(understood: Understood, put_right: bool) -> Iterator[Fact]:
    """What was told of the business stays until the owner says it anew: as a correction, or by itself."""
    anew = put_right or understood.only_facts
    if understood.industry is not None and not _is_put_aside(understood.industry, understood.text):
        yield Fact(Slot.INDUSTRY, understood.industry, anew)
    if understood.employee_count is not None:
        yield Fact(Slot.EMPLOYEE_COUNT, str(understood.employee_count), anew)
    if understood.stage is not None:
        yield Fact(Slot.STAGE, understood.stage, anew=True)
