"""Terms weigh as scikit-learn's TF-IDF weighs them, and what was learnt can be kept and taken over."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.term_weights import TermWeights, sequences, with_pairs

TEXTS = ["店 を 開く", "店 を 畳む", "店 店 店 借入", "見た こと の ない 言葉", ""]


def trained(fewest: int) -> TermWeights:
    terms = TermWeights(fewest)
    terms.fit([text.split() for text in TEXTS])
    return terms


@pytest.mark.parametrize("fewest", [1, 2])
def test_terms_weigh_as_in_scikit_learn(fewest: int) -> None:
    known = TfidfVectorizer(token_pattern=r"\S+", sublinear_tf=True, min_df=fewest).fit(TEXTS)
    ours = trained(fewest).of([text.split() for text in TEXTS]).matrix().toarray()
    assert np.allclose(ours, known.transform(TEXTS).toarray())


def test_a_text_of_unknown_terms_weighs_nothing() -> None:
    assert trained(1).of([["知らない"], []]).matrix().nnz == 0


def test_what_was_learnt_is_taken_over() -> None:
    other = TermWeights(1)
    other.take_over(trained(1).learnt())
    assert np.allclose(
        other.of([["店", "借入"]]).matrix().toarray(), trained(1).of([["店", "借入"]]).matrix().toarray()
    )


@pytest.mark.parametrize("text", ["店を開く", "a  b 店", "x", ""])
def test_sequences_and_pairs_are_those_of_scikit_learn(text: str) -> None:
    characters = TfidfVectorizer(analyzer="char", ngram_range=(1, 4)).build_analyzer()
    words = TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, 2)).build_analyzer()
    assert sorted(sequences(text)) == sorted(characters(text))
    assert sorted(with_pairs(text.split())) == sorted(words(text))
