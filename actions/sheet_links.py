"""The address of a consultation sheet, to say."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from bot.consult.state import Consultation
from bot.frame.known import knowledge
from bot.messages import Fact, Notice, part_to_json
from bot.sheets.links import link_to
from bot.store import StoredSheet


def say_address(
    dispatcher: CollectingDispatcher, consultation: Consultation, response: str, sheet: StoredSheet
) -> None:
    """Say where the sheet, or its draft, is. Raises SetUpError where the desk is not set up."""
    words = knowledge().words
    name = words.sheet_made if sheet.made else words.sheet_draft
    card = Notice(words.sheet, (Fact(words.sheet, name, link_to(sheet.id)),))
    variation = consultation.talk.times_spoken(response)
    dispatcher.utter_message(response=response, json_message=part_to_json(card), variation=variation)
