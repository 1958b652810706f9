"""Who calls the bot back no longer waits for staff."""

from __future__ import annotations

import pytest

from actions.take_back import ActionTakeBack
from bot.consult.heard import Heard
from bot.consult.moves import WantsBot
from bot.consult.scene import Turn
from bot.store import Reason, State, handoffs
from tests.actions.conftest import OWNER, STAFF, Carried
from tests.consult.conftest import Decides, a_consultation


@pytest.fixture
def back(decides: Decides) -> Turn:
    return decides(
        a_consultation(issue="資金繰り", question="prefecture", paused=True), Heard(moves=(WantsBot(),)), STAFF
    )


@pytest.mark.usefixtures("store")
def test_the_handoff_no_longer_waits(back: Turn) -> None:
    handoffs().open(OWNER, Reason.ASKED)
    carried = Carried(ActionTakeBack(), back)
    assert [h.state for h in handoffs().of(OWNER)] == [State.RESUMED]
    assert (carried.changed, carried.said) == ({}, [])


@pytest.mark.usefixtures("broken_store")
def test_where_the_store_fails_the_conversation_is_the_bots_all_the_same(
    back: Turn, caplog: pytest.LogCaptureFixture
) -> None:
    assert not Carried(ActionTakeBack(), back).consultation.talk.paused
    assert "the handoff still waits" in caplog.text
