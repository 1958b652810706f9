"""Who asks for the sheet of a road again gets its address; where it is gone, they are asked anew."""

from __future__ import annotations

import pytest

from actions.give_sheet import ActionGiveSheet
from bot.consult.heard import Heard
from bot.consult.moves import About, Asks
from bot.consult.scene import Turn
from bot.consult.sheet import sheet_from
from bot.consult.state import Question
from bot.frame.plan import plan_in
from bot.knowledge import Knowledge
from bot.sheets.shape import today
from bot.store import sheets
from tests.actions.conftest import OWNER, STAFF, Carried
from tests.consult.conftest import Decides, a_consultation, a_road

ROAD = a_road("資金繰り", "lending", "福島県")
GIVEN = a_consultation(
    issue="資金繰り",
    sub_issue="lending",
    prefecture="福島県",
    shown=(ROAD,),
    sheets=(ROAD,),
    question="anything_else",
)


@pytest.fixture
def asked(decides: Decides) -> Turn:
    return decides(GIVEN, Heard(moves=(Asks(About.SHEET),)), STAFF)


@pytest.mark.usefixtures("store")
def test_the_address_is_given_again(knowledge: Knowledge, asked: Turn) -> None:
    sheets().draft(OWNER, str(ROAD), sheet_from(knowledge, GIVEN, today()))
    carried = Carried(ActionGiveSheet(), asked)
    assert carried.response == "utter_sheet_there"
    assert "https://soudan.example.jp" in str(carried.said[0]["custom"])
    assert carried.consultation.talk.times_spoken("utter_sheet_there") == 1
    assert "plan" not in carried.changed


@pytest.mark.usefixtures("store")
def test_where_it_is_gone_the_owner_is_asked_anew(asked: Turn) -> None:
    carried = Carried(ActionGiveSheet(), asked)
    assert carried.response is None
    assert carried.consultation.question is Question.SHEET
    assert [said.response for said in plan_in(carried.slots.get).said] == ["utter_ask_sheet"]


@pytest.mark.usefixtures("broken_store")
def test_where_the_store_fails_the_owner_is_asked_anew(asked: Turn) -> None:
    assert Carried(ActionGiveSheet(), asked).consultation.question is Question.SHEET
