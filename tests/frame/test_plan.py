"""A turn is kept as the plan that carries it out, and is another where an effect fails."""

from __future__ import annotations

import json
from typing import Sequence

from hypothesis import HealthCheck, given, settings

from bot.consult.scene import CHOICES, EffectKind, Said, Turn
from bot.consult.state import Consultation
from bot.consult.state.kept import consultation_in
from bot.frame.plan import Plan, action_of, plan_in, plan_of, slots_after, slots_where_it_failed
from bot.operator.desk import Desk
from tests.consult.conftest import a_consultation
from tests.consult.random_talks import DESKS, TALKS, Message, turns_of

INSTEAD = Turn(a_consultation(issue="資金繰り")).saying("utter_call_human")
CALLED = (
    Turn(a_consultation(issue="資金繰り", paused=True))
    .doing(EffectKind.CALL_STAFF, INSTEAD)
    .saying("utter_call_staff")
    .saying("utter_meanwhile", CHOICES, hours="9時から")
)


def test_effects_are_carried_out_before_anything_is_said() -> None:
    assert plan_of(CALLED).actions == ("action_call_staff", "utter_call_staff", "utter_meanwhile")


def test_what_an_action_says_is_found_by_its_place() -> None:
    plan = plan_of(CALLED)
    assert plan.said_at(0) is None
    assert plan.said_at(2) == Said("utter_meanwhile", 0, (("hours", "9時から"),), CHOICES)
    assert plan.said_at(3) is None


def test_where_nothing_was_planned_there_is_nothing_to_do() -> None:
    assert plan_in({}.get) == Plan()
    assert Plan().actions == ()


def test_where_an_effect_fails_the_turn_is_what_it_is_instead_and_keeps_its_place() -> None:
    slots = slots_after(CALLED)
    slots.update(slots_where_it_failed(slots.get, EffectKind.CALL_STAFF))
    assert plan_in(slots.get).actions == ("action_call_staff", "utter_call_human")
    assert consultation_in(slots.get) == INSTEAD.consultation
    assert slots["paused"] is False


def test_where_an_effect_fails_that_changes_nothing_the_turn_stays() -> None:
    slots = slots_after(Turn(Consultation()).doing(EffectKind.ALERT_STAFF).saying("utter_comfort"))
    assert slots_where_it_failed(slots.get, EffectKind.ALERT_STAFF) == {}
    assert slots_where_it_failed(slots.get, EffectKind.CALL_STAFF) == {}


def test_every_effect_has_an_action_of_its_name() -> None:
    assert [action_of(kind) for kind in EffectKind] == [f"action_{kind.value}" for kind in EffectKind]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(desk=DESKS, talk=TALKS)
def test_whatever_was_talked_the_plan_survives_its_json(desk: Desk, talk: Sequence[Message]) -> None:
    for decided in turns_of(desk, talk):
        slots = json.loads(json.dumps(slots_after(decided)))
        assert plan_in(slots.get) == plan_of(decided)
