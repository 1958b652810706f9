"""A consultation comes back from its slots as it was, and the domain has a slot for all that is kept."""

from __future__ import annotations

import json
from typing import Any, Dict, Sequence

import yaml
from hypothesis import HealthCheck, given, settings

from bot.consult.scene import Turn
from bot.consult.state import Consultation, OwnWords, Quote
from bot.consult.state.kept import CONSULTATION, consultation_in, slots_of
from bot.frame.plan import PLAN, slots_after
from bot.frame.unreadable import BEGINS_ANEW
from bot.knowledge import Matter
from bot.operator.desk import Desk
from tests.conftest import ROOT
from tests.consult.conftest import a_consultation, a_road
from tests.consult.random_talks import DESKS, TALKS, Message, turns_of


def through_json(slots: Dict[str, Any]) -> Dict[str, Any]:
    """The slots as a tracker store gives them back."""
    kept: Dict[str, Any] = json.loads(json.dumps(slots))
    return kept


def test_the_domain_has_the_slots_that_are_written_and_no_other() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(domain["slots"]) == {*slots_after(Turn(Consultation())), BEGINS_ANEW}
    assert set(slots_after(Turn(Consultation()))) == {*slots_of(Consultation()), PLAN}


def test_nothing_kept_is_a_fresh_consultation() -> None:
    assert consultation_in({}.get) == Consultation()
    assert slots_of(Consultation())[CONSULTATION] == {}


def test_every_group_of_a_consultation_comes_back_as_it_was() -> None:
    road = a_road("創業", "before", "東京都", "tama")
    state = a_consultation(
        issue="資金繰り",
        sub_issue="lending",
        later=("創業/before", "知的財産"),
        shown=(road,),
        sheets=(road,),
        words=(OwnWords("返済が続かない", ("資金繰り",), open=True, led_to="資金繰り"),),
        symptom="first_relief",
        symptoms_asked=("change",),
        told=("change/fewer",),
        quotes=(Quote(Matter("販路開拓", "overseas"), "「客が減った」"),),
        prefecture="福島県",
        employee_count="5",
        tried=("銀行に相談した。",),
        question="triage",
        spoken=(("utter_greet", 2),),
        heard_at=1234.5,
        misses=1,
    )
    assert consultation_in(through_json(slots_of(state)).get) == state


def test_what_staff_filters_by_stands_beside_it() -> None:
    slots = slots_of(a_consultation(issue="創業", sub_issue="before", prefecture="福島県", question="prefecture"))
    beside = {name: value for name, value in slots.items() if name != CONSULTATION}
    assert beside == {
        "issue": "創業",
        "sub_issue": "before",
        "prefecture": "福島県",
        "question": "prefecture",
        "paused": False,
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(desk=DESKS, talk=TALKS)
def test_whatever_was_talked_the_consultation_survives_its_json(desk: Desk, talk: Sequence[Message]) -> None:
    for decided in turns_of(desk, talk):
        assert consultation_in(through_json(slots_of(decided.consultation)).get) == decided.consultation
