"""Which of the answers offered a message takes: by its number, its place in the list, its words or its meaning."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, FrozenSet, Iterator, List, Mapping, NamedTuple, Sequence, Set, Tuple

import numpy as np
from numpy.typing import NDArray
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.special import expit
from sklearn.neural_network import MLPClassifier

from bot.nlu.clauses import clauses_in
from bot.nlu.intent_classifier import CONFIDENCES
from bot.nlu.text_features import dense_features
from bot.nlu.turn_examples import place_of_message
from bot.normalization import bare, normalized
from bot.phrases import pattern

_BY_NUMBER = ("number_in_digits", "number_in_kanji", "number_one_in_kanji", "number_in_kana", "number_of_things")
_BY_POSITION = ("first_of_all", "last_of_all", "middle_of_all")
_KANJI = {kanji: number for number, kanji in enumerate("一二三四五六七八九十", start=1)}
_THINGS = ("ひと", "ふた", "みっ", "よっ", "いつ", "むっ")
_KANA = ("いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう", "じゅう")
_CIRCLED = str.maketrans({0x2776 + n: str(n + 1) for n in range(9)})  # ❶ to ❾, which NFKC leaves
_SHORT = 8  # characters: such a message is hardly more than a number
_ENCODED = 512  # columns of the sentence encoder, before those of the word vectors
_ROLES = ("all_of_them", "none_of_them", "cannot_say")  # of a label that is no worry, nor an answer of its own
_CONTENT = ("名詞", "動詞", "形容詞", "形状詞", "副詞", "代名詞")
_EMPTY = ("為る", "有る", "居る", "事", "成る", "無い", "物")  # words that are in common without meaning anything
_HIDDEN, _PENALTY, _ROUNDS, _RANDOM_STATE = 32, 1.0, 60, 42


class _Said(NamedTuple):
    """A number of an answer, and where in the message it was said."""

    at: int
    number: int


class _Written(NamedTuple):
    """A label in one spelling, the core of it, its pairs of characters, and which of all, none and unknown it says."""

    text: str
    core: str
    pairs: Set[str]
    roles: Tuple[str, ...]


class Told(NamedTuple):
    """What a message or a label tells: confidences of the worries, issues and sub-issues, and of what it denies."""

    issues: NDArray[np.float64]
    sub_issues: NDArray[np.float64]
    denied: NDArray[np.float64]


class Label(NamedTuple):
    """A label as it is compared with messages: its meaning, words, what the classifier makes of it, what it tells."""

    meaning: NDArray[np.float32]
    words: FrozenSet[str]
    intents: NDArray[np.float64]
    told: Told


class Picks:
    """A small network on what a message and one label have in common; (answer taken) with a confidence from 0 to 1."""

    def __init__(self) -> None:
        self._learnt: Dict[str, NDArray[Any]] = {}

    def fit(self, features: NDArray[np.float64], taken: NDArray[np.bool_]) -> None:
        """Learns from (pairs of message and label, features), and which labels were taken."""
        mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
        network = MLPClassifier(
            (_HIDDEN,), alpha=_PENALTY, max_iter=_ROUNDS, early_stopping=True, random_state=_RANDOM_STATE
        ).fit((features - mean) / spread, taken)
        (first, second), (one, two) = network.coefs_, network.intercepts_
        self._learnt = {"mean": mean, "spread": spread, "first": first, "one": one, "second": second, "two": two}

    def confidences(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """One confidence a pair."""
        known = self._learnt
        hidden = np.maximum(((features - known["mean"]) / known["spread"]) @ known["first"] + known["one"], 0.0)
        return np.asarray(expit(hidden @ known["second"] + known["two"])[:, 0])

    def learnt(self) -> Dict[str, NDArray[Any]]:
        """What was learnt, as plain arrays."""
        return self._learnt

    def take_over(self, learnt: Mapping[str, NDArray[Any]]) -> None:
        """Knows what was learnt before."""
        self._learnt = dict(learnt)


def pairs_of(
    message: Message, labels: Mapping[str, Label], about: NDArray[np.float64], told: Told, place: NDArray[np.float32]
) -> NDArray[np.float64]:
    """(labels offered, features). `about` are confidences of the moves that speak for or against a pick, the pick's
    own first; `told` is what the message tells, `place` the message's place in numbers."""
    offered = place_of_message(message).offered
    text = normalized((message.get(TEXT) or "").translate(_CIRCLED))
    core = bare(text)
    said = list(_numbers_said(text, len(offered)))
    written = [_written(label) for label in offered]
    alike = _likenesses(message, [labels[label] for label in offered])
    pairs_said = _pairs_of_characters(text)
    overlaps = [len(one.pairs & pairs_said) / max(1, len(one.pairs)) for one in written]
    words, roles = words_in(message), _roles_of(text)
    shared = _shared_words(words, [labels[label].words for label in offered])
    common = [_longest_in_common(one.core, core) for one in written]
    closeness = [like[1] + overlap for like, overlap in zip(alike, overlaps, strict=True)]
    rows = []
    for position, label in enumerate(offered):
        hits = [one for one in said if one.number == position + 1]
        others = [one for one in said if one.number != position + 1]
        short = len(text) < _SHORT
        rivals = [close for other, close in enumerate(closeness) if other != position]
        row = [
            bool(hits),
            bool(others),
            bool(hits) and min(one.at for one in hits) == 0,
            bool(hits) and short,
            bool(others) and short,
            *alike[position],
            overlaps[position],
            written[position].text in text,
            written[position].core == core,
            position == 0,
            position == len(offered) - 1,
            len(offered) / 10,
            closeness[position] - max(rivals, default=0.0),
            *shared[position],
            common[position],
            common[position] - max((one for other, one in enumerate(common) if other != position), default=0.0),
            *_told_alike(told, labels[label].told),
            *_roles_shared(roles, written[position].roles),
        ]
        rows.append([*row, *about, *place, *(about[0] * np.array(row, dtype=float))])
    return np.array(rows, dtype=float)


