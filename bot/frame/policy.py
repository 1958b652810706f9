"""The one policy: asks bot.consult what comes of a message, once, and predicts the actions that carry it out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, Optional, Text, Tuple

from rasa.core.constants import DEFAULT_POLICY_PRIORITY, POLICY_PRIORITY
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import InvalidConfigException

from bot.consult.reading import hear, thresholds_in, understood_from
from bot.consult.state.kept import consultation_in
from bot.consult.turn import turn
from bot.frame.known import knowledge
from bot.frame.plan import Plan, plan_in, plan_of, slots_after
from bot.frame.recording import tell_carried_out, tell_decided
from bot.frame.unreadable import BEGINS_ANEW
from bot.operator.desk import desk
from bot.store import With, who_has

_SERVICES = ("line", "slack")  # what is seen there lies with whoever runs the service


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class TurnPolicy(Policy):
    """A tracker in, the next action of the turn out, with confidence 1; behind the last one it listens.

    At the first prediction after a message the turn is decided (0.5 ms, and a look into the store where there is staff
    that may have the conversation) and kept in slots beside the prediction. The thresholds stand in config.yml; nothing
    is learned here.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """What Rasa wants of every policy; the thresholds have no default."""
        return {POLICY_PRIORITY: DEFAULT_POLICY_PRIORITY}

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Raises InvalidConfigException where a threshold is missing or not between 0 and 1."""
        try:
            thresholds_in(config)
        except ValueError as error:
            raise InvalidConfigException(f"config.yml: TurnPolicy.{error}") from error

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context)
        self.validate_config(config)
        self._thresholds = thresholds_in(config)
        self._knowledge = knowledge()

    def train(self, training_trackers: List[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """There is nothing to learn: what a turn is stands in bot.consult."""
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TurnPolicy:
        """A policy as it was configured when the model was trained."""
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[Dict[Text, Any]] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """The action that comes next."""
        done = actions_since_the_message(tracker)
        events: List[Event] = []
        if done == 0:
            plan, events = self._decide(tracker)
        else:
            plan = plan_in(tracker.get_slot)
            if plan.effects and done == len(plan.effects):
                tell_carried_out(consultation_in(tracker.get_slot), plan.said)
        action = plan.actions[done] if done < len(plan.actions) else ACTION_LISTEN_NAME
        prediction = PolicyPrediction.for_action_name(domain, action, type(self).__name__)
        prediction.optional_events = events
        return prediction

    def _decide(self, tracker: DialogueStateTracker) -> Tuple[Plan, List[Event]]:
        """The plan of the turn after the latest message, and the events that keep it."""
        before = consultation_in(tracker.get_slot)
        message = tracker.latest_message
        theirs = who_has(tracker.sender_id)
        if theirs is With.PERSON and not before.talk.paused:  # they came without having been called
            before = before.with_talk(paused=True)
        given_back = before.talk.paused and theirs is With.BOT
        understood = understood_from({**message.parse_data, "metadata": message.metadata})
        heard = hear(self._knowledge, before, understood, self._thresholds, message.timestamp, given_back)
        heard = replace(
            heard,
            begins_anew=bool(tracker.get_slot(BEGINS_ANEW)),
            with_a_person=theirs is With.PERSON,
            shown_elsewhere=message.input_channel in _SERVICES,
        )
        decided = turn(self._knowledge, desk(), before, heard)
        tell_decided(before, heard, decided, message.parse_data, theirs)
        slots = {**slots_after(decided), BEGINS_ANEW: None}
        changed = [SlotSet(name, value) for name, value in slots.items() if value != tracker.get_slot(name)]
        return plan_of(decided), changed


def actions_since_the_message(tracker: DialogueStateTracker) -> int:
    """How many actions were run since the owner's latest message."""
    done = 0
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        done += isinstance(event, ActionExecuted)
    return done
