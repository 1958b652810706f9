"""The stories show every road, hold only what owners and the bot do, and are what Rasa's own validator accepts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import List, Tuple

import pytest
import yaml
from rapidfuzz import fuzz, process
from rasa.shared.core.domain import Domain
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.validator import Validator

from bot.evaluation.stories import Story, stories_in
from bot.knowledge import Knowledge
from bot.normalization import bare
from tests.conftest import ROOT
from tests.stories.conftest import WriteStory
from tests.test_training_data import EVALUATION, LONG_ENOUGH_TO_COMPARE, TOO_CLOSE, UTTERANCES

STORIES = ROOT / "data" / "stories"
FILES = sorted(STORIES.glob("*.yml"))
ABOUT_THE_CONVERSATION = ("つらいとき", "人に代わる", "帰る", "言い直し", "いくつもの困りごと", "割り込み")
TEXT_OF_THE_OWNER = ("text", "owner", "say", "lead", "ask")  # keys of the rows in ../shared/eval


@pytest.fixture(scope="module")
def stories(domain: Domain) -> List[Story]:
    return [story for path in FILES for story in stories_in(path, domain)]


def test_each_issue_and_each_kind_of_conversation_has_a_file(knowledge: Knowledge) -> None:
    assert {path.stem for path in FILES} == {*knowledge.issues, *ABOUT_THE_CONVERSATION}


def test_every_road_is_shown_in_a_story(knowledge: Knowledge, stories: List[Story]) -> None:
    shown = {
        (turn.slots["issue"], turn.slots["sub_issue"])
        for story in stories
        for turn in story.turns
        if "utter_refer" in turn.actions
    }
    roads = {(issue.name, sub.id) for issue in knowledge.issues.values() for sub in issue.sub_issues}
    assert {*roads, *((name, None) for name in knowledge.issues)} - shown == set()


def test_each_road_of_an_issue_is_shown_in_the_file_of_that_issue(knowledge: Knowledge, stories: List[Story]) -> None:
    for issue in knowledge.issues.values():
        shown = {
            turn.slots["sub_issue"]
            for story in stories
            if story.file == f"{issue.name}.yml"
            for turn in story.turns
            if "utter_refer" in turn.actions and turn.slots["issue"] == issue.name
        }
        assert {sub.id for sub in issue.sub_issues} | {None} == shown


def test_a_road_names_the_prefecture_it_was_shown_for(stories: List[Story]) -> None:
    roads = [turn for story in stories for turn in story.turns if "utter_refer" in turn.actions]
    assert [turn.owner for turn in roads if not {"issue", "sub_issue", "prefecture"} <= set(turn.slots)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_holds_whole_consultations(path: Path, domain: Domain) -> None:
    held = stories_in(path, domain)
    assert held
    for story in held:
        assert len(story.turns) >= 2, f"{story.title}: an owner says one thing only"
        assert all(turn.actions for turn in story.turns), f"{story.title}: a message is left without an answer"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_says_at_the_top_what_it_holds(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_no_two_stories_have_the_same_title(stories: List[Story]) -> None:
    titles = [story.title for story in stories]
    assert sorted(titles) == sorted(set(titles))


def test_stories_name_actions_and_slots_of_the_domain_alone(domain: Domain, stories: List[Story]) -> None:
    turns = [turn for story in stories for turn in story.turns]
    assert {action for turn in turns for action in turn.actions} <= set(domain.action_names_or_texts)
    assert {slot for turn in turns for slot in turn.slots} <= {slot.name for slot in domain.slots}


def test_stories_have_no_labels_of_the_classifier() -> None:
    for path in FILES:
        for story in yaml.safe_load(path.read_text(encoding="utf-8"))["stories"]:
            assert [step for step in story["steps"] if "intent" in step] == []


def test_the_owners_words_were_not_trained_on(knowledge: Knowledge, stories: List[Story]) -> None:
    trained = [bare(text) for texts in UTTERANCES.values() for text in texts]
    assert _too_close(_own_words(knowledge, stories), trained) == []


@pytest.mark.skipif(not EVALUATION.exists(), reason="the evaluation lies in ../shared/eval, which is absent here")
def test_the_owners_words_are_not_those_of_the_evaluation(knowledge: Knowledge, stories: List[Story]) -> None:
    rows = [
        json.loads(line)
        for path in sorted(EVALUATION.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    said = [row[key] for row in rows for key in TEXT_OF_THE_OWNER if key in row]
    texts = [text for value in said for text in (value if isinstance(value, list) else [value])]
    assert _too_close(_own_words(knowledge, stories), [bare(text) for text in texts]) == []


def _own_words(knowledge: Knowledge, stories: List[Story]) -> List[str]:
    """What owners write themselves, but for words too short to be anybody's and those that the bot offers."""
    offered = [issue.label for issue in knowledge.issues.values()]
    offered += [sub.label for issue in knowledge.issues.values() for sub in issue.sub_issues]
    offered += [answer.label for question in knowledge.questions.values() for answer in question.choices]
    offered += [answer.label for symptom in knowledge.triage.symptoms.values() for answer in symptom.answers]
    texts = {bare(turn.owner) for story in stories for turn in story.turns} - {bare(label) for label in offered}
    return sorted(text for text in texts if len(text) >= LONG_ENOUGH_TO_COMPARE)


def _too_close(texts: List[str], others: List[str]) -> List[Tuple[str, str]]:
    compared = [text for text in others if len(text) >= LONG_ENOUGH_TO_COMPARE]
    found = [(text, process.extractOne(text, compared, scorer=fuzz.ratio, score_cutoff=TOO_CLOSE)) for text in texts]
    return [(text, match[0]) for text, match in found if match]


def test_rasas_validator_passes_on_them() -> None:
    validator = _validator(ROOT / "data" / "nlu", ROOT / "data" / "core.yml", STORIES)
    assert validator.verify_domain_validity()
    assert validator.verify_actions_in_stories_rules()
    assert validator.verify_forms_in_stories_rules()
    assert validator.verify_form_slots()
    assert validator.verify_slot_mappings()
    assert validator.verify_nlu()
    assert validator.verify_story_structure(ignore_warnings=False)


def test_rasas_validator_finds_two_stories_that_contradict_each_other(write_story: WriteStory) -> None:
    one = write_story("  - user: こんにちは\n  - action: utter_greet\n")
    other = write_story("  - user: こんにちは\n  - action: utter_goodbye\n")
    assert not _validator(one, other).verify_story_structure(ignore_warnings=False)


def _validator(*data: Path) -> Validator:
    return Validator.from_importer(
        TrainingDataImporter.load_from_config(
            config_path=str(ROOT / "config.yml"),
            domain_path=str(ROOT / "domain.yml"),
            training_data_paths=[str(path) for path in data],
        )
    )
