"""Records every turn for staff: what the policy heard and decided, and what came of it, once the turn is kept."""

from __future__ import annotations

import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor, TimeoutError
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace
from enum import Enum
from functools import lru_cache
from typing import Any, Iterator, Mapping, Optional, Tuple

from bot.consult.choices import Option
from bot.consult.heard import Heard
from bot.consult.moves import Fact, Move, Slot, every
from bot.consult.named import institutions_named, places_cited
from bot.consult.place import place_of
from bot.consult.reviewing import asked, reasons_for_review, stands_open
from bot.consult.scene import Said, Turn
from bot.consult.state import Consultation
from bot.frame.known import knowledge
from bot.messages import Message
from bot.store import (
    AskedQuestion,
    Database,
    ForgottenError,
    HeardFact,
    HeardMove,
    Spoken,
    StateAfter,
    Stood,
    StoreError,
    TurnRecord,
    TurnRecords,
    WhatDecided,
    WhatWasHeard,
    With,
)

_MOST_RANKED = 5
_SLOTS = tuple(slot.value for slot in Slot)
_OF_EVERY_MOVE = tuple(field.name for field in fields(Move))
_CAPITAL = re.compile("(?<!^)(?=[A-Z])")
_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Decided:
    """What the policy made of a message: the consultation before it, how it was heard, and the turn.

    `entities` are Rasa's: what the message names, whose ever it is. `theirs` says who had the conversation then.
    """

    before: Consultation
    heard: Heard
    turn: Turn
    entities: Tuple[Mapping[str, Any], ...] = ()
    theirs: With = With.BOT

    @property
    def named(self) -> Tuple[Tuple[str, str], ...]:
        """The facts that the message names (slot, value), each once."""
        found = ((entity["entity"], str(entity["value"])) for entity in self.entities)
        return tuple(dict.fromkeys((kind, value) for kind, value in found if kind in _SLOTS))


class Watched:
    """What a turn that is being taken tells of itself; the policy runs within Rasa, and hands nothing back."""

    decided: Optional[Decided] = None


_WATCHED: ContextVar[Optional[Watched]] = ContextVar("watched", default=None)


@contextmanager
def watching() -> Iterator[Watched]:
    """What is decided in here is told to the one that is returned."""
    watched = Watched()
    before = _WATCHED.set(watched)
    try:
        yield watched
    finally:
        _WATCHED.reset(before)


def tell_decided(
    before: Consultation, heard: Heard, turn: Turn, parse: Mapping[str, Any], theirs: With = With.BOT
) -> None:
    """The policy has decided a turn, while so had the conversation; `parse` is Rasa's of the message."""
    watched = _WATCHED.get()
    if watched is not None:
        watched.decided = Decided(before, heard, turn, tuple(parse.get("entities") or ()), theirs)


def tell_carried_out(after: Consultation, said: Tuple[Said, ...]) -> None:
    """The effects of the turn were carried out; where one failed, the turn is another than was decided."""
    watched = _WATCHED.get()
    if watched is not None and watched.decided is not None:
        decided = watched.decided
        watched.decided = replace(decided, turn=replace(decided.turn, consultation=after, said=said))


@dataclass(frozen=True)
class Taken:
    """A turn that is kept: the owner's message as Rasa saw it, and what was said to it, each with its response.

    `decided` is None where the message came again and the process that decided has died: then `by` and `after` say what
    the conversation itself still knows. It knows that of its last turn only; `is_the_last` says whether this is it.
    """

    conversation: str
    channel: str
    message_id: str
    at: float
    words: str
    pressed: Optional[str]
    said: Tuple[Tuple[str, Message], ...]
    decided: Optional[Decided] = None
    by: Tuple[str, ...] = ()
    after: Consultation = Consultation()
    is_the_last: bool = True
    milliseconds: Optional[float] = None
    model: Optional[str] = None


class Recorder:
    """Writes turns into the record, one after another, in a thread of its own: no owner waits for it.

    A turn is recorded once it is kept, some milliseconds after its answer. What ends the process at once in between
    loses the record, not the turn; a process that ends in order writes first what waits.
    """

    def __init__(self, most_waiting: int = 500) -> None:
        self._thread = _a_thread()
        self._room = threading.BoundedSemaphore(most_waiting)

    def add(self, taken: Taken, since: float, store: Database) -> None:
        """Record a turn, unless its conversation is forgotten at or after `since` (Unix seconds). It never raises."""
        if not taken.is_the_last:
            return
        if not self._room.acquire(blocking=False):  # the store is slower than owners are: it would fill the memory
            _LOGGER.error("a turn is not in the record for staff: too many wait")
            return
        try:
            written = self._thread.submit(_record, taken, since, store)
            written.add_done_callback(lambda _: self._room.release())
        except RuntimeError:  # Python ends, and takes on nothing more
            _LOGGER.error("a turn is not in the record for staff: the process ends")

    def finish(self) -> None:
        """Return when all that was added is recorded."""
        self._thread.submit(lambda: None).result()

    def end(self, within_s: float) -> None:
        """Record what waits now; what is not recorded after so many seconds is let go."""
        ending, self._thread = self._thread, _a_thread()
        with suppress(TimeoutError):
            ending.submit(lambda: None).result(within_s)
        ending.shutdown(wait=False, cancel_futures=True)


