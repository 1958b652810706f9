"""Loads a second model beside the one that answers; what belongs to no model is taken from that one.

Dictionaries, word vectors, places and the domain are half of what a model takes to load, and most of its memory. Where
both models stand on the same knowledge and code (`bot.training.ground`), they are the same for both.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple, Union

from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata, ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider

from bot.nlu.place_extractor import PlaceExtractor
from bot.nlu.tokenizer import GinzaTokenizer
from bot.nlu.word_vectors import WordVectors

# None of them keeps anything of a message, and all are asked in the thread of the turns alone.
_OF_NO_MODEL = (DomainProvider, GinzaTokenizer, PlaceExtractor, WordVectors)


class SecondProcessor(MessageProcessor):
    """The processor of another model, with the stores, locks and actions of the agent that answers.

    Nothing of the agent's is changed. Raises what a model raises that does not load.
    """

    def __init__(self, model: Path, agent: Agent) -> None:
        self._first: Dict[str, GraphNode] = agent.processor.graph_runner._instantiated_nodes
        super().__init__(
            model_path=model,
            tracker_store=agent.tracker_store,
            lock_store=agent.lock_store,
            action_endpoint=agent.action_endpoint,
            generator=agent.nlg,
        )
        del self._first

    def _load_model(self, model_path: Union[str, Path]) -> Tuple[str, ModelMetadata, DaskGraphRunner]:
        with tempfile.TemporaryDirectory() as folder:
            metadata, runner = load_predict_graph_runner(
                Path(folder), Path(model_path), LocalModelStorage, _Runners(self._first)
            )
        return Path(model_path).name, metadata, runner


class _Runners:
    """Makes the runner of a graph, in the place of the class that Rasa asks for it."""

    def __init__(self, first: Dict[str, GraphNode]) -> None:
        self._first = first

    def create(
        self,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: Optional[List[GraphNodeHook]] = None,
    ) -> DaskGraphRunner:
        """As `DaskGraphRunner.create`."""
        first = self._first

        class Runner(DaskGraphRunner):
            @staticmethod
            def _instantiate_nodes(schema: GraphSchema, *given: Any) -> Dict[str, GraphNode]:
                return {name: _node(name, node, first.get(name), *given) for name, node in schema.nodes.items()}

        return Runner(graph_schema, model_storage, execution_context, hooks)


def _node(name: str, schema: Any, first: Optional[GraphNode], *given: Any) -> GraphNode:
    if first is None or schema.uses not in _OF_NO_MODEL or first._component_class is not schema.uses:
        return GraphNode.from_schema_node(name, schema, *given)
    node = GraphNode.from_schema_node(name, replace(schema, eager=False), *given)
    if node._component_config != first._component_config:
        return GraphNode.from_schema_node(name, schema, *given)
    node._component, node._eager = first._component, True  # one that is not eager is loaded when it is first asked
    return node
