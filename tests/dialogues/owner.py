"""Plays an owner of the development dialogues: answers each question with the turn that fits, keeps a record."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, List, Mapping, Optional, Set, Tuple

from rasa.core.agent import Agent

from bot.consult.state import Question
from bot.knowledge import Knowledge
from bot.normalization import normalized
from tests.dialogues.conversation import Turn, say, shown

FILE = Path(__file__).resolve().parents[3] / "shared" / "eval" / "dialogues_dev.json"
MOST_TURNS = 16
# What an owner who has said all there is answers to a question.
NOTHING_MORE = {
    Question.ANYTHING_ELSE: "いいえ",
    Question.ISSUE: "わかりません",
    Question.WHICH_ISSUE: "わかりません",
    Question.TRIAGE: "わかりません",
    Question.OTHER_ISSUE: "はい",
}
# Which question a cue stands for. Any other cue belongs to the flow of the talk: its turn is said in its order.
CUES = {Question.PREFECTURE: "場所|県|任意", Question.WHICH_ISSUE: "どちらを先|一つだけ|確認", "industry": "業種"}
ONLY_WHEN_ASKED = re.compile(
    "人数|県|任意と.*"
)  # a bare 「1」 or 「じゃあ無しで」 means nothing unless it was asked for
_UNSAID = re.compile("拒否|不要|未聴取")
_BESIDE = re.compile(r"\(.*?\)|（.*?）")
_SEVERAL = re.compile("[・、]")


@dataclass(frozen=True)
class Dialogue:
    """One dialogue of the file: the owner's turns as (cue, text), and where it should lead."""

    id: str
    title: str
    turns: Tuple[Tuple[str, str], ...]
    issue: str
    secondary: Tuple[str, ...]
    institutions: Tuple[str, ...]
    slots: Mapping[str, str]

    def expected(self, slot: str) -> Optional[str]:
        """The value a slot should have, without remarks; None where it is none of the bot's business."""
        value = self.slots.get(slot, "")
        return None if not value or _UNSAID.search(value) else _BESIDE.sub("", value)


@dataclass
class Record:
    """What was said, and what the bot made of it."""

    dialogue: Dialogue
    turns: List[Turn] = field(default_factory=list)

    @property
    def slots(self) -> Mapping[str, Any]:
        """The slots at the end."""
        return self.turns[-1].told

    @property
    def referrals(self) -> List[Mapping[str, Any]]:
        """Every road shown, in order."""
        return [turn.referral for turn in self.turns if turn.referral is not None]

    @property
    def issues_referred(self) -> List[str]:
        """The issues a road was shown for, in order."""
        return [referral["issue"] for referral in self.referrals]

    @property
    def institutions(self) -> List[str]:
        """The ids of all institutions on the roads, each once."""
        return list(dict.fromkeys(s["institution_id"] for referral in self.referrals for s in referral["steps"]))

    @property
    def first_contacts(self) -> List[str]:
        """The ids of the institutions that the roads name first."""
        steps = [step for referral in self.referrals for step in referral["steps"]]
        return [step["institution_id"] for step in steps if step["order"] == "first"]

    def after(self, text: str) -> Turn:
        """The turn in which the owner said something that begins so."""
        return next(turn for turn in self.turns if turn.owner.startswith(text))

    def said(self, cue: str) -> bool:
        """Whether the turn whose cue holds these words was said."""
        texts = [text for its_cue, text in self.dialogue.turns if re.search(cue, its_cue)]
        return any(turn.owner in texts for turn in self.turns)

    def shown(self) -> str:
        """The whole conversation, to read."""
        dialogue = self.dialogue
        state = {name: value for name, value in self.slots.items() if value}
        return "\n".join([f"{dialogue.id}: {dialogue.title}", *shown(self.turns), f"  slots at the end: {state}"])


def dialogues() -> List[Dialogue]:
    """The dialogues of the file; none where it is absent."""
    if not FILE.exists():
        return []
    return [
        Dialogue(
            entry["id"],
            entry["title"],
            tuple((turn["cue"], turn["text"]) for turn in entry["turns"]),
            entry["final_issue"],
            tuple(entry["secondary_issue"]),
            tuple(entry["institutions"]),
            entry["slots"],
        )
        for entry in json.loads(FILE.read_text(encoding="utf-8"))
    ]


async def play(bot: Agent, dialogue: Dialogue) -> Record:
    """Holds a dialogue with the bot until the owner has said everything and nothing waits, or has had enough."""
    record, sender = Record(dialogue), uuid.uuid4().hex
    left = list(dialogue.turns)
    message: Optional[str] = left.pop(0)[1]
    while message is not None and len(record.turns) < MOST_TURNS:
        record.turns.append(await say(bot, sender, message))
        message = _next(left, record.slots.get("question"))
    return record


def _next(left: List[Tuple[str, str]], question: Optional[str]) -> Optional[str]:
    """What the owner says next, taken from the turns that are left; None where all is said."""
    fitting = [turn for turn in left if question in CUES and re.search(CUES[question], turn[0])]
    kept_back = [turn for turn in left if ONLY_WHEN_ASKED.fullmatch(turn[0])]
    about_elsewhere = [turn for turn in left if re.search(CUES[Question.PREFECTURE], turn[0])]
    in_order = [turn for turn in left if turn not in kept_back and turn not in about_elsewhere]
    if question == Question.TRIAGE:  # asks about the shop; nothing is put to the owner to confirm
        in_order = [turn for turn in in_order if "確認" not in turn[0]]
        about_elsewhere = []
    turns = fitting or in_order or [turn for turn in about_elsewhere if turn not in kept_back]
    if turns:
        left.remove(turns[0])
        return turns[0][1]
    return NOTHING_MORE.get(question, f"{question}.skip") if question else None


def institutions_named(knowledge: Knowledge, name: str) -> List[Set[str]]:
    """What a name in the file stands for: 商工会・商工会議所 are two; a group word is any of its members.

    Remarks in brackets are left out. Raises KeyError for an unknown name.
    """
    known = {group.name: set(group.members) for group in knowledge.paper.groups}
    for institution in knowledge.institutions.values():
        names = (institution.name, institution.paper_name or institution.name, *institution.aliases)
        known.update({normalized(called): {institution.id} for called in names})
    core = normalized(_BESIDE.sub("", normalized(name)))
    return [known[core]] if core in known else [known[part] for part in _SEVERAL.split(core)]
