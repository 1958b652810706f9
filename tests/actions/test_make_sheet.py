"""A sheet is drafted for the road that was shown, and its address given; its owner makes it there."""

from __future__ import annotations

import pytest

from actions.make_sheet import ActionMakeSheet
from bot.consult.choices import MAKE, Option
from bot.consult.heard import Heard
from bot.consult.moves import Pick
from bot.consult.scene import Turn
from bot.consult.state import OwnWords, Question
from bot.store import sheets
from bot.store.sheets import MOST_A_CONVERSATION
from tests.actions.conftest import OWNER, STAFF, Carried
from tests.consult.conftest import Decides, a_consultation, a_road

ROAD = a_road("資金繰り", "lending", "福島県")
STORY = "返済が続かず、夜も考えてしまいます"


@pytest.fixture
def agreed(decides: Decides) -> Turn:
    asked = a_consultation(
        issue="資金繰り",
        sub_issue="lending",
        prefecture="福島県",
        shown=(ROAD,),
        question="sheet",
        words=(OwnWords(STORY, about=("資金繰り",)),),
    )
    return decides(asked, Heard(moves=(Pick(Option(Question.SHEET, MAKE)),)), STAFF)


@pytest.mark.usefixtures("store")
def test_a_draft_with_what_was_told_is_kept_and_its_address_given(agreed: Turn) -> None:
    carried = Carried(ActionMakeSheet(), agreed)
    kept = sheets().of(OWNER, str(ROAD))
    assert kept is not None
    assert kept.draft is not None
    assert (kept.draft.situation, kept.made) == (STORY, None)
    assert carried.response == "utter_sheet_ready"
    assert "https://soudan.example.jp" in str(carried.said[0]["custom"])


@pytest.mark.usefixtures("store")
def test_a_road_with_a_sheet_is_kept_so_and_the_response_counted(agreed: Turn) -> None:
    after = Carried(ActionMakeSheet(), agreed).consultation
    assert after.roads.sheets == (ROAD,)
    assert after.talk.times_spoken("utter_sheet_ready") == 1
    assert after.question is agreed.consultation.question


@pytest.mark.usefixtures("store")
def test_where_the_sheet_is_made_already_it_is_said_to_be_there(agreed: Turn) -> None:
    Carried(ActionMakeSheet(), agreed)
    kept = sheets().of(OWNER, str(ROAD))
    assert kept is not None
    sheets().make(kept.id, 30)
    assert Carried(ActionMakeSheet(), agreed).response == "utter_sheet_there"


@pytest.mark.usefixtures("store")
def test_whoever_has_as_many_sheets_as_one_conversation_can_is_told_so(agreed: Turn) -> None:
    Carried(ActionMakeSheet(), agreed)
    kept = sheets().of(OWNER, str(ROAD))
    assert kept is not None
    assert kept.draft is not None
    sheets().delete(kept.id)
    for number in range(MOST_A_CONVERSATION):
        sheets().draft(OWNER, f"another road {number}", kept.draft)
    carried = Carried(ActionMakeSheet(), agreed)
    assert carried.response == "utter_sheets_enough"
    assert carried.consultation.roads.sheets == ()


@pytest.mark.usefixtures("broken_store")
def test_where_the_store_fails_the_owner_is_told(agreed: Turn) -> None:
    carried = Carried(ActionMakeSheet(), agreed)
    assert carried.response == "utter_sheet_failed"
    assert carried.consultation.roads.sheets == ()
