"""What owners ask and what they bring is answered from data that is whole, sourced and careful."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Iterator, List

import pytest
from rapidfuzz import fuzz, process

from bot.consult.moves import About
from bot.knowledge import Answer, Knowledge
from bot.knowledge.answer_table import answer_table
from bot.knowledge.files import LONGEST_ANSWER, MOST_SENTENCES
from bot.normalization import bare
from tests.conftest import ROOT

EVALUATION = ROOT.parent / "shared" / "eval"
OWN = ROOT / "data" / "evaluation"
TOPICS = {
    "appointment", "chance", "consequence", "contact", "cost", "difference", "documents", "duration", "eligibility",
    "first_step", "nearest", "procedure", "programme", "remote", "secrecy", "term", "what_is", "why_this",
}  # fmt: skip
TOO_CLOSE, LONG_ENOUGH_TO_COMPARE = 90, 8
AN_AMOUNT = re.compile(r"[0-9０-９]万?円|[0-9０-９](％|%|パーセント)")
A_PROMISE = re.compile(r"必ず(借り|もらえ|通り|受けら|うまく)|絶対に(大丈夫|借り|漏れ)")


def test_there_are_enough_answers_on_every_topic(knowledge: Knowledge) -> None:
    assert len(knowledge.answers) >= 250
    assert {answer.topic for answer in knowledge.answers.values()} == TOPICS


def test_every_topic_is_one_that_is_heard(knowledge: Knowledge) -> None:
    assert {answer.topic for answer in knowledge.answers.values()} <= {about.value for about in About}


def test_what_is_known_says_where_it_is_from(knowledge: Knowledge) -> None:
    assert [a.id for a in knowledge.answers.values() if a.known and a.page is None and a.citation is None] == []


def said(knowledge: Knowledge) -> Iterator[str]:
    yield from (answer.text for answer in knowledge.answers.values())
    yield from (brought.say for brought in knowledge.brought.values())


def test_an_answer_is_at_most_three_short_sentences(knowledge: Knowledge) -> None:
    assert [text for text in said(knowledge) if text.count("。") > MOST_SENTENCES or len(text) > LONGEST_ANSWER] == []


def test_no_answer_names_an_amount_or_promises(knowledge: Knowledge) -> None:
    assert [text for text in said(knowledge) if AN_AMOUNT.search(text) or A_PROMISE.search(text)] == []


def test_nobody_is_promised_that_yorozu_keeps_it_from_the_bank(knowledge: Knowledge) -> None:
    of_yorozu = [a for a in knowledge.answers.values() if a.topic == "secrecy" and a.scope.institution == "yorozu"]
    assert [
        a.text for a in of_yorozu if "秘密は守られます" in a.text or "銀行に知られることはありません" in a.text
    ] == []


def test_no_way_of_asking_stands_twice_within_a_topic_and_scope(knowledge: Knowledge) -> None:
    seen: "set[tuple[str, str, str]]" = set()
    twice: List[str] = []
    for answer in knowledge.answers.values():
        for way in answer.asked_as:
            key = (answer.topic, str(answer.scope), bare(way))
            twice += [way] if key in seen else []
            seen.add(key)
    assert twice == []


def ways(answers: "List[Answer]") -> List[str]:
    return [bare(way) for answer in answers for way in answer.asked_as if len(bare(way)) >= LONG_ENOUGH_TO_COMPARE]


def asked_in(path: Path) -> List[str]:
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    asked = [bare(row.get("ask") or row.get("owner") or "") for row in rows]
    return [text for text in asked if len(text) >= LONG_ENOUGH_TO_COMPARE]


@pytest.mark.parametrize(
    "path", [EVALUATION / "answers_dev.jsonl", EVALUATION / "turns_dev.jsonl"], ids=lambda p: p.name
)
def test_no_way_of_asking_is_too_close_to_the_evaluation(knowledge: Knowledge, path: Path) -> None:
    if not path.exists():
        pytest.skip("the evaluation lies in ../shared/eval, which is absent here")
    ours = ways(list(knowledge.answers.values()))
    likeness = process.cdist(ours, asked_in(path), scorer=fuzz.ratio, score_cutoff=TOO_CLOSE)
    assert [ours[row] for row in range(len(ours)) if likeness[row].max() >= TOO_CLOSE] == []


def test_no_way_of_asking_is_one_of_our_own_held_out_questions(knowledge: Knowledge) -> None:
    held_out = {text for name in ("answers.jsonl", "turns.jsonl") for text in asked_in(OWN / name)}
    assert set(ways(list(knowledge.answers.values()))) & held_out == set()


def test_every_matter_says_whom_to_see(knowledge: Knowledge) -> None:
    assert len(knowledge.brought) >= 30
    assert [brought.id for brought in knowledge.brought.values() if not brought.see] == []


def test_the_table_in_the_docs_is_that_of_the_answers(knowledge: Knowledge) -> None:
    assert answer_table(knowledge) in (ROOT / "docs" / "answers.md").read_text(encoding="utf-8")
