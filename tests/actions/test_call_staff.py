"""Staff is called when an owner asks for a person; where that fails, it is not promised."""

from __future__ import annotations

import pytest

from actions.call_staff import ActionCallStaff
from bot.consult.heard import Heard
from bot.consult.moves import WantsPerson
from bot.consult.scene import Turn
from bot.frame.plan import plan_in
from bot.store import Reason, State, handoffs
from tests.actions.conftest import OWNER, STAFF, Carried
from tests.consult.conftest import Decides, a_consultation


@pytest.fixture
def called(decides: Decides) -> Turn:
    return decides(a_consultation(issue="資金繰り", question="prefecture"), Heard(moves=(WantsPerson(),)), STAFF)


@pytest.mark.usefixtures("store")
def test_a_handoff_waits_for_staff(called: Turn) -> None:
    carried = Carried(ActionCallStaff(), called)
    assert [(h.reason, h.state) for h in handoffs().of(OWNER)] == [(Reason.ASKED, State.WAITING)]
    assert (carried.changed, carried.said) == ({}, [])


@pytest.mark.usefixtures("broken_store")
def test_where_the_store_fails_the_bot_goes_on_and_names_people_elsewhere(called: Turn) -> None:
    carried = Carried(ActionCallStaff(), called)
    assert not carried.consultation.talk.paused
    assert carried.slots["paused"] is False
    said = [said.response for said in plan_in(carried.slots.get).said]
    assert said == ["utter_call_human", "utter_tell_them"]
