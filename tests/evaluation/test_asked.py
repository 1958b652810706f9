"""What became of a question is told by what was said: the right answer, another, who knows, or nothing."""

from __future__ import annotations

from typing import Tuple

import pytest

from bot.consult.state import Consultation, Talk
from bot.evaluation.asked import Became, StrangersRow, became_of
from bot.evaluation.talking import Held
from bot.knowledge import Knowledge

ROW = StrangersRow("a1", "table maker", [], "残業代は何割増しですか", "cost", "labour", ["cost_wages"])


def held(text: str = "", *given: str) -> Held:
    """What the bot said, with the answers that it has given."""
    return Held("", (), (), (), (), text, {}, Consultation(talk=Talk(given=given)))


def test_an_answer_that_the_reader_named_answers_it(knowledge: Knowledge) -> None:
    assert became_of(knowledge, ROW, held("", "cost_wages"), ()) is Became.ANSWERED


def test_an_answer_that_was_given_before_is_none_to_it(knowledge: Knowledge) -> None:
    assert became_of(knowledge, ROW, held("", "cost_wages"), ("cost_wages",)) is Became.PASSED_OVER


def test_any_other_answer_is_another(knowledge: Knowledge) -> None:
    assert became_of(knowledge, ROW, held("", "cost_jfc"), ()) is Became.OTHER


@pytest.mark.parametrize(("field", "became"), [("labour", Became.POINTED), ("tax", Became.ASTRAY)])
def test_who_is_named_is_right_where_they_are_of_its_field(knowledge: Knowledge, field: str, became: Became) -> None:
    unknown = knowledge.fields[field].unknown
    assert unknown is not None
    assert became_of(knowledge, ROW, held(unknown), ()) is became


@pytest.mark.parametrize(
    ("offered", "became"), [(("cost_jfc", "cost_wages"), Became.OFFERED), (("cost_jfc",), Became.MISOFFERED)]
)
def test_questions_to_choose_from_help_where_the_right_one_is_among_them(
    knowledge: Knowledge, offered: Tuple[str, ...], became: Became
) -> None:
    said = Held("", (), (), (), (), "", {}, Consultation(talk=Talk(near=offered)))
    assert became_of(knowledge, ROW, said, ()) is became
