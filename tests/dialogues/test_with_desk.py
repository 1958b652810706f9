"""With a desk.yml the window that runs the bot stands first, with its number: on the road, and for a person."""

from __future__ import annotations

import uuid
from typing import Iterator

import pytest
from rasa.core.agent import Agent

from bot.frame import known
from bot.operator.window import DESK_FILE
from tests.conftest import ROOT
from tests.dialogues.conversation import say

NAME, NUMBER = "みどり野商工会議所 経営相談室", "0000-00-0000（平日9時から17時）"
NO_CUSTOMERS = "チラシもインスタもやってるのに、新規のお客が増えません"


@pytest.fixture(autouse=True)
def a_window(bot: Agent) -> Iterator[None]:
    """The example's window, for the policy that was loaded without one as well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DESK_FILE, str(ROOT / "data" / "examples" / "desk.yml"))
        known.knowledge.cache_clear()
        for node in bot.processor.graph_runner._instantiated_nodes.values():
            if type(node._component).__name__ == "TurnPolicy":
                patch.setattr(node._component, "_knowledge", known.knowledge())
        yield
    known.knowledge.cache_clear()
    known.knowledge()


async def test_who_does_not_say_where_is_sent_to_this_desk_first(bot: Agent) -> None:
    sender = uuid.uuid4().hex
    await say(bot, sender, NO_CUSTOMERS)
    turn = await say(bot, sender, "言わずに進む")
    assert turn.referral is not None
    assert turn.referral["steps"][0]["institution"] == NAME
    assert NUMBER in turn.text


async def test_who_is_elsewhere_is_told_so_and_sent_to_their_own(bot: Agent) -> None:
    sender = uuid.uuid4().hex
    await say(bot, sender, NO_CUSTOMERS)
    turn = await say(bot, sender, "福島の会津若松です")
    assert "utter_outside_area" in turn.utterances
    assert turn.referral is not None
    assert turn.referral["steps"][0]["institution"] == "会津若松商工会議所"
    assert NUMBER not in turn.text


async def test_who_wants_a_person_has_the_number_of_this_desk(bot: Agent) -> None:
    turn = await say(bot, uuid.uuid4().hex, "人に相談したい")
    assert NUMBER in turn.text
