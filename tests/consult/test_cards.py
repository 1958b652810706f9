"""Cards give every fact with its label and source, and what can be called as a link."""

from __future__ import annotations

from typing import Iterator

import pytest

from bot.consult.cards import help_card, institution_card, part_of, referral_card
from bot.consult.road import road
from bot.consult.scene import Card, CardKind
from bot.consult.state import Owner
from bot.knowledge import Knowledge
from bot.messages import LONGEST_PLAIN, OTHERS_IN_PLAIN, Choices, Forgotten, Notice, Referral
from tests.consult.conftest import a_consultation

PLACES = (
    {},
    {"prefecture": "福井県"},
    {"prefecture": "鳥取県"},
    {"prefecture": "福島県", "municipality": "会津若松市"},
    {"prefecture": "広島県", "municipality": "福山市"},
    {"prefecture": "静岡県", "municipality": "浜松市"},
)


def test_a_card_gives_a_network_as_of_2017_with_its_place_in_the_paper(knowledge: Knowledge) -> None:
    card = referral_card(knowledge, road(knowledge, a_consultation(issue="資金繰り", prefecture="鳥取県")))
    (fact,) = [fact for fact in card.closing if fact.label == knowledge.words.network]
    assert fact.text.startswith("とっとり企業支援ネットワーク。")
    assert "鳥取県にご確認ください。" in fact.text
    assert fact.text.endswith("（2017年の国の資料 別添3 (2)、19ページ）")


def every_card(knowledge: Knowledge) -> Iterator[Referral]:
    """The card of every road at places with one office by name, with several, with a network, and nowhere."""
    for name, issue in knowledge.issues.items():
        for sub in (None, *issue.sub_issues):
            for place in PLACES:
                about = {"issue": name, "sub_issue": sub.id if sub else None}
                yield referral_card(knowledge, road(knowledge, a_consultation(**about, **place)))


def test_a_card_says_for_each_step_why_cost_and_how_to_reach_it(knowledge: Knowledge) -> None:
    words = knowledge.words
    for card in every_card(knowledge):
        for step in card.steps:
            labels = {fact.label for fact in step.facts}
            assert {words.why, words.does, words.cost, words.reach} <= labels
            assert not {words.citation, words.checked} & labels


def test_a_card_says_once_for_all_steps_from_where_it_is_and_when_it_was_checked(knowledge: Knowledge) -> None:
    words = knowledge.words
    for card in every_card(knowledge):
        from_where = [fact for fact in card.sources if fact.label == words.citation]
        for step in card.steps:
            assert any(step.citation in (fact.link, *fact.text.split(" ", 1)[-1].split("／")) for fact in from_where)
        assert [fact.label for fact in card.sources].count(words.checked) == 1


def test_a_card_names_the_days_of_checking_and_on_what_it_was_checked(knowledge: Knowledge) -> None:
    card = referral_card(knowledge, road(knowledge, a_consultation(issue="資金繰り", prefecture="福島県")))
    assert card.sources[-1].text == "2026年7月6日から2026年11月22日（ページの写し、窓口の一覧で確認）"


def test_what_was_added_to_the_paper_is_named_with_the_page_that_speaks_for_it(knowledge: Knowledge) -> None:
    card = referral_card(knowledge, road(knowledge, a_consultation(issue="下請取引", sub_issue="payment")))
    (added,) = [fact for fact in card.sources if fact.link]
    assert added.text == "フリーランス・トラブル110番は、2017年の資料にはないため、こちらで加えました。"
    assert added.link == "https://freelance110.mhlw.go.jp/"


def test_the_first_step_says_how_to_reach_it_what_to_say_and_why_and_the_others_one_way_in(
    knowledge: Knowledge,
) -> None:
    words = knowledge.words
    for card in every_card(knowledge):
        first, *others = card.steps
        assert [fact.label for fact in first.short][-1] == words.why
        assert words.reach in [fact.label for fact in first.short]
        assert [len(step.short) for step in others] == [1] * len(others)
        assert not any("\n" in step.line() for step in others)


def test_the_first_step_may_be_a_number_to_call(knowledge: Knowledge) -> None:
    card = referral_card(knowledge, road(knowledge, a_consultation(issue="資金繰り", sub_issue="lending")))
    bank = next(step for step in card.steps if step.institution_id == "jfc")
    assert bank.short[0].link == "tel:0120-154-505"
    assert "0120-154-505" in bank.line()


def test_the_plain_text_of_a_road_is_short_and_has_the_first_step_and_the_sources_whole(knowledge: Knowledge) -> None:
    for card in every_card(knowledge):
        plain = card.plain()
        assert len(plain) <= LONGEST_PLAIN
        assert plain.startswith(card.steps[0].plain())
        assert all(fact.text in plain for fact in card.sources)


def test_the_plain_text_of_a_road_names_every_step(knowledge: Knowledge) -> None:
    for card in every_card(knowledge):
        plain, lines = card.plain(), [step.line() for step in card.steps[1:]]
        in_a_line = [line for line in lines if line in plain.splitlines()]
        assert in_a_line == lines[: len(in_a_line)]
        assert min(2, len(lines)) <= len(in_a_line) <= OTHERS_IN_PLAIN
        assert card.beyond(1 + len(in_a_line)) in plain
        assert all(step.institution in plain for step in card.steps)


def test_all_of_a_road_is_kept_in_its_card(knowledge: Knowledge) -> None:
    card = referral_card(knowledge, road(knowledge, a_consultation(issue="資金繰り", sub_issue="lending")))
    assert card.beyond(4) == "ほか3か所：商工組合中央金庫、商工会議所、商工会"
    assert all(fact.plain() in card.whole() for step in card.steps for fact in (*step.facts, *step.short))
    assert card.beyond(len(card.steps)) == ""


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
    known = {
        CardKind.SOURCE: "what_is_shokokai",
        CardKind.BROUGHT: "kokuzei",
        CardKind.BROUGHT_FIRST: "kokuzei",
        CardKind.FIELD: "tax",
    }
    cards = [Card(kind, of_some.get(kind, ()), answer=known.get(kind)) for kind in CardKind]
    kinds = {card.kind: type(part_of(knowledge, there, card)) for card in cards}
    assert kinds.pop(CardKind.CHOICES) is kinds.pop(CardKind.RATING) is Choices
    assert kinds.pop(CardKind.ROAD) is Referral
    assert kinds.pop(CardKind.FORGOTTEN) is Forgotten
    assert kinds.pop(CardKind.BACK) is Choices
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
