"""What the bot says fits LINE's limits whatever it is, keeps all that an owner needs, and reads well."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Iterator, List, Tuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.line.buttons import PressedChoice, PressedMenu, button_in, data_of
from bot.channels.line.limits import LimitError, check, size
from bot.channels.line.rendering import render, render_plainly
from bot.channels.line.text import clusters, printable, shortened, shortened_to_units, split, units, without
from bot.channels.line.texts import line_texts
from bot.consult.cards import help_card, institution_card, people_card, referral_card
from bot.consult.road import road
from bot.consult.state import Owner
from bot.knowledge import Knowledge
from bot.messages import Choice, Choices, Fact, Message, Notice, Referral, ReferralStep
from tests.consult.conftest import a_consultation
from tests.fakes.line import Json, _faults_of, quick_replies, words_of
from tests.fakes.specification import LINE, specification

WORDS = line_texts().cards
NUMBER = re.compile(r"(?<![0-9-])(?:0[0-9]{1,3}(?:-[0-9]{2,6}){1,2}|1[0-9]{2})(?![0-9-日年月人件円番])")
PREFECTURES = ("岩手県", "東京都", None)
FAMILY = "👨‍👩‍👧‍👦"


def step(number: int = 1, facts: Tuple[Fact, ...] = (Fact("なぜ", "身近な窓口です。"),)) -> ReferralStep:
    return ReferralStep("sci", f"商工会{number}", "first", "まず", "first_contact", "困ったとき", "別添2", facts)


def folded(number: int, *short: Fact) -> ReferralStep:
    return replace(step(number, (Fact("できること", f"{number}の説明です。"),)), short=short)


def referral(*steps: ReferralStep, closing: Tuple[Fact, ...] = (Fact("持ち物", "決算書"),)) -> Referral:
    return Referral("ご相談の道すじ", "創業", None, steps, closing)


def choices(*labels: str) -> Choices:
    return Choices(tuple(Choice(f"issue.{number}", label) for number, label in enumerate(labels)))


def components(part: Any) -> Iterator[Json]:
    """Every component in a Flex Message."""
    if isinstance(part, dict):
        yield part
        for value in part.values():
            yield from components(value)
    if isinstance(part, list):
        for item in part:
            yield from components(item)


def buttons(messages: Tuple[Json, ...]) -> List[Tuple[str, str]]:
    found = [part["action"] for part in components(list(messages)) if part.get("type") == "button"]
    return [(action["label"], action["uri"]) for action in found]


# Text as LINE counts it


def test_a_text_is_parted_after_sentences() -> None:
    assert split("一つ目です。二つ目です！三つ目です", 8) == ("一つ目です。", "二つ目です！", "三つ目です")


def test_a_sentence_that_is_too_long_is_parted_between_characters_as_seen() -> None:
    assert split(FAMILY * 3, 25) == (FAMILY * 2, FAMILY)


@given(st.text(max_size=400), st.integers(min_value=2, max_value=50))
def test_parting_keeps_every_word_and_the_limit(text: str, most: int) -> None:
    pieces = split(text, most)
    assert all(units(piece) <= most for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(st.text(max_size=60), st.integers(min_value=1, max_value=30))
def test_shortening_keeps_the_limit(text: str, most: int) -> None:
    assert clusters(shortened(text, most)) <= max(most, 1)


def test_a_label_is_shortened_by_characters_as_seen() -> None:
    assert shortened(FAMILY * 21, 20) == FAMILY * 19 + "…"


def test_halves_of_characters_and_control_characters_are_left_out() -> None:
    assert printable("a\ud83d\x00b\n\tc") == "a\ufffdb\n\tc"


def test_a_stretch_is_counted_in_utf_16_units() -> None:
    assert without("😀@相談😀です", [(2, 3)]) == "😀😀です"


def test_a_stretch_beyond_the_text_changes_nothing() -> None:
    assert without("です", [(5, 3)]) == "です"


# Buttons


def test_a_choice_comes_back_from_its_button() -> None:
    pressed = PressedChoice("issue.創業", '新しく「商売」を"始めたい"')
    assert button_in(data_of(pressed)) == pressed
    assert button_in(data_of(PressedMenu("begin"))) == PressedMenu("begin")


@given(st.text(max_size=80))
def test_no_data_breaks_the_reading_of_buttons(data: str) -> None:
    assert button_in(data) is None or data_of(button_in(data) or PressedMenu("")) != ""


# Choices


def test_choices_are_numbered_in_the_text_and_shown_below_it() -> None:
    messages = render([Message("どちらですか。", choices("はじめたい", "増やしたい"))], WORDS)
    assert messages[0]["text"] == "どちらですか。\n1. はじめたい\n2. 増やしたい"
    assert [action["label"] for action in quick_replies(messages)] == ["はじめたい", "増やしたい"]


def test_a_pressed_choice_shows_its_whole_label_in_the_chat() -> None:
    label = "取引先の値下げや支払いのことで困っているので相談したい"
    action = quick_replies(render([Message("どちらですか。", choices(label))], WORDS))[0]
    assert clusters(action["label"]) == 20
    assert action["displayText"] == label
    assert button_in(action["data"]) == PressedChoice("issue.0", label)


def test_choices_are_shown_below_the_last_message_even_where_a_card_follows_them() -> None:
    notice = Notice("電話", (Fact("ほっとライン", "0120", "tel:0120"),))
    messages = render([Message("どちらですか。", choices("はい")), Message("お電話もできます。", notice)], WORDS)
    assert ["quickReply" in message for message in messages] == [False, False, True]


def test_of_more_than_thirteen_choices_the_text_has_all_and_the_buttons_thirteen() -> None:
    messages = render([Message("どちらですか。", choices(*(f"{number}番" for number in range(1, 21))))], WORDS)
    assert "20. 20番" in messages[0]["text"]
    assert len(quick_replies(messages)) == 13


def test_a_choice_whose_id_is_too_long_for_line_is_pressed_as_if_typed() -> None:
    messages = render([Message("どちらですか。", Choices((Choice("x" * 400, "はい"),)))], WORDS)
    assert quick_replies(messages) == [{"type": "message", "label": "はい", "text": "はい"}]


def test_no_question_of_the_bot_has_more_choices_than_line_shows(knowledge: Knowledge) -> None:
    lists = [len(knowledge.issues)]
    lists += [len(issue.sub_issues) + 1 for issue in knowledge.issues.values()]
    lists += [len(symptom.answers) + 2 for symptom in knowledge.triage.symptoms.values()]
    assert max(lists) <= 13


# Cards


def test_each_step_is_a_bubble_and_what_to_bring_is_the_last() -> None:
    messages = render([Message("次の順です。", referral(step(1), step(2)))], WORDS)
    bubbles = messages[1]["contents"]["contents"]
    assert messages[0]["text"] == "次の順です。"
    assert len(bubbles) == 3
    assert "決算書" in str(bubbles[-1])


def test_a_road_shows_its_first_step_the_others_a_line_each_and_what_to_bring() -> None:
    call, page = Fact("電話", "0120-1（平日）", "tel:0120-1"), Fact("公式ページ", "県の窓口", "https://example.jp/")
    road = referral(folded(1, call, Fact("なぜ", "近いからです。")), folded(2, page), folded(3, call))
    messages = render([Message("", road)], WORDS)
    first, others, closing = messages[0]["contents"]["contents"]
    assert "近いからです。" in str(first) and "の説明です。" not in str(messages)
    assert "商工会2（困ったとき）" in str(others) and "商工会3（困ったとき）" in str(others)
    assert "決算書" in str(closing)
    assert buttons(messages) == [
        ("0120-1に電話する", "tel:0120-1"),
        ("公式ページを開く", "https://example.jp/"),
        ("0120-1に電話する", "tel:0120-1"),
    ]
    assert messages[0]["altText"] == road.plain()


def test_a_road_of_one_step_has_no_bubble_of_others() -> None:
    messages = render([Message("", referral(folded(1, Fact("なぜ", "近いからです。"))))], WORDS)
    assert len(messages[0]["contents"]["contents"]) == 2


def test_every_road_keeps_each_institution_and_what_leads_there_on_its_card(knowledge: Knowledge) -> None:
    for said in everything_the_bot_may_show(knowledge):
        if isinstance(said.part, Referral):
            messages = render([said], WORDS)
            assert all(step.institution in str(messages) for step in said.part.steps)
            links = {uri for _, uri in buttons(messages)}
            wanted = [fact.link for step in said.part.steps for fact in step.short if fact.link]
            assert all(link in links or f"（{link}）" in str(messages) for link in wanted)


def test_a_card_has_buttons_to_call_and_to_open_pages() -> None:
    facts = (Fact("電話", "0120-1（平日）", "tel:0120-1"), Fact("公式ページ", "窓口", "https://例.jp/窓口?a=1"))
    messages = render([Message("", referral(step(1, facts)))], WORDS)
    assert buttons(messages) == [
        ("0120-1に電話する", "tel:0120-1"),
        ("公式ページを開く", "https://xn--fsq.jp/%E7%AA%93%E5%8F%A3?a=1"),
    ]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://example.jp", "https://" + "a" * 1000, "", "https://["])
def test_an_address_that_is_not_safe_to_open_gets_no_button(link: str) -> None:
    assert buttons(render([Message("", referral(step(1, (Fact("公式ページ", "窓口", link),))))], WORDS)) == []


def test_an_address_without_https_stands_in_the_text() -> None:
    fact = Fact("お近くの窓口", "県の連合会", "http://example.jp/")
    (message,) = render([Message("", referral(step(1, (fact,))))], WORDS)
    assert "県の連合会（http://example.jp/）" in str(message)


def test_help_lines_can_be_called_with_one_press(knowledge: Knowledge) -> None:
    card = help_card(knowledge, "福島県")
    called = [uri for _, uri in buttons(render([Message("", card)], WORDS)) if uri.startswith("tel:")]
    assert called == [link for line in card.lines for link in line.links if link.startswith("tel:")]
    assert called[:2] == ["tel:119", "tel:110"]


def numbers_in(notice: Notice) -> List[str]:
    """Every telephone number that an owner reads there."""
    return [f"tel:{number}" for line in notice.lines for number in NUMBER.findall(line.text)]


def test_every_number_of_a_notice_can_be_called_with_one_press(knowledge: Knowledge) -> None:
    institutions = tuple(knowledge.institutions.values())
    notices = [help_card(knowledge, prefecture) for prefecture in PREFECTURES]
    notices += [people_card(knowledge, "窓口", (institution,), Owner()) for institution in institutions]
    notices += [institution_card(knowledge, institution, Owner("福島県")) for institution in institutions]
    for notice in notices:
        called = [uri for _, uri in buttons(render([Message("", notice)], WORDS)) if uri.startswith("tel:")]
        assert called == numbers_in(notice)


def test_two_numbers_of_a_line_have_a_button_each() -> None:
    line = Fact("電話", "0120-1 / 0120-2（平日）", "tel:0120-1", ("tel:0120-2", "javascript:alert(1)"))
    assert buttons(render([Message("", Notice("窓口", (line,)))], WORDS)) == [
        ("0120-1に電話する", "tel:0120-1"),
        ("0120-2に電話する", "tel:0120-2"),
    ]


def test_a_card_too_large_for_line_is_said_in_words() -> None:
    large = referral(*(step(number, (Fact("なぜ", "窓口です。" * 500),)) for number in range(10)))
    messages = render([Message("次の順です。", large)], WORDS)
    assert {message["type"] for message in messages} == {"text"}
    assert "商工会9" in words_of(messages)


def test_a_road_of_more_than_twelve_bubbles_is_said_in_words() -> None:
    messages = render([Message("", referral(*(step(number) for number in range(12))))], WORDS)
    assert {message["type"] for message in messages} == {"text"}
    assert "決算書" in words_of(messages)


def test_what_a_card_says_stands_in_its_short_text_too_where_it_fits() -> None:
    small = referral(step(1))
    assert render([Message("", small)], WORDS)[0]["altText"] == small.plain()


def test_the_short_text_of_a_long_road_keeps_whom_to_see_and_how_to_reach_them() -> None:
    facts = (Fact("なぜ", "理由。" * 60), Fact("できること", "説明。" * 60), Fact("電話", "0120-1", "tel:0120-1"))
    alt_text = render([Message("", referral(*(step(number, facts) for number in range(5))))], WORDS)[0]["altText"]
    assert units(alt_text) <= 1500
    assert all(f"【まず】商工会{number}（困ったとき）" in alt_text for number in range(5))
    assert alt_text.count("電話：0120-1") == 5


def contrast(first: str, second: str) -> float:
    def luminance(colour: str) -> float:
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_every_text_of_a_card_can_be_read_by_weak_eyes() -> None:
    facts = (Fact("電話", "0120-1", "tel:0120-1"), Fact("公式ページ", "窓口", "https://example.jp"))
    bubble = render([Message("", referral(step(1, facts)))], WORDS)[0]["contents"]["contents"][0]
    for block in ("header", "body"):
        background = bubble[block]["backgroundColor"]
        for part in components(bubble[block]):
            if part.get("type") == "text":
                assert contrast(part["color"], background) >= 7
                assert part["wrap"] is True
                assert part["scaling"] is True
            if part.get("type") == "button":
                assert contrast("#FFFFFF", part["color"]) >= 7


# Whole turns


def test_more_than_five_messages_are_put_together() -> None:
    messages = render([Message(f"{number}つ目です。") for number in range(8)], WORDS)
    assert len(messages) == 5
    assert words_of(messages).count("つ目です。") == 8


def test_cards_stay_cards_as_long_as_texts_can_be_put_together() -> None:
    card = referral(step(1))
    messages = render(
        [*(Message("一言です。") for _ in range(6)), Message("次の順です。", card), Message("以上です。")], WORDS
    )
    assert [message["type"] for message in messages].count("flex") == 1
    assert len(messages) == 5


def test_more_cards_than_five_are_said_in_words() -> None:
    messages = render([Message(f"{number}", referral(step(number))) for number in range(4)], WORDS)
    assert len(messages) <= 5
    assert all(f"商工会{number}" in words_of(messages) for number in range(4))


def test_what_is_far_too_long_ends_with_where_to_go_on() -> None:
    messages = render([Message("とても長いお話です。" * 5_000)], WORDS)
    assert len(messages) == 5
    assert messages[-1]["text"].endswith(WORDS.more)


def test_nothing_said_is_nothing_sent() -> None:
    assert render([], WORDS) == ()
    assert render([Message(""), Message(" \n")], WORDS) == ()


def test_in_words_alone_everything_is_there() -> None:
    messages = render_plainly(
        [Message("次の順です。", referral(step(1))), Message("どちらですか。", choices("はい"))], WORDS
    )
    assert {message["type"] for message in messages} == {"text"}
    assert "商工会1" in words_of(messages)
    assert "1. はい" in words_of(messages)


_TEXT = st.text(max_size=60) | st.text(alphabet="あ。😀\n" + FAMILY, max_size=6_000)
_LINKS = st.none() | st.sampled_from(["tel:119", "https://例.jp/窓", "javascript:x", "https://"]) | st.text(max_size=20)
_FACTS = st.lists(st.builds(Fact, label=_TEXT, text=_TEXT, link=_LINKS), max_size=4).map(tuple)
_STEPS = st.builds(ReferralStep, *([_TEXT] * 7), facts=_FACTS, short=st.just(()) | _FACTS)
_PARTS = (
    st.none()
    | st.lists(st.builds(Choice, id=_TEXT, label=_TEXT), max_size=20).map(lambda items: Choices(tuple(items)))
    | st.builds(Notice, title=_TEXT, lines=_FACTS)
    | st.builds(
        Referral,
        _TEXT,
        _TEXT,
        st.none(),
        steps=st.lists(_STEPS, max_size=14).map(tuple),
        closing=_FACTS,
        sources=_FACTS,
        more=st.just("ほか{count}か所：{names}"),
    )
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.builds(Message, words=_TEXT, part=_PARTS), max_size=8))
def test_whatever_the_bot_says_is_within_lines_limits(said: List[Message]) -> None:
    for messages in (render(said, WORDS), render_plainly(said, WORDS)):
        if messages:
            check(messages)
            assert _faults_of(list(messages)) == []


def everything_the_bot_may_show(knowledge: Knowledge) -> Iterator[Message]:
    prefectures = [None, "福島県", "東京都", "大阪府", "鳥取県", "北海道"]
    for issue in knowledge.issues.values():
        for sub_issue in [None, *(sub.id for sub in issue.sub_issues)]:
            for prefecture in prefectures:
                need = a_consultation(issue=issue.name, sub_issue=sub_issue, prefecture=prefecture)
                yield Message(
                    "それでは、次の順に相談するとよいでしょう。", referral_card(knowledge, road(knowledge, need))
                )
    for institution in knowledge.institutions.values():
        yield Message("", institution_card(knowledge, institution, Owner("福島県")))
    yield Message("", people_card(knowledge, "窓口", list(knowledge.institutions.values())[:6], Owner("福島県")))
    for prefecture in prefectures:
        yield Message("", help_card(knowledge, prefecture))


def test_every_card_of_the_bot_is_shown_as_a_card(knowledge: Knowledge) -> None:
    for said in everything_the_bot_may_show(knowledge):
        messages = render([said], WORDS)
        assert messages[-1]["type"] == "flex", said.plain()[:200]
        check(messages)
        assert size(messages[-1]["contents"]) < 45 * 1024


@pytest.mark.skipif(not LINE.exists(), reason="LINE's official OpenAPI files are not at hand (../shared/specs/line)")
def test_every_card_of_the_bot_keeps_to_the_official_specification(knowledge: Knowledge) -> None:
    official = specification(LINE / "messaging-api.yml")
    shown = {}
    for said in everything_the_bot_may_show(knowledge):
        part = said.part
        shown[getattr(part, "issue", None), getattr(part, "sub_issue", None), getattr(part, "title", None)] = said
    for said in shown.values():
        messages = render([said, Message("ほかにも。", choices("はい", "いいえ"))], WORDS)
        assert official.faults("ReplyMessageRequest", {"replyToken": "t", "messages": list(messages)}) == []


# Limits


@pytest.mark.parametrize(
    ("messages", "where"),
    [
        ([], "messages: expected 1 to 5, found 0"),
        ([{"type": "text", "text": "x"}] * 6, "messages: expected 1 to 5, found 6"),
        ([{"type": "text", "text": " "}], "messages[0].text: expected words"),
        ([{"type": "text", "text": "😀" * 2501}], "messages[0].text in characters: expected 1 to 5000, found 5002"),
        ([{"type": "text"}], "messages[0]: text is missing"),
        ([{"type": "carousel"}], "messages[0].type: expected one of text, flex"),
        (
            [{"type": "text", "text": "x", "quickReply": {"items": []}}, {"type": "text", "text": "y"}],
            "messages[0].quickReply: only the last",
        ),
        ([{"type": "text", "text": "x", "quickReply": {"items": []}}], "messages[0].quickReply.items"),
        ([{"type": "flex", "altText": "x" * 1501, "contents": {"type": "bubble"}}], "messages[0].altText"),
        (
            [{"type": "flex", "altText": "x", "contents": {"type": "carousel", "contents": [{"type": "bubble"}] * 13}}],
            "messages[0].contents.contents: expected 1 to 12, found 13",
        ),
    ],
)
def test_a_message_over_a_limit_is_refused_with_its_place(messages: List[Json], where: str) -> None:
    with pytest.raises(LimitError) as error:
        check(messages)
    assert where in str(error.value)


@pytest.mark.parametrize(
    ("action", "where"),
    [
        ({"type": "postback", "label": "あ" * 21, "data": "x", "displayText": "x"}, "label in characters"),
        ({"type": "postback", "label": "あ", "data": "x" * 301, "displayText": "x"}, "data in characters"),
        ({"type": "postback", "label": "あ", "data": "x", "displayText": "x" * 301}, "displayText in characters"),
        ({"type": "message", "label": "あ", "text": ""}, "text: expected words"),
        ({"type": "uri", "label": "あ", "uri": "javascript:x"}, "uri: expected a percent-encoded"),
        ({"type": "uri", "label": "あ", "uri": "https://例.jp"}, "uri: expected a percent-encoded"),
        ({"type": "camera", "label": "あ"}, "type: expected one of"),
    ],
)
def test_an_action_over_a_limit_is_refused_with_its_place(action: Json, where: str) -> None:
    message = {"type": "text", "text": "x", "quickReply": {"items": [{"type": "action", "action": action}]}}
    with pytest.raises(LimitError) as error:
        check([message])
    assert f"messages[0].quickReply.items[0].action.{where}" in str(error.value)


def test_a_text_within_units_is_left_as_it_is() -> None:
    assert shortened_to_units("あいう", 3) == "あいう"
    assert shortened_to_units("あいうえ", 3) == "あい…"
