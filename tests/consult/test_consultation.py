"""The consultation asks little, remembers, and leads to the right road."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consult.acts import ANSWER, TOO_LONG, TWO_CANDIDATES, UNSURE, Reading, Thresholds
from bot.consult.asking import Step, next_step
from bot.consult.cards import help_card, referral_card
from bot.consult.choices import offered, picked
from bot.consult.consultation import Consultation, consultation_from, slot_changes
from bot.consult.heard import Heard
from bot.consult.listening import listen
from bot.consult.reading import read
from bot.consult.road import road
from bot.knowledge import Knowledge, load_knowledge
from bot.messages import IN_DISTRESS, PERSON

THRESHOLDS = Thresholds(
    sure=0.5, pair=0.6, sub_issue=0.5, other=0.5, change=0.5, explicit=0.97, distress=0.3, dying=0.05, weary=0.8
)
KNOWLEDGE = load_knowledge()


def heard(text: str, *ranking: "tuple[str, float]", prefecture: str = "") -> Heard:
    return Heard(
        text, ranking, (prefecture,) if prefecture else (), len(prefecture.rstrip("県府都")) if prefecture else 0
    )


def test_the_road_for_inheritance_tax_begins_with_a_tax_accountant(knowledge: Knowledge) -> None:
    steps = road(knowledge, Consultation(issue="事業承継", sub_issue="tax")).steps
    assert steps[0].referral.institution.id == "zeirishi"


def test_a_road_names_the_office_in_the_owners_prefecture(knowledge: Knowledge) -> None:
    steps = road(knowledge, Consultation(issue="販路開拓", prefecture="鳥取県")).steps
    office = next(step.office for step in steps if step.referral.institution.id == "yorozu")
    assert office is not None
    assert office.name == "鳥取県よろず支援拠点"


def test_tokyo_is_not_sent_to_an_office_it_does_not_have(knowledge: Knowledge) -> None:
    steps = road(knowledge, Consultation(issue="人材確保", sub_issue="executives", prefecture="東京都")).steps
    assert "pro_jinzai" not in [step.referral.institution.id for step in steps]


def networks_on_the_road(
    knowledge: Knowledge, issue: str, prefecture: "str | None" = None, municipality: "str | None" = None
) -> "list[str]":
    state = Consultation(issue=issue, prefecture=prefecture, municipality=municipality)
    return [network.short_name for network in road(knowledge, state).networks]


def test_an_owner_in_fukushima_is_told_of_the_prefecture_network(knowledge: Knowledge) -> None:
    assert networks_on_the_road(knowledge, "資金繰り", "福島県") == ["オールふくしま"]


def test_a_network_is_not_offered_for_an_issue_it_did_not_help_with(knowledge: Knowledge) -> None:
    assert networks_on_the_road(knowledge, "IT活用", "福島県") == []


def test_an_owner_in_hachioji_who_starts_a_business_is_told_of_both_tama_networks(knowledge: Knowledge) -> None:
    told = networks_on_the_road(knowledge, "創業", "東京都", "八王子市")
    assert told == ["課題解決プラットフォームTAMA", "創業支援センターTAMA"]


def test_an_owner_in_tokyo_whose_city_is_not_known_is_told_of_no_tama_network(knowledge: Knowledge) -> None:
    assert networks_on_the_road(knowledge, "創業", "東京都") == []


def test_an_owner_who_moved_on_to_another_prefecture_is_not_told_of_the_city_named_before(
    knowledge: Knowledge,
) -> None:
    state = listen(
        knowledge,
        Consultation(issue="創業", prefecture="東京都", municipality="八王子市"),
        heard("福井です", prefecture="福井県"),
        Reading(ANSWER),
    )
    assert road(knowledge, state).networks == ()


def test_every_owner_handing_over_is_told_of_the_nationwide_network(knowledge: Knowledge) -> None:
    assert networks_on_the_road(knowledge, "事業承継") == ["事業承継ネットワーク"]


def test_a_city_named_after_the_road_leads_to_a_new_one_where_it_brings_a_network(knowledge: Knowledge) -> None:
    told = Consultation(issue="創業", sub_issue="before", prefecture="石川県")
    shown = replace(told, referred=(road(knowledge, told).key,))
    assert next_step(knowledge, replace(shown, municipality="金沢市")) is Step.SAME_ROAD
    assert next_step(knowledge, replace(shown, municipality="七尾市")) is Step.REFER


def test_a_card_gives_a_network_as_of_2017_with_its_place_in_the_paper(knowledge: Knowledge) -> None:
    card = referral_card(knowledge, road(knowledge, Consultation(issue="資金繰り", prefecture="鳥取県")))
    (fact,) = [fact for fact in card.closing if fact.label == knowledge.words.network]
    assert fact.text.startswith("とっとり企業支援ネットワーク。")
    assert "鳥取県にご確認ください。" in fact.text
    assert fact.text.endswith("（2017年の国の資料 別添3 (2)、19ページ）")


def test_a_road_without_an_issue_is_refused(knowledge: Knowledge) -> None:
    with pytest.raises(ValueError, match="needs an issue"):
        road(knowledge, Consultation())


def test_at_most_two_questions_come_before_any_referral(knowledge: Knowledge) -> None:
    for issue in knowledge.issues:
        state, asked = Consultation(issue=issue, triaged=True), 0
        while (step := next_step(knowledge, state)) is not Step.REFER:
            state, asked = state.settled(step.value), asked + 1
        assert asked <= 2


def test_what_was_said_is_not_asked(knowledge: Knowledge) -> None:
    told = Consultation(issue="事業承継", sub_issue="tax", prefecture="福島県")
    assert next_step(knowledge, told) is Step.REFER


def test_a_road_that_was_shown_is_not_shown_again(knowledge: Knowledge) -> None:
    told = Consultation(issue="事業承継", sub_issue="tax", prefecture="福島県")
    assert next_step(knowledge, replace(told, referred=(road(knowledge, told).key,))) is Step.SAME_ROAD


def test_the_prefecture_is_kept_when_the_issue_changes() -> None:
    after = Consultation(issue="販路開拓", sub_issue="overseas", prefecture="熊本県").on("人材確保")
    assert (after.prefecture, after.sub_issue) == ("熊本県", None)


def test_an_issue_left_unanswered_is_kept_among_the_others() -> None:
    assert Consultation(issue="販路開拓").on("人材確保").other_issues == ("販路開拓",)


def test_an_issue_that_was_answered_is_not_kept_among_the_others() -> None:
    assert Consultation(issue="販路開拓", referred=("販路開拓//",)).on("人材確保").other_issues == ()


def test_the_consultation_comes_back_from_its_slots_as_it_was() -> None:
    state = Consultation(issue="創業", other_issues=("資金繰り",), asked=("sub_issue",), misses=1)
    slots = slot_changes(Consultation(), state)
    assert consultation_from(slots.get) == state


@pytest.mark.parametrize("typed", ["2", "２", "②", "2番", "二番", "2です", "２つ目", " 2。"])
def test_a_number_picks_a_choice_however_it_is_typed(knowledge: Knowledge, typed: str) -> None:
    choice = picked(knowledge, Consultation(issue="知的財産", question="sub_issue"), typed)
    assert choice is not None
    assert choice.id == "sub_issue.use"


@pytest.mark.parametrize("typed", ["7", "0", "99", "二", "2026", "2人"])
def test_a_number_that_is_no_choice_picks_nothing(knowledge: Knowledge, typed: str) -> None:
    assert picked(knowledge, Consultation(issue="知的財産", question="sub_issue"), typed) is None


@pytest.mark.parametrize(
    "typed", ["相続税・贈与税が心配", "相続税・贈与税が心配です。", "相続税・贈与税のこと", "sub_issue.tax"]
)
def test_a_label_can_be_typed(knowledge: Knowledge, typed: str) -> None:
    choice = picked(knowledge, Consultation(issue="事業承継", question="sub_issue"), typed)
    assert choice is not None
    assert choice.id == "sub_issue.tax"


def test_every_question_offers_each_choice_once(knowledge: Knowledge) -> None:
    for issue in knowledge.issues:
        for question in knowledge.questions:
            state = Consultation(issue=issue, question=question, candidates=("創業", "資金繰り"))
            ids = [choice.id for choice in offered(knowledge, state)]
            assert len(ids) == len(set(ids))


def test_a_message_over_the_limit_is_not_read(knowledge: Knowledge) -> None:
    assert read(knowledge, Consultation(), heard("あ" * 1001, ("創業", 0.9)), THRESHOLDS).act == TOO_LONG


def test_a_sure_issue_is_taken(knowledge: Knowledge) -> None:
    assert read(knowledge, Consultation(), heard("店を出したい", ("創業", 0.8)), THRESHOLDS).act == "創業"


def test_two_close_issues_are_asked_about(knowledge: Knowledge) -> None:
    message = heard("お金がない", ("創業", 0.4), ("資金繰り", 0.35))
    assert read(knowledge, Consultation(), message, THRESHOLDS).act == TWO_CANDIDATES


def test_a_flat_ranking_is_not_understood(knowledge: Knowledge) -> None:
    message = heard("うーん", ("創業", 0.2), ("資金繰り", 0.15))
    assert read(knowledge, Consultation(), message, THRESHOLDS).act == UNSURE


def test_distress_is_heard_before_anything_that_is_surer(knowledge: Knowledge) -> None:
    message = heard("もう終わりにしたい", ("資金繰り", 0.5), ("distress", 0.35))
    assert read(knowledge, Consultation(), message, THRESHOLDS).act == "distress"


def test_distress_is_heard_even_where_a_question_waits(knowledge: Knowledge) -> None:
    waiting = Consultation(issue="資金繰り", question="sub_issue")
    message = heard("もう死にたいです", ("distress", 0.9))
    assert read(knowledge, waiting, message, THRESHOLDS).act == "distress"


def test_a_place_alone_answers_the_question_for_it(knowledge: Knowledge) -> None:
    waiting = Consultation(issue="創業", question="prefecture")
    message = heard("福島です", ("greet", 0.9), prefecture="福島県")
    assert read(knowledge, waiting, message, THRESHOLDS) == Reading(ANSWER)


def test_a_place_in_a_longer_question_does_not_hide_the_question(knowledge: Knowledge) -> None:
    waiting = Consultation(issue="知的財産", question="prefecture")
    message = heard("ところで知財総合支援窓口って静岡にもあるの", ("ask_contact", 0.9), prefecture="静岡県")
    assert read(knowledge, waiting, message, THRESHOLDS).act == "ask_contact"


def test_no_marks_and_no_letters_are_not_understood(knowledge: Knowledge) -> None:
    assert read(knowledge, Consultation(), heard("🙂🙂", ("創業", 0.9)), THRESHOLDS).act == UNSURE


def test_a_sub_issue_told_with_the_issue_is_not_asked(knowledge: Knowledge) -> None:
    message = replace(heard("娘婿に株を渡す税金が心配", ("事業承継", 0.9)), sub_issues={"事業承継": ("tax", 0.9)})
    after = listen(knowledge, Consultation(), message, read(knowledge, Consultation(), message, THRESHOLDS))
    assert (after.issue, after.sub_issue) == ("事業承継", "tax")


def test_a_sub_issue_that_is_not_clear_is_asked(knowledge: Knowledge) -> None:
    message = replace(heard("会社を継がせたい", ("事業承継", 0.9)), sub_issues={"事業承継": ("tax", 0.4)})
    after = listen(knowledge, Consultation(), message, read(knowledge, Consultation(), message, THRESHOLDS))
    assert next_step(knowledge, after) is Step.ASK_SUB_ISSUE


def test_a_question_missed_twice_is_let_go(knowledge: Knowledge) -> None:
    state = Consultation(issue="創業", sub_issue="before", question="prefecture")
    once = listen(knowledge, state, heard("ほげ"), Reading(UNSURE))
    twice = listen(knowledge, once, heard("ほげ"), Reading(UNSURE))
    assert once.question == "prefecture"
    assert next_step(knowledge, twice) is Step.REFER


def test_the_prefecture_is_let_go_where_the_owner_only_tells_more(knowledge: Knowledge) -> None:
    state = Consultation(issue="創業", sub_issue="before", question="prefecture")
    once = listen(knowledge, state, heard("借りる店はもう決めたんです"), Reading("創業"))
    asked_again = replace(once, question="prefecture")
    twice = listen(knowledge, asked_again, heard("看板も頼みました"), Reading("創業"))
    assert next_step(knowledge, once) is Step.ASK_PREFECTURE
    assert next_step(knowledge, twice) is Step.REFER


def test_a_place_told_with_small_talk_answers_the_question_for_it(knowledge: Knowledge) -> None:
    waiting = Consultation(issue="販路開拓", question="prefecture")
    message = heard("大崎です。漬物屋なんて珍しいでしょ、このへんじゃ", ("out_of_scope", 0.9), prefecture="宮城県")
    assert read(knowledge, waiting, message, THRESHOLDS) == Reading(ANSWER)


def test_who_works_there_told_with_the_place_is_no_other_issue(knowledge: Knowledge) -> None:
    waiting = Consultation(issue="資金繰り", question="prefecture")
    message = heard("島根です。家内とわし", ("人材確保", 0.97), prefecture="島根県")
    assert read(knowledge, waiting, message, THRESHOLDS) == Reading(ANSWER)


def test_a_question_told_with_the_place_is_answered(knowledge: Knowledge) -> None:
    waiting = Consultation(issue="資金繰り", question="prefecture")
    message = heard("島根です。お金はかかりますか", ("ask_cost", 0.97), prefecture="島根県")
    assert read(knowledge, waiting, message, THRESHOLDS) == Reading("ask_cost")


def test_what_a_yes_goes_on_to_name_is_taken_of_the_two_that_were_offered(knowledge: Knowledge) -> None:
    waiting = Consultation(question="which_issue", candidates=("IT活用", "販路開拓"))
    message = replace(heard("そうです、新しい売り先です", ("affirm", 0.9)), other_issues={"販路開拓": 0.9})
    assert read(knowledge, waiting, message, THRESHOLDS) == Reading("販路開拓")


@pytest.mark.parametrize("text", ["こんなこと、ここに書いていいんでしょうか", "とりあえず続きを"])
def test_after_distress_nobody_hears_that_they_were_not_understood(knowledge: Knowledge, text: str) -> None:
    message = heard(text, ("ask_capability", 0.4), ("deny", 0.3))
    assert read(knowledge, Consultation(comforted=True), message, THRESHOLDS) == Reading("after_distress")


def test_who_is_tired_is_not_told_that_they_were_not_understood(knowledge: Knowledge) -> None:
    message = heard("もうへとへとですわ", ("out_of_scope", 0.3), ("課題不明確", 0.25))
    assert read(knowledge, Consultation(), message, THRESHOLDS) == Reading("課題不明確")


def test_a_correction_of_the_prefecture_replaces_it(knowledge: Knowledge) -> None:
    state = Consultation(issue="創業", prefecture="福島県")
    assert listen(knowledge, state, heard("福井です", prefecture="福井県"), Reading(ANSWER)).prefecture == "福井県"


def test_a_card_says_for_each_step_why_cost_how_to_reach_and_from_where(knowledge: Knowledge) -> None:
    words = knowledge.words
    for name, issue in knowledge.issues.items():
        for sub in (None, *issue.sub_issues):
            state = Consultation(issue=name, sub_issue=sub.id if sub else None, prefecture="福井県")
            for step in referral_card(knowledge, road(knowledge, state)).steps:
                labels = {fact.label for fact in step.facts}
                assert {words.why, words.does, words.cost, words.reach, words.citation, words.checked} <= labels


def test_a_card_gives_the_number_only_as_a_telephone_link(knowledge: Knowledge) -> None:
    card = referral_card(knowledge, road(knowledge, Consultation(issue="創業", sub_issue="at_start")))
    links = [fact.link for step in card.steps for fact in step.facts if fact.label == knowledge.words.phone]
    assert links == ["tel:0120-154-505"]


def test_the_help_lines_in_fukushima_are_the_local_ones(knowledge: Knowledge) -> None:
    assert "0120-279-226" in help_card(knowledge, "福島県").plain()
    assert "0120-279-338" in help_card(knowledge, None).plain()


@given(
    text=st.text(max_size=1200),
    question=st.sampled_from([None, *KNOWLEDGE.questions]),
    issue=st.sampled_from([None, *KNOWLEDGE.issues]),
    intent=st.sampled_from([*KNOWLEDGE.issues, "affirm", "deny", "skip", "distress", "greet"]),
    confidence=st.floats(0, 1),
)
def test_any_message_in_any_place_leaves_a_consultation_that_can_go_on(
    text: str, question: "str | None", issue: "str | None", intent: str, confidence: float
) -> None:
    state = Consultation(issue=issue, question=question, candidates=("創業", "資金繰り"))
    message = heard(text, (intent, confidence), ("資金繰り", (1 - confidence) / 2))
    after = listen(KNOWLEDGE, state, message, read(KNOWLEDGE, state, message, THRESHOLDS))
    assert next_step(KNOWLEDGE, after) in Step


@pytest.mark.parametrize("question", [None, "issue", "prefecture", "triage", "anything_else"])
@pytest.mark.parametrize(("pressed", "act"), [(PERSON, "ask_human"), (IN_DISTRESS, "distress")])
def test_what_can_be_pressed_at_any_time_is_settled_by_its_id(
    knowledge: Knowledge, pressed: str, act: str, question: "str | None"
) -> None:
    message = replace(heard("東京都", ("創業", 0.99)), pressed=pressed)
    assert read(knowledge, Consultation(question=question), message, THRESHOLDS) == Reading(act)
