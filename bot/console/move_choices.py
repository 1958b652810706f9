"""The moves as a form offers them: the likely ones with a key each, all others in a list, and how they come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from bot.consult.moves import About, Slot
from bot.consult.place import Waiting
from bot.consult.state import UNCLEAR
from bot.knowledge import Knowledge
from bot.store import ProposedMove, Stood

MOST_LIKELY = 9  # keys 1 to 9
_MOST_PICKS, _MOST_ISSUES = 5, 3
# What the data has no rows of; one alone could not be learnt.
_NOT_ASKED = (About.WHY, About.SHEET, About.WORDS, About.ORDER, About.THERE, About.SAME_PLACE)
TOPICS = tuple(about.value for about in About if about not in _NOT_ASKED)
FEELINGS = ("angry", "anxious", "tired", "sad", "bereaved", "ashamed", "relieved")
COMPLAINS_OF = ("bot", "institution")
STAGES = ("創業前", "創業時", "創業後")
FACTS = (*(slot.value for slot in Slot), "tried")
ALONE = (
    "yes",
    "no",
    "refuses",
    "does_not_know",
    "wants_person",
    "distress",
    "stops",
    "will_go",
    "starts_over",
    "wants_to_be_forgotten",
    "thanks",
    "greets",
    "off_topic",
)
_BY_PLACE: Mapping[Waiting, Tuple[str, ...]] = {
    Waiting.FINDING: ("yes", "no"),
    Waiting.SHEET: ("yes", "no"),
    Waiting.OTHER_ISSUE: ("yes", "no"),
    Waiting.ANYTHING_ELSE: ("no", "thanks"),
    Waiting.PREFECTURE: ("refuses", "does_not_know"),
    Waiting.SYMPTOM: ("refuses", "does_not_know"),
    Waiting.SUB_ISSUE: ("does_not_know",),
    Waiting.NONE: ("thanks", "stops"),
    Waiting.OPEN: ("greets", "distress"),
}
_LIKELY_ANYWHERE = ("not_problem", "asks/other", "distress", "stops")
_LONGEST_VALUE = 60


@dataclass(frozen=True)
class Group:
    """Moves of one kind, in the list of all."""

    name: str
    moves: Tuple[ProposedMove, ...]


def token_of(move: ProposedMove) -> str:
    """A move as a value in a form: problem/資金繰り/lending."""
    return "/".join([move.move, *(value for _, value in move.about)])


def move_of(token: str, knowledge: Knowledge, stood: Stood) -> Optional[ProposedMove]:
    """The move that a value stands for, where such a move can be made at this place; else None."""
    kind, *arguments = token.split("/")
    if kind in ALONE or (kind == "not_problem" and not arguments):
        return ProposedMove(kind) if not arguments else None
    reads = _READS.get(kind)
    return reads(arguments, knowledge, stood) if reads is not None else None


def fact_of(slot: str, value: str, knowledge: Knowledge) -> Optional[ProposedMove]:
    """A fact, with its value as somebody wrote it, where the slot can have it; else None."""
    value = value.strip()

    def anything(one: str) -> bool:
        return True

    known: Dict[str, Callable[[str], bool]] = {
        Slot.PREFECTURE.value: lambda one: one in knowledge.prefectures,
        Slot.STAGE.value: lambda one: one in STAGES,
        Slot.EMPLOYEE_COUNT.value: lambda one: one.isascii() and one.isdecimal(),
    }
    fits = known.get(slot, anything)
    if slot not in FACTS or not 0 < len(value) <= _LONGEST_VALUE or not fits(value):
        return None
    return ProposedMove("fact", (("slot", slot), ("value", value)))


def likely(
    knowledge: Knowledge, stood: Stood, issues: Sequence[str], heard: Sequence[ProposedMove]
) -> Tuple[ProposedMove, ...]:
    """The moves that a correction at this place is most likely to name, at most nine.

    `issues` are those that the message was taken for, best first, `heard` what the model hears in it now.
    """
    waiting = Waiting(stood.waiting)
    tokens: List[str] = [f"pick/{number}" for number in range(1, min(len(stood.offered), _MOST_PICKS) + 1)]
    tokens += _BY_PLACE.get(waiting, ())
    heard_here = [token_of(move) for move in heard if move.move != "fact"]
    told = [name for name in issues if name in knowledge.issues][:_MOST_ISSUES]
    tokens += [*heard_here, *(f"problem/{name}" for name in told), *_LIKELY_ANYWHERE]
    moves = (move_of(token, knowledge, stood) for token in dict.fromkeys(tokens))
    return tuple(move for move in moves if move is not None)[:MOST_LIKELY]


def groups(knowledge: Knowledge, stood: Stood) -> Tuple[Group, ...]:
    """All moves that can be made at this place, but for facts, by kind."""

    def of(kind: str, *tokens: str) -> Group:
        moves = (move_of(token, knowledge, stood) for token in tokens)
        return Group(kind, tuple(move for move in moves if move is not None))

    return (
        *((of("pick", *(f"pick/{n}" for n in range(1, len(stood.offered) + 1))),) if stood.offered else ()),
        of("problem", *_problems(knowledge)),
        of("not_problem", "not_problem", *(f"not_problem/{name}" for name in knowledge.issues if name != UNCLEAR)),
        of("asks", *(f"asks/{topic}" for topic in TOPICS)),
        of("alone", *ALONE),
        of("feels", *(f"feels/{how}" for how in FEELINGS)),
        of("complains", *(f"complains/{about}" for about in COMPLAINS_OF)),
    )


def _problems(knowledge: Knowledge) -> Iterator[str]:
    for issue in knowledge.issues.values():
        yield f"problem/{issue.name}"
        yield from (f"problem/{issue.name}/{sub_issue.id}" for sub_issue in issue.sub_issues)


def _problem(arguments: Sequence[str], knowledge: Knowledge, stood: Stood) -> Optional[ProposedMove]:
    if not arguments or arguments[0] not in knowledge.issues or len(arguments) > 2:
        return None
    known = {sub_issue.id for sub_issue in knowledge.issues[arguments[0]].sub_issues}
    if len(arguments) == 2 and arguments[1] not in known:
        return None
    return ProposedMove("problem", tuple(zip(("issue", "sub_issue"), arguments, strict=False)))


def _denial(arguments: Sequence[str], knowledge: Knowledge, stood: Stood) -> Optional[ProposedMove]:
    if len(arguments) != 1 or arguments[0] not in knowledge.issues or arguments[0] == UNCLEAR:
        return None  # what nobody has made clear, nobody denies
    return ProposedMove("not_problem", (("issue", arguments[0]),))


def _pick(arguments: Sequence[str], knowledge: Knowledge, stood: Stood) -> Optional[ProposedMove]:
    offered = [str(number) for number in range(1, len(stood.offered) + 1)]
    return ProposedMove("pick", (("n", arguments[0]),)) if arguments and arguments[0] in offered else None


def _one_of(kind: str, name: str, known: Sequence[str]) -> Callable[..., Optional[ProposedMove]]:
    def read(arguments: Sequence[str], knowledge: Knowledge, stood: Stood) -> Optional[ProposedMove]:
        fits = len(arguments) == 1 and arguments[0] in known
        return ProposedMove(kind, ((name, arguments[0]),)) if fits else None

    return read


_READS: Mapping[str, Callable[[Sequence[str], Knowledge, Stood], Optional[ProposedMove]]] = {
    "problem": _problem,
    "not_problem": _denial,
    "pick": _pick,
    "asks": _one_of("asks", "about", TOPICS),
    "feels": _one_of("feels", "how", FEELINGS),
    "complains": _one_of("complains", "about", COMPLAINS_OF),
}
