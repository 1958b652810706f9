"""A question that nobody heard as one: by the known answers that the message resembles, or by how it is put."""

from __future__ import annotations

from dataclasses import replace
from typing import FrozenSet, Optional

from bot.consult.choices import MORE
from bot.consult.moves import (
    About,
    Apologizes,
    Asks,
    Fact,
    No,
    NotProblem,
    OffTopic,
    Pick,
    Problem,
    Refuses,
    Tells,
    WantsPerson,
    WantsToBeForgotten,
    Yes,
)
from bot.consult.reading.own_words import is_an_answer_offered
from bot.consult.reading.taken import Taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.understood import Understood
from bot.consult.state import UNCLEAR, Consultation, Question
from bot.knowledge import Answer, Knowledge
from bot.normalization import bare
from bot.phrases import pattern

# What a message with a question in it is easily taken for; anything else is known better.
_EASILY_HEARD = (Problem, Tells, OffTopic, WantsPerson, Fact, Apologizes, Refuses, Yes, Pick)
_NO_QUESTION_TO_US = ("greet", "thank", "goodbye", "affirm", "deny", "distress", "restart")
# What cards tell of where the talk stands: it takes more than some likeness to ask for that.
_A_WORD_OR_TWO = 6  # characters: なんちゅうか
_TOLD_BY_CARDS = ("why_this", "contact", "nearest", "first_step")


def with_what_is_asked(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds, heard: Taken
) -> Taken:
    """The same with the question that was put in it, where it is put as one and none was heard.

    What was read as a question for certain is that, and what resembles a known way of asking. Once a road is shown,
    whatever else is put as a question is one to be answered honestly, and not a remark to be nodded at.
    """
    of_a_field = _asks_what_somebody_knows(knowledge, understood, thresholds)
    taken_for = (*_EASILY_HEARD, WantsToBeForgotten) if of_a_field else _EASILY_HEARD  # 口コミを消してもらうには
    easily = all(isinstance(move, taken_for) for move in heard.moves)
    says_no = all(isinstance(move, (No, NotProblem)) for move in heard.moves)
    easily = easily or (says_no and _asks_beyond_doubt(understood, thresholds))
    if any(isinstance(move, WantsPerson) for move in heard.moves) and not understood.institutions:
        return heard  # 診断士の先生を頼むと高いですか is a question, 折り返し電話をもらえますか is none
    of_the_net = of_a_field and any(isinstance(move, WantsToBeForgotten) for move in heard.moves)
    if not easily or (understood.top[0] in _NO_QUESTION_TO_US and not of_the_net):
        return heard
    answers = any(isinstance(move, Pick) for move in heard.moves)
    if consultation.question is Question.CALL_BACK or (consultation.question is Question.FORGET and answers):
        return heard
    if any(isinstance(move, Pick) and move.left_to_us for move in heard.moves):
        return heard
    if is_an_answer_offered(knowledge, understood):
        return heard  # どんな人をどう募集するか is a label
    if knowledge.words.sheet in understood.text:
        return heard  # 相談シートってなんですか is known better
    told_a_worry = any(_is_new(move, consultation) for move in heard.moves if isinstance(move, Problem))
    asked = _read(understood, thresholds)
    of_whom = frozenset((*understood.institutions, *knowledge.subjects.named_in(understood.text)))
    if asked is None and (of_whom or not told_a_worry):
        asked = _resembled(knowledge, understood, thresholds, of_whom)
    remarks = all(isinstance(move, (Tells, Problem)) for move in heard.moves) and not told_a_worry
    says_something = len(bare(understood.text)) > _A_WORD_OR_TWO and not understood.prefectures
    puts_it = understood.asks_within or understood.wonders_how
    if asked is None and puts_it and consultation.answered and remarks and says_something:
        asked = Asks(About.OTHER, confidence=thresholds.in_place)
    nothing_else = all(isinstance(move, Tells) for move in heard.moves) or _is_of_the_talk(
        consultation, understood, thresholds
    )
    on_its_road = _is_on_its_road(knowledge, understood, heard) if told_a_worry else False
    of_a_field = of_a_field and not on_its_road
    if asked is None and (of_a_field or (nothing_else and says_something and _asks_more_than_what_to_do(understood))):
        asked = Asks(About.OTHER, confidence=thresholds.in_place)
    unclear = any(isinstance(move, Problem) and move.issue == UNCLEAR for move in heard.moves)
    more_of_it = any(isinstance(move, Pick) and move.option.answer == MORE for move in heard.moves)
    if (
        asked is None
        and (told_a_worry or more_of_it)
        and not unclear
        and not consultation.answered
        and pattern("asks_a_plain_thing").search(understood.text)
    ):
        asked = Asks(About.OTHER, confidence=thresholds.in_place)  # it is owned up to rather than passed over
    if asked is None:
        return heard
    tells_nothing = of_a_field and _only_asks(understood) and not _leads_to_those_who_know(knowledge, understood, heard)
    kept = (Fact, Pick) if tells_nothing else (Problem, Fact, Pick)
    told = tuple(move for move in heard.moves if isinstance(move, kept))
    return replace(heard, moves=(*told, asked), unsure=False)


