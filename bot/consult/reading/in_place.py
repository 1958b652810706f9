"""What a message was learned to do in its place, taken at its word: several moves of one message.

The learned reading (bot/nlu/move_reader.py) knows what waits, what was offered and what was shown; each kind of place
has one function here that says what its moves amount to there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Callable, Dict, Optional, Tuple

from bot.consult.choices import DONE, GO, MAKE, MORE, NEITHER, REFUSE, SKIP, UNKNOWN, Option, options
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
from bot.consult.reading.denied import named_in
from bot.consult.reading.in_answer import NOT_YET_A_YES
from bot.consult.reading.issue_told import issue_told
from bot.consult.reading.taken import Taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.triage_reading import DISAGREEMENT, is_enough
from bot.consult.reading.understood import ReadMove, Understood
from bot.consult.state import BELOW_A_ROAD, UNCLEAR, Consultation, Question
from bot.knowledge import Brought, Knowledge
from bot.normalization import bare
from bot.phrases import pattern

# Which topics the intents of questions cover.
_TOPICS: Dict[str, Tuple[str, ...]] = {
    "ask_cost": ("cost",),
    "ask_institution": ("what_is", "difference"),
    "ask_why": ("why_this", "why_asked", "again", "chance"),
    "ask_contact": ("contact", "nearest", "first_step"),
    "ask_capability": ("bot", "secrecy"),
}
_READ_BETTER_IN_PLACE = ("correct", "deny", "skip", "out_of_scope", "distress", "goodbye")
_LEAVES_THE_QUESTION = (Question.SUB_ISSUE, Question.PREFECTURE)
_ASKS_SOMETHING = ReadMove("asks", 0.5, about=About.OTHER.value)
_A_NO = 5  # characters: いえ、違い
_A_WORD_OR_TWO = 10  # characters: 意味がわからない
_A_FAREWELL = 14  # characters: もうええって。やめるわ
_ONE_QUESTION = 24  # characters: 全国商店街支援センターとは何ですか
_LONGEST_DENIAL = 20  # characters: 引き継ぎの話じゃないです; what is longer tells something beside


@dataclass(frozen=True)
class _Read:
    """A message in its place, with the moves of it that are sure."""

    knowledge: Knowledge
    consultation: Consultation
    understood: Understood
    thresholds: Thresholds
    moves: Tuple[ReadMove, ...]

    def has(self, *names: str) -> bool:
        return any(read.move in names for read in self.moves)

    def of(self, name: str) -> Tuple[ReadMove, ...]:
        return tuple(read for read in self.moves if read.move == name)

    def surest(self, name: str) -> float:
        """How sure the surest of these moves is; 0 where there is none."""
        return max((read.confidence for read in self.of(name)), default=0.0)

    @property
    def does_anything(self) -> bool:
        """Whether it does more than to tell facts."""
        return any(read.move != "fact" for read in self.moves)

    @property
    def has_begun(self) -> bool:
        """Whether the owner has told us anything, or was told anything."""
        there = self.consultation
        return there.issue is not None or bool(there.talk.spoken or there.roads.brought)

    @property
    def denies(self) -> bool:
        return self.has("no", "not_problem")

    @property
    def denied(self) -> Tuple[str, ...]:
        """The issues that are denied by name; where it is told more surely, a kind of it is.

        A denial that was read without its issue is of what its clause names: 人を雇いたいわけじゃありません。
        """
        told = {read.issue: read.confidence for read in reversed(self.of("problem"))}
        named = ((read.issue, read.confidence) for read in self.of("not_problem"))
        denied = tuple(issue for issue, sure in named if issue is not None and sure > told.get(issue, 0.0))
        if denied or not self.has("not_problem"):
            return denied
        by_its_words = named_in(self.knowledge, self.understood.text)
        meant = {matter.issue for matter in by_its_words.meant}
        whole = (matter.issue for matter in by_its_words.denied if matter.sub_issue is None)
        return tuple(issue for issue in whole if issue not in meant)

    @property
    def told(self) -> Tuple[ReadMove, ...]:
        """The worries that are told, surest first."""
        told = (read for read in self.of("problem") if read.issue is not None and read.issue not in self.denied)
        return tuple(sorted(told, key=lambda read: -read.confidence))

    def told_of(self, issue: Optional[str]) -> Optional[ReadMove]:
        return next((read for read in self.told if read.issue == issue), None)

    @property
    def told_another(self) -> Optional[ReadMove]:
        """The surest worry that is not the one in hand, nor what the matter that was brought last is of."""
        last = self.consultation.roads.brought[-1:] if self.consultation.issue is None else ()
        of_it = [issue for name in last for issue in _sounds_of(self.knowledge.brought[name])]
        here = self.consultation.issue_in(self.knowledge)
        if here is not None and not self.has("asks"):  # the savings of who is about to open a shop are of that
            included = {matter.partition("/")[0] for matter in here.includes}
            of_it += [
                issue for issue in included if self.understood.sub_issue(issue, self.thresholds.sub_issue) is None
            ]
        return next((one for one in self.told if one.issue not in (self.consultation.issue, UNCLEAR, *of_it)), None)

    def problem(self, read: ReadMove, standing: Standing = Standing.LEADS) -> Problem:
        assert read.issue is not None
        kind = self.understood.sub_issue(read.issue, self.thresholds.sub_issue)
        return Problem(read.issue, kind, standing, confidence=read.confidence, words=self.understood.original)

    def option(self, question: Question, answer: str) -> Optional[Option]:
        offered = options(self.knowledge, self.consultation)
        return next((option for option in offered if option.is_(question, answer)), None)

    def picked(self) -> Optional[Option]:
        """The answer offered that is taken, the surest."""
        offered = options(self.knowledge, self.consultation)
        picks = sorted(self.of("pick"), key=lambda read: -read.confidence)
        return next((offered[p.n - 1] for p in picks if p.n is not None and 1 <= p.n <= len(offered)), None)


def _sounds_of(brought: Brought) -> Tuple[Optional[str], ...]:
    """The issues that words about a matter that was brought sound like."""
    return brought.issue, brought.sounds_like


def in_place(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Optional[Taken]:
    """The moves that were read in their place, or None where the rest of the reading has to say.

    A small word by itself, and a worry that opens the talk, are read as before: they are known by far more sentences.
    """
    sure = (read for read in understood.moves if read.confidence >= _least(read, understood, thresholds))
    read = _Read(knowledge, consultation, understood, thresholds, tuple(sure))
    if not read.does_anything or _is_known_better(read):
        return None
    by_itself = _by_itself(read)
    if by_itself is not None:
        return Taken(by_itself, in_place=True)
    question = consultation.question
    if consultation.issue is None and not consultation.roads.brought and question in (None, Question.ISSUE):
        return _at_the_beginning(read)
    if _protests(read):
        return Taken((Complains(), *_courtesies(read)), in_place=True)
    here = _below_a_road if question is None else _HERE.get(question)
    answered = here(read) if here is not None and not _is_a_bare_denial(read) else None
    if answered is None:
        return None
    moves = (*answered, *_beside(read))
    if not moves and (not read.has("feels", "complains") or _sounds_like_another(read)):
        return None
    if moves and all(isinstance(move, (Thanks, WillGo)) for move in moves) and _goes_on_behind(read):
        return None  # ありがとうございます。ところで、お客さんが減ったのは…
    half_asked = not answered and all(one.confidence < thresholds.in_place for one in read.of("asks"))
    if half_asked and read.has("asks") and _sounds_like_another(read):
        return None  # お金は借りられますか, of who is about to open
    described = any(isinstance(move, (Problem, NotProblem)) for move in answered)
    return Taken(moves, described=described, in_place=True)


def _is_a_bare_denial(read: _Read) -> bool:
    """Whether it denies what it does not name, and tells nothing instead; what it is, its words say (denied.py)."""
    if read.consultation.question in (Question.WHICH_ISSUE, Question.OTHER_ISSUE) or _begins_with_a_no(read):
        return False  # what is denied is what was offered, or named last
    if not read.has("not_problem") or read.told or read.has("asks", "pick"):
        return False
    return not read.denied or _sounds_like_another(read) or len(bare(read.understood.text)) > _LONGEST_DENIAL


def _goes_on_behind(read: _Read) -> bool:
    """Whether what follows a courtesy is a matter of its own, told in more than a word or two."""
    turn = pattern("turns_to_something_else").search(read.understood.text)
    return turn is not None and len(bare(read.understood.text[turn.end() :])) > _A_WORD_OR_TWO


def _protests(read: _Read) -> bool:
    """Whether, below a road, it says for certain that we took up what was never told, and names nothing that we hold.

    破産の話なんかしてねえて. What is in hand stays.
    """
    below = read.consultation.answered and read.consultation.question in (None, *BELOW_A_ROAD)
    if not below or not _is_a_bare_denial(read) or read.surest("not_problem") < read.thresholds.certain:
        return False
    named = named_in(read.knowledge, read.understood.text, read.consultation.roads.in_hand).denied
    held = {read.consultation.issue, *read.consultation.others}
    of_another = bool(named) and not any(matter.issue in held for matter in named)
    taken_up = read.understood.turned_down or _sounds_like_another(read) or read.understood.asks_within
    return not taken_up and (of_another or not named) and read.has("complains")


def _begins_with_a_no(read: _Read) -> bool:
    """Whether, below a road, it begins with a no, and denies beyond doubt what it does not name: ちがいます。"""
    surest = max((one.confidence for one in read.of("not_problem") if one.issue is None), default=0.0)
    below = read.consultation.answered and read.consultation.question in (None, *BELOW_A_ROAD)
    begins = DISAGREEMENT.search(read.understood.text[:_A_NO])
    return below and bool(begins) and surest >= read.thresholds.beyond_doubt and not read.has("asks")


def _sounds_like_another(read: _Read) -> bool:
    """Whether its words alone are surely of another issue: やっぱり、資金繰りのほうが心配です."""
    intent = read.understood.sure_intent(read.thresholds.sure)
    return intent in {*read.knowledge.issues} - {UNCLEAR, read.consultation.issue}


def _least(read: ReadMove, understood: Understood, thresholds: Thresholds) -> float:
    """From which confidence a move is taken at its word."""
    if read.move == "asks":
        return thresholds.asked_in_place if understood.asks_within else thresholds.beyond_doubt
    if read.move == "stops" and len(understood.moves) == 1 and len(bare(understood.text)) <= _A_FAREWELL:
        return thresholds.in_place  # もうええって。やめるわ
    if read.move in ("stops", "starts_over", "wants_to_be_forgotten", "refuses"):
        return thresholds.certain
    unsure = ("no", "not_problem", "complains")
    return thresholds.in_place_beside if read.move in unsure else thresholds.in_place


def _is_known_better(read: _Read) -> bool:
    """Whether the message is hardly more than one small word, of which there are thousands of examples."""
    understood, thresholds = read.understood, read.thresholds
    intent, confidence = understood.top
    has_had_enough = is_enough(understood.text) and not read.has("stops")
    if has_had_enough or understood.sub_issue(intent, thresholds.sure) == "abuse":
        return True
    if read.knowledge.words.sheet in understood.text:
        return True
    if intent == "out_of_scope" and read.surest("off_topic") > read.surest("asks"):
        return True
    a_word_or_two = len(bare(understood.text)) <= _A_WORD_OR_TWO or not read.has_begun
    if confidence >= thresholds.change and intent not in read.knowledge.issues and a_word_or_two:
        return intent not in _READ_BETTER_IN_PLACE
    of_them = understood.institutions and understood.asks_within and read.has("asks")
    if intent == "ask_human" and of_them and not read.has("wants_person"):
        return False  # 診断士の先生を頼むと、高いですか
    now_first = intent in read.consultation.others and confidence >= thresholds.sure
    if now_first and read.consultation.question in _LEAVES_THE_QUESTION:
        return True
    several = len({one.move for one in read.moves} - {"fact"}) > 1
    if confidence < thresholds.change or several or intent in read.knowledge.issues:
        return False
    if intent in ("deny", "correct"):
        return not read.has("not_problem", "no")
    if intent in _TOPICS:
        asked = read.of("asks")
        return not any(r.about in _TOPICS[intent] or r.confidence >= thresholds.beyond_doubt for r in asked)
    return intent not in _READ_BETTER_IN_PLACE


def _by_itself(read: _Read) -> Optional[Tuple[Move, ...]]:
    """What ends or changes the talk, beside which little else of the message matters."""
    told_issue = read.understood.sure_intent(read.thresholds.sure) in read.knowledge.issues
    if read.has("wants_to_be_forgotten") and read.has_begun and not told_issue:  # お客さんの名簿を消してしまった
        return (WantsToBeForgotten(),)
    if read.has("wants_person") and read.surest("wants_person") > read.surest("asks"):
        return (WantsPerson(),)
    if read.has("starts_over") and not read.has("asks", "problem"):
        return (StartsOver(),)
    if read.has("stops") and not read.has("asks", "problem", "pick", "yes"):
        return (*_leaves(read), *_courtesies(read))
    return None


def _leaves(read: _Read) -> Tuple[Move, ...]:
    """Who takes leave; below a road a bare no answers what waits there."""
    says_goodbye = read.has("thanks", "will_go") or read.understood.top[0] in ("goodbye", "thank")
    if read.consultation.question in BELOW_A_ROAD and not says_goodbye:
        return (Pick(Option(Question.ANYTHING_ELSE, DONE)),)
    return (Stops(),)


def _at_the_beginning(read: _Read) -> Optional[Taken]:
    """A denial, or questions that come with or without a worry, where there is none in hand yet."""
    questions = _questions(read)
    denied_at_once = _denied_at_once(read)
    if denied_at_once is not None and not questions:
        return denied_at_once
    intent = read.understood.sure_intent(read.thresholds.sure)
    if not questions or intent == UNCLEAR:  # どこから話せば is none to answer
        return None
    if intent not in read.knowledge.issues:
        return Taken(questions, in_place=True)
    told = issue_told(read.knowledge, intent or "", read.understood, read.thresholds, read.consultation)
    return replace(told, moves=(*told.moves, *questions), in_place=True)


def _denied_at_once(read: _Read) -> Optional[Taken]:
    """An issue that the first message says it is not, and what it is instead: 返済はできてる。採算を良くしたい."""
    denied = read.denied[:1]
    told = max(read.of("problem"), key=lambda one: one.confidence, default=None)
    if not denied:
        return None
    if told is not None and told.issue == denied[0]:
        return Taken((read.problem(told),), described=True)
    if not DISAGREEMENT.search(read.understood.text):
        return None
    if told is None or told.issue is None:
        says_no_more = len(bare(read.understood.text)) <= _LONGEST_DENIAL
        return Taken((NotProblem(denied[0]),)) if says_no_more else None
    return Taken((NotProblem(denied[0]), read.problem(told)), described=True)


def _beside(read: _Read) -> Tuple[Move, ...]:
    """What the message does besides: its questions, a complaint about us, thanks, that they will go."""
    if not any(one.about == "bot" for one in read.of("complains")):
        return (*(_questions(read) or _put_plainly(read)), *_courtesies(read))
    of_something = (asked for asked in _questions(read) if asked.about is not About.BOT)  # 人の話を聞いてるのか
    return (*of_something, Complains(), *_courtesies(read))


def _courtesies(read: _Read) -> Tuple[Move, ...]:
    goes = (WillGo(),) if read.has("will_go") and read.consultation.roads.shown else ()
    thanks = (Thanks(),) if read.has("thanks") else ()
    return (*goes, *thanks)


def _questions(read: _Read) -> Tuple[Asks, ...]:
    """The questions, surest first: one a sentence, and what is beyond doubt.

    Who has said that they will go asks nothing that is half sure.
    """
    thresholds = read.thresholds
    at_ease = read.has("will_go", "thanks")
    least = thresholds.in_place if read.understood.asks_within else 1.0
    asked = (one for one in read.of("asks") if not at_ease or one.confidence >= least)
    intent = read.understood.sure_intent(thresholds.change) or ""
    family = _TOPICS.get(intent, ())  # where the intents are certain of a kind of question, that comes first
    surest_first = sorted(asked, key=lambda one: (one.about not in family, -one.confidence))
    sentences = max(1, read.understood.questions)
    long = len(bare(read.understood.text)) > _ONE_QUESTION
    beyond_doubt = thresholds.beyond_doubt if long else 1.0
    kept = [one for n, one in enumerate(surest_first) if n < sentences or one.confidence >= beyond_doubt]
    kept = [one for one in kept if not _is_of_a_clause_that_asks_nothing(one, read)]
    topics = dict.fromkeys(_topic(one, read) for one in kept if one.about is not None)
    heard = {one.about: one.confidence for one in reversed(kept)}
    return tuple(Asks(about, confidence=heard.get(about.value, thresholds.in_place)) for about in topics)


def _is_of_a_clause_that_asks_nothing(asked: ReadMove, read: _Read) -> bool:
    """Whether another clause than those that ask is of that topic: 無料なんですね。契約書がなくても大丈夫ですか."""
    about, parts = asked.about or "", read.understood.parts
    asking = [part.topics for part in parts if part.asks and part.topics]
    told = [part.topics for part in parts if not part.asks and part.topics]
    if not asking or max((topics.get(about, 0.0) for topics in told), default=0.0) < read.thresholds.in_place:
        return False
    return all(topics.get(about, 0.0) < read.thresholds.asked_in_place for topics in asking)


def _put_plainly(read: _Read) -> Tuple[Asks, ...]:
    """A question that ends in its mark, or a polite one, whatever it was read to be: it is owned up to."""
    understood = read.understood
    polite = any(pattern("asks_politely").search(sentence.strip()) for sentence in understood.sentences_that_ask)
    marked = "?" in understood.text or polite
    elsewhere = read.has("wants_person", "off_topic") or understood.top[0] == "out_of_scope"
    # …ってどう書けばいいですか。初めてで不安です
    asks = understood.asks or (understood.asks_within and read.has("thanks", "will_go", "feels"))
    if not asks or not marked or elsewhere:
        return ()
    asked = (one for one in understood.moves if one.move == "asks")
    return (Asks(_topic(max(asked, key=lambda one: one.confidence, default=_ASKS_SOMETHING), read)),)


def _topic(asked: ReadMove, read: _Read) -> About:
    """What is asked; heard as anything else, what the ways of asking say; of an institution, what it is."""
    topic, understood = About(asked.about), read.understood
    likeliest = max(understood.topics, key=lambda name: understood.topics[name], default="")
    if topic is About.OTHER and understood.topics.get(likeliest, 0.0) >= read.thresholds.in_place:
        return About(likeliest)
    return About.WHAT_IS if topic in (About.OTHER, About.TERM) and understood.institutions else topic


def _instead(read: _Read, denied: Optional[str], told: ReadMove) -> Tuple[Move, ...]:
    return NotProblem(denied), read.problem(told)


def _on_a_finding(read: _Read) -> Optional[Tuple[Move, ...]]:
    """One issue was named, and whether it is that was asked."""
    found = read.consultation.talk.candidates[0]
    other = next((one for one in read.told if one.issue not in (found, UNCLEAR)), None)
    same = read.told_of(found)
    if read.denies and other is not None:
        return _instead(read, found, other)
    if read.denies and same is None:
        return (Pick(Option(Question.WHICH_ISSUE, NEITHER)),)
    option = read.picked()
    takes_it = read.has("yes") or (option is not None and option.is_(Question.ISSUE, found))
    if takes_it or same is not None:
        kind = read.understood.sub_issue(found, read.thresholds.sub_issue)
        return (Problem(found, kind),) if kind else (Pick(Option(Question.ISSUE, found)),)
    if other is not None:
        return (read.problem(other),)
    return (Pick(option),) if option is not None else ()


def _on_the_issues_offered(read: _Read) -> Optional[Tuple[Move, ...]]:
    """Which of two worries it is, or which comes first, was asked."""
    candidates = read.consultation.talk.candidates
    if read.consultation.search.over and len(candidates) == 1:
        return _on_a_finding(read)
    option = read.picked()
    told = next((one for one in read.told if one.issue in candidates), None)
    by_its_words = read.understood.sure_intent(read.thresholds.change)
    if told is None and by_its_words in candidates and not DISAGREEMENT.search(read.understood.text):
        told = ReadMove("problem", read.thresholds.change, issue=by_its_words)  # 跡取りのことから
    other = next((one for one in read.told if one.issue not in (*candidates, UNCLEAR)), None)
    left = [issue for issue in candidates if issue not in read.denied]
    if told is not None and told.issue is not None:
        problem = read.problem(told)
        taken = Pick(Option(Question.ISSUE, told.issue), words=read.understood.original)
        return (problem if problem.sub_issue else taken,)
    if option is not None and not read.denies:
        return (Pick(option, words=read.understood.original),)
    if read.denied and len(left) == 1 and other is None:
        return (Pick(Option(Question.ISSUE, left[0])),)
    if other is not None and (read.denies or other.confidence >= read.thresholds.certain):
        return (NotProblem(), read.problem(other)) if read.denies else (read.problem(other),)
    if option is not None:
        return (Pick(option, words=read.understood.original),)
    if read.denies:
        return (Pick(Option(Question.WHICH_ISSUE, NEITHER)),)
    if read.has("does_not_know"):
        return (Pick(Option(Question.ISSUE, candidates[0]), left_to_us=True),)
    return ()


def _on_the_kind(read: _Read) -> Optional[Tuple[Move, ...]]:
    """Which kind of the issue in hand it is was asked."""
    issue = read.consultation.issue
    same, other = read.told_of(issue), read.told_another
    if issue in read.denied or (read.denies and other is not None and same is None):
        return _instead(read, issue, other) if other is not None else (NotProblem(issue),)
    denied = {matter.sub_issue for matter in named_in(read.knowledge, read.understood.text).denied}
    kind = read.understood.sub_issue(issue or "", read.thresholds.beyond_doubt)
    known = read.option(Question.SUB_ISSUE, kind) if kind and read.understood.top[0] == issue else None
    option = known or read.picked()
    if option is not None and option.answer in denied:
        option = None  # 募集の話やないんです。今おる人を楽にしたいんです
    if option is not None:
        return (Pick(option, words=read.understood.original),)
    if read.has("refuses", "does_not_know"):
        return (Pick(Option(Question.SUB_ISSUE, SKIP)),)
    if same is not None:
        told_kind = read.understood.sub_issue(issue or "", read.thresholds.sure)
        kind = told_kind if told_kind not in denied else None
        return (Pick(Option(Question.SUB_ISSUE, kind or MORE), words=read.understood.original),)
    return (read.problem(other),) if other is not None else ()


def _on_the_place(read: _Read) -> Optional[Tuple[Move, ...]]:
    """Where the shop is was asked."""
    issue = read.consultation.issue
    same, other = read.told_of(issue), read.told_another
    if issue in read.denied or (read.denies and other is not None and same is None):
        return _instead(read, issue, other) if other is not None else (NotProblem(issue),)
    if read.has("refuses") or read.picked() is not None:
        return (Pick(Option(Question.PREFECTURE, SKIP)),)
    if other is not None:
        standing = Standing.BESIDE if read.understood.prefectures else Standing.LEADS
        return (read.problem(other, standing),)
    return (read.problem(same),) if same is not None and not read.understood.prefectures else ()


def _on_a_symptom(read: _Read) -> Optional[Tuple[Move, ...]]:
    """Something of daily business was asked, to find the issue."""
    option = read.picked()
    if option is not None and option.symptom is not None:
        return (Pick(option, words=read.understood.original),)
    if read.denied and read.told_another is None:
        return (NotProblem(read.denied[0]),)  # いや、人は足りてる
    if read.has("does_not_know") and read.has("asks"):
        return ()  # what we mean is asked
    if read.has("refuses"):
        return (Pick(Option(Question.TRIAGE, REFUSE)),)
    if read.has("does_not_know"):
        return (Pick(Option(Question.TRIAGE, UNKNOWN)),)
    told = next((one for one in read.told if one.issue != UNCLEAR), None)
    if told is not None and told.confidence >= read.thresholds.certain:
        return (read.problem(told),)
    return () if read.has("asks", "complains", "thanks") and not read.denies else None


def _on_another_worry(read: _Read) -> Optional[Tuple[Move, ...]]:
    """Whether to go on with a worry that was brought up before was asked."""
    others = read.consultation.others
    offered = others[0] if others else None
    told = read.told_of(offered)
    another = read.told_another
    if read.denies and another is not None and another.issue != offered:
        return NotProblem(offered), read.problem(another)
    if read.denies and told is not None:
        return (read.problem(told),)  # 募集の話ではないんです。入っても続かないのが困っています
    if offered is not None and read.consultation.issue in read.denied and offered not in read.denied:
        return (Pick(Option(Question.OTHER_ISSUE, GO)),)  # 借金の話ではなくて、運賃の話です
    if read.denies and len(bare(read.understood.text)) > _LONGEST_DENIAL and offered is not None:
        return (NotProblem(offered),)  # the talk goes on without it: いや、今すぐじゃないんです。値上げの話が先です
    if read.denies:
        return (Pick(Option(Question.OTHER_ISSUE, DONE)),)
    option = read.picked()
    if told is not None or read.has("yes"):
        return (Pick(Option(Question.OTHER_ISSUE, GO)),)
    if another is not None:
        return (read.problem(another),)
    return (Pick(option),) if option is not None else ()


def _below_a_road(read: _Read) -> Optional[Tuple[Move, ...]]:
    """The institutions were named, and whether there is anything else was asked."""
    in_hand = read.consultation.issue
    other = read.told_another
    if in_hand is not None and in_hand in read.denied:
        return _instead(read, in_hand, other) if other is not None else (NotProblem(in_hand),)
    if other is not None:
        return (read.problem(other),)
    if read.has("yes") and not read.has("asks"):
        return None
    if _begins_with_a_no(read):
        return (NotProblem(in_hand),)
    if read.told_of(in_hand) is not None:
        return None if not read.has("asks", "complains", "feels", "thanks", "will_go") else ()
    says_no_more = len(bare(read.understood.text)) <= _LONGEST_DENIAL and not read.understood.asks_within
    if read.has("no") and says_no_more and not read.understood.prefectures:
        return (Pick(Option(Question.ANYTHING_ELSE, DONE)),)
    option = read.picked()
    if option is None or (option.answer == DONE and read.has("feels", "complains", "problem")):
        return ()  # やめるのも寂しい is no farewell
    told = read.understood.sure_intent(read.thresholds.sure)
    if option.answer == MORE and told in read.knowledge.issues and told not in (in_hand, UNCLEAR):
        return (read.problem(ReadMove("problem", read.understood.top[1], issue=told)),)  # 1で。お客さんが減った話です
    return (Pick(option),)


def _on_a_sheet(read: _Read) -> Optional[Tuple[Move, ...]]:
    """Whether to make the sheet was asked: consent is a plain yes."""
    option = read.picked()
    if read.has("no") or (option is not None and option.answer == SKIP):
        return (Pick(Option(Question.SHEET, SKIP)),)
    agrees = read.has("yes") or option is not None
    if agrees and not read.has("asks") and not NOT_YET_A_YES.search(read.understood.text):
        return (Pick(Option(Question.SHEET, MAKE)),)
    other = read.told_another
    return (read.problem(other),) if other is not None else ()


_HERE: Dict[Question, Callable[[_Read], Optional[Tuple[Move, ...]]]] = {
    Question.WHICH_ISSUE: _on_the_issues_offered,
    Question.SUB_ISSUE: _on_the_kind,
    Question.PREFECTURE: _on_the_place,
    Question.TRIAGE: _on_a_symptom,
    Question.OTHER_ISSUE: _on_another_worry,
    Question.ANYTHING_ELSE: _below_a_road,
    Question.SHEET: _on_a_sheet,
}
