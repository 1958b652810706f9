"""Finds of which field a question is, by who would know the answer: 残業代は何割増しか is for who knows of wages."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.knowledge import load_knowledge
from bot.nlu.fingerprints import digest_of
from bot.nlu.question_reader import QuestionReader, WayOfAsking

FIELDS = "fields"
FIELDS_BY_CLAUSE = "fields_by_clause"
_OF_INSTITUTIONS = "desk"
# Half of all answers are of the institutions that we name; with a third of their ways of asking 0.57 of 150 questions
# of strangers are read right, with all of them 0.55, and fewer of the other fields are taken for one of these.
_EVERY_OF_THESE = 3


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class FieldReader(QuestionReader):
    """`fields` and `fields_by_clause` out, learned from the ways of asking of fields.yml and of the answers.

    Which field an answer is of stands beside it (`field`).
    """

    whole = FIELDS
    by_clause = FIELDS_BY_CLAUSE

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        """So that plain `rasa train` notices a change of the fields or the answers."""
        return f"{digest_of('fields.yml')}{digest_of('answers/*.yml')}"

    def ways_of_asking(self) -> List[WayOfAsking]:
        """Those of every field and of every answer."""
        knowledge = load_knowledge()
        of_fields = [WayOfAsking(way, field.id) for field in knowledge.fields.values() for way in field.asked_as]
        of_answers = [WayOfAsking(way, one.field) for one in knowledge.answers.values() for way in one.asked_as]
        of_these = [way for way in of_answers if way.kind == _OF_INSTITUTIONS][::_EVERY_OF_THESE]
        return [*of_fields, *(way for way in of_answers if way.kind != _OF_INSTITUTIONS), *of_these]
