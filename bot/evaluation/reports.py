"""Evaluation reports as JSON, as Markdown for docs/evaluation.md, and as an HTML page with a confusion matrix."""

from __future__ import annotations

import html
import json
import math
from collections import Counter
from dataclasses import asdict
from typing import Any, List, Mapping, Sequence, Tuple, Union

from bot.evaluation.answers import AnswerReport
from bot.evaluation.asked import AskedReport
from bot.evaluation.intents import IntentReport
from bot.evaluation.others import DistressReport, EntityReport, OtherIssuesReport, SubIssueReport
from bot.evaluation.rows import Understood
from bot.evaluation.triage import TriageReport
from bot.evaluation.turns import Share, TurnReport
from bot.evaluation.vignettes import VignetteReport

Report = Union[
    IntentReport,
    EntityReport,
    DistressReport,
    SubIssueReport,
    OtherIssuesReport,
    TriageReport,
    TurnReport,
    AnswerReport,
    AskedReport,
    VignetteReport,
]
_CELL = 26
_LABELS = 130


def as_json(report: Report) -> str:
    """The report's fields; shares that do not exist are null."""
    return json.dumps(_without_nan(asdict(report)), ensure_ascii=False, indent=1)


def _without_nan(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    return [_without_nan(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def as_markdown(title: str, report: Report) -> str:
    """A section with the figures in a table and what was missed in a list."""
    if isinstance(report, IntentReport):
        lines = _intents(report)
    elif isinstance(report, EntityReport):
        lines = _entities(report)
    elif isinstance(report, DistressReport):
        lines = _distress(report)
    elif isinstance(report, SubIssueReport):
        lines = _sub_issues(report)
    elif isinstance(report, OtherIssuesReport):
        lines = _other_issues(report)
    elif isinstance(report, TurnReport):
        lines = _turns(report)
    elif isinstance(report, AnswerReport):
        lines = _answers(report)
    elif isinstance(report, AskedReport):
        lines = _asked(report)
    elif isinstance(report, VignetteReport):
        lines = _vignettes(report)
    else:
        lines = _triage(report)
    return f"## {title}\n\n" + "\n".join(lines) + "\n"


def _vignettes(report: VignetteReport) -> List[str]:
    shares = [
        ("a road was shown", report.coverage),
        ("issue, first", report.top_1),
        ("issue, among three", report.top_3),
        ("sub-issue, where the issue is right", report.sub_issue),
        ("an institution expected is on the road", report.institutions),
    ]
    lines = ["| figure | value | at least (95 %) |", "|---|---|---|"]
    lines += [f"| {name} | {_of(share)} | {share.at_least:.3f} |" for name, share in shares]
    lines += [
        f"| questions before the road, on average | {report.questions:.2f} | |",
        f"| the same where the opening is clear | {report.questions_where_clear:.2f} | |",
        f"| distress not met | {report.missed_distress} | |",
        f"| owners with words put into their mouths | {report.put_in_mouths} | |",
    ]
    return [*lines, "", *(f"- {miss}" for miss in report.misses)]


def _answers(report: AnswerReport) -> List[str]:
    shares = [("right", report.right), *report.outcomes.items()]
    lines = ["| figure | value | at least (95 %) |", "|---|---|---|"]
    lines += [f"| {name} | {_of(share)} | {share.at_least:.3f} |" for name, share in shares]
    lines += ["", "| asked about | right |", "|---|---|"]
    lines += [f"| {kind} | {_of(share)} |" for kind, share in report.by_kind.items()]
    return [*lines, "", *(f"- {miss}" for miss in report.misses)]


def _asked(report: AskedReport) -> List[str]:
    shares = [*report.shares.items(), ("right, of the answers given", report.given)]
    lines = ["| figure | value | at least (95 %) |", "|---|---|---|"]
    lines += [f"| {name} | {_of(share)} | {share.at_least:.3f} |" for name, share in shares]
    return [*lines, "", *(f"- {miss}" for miss in report.misses)]


def _of(share: Share) -> str:
    return f"{share.value:.3f} of {share.total}"


def _turns(report: TurnReport) -> List[str]:
    shares = [
        ("right", report.right),
        ("recall of all moves", report.recall),
        ("precision", report.precise),
        ("sub-issues", report.sub_issues),
    ]
    hurts = f"{report.hurts.hits} of {report.hurts.total} ({report.hurts.value:.3f})"
    return [
        *_table(("figure", "value", "at least (95 %)"), [(name, *_with_bound(share)) for name, share in shares]),
        *_table(
            ("figure", "value"),
            [
                ("topics of questions, F1", f"{report.topics_f1:.3f}"),
                ("messages that hurt", hurts),
                ("expected calibration error, all moves", f"{report.calibration_error:.3f}"),
                ("reading, p50 / p95", f"{report.p50_ms:.1f} / {report.p95_ms:.1f} ms"),
            ],
        ),
        *_table(("move", "heard", "at least (95 %)"), [(n, *_with_bound(s)) for n, s in report.heard.items()]),
        *_table(("waiting", "right", "at least (95 %)"), [(n, *_with_bound(s)) for n, s in report.by_waiting.items()]),
    ]


def _with_bound(share: Share) -> Tuple[str, str]:
    return f"{share.value:.3f} of {share.total}", f"{share.at_least:.3f}"


def _intents(report: IntentReport) -> List[str]:
    return [
        *_table(
            ("figure", "value"),
            [
                ("lenient accuracy, issues and out_of_scope", f"{report.main_lenient:.3f} of {report.main_rows}"),
                ("the same, hard rows", f"{report.main_hard:.3f}"),
                ("top-2, issues and out_of_scope", f"{report.main_top_2:.3f}"),
                ("strict accuracy, all rows", f"{report.strict:.3f} of {report.rows}"),
                ("lenient accuracy, all rows", f"{report.lenient:.3f}"),
                ("top-2, all rows", f"{report.top_2:.3f}"),
                ("macro-F1 (strict)", f"{report.macro_f1:.3f}"),
                ("expected calibration error", f"{report.calibration_error:.3f}"),
                ("AUROC of out_of_scope against everything else", f"{report.out_of_scope_auroc:.3f}"),
                ("parse, p50 / p95", f"{report.p50_ms:.1f} / {report.p95_ms:.1f} ms"),
            ],
        ),
        "",
        *_table(
            ("difficulty or intent", "rows", "lenient"),
            [
                (name, str(rows), f"{share:.2f}")
                for name, (rows, share) in (*report.by_difficulty.items(), *report.by_intent.items())
            ],
        ),
        "",
        "Worst confusions (labelled, understood as, rows): "
        + "; ".join(f"{label} as {said} {count}" for label, said, count in report.confusions[:8]),
        "",
        *(["Missed:", ""] if report.misses else []),
        *(
            f"- {text} ({label}, understood as {said} {confidence:.2f})"
            for text, label, said, confidence in report.misses
        ),
    ]


def _entities(report: EntityReport) -> List[str]:
    return [
        *_table(
            ("entity", "precision", "recall", "F1", "labelled"),
            [
                (kind, f"{c.precision:.2f}", f"{c.recall:.2f}", f"{c.f1:.3f}", str(c.right + c.missed))
                for kind, c in report.by_kind.items()
            ],
        ),
        "",
        "Not as labelled:",
        "",
        *(
            f"- {text} ({kind}: labelled {list(labelled)}, found {list(found)})"
            for text, kind, labelled, found in report.misses
        ),
    ]


def _distress(report: DistressReport) -> List[str]:
    heard = report.distress_rows - len(report.unheard)
    return [
        f"Heard: {heard} of {report.distress_rows}. False alarms: {len(report.false_alarms)} of {report.other_rows}.",
        "",
        *(f"- not heard: {text} ({confidence:.2f})" for text, confidence in report.unheard),
        *(f"- false alarm: {text} ({confidence:.2f})" for text, confidence in report.false_alarms),
    ]


def _sub_issues(report: SubIssueReport) -> List[str]:
    return [
        f"Clear rows: {report.clear_rows}; found {report.found:.3f}, wrong {report.wrong:.3f}, "
        f"left to ask {report.asked:.3f}.",
        f"Unclear rows: {report.unclear_rows}; taken for clear {report.taken_though_unclear:.3f}.",
        "",
        *(f"- {text} ({label}, understood as {said or 'unclear'})" for text, label, said in report.misses),
    ]


def _other_issues(report: OtherIssuesReport) -> List[str]:
    others = report.others
    return [
        f"Rows: {report.rows}; the first is one of the labelled issues {report.first:.3f}. Issues beside it: "
        f"{others.right + others.missed}; precision {others.precision:.2f}, recall {others.recall:.2f}.",
        "",
        *(
            f"- {text} (first {first}; beside it labelled {list(labelled)}, found {list(found)})"
            for text, first, labelled, found in report.misses
        ),
    ]


def _triage(report: TriageReport) -> List[str]:
    return [
        f"{report.owners} owners, as many of each sub-issue, who have said nothing before: {report.noise:.0%} of the "
        f"answers by mistake, {report.unknown:.0%} わからない, {report.refusal:.0%} refused.",
        "",
        *_table(
            ("order of the questions", "questions", "issue first", "issue in three", "sub-issue first", "in three"),
            [
                (
                    strategy.name,
                    f"{strategy.questions:.2f}",
                    f"{strategy.top_1:.3f}",
                    f"{strategy.top_3:.3f}",
                    f"{strategy.sub_issue_top_1:.3f}",
                    f"{strategy.sub_issue_top_3:.3f}",
                )
                for strategy in report.strategies
            ],
        ),
        "",
        f"No order finds as many issues with fewer than {report.bound:.2f} questions on average (entropy bound). "
        f"The bot asks {report.fewer_than_fixed:.0%} fewer than the fixed order of the file.",
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> List[str]:
    return [_line(head), "|" + "---|" * len(head), *(_line(row) for row in rows)]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def as_html(title: str, report: Report, understood: Sequence[Understood]) -> str:
    """A page of its own: the Markdown's figures and, for intents, the confusion matrix as a picture (SVG)."""
    picture = _confusion_matrix(understood) if isinstance(report, IntentReport) else ""
    figures = html.escape(as_markdown(title, report))
    return (
        '<!doctype html><html lang="ja"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><style>"
        'body{font:16px/1.7 system-ui,"Hiragino Sans","Noto Sans CJK JP","Noto Sans JP",sans-serif;margin:2rem}'
        "pre{white-space:pre-wrap}svg text{font-size:12px}</style></head>"
        f"<body><h1>{html.escape(title)}</h1>{picture}<pre>{figures}</pre></body></html>\n"
    )


def _confusion_matrix(understood: Sequence[Understood]) -> str:
    counts: Mapping[Tuple[str, str], int] = Counter((u.row.intent, u.intent) for u in understood)
    names = sorted({name for pair in counts for name in pair})
    totals = Counter(u.row.intent for u in understood)
    size = _LABELS + _CELL * len(names) + 10
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" role="img">']
    for number, name in enumerate(names):
        middle = _LABELS + _CELL * number + _CELL // 2
        label = html.escape(name)
        parts.append(f'<text x="{_LABELS - 6}" y="{middle + 4}" text-anchor="end">{label}</text>')
        parts.append(f'<text transform="translate({middle + 4},{_LABELS - 6}) rotate(-60)">{label}</text>')
    for row, labelled in enumerate(names):
        for column, said in enumerate(names):
            count = counts.get((labelled, said), 0)
            x, y = _LABELS + _CELL * column, _LABELS + _CELL * row
            share = count / totals[labelled] if totals[labelled] else 0.0
            hue = "34,120,80" if row == column else "190,60,40"
            parts.append(
                f'<rect x="{x}" y="{y}" width="{_CELL - 1}" height="{_CELL - 1}" '
                f'fill="rgba({hue},{share:.2f})" stroke="#ddd"/>'
            )
            if count:
                parts.append(f'<text x="{x + _CELL // 2}" y="{y + 17}" text-anchor="middle">{count}</text>')
    return "".join([*parts, "</svg><p>行は正しい意図、列はボットの受け取り方です。</p>"])
