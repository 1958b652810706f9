"""Staff is alerted to an owner in distress; the owner has the help lines whether that works or not."""

from __future__ import annotations

import pytest

from actions.alert_staff import ActionAlertStaff
from bot.consult.heard import Heard
from bot.consult.moves import Distress
from bot.consult.scene import Turn
from bot.store import Reason, State, handoffs
from tests.actions.conftest import OWNER, STAFF, Carried
from tests.consult.conftest import Decides, a_consultation


@pytest.fixture
def met(decides: Decides) -> Turn:
    return decides(a_consultation(issue="資金繰り"), Heard(moves=(Distress(),)), STAFF)


@pytest.mark.usefixtures("store")
def test_an_alert_waits_for_staff(met: Turn) -> None:
    carried = Carried(ActionAlertStaff(), met)
    assert [(h.reason, h.state) for h in handoffs().of(OWNER)] == [(Reason.DISTRESS, State.WAITING)]
    assert (carried.changed, carried.said) == ({}, [])


@pytest.mark.usefixtures("broken_store")
def test_where_the_store_fails_nothing_changes_for_the_owner(met: Turn, caplog: pytest.LogCaptureFixture) -> None:
    carried = Carried(ActionAlertStaff(), met)
    assert (carried.changed, carried.said) == ({}, [])
    assert "staff was not alerted" in caplog.text
