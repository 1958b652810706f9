"""The case of a conversation that staff takes over: what was said, tried, advised and asked, and the talk so far."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Iterator, List, Optional, Sequence, Tuple

from bot.consult.moves import Slot
from bot.consult.reading.own_words import tried_in
from bot.knowledge import Knowledge
from bot.messages import COMES_IN, Choices, Message, Notice, Referral
from bot.store import Line, Sending, StaffLine, TurnRecord

MOST_TURNS = 200
_TELLS = ("problem", "brings", "tells")
_MOST_SAID = 5


class Author(str, Enum):
    """Who said a line of the talk; what is NEWS was said by nobody."""

    OWNER = "owner"
    BOT = "bot"
    STAFF = "staff"
    NEWS = "news"


@dataclass(frozen=True)
class Advised:
    """A road that the owner was shown: what for, and whom to see in order."""

    title: str
    institutions: Tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A question of the owner's in their words, and whether the bot had an answer."""

    words: str
    answered: bool


@dataclass(frozen=True)
class Spoken:
    """A line of the talk, at a time in Unix seconds. `more` is what stood beside the words, in short.

    `taken_back`: its owner took it back. `withheld`: the bot had it ready when a person came, and did not say it.
    `line` is the line of staff's that it is.
    """

    author: Author
    at: float
    words: str
    more: str = ""
    taken_back: bool = False
    withheld: bool = False
    line: Optional[StaffLine] = None


@dataclass(frozen=True)
class Case:
    """What a person reads first, in the owner's words where it is theirs; and the talk, oldest first."""

    matter: str
    place: str
    trade: str
    workers: str
    said: Tuple[str, ...]
    tried: Tuple[str, ...]
    advised: Tuple[Advised, ...]
    asked: Tuple[Asked, ...]
    talk: Tuple[Spoken, ...]

    @property
    def owners_lines(self) -> int:
        """How many lines are the owner's."""
        return sum(spoken.author is Author.OWNER for spoken in self.talk)


def case_of(
    knowledge: Knowledge, newest_first: Sequence[TurnRecord], lines: Sequence[StaffLine], withheld: "frozenset[str]"
) -> Case:
    """The case in what was recorded of a conversation. Numbers that belong to a person are hidden in all of it."""
    turns = newest_first[::-1]
    typed = [turn for turn in turns if turn.pressed is None and turn.words and not turn.taken_back]
    telling = [turn for turn in typed if _tells(turn)] or typed
    return Case(
        matter=_matter(knowledge, turns),
        place="".join(filter(None, (_fact(turns, Slot.PREFECTURE), _fact(turns, Slot.MUNICIPALITY)))),
        trade=_fact(turns, Slot.INDUSTRY),
        workers=_fact(turns, Slot.EMPLOYEE_COUNT),
        said=tuple(dict.fromkeys(turn.words for turn in telling))[:_MOST_SAID],
        tried=tuple(dict.fromkeys(sentence for turn in typed for sentence in tried_in(turn.words))),
        advised=tuple(dict.fromkeys(_advised(turns, withheld))),
        asked=tuple(Asked(turn.words, all(one.answered for one in turn.asked)) for turn in typed if turn.asked),
        talk=tuple(sorted((*_of_turns(turns, withheld), *map(_of_line, lines)), key=lambda spoken: spoken.at)),
    )


def _tells(turn: TurnRecord) -> bool:
    return turn.heard is not None and any(move.move in _TELLS for move in turn.heard.moves)


def _fact(turns: Sequence[TurnRecord], slot: Slot) -> str:
    """What the owner told of their business last; empty where they told nothing."""
    told = [
        fact.value
        for turn in turns
        if turn.heard is not None
        for fact in turn.heard.facts
        if fact.of_the_owner and fact.slot == slot.value
    ]
    return told[-1] if told else ""


def _matter(knowledge: Knowledge, turns: Sequence[TurnRecord]) -> str:
    """The matter in hand, as the cards for owners call it."""
    known = [turn.after for turn in turns if turn.after.issue in knowledge.issues]
    if not known:
        return ""
    issue = knowledge.issues[str(known[-1].issue)]
    kinds = [sub.name for sub in issue.sub_issues if sub.id == known[-1].sub_issue]
    return "・".join([issue.label, *kinds])


def _advised(turns: Sequence[TurnRecord], withheld: "frozenset[str]") -> Iterator[Advised]:
    for turn in turns:
        for spoken in turn.said if turn.message_id not in withheld else ():
            part = spoken.message.part
            if isinstance(part, Referral):
                yield Advised(part.title, tuple(step.institution for step in part.steps))


def _of_turns(turns: Sequence[TurnRecord], withheld: "frozenset[str]") -> Iterator[Spoken]:
    for turn in turns:
        if turn.taken_back:
            yield Spoken(Author.OWNER, turn.at, "", taken_back=True)
        elif turn.words and turn.pressed != COMES_IN:
            yield Spoken(Author.OWNER, turn.at, turn.words)
        for spoken in turn.said:
            said = spoken.message
            yield Spoken(Author.BOT, turn.at, said.words, _beside(said), withheld=turn.message_id in withheld)


def _beside(message: Message) -> str:
    """What stood beside the words, in a line."""
    part = message.part
    if isinstance(part, Referral):
        return f"{part.title}：{'、'.join(step.institution for step in part.steps)}"
    if isinstance(part, Choices):
        return " / ".join(choice.label for choice in part.choices)
    if isinstance(part, Notice):
        return f"{part.title}：{'、'.join(line.label for line in part.lines)}"
    return ""


def _of_line(line: StaffLine) -> Spoken:
    author = Author.STAFF if line.kind is Line.SAID else Author.NEWS
    return Spoken(author, line.at, line.words if line.kind is Line.SAID else "", line=line)


def not_sent(lines: Sequence[StaffLine]) -> List[StaffLine]:
    """The lines that staff has to see to: refused, or perhaps not arrived."""
    return [line for line in lines if line.state in (Sending.REFUSED, Sending.UNCLEAR)]
