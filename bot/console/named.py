"""What the record has ids for, by the names that the knowledge gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

from bot.frame.known import knowledge
from bot.knowledge import Knowledge


@dataclass(frozen=True)
class Named:
    """Names of issues, institutions and answers. What the knowledge does not have any more is called by its id."""

    known: Knowledge

    @property
    def issues(self) -> Tuple[str, ...]:
        """All issues, in the order of the paper."""
        return tuple(self.known.issues)

    @property
    def prefectures(self) -> Tuple[str, ...]:
        """All prefectures, north to south."""
        return self.known.prefectures

    def sub_issue(self, issue: Optional[str], sub_issue: str) -> str:
        """The name of a kind of an issue."""
        found = self.known.issues.get(issue or "")
        names = {one.id: one.name for one in found.sub_issues} if found is not None else {}
        return names.get(sub_issue, sub_issue)

    def institution(self, institution: str) -> str:
        """The name of an institution of today."""
        found = self.known.institutions.get(institution)
        return found.name if found is not None else institution

    def fact(self, slot: str, value: str) -> str:
        """What was told of a business."""
        return self.known.words.stages.get(value, value) if slot == "stage" else value

    def argument(self, name: str, value: str, issue: Optional[str] = None) -> str:
        """What a move is about, where the knowledge has a name for it; `issue` is that of the same move."""
        if name == "sub_issue":
            return self.sub_issue(issue, value)
        if name == "option":
            return self._option(value, issue)
        if name == "matter":
            brought = self.known.brought.get(value)
            return brought.name if brought is not None else value
        if name in ("answers", "near"):
            return "、".join(self._answer(one) for one in value.split(", "))
        return value

    def _answer(self, name: str) -> str:
        answer = self.known.answers.get(name)
        return answer.asked_as[0] if answer is not None and answer.asked_as else name

    def _option(self, option: str, issue: Optional[str]) -> str:
        """The label of an answer that was offered, by its id: question.answer, or triage.symptom/answer."""
        question, _, answer = option.partition(".")
        symptom, _, told = answer.partition("/")
        if told and symptom in self.known.triage.symptoms:
            answers = self.known.triage.symptoms[symptom].answers
            return next((one.label for one in answers if one.id == told), option)
        if question == "issue" and answer in self.known.issues:
            return self.known.issues[answer].label
        if question == "sub_issue" and issue is not None and self.sub_issue(issue, answer) != answer:
            return self.sub_issue(issue, answer)
        standard = self.known.questions.get(question)
        choices = standard.choices if standard is not None else ()
        return next((one.label for one in choices if one.id == answer), option)


def named() -> Named:
    """By what the bot knows at this desk."""
    return Named(knowledge())
