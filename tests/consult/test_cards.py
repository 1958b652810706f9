"""Cards give every fact with its label and source, and what can be called as a link."""

from __future__ import annotations

import pytest

from bot.consult.cards import help_card, institution_card, part_of, referral_card
from bot.consult.road import road
from bot.consult.scene import Card, CardKind
from bot.consult.state import Owner
from bot.knowledge import Knowledge
from bot.messages import Choices, Forgotten, Notice, Referral
from tests.consult.conftest import a_consultation


def test_a_card_gives_a_network_as_of_2017_with_its_place_in_the_paper(knowledge: Knowledge) -> None:
    card = referral_card(knowledge, road(knowledge, a_consultation(issue="資金繰り", prefecture="鳥取県")))
    (fact,) = [fact for fact in card.closing if fact.label == knowledge.words.network]
    assert fact.text.startswith("とっとり企業支援ネットワーク。")
    assert "鳥取県にご確認ください。" in fact.text
    assert fact.text.endswith("（2017年の国の資料 別添3 (2)、19ページ）")


def test_a_card_says_for_each_step_why_cost_how_to_reach_and_from_where(knowledge: Knowledge) -> None:
    words = knowledge.words
    for name, issue in knowledge.issues.items():
        for sub in (None, *issue.sub_issues):
            state = a_consultation(issue=name, sub_issue=sub.id if sub else None, prefecture="福井県")
            for step in referral_card(knowledge, road(knowledge, state)).steps:
                labels = {fact.label for fact in step.facts}
                assert {words.why, words.does, words.cost, words.reach, words.citation, words.checked} <= labels


def test_a_card_gives_the_number_only_as_a_telephone_link(knowledge: Knowledge) -> None:
    card = referral_card(knowledge, road(knowledge, a_consultation(issue="創業", sub_issue="at_start")))
    links = [fact.link for step in card.steps for fact in step.facts if fact.label == knowledge.words.phone]
    assert links == ["tel:0120-154-505"]


def test_the_help_lines_in_fukushima_are_the_local_ones(knowledge: Knowledge) -> None:
    assert "0120-279-226" in help_card(knowledge, "福島県").plain()
    assert "0120-279-338" in help_card(knowledge, None).plain()


def test_each_kind_of_card_is_one_part_of_a_message(knowledge: Knowledge) -> None:
    there = a_consultation(issue="資金繰り", sub_issue="lending", prefecture="福島県", question="anything_else")
    named = tuple(step.referral.institution.id for step in road(knowledge, there).steps)
    of_some = {CardKind.INSTITUTION: named[:1], CardKind.CONTACT: named[:1], CardKind.COST: named, CardKind.WHY: named}
    known = {CardKind.SOURCE: "what_is_shokokai", CardKind.BROUGHT: "kokuzei"}
    cards = [Card(kind, of_some.get(kind, ()), answer=known.get(kind)) for kind in CardKind]
    kinds = {card.kind: type(part_of(knowledge, there, card)) for card in cards}
    assert kinds.pop(CardKind.CHOICES) is Choices
    assert kinds.pop(CardKind.ROAD) is Referral
    assert kinds.pop(CardKind.FORGOTTEN) is Forgotten
    assert set(kinds.values()) == {Notice}


def test_who_is_sent_to_people_or_help_can_reach_them_by_a_link(knowledge: Knowledge) -> None:
    for kind in (CardKind.HELP, CardKind.PEOPLE, CardKind.DEBTS):
        part = part_of(knowledge, a_consultation(prefecture="福島県"), Card(kind))
        assert isinstance(part, Notice)
        assert any(line.link for line in part.lines)


@pytest.mark.parametrize(
    ("institution", "said"),
    [
        ("benrishi", "2026年11月22日（2026年のページの写しで確認）"),
        ("smrj", "2026年11月22日（2026年8月20日のページの写しで確認）"),
        ("houterasu", "2026年11月28日（2026年7月28日のページの写しで確認）"),
        ("it_vendor", "2026年11月22日（2017年の国の資料で確認）"),
    ],
)
def test_the_day_of_checking_says_on_what_it_was_checked(knowledge: Knowledge, institution: str, said: str) -> None:
    card = institution_card(knowledge, knowledge.institutions[institution], Owner())
    assert [fact.text for fact in card.lines if fact.label == "確認日"] == [said]


def test_an_office_was_checked_on_a_list(knowledge: Knowledge) -> None:
    card = institution_card(knowledge, knowledge.institutions["yorozu"], Owner(prefecture="福島県"))
    assert [fact.text for fact in card.lines if fact.label == "確認日"] == ["2026年7月6日（窓口の一覧で確認）"]


@pytest.mark.parametrize(
    ("institution", "address"), [("houterasu", "www.houterasu.or.jp"), ("smrj", "bizsapo.smrj.go.jp")]
)
def test_the_pages_of_services_that_are_asked_for_by_name_are_shown(
    knowledge: Knowledge, institution: str, address: str
) -> None:
    card = institution_card(knowledge, knowledge.institutions[institution], Owner())
    assert [fact for fact in card.lines if address in (fact.link or "")]
