"""GiNZA's tokenizer alone: normalises a text once, and cuts it into words with their dictionary forms."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, List, Text

import spacy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.clauses import clauses_in, cut_into_clauses, with_clauses
from bot.nlu.turn_examples import is_read_in_place
from bot.normalization import text_to_read

PLACE_NAME = "名詞-固有名詞-地名"
_NORMALIZED = "normalized_text"
EVERYTHING_BUT_THE_TOKENIZER = [
    "tok2vec",
    "parser",
    "attribute_ruler",
    "ner",
    "morphologizer",
    "compound_splitter",
    "bunsetu_recognizer",
]


@lru_cache(maxsize=1)
def ginza() -> spacy.Language:
    """ja_ginza without its statistical components, loaded once a process; that takes two seconds."""
    found = spacy.load("ja_ginza", exclude=EVERYTHING_BUT_THE_TOKENIZER)
    found.tokenizer.need_subtokens = False  # shorter units, which nobody reads, cost a fourth of the time
    return found


def text_of(message: Message) -> Text:
    """The normalised text of a message, as the tokenizer read it."""
    return message.get(_NORMALIZED) or ""


def matter_of(message: Message) -> Text:
    """The normalised text without names of places, for telling what the matter is.

    Where an owner lives says nothing of the worry, but a name rare in the training data (富山で…) pulls the reading to
    wherever it happened to stand there.
    """
    text, words = text_of(message), message.get(TOKENS_NAMES[TEXT]) or []
    places = [word for word in words if word.get("tag").startswith(PLACE_NAME)]
    for place in reversed(places):
        text = text[: place.start] + text[place.end :]
    return text


class Word(Token):
    """A token whose fingerprint is its own text and place: Rasa takes the fingerprint of every training token again
    after every component, and its general way of doing so took 13 s of a training of 100 s."""

    def fingerprint(self) -> Text:
        """Equal for words that are equal in everything the components read."""
        return f"{self.text} {self.start} {self.lemma} {self.data['tag']}"


def _grammar(word: spacy.tokens.Token) -> Dict[Text, Any]:
    """Part of speech, dictionary form and inflection of a word; the first is what most components read."""
    return {"tag": word.tag_, "base": word.lemma_, "inflection": "".join(word.morph.get("Inflection"))}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class GinzaTokenizer(Tokenizer):
    """Message text in, tokens out; `lemma` holds GiNZA's normalised form (引越し and 引っ越し alike)
    and the `tag` of each its part of speech (大分 the adverb is not 大分 the prefecture); `base` and `inflection` are
    its dictionary form and its 活用型;活用形.

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
        self._ginza = ginza()

    @staticmethod
    def required_packages() -> List[Text]:
        """Packages to have installed."""
        return ["spacy", "ginza", "ja_ginza"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """What Rasa's tokenizer base class asks for; intents are never split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_"}

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for training examples; only those in their place are cut into clauses."""
        super().process_training_data(training_data)
        in_place = [example for example in training_data.training_examples if is_read_in_place(example)]
        cut_into_clauses(in_place)
        super().process([clause for example in in_place for clause in clauses_in(example)])
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Cuts every message, and each of its clauses, into words."""
        cut_into_clauses(messages)
        super().process(with_clauses(messages))
        return messages

    def tokenize(self, message: Message, attribute: Text) -> List[Token]:
        """The words of a message's attribute in its normalised text; one empty token for empty text."""
        text = text_to_read(message.get(attribute) or "")
        if attribute == TEXT:
            message.set(_NORMALIZED, text)
        tokens = [
            Word(word.text, word.idx, data=_grammar(word), lemma=word.norm_) for word in self._ginza.make_doc(text)
        ]
        return tokens or [Word("", 0, data={"tag": ""}, lemma="")]
