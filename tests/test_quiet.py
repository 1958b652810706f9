"""The terminal hears what failed and where, and nothing of what an owner wrote."""

from __future__ import annotations

from typing import Iterator

import pytest
import structlog

from bot.quiet import show_errors_only

WORDS = "のれんを新しくしたい"


@pytest.fixture(autouse=True)
def as_the_bot_logs() -> Iterator[None]:
    before = structlog.get_config()
    show_errors_only()
    yield
    structlog.configure(**before)


def test_a_line_of_rasas_is_told_without_the_event_that_it_carries(caplog: pytest.LogCaptureFixture) -> None:
    structlog.get_logger("rasa.test").error("publish.failed", event_info="A failure", rasa_event={"text": WORDS})
    assert "publish.failed" in caplog.text
    assert "A failure" in caplog.text
    assert WORDS not in caplog.text


def test_a_failure_is_told_by_its_kind_and_place(caplog: pytest.LogCaptureFixture) -> None:
    said = WORDS
    try:
        raise ValueError(said)
    except ValueError:
        structlog.get_logger("rasa.test").exception("failed")
    assert "ValueError" in caplog.text
    assert "test_a_failure_is_told_by_its_kind_and_place" in caplog.text
    assert WORDS not in caplog.text
