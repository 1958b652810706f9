"""Cross-validation over our own training data: how well utterances are understood that were left out of training."""

from __future__ import annotations

import time
from typing import Any, Dict, List, Sequence

import numpy as np
import yaml
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.model_selection import StratifiedKFold

from bot.evaluation.rows import Row, Understood
from bot.nlu.calibrated_classifier import CalibratedClassifier
from bot.nlu.sentence_encoder import SentenceEncoder
from bot.nlu.text_features import TextFeatures
from bot.nlu.tokenizer import GinzaTokenizer
from bot.nlu.word_vectors import WordVectors
from bot.paths import ROOT

FOLDS = 5


def featurized_examples(texts: Sequence[str] = ()) -> List[Message]:
    """The utterances of data/nlu, or messages with the given texts, as the featurizers of config.yml leave them."""
    data = TrainingData([Message(data={TEXT: text}) for text in texts]) if texts else load_data(str(ROOT / "data/nlu"))
    for component in (
        GinzaTokenizer(GinzaTokenizer.get_default_config()),
        SentenceEncoder("encoder", SentenceEncoder.get_default_config()),
        WordVectors("vectors", WordVectors.get_default_config()),
    ):
        component.process_training_data(data)
    return list(data.training_examples)


def cross_validated() -> List[Understood]:
    """All utterances of data/nlu, each understood by a classifier that was trained without its fold."""
    examples = featurized_examples()
    labels = np.array([example.get(INTENT) for example in examples])
    config = _classifier_config()
    understood: List[Understood] = []
    for fitted, held_out in StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(labels, labels):
        features = TextFeatures(config["dense"])
        classifier = CalibratedClassifier(config["C"], config["neighbours"], config["beside"])
        known, asked = [examples[row] for row in fitted], [examples[row] for row in held_out]
        classifier.fit(features.fit(known), [str(labels[row]) for row in fitted], features.dense(known))
        began = time.perf_counter()
        confidences = classifier.confidences(classifier.margins(features.of(asked)), features.dense(asked))
        milliseconds = 1000 * (time.perf_counter() - began) / len(held_out)
        for row, ranked in zip(held_out, confidences, strict=True):
            ranking = sorted(zip(classifier.classes, map(float, ranked), strict=True), key=lambda pair: -pair[1])
            labelled = Row(examples[row].get(TEXT), str(labels[row]), (), "", (), "")
            understood.append(Understood(labelled, tuple(ranking), (), {}, milliseconds))
    return understood


def _classifier_config() -> Dict[str, Any]:
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    own = next(component for component in pipeline if component["name"].endswith(".IntentClassifier"))
    return dict(own)
