"""Owners are told of offices by name where their town is known, and of this desk first where it serves them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, List

import pytest

from bot.consult.cards import part_of, referral_card
from bot.consult.doors import of_the_town
from bot.consult.road import Road, road
from bot.consult.scene import Card, CardKind
from bot.consult.turn import turn
from bot.knowledge import Knowledge
from bot.messages import Fact, Notice
from tests.consult.conftest import DESK, WITHOUT_STAFF, Hears, a_consultation, in_a_place

IN_TIME = date(2026, 12, 30)


@pytest.fixture(scope="session")
def with_desk(knowledge: Knowledge) -> Knowledge:
    return replace(knowledge, window=DESK)


def way(knowledge: Knowledge, issue: str = "販路開拓", **owner: Any) -> Road:
    return road(knowledge, a_consultation(issue=issue, **owner))


def named(knowledge: Knowledge, issue: str = "販路開拓", **owner: Any) -> List[str]:
    return [step.door.name for step in way(knowledge, issue, **owner).steps]


def facts(knowledge: Knowledge, institution: str, **owner: Any) -> List[Fact]:
    card = referral_card(knowledge, way(knowledge, **owner))
    return [fact for step in card.steps if step.institution_id == institution for fact in step.facts]


def test_where_the_town_has_both_both_are_named_and_the_district_is_left_to_the_search(knowledge: Knowledge) -> None:
    there = {"prefecture": "福島県", "municipality": "会津若松市"}
    assert named(knowledge, **there)[:2] == ["会津若松商工会議所", "あいづ商工会"]
    card = referral_card(knowledge, way(knowledge, **there))
    assert card.closing[0].text.startswith("会津若松市には、商工会議所と商工会があります。")
    near = [fact.text for fact in facts(knowledge, "cci", **there) if fact.label == knowledge.words.local]
    assert near == ["会津若松商工会議所（会津若松市南千石町6番5号）"]


def test_where_the_town_has_only_one_only_that_is_named(knowledge: Knowledge) -> None:
    chambers = {"cci", "shokokai"}
    for town, only in (("川俣町", "shokokai"), ("相馬市", "cci")):
        steps = way(knowledge, prefecture="福島県", municipality=town).steps
        assert {step.referral.institution.id for step in steps} & chambers == {only}


def test_where_the_registers_are_not_complete_a_missing_row_proves_nothing(knowledge: Knowledge) -> None:
    assert named(knowledge, prefecture="埼玉県", municipality="小川町")[:2] == ["小川町商工会", "商工会議所"]
    assert named(knowledge, prefecture="埼玉県", municipality="所沢市")[:2] == ["所沢商工会議所", "商工会"]


def test_where_the_town_is_not_known_the_road_is_as_it_was(knowledge: Knowledge) -> None:
    for owner in ({}, {"prefecture": "福島県"}, {"prefecture": "福島県", "municipality": "ないまち市"}):
        steps = way(knowledge, **owner).steps
        assert [step.door.name for step in steps[:2]] == ["商工会議所", "商工会"]
        assert "市" in steps[0].referral.when


def test_a_name_that_may_have_changed_is_told_as_such(knowledge: Knowledge) -> None:
    told = [fact.text for fact in facts(knowledge, "cci", prefecture="福島県", municipality="相馬市")]
    assert "相馬商工会議所（相馬市）" in told
    assert "名前が変わっていることがあります。" in told


def test_of_many_in_a_town_three_are_named_and_the_others_counted(knowledge: Knowledge) -> None:
    there = facts(knowledge, "shokokai", prefecture="福島県", municipality="いわき市")
    near = [fact.text for fact in there if fact.label == knowledge.words.local]
    assert near[3] == "ほか6か所"
    assert "商工会" in named(knowledge, prefecture="福島県", municipality="いわき市")


def test_no_office_of_the_registers_has_a_number(knowledge: Knowledge) -> None:
    for institution in ("cci", "shokokai"):
        there = facts(knowledge, institution, prefecture="福島県", municipality="会津若松市")
        assert not [fact for fact in there if (fact.link or "").startswith("tel:")]


@pytest.mark.parametrize(
    "owner",
    [{}, {"prefecture": "福島県"}, {"prefecture": "福島県", "municipality": "みどり野市"}],
)
def test_this_desk_stands_first_for_who_is_in_its_area_or_has_not_said_where(
    with_desk: Knowledge, owner: "dict[str, str]"
) -> None:
    first = referral_card(with_desk, way(with_desk, **owner)).steps[0]
    assert (first.institution, first.order_label) == (DESK.name, "まず")
    assert ("0000-00-0000（平日9時から17時）", "tel:0000-00-0000") in [(fact.text, fact.link) for fact in first.facts]


def test_a_desk_beside_the_first_contact_comes_before_it(with_desk: Knowledge) -> None:
    bank = replace(with_desk, window=replace(DESK, institution_id="local_bank", name="みどり野信用金庫"))
    assert named(bank)[0] == "みどり野信用金庫"
    assert way(bank).steps[0].referral.order.value == "first"


def test_where_the_paper_begins_with_a_specialist_the_desk_keeps_its_place(with_desk: Knowledge) -> None:
    steps = way(with_desk, issue="知的財産").steps
    assert steps[0].door.window is None
    assert DESK.name in [step.door.name for step in steps]


def test_a_notice_is_shown_on_its_days_only(with_desk: Knowledge) -> None:
    there = way(with_desk)
    assert DESK.notices[0].text in referral_card(with_desk, there, IN_TIME).plain()
    assert DESK.notices[0].text not in referral_card(with_desk, there, date(2027, 1, 4)).plain()
    assert DESK.notices[0].text not in referral_card(with_desk, there).plain()


def test_who_wants_a_person_is_told_of_this_desk_first(with_desk: Knowledge) -> None:
    part = part_of(with_desk, a_consultation(), Card(CardKind.PEOPLE), IN_TIME)
    assert isinstance(part, Notice)
    assert part.lines[0].label == DESK.name
    assert "tel:0000-00-0000" in [line.link for line in part.lines[:3]]
    elsewhere = part_of(with_desk, a_consultation(prefecture="宮城県"), Card(CardKind.PEOPLE), IN_TIME)
    assert DESK.name not in elsewhere.plain()


def test_outside_its_area_the_bot_says_so_once_and_names_the_owners_own(with_desk: Knowledge, hears: Hears) -> None:
    asked = a_consultation(issue="販路開拓", sub_issue="local_trader", question="prefecture")
    heard = hears(asked, in_a_place("宮城です", "宮城県"))
    decided = turn(with_desk, WITHOUT_STAFF, asked, heard)
    spoken = [said.response for said in decided.said]
    assert spoken.count("utter_outside_area") == 1
    assert spoken.index("utter_outside_area") < spoken.index("utter_refer")
    assert named(with_desk, prefecture="福島県", municipality="会津若松市")[0] == "会津若松商工会議所"


def test_a_city_whose_chamber_is_not_in_the_registers_is_not_sent_to_the_villages_of_it(knowledge: Knowledge) -> None:
    assert "南河原商工会" not in named(knowledge, prefecture="埼玉県", municipality="行田市")
    assert "遠野商工会" in named(knowledge, prefecture="岩手県", municipality="遠野市")


@pytest.mark.parametrize(
    ("prefecture", "town", "institution"),
    [
        ("群馬県", "大泉町", "shokokai"),
        ("京都府", "宇治市", "cci"),
        ("大阪府", "東大阪市", "cci"),  # of which the registers have none: it is a city
        ("東京都", "中央区", "cci"),
    ],
)
def test_of_two_that_share_the_land_the_owners_town_has_one(
    knowledge: Knowledge, prefecture: str, town: str, institution: str
) -> None:
    owner = a_consultation(prefecture=prefecture, municipality=town).owner
    found = of_the_town(knowledge, owner)
    assert found is not None and found.institution.id == institution


def test_without_a_town_neither_of_them_is_the_owners(knowledge: Knowledge) -> None:
    assert of_the_town(knowledge, a_consultation(prefecture="群馬県").owner) is None
