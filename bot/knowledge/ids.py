"""How the parts of what the bot knows are named where they are spoken of: a matter, an answer of the triage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Matter:
    """What an owner's worry is about: an issue, and the sub-issue where that is clear."""

    issue: str
    sub_issue: Optional[str] = None

    def __str__(self) -> str:
        return f"{self.issue}/{self.sub_issue}" if self.sub_issue else self.issue


@dataclass(frozen=True, order=True)
class AnswerId:
    """An answer to a question of the triage, by the ids of both."""

    symptom: str
    answer: str

    def __str__(self) -> str:
        return f"{self.symptom}/{self.answer}"

    @classmethod
    def parse(cls, text: str) -> AnswerId:
        """The answer that `str` wrote. Raises ValueError for any other text."""
        symptom, answer = text.split("/")
        return cls(symptom, answer)
