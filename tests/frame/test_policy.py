"""The policy asks once a message what comes of it, predicts the actions in their order, and then listens."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import InvalidConfigException

from bot.consult.reading import Thresholds
from bot.consult.state import Consultation
from bot.consult.state.kept import consultation_in, slots_of
from bot.frame.plan import plan_in
from bot.frame.policy import TurnPolicy, actions_since_the_message
from bot.store import By, Reason, Takeovers, database, handoffs
from tests.conftest import ROOT
from tests.consult.conftest import POLICY, a_consultation

OWNER = "web-an-owner"
FRESH = Consultation()
MakePolicy = Callable[..., TurnPolicy]


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(ROOT / "domain.yml"))


@pytest.fixture
def config() -> Dict[str, Any]:
    """What config.yml says of the policy."""
    written = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    (policy,) = (policy for policy in written["policies"] if policy["name"] == POLICY)
    return {**TurnPolicy.get_default_config(), **{name: value for name, value in policy.items() if name != "name"}}


@pytest.fixture
def make(tmp_path: Path) -> MakePolicy:
    def made(config: Dict[str, Any]) -> TurnPolicy:
        context = ExecutionContext(GraphSchema({}))
        return TurnPolicy.load(config, LocalModelStorage(tmp_path), Resource("policy"), context)

    return made


@pytest.fixture
def policy(make: MakePolicy, config: Dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TurnPolicy:
    """The policy of config.yml, with a store of its own."""
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))
    return make(config)


def a_tracker(domain: Domain, text: str, intent: str, before: Consultation = FRESH) -> DialogueStateTracker:
    """A tracker with the owner's latest message, understood to be of an intent."""
    tracker = DialogueStateTracker(OWNER, domain.slots)
    for name, value in slots_of(before).items():
        tracker.update(SlotSet(name, value), domain)
    said(tracker, domain, text, intent)
    return tracker


def said(tracker: DialogueStateTracker, domain: Domain, text: str, intent: str) -> None:
    ranked = {"name": intent, "confidence": 0.95}
    parse = {"text": text, "intent": ranked, "intent_ranking": [ranked], "entities": []}
    tracker.update(UserUttered(text, ranked, [], parse), domain)


def carried_out(policy: TurnPolicy, tracker: DialogueStateTracker, domain: Domain) -> List[str]:
    """The actions that the policy predicts until it listens, each run as Rasa runs it, without what it does."""
    names: List[str] = []
    while not names or names[-1] != ACTION_LISTEN_NAME:
        prediction = policy.predict_action_probabilities(tracker, domain)
        names.append(domain.action_names_or_texts[prediction.max_confidence_index])
        for event in (*prediction.optional_events, ActionExecuted(names[-1])):
            tracker.update(event, domain)
        assert len(names) < 20, names
    return names


def test_the_actions_of_the_turn_come_in_their_order_and_then_it_listens(policy: TurnPolicy, domain: Domain) -> None:
    tracker = a_tracker(domain, "こんにちは", "greet")
    assert carried_out(policy, tracker, domain) == ["utter_greet", "utter_ask_issue", ACTION_LISTEN_NAME]


def test_it_is_sure_of_every_action(policy: TurnPolicy, domain: Domain) -> None:
    prediction = policy.predict_action_probabilities(a_tracker(domain, "こんにちは", "greet"), domain)
    assert prediction.max_confidence == 1.0


def test_the_consultation_and_the_plan_are_kept_in_slots(policy: TurnPolicy, domain: Domain) -> None:
    tracker = a_tracker(domain, "店を出したい", "創業")
    carried_out(policy, tracker, domain)
    assert consultation_in(tracker.get_slot).issue == tracker.get_slot("issue") == "創業"
    assert plan_in(tracker.get_slot).actions[-1] == "utter_ask_sub_issue"
    assert tracker.get_slot("question") == "sub_issue"


def test_a_turn_is_decided_once_a_message(policy: TurnPolicy, domain: Domain) -> None:
    tracker = a_tracker(domain, "こんにちは", "greet")
    first = policy.predict_action_probabilities(tracker, domain)
    for event in (*first.optional_events, ActionExecuted("utter_greet")):
        tracker.update(event, domain)
    assert first.optional_events
    assert policy.predict_action_probabilities(tracker, domain).optional_events == []


