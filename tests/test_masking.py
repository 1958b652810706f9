"""Numbers that belong to a person are hidden, however they are written; amounts, dates and public numbers stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.masks import mask_report
from bot.evaluation.rows import EvaluationError
from bot.masking import MaskError, hidden_in, masked, masks, masks_from, says_hidden, without_hidden
from bot.normalization import text_to_read

EXAMPLES = Path(__file__).resolve().parents[1] / "data" / "evaluation" / "masks.jsonl"
MATCHES = [(mask.kind, sentence) for mask in masks().masks for sentence in mask.matches]
LEAVES = [sentence for mask in masks().masks for sentence in mask.leaves]


@pytest.mark.parametrize(("kind", "sentence"), MATCHES)
def test_a_pattern_finds_what_its_file_says(kind: str, sentence: str) -> None:
    assert [hidden.kind for hidden in hidden_in(sentence)] == [kind]


@pytest.mark.parametrize("sentence", LEAVES)
def test_a_pattern_leaves_alone_what_its_file_says(sentence: str) -> None:
    assert masked(sentence) == sentence


def test_every_pattern_has_sentences_it_finds_and_sentences_it_leaves() -> None:
    assert all(mask.matches and mask.leaves for mask in masks().masks)


def test_what_stands_around_a_number_stays_as_it_was_written() -> None:
    said = "　ﾃﾞﾝﾜは０９０の００００の０００１、売上は１２０００００円です🙂"
    assert masked(said) == "　ﾃﾞﾝﾜは〔電話番号〕、売上は１２０００００円です🙂"


def test_the_made_up_examples_are_hidden_and_nothing_beside_them() -> None:
    report = mask_report(EXAMPLES)
    assert report.sentences >= 300
    assert report.kinds["all"].recall >= 0.98
    assert report.kinds["all"].precision >= 0.99


def test_a_wrong_line_of_examples_is_named(tmp_path: Path) -> None:
    (tmp_path / "wrong.jsonl").write_text('{"text": "a", "hide": {"b": "phone"}}')
    with pytest.raises(EvaluationError, match="line 1"):
        mask_report(tmp_path / "wrong.jsonl")


@given(st.text(alphabet="0123456789０９-ー−の ()（）+@.aあ円T支店口座普通〔〕", max_size=60))
def test_what_was_masked_is_not_masked_again(text: str) -> None:
    once = masked(text)
    assert says_hidden(once) or once == text
    assert masked(without_hidden(once)) == without_hidden(once) or says_hidden(once)


def test_a_hidden_number_is_nothing_to_whoever_reads_what_is_meant() -> None:
    said = masked("資金繰りが苦しい。電話は090-0000-0001です。")
    assert text_to_read(said) == "資金繰りが苦しい。。"


@pytest.mark.parametrize(
    "wrong",
    [
        "words: {}\nbeside: {before: a, after: b}\nmasks: [{kind: a, pattern: '(', matches: [], leaves: []}]",
        "words",
        "a: [",
    ],
)
def test_a_wrong_file_is_named(wrong: str, tmp_path: Path) -> None:
    (tmp_path / "masks.yml").write_text(wrong)
    with pytest.raises(MaskError, match=r"masks\.yml"):
        masks_from(tmp_path / "masks.yml")


def test_a_kind_without_a_word_is_named(tmp_path: Path) -> None:
    masks = "masks: [{kind: phone, pattern: a, matches: [a], leaves: [b]}]"
    (tmp_path / "masks.yml").write_text(f"words: {{}}\nbeside: {{before: a, after: b}}\n{masks}")
    with pytest.raises(MaskError, match="phone"):
        masks_from(tmp_path / "masks.yml")
