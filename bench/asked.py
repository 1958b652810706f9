"""How far strangers' questions are read: python -m bench.asked [data/evaluation/asked.jsonl].

Which answer is the surest, by likeness alone and by what was learned to be trusted (bot/nlu/answer_trust.py), and of
which field a question is, by its own words and with the messages before. Each question is asked of the trained model
after the messages that lead to it.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Mapping, Sequence, Tuple

import numpy as np

from bot.frame.lean import import_rasa_leanly
from bot.operator.environment import for_a_while
from bot.quiet import keep_libraries_quiet, show_errors_only

_ROWS = Path("data/evaluation/asked.jsonl")
_SUREST = (15, 25, 35, 60)


@dataclass(frozen=True)
class Surest:
    """The surest answer to each question: how sure it is, and whether it is a right one."""

    sure: Sequence[float]
    right: Sequence[bool]


@dataclass(frozen=True)
class Read:
    """Surest answers by the way they were found, and how many questions were read to be of the right field."""

    surest: Mapping[str, Surest]
    fields: Mapping[str, int]
    rows: int


def main() -> None:
    """Prints the tables of docs/evaluation.md, "Questions of strangers"."""
    parser = argparse.ArgumentParser(prog="python -m bench.asked", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=_ROWS)
    options = parser.parse_args()
    keep_libraries_quiet()
    import_rasa_leanly()
    show_errors_only()
    with tempfile.TemporaryDirectory() as folder, for_a_while(KAKARITSUKE_VAR=folder):
        read = asyncio.run(_read(options.file))
    print(f"| | right among the surest {' / '.join(map(str, _SUREST))} | area under the curve | average precision |")
    print("|---|---|---|---|")
    for name, surest in read.surest.items():
        print(f"| {name} | {_row(surest)} |")
    print()
    for name, right in read.fields.items():
        print(f"Field read right {name}: {right / read.rows:.2f} of {read.rows}.")


def _row(surest: Surest) -> str:
    from sklearn.metrics import average_precision_score, roc_auc_score

    sure, right = np.array(surest.sure), np.array(surest.right)
    ranked = np.argsort(-sure, kind="stable")
    counts = " / ".join(str(int(right[ranked[:count]].sum())) for count in _SUREST)
    return f"{counts} | {roc_auc_score(right, sure):.2f} | {average_precision_score(right, sure):.2f}"


async def _read(path: Path) -> Read:
    from rasa.core.tracker_store import InMemoryTrackerStore

    from bot.evaluation.asked import read_asked
    from bot.evaluation.talking import say
    from bot.serving.application import ready_agent
    from bot.training import model_to_run

    agent = await ready_agent(model_to_run())
    agent.tracker_store = agent.processor.tracker_store = InMemoryTrackerStore(agent.domain)
    found: Dict[str, List[Tuple[float, bool]]] = {"likeness alone": [], "learned": []}
    fields = {"by its own words": 0, "with the messages before": 0}
    rows = read_asked(path)
    for number, row in enumerate(rows):
        parse = await agent.parse_message(row.ask)
        for name, sure in (("likeness alone", parse["answers"]), ("learned", parse["answer_trust"])):
            first = max(sure, key=lambda one: sure[one], default="")
            found[name].append((sure.get(first, 0.0), first in row.answers))
        for message in (*row.lead, row.ask):
            held = await say(agent, f"asked-{number}", message)
        of_the_talk = dict(held.consultation.talk.fields)
        for name, of in (("by its own words", parse["fields"]), ("with the messages before", of_the_talk)):
            fields[name] += max(of, key=lambda one: of[one], default="") == row.field
    surest = {name: Surest(*zip(*answers, strict=True)) for name, answers in found.items()}
    return Read(surest, fields, len(rows))


if __name__ == "__main__":
    main()
