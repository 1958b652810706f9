"""Evaluation counts what it says it counts, and refuses files it cannot read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Tuple

import pytest

from bot.cli import main
from bot.evaluation.intents import intent_report
from bot.evaluation.others import distress_report, entity_report, sub_issue_report
from bot.evaluation.reports import as_html, as_json, as_markdown
from bot.evaluation.rows import EvaluationError, Row, Understood, read_rows
from bot.knowledge import Knowledge


def understood(
    label: str, *ranking: Tuple[str, float], secondary: Tuple[str, ...] = (), difficulty: str = "", **more: Any
) -> Understood:
    row = Row("店の話", label, secondary, difficulty, more.pop("labelled", ()), more.pop("sub_issue", ""))
    return Understood(row, ranking, more.pop("entities", ()), more.pop("sub_issues", {}), 5.0)


ONE_RIGHT_ONE_NEAR_ONE_WRONG = [
    understood("創業", ("創業", 0.9), ("資金繰り", 0.1)),
    understood("IT活用", ("販路開拓", 0.6), ("IT活用", 0.4), secondary=("販路開拓",)),
    understood("創業", ("資金繰り", 0.7), ("創業", 0.3), difficulty="hard"),
]


def test_a_secondary_intent_counts_leniently_and_not_strictly() -> None:
    report = intent_report(ONE_RIGHT_ONE_NEAR_ONE_WRONG, ["創業", "IT活用", "販路開拓", "資金繰り"])
    assert (report.strict, report.lenient, report.top_2) == (1 / 3, 2 / 3, 1.0)


def test_the_confusion_and_the_miss_are_named() -> None:
    report = intent_report(ONE_RIGHT_ONE_NEAR_ONE_WRONG, ["創業", "IT活用", "販路開拓", "資金繰り"])
    assert report.confusions == (("創業", "資金繰り", 1),)
    assert report.misses == (("店の話", "創業", "資金繰り", 0.7),)


def test_confidence_that_is_always_right_has_no_calibration_error() -> None:
    assert intent_report([understood("創業", ("創業", 1.0))], ["創業"]).calibration_error == 0.0


def test_an_institution_is_right_under_any_of_its_names(knowledge: Knowledge) -> None:
    labelled = ({"entity": "institution", "value": "下請かけこみ寺", "start": 0, "end": 2},)
    found = ({"entity": "institution", "value": "kakekomi", "start": 0, "end": 2},)
    report = entity_report([understood("x", ("x", 1.0), labelled=labelled, entities=found)], knowledge)
    assert report.by_kind["institution"].f1 == 1.0


def test_a_missed_entity_costs_recall(knowledge: Knowledge) -> None:
    labelled = ({"entity": "prefecture", "value": "福島県", "start": 0, "end": 2},)
    report = entity_report([understood("x", ("x", 1.0), labelled=labelled)], knowledge)
    assert (report.by_kind["prefecture"].recall, len(report.misses)) == (0.0, 1)


def test_distress_that_no_alarm_met_is_not_heard() -> None:
    report = distress_report([understood("distress", ("資金繰り", 0.8), ("distress", 0.2))], [False])
    assert report.unheard == (("店の話", 0.2),)


def test_a_sub_issue_taken_for_another_is_wrong_and_an_unclear_one_is_asked() -> None:
    rows = [
        understood(
            "創業", ("創業", 1.0), sub_issue="before", sub_issues={"創業": {"name": "at_start", "confidence": 0.9}}
        ),
        understood("創業", ("創業", 1.0), sub_issue="before"),
    ]
    report = sub_issue_report(rows, 0.6)
    assert (report.found, report.wrong, report.asked) == (0.0, 0.5, 0.5)


def test_a_report_can_be_read_as_json_markdown_and_a_page_with_a_picture() -> None:
    report = intent_report(ONE_RIGHT_ONE_NEAR_ONE_WRONG, ["創業"])
    assert json.loads(as_json(report))["out_of_scope_auroc"] is None
    assert "| strict accuracy, all rows | 0.333 of 3 |" in as_markdown("x", report)
    assert "<svg" in as_html("x", report, ONE_RIGHT_ONE_NEAR_ONE_WRONG)


@pytest.mark.parametrize("line", ["{", "[]", "3", '{"intent": "創業"}'])
def test_a_line_that_is_no_row_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "x", "intent": "創業"}\n' + line, encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"rows.jsonl, line 2: expected an object"):
        read_rows(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes("相談".encode("shift_jis"))
    for path, reason in ((tmp_path, "Is a directory"), (tmp_path / "rows.jsonl", "not UTF-8")):
        with pytest.raises(EvaluationError, match=f"cannot be read .{reason}.; expected JSON Lines in UTF-8"):
            read_rows(path)


def test_a_missing_file_is_one_clear_line(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "intents", "nowhere.jsonl"]) != 0
    assert capsys.readouterr().err == "error: nowhere.jsonl: the file is missing\n"
