"""What a turn has decided, as the tracker keeps it until it is carried out: an action for each effect and response."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Dict, Optional, Tuple

from bot.consult.scene import EffectKind, Said, Turn
from bot.consult.state import Consultation
from bot.consult.state.kept import GetSlot, slots_of, state_in, to_json

PLAN = "plan"


@dataclass(frozen=True)
class Otherwise:
    """The turn as it is instead where an effect fails."""

    consultation: Consultation
    said: Tuple[Said, ...]


@dataclass(frozen=True)
class PlannedEffect:
    """Something to do outside, and what the turn is where that fails."""

    kind: EffectKind
    otherwise: Optional[Otherwise] = None


@dataclass(frozen=True)
class Plan:
    """A turn's actions, in order: its effects, then what it says. `by` are the lines of the table that decided it."""

    effects: Tuple[PlannedEffect, ...] = ()
    said: Tuple[Said, ...] = ()
    by: Tuple[str, ...] = ()

    @property
    def actions(self) -> Tuple[str, ...]:
        """The names of the actions; a response is the action of that name."""
        return (*(action_of(effect.kind) for effect in self.effects), *(said.response for said in self.said))

    def said_at(self, position: int) -> Optional[Said]:
        """What the action at a position (from 0) says; None for an effect and behind the end."""
        spoken = position - len(self.effects)
        return self.said[spoken] if 0 <= spoken < len(self.said) else None


def action_of(kind: EffectKind) -> str:
    """The name of the action that carries out an effect."""
    return f"action_{kind.value}"


def plan_of(turn: Turn) -> Plan:
    """The plan that carries a turn out."""
    effects = tuple(
        PlannedEffect(
            effect.kind, Otherwise(effect.otherwise.consultation, effect.otherwise.said) if effect.otherwise else None
        )
        for effect in turn.effects
    )
    return Plan(effects, turn.said, turn.by)


def plan_in(get_slot: GetSlot) -> Plan:
    """The plan of a tracker, by its `get_slot`; an empty one before the first turn."""
    return state_in(get_slot(PLAN), Plan) or Plan()


def slots_after(turn: Turn) -> Dict[str, Any]:
    """The slots that keep a turn: its consultation and its plan."""
    return {**slots_of(turn.consultation), PLAN: to_json(plan_of(turn))}


def slots_where_it_failed(get_slot: GetSlot, kind: EffectKind) -> Dict[str, Any]:
    """The slots of the turn as it is instead, where an effect of the plan failed; none where that changes nothing."""
    plan = plan_in(get_slot)
    otherwise = next((effect.otherwise for effect in plan.effects if effect.kind is kind), None)
    if otherwise is None:
        return {}
    return {**slots_of(otherwise.consultation), PLAN: to_json(replace(plan, said=otherwise.said))}
