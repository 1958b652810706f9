"""The one action of the peer of bench.turn, as its action server runs it: it says a sentence with a card beside it."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

_CARD = {"type": "road", "steps": [{"name": "よろず支援拠点", "say": "まず、ここへ。" * 20}] * 3}


class ActionShowRoad(Action):
    """Says where to go, the same each time."""

    def name(self) -> str:
        """Its name in the peer's domain."""
        return "action_show_road"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> List[Dict[str, Any]]:
        """One message, no event."""
        dispatcher.utter_message(text="ご相談先は、こちらです。", json_message=_CARD)
        return []
