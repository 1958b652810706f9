"""What an owner says in passing, which asks for a word of its own: a fear, a wish, that nobody was told yet."""

from __future__ import annotations

from typing import Optional, Tuple

from bot.consult.choices import DONE
from bot.consult.moves import (
    About,
    Asks,
    Brings,
    Complains,
    Confides,
    Distress,
    Feeling,
    Feels,
    Move,
    No,
    OffTopic,
    Pick,
    Problem,
    Rates,
    Refuses,
    Standing,
    StartsOver,
    Stops,
    Tells,
    Thanks,
    TurnedAway,
    WantsPerson,
    WillGo,
)
from bot.consult.reading.put_right import Moves, Reading
from bot.knowledge import Knowledge
from bot.phrases import pattern

# A message that does one of these is answered by that.
_ANSWERED_BY_ITSELF = (
    Brings,
    Complains,
    Distress,
    Rates,
    StartsOver,
    Stops,
    Thanks,
    TurnedAway,
    WantsPerson,
    WillGo,
)
# What such words are taken for where nothing else was known of them.
_TAKEN_FOR = (No, OffTopic, Refuses)
_FELT_MORE = (Feeling.BEREAVED, Feeling.FOR_FAMILY, Feeling.ANGRY)


def with_what_is_confided(
    knowledge: Knowledge, reading: Reading, moves: Moves
) -> Optional[Tuple[Tuple[Move, ...], Tuple[Move, ...]]]:
    """The feelings and the other moves of a message that says something in passing; None where it does not.

    It takes the place of a feeling of no special kind, and of what its words were taken for by mistake.
    """
    aside = _said_in_passing(knowledge, reading, moves)
    if aside is None:
        return None
    felt = tuple(move for move in reading.felt if isinstance(move, Feels) and move.how in _FELT_MORE)
    kept = tuple(move for move in moves if not _was_taken_for(move))
    return (felt or (aside,)), kept or (Tells(),)


def _said_in_passing(knowledge: Knowledge, reading: Reading, moves: Moves) -> Optional[Confides]:
    understood, talk = reading.understood, reading.consultation.talk
    if (
        understood.pressed is not None
        or talk.paused
        or talk.comforted
        or understood.asks_within
        or understood.wonders_how
    ):
        return None
    if any(isinstance(move, _ANSWERED_BY_ITSELF) or _answers(move) for move in (*reading.felt, *moves)):
        return None
    if pattern("speaks_of_others").search(understood.text):
        return None
    left = (one for one in knowledge.asides.values() if talk.asides.count(one.id) < len(one.reply))
    return next((Confides(one.id) for one in left if one.said_as.search(understood.text)), None)


def _answers(move: Move) -> bool:
    """Whether it picks an answer, but for that this was all: まだ本人には言ってない is easily taken for that."""
    return isinstance(move, Pick) and (bool(move.words) or move.option.answer != DONE)


def _was_taken_for(move: Move) -> bool:
    """Whether the words of an aside were taken for this by mistake."""
    if isinstance(move, Problem):
        return move.standing is Standing.GUESSED
    if isinstance(move, Asks):
        return move.about is not About.AGAIN and not move.surely
    return isinstance(move, (*_TAKEN_FOR, Pick))