def _a_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="recording")


def _record(taken: Taken, since: float, store: Database) -> None:
    try:
        TurnRecords(store).keep(record_of(taken), since)
    except ForgottenError:
        return
    except StoreError as error:
        _LOGGER.error("a turn is not in the record for staff: %s", error)
    except Exception as error:  # noqa: BLE001
        # The turn is kept and its owner has the answer; whatever fails in here costs staff a line of the record, and
        # nobody a turn. What such an error says may quote the owner.
        _LOGGER.error("a turn is not in the record for staff: %s", type(error).__name__)


@lru_cache(maxsize=1)
def recorder() -> Recorder:
    """The one recorder of this process."""
    return Recorder()


def record_of(taken: Taken) -> TurnRecord:
    """The record of a turn."""
    record = TurnRecord(
        conversation=taken.conversation,
        channel=taken.channel,
        message_id=taken.message_id,
        at=taken.at,
        words=taken.words,
        pressed=taken.pressed,
        decided=WhatDecided(taken.by),
        said=tuple(Spoken(response, message) for response, message in taken.said),
        after=_state(taken.after),
        milliseconds=taken.milliseconds,
        model=taken.model,
    )
    return record if taken.decided is None else _with_what_decided(record, taken.decided)


def _with_what_decided(record: TurnRecord, decided: Decided) -> TurnRecord:
    before, heard, turn = decided.before, decided.heard, decided.turn
    grown = len(turn.consultation.roads.shown) > len(before.roads.shown)
    questions = asked(knowledge(), heard, turn)
    return replace(
        record,
        heard=_what_was_heard(decided),
        decided=WhatDecided(
            by=turn.by,
            effects=tuple(effect.kind.value for effect in turn.effects),
            institutions=institutions_named(knowledge(), turn),
            cited=tuple(map(str, places_cited(knowledge(), turn))),
        ),
        after=replace(_state(turn.consultation), stands_open=stands_open(heard, turn), road_shown=grown),
        asked=tuple(AskedQuestion(one.about.value, one.answered) for one in questions),
        reasons=reasons_for_review(knowledge(), before, heard, turn),
    )


def _state(consultation: Consultation) -> StateAfter:
    question = consultation.question
    return StateAfter(
        issue=consultation.issue,
        sub_issue=consultation.sub_issue,
        prefecture=consultation.owner.prefecture,
        question=question.value if question is not None else None,
        paused=consultation.talk.paused,
    )


def _what_was_heard(decided: Decided) -> WhatWasHeard:
    heard = decided.heard
    own = tuple((fact.slot.value, fact.value) for fact in every(heard.moves, Fact))
    others = tuple(named for named in decided.named if not _is_own(named, own))
    return WhatWasHeard(
        moves=tuple(_heard_move(move) for move in heard.moves),
        facts=(
            *(HeardFact(slot, value, True) for slot, value in dict.fromkeys(own)),
            *(HeardFact(slot, value, False) for slot, value in others),
        ),
        ranking=heard.ranking[:_MOST_RANKED],
        unsure=heard.unsure,
        stood=_stood(decided.before),
    )


def _stood(before: Consultation) -> Stood:
    place = place_of(knowledge(), before)
    return Stood(place.waiting.value, place.offered, place.issue, place.sub_issue, place.road)


def _is_own(named: Tuple[str, str], own: Tuple[Tuple[str, str], ...]) -> bool:
    """Whether what was named is the owner's; their workers are one number, of all that were counted."""
    counted = named[0] == Slot.EMPLOYEE_COUNT.value and any(slot == named[0] for slot, _ in own)
    return counted or named in own


def _heard_move(move: Move) -> HeardMove:
    names = (field.name for field in fields(move) if field.name not in _OF_EVERY_MOVE)
    about = ((name, _said_of(getattr(move, name))) for name in names)
    return HeardMove(
        move=_CAPITAL.sub("_", type(move).__name__).lower(),
        confidence=move.confidence,
        about=tuple((name, said) for name, said in about if said),
        words=move.words,
    )


def _said_of(value: Any) -> str:
    """An argument of a move in words; empty where there is none, or it is off."""
    if isinstance(value, Option):
        return value.id
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool) or value is None:
        return "yes" if value else ""
    return ", ".join(value) if isinstance(value, tuple) else str(value)
