"""How often the intent is right: strict, lenient, by difficulty and intent, with calibration and confusions."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Callable, Dict, List, Mapping, Sequence, Tuple

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

from bot.evaluation.rows import Understood

OUT_OF_SCOPE = "out_of_scope"
_BINS = 10


@dataclass(frozen=True)
class IntentReport:
    """Shares from 0 to 1. `main` are the rows of issues and out_of_scope, on which the goals are set.

    `calibration_error` is the expected calibration error over ten bins of equal width (Naeini et al. 2015, AAAI).
    `out_of_scope_auroc` tells out_of_scope from everything the bot serves by the confidence of out_of_scope; NaN
    where the rows have only one of the two.
    """

    rows: int
    strict: float
    lenient: float
    macro_f1: float
    top_2: float
    main_rows: int
    main_lenient: float
    main_hard: float
    main_top_2: float
    calibration_error: float
    out_of_scope_auroc: float
    p50_ms: float
    p95_ms: float
    by_difficulty: Mapping[str, Tuple[int, float]]
    by_intent: Mapping[str, Tuple[int, float]]
    confusions: Tuple[Tuple[str, str, int], ...]
    misses: Tuple[Tuple[str, str, str, float], ...]


def intent_report(understood: Sequence[Understood], issues: Sequence[str]) -> IntentReport:
    """The report on rows that have been understood; `issues` are the intents of the ten issues."""
    main = [u for u in understood if u.row.intent in (*issues, OUT_OF_SCOPE)]
    hard = [u for u in main if u.row.difficulty == "hard"]
    wrong = [u for u in understood if not u.lenient()]
    confused = Counter((u.row.intent, u.intent) for u in wrong)
    milliseconds = [u.milliseconds for u in understood]
    return IntentReport(
        rows=len(understood),
        strict=_share(understood, lambda u: u.strict),
        lenient=_share(understood, lambda u: u.lenient()),
        macro_f1=float(
            f1_score(
                [u.row.intent for u in understood], [u.intent for u in understood], average="macro", zero_division=0
            )
        ),
        top_2=_share(understood, lambda u: u.lenient(2)),
        main_rows=len(main),
        main_lenient=_share(main, lambda u: u.lenient()),
        main_hard=_share(hard, lambda u: u.lenient()),
        main_top_2=_share(main, lambda u: u.lenient(2)),
        calibration_error=_calibration_error(understood),
        out_of_scope_auroc=_auroc(understood),
        p50_ms=float(np.percentile(milliseconds, 50)),
        p95_ms=float(np.percentile(milliseconds, 95)),
        by_difficulty=_by(understood, lambda u: u.row.difficulty or "-"),
        by_intent=_by(understood, lambda u: u.row.intent),
        confusions=tuple((label, said, count) for (label, said), count in confused.most_common(15)),
        misses=tuple((u.row.text, u.row.intent, u.intent, u.ranking[0][1]) for u in wrong),
    )


def _share(understood: Sequence[Understood], right: Callable[[Understood], bool]) -> float:
    return sum(map(right, understood)) / len(understood) if understood else float("nan")


def _by(understood: Sequence[Understood], key: Callable[[Understood], str]) -> Dict[str, Tuple[int, float]]:
    groups: Dict[str, List[Understood]] = defaultdict(list)
    for one in understood:
        groups[key(one)].append(one)
    return {name: (len(group), _share(group, lambda u: u.lenient())) for name, group in sorted(groups.items())}


def _calibration_error(understood: Sequence[Understood]) -> float:
    confidences = np.array([u.ranking[0][1] for u in understood])
    right = np.array([u.lenient() for u in understood], dtype=float)
    bins = np.minimum((confidences * _BINS).astype(int), _BINS - 1)
    gaps = [np.mean(bins == b) * abs(right[bins == b].mean() - confidences[bins == b].mean()) for b in np.unique(bins)]
    return float(sum(gaps))


def _auroc(understood: Sequence[Understood]) -> float:
    labels = [u.row.intent == OUT_OF_SCOPE for u in understood]
    if len(set(labels)) < 2:
        return float("nan")
    return float(roc_auc_score(labels, [dict(u.ranking).get(OUT_OF_SCOPE, 0.0) for u in understood]))
