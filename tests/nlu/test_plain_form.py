"""What owners write is said back in plain words of their own, or not at all."""

from __future__ import annotations

from typing import Callable, List, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.plain_form import Part, said_back
from bot.nlu.tokenizer import GinzaTokenizer

SaysBack = Callable[[str], Optional[str]]


@pytest.fixture(scope="module")
def says_back() -> SaysBack:
    tokenizer = GinzaTokenizer(GinzaTokenizer.get_default_config())

    def back(text: str) -> Optional[str]:
        words = tokenizer.tokenize(Message(data={TEXT: text}), TEXT)
        parts: List[Part] = [Part(w.text, w.get("base"), w.get("tag"), w.get("inflection")) for w in words if w.text]
        return said_back(parts)

    return back


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("大家さんから家賃を月3万円上げると言われました", "大家さんから家賃を月3万円上げると言われた"),
        ("赤字なんです", "赤字な"),
        ("売上は前の半分くらいです", "売上は前の半分くらいな"),
        ("募集しても誰も来ません", "募集しても誰も来ない"),
        ("借りたお金が返せませんでした", "借りたお金が返せなかった"),
        ("支払いを3か月待たされています", "支払いを3か月待たされている"),
        ("借入の返済がきついです", "借入の返済がきつい"),
        ("新しい機械がほしいのですが", "新しい機械がほしい"),
        ("取引先が値段を決めるんだよ", "取引先が値段を決める"),
    ],
)
def test_polite_endings_become_plain_ones(says_back: SaysBack, written: str, said: str) -> None:
    assert says_back(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("元請が運賃を上げてくれへんのや", "元請が運賃を上げてくれない"),
        ("社員がみんな高齢で5年後が見えん", "社員がみんな高齢で5年後が見えない"),
        ("来月18日が払えねえ", "来月18日が払えない"),
        ("毎月赤字で貯金を崩してる", "毎月赤字で貯金を崩している"),
        ("シャッター街になってしもた", "シャッター街になってしまった"),
    ],
)
def test_endings_of_dialects_that_we_know_become_plain_ones(says_back: SaysBack, written: str, said: str) -> None:
    assert says_back(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("うちの息子が継いでくれないんです", "息子さんが継いでくれない"),
        ("父が倒れて", "お父さまが倒れた"),
        ("後継ぎがおりません", "後継ぎがいない"),
        ("客が来ません", "お客さまが来ない"),
        ("私の店の売上が3割落ちました", "お店の売上が3割落ちた"),
    ],
)
def test_people_and_the_owner_are_spoken_of_as_somebody_else_would(
    says_back: SaysBack, written: str, said: str
) -> None:
    assert says_back(written) == said


def test_of_a_matter_and_a_sigh_the_matter_is_said_back(says_back: SaysBack) -> None:
    assert says_back("電気代が上がって困っています") == "電気代が上がった"


def test_what_a_polite_word_stands_in_the_middle_of_is_said_back_from_behind_it(says_back: SaysBack) -> None:
    assert says_back("注文は多いんですが人がいません") == "人がいない"


@pytest.mark.parametrize(
    "written",
    [
        "どこに相談したらいいですか",
        "どうしたらいいかわかりません",
        "補助金ってまだ申し込めますか",
        "お世話になります",
        "どうぞよろしくお願いいたします",
        "夜分にすみません",
        "しょうばいが うまく いきません",
        "うちのような小さな店です",
    ],
)
def test_questions_courtesies_and_what_would_be_read_aloud_as_a_mistake_are_not_said_back(
    says_back: SaysBack, written: str
) -> None:
    assert says_back(written) is None


@given(text=st.text(max_size=60))
def test_whatever_is_written_it_is_said_back_in_a_short_line_or_not_at_all(says_back: SaysBack, text: str) -> None:
    said = says_back(text)
    assert said is None or 3 <= len(said) <= 42