def test_the_next_message_is_decided_on_what_was_kept(policy: TurnPolicy, domain: Domain) -> None:
    tracker = a_tracker(domain, "店を出したい", "創業")
    carried_out(policy, tracker, domain)
    said(tracker, domain, "わからない", "skip")
    assert "utter_ask_prefecture" in carried_out(policy, tracker, domain)
    assert consultation_in(tracker.get_slot).issue == "創業"


def test_only_slots_that_change_are_set(policy: TurnPolicy, domain: Domain) -> None:
    before = a_consultation(issue="創業", sub_issue="before", question="prefecture")
    prediction = policy.predict_action_probabilities(a_tracker(domain, "こんにちは", "greet", before), domain)
    assert {event.key for event in prediction.optional_events} == {"consultation", "plan"}


def test_an_action_that_failed_leads_to_the_turn_as_it_is_instead(
    policy: TurnPolicy, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    tracker = a_tracker(domain, "人と話したい", "ask_human")
    prediction = policy.predict_action_probabilities(tracker, domain)
    for event in (*prediction.optional_events, ActionExecuted("action_call_staff")):
        tracker.update(event, domain)
    (effect,) = plan_in(tracker.get_slot).effects
    assert effect.otherwise is not None
    plan = {**tracker.get_slot("plan"), "said": [{"response": said.response} for said in effect.otherwise.said]}
    tracker.update(SlotSet("plan", plan), domain)
    assert carried_out(policy, tracker, domain)[0] == "utter_call_human"


def test_while_staff_has_the_conversation_the_bot_keeps_still(
    policy: TurnPolicy, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    handoffs().open(OWNER, Reason.ASKED)
    tracker = a_tracker(domain, "返済を止めています", "資金繰り", a_consultation(paused=True, passed_on=True))
    assert carried_out(policy, tracker, domain) == [ACTION_LISTEN_NAME]


def test_once_staff_gave_the_conversation_back_the_bot_answers(
    policy: TurnPolicy, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    handoffs().open(OWNER, Reason.ASKED)
    handoffs().resume(OWNER)
    tracker = a_tracker(domain, "店を出したい", "創業", a_consultation(paused=True, passed_on=True))
    carried_out(policy, tracker, domain)
    assert (tracker.get_slot("issue"), tracker.get_slot("paused")) == ("創業", False)


def test_the_store_is_asked_who_has_the_conversation_only_where_there_is_staff(
    policy: TurnPolicy, domain: Domain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried_out(policy, a_tracker(domain, "店を出したい", "創業"), domain)
    assert not (tmp_path / "store.sqlite").exists()  # the store is made by the first who asks it
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    carried_out(policy, a_tracker(domain, "店を出したい", "創業"), domain)
    assert (tmp_path / "store.sqlite").exists()


def test_while_a_person_has_the_conversation_the_bot_keeps_still_also_where_it_was_not_paused(
    policy: TurnPolicy, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    handoffs().open(OWNER, Reason.DISTRESS)
    Takeovers(database()).claim(OWNER, By("花子", ""), "花子")
    tracker = a_tracker(domain, "店を出したい", "創業")
    assert carried_out(policy, tracker, domain) == [ACTION_LISTEN_NAME]
    assert tracker.get_slot("paused") is True


@pytest.mark.parametrize("missing", Thresholds.__dataclass_fields__)
def test_a_threshold_that_is_missing_is_refused_by_its_name(
    make: MakePolicy, config: Dict[str, Any], missing: str
) -> None:
    del config[missing]
    with pytest.raises(InvalidConfigException, match=rf"config.yml: TurnPolicy.{missing}: expected a number"):
        make(config)


@pytest.mark.parametrize("value", [0, 1, -0.5, 1.5, "0.5", None, True])
def test_a_threshold_that_is_none_is_refused(make: MakePolicy, config: Dict[str, Any], value: object) -> None:
    with pytest.raises(InvalidConfigException, match=r"TurnPolicy.sure: expected a number above 0 and below 1"):
        make({**config, "sure": value})


def test_only_actions_since_the_message_count(domain: Domain) -> None:
    tracker = a_tracker(domain, "こんにちは", "greet")
    tracker.update(ActionExecuted("utter_greet"), domain)
    assert actions_since_the_message(tracker) == 1
    said(tracker, domain, "店", "創業")
    assert actions_since_the_message(tracker) == 0
