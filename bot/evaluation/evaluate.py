"""Evaluates the trained model on a file of rows, and on all development sets for docs/evaluation.md."""

from __future__ import annotations

import datetime
import os
import platform
from dataclasses import replace
from pathlib import Path
from typing import Any, List, Tuple

from rasa.core.agent import Agent

from bot.evaluation.configured import thresholds
from bot.evaluation.cross_validation import FOLDS, cross_validated
from bot.evaluation.in_talk import alarms_in_talk, hear_in_talk
from bot.evaluation.intents import IntentReport, intent_report
from bot.evaluation.others import distress_report, entity_report, other_issues_report, sub_issue_report
from bot.evaluation.reports import as_markdown
from bot.evaluation.rows import Understood, read_rows, understand
from bot.evaluation.triage import triage_report
from bot.evaluation.turns import hear_rows, turn_report
from bot.knowledge import load_knowledge
from bot.paths import ROOT

_OWN = ROOT / "data" / "evaluation"
_SHARED = ROOT.parent / "shared" / "eval"
_SETS: Tuple[Tuple[str, str, Path], ...] = (
    ("Intents, development set", "intents", _SHARED / "intents_dev.jsonl"),
    ("Intents, own held-out set", "intents", _OWN / "intents.jsonl"),
    ("Openings of owners who say who they are, own held-out set", "intents", _OWN / "openings.jsonl"),
    ("Distress, development set", "distress", _SHARED / "distress_dev.jsonl"),
    ("Distress, own held-out set", "distress", _OWN / "distress.jsonl"),
    ("Entities, development set", "entities", _SHARED / "entities_dev.jsonl"),
    ("Entities, own held-out set", "entities", _OWN / "entities.jsonl"),
    ("Sub-issues, own held-out set", "sub_issues", _OWN / "sub_issues.jsonl"),
    ("Several issues, own held-out set", "other_issues", _OWN / "several.jsonl"),
    ("Several issues, development set", "other_issues", _SHARED / "intents_dev.jsonl"),
    ("Messages in their place, development set", "turns", _SHARED / "turns_dev.jsonl"),
    ("Messages in their place, own held-out set", "turns", _OWN / "turns.jsonl"),
    ("What the talk makes of them, development set", "talk", _SHARED / "turns_dev.jsonl"),
    ("What the talk makes of them, own held-out set", "talk", _OWN / "turns.jsonl"),
)


async def evaluate(agent: Agent, kind: str, path: Path) -> "tuple[Any, List[Understood]]":
    """The report of a kind on a file, and what it was made from. Raises EvaluationError for a wrong file."""
    understood = await understand(agent, read_rows(path))
    knowledge = load_knowledge()
    if kind == "intents":
        return intent_report(understood, list(knowledge.issues)), understood
    if kind == "entities":
        return entity_report(understood, knowledge), understood
    at = thresholds()
    if kind == "distress":
        return distress_report(understood, await alarms_in_talk(agent, [one.row for one in understood])), understood
    if kind == "other_issues":
        return other_issues_report(understood, at.other, knowledge), understood
    return sub_issue_report(understood, at.sub_issue), understood


def cross_validation() -> "tuple[IntentReport, List[Understood]]":
    """The report over our own training data without its list of misses, which runs to thousands."""
    understood = cross_validated()
    return replace(intent_report(understood, list(load_knowledge().issues)), misses=()), understood


async def evaluate_all(agent: Agent) -> str:
    """The measured part of docs/evaluation.md: every development set that is there, with date and machine."""
    sections = [
        f"Measured {datetime.date.today().isoformat()} by `make evaluate`, "
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}.\n"
    ]
    for title, kind, path in _SETS:
        if path.exists() and kind == "turns":
            sections.append(as_markdown(title, turn_report(await hear_rows(agent, path))))
        elif path.exists() and kind == "talk":
            sections.append(as_markdown(title, turn_report(await hear_in_talk(agent, path))))
        elif path.exists():
            report, _ = await evaluate(agent, kind, path)
            sections.append(as_markdown(title, report))
        else:
            sections.append(f"## {title}\n\nNot measured: the set is not on this machine.\n")
    sections.append(as_markdown("Triage, simulated owners", triage_report(load_knowledge())))
    title = f"Cross-validation over data/nlu, {FOLDS} folds"
    sections.append(as_markdown(title, cross_validation()[0]))
    return "\n".join(sections)
