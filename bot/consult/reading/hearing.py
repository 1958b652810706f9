"""Makes of an understood message what the turn takes: its moves, read in their place, and what else matters in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Dict, Iterable, Iterator, Mapping, Optional, Tuple

from bot.consult.heard import Heard
from bot.consult.moves import (
    About,
    Asks,
    Complains,
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
from bot.consult.reading.confided import with_what_is_confided
from bot.consult.reading.distress import denies_a_wish_to_die, is_strain, mourns, says_otherwise
from bot.consult.reading.in_context import in_context, is_just_facts, is_too_long
from bot.consult.reading.known_answers import Named, with_answers
from bot.consult.reading.own_words import is_an_answer_offered, tried_in
from bot.consult.reading.put_right import Reading, asking_us_or_not, owning_up_to_a_question, put_right
from bot.consult.reading.rating import says_why
from bot.consult.reading.sent import is_only_sent
from bot.consult.reading.taken import Taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.triage_reading import answer_resembled, answer_to
from bot.consult.reading.understood import Understood
from bot.consult.reading.urgency import is_urgent
from bot.consult.road import road
from bot.consult.state import UNCLEAR, Consultation, Question
from bot.knowledge import AnswerId, Knowledge, Matter, SymptomAnswer
from bot.masking import says_hidden
from bot.normalization import bare, is_spaced_kana
from bot.phrases import pattern

_JAPAN = timezone(timedelta(hours=9))
_NO_OTHER_WORDS = (
    0.8  # likeness of words that say hardly anything else: who tells an issue plainly is not asked for its cause
)
_BEGINS, _ENDS, _BREAK = 5, 3, "、"  # characters by which a clause is found again; what stands before the last one
_LONGEST_QUESTION = 48  # characters: what is longer is not said in one breath at an institution
_FIELDS_KEPT = 6
_A_WORD_OR_TWO = 14  # characters: それでも許可いりますか
_AROUND_A_TRADE = 5  # characters: 新潟で, の会社
_ENDS_A_SENTENCE = "?？!！。"
_FULL_STOP = "。"
_HARDLY_ANY_WORDS = 14  # characters: 売上が減っています
_WISHED_FOR = (About.PROGRAMME, About.ELIGIBILITY, About.CHANCE)
_TELLS_NOTHING = ("affirm", "deny", "skip", "greet")
_OF_A_NAME = re.compile("[一-龥ァ-ヶA-Za-z]")
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
    fields = _fields_of_the_talk(here, understood, thresholds)
    least = thresholds.answers.its_field  # 昨日の野球見ました goes on about nothing
    of_it_too = {name: sure for name, sure in fields if understood.fields.get(name, 0.0) >= least}
    understood = replace(_without_what_is_turned_down(knowledge, understood), fields_of_the_talk=of_it_too)
    understood = _without_what_it_cannot_be_of(knowledge, here, understood)
    taken = in_context(knowledge, here, understood, thresholds)
    chosen = first(taken.moves, Asks)
    if chosen is not None and chosen.chosen:
        return Heard(
            text=understood.original,
            at=at,
            moves=(chosen,),
            question=here.talk.near_to,
            field=_field_of_the_talk(fields, thresholds),
            given_back=given_back,
        )
    understood = _of_what_it_is_instead(understood, taken)
    named = (*_called_so_here(knowledge, here, understood), *_spoken_of(knowledge, understood, thresholds))
    subjects = knowledge.subjects.named_in(understood.text)
    of_what = Named(named or here.talk.talked_about, subjects, here.talk.subjects, bool(named or subjects))
    felt = _feelings(here, understood, taken, thresholds)
    taken = replace(taken, moves=(*taken.moves, *_protest(felt, understood, taken, thresholds)))
    reading = Reading(here, understood, thresholds, felt)
    put = asking_us_or_not(reading, owning_up_to_a_question(reading, taken.moves))
    asked = with_answers(knowledge, here, understood, thresholds, put, of_what, _day(at))
    asked = put_right(reading, _within_what_is_in_hand(knowledge, here, asked), taken.in_place)
    confided = with_what_is_confided(knowledge, reading, asked)
    if confided is not None:
        felt, asked = confided
    if says_why(here, understood, (*felt, *asked)):
        return Heard(
            text=understood.original, at=at, moves=(SaysWhy(words=understood.original),), given_back=given_back
        )
    described = _is_described(taken, understood)
    wants_kana = bool(pattern("wants_easy_japanese").search(understood.text))
    came_with = _came_with(knowledge, here, understood, asked, thresholds)
    return Heard(
        text=understood.original,
        at=at,
        moves=(*felt, *asked, *_facts(here, understood, taken)),
        unsure=taken.unsure and not came_with and confided is None,
        institutions=named,
        subjects=subjects,
        turned_down=(*understood.turned_down, *_led_by_the_owner(knowledge, understood)),
        asks=understood.asks_within,
        question=question_to_pass_on(understood),
        field=_field(knowledge, understood, subjects, thresholds),
        fields=fields,
        of_us=_may_be_of_us(knowledge, understood, thresholds),
        price_of=_price_of(understood),
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
        said_back=_said_back(knowledge, here, understood, asked),
        means_no_death=says_otherwise(here, understood),
        strained=bool(felt) and is_strain(understood, thresholds),
        easily=wants_kana or is_spaced_kana(understood.original),
        in_kana=wants_kana,
        in_english=bool(pattern("in_english").match(understood.text)),
        given_back=given_back,
        only_asks=len(understood.sentences) == 1 == len(understood.sentences_that_ask),
        hides=says_hidden(understood.original),
        hides_all=says_hidden(understood.original) and not understood.text.strip(),
    )


def _without_what_is_turned_down(knowledge: Knowledge, understood: Understood) -> Understood:
    """The same as if the institutions that were tried or are not wanted had not been named, nor asked about."""
    down = {*understood.turned_down}
    if not down:
        return understood

    def left(answers: Mapping[str, float]) -> Mapping[str, float]:
        known = {name: knowledge.answers[name] for name in answers}
        of_them = {name for name, one in known.items() if down & {one.scope.institution, *one.institutions}}
        return {name: like for name, like in answers.items() if name not in of_them}

    parts = (replace(part, answers=left(part.answers), trust=left(part.trust)) for part in understood.parts)
    return replace(
        understood,
        institutions=tuple(name for name in understood.institutions if name not in down),
        answers=left(understood.answers),
        trust=left(understood.trust),
        parts=tuple(parts),
    )


def _of_what_it_is_instead(understood: Understood, taken: Taken) -> Understood:
    """The same read by the clauses that deny nothing, where one denies and the message asks, or tells, something else.

    跡継ぎのことじゃなかとです。職人の退職金のことです is no question of succession.
    """
    denies = first(taken.moves, NotProblem) is not None and first(taken.moves, Asks) is not None
    left = [part for part in understood.parts if not pattern("denies_a_matter").search(part.text)]
    if not denies or not left or len(left) == len(understood.parts):
        return understood

    def surest(read: Iterable[Mapping[str, float]]) -> Mapping[str, float]:
        found: Dict[str, float] = {}
        for one in read:
            found.update({name: sure for name, sure in one.items() if sure > found.get(name, 0.0)})
        return found

    return replace(
        understood,
        parts=tuple(left),
        answers=surest(part.answers for part in left),
        topics=surest(part.topics for part in left),
        fields=surest(part.fields for part in left),
        trust=surest(part.trust for part in left),
        fields_of_the_talk={},
    )


def _without_what_it_cannot_be_of(
    knowledge: Knowledge, consultation: Consultation, understood: Understood
) -> Understood:
    """The same without an issue that it sounds like: who has a salon, and no staff, founds none.

    What was said before in the owner's own words speaks as well, while that issue is not in hand.
    """
    before = [words.text for words in consultation.roads.words]
    for issue in knowledge.issues.values():
        heard = issue.name in understood.other_issues or understood.confidence(issue.name) > 0
        if issue.not_of is None or not heard:
            continue
        told = [understood.text, *(before if consultation.issue != issue.name else ())]
        if any(pattern(issue.not_of).search(text) for text in told):
            others = {name: sure for name, sure in understood.other_issues.items() if name != issue.name}
            understood = replace(understood.without(issue.name), other_issues=others)
    return understood


def _within_what_is_in_hand(
    knowledge: Knowledge, consultation: Consultation, moves: Tuple[Move, ...]
) -> Tuple[Move, ...]:
    """The moves, a worry that the road in hand serves as well being of that: the loan of who is about to open."""
    issue = consultation.issue_in(knowledge)
    if issue is None or not issue.includes:
        return moves

    def here(move: Move) -> Move:
        if not isinstance(move, Problem) or move.standing is not Standing.LEADS:
            return move
        of_it = issue.includes.get(str(Matter(move.issue, move.sub_issue)))
        return replace(move, issue=issue.name, sub_issue=of_it) if of_it is not None else move

    return tuple(map(here, moves))


def _led_by_the_owner(knowledge: Knowledge, understood: Understood) -> Tuple[str, ...]:
    """The institutions that the owner says they lead: a president is not sent to their own association."""
    led = ((one.id, one.led_by) for one in knowledge.institutions.values() if one.led_by is not None)
    return tuple(name for name, phrase in led if pattern(phrase).search(understood.text))


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
        happens = answer_resembled(knowledge, consultation, None, understood, thresholds, thresholds.same_elsewhere)
    return (happens,) if happens is not None else ()


def _complaint(knowledge: Knowledge, understood: Understood, thresholds: Thresholds) -> Optional[AnswerId]:
    """What hurts, as an answer of the triage that is never asked for."""
    triage = knowledge.triage
    intent, confidence = understood.top
    least = _NO_OTHER_WORDS if confidence >= thresholds.change else thresholds.same_elsewhere
    if intent == UNCLEAR:
        # nothing else is told, and what hurts is the beginning of an issue
        least = (thresholds.same + thresholds.same_elsewhere) / 2
    heard = [
        (like, answer)
        for answer, like in understood.symptoms.items()
        if like >= least and _may_be_told(triage.answer(answer), understood)
    ]
    complaints = [h for h in heard if triage.symptoms[h[1].symptom].ask is None and not triage.answer(h[1]).usual]
    found = max(complaints)[1] if complaints else None
    if found is None:
        return None
    of_another = confidence >= thresholds.sure and intent in knowledge.issues and intent != UNCLEAR
    read = (one for one in understood.moves if one.move == "problem" and one.confidence >= thresholds.in_place)
    told = {one.issue for one in read} - {UNCLEAR}
    speaks_for = {*triage.answer(found).speaks_for}
    if (of_another and intent not in speaks_for) or (told and not told & speaks_for):
        return None  # 首が回らない sounds like 手が回らない, and お客さんがほしい like 補助金がほしい
    return found


def _may_be_told(answer: SymptomAnswer, understood: Understood) -> bool:
    """Whether the message has the words without which it does not say it: お客さんがほしい is no wish for subsidies."""
    return answer.told_by is None or bool(pattern(answer.told_by).search(understood.text))


def _cause(
    knowledge: Knowledge, understood: Understood, complaint: AnswerId, thresholds: Thresholds
) -> Tuple[AnswerId, ...]:
    """The answer to the question for the cause of what hurts, where the message tells it in the same breath."""
    asked_for = [s.id for s in knowledge.triage.symptoms.values() if complaint in s.after]
    least = thresholds.same_elsewhere  # 人が足りない sounds like 任せられる人がいない as well
    told = [answer_to(knowledge, symptom, understood, thresholds, least) for symptom in asked_for]
    return tuple(answer for answer in told if answer is not None and not knowledge.triage.answer(answer).usual)[:1]


def _may_be_a_complaint(move: Move, understood: Understood) -> bool:
    """Whether a message that makes this move may still have told no cause: it says no kind, or hardly any words."""
    if isinstance(move, Problem):
        leads = move.standing is Standing.LEADS
        return not leads or move.sub_issue is None or len(bare(understood.text)) <= _HARDLY_ANY_WORDS
    return isinstance(move, (Fact, Greets)) or (isinstance(move, Asks) and move.about in _WISHED_FOR)


def _said_back(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, moves: Tuple[Move, ...]
) -> str:
    """What the message tells most of, where it is told in words of the owner's own and is no bare fact.

    Nothing is said back to who puts us right or complains: it sounds like mockery.
    """
    if says_otherwise(consultation, understood) or any(isinstance(move, (NotProblem, Complains)) for move in moves):
        return ""
    bare_words = is_an_answer_offered(knowledge, understood) or is_just_facts(understood)
    broken = bool(pattern("is_a_broken_echo").search(understood.said_back)) or _is_only_who_they_are(understood)
    return "" if bare_words or broken or _is_of_a_question(understood) else understood.said_back


def _is_only_who_they_are(understood: Understood) -> bool:
    """Whether what could be said back is hardly more than the trade: 介護の会社, 新潟で酒屋."""
    trade, words = understood.industry or "", understood.said_back
    return bool(trade) and trade in words and len(bare(words.replace(trade, ""))) <= _AROUND_A_TRADE


def _fields_of_the_talk(
    consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Tuple[Tuple[str, float], ...]:
    """Of which fields the talk is, the likeliest first: 取り消しってできる, after インボイス登録した, is of taxes."""
    before = dict(consultation.talk.fields)
    if understood.pressed is not None or is_just_facts(understood) or not understood.fields:
        return consultation.talk.fields
    kept = thresholds.field_before if before else 0.0
    names = dict.fromkeys((*understood.fields, *before))
    sure = {name: (understood.fields.get(name, 0.0) + kept * before.get(name, 0.0)) / (1 + kept) for name in names}
    return tuple(sorted(sure.items(), key=lambda one: -one[1])[:_FIELDS_KEPT])


def _field(
    knowledge: Knowledge, understood: Understood, subjects: Tuple[str, ...], thresholds: Thresholds
) -> Optional[str]:
    """The field of whom would know what is asked, where that is likely, or all that we know of a named subject is."""
    name, sure = understood.field_asked
    if sure >= thresholds.field:
        return name
    fields = {answer.field for answer in knowledge.answers.values() if {*answer.subjects} & {*subjects}}
    of_it = [field for field in fields if not knowledge.fields[field].of_windows]
    return of_it[0] if len(of_it) == 1 else None


def _field_of_the_talk(fields: Tuple[Tuple[str, float], ...], thresholds: Thresholds) -> Optional[str]:
    """The field that the talk is likeliest of, where that is likely; the likest comes first."""
    return next((name for name, sure in fields[:1] if sure >= thresholds.field), None)


def _price_of(understood: Understood) -> str:
    """What the last question names, in kanji, katakana or Latin letters, beside words of price; none of advice."""
    asked = understood.questions_put[-1:]
    if not asked or pattern("asks_what_advice_costs").search(asked[0]):
        return ""
    return "".join(_OF_A_NAME.findall(pattern("names_nothing_that_costs").sub("", asked[0])))


def _may_be_of_us(knowledge: Knowledge, understood: Understood, thresholds: Thresholds) -> bool:
    """Whether what is asked may be of us, or of the institutions that we name."""
    of_windows = (sure for name, sure in understood.fields.items() if knowledge.fields[name].of_windows)
    return not understood.fields or max(of_windows, default=0.0) >= thresholds.answers.its_field


def question_to_pass_on(understood: Understood) -> str:
    """The last sentence of a message that asks, to be asked at an institution; empty where none does, or too long."""
    asking = [s for s in understood.questions_put or _left_unsaid(understood) if _can_be_passed_on(s)]
    if not asking:
        return ""
    candidates = (_with_what_it_is_of(understood, asking[-1]), asking[-1])
    return next((question for question in candidates if len(question) <= _LONGEST_QUESTION), "")


def _can_be_passed_on(sentence: str) -> bool:
    """Whether a sentence can be asked elsewhere as it stands: in polite words, and of nothing that is for us alone.

    続けて話せって、あんた聞きよるとか is for us; これ違法じゃねえの is not put to an office like that.
    """
    in_plain_words = bool(pattern("can_be_asked_anywhere").search(sentence.strip()))
    return in_plain_words and not pattern("not_to_be_passed_on").search(sentence)


def _with_what_it_is_of(understood: Understood, question: str) -> str:
    """A question of a word or two with the sentence before it: 補助金で機械が買えると営業が来た。怪しい."""
    before = [sentence.strip() for sentence in understood.sentences]
    at = next((n for n, sentence in enumerate(before) if question in sentence), 0)
    if not at or len(question) >= _A_WORD_OR_TWO:
        return question
    return f"{before[at - 1].rstrip(_ENDS_A_SENTENCE)}{_FULL_STOP}{question}"


def _left_unsaid(understood: Understood) -> Tuple[str, ...]:
    """The last sentence where it leaves the rest of a question unsaid: 補助金でイベントをやろうと思うんですが."""
    last = tuple(sentence for sentence in understood.sentences if bare(sentence))[-1:]
    return tuple(sentence.strip() for sentence in last if pattern("leaves_the_rest_unsaid").search(sentence))


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


def _spoken_of(knowledge: Knowledge, understood: Understood, thresholds: Thresholds) -> Tuple[str, ...]:
    """The institutions that the message names, but those that it only says were tried: nobody asks what they cost."""
    if understood.asks_within:
        return understood.institutions
    tried = [r.value or "" for r in understood.moves if r.slot == "tried" and r.confidence >= thresholds.in_place]
    names = {
        id_: (knowledge.institutions[id_].name, *knowledge.institutions[id_].aliases) for id_ in understood.institutions
    }
    return tuple(id_ for id_ in understood.institutions if not any(name in one for name in names[id_] for one in tried))


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
    if mourns(understood, thresholds) and not consultation.talk.times_spoken("utter_feels_bereaved"):
        return (Feels(Feeling.BEREAVED),)
    if denies_a_wish_to_die(understood):
        return (Feels(Feeling.SAD),)
    if understood.pressed is None and pattern("has_illness_at_home").search(understood.text):
        return (Feels(Feeling.FOR_FAMILY),)
    if understood.pressed is None and pattern("carries_it_alone").search(understood.text):
        return (Feels(Feeling.ALONE),)
    worn_out = bool(pattern("is_worn_out").search(understood.text))
    if understood.pressed is not None or is_just_facts(understood):
        return ()
    away = [r.confidence for r in understood.moves if r.move == "complains" and r.about == "institution"]
    if max(away, default=0.0) >= thresholds.certain:
        return (TurnedAway(),)
    felt = [read for read in understood.moves if read.move == "feels" and read.how != Feeling.BEREAVED.value]
    surest = max(felt, key=lambda read: read.confidence, default=None)
    unsure = surest is None or surest.confidence < thresholds.felt
    if unsure and worn_out:
        return (Feels(Feeling.TIRED),)
    only_asks = bool(taken.moves) and all(isinstance(move, (Asks, Complains)) for move in taken.moves)
    begins = consultation.issue is None and not consultation.talk.spoken
    worried = begins and surest is not None and surest.how == Feeling.ANXIOUS.value  # the worry has its own sympathy
    least = thresholds.beyond_doubt if only_asks or worried else thresholds.felt
    if surest is None or surest.how is None or surest.confidence < least:
        return ()
    return (Feels(Feeling(surest.how), confidence=surest.confidence),)


def _protest(felt: Tuple[Move, ...], understood: Understood, taken: Taken, thresholds: Thresholds) -> Tuple[Move, ...]:
    """A complaint about us, where somebody is angry and denies what was never told: 払えんとは言うとらんです."""
    angry = any(isinstance(move, Feels) and move.how is Feeling.ANGRY for move in felt)
    denies = any(r.move == "not_problem" and r.confidence >= thresholds.in_place_beside for r in understood.moves)
    met = any(isinstance(move, (NotProblem, Complains, Problem, Asks, Pick)) for move in taken.moves)
    return (Complains(),) if angry and denies and not met else ()


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


def _business(understood: Understood, put_right: bool) -> Iterator[Fact]:
    """What was told of the business stays until the owner says it anew: as a correction, or by itself."""
    anew = put_right or understood.only_facts
    if understood.industry is not None:
        yield Fact(Slot.INDUSTRY, understood.industry, anew)
    if understood.employee_count is not None:
        yield Fact(Slot.EMPLOYEE_COUNT, str(understood.employee_count), anew)
    if understood.stage is not None:
        yield Fact(Slot.STAGE, understood.stage, anew=True)
