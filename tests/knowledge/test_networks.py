"""The networks are those of 別添3, bounded by places that exist, and shown as what they were in 2017."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict

import pytest

from bot.knowledge import Knowledge, Network
from bot.nlu.places import places

SHARED = Path(__file__).resolve().parents[3] / "shared"
ISLANDS = re.compile("島.*[町村]|小笠原村")


@pytest.fixture(scope="module")
def networks(knowledge: Knowledge) -> Dict[str, Network]:
    return {network.id: network for network in knowledge.networks}


def municipalities_of(knowledge: Knowledge, prefecture: str) -> "set[str]":
    """As an owner's place is understood; 府中市 is in two prefectures, so its prefecture is unknown."""
    cities = places(knowledge.prefectures).cities.values()
    return {city.name for city in cities if city.prefecture in (prefecture, None)}


def test_every_issue_a_network_helps_with_is_one_of_ours(knowledge: Knowledge) -> None:
    assert {issue for network in knowledge.networks for issue in network.issues} <= set(knowledge.issues)


def test_every_network_is_cited_from_the_third_annex(knowledge: Knowledge) -> None:
    assert {network.citation.section for network in knowledge.networks} == {"別添3"}


def test_every_network_says_that_it_is_of_2017_and_whom_to_ask_about_today(knowledge: Knowledge) -> None:
    unchecked = [n.id for n in knowledge.networks if "2017年" not in n.to_check or "ご確認ください" not in n.to_check]
    assert unchecked == []


def test_every_city_of_a_network_is_one_that_is_understood_when_an_owner_names_it(knowledge: Knowledge) -> None:
    unknown = [
        (network.id, city)
        for network in knowledge.networks
        for city in set(network.municipalities) - municipalities_of(knowledge, network.prefecture)
    ]
    assert unknown == []


def test_tama_is_all_of_tokyo_without_the_wards_and_the_islands(
    knowledge: Knowledge, networks: Dict[str, Network]
) -> None:
    only_there = {c.name for c in places(knowledge.prefectures).cities.values() if c.prefecture == "東京都"}
    expected = {name for name in only_there if not name.endswith("区") and not ISLANDS.search(name)} | {"府中市"}
    assert set(networks["sogyo_tama"].municipalities) == expected
    assert networks["kadai_kaiketsu_tama"].municipalities == networks["sogyo_tama"].municipalities


def test_a_network_of_a_prefecture_reaches_all_of_it(networks: Dict[str, Network]) -> None:
    assert networks["all_fukushima"].reaches("福島県", "会津若松市")
    assert networks["all_fukushima"].reaches("福島県", None)
    assert not networks["all_fukushima"].reaches(None, None)


def test_a_network_of_a_city_reaches_nobody_whose_city_is_unknown(networks: Dict[str, Network]) -> None:
    assert networks["nanao_sogyo"].reaches("石川県", "七尾市")
    assert not networks["nanao_sogyo"].reaches("石川県", None)


def test_fuchu_in_hiroshima_is_not_fuchu_in_tama(networks: Dict[str, Network]) -> None:
    assert networks["sogyo_tama"].reaches("東京都", "府中市")
    assert not networks["sogyo_tama"].reaches("広島県", "府中市")


def test_a_network_of_some_cities_or_one_matter_closes_a_card_in_one_sentence(knowledge: Knowledge) -> None:
    told = {network.id: network.what for network in knowledge.networks if network.citation.heading == "(3)"}
    assert {name: what for name, what in told.items() if what.count("。") > 1 or len(what) > 30} == {}


@pytest.mark.skipif(not SHARED.exists(), reason="the paper lies in ../shared, which is absent here")
def test_every_network_stands_in_the_text_of_the_third_annex(knowledge: Knowledge) -> None:
    text = (SHARED / "paper" / "bessatsu_2017.txt").read_text(encoding="utf-8").split("(3) その他の連携事例")
    annex = re.sub(r"\s", "", text[0].rsplit("(1) オールふくしま", 1)[1] + text[1])
    missing = [network.name for network in knowledge.networks if network.name not in annex]
    assert missing == []
