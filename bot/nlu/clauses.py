"""Parts of a message that may each hold a worry of their own: 人が辞めた。それと借入の返済も…"""

from __future__ import annotations

import re
from typing import List

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.normalization import text_to_read

CLAUSES = "clauses"
NEW_LABELS = "new_labels"
_AND = "あと|それと|それから|ついでに|おまけに|あわせて|加えて|さらに"
_ENDS = re.compile(rf"[。！!？?\n]|(?<=[しが])、|(?<!わたし)(?<=[いたる]し)(?=[一-龥ァ-ヶ])|、?(?:{_AND})")
_STOPS = re.compile(r"[。、！!？?\n]")
# What stands before a correction, and is not meant: 違う違う、 and 自分の店じゃなくて
_NOT_MEANT = re.compile(
    r"^(?:(?:(?:違|ちが)(?:う|い(?:ます)?)(?:よ|って|の)?|ちゃう(?:ちゃう)?|いやいや|いや|いえいえ|いえ|ううん"
    r"|そう(?:じゃ|や|では)な(?:い|くて?)(?:です|の|よ)?)[、。 ]*)+(?<=[、。 ])"
)
# A yes before what matters: そうですそうです新しい売り先を
_A_YES = re.compile(r"^(?:(?:はい|ええ|うん|そう(?:です|だ|や|なん(?:です|だ)?)?(?:ね|よ)?)[、。!！ ]*){1,4}(?=.{7})")
_INSTEAD = re.compile(
    r"^.*?(?:(?:じゃ|では|や)(?:なくて|なく|のうて|ねくて)"
    r"|(?:話|こと|ほう|方|の)(?:じゃ|では|や)(?:ない|ありません|ねえ)"
    r"(?:んです|んだ|んや|です)?(?:よ|の|のよ)?(?=[、。 ]))"
)
_BEHIND_A_SENTENCE = re.compile(r"[^。、！!？?\n]{1,6}[。！!](?=[^。！!]{7})")  # 工場です。, すみません。
_SHORTEST, _SHORTEST_IN_A_LIST, _SHORTEST_CORRECTION = 7, 5, 3
_A_LIST, _LONGEST_IN_A_LIST = 3, 14
_MOST = 6


def clauses_of(text: str) -> List[str]:
    """The first six clauses of at least seven characters; none where the message is a single one.

    Worries in one breath (人は続かん、光熱費は上がる、借金は残る) are clauses from five characters on. Of a correction
    (店のじゃなくて通りの) the clause is what is meant instead; what follows a yes (そうです、売り先を) or a short
    sentence (工場です。) is one too.
    """
    read = text_to_read(text)
    meant = _INSTEAD.sub("", _NOT_MEANT.sub("", read))
    instead = meant.strip("、。 ")
    if meant != read and len(instead) >= _SHORTEST_CORRECTION:
        return [instead]
    after_a_yes = _A_YES.sub("", read)
    parts = _worries_in_one_breath(after_a_yes) or _of_length(_ENDS.split(after_a_yes), _SHORTEST)
    behind = parts if _BEHIND_A_SENTENCE.match(after_a_yes) else []
    return parts[:_MOST] if len(parts) > 1 or after_a_yes != read else behind


def _worries_in_one_breath(read: str) -> List[str]:
    """The items of a list of short sentences; none where the message is no such list."""
    items = [part for part in _STOPS.split(read) if part]
    short = [item for item in items if len(item) <= _LONGEST_IN_A_LIST]
    return _of_length(items, _SHORTEST_IN_A_LIST) if len(short) >= _A_LIST and len(short) >= len(items) - 1 else []


def _of_length(parts: List[str], shortest: int) -> List[str]:
    return [part for part in (part.strip("、 ") for part in parts if part) if len(part) >= shortest]


def cut_into_clauses(messages: List[Message]) -> None:
    """Keeps with every message its clauses, as messages of their own that the featurizers read as well."""
    for message in messages:
        message.set(CLAUSES, [Message(data={TEXT: clause}) for clause in clauses_of(message.get(TEXT) or "")])


def with_clauses(messages: List[Message]) -> List[Message]:
    """Every message, followed by its clauses and by the labels offered that were not read yet."""
    return [one for message in messages for one in (message, *clauses_in(message), *new_labels_in(message))]


def clauses_in(message: Message) -> List[Message]:
    """The clauses that a message was cut into; none where it is a single one."""
    clauses: List[Message] = message.get(CLAUSES) or []
    return clauses


def new_labels_in(message: Message) -> List[Message]:
    """The labels offered that are read beside this message for the first time."""
    labels: List[Message] = message.get(NEW_LABELS) or []
    return labels