def _asks_what_somebody_knows(knowledge: Knowledge, understood: Understood, thresholds: Thresholds) -> bool:
    """Whether it is put as a question that those of some field would know, and asks more than what to do."""
    name, sure = understood.field_asked
    known = sure >= thresholds.field and bool(knowledge.fields[name].see)
    return known and _asks_more_than_what_to_do(understood)


def _only_asks(understood: Understood) -> bool:
    """Whether it is one question and tells nothing beside: 週3日のパートも社会保険に入れるのですか."""
    return len(understood.sentences) == len(understood.sentences_that_ask) == 1


def _is_on_its_road(knowledge: Knowledge, understood: Understood, heard: Taken) -> bool:
    """Whether the worry that it tells leads to those who would know: バイヤーとどこで出会えますか is shown them."""
    leads = _leads_to_those_who_know(knowledge, understood, heard)
    return leads and not pattern("asks_a_plain_thing").search(understood.text)


def _leads_to_those_who_know(knowledge: Knowledge, understood: Understood, heard: Taken) -> bool:
    """Whether the road of the worry that was heard shows the people of the field that is asked of."""
    field = knowledge.fields.get(understood.field_asked[0])
    told = [move for move in heard.moves if isinstance(move, Problem) and move.issue != UNCLEAR]
    if field is None or not field.see:
        return False
    return any(field.issue == move.issue or field.see[0].name in _shown_to(knowledge, move) for move in told)


def _shown_to(knowledge: Knowledge, told: Problem) -> FrozenSet[str]:
    """The names of those whom the road of a worry shows."""
    issue = knowledge.issues[told.issue]
    referrals = issue.sub_issue(told.sub_issue).referrals if told.sub_issue else issue.referrals
    return frozenset(referral.institution.name for referral in referrals)


def _asks_more_than_what_to_do(understood: Understood) -> bool:
    """Whether some sentence of it is put as a question that being shown whom to see does not answer."""
    return any(not pattern("asks_what_to_do").search(sentence) for sentence in understood.questions_put)


def _is_of_the_talk(consultation: Consultation, understood: Understood, thresholds: Thresholds) -> bool:
    """Whether what was taken for none of our matters is asked in the middle of one, and may be of that."""
    begun = consultation.issue is not None or consultation.question not in (None, Question.ISSUE)
    intent, confidence = understood.top
    return (
        begun and intent == "out_of_scope" and confidence < thresholds.change and not understood.sub_issues.get(intent)
    )


def _asks_beyond_doubt(understood: Understood, thresholds: Thresholds) -> bool:
    """Whether it was read to ask something beyond doubt, in more than a word or two: その2つ何が違うん is no No."""
    asked = [read.confidence for read in understood.moves if read.move == "asks"]
    return max(asked, default=0.0) >= thresholds.beyond_doubt and len(bare(understood.text)) > _A_WORD_OR_TWO


def _is_new(told: Problem, consultation: Consultation) -> bool:
    """Whether it is another issue than the one in hand, or another kind of it."""
    return told.issue != consultation.issue or told.sub_issue not in (None, consultation.sub_issue)


def _read(understood: Understood, thresholds: Thresholds) -> Optional[Asks]:
    """What was read to be asked in its place: surely where it is put as a question, or beyond doubt."""
    half_put = bool(pattern("leaves_the_rest_unsaid").search(understood.text))
    put = thresholds.in_place_beside if half_put else thresholds.beyond_doubt
    least = thresholds.in_place if understood.asks_within else put
    asked = [read for read in understood.moves if read.move == "asks" and read.confidence >= least]
    surest = max(asked, key=lambda read: read.confidence, default=None)
    return Asks(About(surest.about), confidence=surest.confidence) if surest is not None and surest.about else None


def _resembled(
    knowledge: Knowledge, understood: Understood, thresholds: Thresholds, of_whom: FrozenSet[str]
) -> Optional[Asks]:
    """A question of the topic whose answers the message most resembles, where it is put as one and does so enough.

    Where it names an institution, a loan or a law, less is enough: it wants to know something of that, and of a loan or
    a law that is not known may be enough as well.
    """
    subjects = frozenset(knowledge.subjects.named_in(understood.text))
    if not (understood.asks_within or (subjects and understood.wonders) or understood.wonders_how):
        return None
    of_them = [a for a in knowledge.answers.values() if of_whom & {a.scope.institution, *a.subjects}]

    def worth(answer: Answer) -> float:
        about = understood.topics.get(answer.topic, 0.0)
        trust = thresholds.answers.of_trust * understood.trust.get(answer.id, 0.0)
        return understood.answers.get(answer.id, 0.0) + thresholds.answers.of_the_topic * about + trust

    asked = max(of_them or knowledge.answers.values(), key=worth)
    likeness = understood.answers.get(asked.id, 0.0)
    by_a_card = asked.topic in _TOLD_BY_CARDS and not subjects & {*asked.subjects}
    least = thresholds.asked_surely if by_a_card else thresholds.asked_of if of_them else thresholds.asked
    return Asks(About(asked.topic), confidence=likeness) if likeness >= least else None
