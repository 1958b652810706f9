"""The peer of bench.turn: the recipe that Rasa recommends, with TED, an action server and Rasa's own SQL tracker store.

What a turn costs hardly depends on what was learnt, so it learns for one epoch from every twentieth utterance: fewer
words make the peer a little faster, not slower. Nothing of bot.frame.changes is put into it.
"""

from __future__ import annotations

from typing import Any, Dict

import yaml

from bot.paths import ROOT

FOLDER = ROOT / "models" / "bench" / "turn"
_MODEL = FOLDER / "peer.tar.gz"
_RECIPE = ROOT / "bench" / "peer.yml"
_EVERY = 20
_ACTION = "action_show_road"
_POLICIES = (
    {"name": "MemoizationPolicy"},
    {"name": "RulePolicy"},
    {"name": "TEDPolicy", "max_history": 5, "epochs": 1, "constrain_similarities": True},
)


def main() -> None:
    """Trains the peer where there is no model of it yet, which takes some minutes."""
    from bot.frame.lean import import_rasa_leanly
    from bot.quiet import keep_libraries_quiet

    if not _MODEL.exists():
        keep_libraries_quiet()
        import_rasa_leanly()
        _train()


def agent_of_the_peer(var: str, actions: str) -> Any:
    """Rasa's agent with the peer's model, its conversations in a SQLite file in a folder, its actions at an address."""
    from rasa.core.agent import Agent
    from rasa.core.tracker_store import SQLTrackerStore
    from rasa.utils.endpoints import EndpointConfig

    from bot.quiet import show_errors_only

    show_errors_only()
    store = SQLTrackerStore(None, db=f"{var}/peer.db")
    agent = Agent(tracker_store=store, action_endpoint=EndpointConfig(actions))
    agent.load_model(str(_MODEL))
    return agent


def _train() -> None:
    from rasa.model_training import train
    from rasa.shared.nlu.training_data.loading import load_data
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from bot.quiet import show_errors_only

    show_errors_only()
    FOLDER.mkdir(parents=True, exist_ok=True)
    every = load_data(str(ROOT / "data" / "nlu"))
    some = TrainingData([example for example in every.training_examples if example.get("intent")][::_EVERY])
    (FOLDER / "nlu.yml").write_text(some.nlu_as_yaml(), encoding="utf-8")
    intents = sorted(some.intents)
    _write("domain.yml", {"version": "3.1", "intents": intents, "actions": [_ACTION]})
    steps = [{"intent": intent} for intent in intents]
    stories = [{"story": f"one {s['intent']}", "steps": [s, {"action": _ACTION}]} for s in steps]
    stories += [
        {"story": f"two {one['intent']}", "steps": [one, {"action": _ACTION}, other, {"action": _ACTION}]}
        for one, other in zip(steps, steps[1:], strict=False)
    ]
    _write("stories.yml", {"version": "3.1", "stories": stories})
    recipe = yaml.safe_load(_RECIPE.read_text(encoding="utf-8"))
    for component in recipe["pipeline"]:
        if "epochs" in component:
            component["epochs"] = 1
    _write("config.yml", {**recipe, "policies": list(_POLICIES)})
    files = [str(FOLDER / name) for name in ("nlu.yml", "stories.yml")]
    domain, config = str(FOLDER / "domain.yml"), str(FOLDER / "config.yml")
    train(domain, config, files, str(FOLDER), fixed_model_name="peer")


def _write(name: str, content: Dict[str, Any]) -> None:
    (FOLDER / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


if __name__ == "__main__":
    main()
