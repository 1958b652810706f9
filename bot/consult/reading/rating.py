"""Whether a message says why the consultation was of use or not, right after its owner said which."""

from __future__ import annotations

from typing import Tuple

from bot.consult.moves import Complains, Feels, Move, No, NotProblem, OffTopic, Tells, Thanks, TurnedAway
from bot.consult.reading.understood import Understood
from bot.consult.state import Consultation
from bot.normalization import bare

_SHORTEST = 3  # characters: いえ is no reason, 遠い店 is one
# What a reason may be read as. Whatever does anything else is read as ever.
_MAY_BE_A_REASON = (Complains, Feels, No, NotProblem, OffTopic, Tells, Thanks, TurnedAway)
_SAYS_NOTHING_BY_ITSELF = (No, NotProblem, Thanks)


def says_why(consultation: Consultation, understood: Understood, moves: Tuple[Move, ...]) -> bool:
    """Whether a message that was read so is a reason; a bare no or thanks is none."""
    if (
        not consultation.talk.why_asked
        or understood.pressed is not None
        or understood.asks_within
        or understood.only_facts
    ):
        return False
    if any(not isinstance(move, _MAY_BE_A_REASON) for move in moves):
        return False
    words = bare(understood.text)
    if moves and all(isinstance(move, _SAYS_NOTHING_BY_ITSELF) for move in moves):
        return len(words) > 2 * _SHORTEST
    return len(words) >= _SHORTEST
