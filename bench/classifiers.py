"""Features and classifiers that were tried on our data, in one run: what each gives, and what it costs.

Accuracy is on issues and out_of_scope: lenient on the development set and on our own held-out set, and in
cross-validation over data/nlu (two folds of five). Time is that of features and classifier for one message, without the
tokenizer and the sentence encoder; MB is the classifier without its features.
"""

from __future__ import annotations

import pickle
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC

from bench.peer import DEVELOPMENT_SET, OWN_SET
from bot.evaluation.cross_validation import featurized_examples
from bot.evaluation.rows import Row, read_rows
from bot.nlu.text_features import TextFeatures

_DENSE_WEIGHT = 0.7
_FOLDS_MEASURED = 2
Scores = Tuple[NDArray[Any], NDArray[np.float64]]
Score = Callable[[csr_matrix], NDArray[np.float64]]
Fitted = Tuple[NDArray[Any], Score, int]
Fit = Callable[[csr_matrix, NDArray[Any]], Fitted]


def support_vectors(features: csr_matrix, labels: NDArray[Any]) -> Fitted:
    """What the bot uses."""
    model = LinearSVC(C=0.8, tol=0.01, random_state=42).fit(features, labels)
    return model.classes_, model.decision_function, _bytes(model)


def logistic_regression(features: csr_matrix, labels: NDArray[Any]) -> Fitted:
    """Multinomial, on the same features; 60 rounds, since 200 take a quarter of an hour a fit."""
    model = LogisticRegression(C=10, max_iter=60).fit(features, labels)
    return model.classes_, model.predict_proba, _bytes(model)


def nearest_neighbours(features: csr_matrix, labels: NDArray[Any]) -> Fitted:
    """The fifteen nearest by cosine, weighted by nearness."""
    model = KNeighborsClassifier(15, metric="cosine", weights="distance").fit(features, labels)
    return model.classes_, model.predict_proba, _bytes(model)


def ensemble(features: csr_matrix, labels: NDArray[Any]) -> Fitted:
    """The mean of support vectors (as confidences) and nearest neighbours."""
    classes, margins, small = support_vectors(features, labels)
    _, nearness, large = nearest_neighbours(features, labels)

    def score(asked: csr_matrix) -> NDArray[np.float64]:
        exponentials = np.exp(margins(asked) / 0.25)
        confidences: NDArray[np.float64] = exponentials / exponentials.sum(axis=1, keepdims=True) + nearness(asked)
        return confidences

    return classes, score, small + large


def _bytes(model: Any) -> int:
    return len(pickle.dumps(model))


VARIANTS: Tuple[Tuple[str, Tuple[str, ...], Fit], ...] = (
    ("characters + words", ("text",), support_vectors),
    ("GiNZA vectors", ("vectors",), support_vectors),
    ("sentence encoder", ("encoder",), support_vectors),
    ("sentence encoder + GiNZA vectors", ("encoder", "vectors"), support_vectors),
    ("characters + words + sentence encoder", ("text", "encoder"), support_vectors),
    ("**characters + words + encoder + vectors**", ("text", "encoder", "vectors"), support_vectors),
    ("the same, logistic regression", ("text", "encoder", "vectors"), logistic_regression),
    ("the same, nearest neighbours", ("text", "encoder", "vectors"), nearest_neighbours),
    ("the same, support vectors and neighbours together", ("text", "encoder", "vectors"), ensemble),
)


def main() -> None:
    """Prints the table, a row a variant."""
    examples = featurized_examples()
    labels = np.array([example.get(INTENT) for example in examples])
    sets = {path: read_rows(path) for path in (DEVELOPMENT_SET, OWN_SET) if path.exists()}
    asked = {path: featurized_examples([row.text for row in rows]) for path, rows in sets.items()}
    print("| features and classifier | development | hard | top-2 | own set | cross-validation | ms | MB | fit |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, kinds, fit in VARIANTS:
        print(_row(name, kinds, fit, examples, labels, sets, asked), flush=True)


def _row(
    name: str,
    kinds: Sequence[str],
    fit: Fit,
    examples: List[Message],
    labels: NDArray[Any],
    sets: Dict[Path, List[Row]],
    asked: Dict[Path, List[Message]],
) -> str:
    text = TextFeatures(0.0)
    text.fit(examples)
    features = _features(kinds, text, examples)
    began = time.perf_counter()
    classes, score, size = fit(features, labels)
    seconds = time.perf_counter() - began
    scored = {path: (classes, score(_features(kinds, text, messages))) for path, messages in asked.items()}
    cells = [name]
    for path in (DEVELOPMENT_SET, OWN_SET):
        if path not in scored:
            cells += ["–"] * (3 if path == DEVELOPMENT_SET else 1)
            continue
        hard = [row.difficulty == "hard" for row in sets[path]]
        cells.append(f"{_right(sets[path], *scored[path], 1):.3f}")
        if path == DEVELOPMENT_SET:
            cells.append(f"{_right(sets[path], *scored[path], 1, hard):.3f}")
            cells.append(f"{_right(sets[path], *scored[path], 2):.3f}")
    cells.append(f"{_cross_validated(kinds, fit, examples, labels):.3f}")
    began = time.perf_counter()
    for message in asked[OWN_SET][:50]:
        score(_features(kinds, text, [message]))
    cells.append(f"{1000 * (time.perf_counter() - began) / 50:.1f}")
    cells.append(f"{size / 1e6:.0f}")
    cells.append(f"{seconds:.0f} s")
    return "| " + " | ".join(cells) + " |"


def _features(kinds: Sequence[str], text: TextFeatures, messages: List[Message]) -> csr_matrix:
    parts = []
    if "text" in kinds:
        parts.append(text.of(messages).matrix())
    for kind in ("encoder", "vectors"):
        if kind in kinds:
            rows = [
                next(f.features for f in m.features if f.type == FEATURE_TYPE_SENTENCE and kind in f.origin)
                for m in messages
            ]
            parts.append(csr_matrix(_DENSE_WEIGHT * np.vstack(rows)))
    return hstack(parts).tocsr()


def _right(
    rows: Sequence[Row], classes: NDArray[Any], scores: NDArray[np.float64], among: int, only: Sequence[bool] = ()
) -> float:
    best = classes[np.argsort(-scores, axis=1)[:, :among]]
    issues = {row.intent for row in rows if not row.intent.isascii() or row.intent == "IT活用"} | {"out_of_scope"}
    counted = [n for n, row in enumerate(rows) if row.intent in issues and (not only or only[n])]
    return float(np.mean([bool({rows[n].intent, *rows[n].secondary} & set(best[n])) for n in counted]))


def _cross_validated(kinds: Sequence[str], fit: Fit, examples: List[Message], labels: NDArray[Any]) -> float:
    shares = []
    folds = list(StratifiedKFold(5, shuffle=True, random_state=1).split(labels, labels))[:_FOLDS_MEASURED]
    for fitted, held_out in folds:
        text = TextFeatures(0.0)
        known = [examples[row] for row in fitted]
        text.fit(known)
        left_out = [Row(examples[row].get("text"), labels[row], (), "", (), "") for row in held_out]
        asked = _features(kinds, text, [examples[row] for row in held_out])
        classes, score, _ = fit(_features(kinds, text, known), labels[fitted])
        shares.append(_right(left_out, classes, score(asked), 1))
    return float(np.mean(shares))


if __name__ == "__main__":
    main()
