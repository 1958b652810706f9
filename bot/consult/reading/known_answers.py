"""Which of the answers that we know a question asks for, where the talk stands: the narrowest of those it is like."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Collection, Dict, FrozenSet, Iterator, List, Optional, Sequence, Tuple

from bot.consult.moves import About, Asks, Greets, Move, Problem, every, first
from bot.consult.reading.thresholds import AnswerThresholds, Thresholds
from bot.consult.reading.understood import Part, Understood
from bot.consult.road import road
from bot.consult.state import UNCLEAR, Consultation, Question
from bot.knowledge import Answer, Knowledge, Scope
from bot.normalization import bare
from bot.phrases import pattern

_AS_OF_AN_INSTITUTION = Scope(institution="any").narrowness
_OF_A_NAME = ("what_is", "term")
_OF_AN_INSTITUTION = (
    About.COST,
    About.CONTACT,
    About.NEAREST,
    About.WHAT_IS,
    About.REMOTE,
    About.DURATION,
    About.APPOINTMENT,
    About.SECRECY,
)
_OF_NOTHING_CLEAR = (About.OTHER, About.CONTACT, About.NEAREST)
_WHERE_TO_GO = (About.CONTACT, About.NEAREST)
_OF_WHOM_ONE_GOES_TO = (About.SECRECY, About.REMOTE, About.APPOINTMENT, About.DURATION)
_SHORT = 14  # characters: such a question is of what was just said
_IN_A_WORD = 30  # characters: 電気代が高くて困っています
_MOST_NEAR = 3  # questions to choose from: what is more is a list to read
_HARDLY_A_QUESTION = 7  # characters: 大丈夫ですか
# Topics that owners mix up in asking; an answer to one may be what was asked for with another.
_ALSO: Dict[About, FrozenSet[str]] = {
    About.CONTACT: frozenset({"nearest"}),
    About.NEAREST: frozenset({"contact"}),
    About.ELIGIBILITY: frozenset({"chance"}),
    About.CHANCE: frozenset({"eligibility", "consequence"}),
    About.CONSEQUENCE: frozenset({"secrecy", "chance", "procedure"}),
    About.PROCEDURE: frozenset({"first_step", "programme", "documents", "appointment", "term"}),
    About.PROGRAMME: frozenset({"procedure", "term", "eligibility"}),
    About.TERM: frozenset({"what_is", "programme", "procedure"}),
    About.WHAT_IS: frozenset({"term", "programme", "difference"}),
    About.APPOINTMENT: frozenset({"remote", "duration"}),
    About.DURATION: frozenset({"appointment"}),
    About.REMOTE: frozenset({"appointment"}),
    About.OTHER: frozenset(
        {"procedure", "programme", "term", "eligibility", "consequence", "remote", "appointment", "documents"}
    ),
    About.WHY: frozenset({"why_this"}),
    About.DIFFERENCE: frozenset({"term", "what_is", "programme"}),
}


@dataclass(frozen=True)
class Named:
    """What a question is asked of: the institutions and subjects that the message names, or that were named last.

    `institutions` are those of the message, or those that were talked of; `subjects` those of the message alone,
    `subjects_before` those of the last message that named any. `now`: the message itself names one or the other.
    """

    institutions: Tuple[str, ...] = ()
    subjects: Tuple[str, ...] = ()
    subjects_before: Tuple[str, ...] = ()
    now: bool = False


def with_answers(
    knowledge: Knowledge,
    consultation: Consultation,
    understood: Understood,
    thresholds: Thresholds,
    moves: Tuple[Move, ...],
    named: Named,
    today: date,
) -> Tuple[Move, ...]:
    """The moves, each question with the ids of the answers that it asks for: one, or one of each institution named.

    A message of several questions is given an answer to each of its sentences that asks. What is not true any more
    today is no answer.
    """
    asked = every(moves, Asks)
    if not asked and not understood.asks_within:
        introduces = understood.only_facts or first(moves, Greets) is not None  # こんにちは。保育園です
        if introduces or not _tells_what_is_known(consultation, understood, thresholds):
            return moves
        moves = tuple(move for move in moves if not (isinstance(move, Problem) and move.issue == UNCLEAR))
    told = first(moves, Problem)
    there = consultation.on(told.issue) if told is not None else consultation
    there = there.about(told.sub_issue) if told is not None and told.sub_issue else there
    field, sure = understood.field_asked
    of_a_field = sure >= thresholds.field and bool(knowledge.fields[field].see)
    answers = _Answers(knowledge, there, understood, named, thresholds.answers, of_a_field, today)
    by_phrase = answers.asked_by_phrase()
    if by_phrase is not None:  # whatever its words were taken to ask
        taken_for = _ALSO[About(by_phrase.topic)] | {by_phrase.topic, *(about.value for about in _OF_NOTHING_CLEAR)}
        asked = tuple(move for move in asked if move.about.value not in taken_for)
    short = len(bare(understood.text)) <= _SHORT and not of_a_field  # but 登録にはいくらかかりますか is of a field
    alone = len(asked) == 1
    answered = tuple(_with_answers(move, answers, named, short, alone) for move in asked)
    if by_phrase is not None:
        answered = (*answered, Asks(About(by_phrase.topic), answers=(by_phrase.id,), surely=True))
    not_for_us = consultation.talk.paused or consultation.talk.comforted or understood.pressed is not None
    if not asked and by_phrase is None and not not_for_us:
        answered = tuple(_asked_surely(answers))
    both = (*answered, *_of_the_other_questions(answers, understood, answered))
    return (*(move for move in moves if not isinstance(move, Asks)), *_each_once(both))


def _tells_what_is_known(consultation: Consultation, understood: Understood, thresholds: Thresholds) -> bool:
    """Whether a short message that opens the talk, and is of no issue for certain, says what an answer is known to.

    取引先が倒産しました asks what to do, though it asks nothing.
    """
    opens = consultation.issue is None and consultation.question in (None, Question.ISSUE)
    sure = max(understood.trust.values(), default=0.0) >= thresholds.answers.told
    of_an_issue = understood.top[1] >= thresholds.change
    in_a_word = len(bare(understood.text)) <= _IN_A_WORD and understood.pressed is None
    opens = opens and not consultation.talk.comforted  # いまも眠れません is met, and not answered
    return opens and sure and in_a_word and not of_an_issue


def _with_answers(asked: Asks, answers: _Answers, named: Named, short: bool, alone: bool) -> Asks:
    if asked.about is About.COST and not named.institutions and not named.subjects and short:
        of_the_matter = answers.of_the_cost_in_hand()  # それって無料ですか asks of all of them, or of us
        return _answered_by(asked, of_the_matter, surely=False) if of_the_matter is not None else asked
    of_our_question = asked.about is About.WHY_ASKED and asked.confidence >= answers.certain and not named.now
    of_us = asked.about in (About.AGAIN, About.BOT) and (not named.now or asked.confidence >= answers.certain)
    if of_our_question or of_us or asked.about is About.SHEET:
        return asked  # what we asked, and why, is told by us, whatever else it sounds like
    of_two = asked.about is About.DIFFERENCE or (asked.about is About.WHAT_IS and len(named.institutions) > 1)
    between = answers.between(named.institutions) if of_two else None
    if between is not None:
        return replace(asked, about=About.DIFFERENCE, answers=(between.id,))
    if of_two and len(named.institutions) > 1:
        found = [answers.what_is(institution) for institution in named.institutions]
        return replace(asked, about=About.WHAT_IS, answers=tuple(answer.id for answer in found if answer is not None))
    best = answers.to(asked, alone)
    if best is not None and best.topic in _OF_A_NAME and len(named.institutions) == 1 and named.now:
        of_it = answers.what_is(named.institutions[0])  # 国金って何 is one letter from 元金って何
        best = best if best.scope.institution is not None or of_it is None or best.subjects else of_it
    of_ones_name = asked.about is About.SECRECY and answers.speaks_of_ones_name  # that is asked of us, at first
    to_them = asked.about in _OF_WHOM_ONE_GOES_TO and not of_ones_name
    if best is None and to_them and asked.confidence >= answers.certain:
        best = answers.of_the_first(asked.about)  # ご近所にもれませんか: whatever else it sounds like
    if best is not None and asked.about in _WHERE_TO_GO and answers.is_of_another(best):
        return asked  # どこに行きますか is of whom the road names
    near = answers.near(best) if best is None or answers.is_doubtful(best) else ()
    if best is None or near:
        return replace(asked, near=near)
    return _answered_by(asked, best, surely=answers.surest() == best)


def _answered_by(asked: Asks, answer: Answer, surely: bool) -> Asks:
    """The question with its answer, of the topic of that: why was heard, but シャッターって何 was asked."""
    return replace(asked, about=About(answer.topic), answers=(answer.id,), surely=surely)


def _asked_surely(answers: _Answers) -> Iterator[Asks]:
    """The question that was not heard as one, where an answer is trusted surely: そこに行ったら説教されんね."""
    surest = answers.surest()
    if surest is not None:
        yield Asks(About(surest.topic), answers=(surest.id,), surely=True)


def _of_the_other_questions(answers: _Answers, understood: Understood, answered: Tuple[Asks, ...]) -> Tuple[Asks, ...]:
    """The questions that other sentences put than those that were heard: それと、家でも受けられるやろか."""
    parts = [part for part in understood.parts if part.asks]
    if len(parts) < 2 or len(answered) >= understood.questions:
        return ()
    topics = {move.about.value for move in answered}
    found = ((part, answers.to_part(part)) for part in parts)
    sure = (answer for part, answer in found if answer is not None and answers.may_stand_beside(answer, part))
    others = (answer for answer in sure if answer.topic not in topics)
    return tuple(Asks(About(answer.topic), answers=(answer.id,)) for answer in others)


def _each_once(asked: Sequence[Asks]) -> List[Asks]:
    """The questions without those whose answer an earlier one has already."""
    kept: List[Asks] = []
    for move in asked:
        given = {name for earlier in kept for name in earlier.answers}
        if not move.answers or not given.issuperset(move.answers):
            kept.append(move)
    return kept


class _Answers:
    """The answers that hold where the talk stands, and how like a way of asking each the message is."""

    def __init__(
        self,
        knowledge: Knowledge,
        consultation: Consultation,
        understood: Understood,
        named: Named,
        thresholds: AnswerThresholds,
        can_be_passed_on: bool,
        today: date,
    ) -> None:
        spoken = (understood.text, *(words.text for words in consultation.roads.words))
        names = (knowledge.brought[matter].name for matter in consultation.roads.brought)
        self._of_windows = frozenset(name for name, field in knowledge.fields.items() if field.of_windows)
        self._asks_whether_free = bool(pattern("asks_whether_free").search(understood.text))
        self._of_subsidies = any(pattern("of_subsidies").search(text) for text in (*spoken, *names))
        self._is_short = len(bare(understood.text)) <= _SHORT
        begun = consultation.issue is not None or bool(consultation.roads.brought)
        self._goes_on_in_short = begun and self._is_short
        self._can_be_passed_on = can_be_passed_on
        told_the_town = consultation.owner.municipality is not None or bool(understood.municipalities)
        self._answers = [
            answer
            for answer in knowledge.answers.values()
            if (answer.until is None or today <= answer.until)
            and not (told_the_town and answer.asks_for_the_town)
            and (not answer.needs or any(word in text for word in answer.needs for text in spoken))
            # who asks again right away meant something else, but where the words can mean nothing else
            and (answer.id not in consultation.talk.given or answer.said_as is not None)
        ]
        self._consultation = consultation
        self._text = understood.text
        self._whole = Part(True, understood.answers, understood.topics, understood.fields, _trust_of_all(understood))
        self._said_in_all = understood.trust
        self._parts = understood.parts
        self._read = _topics_read(understood)
        self._heard_otherwise = thresholds.as_heard * understood.top[1]
        self._named = named
        self._thresholds = thresholds
        self._prefectures = tuple(name[:-1] for name in knowledge.prefectures)  # 福島県 is 福島
        in_hand = consultation.issue_in(knowledge) is not None
        steps = road(knowledge, consultation).steps if in_hand else ()
        self._on_the_road = tuple(step.referral.institution.id for step in steps)

    @property
    def speaks_of_ones_name(self) -> bool:
        """Whether the question is whether one has to give one's name."""
        return bool(pattern("speaks_of_ones_name").search(self._text))

    @property
    def certain(self) -> float:
        """From which confidence a topic was heard for certain."""
        return self._thresholds.certain_topic

    def asked_by_phrase(self) -> Optional[Answer]:
        """The answer that the message asks for in words that can mean nothing else: 土曜は開いてますか."""
        phrased = (answer for answer in self._answers if answer.said_as is not None and self._may_be_meant(answer))
        found = next((answer for answer in phrased if pattern(answer.said_as or "").search(self._text)), None)
        return None if found is not None and self._is_known_of_who_is_named(found.topic) else found

    def _is_known_of_who_is_named(self, topic: str) -> bool:
        """Whether something is known of it that is of an institution that the message names: 公庫は夜も."""
        named = self._named.institutions if self._named.now else ()
        alike = {topic, About.CONTACT.value, *_ALSO[About(topic)]}
        of_them = (a for a in self._answers if a.known and a.topic in alike and a.scope.institution in named)
        return any(pattern("tells_hours").search(answer.text) for answer in of_them)

    def is_of_another(self, answer: Answer) -> bool:
        """Whether an answer is of an institution that was not named, and does not stand first on the road."""
        whom = (*self._named.institutions, *self._on_the_road[:1])
        return self._consultation.answered and answer.scope.institution not in (None, *whom)

    def of_the_first(self, about: About) -> Optional[Answer]:
        """What is known of the topic, of whom the message names or who stands first on the road; or else of anybody."""
        whom = (*(self._named.institutions if self._named.now else ()), *self._on_the_road[:1])[:1]
        known = {answer.scope.institution: answer for answer in self._answers if answer.topic == about.value}
        return next((known[name] for name in whom if name in known), None)

    def to(self, asked: Asks, alone: bool) -> Optional[Answer]:
        """The answer to a question, or None where we have none.

        Where no institution is named, one on the road is meant, rather the first. Where the topic was heard for sure,
        no answer to another will do while there is one to it; a question that is put `alone` may have been heard as
        two. Where nothing is named, a question goes on about the loan or the law that was named before.
        """
        heard = [topic for topic, sure in self._read.items() if sure >= self._thresholds.heard_as_well]
        topics = {asked.about.value, *heard} if alone else {asked.about.value}
        by_rule = asked.confidence if asked.about is About.PROGRAMME else 0.0  # いくらもらえるの asks of no cost
        certain = max(by_rule, self._asked_about(asked.about.value, self._whole)) >= self._thresholds.certain_topic
        of_it = self._goes_on(topics) if certain else None
        surely = by_rule >= self._thresholds.certain_topic
        if certain and asked.about is not About.OTHER:
            of_it = of_it or self._best(asked.about, self._whole, topics, surely)
            of_it = of_it or (None if alone else self._best_of_parts(asked.about, topics))
            # nothing is known of it: what is mixed up with it may be what was asked for
            of_it = of_it or self._best(asked.about, self._whole, _ALSO.get(asked.about, frozenset()) or topics)
            return of_it or self.surest()
        return self._best(asked.about, self._whole) or self.surest()

    def surest(self) -> Optional[Answer]:
        """The answer that is trusted surely, whatever its topic, where it is of a field that may be asked of."""
        best = max(self._answers, key=lambda answer: self._whole.trust.get(answer.id, 0.0), default=None)
        if best is None or not self._is_trusted_surely(best, self._whole) or self._is_of_elsewhere(best):
            return None
        return best if self._may_be_its_field(best) and self._fits(best, About.OTHER) is not None else None

    def _may_be_its_field(self, answer: Answer) -> bool:
        """Whether the message, or the talk that it stands in, may be of the field of an answer."""
        if not self._whole.fields:
            return True
        of_the_talk = dict(self._consultation.talk.fields).get(answer.field, 0.0)
        return max(self._whole.fields.get(answer.field, 0.0), of_the_talk) >= self._thresholds.its_field

    def is_doubtful(self, answer: Answer) -> bool:
        """Whether another may as well be meant: the owner is asked which, where it is of no window that we name."""
        if answer.field in self._of_windows or self._is_of_what_is_named(answer) or self._goes_on_in_short:
            return False
        nearly_a_way = self._whole.answers.get(answer.id, 0.0) >= self._thresholds.other_field
        return not nearly_a_way and self._whole.trust.get(answer.id, 0.0) < self._thresholds.trusted_surely

    def near(self, best: Optional[Answer]) -> Tuple[str, ...]:
        """The answers that may be meant where none is sure, the surest first; none where they hardly are together."""
        trust = self._whole.trust
        may = [a for a in self._answers if trust.get(a.id, 0.0) >= self._thresholds.nearly or a == best]
        here = [a for a in may if self._may_be_its_field(a) and not self._is_of_elsewhere(a)]
        here = [a for a in here if not self._asks_of_elsewhere(a)]
        surest = sorted(here, key=lambda answer: -trust.get(answer.id, 0.0))[:_MOST_NEAR]
        together = sum(trust.get(answer.id, 0.0) for answer in surest)
        return tuple(answer.id for answer in surest) if together >= self._thresholds.nearly_together else ()

    def _best_of_parts(self, about: About, topics: Collection[str]) -> Optional[Answer]:
        """The answer to one of several questions by its clause: 何を持っていけば。それと予約は."""
        found = (self._best(about, part, topics) for part in self._parts if part.asks)
        return next((answer for answer in found if answer is not None), None)

    def to_part(self, part: Part) -> Optional[Answer]:
        """The answer to one of several questions: of its topic, or of what the message names, or so like it."""
        likeliest = max(part.topics, key=lambda topic: part.topics[topic], default="")
        sure = part.topics.get(likeliest, 0.0) >= self._thresholds.heard_as_well
        return self._best(About(likeliest) if sure else About.OTHER, part)

    def may_stand_beside(self, answer: Answer, part: Part) -> bool:
        """Whether an answer to a clause is sure enough to follow another: a second one that is beside spoils both."""
        of_a_window = answer.field in self._of_windows or self._is_of_what_is_named(answer)
        nearly_a_way = part.answers.get(answer.id, 0.0) >= self._thresholds.other_field
        return of_a_window or nearly_a_way or part.trust.get(answer.id, 0.0) >= self._thresholds.trusted_surely

    def _goes_on(self, topics: Collection[str]) -> Optional[Answer]:
        """The answer about what the talk is of, where nothing is named now: the loan named before, the matter in hand.

        Of the matter in hand only where the question resembles nothing that we know: こういうとき、まずどこに.
        """
        if self._named.now:
            return None
        of_them = [a for a in self._answers if a.topic in topics]
        before = {*self._named.subjects_before}
        about = [
            a
            for a in of_them
            if before & {*a.subjects} and (self._is_short or self._is_as_like(a, self._whole, self._thresholds.as_like))
        ]
        if max((self._whole.answers.get(a.id, 0.0) for a in of_them), default=0.0) < self._thresholds.like_topic:
            here = [a for a in of_them if self._is_of_the_matter_in_hand(a.scope) and self._is_like(a)]
            here = [a for a in here if self._is_trusted(a, self._whole)]
            in_hand = [a for a in here if self._is_as_like(a, self._whole, self._thresholds.as_like)]
            about = about or [a for a in in_hand if a.scope.sub_issue is not None] or in_hand
        return max(about, key=lambda answer: self._worth(answer, About(answer.topic), self._whole), default=None)

    def of_the_cost_in_hand(self) -> Optional[Answer]:
        """What the matter in hand itself costs, where that is asked: to open the shop, not to be advised."""
        issue = self._consultation.issue
        if issue is None or self._asks_whether_free:
            return None
        costs = [a for a in self._answers if a.topic == About.COST.value and a.scope.issue == issue]
        best = max(costs, key=lambda answer: self._whole.trust.get(answer.id, 0.0), default=None)
        trusted = best is not None and self._whole.trust.get(best.id, 0.0) >= self._thresholds.trusted
        return best if trusted else None

    def _is_like(self, answer: Answer) -> bool:
        """Whether the question is like a way of asking it at all: of the topic alone, it may be another question."""
        return self._whole.answers.get(answer.id, 0.0) >= self._thresholds.issue

    def _is_as_like(self, answer: Answer, part: Part, but: float) -> bool:
        """Whether the question is as like a way of asking it as any that we know, `but` for so much."""
        likest = max(part.answers.values(), default=0.0)
        return part.answers.get(answer.id, 0.0) >= likest - but

    def between(self, institutions: Sequence[str]) -> Optional[Answer]:
        """What tells the institutions named apart, the likest; of a single one, what tells it from another."""
        fits = [
            answer
            for answer in self._answers
            if answer.topic == About.DIFFERENCE.value and set(institutions[:2]) <= set(answer.institutions)
        ]
        best = max(fits, key=lambda answer: self._whole.answers.get(answer.id, 0.0), default=None)
        least = self._thresholds.named if len(institutions) > 1 else self._thresholds.other_topic
        return best if best is not None and self._whole.answers.get(best.id, 0.0) >= least else None

    def what_is(self, institution: str) -> Optional[Answer]:
        """What an institution is."""
        of_it = [a for a in self._answers if (a.topic, a.scope.institution) == (About.WHAT_IS.value, institution)]
        return max(of_it, key=lambda answer: self._whole.answers.get(answer.id, 0.0), default=None)

    def _best(self, about: About, part: Part, topics: Collection[str] = (), surely: bool = False) -> Optional[Answer]:
        """The answer that a question asks for, if any; where topics are given, of these and of what is named alone.

        `surely`: a rule says what is asked, and its words need not be trusted.
        """
        best: Optional[Answer] = None
        most = -1.0
        for answer in self._answers:
            if topics and not (answer.topic in topics and self._may_be_meant(answer)):
                continue
            least = self._least(answer, about)
            if least is not None:
                least = max(least, self._least_by_field(answer, part))
                least = min(least, self._thresholds.issue) if self._is_trusted_surely(answer, part) else least
            if least is None or part.answers.get(answer.id, 0.0) < least:
                continue
            if not surely and not self._is_trusted(answer, part):
                continue
            of_an_issue = answer.scope.issue is not None and not self._is_of_what_is_named(answer)
            if of_an_issue and not self._is_as_like(answer, part, self._thresholds.less_like):
                continue
            worth = self._worth(answer, about, part)
            if worth > most:
                best, most = answer, worth
        return best

    def _is_trusted(self, answer: Answer, part: Part) -> bool:
        """Whether it can be trusted to be what is asked for: an answer of another question is worse than none."""
        nearly_a_way = part.answers.get(answer.id, 0.0) >= self._thresholds.other_field
        if not part.trust or nearly_a_way or self._is_of_what_is_named(answer):
            return True
        here = answer.scope.institution is not None and answer.scope.institution in self._on_the_road
        here = here or self._is_of_the_matter_in_hand(answer.scope)
        return part.trust.get(answer.id, 0.0) >= (self._thresholds.trusted_here if here else self._thresholds.trusted)

    def _is_trusted_surely(self, answer: Answer, part: Part) -> bool:
        """Whether it is trusted more than any other, and so far that its topic and its field need not agree.

        A short clause beside others (押していいですか) does not say enough by itself.
        """
        says_enough = [one.trust for one in self._parts if len(bare(one.text)) > _SHORT]
        read = (self._said_in_all, *says_enough) if part is self._whole else (part.trust,)
        trust = max(one.get(answer.id, 0.0) for one in read)
        return trust >= self._thresholds.trusted_surely and trust >= max(part.trust.values())

    def _may_be_meant(self, answer: Answer) -> bool:
        return not self._named.subjects or self._is_of_what_is_named(answer)

    def _worth(self, answer: Answer, about: About, part: Part) -> float:
        """What speaks for an answer: its likeness, that it is of the topic asked about, and of what was named."""
        asked_about = self._asked_about(answer.topic, part)
        otherwise = self._heard_otherwise * (answer.topic == about.value)
        worth = part.answers.get(answer.id, 0.0) + self._thresholds.of_the_topic * max(asked_about, otherwise)
        worth += self._thresholds.of_trust * part.trust.get(answer.id, 0.0)
        in_hand = self._is_of_the_matter_in_hand(answer.scope)
        if in_hand or answer.scope.institution in (*self._named.institutions, *self._on_the_road[:1]):
            worth += self._thresholds.narrower * self._narrowness(answer)
        if answer.known and answer.scope.institution in self._on_the_road[:1] and asked_about:
            worth += self._thresholds.known  # what the first of the road is known to say is worth more than "ask there"
        if (
            in_hand
            and self._is_as_like(answer, part, self._thresholds.as_like)
            and not self._named.now
            and asked_about >= self._thresholds.heard_as_well
        ):
            worth += self._thresholds.in_hand
        subjects = set(answer.subjects)
        if subjects & set(self._named.subjects):
            worth += self._thresholds.of_the_subject
        elif subjects & set(self._named.subjects_before):
            worth += self._thresholds.of_the_subject / 2
        return worth

    def _asked_about(self, topic: str, part: Part) -> float:
        """How sure it is that a topic is asked about: as it was read in its place, or by the ways of asking."""
        read = self._read.get(topic, 0.0) if part is self._whole else 0.0
        by_its_words = part.topics.get(topic, 0.0)
        return max(read, by_its_words if by_its_words >= self._thresholds.heard_as_well else 0.0)

    def _narrowness(self, answer: Answer) -> int:
        """The narrower, the higher; what is mostly asked of whom the message names is as narrow as what is of them."""
        asked_of_them = bool({*answer.institutions} & {*self._named.institutions})
        return _AS_OF_AN_INSTITUTION if asked_of_them else answer.scope.narrowness

    def _least(self, answer: Answer, about: About) -> Optional[float]:
        """How like a way of asking the message must be for an answer to be given; None where it does not hold here."""
        fits = self._fits(answer, about)
        if self._consultation.owner.prefecture is not None and self._is_of_elsewhere(answer):
            return None  # what is told of Shizuoka is none of Toyama's
        if fits is not None and (self._is_of_elsewhere(answer) or self._is_of_subsidies_alone(answer)):
            fits = max(fits, self._thresholds.other_topic)
        if fits is None or answer.topic == about.value:
            return fits
        if about in (About.CONTACT, About.NEAREST) and answer.topic in _OF_A_NAME:
            return max(fits, self._thresholds.certain_topic)  # よろずの場所を教えて asks where, not what
        if about is About.WHY and answer.topic != About.WHY_THIS.value:
            return max(fits, self._thresholds.certain_topic)  # その方に聞くのが先でしょうか asks why
        if self._is_of_what_is_named(answer):
            return max(fits, self._thresholds.named_otherwise)
        alike = answer.topic in _ALSO.get(about, frozenset())
        return max(fits, self._thresholds.like_topic if alike else self._thresholds.other_topic)

    def _least_by_field(self, answer: Answer, part: Part) -> float:
        """How like a way of asking it a question must be by the field that it is of; less of a certain topic.

        A short one in the middle of a talk (断ったらどうなりますか) is of what the talk is about.
        """
        if not self._whole.fields:
            return 0.0
        if self._goes_on_in_short:
            of_the_talk = dict(self._consultation.talk.fields)
            here = answer.field in self._of_windows or of_the_talk.get(answer.field, 0.0) >= self._thresholds.its_field
            return 0.0 if here or not of_the_talk else self._thresholds.other_field
        read = max(part.fields.get(answer.field, 0.0), self._whole.fields.get(answer.field, 0.0))
        trusted = part.trust.get(answer.id, 0.0) >= self._thresholds.trusted
        goes_on = trusted and dict(self._consultation.talk.fields).get(answer.field, 0.0) >= self._thresholds.its_field
        if read < self._thresholds.its_field and not goes_on:
            return self._thresholds.other_field
        certain = self._asked_about(answer.topic, part) >= self._thresholds.certain_topic
        passed_on = self._can_be_passed_on and not certain and not self._is_of_what_is_named(answer)
        return self._thresholds.instead if passed_on else 0.0

    def _is_of_what_is_named(self, answer: Answer) -> bool:
        of_a_subject = bool({*answer.subjects} & {*self._named.subjects})
        return of_a_subject or answer.scope.institution in self._named.institutions

    def _is_of_subsidies_alone(self, answer: Answer) -> bool:
        """Whether it is about subsidies, of which neither the message nor the talk has spoken."""
        return not self._of_subsidies and bool(pattern("of_subsidies").search(answer.text))

    def _is_of_elsewhere(self, answer: Answer) -> bool:
        """Whether it begins with a prefecture that is not the owner's: 北海道の協議会は is no help in Shizuoka."""
        begins = next((name for name in self._prefectures if answer.text.startswith(name)), None)
        here = self._consultation.owner.prefecture
        if begins is None or (here is None and self._is_of_what_is_named(answer)):
            return False
        return here is None or not here.startswith(begins)

    def _asks_of_elsewhere(self, answer: Answer) -> bool:
        """Whether its first way of asking names a prefecture that the message does not: 熊本の地震で使える支援は."""
        named = (name for name in self._prefectures if f"{name}の" in answer.asked_as[0])
        return any(name not in self._text for name in named)

    def _fits(self, answer: Answer, about: About) -> Optional[float]:
        """How like a question of its topic must be to an answer of this scope; None where it holds for others."""
        scope, named = answer.scope, self._named.institutions
        if self._is_of_what_is_named(answer):
            return self._thresholds.named
        if self._named.subjects and (answer.subjects or about in (About.CONTACT, About.NEAREST)):
            return None  # 保健所の電話番号は is not that of the chamber
        if self._named.now and named and about is About.COST and not {*answer.institutions} & {*named}:
            return None  # what よろず costs is not what it costs to close a shop
        if {*answer.subjects} & {*self._named.subjects_before}:
            return self._thresholds.issue
        if answer.subjects:
            return self._thresholds.other_topic  # who did not name インボイス hardly asks of that
        if scope.institution is not None and named:
            return None
        if scope.institution is not None and about is About.WHAT_IS:
            return self._thresholds.like_topic if scope.institution in self._on_the_road else None
        if scope.institution is not None:
            if scope.institution not in self._on_the_road:
                return None
            is_first = scope.institution == self._on_the_road[0]
            return self._thresholds.first if is_first else self._thresholds.later
        if scope.issue is None:
            return self._thresholds.anything
        asked_of_them = self._named.now and bool(named) and about in _OF_AN_INSTITUTION
        if asked_of_them and not {*answer.institutions} & {*named}:
            return None  # what よろず costs is not what it costs to hire
        if self._is_of_the_matter_in_hand(scope):
            return self._thresholds.issue
        of_another = self._consultation.issue is not None and scope.issue != self._consultation.issue
        return None if named else self._thresholds.other_topic if of_another else self._thresholds.like_topic

    def _is_of_the_matter_in_hand(self, scope: Scope) -> bool:
        there = self._consultation
        in_hand = there.sub_issue if scope.sub_issue is not None else None
        return scope.issue is not None and scope.issue == there.issue and scope.sub_issue == in_hand


def _trust_of_all(understood: Understood) -> Dict[str, float]:
    """How far each answer can be trusted to be what is asked for: by the whole message, or a clause of it that asks."""
    asking = [part for part in understood.parts if part.asks and len(bare(part.text)) > _HARDLY_A_QUESTION]
    trust = dict(understood.trust)
    for part in asking if len(understood.parts) > 1 else ():
        trust.update({name: sure for name, sure in part.trust.items() if sure > trust.get(name, 0.0)})
    return trust


def _topics_read(understood: Understood) -> Dict[str, float]:
    """The topics that were read to be asked in this place, each with how sure that is."""
    heard: Dict[str, float] = {}
    for read in understood.moves:
        if read.move == "asks" and read.about is not None:
            heard[read.about] = max(heard.get(read.about, 0.0), read.confidence)
    return heard
