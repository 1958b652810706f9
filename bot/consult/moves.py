"""Moves: what an owner's message does in its place in the talk. A message may do several of these at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional, Tuple, Type, TypeVar

from bot.consult.choices import Option


@dataclass(frozen=True, kw_only=True)
class Move:
    """One thing that a message does. `confidence` is from 0 to 1, `words` are those it was heard in, as typed."""

    confidence: float = 1.0
    words: str = ""


class Standing(Enum):
    """How a worry stands in a message: what it is about, brought up beside that, or one of two that it may mean."""

    LEADS = "leads"
    BESIDE = "beside"
    GUESSED = "guessed"


@dataclass(frozen=True)
class Problem(Move):
    """Tells of a worry; the sub-issue only where that is clear."""

    issue: str
    sub_issue: Optional[str] = None
    standing: Standing = Standing.LEADS


@dataclass(frozen=True)
class NotProblem(Move):
    """Says that it is not that issue, or that kind of it, or that we got them wrong (`issue` None)."""

    issue: Optional[str] = None
    sub_issue: Optional[str] = None


@dataclass(frozen=True)
class Pick(Move):
    """Takes an answer that was offered, or that stands in a menu at any time; `left_to_us`: we were asked to choose."""

    option: Option
    left_to_us: bool = False


@dataclass(frozen=True)
class Yes(Move):
    """Agrees to what was said or proposed."""


@dataclass(frozen=True)
class No(Move):
    """Disagrees with what was said or proposed."""


class Slot(str, Enum):
    """What a fact is about."""

    PREFECTURE = "prefecture"
    MUNICIPALITY = "municipality"
    INDUSTRY = "industry"
    EMPLOYEE_COUNT = "employee_count"
    STAGE = "stage"


@dataclass(frozen=True)
class Fact(Move):
    """Tells something of the owner's own business; `anew`: it takes the place of what was told before."""

    slot: Slot
    value: str
    anew: bool = False


@dataclass(frozen=True)
class Refuses(Move):
    """Will not or cannot say, or would rather go on without."""


class About(str, Enum):
    """What a question is about.

    WHY is a why of which it is not clear what it asks after, WORDS what to say there, ORDER which comes first of two,
    THERE whether to go to the institution that it names, SAME_PLACE whether another matter can be told there too.
    """

    WHAT_IS = "what_is"
    DIFFERENCE = "difference"
    COST = "cost"
    CONTACT = "contact"
    NEAREST = "nearest"
    FIRST_STEP = "first_step"
    ORDER = "order"
    THERE = "there"
    SAME_PLACE = "same_place"
    WHY = "why"
    WHY_THIS = "why_this"
    WHY_ASKED = "why_asked"
    SECRECY = "secrecy"
    DOCUMENTS = "documents"
    APPOINTMENT = "appointment"
    DURATION = "duration"
    REMOTE = "remote"
    ELIGIBILITY = "eligibility"
    CHANCE = "chance"
    CONSEQUENCE = "consequence"
    PROGRAMME = "programme"
    PROCEDURE = "procedure"
    TERM = "term"
    BOT = "bot"
    AGAIN = "again"
    SHEET = "sheet"
    WORDS = "words"
    OTHER = "other"


@dataclass(frozen=True)
class Asks(Move):
    """Puts a question. `answers` are the ids of those that we know to it; none where we know none.

    `surely`: they are trusted so far that they are told in place of what is said of the matter as a whole. `near` are
    those that may be meant where none is sure. `chosen`: it was picked among those that we offered, or, without
    answers, it was none of these.
    """

    about: About
    answers: Tuple[str, ...] = ()
    surely: bool = False
    near: Tuple[str, ...] = ()
    chosen: bool = False


@dataclass(frozen=True)
class WantsPerson(Move):
    """Wants a human being."""


@dataclass(frozen=True)
class WantsCallBack(Move):
    """Says how to be called back. What was written is for staff alone and stands in no move."""


@dataclass(frozen=True)
class WantsToBeForgotten(Move):
    """Wants everything that is kept of the conversation deleted."""


@dataclass(frozen=True)
class WantsBot(Move):
    """Calls the bot back from staff."""


@dataclass(frozen=True)
class WantsEasyJapanese(Move):
    """Says no more than that they cannot read kanji, or would rather read kana."""


@dataclass(frozen=True)
class Stops(Move):
    """Ends or leaves."""


@dataclass(frozen=True)
class StartsOver(Move):
    """Wants to begin anew."""


@dataclass(frozen=True)
class Rates(Move):
    """Says whether the consultation was of use, where it was asked."""

    useful: bool


@dataclass(frozen=True)
class SaysWhy(Move):
    """Says why it was of use or not, right after having said so. The words are kept with the rating."""


@dataclass(frozen=True)
class Greets(Move):
    """Greets, comes in, or says no more than that they have something to ask."""


@dataclass(frozen=True)
class Thanks(Move):
    """Thanks."""


@dataclass(frozen=True)
class Apologizes(Move):
    """Is sorry to trouble us."""


@dataclass(frozen=True)
class WillGo(Move):
    """Says that they will go there, or call."""


@dataclass(frozen=True)
class Complains(Move):
    """Says that they told us already."""


@dataclass(frozen=True)
class Distress(Move):
    """Speaks of dying, disappearing, fleeing; or pressed for help."""


class Feeling(str, Enum):
    """What an owner lets us see that they feel."""

    BEREAVED = "bereaved"
    ANGRY = "angry"
    SAD = "sad"
    ANXIOUS = "anxious"
    TIRED = "tired"
    ASHAMED = "ashamed"
    RELIEVED = "relieved"
    FOR_FAMILY = "for_family"
    ALONE = "alone"


@dataclass(frozen=True)
class Feels(Move):
    """Lets a feeling be seen that a human being would meet before anything else is said."""

    how: Feeling


@dataclass(frozen=True)
class Confides(Move):
    """Says something in passing that asks for a word of its own, by its id in data/knowledge/asides."""

    aside: str


@dataclass(frozen=True)
class TurnedAway(Move):
    """Tells that an institution turned them away, or sent them from desk to desk."""


@dataclass(frozen=True)
class Brings(Move):
    """Tells of a matter that no road is for or that cannot wait, by its id in data/knowledge/matters.yml."""

    matter: str


@dataclass(frozen=True)
class OffTopic(Move):
    """Speaks of what this desk does not serve; `abuse`: insults."""

    abuse: bool = False


@dataclass(frozen=True)
class Tells(Move):
    """Tells something that belongs to the talk and changes nothing in it: a remark, more of the same, an aside."""


Kind = TypeVar("Kind", bound=Move)


def first(moves: Tuple[Move, ...], kind: Type[Kind]) -> Optional[Kind]:
    """The first move of a kind, or None."""
    return next((move for move in moves if isinstance(move, kind)), None)


def every(moves: Tuple[Move, ...], kind: Type[Kind]) -> Tuple[Kind, ...]:
    """All moves of a kind, in the order of the message."""
    return tuple(move for move in moves if isinstance(move, kind))
