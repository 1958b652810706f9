"""A message is cut where another worry begins, and a correction is read by what it says instead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.clauses import clauses_of


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("人手が足りません。それと借入の返済もきついです", ["人手が足りません", "借入の返済もきついです"]),
        ("人手が足りません。それと借入の返済もきついです。", ["人手が足りません", "借入の返済もきついです"]),
        (
            "お客は来ない、家賃は上がる、息子は継がない、腰は痛い",
            ["お客は来ない", "家賃は上がる", "息子は継がない"],
        ),
        ("工場です。売上が落ちました", ["売上が落ちました"]),
    ],
    ids=["one after another", "with a stop at the end", "in one breath, the shortest left out", "behind the trade"],
)
def test_each_worry_is_a_clause(text: str, clauses: "list[str]") -> None:
    assert clauses_of(text) == clauses


@pytest.mark.parametrize(
    "text", ["人手が足りません", "肉も、魚も、野菜も全部値上がりしています", "石川です。夫婦とパート"]
)
def test_one_worry_is_not_cut(text: str) -> None:
    assert clauses_of(text) == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ちがうちがう、自分の店やなくて組合のほう", "組合のほう"),
        ("求人じゃなくて、いまいる人が辞める話", "いまいる人が辞める話"),
        ("パソコンの話じゃないの。お金の話", "お金の話"),
        ("いえ、貸してほしいほうです", "貸してほしいほうです"),
    ],
)
def test_of_a_correction_only_what_is_meant_is_read(text: str, meant: str) -> None:
    assert clauses_of(text) == [meant]


def test_what_follows_a_yes_is_a_clause() -> None:
    assert clauses_of("そうですそうです新しい売り先を探したい") == ["新しい売り先を探したい"]


@pytest.mark.parametrize("text", ["違います", "そうじゃない", "いやあ数字はわからん", "返せないわけじゃないんですが"])
def test_a_no_without_content_is_no_clause(text: str) -> None:
    assert clauses_of(text) == []


@given(st.text(max_size=200))
def test_whatever_is_typed_there_are_at_most_six(text: str) -> None:
    assert len(clauses_of(text)) <= 6
