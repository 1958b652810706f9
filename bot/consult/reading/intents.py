"""Which move each intent of the classifier is, and each kind that data/nlu tells apart within an intent."""

from __future__ import annotations

from typing import Mapping, Tuple

from bot.consult.moves import (
    About,
    Apologizes,
    Asks,
    Complains,
    Distress,
    Greets,
    Move,
    No,
    NotProblem,
    OffTopic,
    Refuses,
    StartsOver,
    Stops,
    Thanks,
    WantsPerson,
    WantsToBeForgotten,
    WillGo,
    Yes,
)
from bot.consult.reading.taken import Taken, taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.understood import Understood

_MOVES: Mapping[str, Move] = {
    "affirm": Yes(),
    "already_said": Complains(),
    "ask_capability": Asks(About.BOT),
    "ask_contact": Asks(About.CONTACT),
    "ask_cost": Asks(About.COST),
    "ask_human": WantsPerson(),
    "ask_institution": Asks(About.WHAT_IS),
    "ask_sheet": Asks(About.SHEET),
    "ask_why": Asks(About.WHY),
    "correct": NotProblem(),
    "deny": No(),
    "distress": Distress(),
    "goodbye": Stops(),
    "greet": Greets(),
    "out_of_scope": OffTopic(),
    "restart": StartsOver(),
    "skip": Refuses(),
    "thank": Thanks(),
}
_KINDS: Mapping[Tuple[str, str], Move] = {
    ("affirm", "goes"): WillGo(),
    ("ask_capability", "forget"): WantsToBeForgotten(),
    ("ask_capability", "privacy"): Asks(About.SECRECY),
    ("ask_why", "again"): Asks(About.AGAIN),
    ("ask_why", "doubts"): Asks(About.CHANCE),
    ("out_of_scope", "abuse"): OffTopic(abuse=True),
    ("restart", "forget"): WantsToBeForgotten(),
    ("thank", "apology"): Apologizes(),
}


def of_intent(intent: str, understood: Understood, thresholds: Thresholds) -> Taken:
    """The message taken for an intent that is no issue; KeyError for an issue."""
    kind = understood.sub_issue(intent, thresholds.sure) or ""
    return taken(_KINDS.get((intent, kind), _MOVES[intent]))
