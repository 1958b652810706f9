"""Plays Rasa's story files through the trained bot, turn by turn, and says where one goes differently."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

from rasa.core.agent import Agent
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader

from bot.evaluation.talking import Held, InTurn, at_once, say, shown


@dataclass(frozen=True)
class StoryTurn:
    """What an owner says, the actions that answer it, in order, and the slots that hold then."""

    owner: str
    actions: Tuple[str, ...]
    slots: Mapping[str, Any]


@dataclass(frozen=True)
class Story:
    """A whole consultation as it should go."""

    title: str
    file: str
    turns: Tuple[StoryTurn, ...]


class StoryError(Exception):
    """A story cannot be played; the message names the file, the story and what to do."""


def stories_in(path: Path, domain: Domain) -> List[Story]:
    """The stories written in a file. Raises StoryError for one without the owner's words, RasaException for no YAML."""
    steps = YAMLStoryReader(domain).read_from_file(path)
    return [Story(step.block_name, path.name, _turns(path, step.block_name, step.events)) for step in steps]


def _turns(path: Path, title: str, events: List[Event]) -> Tuple[StoryTurn, ...]:
    turns: List[StoryTurn] = []
    actions: List[str] = []
    slots: Dict[str, Any] = {}
    owner: Optional[str] = None
    for event in [*events, UserUttered("")]:
        if isinstance(event, ActionExecuted):
            actions.append(str(event.action_name))
        elif isinstance(event, SlotSet):
            slots[event.key] = event.value
        elif isinstance(event, UserUttered):
            if owner is not None:
                turns.append(StoryTurn(owner, tuple(actions), slots))
            owner, actions, slots = event.text, [], {}
            if owner is None:
                raise StoryError(f"{path.name}: {title}: a step has no words of the owner; write `user: …` beside it")
    if not turns:
        raise StoryError(f"{path.name}: {title}: nobody speaks; begin with `- user: …`, the owner's words")
    return tuple(turns)


async def play(bot: Agent, story: Story, conversation: str, in_turn: InTurn = at_once) -> Optional[str]:
    """None where the story goes as written, else the conversation up to the first difference, to read.

    `in_turn` awaits each message, in its turn among those of others.
    """
    held: List[Held] = []
    for turn in story.turns:
        held.append(await in_turn(say(bot, conversation, turn.owner)))
        wrong = {
            name: held[-1].told.get(name) for name, value in turn.slots.items() if held[-1].told.get(name) != value
        }
        if held[-1].actions != turn.actions or wrong:
            difference = [f"  expected: {', '.join(turn.actions)}", f"  done:     {', '.join(held[-1].actions)}"]
            difference += [f"  slots:    expected {dict(turn.slots)}, found {wrong}"] if wrong else []
            return "\n".join([f"{story.file}: {story.title}", *shown(held), *difference])
    return None
