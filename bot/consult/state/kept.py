"""The consultation as the tracker keeps it: whole in one slot, and beside it what staff filters by."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Callable, Dict, Mapping, Optional, Tuple, Type, TypeVar

from pydantic import parse_obj_as

from bot.consult.state import Consultation

CONSULTATION = "consultation"
GetSlot = Callable[[str], Any]
State = TypeVar("State")


class Kept(Dict[str, Any]):
    """A state as the tracker keeps it, in JSON; it knows what it was made of or read as, so that it is read once."""

    def __init__(self, content: Mapping[str, Any], state: Any = None) -> None:
        super().__init__(content)
        self._state = state

    def read_as(self, kind: Type[State]) -> State:
        """The state. Raises ValidationError where it is none of this kind."""
        if not isinstance(self._state, kind):
            self._state = parse_obj_as(kind, dict(self))
        state: State = self._state
        return state


def consultation_in(get_slot: GetSlot) -> Consultation:
    """The consultation of a tracker, by its `get_slot`; a fresh one where none has begun."""
    return state_in(get_slot(CONSULTATION), Consultation) or Consultation()


def state_in(kept: Any, kind: Type[State]) -> Optional[State]:
    """The state that a slot keeps; None where it keeps none. Raises ValidationError where that is of another kind."""
    if not kept:
        return None
    return (kept if isinstance(kept, Kept) else Kept(kept)).read_as(kind)


def slots_of(consultation: Consultation) -> Dict[str, Any]:
    """The slots that keep a consultation: all of it, and the few that staff filters by."""
    return {
        CONSULTATION: to_json(consultation),
        "issue": consultation.issue,
        "sub_issue": consultation.sub_issue,
        "prefecture": consultation.owner.prefecture,
        "question": consultation.question.value if consultation.question else None,
        "paused": consultation.talk.paused,
    }


def to_json(state: Any) -> Kept:
    """A frozen dataclass as JSON, without what has its default: all defaults here are empty, 0 or False."""
    return Kept(_json_of(state), state)


def _json_of(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        inner = ((name, _json_of(getattr(value, name))) for name in _names(type(value)))
        return {name: part for name, part in inner if part}
    if isinstance(value, (list, tuple)):
        return [_json_of(part) for part in value]
    return value.value if isinstance(value, Enum) else value


@lru_cache(maxsize=128)
def _names(kind: Type[Any]) -> Tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
