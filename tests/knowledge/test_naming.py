"""What a text names is found by any of its names, and an answer is about what its ways of asking name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.knowledge import KNOWLEDGE_FOLDER, Knowledge, KnowledgeError, Naming, load_knowledge

OF_TWO = Naming({"cci": ["商工会議所"], "shokokai": ["商工会"]})


def test_the_longest_name_is_the_one_that_is_named() -> None:
    assert OF_TWO.named_in("商工会議所に行く") == ("cci",)


def test_what_is_named_twice_is_found_once_in_the_order_of_the_text() -> None:
    assert OF_TWO.named_in("商工会か商工会議所か、やっぱり商工会か") == ("shokokai", "cci")


def test_a_name_is_found_in_any_width() -> None:
    assert Naming({"marukei": ["マル経"]}).named_in("ﾏﾙ経って何") == ("marukei",)


def test_names_can_be_hidden() -> None:
    assert OF_TWO.hidden_in("商工会議所は無料ですか", "そこ") == "そこは無料ですか"


def test_texts_are_about_what_most_of_them_name() -> None:
    asked = ["商工会とは", "商工会って無料？", "商工会議所は", "会費は", "土曜も開いてる？", "近くにありますか"]
    assert OF_TWO.mostly_named_in(asked) == ("shokokai",)


def test_texts_are_about_what_one_of_them_and_the_answer_name() -> None:
    asked = ["会議所とは", "それは何", "商工会議所って"]
    assert OF_TWO.mostly_named_in(asked, said="商工会議所は、地元の会です。") == ("cci",)


@pytest.mark.parametrize(
    ("answer", "subject"),
    [
        ("eligibility_lending_marukei", "marukei"),
        ("programme_jizokuka", "jizokuka"),
        ("term_toriteki", "toriteki"),
        ("consequence_shahoken_unpaid", "shakaihoken"),
    ],
)
def test_an_answer_is_about_the_loan_or_the_law_that_it_is_asked_by(
    knowledge: Knowledge, answer: str, subject: str
) -> None:
    assert subject in knowledge.answers[answer].subjects


def test_an_answer_knows_whom_it_tells_apart(knowledge: Knowledge) -> None:
    assert knowledge.answers["difference_jfc_bank"].institutions == ("jfc", "local_bank")


def test_a_name_of_two_subjects_is_found_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE_FOLDER, folder)
    file = folder / "subjects.yml"
    file.write_text(file.read_text(encoding="utf-8") + "- {id: another, called: [マル経]}\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="マル経 stands there twice"):
        load_knowledge(folder)
