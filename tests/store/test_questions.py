"""Open questions are remembered once each, by conversation, until they are closed or forgotten."""

from __future__ import annotations

import pytest

from bot.store import Question, Questions
from tests.store.patience import opened


@pytest.fixture
def questions(address: str) -> Questions:
    return Questions(opened(address))


def question(ts: str) -> Question:
    return Question("Ev1", "D1", ts, {"text": "どちらですか。", "blocks": [{"type": "actions"}]})


def test_questions_stand_open_in_their_order_until_each_is_closed(questions: Questions) -> None:
    for ts in ("2.1", "1.1"):
        questions.ask("a", question(ts))
    assert questions.open("a") == (question("2.1"), question("1.1"))
    questions.close("D1", "2.1")
    assert questions.open("a") == (question("1.1"),)


def test_a_question_noted_twice_stands_once(questions: Questions) -> None:
    questions.ask("a", question("1.1"))
    questions.ask("a", question("1.1"))
    assert len(questions.open("a")) == 1


def test_a_workspace_that_leaves_takes_its_questions_with_it(questions: Questions) -> None:
    questions.ask("slack-T1-U1", question("1.1"))
    questions.ask("slack-T10-U1", question("1.2"))
    questions.forget_conversations("slack-T1-")
    assert questions.open("slack-T1-U1") == ()
    assert len(questions.open("slack-T10-U1")) == 1
