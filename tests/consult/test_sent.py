"""Who only says that somebody sent them has told nothing of the matter yet."""

from __future__ import annotations

import pytest

from bot.consult.own_words import quoted
from bot.consult.sent import is_only_sent


@pytest.mark.parametrize(
    "text",
    ["税理士に相談してこいと言われて", "女房に行けとうるさく言われまして", "組合の人に勧められて来ました"],
)
def test_who_was_sent_by_somebody_only_says_so(text: str) -> None:
    assert is_only_sent(text)


@pytest.mark.parametrize(
    "text",
    [
        "銀行に返済を待てないと言われた",
        "求人を出しても来ません",
        "税理士に相談してこいと言われて来ましたが、実は三年前から赤字が続いていて、今月の支払いがもうできません",
    ],
)
def test_who_tells_of_the_matter_is_not_only_sent(text: str) -> None:
    assert not is_only_sent(text)


def test_a_short_message_is_quoted_whole() -> None:
    assert quoted("入金が遅くて困っています。") == "「入金が遅くて困っています」"


def test_of_a_long_message_the_first_sentence_is_quoted() -> None:
    said = "パソコンは孫が置いていったものです。ゲームしか入っていませんし、若い人はみんなスマホで済ませています。"
    assert quoted(said) == "「パソコンは孫が置いていったものです」"


def test_a_long_sentence_is_cut_and_shows_it() -> None:
    said = "春の夏の秋の冬の" * 6
    assert quoted(said) == f"「{said[:36]}…」"
