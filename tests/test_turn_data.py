"""The messages in their place are many, of many voices, varied, and free of the evaluation."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Dict, Iterator, List, Set

import pytest
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import CountVectorizer

from bot.consult.moves import About
from bot.consult.place import Waiting
from bot.knowledge import load_knowledge
from bot.nlu.turn_rows import TurnRow, TurnRowError, rows_of_file, rows_of_folder
from bot.normalization import bare

ROOT = Path(__file__).resolve().parents[1]
EVALUATION = ROOT.parent / "shared" / "eval"
TOO_CLOSE, LONG_ENOUGH_TO_COMPARE = 85, 8
ALIKE = 0.6  # of the trigrams of two messages together
TOPICS = {about.value for about in About} - {
    "why",
    "sheet",
    "words",
    "order",
    "there",
    "same_place",
}  # these are names of ours, not of what owners ask


@pytest.fixture(scope="module")
def rows() -> List[TurnRow]:
    return rows_of_folder(ROOT / "data" / "turns")


@pytest.fixture(scope="module")
def held_out() -> List[TurnRow]:
    return rows_of_file(ROOT / "data" / "evaluation" / "turns.jsonl")


def test_there_are_enough_messages_of_enough_voices(rows: List[TurnRow]) -> None:
    assert len(rows) >= 4000
    assert len({row.voice for row in rows}) >= 40


def test_every_place_has_a_file() -> None:
    assert {path.stem for path in (ROOT / "data" / "turns").glob("*.yml")} == {waiting.value for waiting in Waiting}


def test_every_move_is_made_often_enough(rows: List[TurnRow]) -> None:
    made = Counter(name for row in rows for name in {move.move for move in row.moves})
    assert {name: count for name, count in made.items() if count < 150} == {}


def test_every_topic_is_asked_about_often_enough(rows: List[TurnRow]) -> None:
    asked = Counter(move.about for row in rows for move in row.moves if move.move == "asks")
    assert [topic for topic in TOPICS if asked[topic] < 80] == []


def test_every_issue_is_denied_often_enough(rows: List[TurnRow]) -> None:
    denied = Counter(move.issue for row in rows for move in row.moves if move.move == "not_problem")
    issues = {*load_knowledge().issues} - {"課題不明確"}
    assert [issue for issue in issues if denied[issue] < 40] == []


def test_at_least_half_do_more_than_one_thing(rows: List[TurnRow]) -> None:
    assert sum(len(row.moves) > 1 for row in rows) >= len(rows) / 2


def test_few_messages_are_nearly_the_same(rows: List[TurnRow]) -> None:
    texts = [row.owner for row in rows]
    trigrams = CountVectorizer(analyzer="char", ngram_range=(3, 3), binary=True).fit_transform(texts)
    counts = trigrams.getnnz(axis=1)
    common = (trigrams @ trigrams.T).tocoo()
    either = counts[common.row] + counts[common.col] - common.data
    alike = (common.data > ALIKE * either) & (common.row != common.col)
    assert len(set(common.row[alike])) < 0.05 * len(rows)


def test_the_same_words_mean_two_things_in_two_places(rows: List[TurnRow]) -> None:
    told: Dict[str, Set[str]] = {}
    for row in rows:
        told.setdefault(bare(row.owner), set()).add(repr(sorted(map(repr, row.moves))))
    assert len([words for words, meanings in told.items() if len(meanings) > 1]) >= 5


def test_the_voices_held_out_wrote_nothing_else(rows: List[TurnRow], held_out: List[TurnRow]) -> None:
    voices = {row.voice for row in held_out}
    assert len(held_out) >= 800
    assert len(voices) >= 12
    assert voices & {row.voice for row in rows} == set()


def test_no_message_is_one_of_those_held_out(rows: List[TurnRow], held_out: List[TurnRow]) -> None:
    ours = {bare(row.owner) for row in rows if len(bare(row.owner)) >= LONG_ENOUGH_TO_COMPARE}
    assert ours & {bare(row.owner) for row in held_out} == set()


def texts_of_the_evaluation() -> Iterator[str]:
    for name, where in (("turns_dev.jsonl", "owner"), ("answers_dev.jsonl", "ask"), ("faults_dev.jsonl", "say")):
        for line in (EVALUATION / name).read_text(encoding="utf-8").splitlines():
            texts = json.loads(line)[where]
            yield from [texts] if isinstance(texts, str) else texts


@pytest.mark.skipif(not EVALUATION.exists(), reason="the evaluation lies in ../shared/eval, which is absent here")
def test_no_message_is_too_close_to_one_of_the_evaluation(rows: List[TurnRow]) -> None:
    evaluated = [bare(text) for text in texts_of_the_evaluation() if len(bare(text)) >= LONG_ENOUGH_TO_COMPARE]
    ours = [bare(row.owner) for row in rows]
    likeness = process.cdist(ours, evaluated, scorer=fuzz.ratio, score_cutoff=TOO_CLOSE)
    assert [ours[row] for row in range(len(ours)) if likeness[row].max() >= TOO_CLOSE] == []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("turns:\n- {voice: a, owner: はい}\n", "open.yml, message 1"),
        ("turns:\n- {voice: a, owner: はい, moves: [{move: pick, n: 3}], offered: [一, 二]}\n", "picks 3"),
        ("turns:\n- {voice: a, owner: はい, moves: [{mov: yes}]}\n", "open.yml, message 1"),
        ("[]\n", "expected a list of messages"),
    ],
    ids=["no moves", "a pick of nothing", "a name that is not known", "no list"],
)
def test_a_wrong_row_is_named_with_what_is_expected(written: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "open.yml").write_text(written, encoding="utf-8")
    with pytest.raises(TurnRowError, match=said):
        rows_of_folder(tmp_path)
