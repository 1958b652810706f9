"""A day is written for owners in one way, wherever they see it."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Iterator

import pytest

from bot.consult.cards import help_card, institution_card, people_card, referral_card
from bot.consult.road import road
from bot.consult.state import Consultation, Owner
from bot.days import written
from bot.knowledge import Knowledge
from bot.messages import Notice, Referral

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@pytest.mark.parametrize("day", ["2026-11-08", date(2026, 11, 8), datetime(2026, 11, 8, 23, 59)])
def test_a_day_is_written_with_its_year_and_without_zeros(day: "date | str") -> None:
    assert written(day) == "2026年11月8日"


@pytest.mark.parametrize("text", ["きのう", "2026-13-01", "2026-11", ""])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=""):
        written(text)


def cards(knowledge: Knowledge) -> "Iterator[Notice | Referral]":
    institutions = tuple(knowledge.institutions.values())
    for prefecture in knowledge.prefectures:
        yield help_card(knowledge, prefecture)
        yield people_card(knowledge, "窓口", institutions, Owner(prefecture))
        yield from (institution_card(knowledge, institution, Owner(prefecture)) for institution in institutions)
        for issue in knowledge.issues.values():
            told = Consultation().with_owner(prefecture=prefecture).on(issue.name)
            for consultation in (told, *(told.about(sub.id) for sub in issue.sub_issues)):
                yield referral_card(knowledge, road(knowledge, consultation))


def test_no_card_shows_a_day_in_another_way(knowledge: Knowledge) -> None:
    shown = [card.plain() for card in cards(knowledge)]
    assert [text for text in shown if ISO_DAY.search(re.sub(r"https?://\S+", "", text))] == []
    assert all("確認日：20" in text for text in shown if "確認日" in text)
