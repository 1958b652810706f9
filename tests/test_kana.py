"""Who cannot read kanji is written to in kana, with words apart."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kana import in_kana


@pytest.mark.parametrize(
    "written, read",
    [
        ("募集しても人が来ない", "ぼしゅう しても ひとが こない"),
        ("担当の方に声をかけてください", "たんとうの かたに こえを かけて ください"),
        ("地方に住む方は、夕方に来てください", "ちほうに すむ かたは、ゆうがたに きて ください"),
        ("何を買うか", "なにを かうか"),
        ("お店や会社のある地域", "おみせや かいしゃの ある ちいき"),
        ("平日9時から17時", "へいじつ 9じから 17じ"),
        ("「経営の相談をしたい」とお伝えください。", "「けいえいの そうだんを したい」と おつたえ ください。"),
    ],
)
def test_a_sentence_is_written_in_kana_with_words_apart(written: str, read: str) -> None:
    assert in_kana(written) == read


def test_what_has_no_kanji_stays_as_it_is() -> None:
    assert in_kana("わたしの みせ です") == "わたしの みせ です"


def test_each_line_stays_a_line() -> None:
    assert in_kana("会社\nみせ").split("\n") == ["かいしゃ", "みせ"]


@given(st.text(alphabet="店会社相談電話あいうアイウ、。「」 （）12", max_size=40))
def test_nothing_in_everyday_kanji_is_left(text: str) -> None:
    assert not re.search("[一-龥]", in_kana(text))
