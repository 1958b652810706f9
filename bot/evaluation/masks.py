"""How many of the numbers that belong to a person are hidden, and how much else is hidden by mistake."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterable, List, Mapping, Tuple

from bot.evaluation.rows import EvaluationError
from bot.masking import Hidden, hidden_in, masks

_ALL = "all"


@dataclass(frozen=True)
class Example:
    """A sentence, and the stretches of it that have to be hidden, each with its kind."""

    text: str
    hidden: Tuple[Tuple[str, str], ...]


@dataclass(frozen=True)
class Kind:
    """How one kind was hidden: `found` of `expected` stretches, and `wrong` that had to stay.

    A stretch is found where nothing of its digits or letters is left, whatever it was taken for.
    """

    expected: int
    found: int
    wrong: int

    @property
    def recall(self) -> float:
        """The share of what had to be hidden that was."""
        return self.found / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        """The share of what was hidden that had to be."""
        return self.found / (self.found + self.wrong) if self.found + self.wrong else 1.0


@dataclass(frozen=True)
class MaskReport:
    """The figures by kind and of all, and the sentences that went wrong with what was made of them."""

    sentences: int
    left_alone: int
    kinds: Mapping[str, Kind]
    misses: Tuple[Tuple[str, str], ...]

    def as_markdown(self, title: str) -> str:
        """A table for docs/privacy.md, and what went wrong below it."""
        rows = [
            f"| {name} | {kind.expected} | {kind.recall:.3f} | {kind.wrong} | {kind.precision:.3f} |"
            for name, kind in self.kinds.items()
        ]
        return "\n".join(
            [
                f"## {title}",
                "",
                f"{self.sentences} sentences, {self.left_alone} of them with nothing to hide.",
                "",
                "| kind | to hide | recall | hidden by mistake | precision |",
                "|---|---|---|---|---|",
                *rows,
                *([""] if self.misses else []),
                *(f"- {kind}: {text}" for kind, text in self.misses),
            ]
        )


def mask_report(path: Path) -> MaskReport:
    """The report on a file of examples. Raises EvaluationError for a wrong line."""
    examples = _examples(path)
    counts: Dict[str, List[int]] = {name: [0, 0, 0] for name in (*masks().words, _ALL)}
    misses: List[Tuple[str, str]] = []
    for example in examples:
        found = hidden_in(example.text)
        spans = [(kind, *_place(example.text, words)) for kind, words in example.hidden]
        for kind, start, end in spans:
            hit = any(hidden.start <= start and end <= hidden.end for hidden in found)
            for name in (kind, _ALL):
                counts[name][0] += 1
                counts[name][1] += hit
            if not hit:
                misses.append((f"missed {kind}", example.text))
        for hidden in _beside(found, spans):
            for name in (hidden.kind, _ALL):
                counts[name][2] += 1
            misses.append((f"taken for {hidden.kind}", example.text))
    kinds = {name: Kind(*numbers) for name, numbers in counts.items()}
    return MaskReport(len(examples), sum(not example.hidden for example in examples), kinds, tuple(misses))


def _beside(found: Iterable[Hidden], spans: Iterable[Tuple[str, int, int]]) -> List[Hidden]:
    """What was hidden though nothing of it had to be."""
    right = list(spans)
    return [h for h in found if not any(h.start < end and start < h.end for _, start, end in right)]


def _place(text: str, words: str) -> Tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


def _examples(path: Path) -> List[Example]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise EvaluationError(f"{path}: {error.strerror}") from error
    return [_example(path, number, line) for number, line in enumerate(lines, start=1)]


def _example(path: Path, number: int, line: str) -> Example:
    """A line such as {"text": "090-0000-0000です", "hide": {"090-0000-0000": "phone"}}."""
    wrong = f'{path.name}: line {number}: expected {{"text": "…", "hide": {{"part of the text": "kind"}}}}'
    try:
        row = json.loads(line)
        pairs = tuple((kind, words) for words, kind in row["hide"].items())
        right = all(kind in masks().words and words and words in row["text"] for kind, words in pairs)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise EvaluationError(wrong) from None
    if not right:
        raise EvaluationError(f"{wrong}, with one of the kinds {', '.join(masks().words)}")
    return Example(row["text"], pairs)
