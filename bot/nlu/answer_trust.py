"""How far a known answer can be trusted to be the one that a question asks for: learned from the ways of asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bot.nlu.answer_texts import AnswerTexts, WithoutItself
from bot.nlu.rows import Row
from bot.nlu.term_weights import TermWeights, sequences
from bot.normalization import bare

_NEAREST = 80  # ways of asking that are looked at, the likest
_LIKEST = 4  # of an answer's ways of asking are compared in their characters
# What speaks for an answer before it is weighed: the likest way of asking it, and what it is like as a whole
# (AnswerTexts.kinds). Chosen on ways that were left out: the first is right for 0.37, by the likest way alone for 0.23.
_SPEAKS = 1.0
_SPEAK_AS_WHOLES = np.array([2.5, 0.5, 1.2, 2.0], dtype=np.float32)
_VOTERS = 40  # of these say of which field and topic the question may be
_DECIDED = 12.0  # how much more a liker way weighs in that: e to this times the difference in likeness
_CANDIDATES = 8  # answers that are weighed in learning, the likest
_MOST = 10  # the same of a message: where the talk stands may speak for one that is less like
_OTHERS = 8  # ways of asking of no answer that are compared in their characters
_FEWEST = 2  # ways of asking in which a character sequence stands, to be known
_SHORTEST, _LONGEST = 2, 3  # characters of a sequence
_QUESTIONS = 7000  # ways of asking that are put as questions in training; with twice as many nothing changes
_AT_ONCE = 256
_RANDOM_STATE = 42
_NONE = -1


class Way(NamedTuple):
    """A way of asking: for an answer, or (answer None) of a field for a question that no answer is known to.

    `of_an_institution`: the same is asked of many institutions, and the words alone do not say which is meant.
    """

    text: str
    field: str
    answer: Optional[str] = None
    topic: Optional[str] = None
    of_an_institution: bool = False


@dataclass(frozen=True)
class _Asked:
    """A question: how like each way it is, and the character sequences of it that are known."""

    likeness: NDArray[np.float32]
    terms: Row
    wholes: NDArray[np.float32]  # (4, answers): how like it is to each as a whole
    itself: int = _NONE  # the way that it is, in training: it is left out


class AnswerTrust:
    """Confidences from 0 to 1 for the answers that a question resembles most.

    Likeness alone trusts a question that nobody has answered as much as one that is answered: of 150 questions of
    strangers the likeliest 15 had the right answer 5 times, by this 11 times (docs/evaluation.md, "Questions of
    strangers"). Learned by putting each way of asking as a question to all others; those of fields.yml have no answer.
    What counts is how much more like it the answer is than all others, its ways of asking, the middle of them and its
    own words, the characters they share, how many of them any of its ways of asking has, and whether the neighbours are
    of its field and topic.
    """

    def __init__(self, ways: Sequence[Way]) -> None:
        self._ways = tuple(ways)
        self._answers, self._answer_of = _numbered(way.answer for way in ways)
        self._field_of = _numbered(way.field for way in ways)[1]
        self._topic_of = _numbered(way.topic for way in ways)[1]
        self._kinds = int(max(self._field_of.max(initial=0), self._topic_of.max(initial=0))) + 1
        of_answers = {int(number): at for at, number in enumerate(self._answer_of) if number != _NONE}
        self._family = {n: _family(self._ways[at], n) for n, at in of_answers.items()}
        self._at = of_answers
        self._terms = TermWeights(_FEWEST)
        self._texts = AnswerTexts()
        by_answer = np.argsort(self._answer_of, kind="stable")
        self._by_answer = by_answer[self._answer_of[by_answer] != _NONE]
        self._begins = np.searchsorted(self._answer_of[self._by_answer], np.arange(len(self._answers)))
        self._ways_of = np.split(self._by_answer, self._begins[1:]) if self._answers else []
        self._rows: List[Row] = []
        self._counts: Dict[int, Tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        self._weights: NDArray[np.float64] = np.zeros(0)
        self._intercept = 0.0

    @property
    def answers(self) -> Tuple[str, ...]:
        """The ids of the answers, in the order in which their texts are to be brought."""
        return tuple(self._answers)

    def fit(self, vectors: NDArray[np.float32], texts: Sequence[str], meanings: NDArray[np.float32]) -> None:
        """Learns from the ways of asking, whose meaning is (ways, dimensions), and what the answers say.

        `texts` are those of `answers`, `meanings` (answers, dimensions) the meaning of each.
        """
        self._terms.fit([_pieces(way.text) for way in self._ways])
        terms = self._terms.of([_pieces(way.text) for way in self._ways])
        self._know(terms.rows)
        said = (meanings, self._terms.of([_pieces(text) for text in texts]))
        self._texts.fit(self._answer_of, (vectors, terms), said)
        without_itself = WithoutItself(self._answer_of, (vectors, terms), said)
        features: List[List[float]] = []
        right: List[bool] = []
        chosen = np.random.default_rng(_RANDOM_STATE).permutation(len(self._ways))[:_QUESTIONS]
        for first in range(0, len(chosen), _AT_ONCE):
            some = chosen[first : first + _AT_ONCE]
            wholes = without_itself.of(some)
            for at, likeness, of_it in zip(some.tolist(), vectors[some] @ vectors.T, wholes, strict=True):
                asked = _Asked(likeness, self._rows[at], of_it, at)
                family = self._family.get(int(self._answer_of[at]))
                for answer, found in self._weighed(asked, _CANDIDATES):
                    features.append(found)
                    right.append(family is not None and self._family[answer] == family)
        self._learn(np.array(features), np.array(right))

    def _learn(self, features: NDArray[np.float64], right: NDArray[np.bool_]) -> None:
        """The weights of the features as they are: what was made of equal spread for learning is taken back."""
        mean, spread = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-9)
        model = LogisticRegression(max_iter=1000).fit((features - mean) / spread, right)
        self._weights = model.coef_[0] / spread
        self._intercept = float(model.intercept_[0] - self._weights @ mean)

    def learnt(self) -> Dict[str, NDArray[Any]]:
        """What was learnt, as plain arrays."""
        return {
            **self._terms.learnt(),
            **self._texts.learnt(),
            "weights": self._weights,
            "intercept": np.array([self._intercept]),
            "ends": np.cumsum([len(row.columns) for row in self._rows]),
            "columns": np.concatenate([row.columns for row in self._rows]).astype(np.int32),
            "values": np.concatenate([row.values for row in self._rows]),
        }

    def take_over(self, learnt: Mapping[str, NDArray[Any]]) -> None:
        """Knows what was learnt before, of the same ways of asking."""
        self._terms.take_over(learnt)
        self._texts.take_over(learnt)
        ends = learnt["ends"][:-1]
        parts = zip(np.split(learnt["columns"], ends), np.split(learnt["values"], ends), strict=True)
        self._know(Row(columns, values) for columns, values in parts)
        self._weights, self._intercept = learnt["weights"], float(learnt["intercept"][0])

    def of(self, text: str, meaning: NDArray[np.float32], likeness: NDArray[np.float32]) -> Dict[str, float]:
        """{id of an answer: confidence}, for a question of this meaning that is so like each way of asking."""
        if not self._answers:
            return {}
        (terms,) = self._terms.of([_pieces(text)]).rows
        weighed = list(self._weighed(_Asked(likeness, terms, self._texts.of(meaning, terms)), _MOST))
        if not weighed:
            return {}
        margins = np.array([found for _, found in weighed]) @ self._weights + self._intercept
        sure = 1 / (1 + np.exp(-margins))
        ranked = sorted(zip(sure.tolist(), (self._answers[answer] for answer, _ in weighed), strict=True), reverse=True)
        return {answer: round(confidence, 4) for confidence, answer in ranked}

    def _know(self, rows: Iterable[Row]) -> None:
        self._rows = list(rows)
        of_answers: Dict[int, List[NDArray[np.int64]]] = {}
        for number, row in zip(self._answer_of.tolist(), self._rows, strict=True):
            if number != _NONE:
                of_answers.setdefault(number, []).append(row.columns)
        self._counts = {n: np.unique(np.concatenate(found), return_counts=True) for n, found in of_answers.items()}

    def _weighed(self, asked: _Asked, most: int) -> Iterator[Tuple[int, List[float]]]:
        """The answers that a question resembles most, each with its features."""
        likeness = asked.likeness
        if asked.itself != _NONE:
            likeness = likeness.copy()
            likeness[asked.itself] = _NONE
        count = min(_NEAREST, len(likeness))
        near = np.argpartition(-likeness, count - 1)[:count]
        near = near[np.argsort(-likeness[near], kind="stable")]
        speaks = _SPEAKS * np.maximum.reduceat(likeness[self._by_answer], self._begins)
        speaks += _SPEAK_AS_WHOLES @ asked.wholes
        count = min(most, len(speaks))
        likest = np.argpartition(-speaks, count - 1)[:count]
        candidates: List[int] = likest[np.argsort(-speaks[likest], kind="stable")].tolist()
        of_answer = {answer: self._likest_ways(answer, likeness) for answer in candidates}
        said = np.zeros(self._terms.width)
        said[asked.terms.columns] = asked.terms.values
        voters = near[:_VOTERS]
        weights = np.exp(_DECIDED * (likeness[voters] - likeness[voters[0]])).astype(float)
        weights /= weights.sum()
        fields, topics = (self._votes(kind_of[voters], weights) for kind_of in (self._field_of, self._topic_of))
        others = [at for at in near.tolist() if self._answer_of[at] == _NONE]
        least = float(likeness[near[-1]])
        unanswered = float(likeness[others[0]]) if others else least
        unanswered_shares = max((self._shares(said, at) for at in others[:_OTHERS]), default=0.0)
        shares = {answer: max(self._shares(said, at) for at in of_answer[answer]) for answer in candidates}
        for answer in candidates:
            ways = of_answer[answer]
            rivals = [other for other in candidates if self._family[other] != self._family[answer]]
            first = float(likeness[ways[0]])
            yield (
                answer,
                [
                    first,
                    float(likeness[ways[1]]) if len(ways) > 1 else least,
                    *asked.wholes[:, answer].tolist(),
                    float(speaks[answer] - max((speaks[other] for other in rivals), default=0.0)),
                    first - max((float(likeness[of_answer[other][0]]) for other in rivals), default=least),
                    first - unanswered,
                    shares[answer],
                    shares[answer] - max((shares[other] for other in rivals), default=0.0),
                    shares[answer] - unanswered_shares,
                    self._covered(said, asked, answer),
                    float(weights[self._answer_of[voters] == answer].sum()),
                    fields[self._field_of[self._at[answer]]],
                    topics[self._topic_of[self._at[answer]]],
                    float(np.log1p(len(asked.terms.columns))),
                    float(self._ways[self._at[answer]].of_an_institution),
                ],
            )

    def _likest_ways(self, answer: int, likeness: NDArray[np.float32]) -> List[int]:
        """Where the ways of asking for an answer stand that a question is likest, the likest first."""
        ways = self._ways_of[answer]
        likest: List[int] = ways[np.argsort(-likeness[ways], kind="stable")][:_LIKEST].tolist()
        return likest

    def _votes(self, kinds: NDArray[np.int64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
        voting = kinds != _NONE
        return np.asarray(np.bincount(kinds[voting], weights[voting], minlength=self._kinds), dtype=np.float64)

    def _shares(self, said: NDArray[np.float64], at: int) -> float:
        """The cosine of the character sequences of a question and of a way of asking."""
        row = self._rows[at]
        return float(said[row.columns] @ row.values)

    def _covered(self, said: NDArray[np.float64], asked: _Asked, answer: int) -> float:
        """How much of what a question says stands in any way of asking for the answer, by the weight of it, to 1."""
        columns, counts = self._counts[answer]
        itself = asked.itself != _NONE and self._answer_of[asked.itself] == answer
        found = said[columns[counts > 1] if itself else columns]
        return float(found @ found)


def _numbered(names: Iterator[Optional[str]]) -> Tuple[List[str], NDArray[np.int64]]:
    """The names, each once, and for each of those given its number; -1 for none."""
    known: Dict[str, int] = {}
    numbers = [_NONE if name is None else known.setdefault(name, len(known)) for name in names]
    return list(known), np.array(numbers, dtype=np.int64)


def _family(way: Way, number: int) -> str:
    """What the words of a question can tell apart: what is asked of institutions alike is one family."""
    return f"of an institution: {way.topic}" if way.of_an_institution else str(number)


def _pieces(text: str) -> List[str]:
    """The character sequences of a question, without marks."""
    return [piece for piece in sequences(bare(text).lower(), _SHORTEST) if len(piece) <= _LONGEST]
