"""The model that serves, as the console asks it: in the thread of the turns, a little at a time."""

from __future__ import annotations

import asyncio
import threading
from functools import lru_cache
from typing import Any, Callable, Dict, Mapping, Optional, Sequence, Tuple

import numpy as np
import spacy
from numpy.typing import NDArray
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.console.reader import ReadNow
from bot.consult.place import Place, Waiting
from bot.frame.thinking import thinking
from bot.knowledge import institution_names, load_knowledge
from bot.nlu.likeness import vectors_of
from bot.nlu.tokenizer import EVERYTHING_BUT_THE_TOKENIZER
from bot.nlu.turn_examples import as_metadata
from bot.normalization import text_to_read
from bot.store import ProposedMove, Stood

# Owners' turns are computed in the same thread, so it is given back after each few: 8 take 20 ms.
_AT_ONCE = 8
_MOST_REMEMBERED = 4_000  # vectors of 2 KB
_LONGEST = 300
_ARGUMENTS = ("issue", "sub_issue", "n", "slot", "value", "about", "how")
_NAMES = ("名詞-固有名詞-人名", "名詞-固有名詞-一般")  # parts of speech of SudachiDict


class ServingModel:
    """As the console asks (`bot.console.reader.Reader`), by the agent that is there once the server has started."""

    def __init__(self, agent: Callable[[], Optional[Agent]]) -> None:
        self._agent = agent
        self._vectors: Dict[str, NDArray[np.float32]] = {}

    async def read(self, words: str, stood: Stood) -> Optional[ReadNow]:
        """As the protocol says; some 30 ms."""
        agent = self._agent()
        if agent is None or agent.processor is None:
            return None
        place = Place(Waiting(stood.waiting), stood.offered, stood.issue, stood.sub_issue, stood.road)
        message = UserMessage(words, metadata=as_metadata(place))
        parsed: Mapping[str, Any] = await thinking().do(agent.processor.parse_message(message))
        intent = str(parsed["intent"]["name"] or "")
        sub_issue = (parsed.get("sub_issues") or {}).get(intent)
        moves = tuple(_move(read) for read in parsed.get("moves") or ())
        return ReadNow(moves, intent, sub_issue["name"] if sub_issue else None)

    async def likeness(self, words: str, others: Sequence[str]) -> Tuple[float, ...]:
        """As the protocol says; 2.5 ms for each text that was not asked for before."""
        texts = {text: text_to_read(text)[:_LONGEST] or " " for text in (words, *others)}
        new = [text for text in dict.fromkeys(texts.values()) if text not in self._vectors]
        if len(self._vectors) + len(new) > _MOST_REMEMBERED:
            self._vectors.clear()
            new = list(dict.fromkeys(texts.values()))
        for begin in range(0, len(new), _AT_ONCE):
            some = new[begin : begin + _AT_ONCE]
            self._vectors.update(zip(some, await thinking().do(_encoded(some)), strict=True))
        mine = self._vectors[texts[words]]
        return tuple(float(self._vectors[texts[other]] @ mine) for other in others)

    async def names_in(self, words: str) -> Tuple[str, ...]:
        """As the protocol says, by the dictionary's parts of speech; 0.2 ms, and 2 s for the first time."""
        return await asyncio.to_thread(names_in, words)


async def _encoded(texts: Sequence[str]) -> NDArray[np.float32]:
    return vectors_of(texts)


def _move(read: Mapping[str, Any]) -> ProposedMove:
    about = tuple((name, str(read[name])) for name in _ARGUMENTS if read.get(name))
    return ProposedMove(read["move"], about)


_ONE_AT_A_TIME = threading.Lock()  # Sudachi's tokenizer has a state


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    ginza = spacy.load("ja_ginza", exclude=EVERYTHING_BUT_THE_TOKENIZER)
    ginza.tokenizer.need_subtokens = False
    return ginza


@lru_cache(maxsize=1)
def _institutions() -> Tuple[str, ...]:
    """What institutions are called, the longest first."""
    named = institution_names(load_knowledge().institutions).values()
    return tuple(sorted({name for names in named for name in names}, key=lambda name: -len(name)))


def names_in(words: str) -> Tuple[str, ...]:
    """What the dictionary has as names of people, firms and goods; institutions (税理士) are none."""
    for institution in _institutions():
        words = words.replace(institution, "\n")
    with _ONE_AT_A_TIME:
        found = [word.text for word in _tokenizer().make_doc(words) if word.tag_.startswith(_NAMES)]
    return tuple(dict.fromkeys(found))
