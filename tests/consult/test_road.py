"""The road leads to the institutions of the paper, in the owner's prefecture where there are such."""

from __future__ import annotations

import pytest

from bot.consult.road import road
from bot.consult.state import Consultation
from bot.knowledge import Knowledge
from tests.consult.conftest import a_consultation


def test_the_road_for_inheritance_tax_begins_with_a_tax_accountant(knowledge: Knowledge) -> None:
    steps = road(knowledge, a_consultation(issue="事業承継", sub_issue="tax")).steps
    assert steps[0].referral.institution.id == "zeirishi"


def test_a_road_names_the_office_in_the_owners_prefecture(knowledge: Knowledge) -> None:
    steps = road(knowledge, a_consultation(issue="販路開拓", prefecture="鳥取県")).steps
    office = next(step.office for step in steps if step.referral.institution.id == "yorozu")
    assert office is not None
    assert office.name == "鳥取県よろず支援拠点"


def test_tokyo_is_not_sent_to_an_office_it_does_not_have(knowledge: Knowledge) -> None:
    steps = road(knowledge, a_consultation(issue="人材確保", sub_issue="executives", prefecture="東京都")).steps
    assert "pro_jinzai" not in [step.referral.institution.id for step in steps]


def networks_on_the_road(
    knowledge: Knowledge, issue: str, prefecture: "str | None" = None, municipality: "str | None" = None
) -> "list[str]":
    state = a_consultation(issue=issue, prefecture=prefecture, municipality=municipality)
    return [network.short_name for network in road(knowledge, state).networks]


def test_an_owner_in_fukushima_is_told_of_the_prefecture_network(knowledge: Knowledge) -> None:
    assert networks_on_the_road(knowledge, "資金繰り", "福島県") == ["オールふくしま"]


@pytest.mark.parametrize(
    ("prefecture", "network"), [("福島県", "オールふくしま"), ("鳥取県", "とっとり企業支援ネットワーク")]
)
def test_the_networks_of_a_prefecture_take_hard_matters_of_every_issue(
    knowledge: Knowledge, prefecture: str, network: str
) -> None:
    assert all(networks_on_the_road(knowledge, issue, prefecture) == [network] for issue in knowledge.issues)


def test_a_network_is_not_offered_for_an_issue_it_did_not_help_with(knowledge: Knowledge) -> None:
    assert networks_on_the_road(knowledge, "IT活用", "愛知県", "一宮市") == []


def test_an_owner_in_hachioji_who_starts_a_business_is_told_of_both_tama_networks(knowledge: Knowledge) -> None:
    told = networks_on_the_road(knowledge, "創業", "東京都", "八王子市")
    assert told == ["課題解決プラットフォームTAMA", "創業支援センターTAMA"]


def test_an_owner_in_tokyo_whose_city_is_not_known_is_told_of_no_tama_network(knowledge: Knowledge) -> None:
    assert networks_on_the_road(knowledge, "創業", "東京都") == []


def test_a_meeting_of_institutions_ends_no_card(knowledge: Knowledge) -> None:
    assert networks_on_the_road(knowledge, "事業承継") == []
    assert "事業承継ネットワーク" not in [network.short_name for network in knowledge.networks]


def test_a_road_without_an_issue_is_refused(knowledge: Knowledge) -> None:
    with pytest.raises(ValueError, match="needs an issue"):
        road(knowledge, Consultation())
