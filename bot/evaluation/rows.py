"""Rows to evaluate on, read from JSON Lines files, and what the model says of them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Mapping, Tuple

from rasa.core.agent import Agent


class EvaluationError(Exception):
    """A file cannot be evaluated; the message says which line is wrong and what is expected."""


@dataclass(frozen=True)
class Row:
    """A labelled message. `secondary` are intents that count as right as well, or that the message also has."""

    text: str
    intent: str
    secondary: Tuple[str, ...]
    difficulty: str
    entities: Tuple[Mapping[str, Any], ...]
    sub_issue: str


@dataclass(frozen=True)
class Understood:
    """What the model made of a row, and how long it took, in milliseconds."""

    row: Row
    ranking: Tuple[Tuple[str, float], ...]
    entities: Tuple[Mapping[str, Any], ...]
    sub_issues: Mapping[str, Mapping[str, Any]]
    milliseconds: float
    other_issues: Mapping[str, float] = field(default_factory=dict)

    @property
    def intent(self) -> str:
        """The likeliest intent."""
        return self.ranking[0][0]

    @property
    def strict(self) -> bool:
        """Whether the likeliest intent is the label."""
        return self.intent == self.row.intent

    def lenient(self, among: int = 1) -> bool:
        """Whether one of the `among` likeliest intents is the label or counts as right as well."""
        right = {self.row.intent, *self.row.secondary}
        return any(intent in right for intent, _ in self.ranking[:among])


def read_rows(path: Path) -> List[Row]:
    """The rows of a JSON Lines file in the form of ../shared/eval. Raises EvaluationError for a wrong line."""
    if not path.exists():
        raise EvaluationError(f"{path}: the file is missing")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise EvaluationError(f"{path}: cannot be read ({reason}); expected JSON Lines in UTF-8") from error
    rows = []
    for number, line in enumerate(lines, start=1):
        try:
            data: Dict[str, Any] = json.loads(line)
            row = Row(
                text=data["text"],
                intent=data.get("intent", ""),
                secondary=tuple(data.get("secondary", ())),
                difficulty=data.get("difficulty", ""),
                entities=tuple(data.get("entities", ())),
                sub_issue=data.get("sub_issue") or "",
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise EvaluationError(
                f'{path}, line {number}: expected an object with "text" and a label ({error})'
            ) from error
        rows.append(row)
    if not rows:
        raise EvaluationError(f"{path}: the file has no rows")
    return rows


async def understand(agent: Agent, rows: List[Row]) -> List[Understood]:
    """What the model makes of each row, parsed as a message outside any conversation."""
    understood = []
    for row in rows:
        began = time.perf_counter()
        parsed = await agent.parse_message(row.text)
        milliseconds = 1000 * (time.perf_counter() - began)
        understood.append(
            Understood(
                row=row,
                ranking=tuple((ranked["name"], ranked["confidence"]) for ranked in parsed["intent_ranking"]),
                entities=tuple(parsed["entities"]),
                sub_issues=parsed.get("sub_issues", {}),
                milliseconds=milliseconds,
                other_issues=parsed.get("other_issues", {}),
            )
        )
    return understood
