"""An owner's own words are said back whole, or cut so that it shows."""

from __future__ import annotations

from bot.consult.quoting import quoted


def test_a_short_message_is_quoted_whole() -> None:
    assert quoted("入金が遅くて困っています。") == "「入金が遅くて困っています」"


def test_of_a_long_message_the_first_sentence_is_quoted() -> None:
    said = "パソコンは孫が置いていったものです。ゲームしか入っていませんし、若い人はみんなスマホで済ませています。"
    assert quoted(said) == "「パソコンは孫が置いていったものです」"


def test_a_long_sentence_is_cut_and_shows_it() -> None:
    said = "春の夏の秋の冬の" * 6
    assert quoted(said) == f"「{said[:36]}…」"
