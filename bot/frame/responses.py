"""Chooses what to say among the variations of a response, and adds the plain text of the message part beside it."""

from __future__ import annotations

from typing import Any, Dict, Optional, Text

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.messages import Message, part_from_json


class VariedResponses(TemplatedNaturalLanguageGenerator):
    """Rasa's templates, with the next variation each time instead of a random one.

    An owner hears a sentence twice only after all its variations; and a conversation can be repeated word for word.
    Where a message part goes with the response, its plain text follows, so that `text` is complete on its own.
    """

    def __init__(self, endpoint_config: Optional[EndpointConfig] = None, domain: Optional[Domain] = None) -> None:
        super().__init__((domain or Domain.empty()).responses)

    async def generate(
        self, utter_action: Text, tracker: DialogueStateTracker, output_channel: Text, **kwargs: Any
    ) -> Optional[Dict[Text, Any]]:
        """The response with its words filled in, or None where the domain has none of that name."""
        variations = self.responses.get(utter_action)
        if not variations:
            return None
        heard_before = sum(
            isinstance(event, BotUttered) and event.metadata.get("utter_action") == utter_action
            for event in tracker.events
        )
        response = self._fill_response(dict(variations[heard_before % len(variations)]), {}, **kwargs)
        part = kwargs.get("custom")
        if part:
            response["text"] = Message(response["text"], part_from_json(part)).plain()
        return response
