"""Whatever anybody sends is read wherever in the talk it stands: no exception, and moves that are what they say."""

from __future__ import annotations

import asyncio
from typing import Any, Dict, Optional, Tuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.consult.place import Place, Waiting
from bot.knowledge import load_knowledge
from bot.nlu.turn_examples import as_metadata

LABELS = tuple(issue.label for issue in load_knowledge().issues.values())


def read(bot: Agent, text: str, place: Place) -> Dict[str, Any]:
    assert bot.processor is not None
    parsed: Dict[str, Any] = asyncio.run(bot.processor.parse_message(UserMessage(text, metadata=as_metadata(place))))
    return parsed


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=300),
    waiting=st.sampled_from(Waiting),
    offered=st.lists(st.sampled_from(LABELS), unique=True, max_size=11).map(tuple),
    issue=st.sampled_from([None, *load_knowledge().issues]),
)
def test_anything_is_read_in_any_place(
    bot: Agent, text: str, waiting: Waiting, offered: Tuple[str, ...], issue: Optional[str]
) -> None:
    for move in read(bot, text, Place(waiting, offered, issue))["moves"]:
        assert 0 <= move["confidence"] <= 1
        assert move["move"] != "pick" or 1 <= move["n"] <= len(offered)


def test_the_same_number_picks_where_something_is_offered_and_nothing_elsewhere(bot: Agent) -> None:
    offered = Place(Waiting.WHICH_ISSUE, LABELS[:3])
    assert [m["n"] for m in read(bot, "2番です", offered)["moves"] if m["move"] == "pick"] == [2]
    assert [m for m in read(bot, "2番です", Place(Waiting.PREFECTURE))["moves"] if m["move"] == "pick"] == []


def prefectures(bot: Agent, text: str, place: Place) -> Tuple[str, ...]:
    return tuple(fact["value"] for fact in read(bot, text, place)["facts"] if fact["slot"] == "prefecture")


def test_a_town_alone_tells_the_prefecture(bot: Agent) -> None:
    asked = Place(Waiting.PREFECTURE, ("言わずに進む",), "資金繰り")
    assert prefectures(bot, "川口です", asked) == ("埼玉県",)


def test_a_ward_that_many_cities_have_is_in_the_city_that_is_named(bot: Agent) -> None:
    assert prefectures(bot, "福岡市の中央区です", Place(Waiting.PREFECTURE, ("言わずに進む",))) == ("福岡県",)


def municipalities(bot: Agent, text: str, place: Place) -> Tuple[str, ...]:
    return tuple(fact["value"] for fact in read(bot, text, place)["facts"] if fact["slot"] == "municipality")


def test_a_city_in_kana_is_found_and_a_word_that_begins_like_one_is_not(bot: Agent) -> None:
    asked = Place(Waiting.PREFECTURE, ("言わずに進む",), "資金繰り")
    assert prefectures(bot, "さっぽろです", asked) == ("北海道",)
    assert prefectures(bot, "なんとか協会って何ですか", asked) == ()  # なんと is a city in 富山県


def test_no_town_is_found_within_the_name_of_a_prefecture(bot: Agent) -> None:
    asked = Place(Waiting.PREFECTURE, ("言わずに進む",), "資金繰り")
    assert municipalities(bot, "岡山県です", asked) == ()  # 山県市 is in 岐阜県


def test_a_quarter_tells_its_prefecture(bot: Agent) -> None:
    asked = Place(Waiting.PREFECTURE, ("言わずに進む",), "資金繰り")
    assert prefectures(bot, "心斎橋です", asked) == ("大阪府",)
