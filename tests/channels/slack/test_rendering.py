"""What the bot says is shown in Slack within its limits, whole, in order, and without meaning anything unintended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.slack.mrkdwn import escaped, linked, mentions, plain, with_each_linked
from bot.channels.slack.place import Place, place_of
from bot.channels.slack.rendering import Post, frozen, home, posts
from bot.channels.slack.words import slack_words
from bot.messages import Choice, Choices, Fact, Message, Notice, Referral, ReferralStep
from tests.fakes.block_kit import MOST_BLOCKS_IN_A_VIEW, check_blocks, check_text
from tests.fakes.slack import labels, shown

WORDS = slack_words()
HERE = "slack-T1-U1"


def rendered(*messages: Message) -> Sequence[Dict[str, Any]]:
    found = [post.dict() for post in posts(messages, HERE, WORDS)]
    for post in found:
        check_blocks(post["blocks"])
        check_text(post["text"])
    return found


def choices(count: int, label: str = "答え") -> Choices:
    return Choices(tuple(Choice(f"id.{number}", f"{label}{number}") for number in range(1, count + 1)))


def step(order: str, name: str, *facts: Fact) -> ReferralStep:
    return ReferralStep("id", name, order, order, "first_contact", "お店が市にあるとき", "別添2 ト", facts)


def test_up_to_five_choices_are_buttons() -> None:
    (post,) = rendered(Message("どれですか。", choices(5)))
    assert [element["type"] for element in post["blocks"][-1]["elements"]] == ["button"] * 5
    assert "5. 答え5" in post["text"]


def test_six_choices_are_a_list_and_a_select() -> None:
    (post,) = rendered(Message("どれですか。", choices(6)))
    assert [element["type"] for element in post["blocks"][-1]["elements"]] == ["static_select"]
    assert "6. 答え6" in shown(post) and "6. 答え6" in post["text"]
    assert len(labels(post)) == 6


def test_more_than_a_hundred_choices_are_several_selects() -> None:
    assert len(labels(rendered(Message("どれですか。", choices(250)))[-1])) == 250


def test_a_long_label_is_cut_on_the_button_and_whole_in_the_text() -> None:
    (post,) = rendered(Message("どれですか。", choices(2, "長い" * 60)))
    assert {len(label) for label in labels(post)} == {75}
    assert "長い" * 60 in post["text"]


def test_a_choice_whose_id_slack_does_not_take_can_still_be_typed() -> None:
    part = Choices((Choice("x" * 3000, "一つ目"),))
    (post,) = rendered(Message("どれですか。", part))
    assert labels(post) == []
    assert "1. 一つ目" in shown(post)


def test_the_messages_of_a_turn_are_one_post_that_ends_in_the_question() -> None:
    (post,) = rendered(Message("わかりました。"), Message("どちらですか。", choices(2)))
    assert shown(post).splitlines()[:2] == ["わかりました。", "どちらですか。"]
    assert post["blocks"][-1]["type"] == "actions"


def test_two_questions_are_two_posts() -> None:
    assert len(rendered(Message("一つ目", choices(2)), Message("二つ目", choices(2)))) == 2


def test_a_long_text_is_cut_behind_sentences_and_nothing_is_lost() -> None:
    text = "あいうえお、かきくけこ。" * 900
    found = rendered(Message(text))
    assert "".join(shown(post).replace("\n", "") for post in found) == text
    assert all(line.endswith("。") for post in found for line in shown(post).splitlines())


def test_a_text_without_a_single_mark_is_cut_all_the_same() -> None:
    found = rendered(Message("あ" * 10_000))
    assert "".join(shown(post).replace("\n", "") for post in found) == "あ" * 10_000


def test_a_road_is_shown_in_order_with_links_and_numbers_to_call() -> None:
    steps = (
        step("まず", "商工会議所", Fact("なぜ", "お金の相談を受けます。"), Fact("電話", "0120-1", "tel:0120-1")),
        step("次に", "税理士 & Co", Fact("公式ページ", "日税連", "https://example.jp/?a=1&b=2")),
    )
    (post,) = rendered(
        Message("次の順にどうぞ。", Referral("道すじ", "資金繰り", None, steps, (Fact("持ち物", "決算書"),)))
    )
    text = shown(post)
    assert "まず 商工会議所 → 次に 税理士 & Co" in text
    assert text.index("*まず：商工会議所*") < text.index("*次に：税理士 &amp; Co*") < text.index("*持ち物*")
    assert "<tel:0120-1|0120-1>" in text
    assert "<https://example.jp/?a=1&amp;b=2|日税連>" in text
    assert "・電話：0120-1" in post["text"] and "・公式ページ：日税連 https://example.jp" in post["text"]


def test_a_road_opens_its_first_step_and_has_the_others_in_a_line_each() -> None:
    call = Fact("電話", "0120-1", "tel:0120-1")
    steps = (
        replace(step("まず", "商工会議所", Fact("費用", "無料です。")), short=(call, Fact("なぜ", "近いからです。"))),
        replace(step("次に", "税理士 & Co"), short=(Fact("公式ページ", "日税連", "https://example.jp/?a=1&b=2"),)),
        replace(step("必要なら", "法テラス"), short=(call,)),
    )
    sources = (Fact("出典", "2017年の国の資料"),)
    (post,) = rendered(Message("次の順にどうぞ。", Referral("道すじ", "資金繰り", None, steps, sources=sources)))
    text = shown(post)
    assert text.index("*まず：商工会議所*") < text.index("近いからです。") < text.index("*次に：税理士 &amp; Co*")
    assert "*次に：税理士 &amp; Co* （お店が市にあるとき）\n<https://example.jp/?a=1&amp;b=2|日税連>" in text
    assert text.index("*必要なら：法テラス*") < text.index("2017年の国の資料")
    assert text.count("<tel:0120-1|0120-1>") == 2
    assert "無料です。" not in text
    assert "【必要なら】法テラス（お店が市にあるとき）：0120-1" in post["text"]


def test_help_lines_can_be_called_with_one_touch() -> None:
    lines = (Fact("よりそいホットライン", "0120-279-338（24時間、無料）", "tel:0120-279-338"),)
    (post,) = rendered(Message("どうか、電話してください。", Notice("人が話を聞いてくれる電話", lines)))
    assert "<tel:0120-279-338|0120-279-338（24時間、無料）>" in shown(post)


def test_each_of_two_numbers_of_a_line_can_be_called() -> None:
    line = Fact("命の危険が迫っているとき", "119 / 110", "tel:119", ("tel:110",))
    (post,) = rendered(Message("どうか、電話してください。", Notice("人が話を聞いてくれる電話", (line,))))
    assert "<tel:119|119> / <tel:110|110>" in shown(post)


@pytest.mark.parametrize(
    ("text", "addresses", "expected"),
    [
        ("窓口 <&>", ("tel:119", "tel:110"), "窓口 &lt;&amp;&gt; <tel:119|119> <tel:110|110>"),
        ("1190 / 119", ("tel:119", "tel:110"), "1190 / <tel:119|119> <tel:110|110>"),
        ("0120-1 と 110", ("tel:0120-1", "javascript:x"), "<tel:0120-1|0120-1> と 110 javascript:x"),
    ],
)
def test_numbers_become_links_and_nothing_else_does(text: str, addresses: "tuple[str, ...]", expected: str) -> None:
    assert with_each_linked(text, addresses) == expected


def test_the_facts_of_a_card_keep_their_order() -> None:
    facts = tuple(Fact(f"見出し{n}", "長い" * 30 if n % 3 == 0 else "短い") for n in range(12))
    (post,) = rendered(Message("", Notice("題", facts)))
    text = shown(post)
    positions = [text.index(f"*見出し{n}*") for n in range(12)]
    assert positions == sorted(positions)


def test_a_road_too_long_for_a_message_is_several_in_order() -> None:
    steps = tuple(step("次に", f"機関{n}。", *(Fact(f"事{m}", "あ" * 120) for m in range(8))) for n in range(12))
    found = rendered(Message("どうぞ。", Referral("道すじ", "創業", None, steps)))
    assert len(found) > 1
    everything = "".join(shown(post) for post in found)
    positions = [everything.index(f"*次に：機関{n}。*") for n in range(12)]
    assert positions == sorted(positions)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "http://example.jp", "https://a b", "https://a|b", "https://a>b", "", "mailto:x"]
)
def test_an_address_that_is_not_https_or_tel_is_no_link(address: str) -> None:
    assert linked("ここ", address) == "ここ"


def test_an_address_without_https_stands_in_the_text() -> None:
    (post,) = rendered(Message("", Notice("窓口", (Fact("お近くの窓口", "県の連合会", "http://example.jp/"),))))
    assert "県の連合会（http://example.jp/）" in shown(post)


@pytest.mark.parametrize("text", ["<!channel>", "<@U1>", "<https://evil.example|銀行>", "a<b>c&d"])
def test_nothing_in_a_text_becomes_a_mention_or_a_link(text: str) -> None:
    (post,) = rendered(Message(text, Notice(text, (Fact(text, text), Fact(text, text, "https://example.jp")))))
    assert "<!" not in post["text"] and "<@" not in post["text"]
    assert plain(escaped(text)) == text


def test_a_mention_is_known_by_the_id() -> None:
    assert mentions("<@U1> と <@W2|name> と @U3") == {"U1", "W2"}


def test_a_used_question_keeps_its_words() -> None:
    (before,) = posts((Message("どちらですか。", choices(2)),), HERE, WORDS)
    after = frozen(before.blocks, before.text, WORDS.chosen.format(label="答え1 <!here>"))
    check_blocks(after.blocks)
    check_text(after.text)
    assert "どちらですか。" in shown(after.dict()) and labels(after.dict()) == []
    assert before.text in after.text


def test_the_home_tab_holds_every_choice_as_a_button() -> None:
    view = home((Message("こんにちは。", choices(10)),), WORDS)
    check_blocks(view["blocks"], MOST_BLOCKS_IN_A_VIEW)
    assert labels(view) == [*(choice.label for choice in choices(10).choices), "人に相談する", "つらいとき"]


@pytest.mark.parametrize("place", [Place("T1", "U1"), Place("T1", "U1", "C1", "1700000000.000100")])
def test_a_place_is_found_again_by_the_id_of_its_conversation(place: Place) -> None:
    assert place_of(place.conversation) == place


@pytest.mark.parametrize(
    "conversation", ["", "line-U1", "slack-T1", "slack-T1-C1-U1", "slack-T1-U1-home", "slack-T1-U1\n"]
)
def test_the_id_of_another_conversation_is_no_place(conversation: str) -> None:
    with pytest.raises(ValueError, match="expected slack-"):
        place_of(conversation)


_texts = st.text(min_size=1, max_size=60).filter(lambda text: text.strip())
_long = st.builds(str.__mul__, _texts, st.integers(1, 60))
_links = st.none() | _texts | st.just("https://example.jp/?a&b")
_facts = st.lists(st.builds(Fact, _texts, _long, _links), max_size=12).map(tuple)
_steps = st.builds(ReferralStep, _texts, _texts, _texts, _texts, _texts, _long, _texts, _facts, st.just(()) | _facts)
_choices = st.lists(st.builds(Choice, _long, _texts), min_size=1, max_size=12).map(tuple)
_parts = st.one_of(
    st.none(),
    st.builds(Choices, _choices),
    st.builds(Notice, _texts, _facts),
    st.builds(Referral, _texts, _texts, st.none(), st.lists(_steps, min_size=1, max_size=4).map(tuple), _facts),
)
_messages = st.lists(st.builds(Message, st.just("") | _long, _parts), max_size=3)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(messages=_messages)
def test_no_message_breaks_a_limit_of_slack(messages: List[Message]) -> None:
    for post in posts(messages, HERE, WORDS):
        if post.text:
            check_text(post.text)
        check_blocks(post.blocks)
        assert post.blocks[0]["type"] != "actions"


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=300))
def test_plain_text_survives_slacks_format(text: str) -> None:
    assert plain(escaped(text)) == text.strip()


def test_a_post_is_whole_in_json() -> None:
    (post,) = posts((Message("あ", choices(2)),), HERE, WORDS)
    assert Post.parse_raw(post.json()) == post
