"""Says what the turn has decided: the response in its variation, its words filled in, with the message part beside."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.consult.cards import part_of
from bot.consult.scene import Said
from bot.consult.state import Consultation
from bot.consult.state.kept import consultation_in
from bot.consult.state.talk import Talk
from bot.frame.easy import easily_read, easy_text, part_easily_read
from bot.frame.known import knowledge
from bot.frame.plan import plan_in
from bot.frame.policy import actions_since_the_message
from bot.messages import Message, Part, part_from_json, part_to_json
from bot.sheets.shape import today


class PlannedResponses(TemplatedNaturalLanguageGenerator):
    """Rasa's templates, where the plan of the turn says which variation, words and card; never a random one.

    An action that speaks itself (actions/) says so by `variation`, the words, and `custom`, the part as JSON. The plain
    text of the part follows the words, so that `text` can be read on its own; a road is folded in it.
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
        variations = _on(tracker.get_latest_input_channel(), variations)
        consultation = consultation_in(tracker.get_slot)
        if consultation.talk.easily and easy_text(utter_action) is not None:
            variations = [{"text": easy_text(utter_action)}]
        planned = plan_in(tracker.get_slot).said_at(actions_since_the_message(tracker))
        if planned is not None and planned.response == utter_action:
            variation, words, part = planned.variation, dict(planned.words), _part(consultation, planned)
        else:
            part = part_from_json(kwargs["custom"]) if kwargs.get("custom") else None
            variation, words = int(kwargs.get("variation", 0)), kwargs
        response = self._fill_response(dict(variations[variation % len(variations)]), {}, **words)
        return _with_part(response, part, consultation.talk)


def _on(channel: Optional[Text], variations: List[Dict[Text, Any]]) -> List[Dict[Text, Any]]:
    """Those for the channel that the owner writes on, or else those for any, as Rasa has it."""
    own = [variation for variation in variations if variation.get("channel") == channel]
    return own or [variation for variation in variations if "channel" not in variation]


def _with_part(response: Dict[Text, Any], part: Optional[Part], talk: Talk) -> Dict[Text, Any]:
    """The response with the part beside its words, and its plain text behind them."""
    if talk.easily:
        response["text"] = easily_read(response["text"], talk.in_kana)
        part = part_from_json(part_easily_read(part_to_json(part), talk.in_kana)) if part is not None else None
    if part is not None:
        response["custom"] = part_to_json(part)
        response["text"] = Message(response["text"], part).plain()
    return response


def _part(consultation: Consultation, said: Said) -> Optional[Part]:
    return part_of(knowledge(), consultation, said.card, today()) if said.card else None
