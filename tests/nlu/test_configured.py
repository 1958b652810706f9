"""What a component is to be told stands in config.yml alone; where it is missing there, it is named."""

from __future__ import annotations

from typing import Any, Dict, Type

import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException

from bot.nlu.intent_classifier import IntentClassifier
from bot.nlu.symptom_reader import SymptomReader
from bot.nlu.topic_reader import TopicReader
from tests.conftest import ROOT

COMPONENTS = (IntentClassifier, SymptomReader, TopicReader)
NUMBERS = [(IntentClassifier, name) for name in ("C", "dense", "neighbours", "beside")]
NUMBERS += [(SymptomReader, name) for name in ("like", "most")]
NUMBERS += [(TopicReader, name) for name in ("C", "dense")]


def config_of(component: Type[GraphComponent]) -> Dict[str, Any]:
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    name = f"{component.__module__}.{component.__name__}"
    return {key: value for key, value in next(c for c in pipeline if c["name"] == name).items() if key != "name"}


def create(component: Type[GraphComponent], config: Dict[str, Any], tmp_path: Any) -> GraphComponent:
    """As Rasa makes it: with the defaults beneath what config.yml says."""
    merged = {**component.get_default_config(), **config}
    context = ExecutionContext(GraphSchema({}))
    return component.create(merged, LocalModelStorage(tmp_path), Resource("component"), context)


@pytest.mark.parametrize("component", COMPONENTS)
def test_no_component_has_a_second_default_for_what_the_configuration_says(component: Type[GraphComponent]) -> None:
    assert config_of(component)
    assert set(component.get_default_config()) & set(config_of(component)) == set()


@pytest.mark.parametrize(("component", "name"), NUMBERS)
def test_a_number_that_is_missing_is_named(component: Type[GraphComponent], name: str, tmp_path: Any) -> None:
    config = config_of(component)
    del config[name]
    with pytest.raises(InvalidConfigException) as error:
        create(component, config, tmp_path)
    assert f"config.yml: {component.__name__}.{name}: expected a number" in str(error.value)


@pytest.mark.parametrize("value", [-1, "0.8", None, True])
@pytest.mark.parametrize(("component", "name"), NUMBERS)
def test_a_number_that_makes_no_sense_is_named(
    component: Type[GraphComponent], name: str, value: object, tmp_path: Any
) -> None:
    with pytest.raises(InvalidConfigException, match=f"{component.__name__}.{name}"):
        create(component, {**config_of(component), name: value}, tmp_path)


def test_a_model_whose_configuration_lacks_a_number_does_not_load(tmp_path: Any) -> None:
    with pytest.raises(
        InvalidConfigException, match=r"IntentClassifier\.C: expected a number at least 0.001, found none"
    ):
        IntentClassifier.load({}, LocalModelStorage(tmp_path), Resource("component"), ExecutionContext(GraphSchema({})))