def _likenesses(message: Message, labels: Sequence[Label]) -> List[List[float]]:
    """How alike message, or the likest of its clauses, and each label are: in sentence meaning, in words, in issue."""
    parts = np.vstack([dense_features(part) for part in (message, *clauses_in(message))])
    intents = message.get(CONFIDENCES)
    likeliest = intents.max(axis=0)
    alike = []
    for label in labels:
        encoded = parts[:, :_ENCODED] @ label.meaning[:_ENCODED]
        words = parts[:, _ENCODED:] @ label.meaning[_ENCODED:]
        row = (
            encoded[0],
            encoded.max(),
            words[0],
            words.max(),
            intents[0] @ label.intents,
            likeliest @ label.intents,
        )
        alike.append([float(like) for like in row])
    return alike


def _shared_words(words: FrozenSet[str], of_labels: Sequence[FrozenSet[str]]) -> List[Tuple[float, float, bool]]:
    """For each label the share of its words that are said, and of those that no other label has."""
    shared = []
    for position, own in enumerate(of_labels):
        others = frozenset().union(*(of for other, of in enumerate(of_labels) if other != position))
        alone = own - others
        said = len(own & words) / max(1, len(own))
        shared.append((said, len(alone & words) / max(1, len(alone)), bool(alone & words)))
    return shared


def _told_alike(told: Told, of_the_label: Told) -> Tuple[float, float, float]:
    """Whether both tell the same issue, the same sub-issue, and whether the message denies that of the label."""
    return (
        float(told.issues @ of_the_label.issues),
        float(told.sub_issues @ of_the_label.sub_issues),
        float(told.denied @ of_the_label.issues),
    )


def _roles_of(text: str) -> Tuple[str, ...]:
    """Which of all, none, and unknown a text says."""
    return tuple(role if pattern(role).search(text) else "" for role in _ROLES)


def _roles_shared(said: Tuple[str, ...], of_the_label: Tuple[str, ...]) -> Iterator[bool]:
    """For each role whether the label has it, and whether both do."""
    for one, other in zip(said, of_the_label, strict=True):
        yield from (bool(other), bool(other) and bool(one))


def _longest_in_common(label: str, text: str) -> float:
    """How much of a label stands in the text in one piece, as a share of the label."""
    longest = 0
    for start in range(len(label)):
        while start + longest < len(label) and label[start : start + longest + 1] in text:
            longest += 1
    return longest / max(1, len(label))


def _numbers_said(text: str, offered: int) -> Iterator[_Said]:
    from_below = pattern("from_below").search(text)
    for name in _BY_NUMBER:
        for match in pattern(name).finditer(text):
            number = _as_number(match.group("number"))
            upwards = from_below is not None and 0 <= match.start() - from_below.end() < _SHORT
            yield _Said(match.start(), offered + 1 - number if upwards else number)
    for name, number in zip(_BY_POSITION, (1, offered, (offered + 1) // 2), strict=True):
        if name == "middle_of_all" and offered % 2 == 0:
            continue
        for match in pattern(name).finditer(text):
            yield _Said(match.start(), number)


def _as_number(written: str) -> int:
    if written.isdigit():
        return int(written)
    if written in _KANJI:
        return _KANJI[written]
    return (_THINGS if written in _THINGS else _KANA).index(written) + 1


@lru_cache(maxsize=512)
def _written(label: str) -> _Written:
    """A label as it is written, made once: there are only so many."""
    text = normalized(label)
    return _Written(text, bare(label), _pairs_of_characters(text), _roles_of(text))


def _pairs_of_characters(text: str) -> Set[str]:
    letters = [character for character in text if character.isalnum()]
    return {one + two for one, two in zip(letters, letters[1:], strict=False)}


def words_in(message: Message) -> FrozenSet[str]:
    """The words of a message that mean something by themselves, in their dictionary forms."""
    words = message.get(TOKENS_NAMES[TEXT]) or []
    content = (word.lemma for word in words if (word.get("tag") or "").startswith(_CONTENT))
    return frozenset(word for word in content if word not in _EMPTY)


def label_of(message: Message, told: Told) -> Label:
    """A label that was read as a message is, to be compared with messages."""
    return Label(dense_features(message)[0], words_in(message), message.get(CONFIDENCES)[0], told)
