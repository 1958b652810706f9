"""The consultation as the tracker keeps it: whole in one slot, and beside it what staff filters by."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Callable, Dict

from pydantic import parse_obj_as

from bot.consult.state import Consultation

CONSULTATION = "consultation"
GetSlot = Callable[[str], Any]


def consultation_in(get_slot: GetSlot) -> Consultation:
    """The consultation of a tracker, by its `get_slot`; a fresh one where none has begun."""
    kept = get_slot(CONSULTATION)
    return parse_obj_as(Consultation, kept) if kept else Consultation()


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


def to_json(kept: Any) -> Any:
    """A frozen dataclass as JSON, without what has its default: all defaults here are empty, 0 or False."""
    return json.loads(json.dumps(_without_defaults(asdict(kept)), ensure_ascii=False))


def _without_defaults(value: Any) -> Any:
    if isinstance(value, dict):
        inner = ((name, _without_defaults(part)) for name, part in value.items())
        return {name: part for name, part in inner if part}
    if isinstance(value, (list, tuple)):
        return [_without_defaults(part) for part in value]
    return value
