"""What the owner told is said back in plain words."""

from __future__ import annotations

from bot.consult.state import UNCLEAR
from bot.consult.telling import told
from bot.knowledge import Knowledge
from tests.consult.conftest import a_consultation


def test_what_was_told_is_one_plain_sentence(knowledge: Knowledge) -> None:
    consultation = a_consultation(issue="人材確保", prefecture="福島県", industry="旅館", employee_count="5")
    assert told(knowledge, consultation) == "ご相談は人手のこと、場所は福島県、お仕事は旅館、働く方は5人"


def test_an_unclear_issue_is_not_told_as_one(knowledge: Knowledge) -> None:
    assert told(knowledge, a_consultation(issue=UNCLEAR)) == ""
