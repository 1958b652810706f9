"""GiNZA's tokenizer alone, on normalised text: words and their dictionary forms in a fifth of a millisecond."""

from __future__ import annotations

from typing import Any, Dict, List, Text

import spacy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.normalization import normalized

# SudachiPy raises above 49,149 bytes; the longest message that is read at all has 1,000 characters.
LONGEST_TEXT_READ = 1000

EVERYTHING_BUT_THE_TOKENIZER = [
    "tok2vec",
    "parser",
    "attribute_ruler",
    "ner",
    "morphologizer",
    "compound_splitter",
    "bunsetu_recognizer",
]


def text_to_read(text: str) -> str:
    """The part of a message that is analysed, normalised: at most 1,000 characters of it, in one spelling."""
    return normalized(text[: 2 * LONGEST_TEXT_READ])[:LONGEST_TEXT_READ]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class GinzaTokenizer(Tokenizer):
    """Message text in, tokens out; `lemma` holds GiNZA's normalised form (引越し and 引っ越し alike)
    and the `tag` of each its part of speech (大分 the adverb is not 大分 the prefecture).

    Only `make_doc` of ja_ginza runs, about 0.2 ms a sentence; its full pipeline costs 15 ms and nobody reads it here.
    Token positions are those of the normalised text.
    """

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GinzaTokenizer:
        """A tokenizer with ja_ginza loaded without its statistical components."""
        return cls(config)

    def __init__(self, config: Dict[Text, Any]) -> None:
        super().__init__(config)
        self._ginza = spacy.load("ja_ginza", exclude=EVERYTHING_BUT_THE_TOKENIZER)

    @staticmethod
    def required_packages() -> List[Text]:
        """Packages to have installed."""
        return ["spacy", "ginza", "ja_ginza"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """What Rasa's tokenizer base class asks for; intents are never split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_"}

    def tokenize(self, message: Message, attribute: Text) -> List[Token]:
        """The words of a message's attribute in its normalised text; one empty token for empty text."""
        text = text_to_read(message.get(attribute) or "")
        tokens = [
            Token(word.text, word.idx, data={"tag": word.tag_}, lemma=word.norm_) for word in self._ginza.make_doc(text)
        ]
        return tokens or [Token("", 0, data={"tag": ""}, lemma="")]
