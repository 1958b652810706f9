"""The training data is ours, varied, and free of repetition and of the evaluation."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Dict, List

import pytest
import yaml
from rapidfuzz import fuzz, process

from bot.normalization import bare

ROOT = Path(__file__).resolve().parents[1]
EVALUATION = ROOT.parent / "shared" / "eval"
ISSUES = [
    "創業",
    "販路開拓",
    "人材確保",
    "IT活用",
    "知的財産",
    "下請取引",
    "事業承継",
    "商店街振興",
    "課題不明確",
    "資金繰り",
]
TOO_CLOSE = 85  # of 100: the share of characters two texts of this length have in common, in order (indel ratio)
LONG_ENOUGH_TO_COMPARE = 8


def utterances() -> Dict[str, List[str]]:
    """The examples by intent."""
    found: Dict[str, List[str]] = {}
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            found.setdefault(entry["intent"], []).extend(line[2:] for line in entry["examples"].splitlines())
    return found


UTTERANCES = utterances()


def test_each_intent_has_a_file_of_its_own() -> None:
    assert {path.stem for path in (ROOT / "data" / "nlu").glob("*.yml")} == set(UTTERANCES)


@pytest.mark.parametrize("intent", sorted(UTTERANCES))
def test_there_are_enough_utterances(intent: str) -> None:
    enough = {**dict.fromkeys(ISSUES, 300), "out_of_scope": 400, "distress": 150}
    assert len(UTTERANCES[intent]) >= enough.get(intent, 60)


def test_no_two_utterances_are_the_same_after_normalisation() -> None:
    counts = Counter(bare(text) for texts in UTTERANCES.values() for text in texts)
    assert [text for text, count in counts.items() if count > 1] == []


def test_no_utterance_carries_an_annotation() -> None:
    assert [text for texts in UTTERANCES.values() for text in texts if "](" in text or "]{" in text] == []


def test_no_utterance_is_one_of_our_own_held_out_rows() -> None:
    held_out = {
        bare(row.get("text") or row.get("owner") or row["ask"])
        for path in (ROOT / "data" / "evaluation").glob("*.jsonl")
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    }
    ours = {bare(text) for texts in UTTERANCES.values() for text in texts if len(bare(text)) >= LONG_ENOUGH_TO_COMPARE}
    assert ours & held_out == set()


@pytest.mark.skipif(not EVALUATION.exists(), reason="the evaluation lies in ../shared/eval, which is absent here")
def test_no_utterance_is_too_close_to_one_of_the_evaluation() -> None:
    rows = [
        json.loads(line)["text"]
        for name in ("intents_dev.jsonl", "distress_dev.jsonl", "entities_dev.jsonl")
        for line in (EVALUATION / name).read_text(encoding="utf-8").splitlines()
    ]
    dialogues = json.loads((EVALUATION / "dialogues_dev.json").read_text(encoding="utf-8"))
    rows += [turn["text"] for dialogue in dialogues for turn in dialogue["turns"]]
    evaluated = [bare(row) for row in rows if len(bare(row)) >= LONG_ENOUGH_TO_COMPARE]
    ours = [bare(text) for texts in UTTERANCES.values() for text in texts]
    ours = [text for text in ours if len(text) >= LONG_ENOUGH_TO_COMPARE]
    close = []
    for text in ours:
        match = process.extractOne(text, evaluated, scorer=fuzz.ratio, score_cutoff=TOO_CLOSE)
        if match:
            close.append((text, match[0]))
    assert close == []
