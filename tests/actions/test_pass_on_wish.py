"""How an owner wants to be called back goes to staff alone; it is said to be noted only where it was."""

from __future__ import annotations

import json

import pytest

from actions.pass_on_wish import ActionPassOnWish
from bot.consult.heard import Heard
from bot.consult.moves import WantsCallBack
from bot.consult.scene import Turn
from bot.frame.plan import plan_in
from bot.normalization import LONGEST_TEXT_READ
from bot.store import Reason, handoffs
from tests.actions.conftest import OWNER, STAFF, Carried
from tests.consult.conftest import Decides, a_consultation

WISH = "0120-999-999に、夕方お願いします"


@pytest.fixture
def wished(decides: Decides) -> Turn:
    asked = a_consultation(issue="資金繰り", question="call_back", paused=True)
    return decides(asked, Heard(WISH, moves=(WantsCallBack(),)), STAFF)


@pytest.mark.usefixtures("store")
def test_the_wish_is_kept_with_the_handoff_and_in_no_slot(wished: Turn) -> None:
    handoffs().open(OWNER, Reason.ASKED)
    carried = Carried(ActionPassOnWish(), wished, WISH)
    assert [h.call_back for h in handoffs().of(OWNER)] == [WISH]
    assert carried.changed == {}
    assert "999" not in json.dumps(carried.slots)


@pytest.mark.usefixtures("store")
def test_of_a_wish_without_end_as_much_is_kept_as_is_read(wished: Turn) -> None:
    handoffs().open(OWNER, Reason.ASKED)
    Carried(ActionPassOnWish(), wished, "あ" * (LONGEST_TEXT_READ + 1))
    assert [len(h.call_back or "") for h in handoffs().of(OWNER)] == [LONGEST_TEXT_READ]


@pytest.mark.usefixtures("store")
def test_where_no_handoff_waits_any_more_it_is_passed_on_like_any_message(wished: Turn) -> None:
    carried = Carried(ActionPassOnWish(), wished, WISH)
    assert [said.response for said in plan_in(carried.slots.get).said] == ["utter_passed_on"]


@pytest.mark.usefixtures("broken_store")
def test_where_the_store_fails_it_is_not_said_to_be_noted(wished: Turn) -> None:
    carried = Carried(ActionPassOnWish(), wished, WISH)
    assert [said.response for said in plan_in(carried.slots.get).said] == ["utter_passed_on"]
