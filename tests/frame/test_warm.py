"""Conversations stay in memory between two turns, and never say anything else than what is kept."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

import pytest
import sqlalchemy
from rasa.core.agent import Agent
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    AllSlotsReset,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.frame.trackers import KeptTracker, SqlTrackers, TrackersError
from bot.frame.turns import RasaTurns, Said
from bot.frame.warm import WarmTrackers

DOMAIN = Domain.from_dict(
    {
        "slots": {
            name: {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}
            for name in ("consultation", "issue", "begins_anew")
        }
    }
)
OWNER = "owner"


def turn(words: str, issue: Optional[str] = None) -> List[Event]:
    """What a turn adds to a conversation."""
    kept = SlotSet("consultation", {"talk": {"put": len(words)}})
    said = BotUttered(f"{words}、ですね。", {"custom": {"type": "notice"}})
    named = [SlotSet("issue", issue)] if issue else []
    return [UserUttered(words), kept, *named, ActionExecuted("utter_x"), said, ActionExecuted("action_listen")]


async def take(trackers: SqlTrackers, *events: Event) -> DialogueStateTracker:
    tracker = await trackers.get_or_create_tracker(OWNER, append_action_listen=False)
    for event in events:
        tracker.update(event)
    await trackers.save(tracker)
    return tracker


class Asked:
    """What the database is asked, and how much of what was said it gives."""

    def __init__(self, trackers: SqlTrackers) -> None:
        self.read: List[str] = []
        sqlalchemy.event.listen(trackers.engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, statement: str, *details: Any) -> None:
        if "events.data" in statement:
            self.read.append(statement)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "conversations.db"


@pytest.fixture
def here(file: Path) -> SqlTrackers:
    return SqlTrackers(DOMAIN, db=str(file))


@pytest.fixture
def there(here: SqlTrackers, file: Path) -> SqlTrackers:
    """The store of another process."""
    return SqlTrackers(DOMAIN, db=str(file))


async def state(trackers: SqlTrackers) -> Optional[Dict[str, Any]]:
    tracker = await trackers.retrieve(OWNER)
    return tracker.current_state() if tracker is not None else None


async def words(trackers: SqlTrackers) -> Optional[str]:
    tracker = await trackers.retrieve(OWNER)
    return tracker.latest_message.text if tracker is not None else None


async def test_the_next_turn_reads_nothing_of_what_was_said(here: SqlTrackers) -> None:
    await take(here, *turn("はじめに"))
    asked = Asked(here)
    assert await words(here) == "はじめに"
    assert asked.read == []


async def test_what_another_process_kept_is_read(here: SqlTrackers, there: SqlTrackers) -> None:
    await take(here, *turn("はじめに"))
    await take(there, *turn("そのあと", "創業"))
    assert await words(here) == "そのあと"
    assert await state(here) == await state(there)


async def test_two_processes_in_turns_lose_nothing(here: SqlTrackers, there: SqlTrackers) -> None:
    for number in range(6):
        await take(here if number % 2 else there, *turn(f"{number}番目"))
    whole = await here.retrieve_full_tracker(OWNER)
    said = [event.text for event in whole.events if isinstance(event, UserUttered)]
    assert said == [f"{number}番目" for number in range(6)]


async def test_a_turn_of_two_processes_at_once_is_refused(here: SqlTrackers, there: SqlTrackers) -> None:
    await take(here, *turn("はじめに"))
    late = await here.retrieve(OWNER)
    late.update(UserUttered("おそい"))
    await take(there, *turn("はやい"))
    with pytest.raises(TrackersError, match="kept meanwhile"):
        await here.save(late)
    assert await words(here) == "はやい"


async def test_a_turn_that_was_not_kept_leaves_nothing(here: SqlTrackers, file: Path) -> None:
    await take(here, *turn("はじめに"))
    failed = await here.retrieve(OWNER)
    failed.update(UserUttered("消えたはず"))
    file.rename(file.with_name("away"))
    with pytest.raises(TrackersError):
        await here.save(failed)
    file.with_name("away").rename(file)
    assert await words(here) == "はじめに"


async def test_a_turn_that_is_broken_off_is_in_memory_only_if_it_is_kept(here: SqlTrackers) -> None:
    await take(here, *turn("はじめに"))
    tracker = await here.retrieve(OWNER)
    tracker.update(UserUttered("途中"))
    saving = asyncio.create_task(here.save(tracker))
    await asyncio.sleep(0)
    saving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saving
    assert len(here.warm) == 0


async def test_what_is_forgotten_is_out_of_memory_at_once(here: SqlTrackers) -> None:
    await take(here, *turn("忘れて"))
    assert len(here.warm) == 1
    here.forget(OWNER)
    assert len(here.warm) == 0
    assert await state(here) is None


async def test_what_another_process_forgot_is_not_remembered(here: SqlTrackers, there: SqlTrackers) -> None:
    await take(here, *turn("忘れて"))
    there.forget(OWNER)
    assert await state(here) is None


async def test_rows_that_get_the_numbers_of_forgotten_ones_are_others(here: SqlTrackers, there: SqlTrackers) -> None:
    await take(here, *turn("忘れて", "創業"))
    there.forget(OWNER)
    await take(there, *turn("あたらしく"), *turn("もう一度"))
    assert await words(here) == "もう一度"
    assert (await here.retrieve(OWNER)).get_slot("issue") is None


async def test_what_was_set_aside_elsewhere_is_not_remembered(
    here: SqlTrackers, there: SqlTrackers, file: Path
) -> None:
    await take(here, *turn("読めない"))
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("UPDATE events SET data = '{' WHERE type_name = 'user'")
    assert (await there.retrieve(OWNER)).get_slot("begins_anew") is True
    assert (await here.retrieve(OWNER)).get_slot("begins_anew") is True


async def test_silent_conversations_that_are_forgotten_are_out_of_memory(here: SqlTrackers) -> None:
    await take(here, *turn("きのう"))
    here.forget_silent(before=float("inf"), pause=lambda seconds: None)
    assert len(here.warm) == 0


async def test_a_conversation_may_be_changed_without_changing_what_is_remembered(here: SqlTrackers) -> None:
    await take(here, *turn("はじめに"))
    (await here.retrieve(OWNER)).update_with_events([SlotSet("issue", "創業"), UserUttered("つぎ")], DOMAIN)
    assert await words(here) == "はじめに"
    assert (await here.retrieve(OWNER)).get_slot("issue") is None


@pytest.mark.parametrize("anew", [False, True])
async def test_a_long_talk_is_read_as_quickly_as_a_short_one(here: SqlTrackers, there: SqlTrackers, anew: bool) -> None:
    for number in range(40):
        await take(here, *turn(f"{number}番目", "創業" if number == 3 else None))
    tracker = await (there if anew else here).retrieve(OWNER)
    assert len(tracker.events) <= 10
    assert (tracker.get_slot("issue"), tracker.latest_message.text) == ("創業", "39番目")


BEGINNING = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
TALKS: Sequence[Tuple[str, List[Event]]] = (
    ("nothing but a beginning", BEGINNING),
    ("a beginning and a turn", [*BEGINNING, *turn("はじめに")]),
    ("several turns", [*turn("はじめに", "創業"), *turn("つぎ"), *turn("おわり")]),
    ("a slot without a message", [SlotSet("issue", "創業")]),
    ("a second session", [*turn("きのう", "創業"), *BEGINNING, SlotSet("consultation", {"a": 1}), *turn("きょう")]),
    ("a second session that only began", [*turn("きのう", "創業"), *BEGINNING]),
    ("something taken back", [*turn("はじめに", "創業"), *turn("やめる"), UserUtteranceReverted()]),
    ("slots emptied", [*turn("はじめに", "創業"), AllSlotsReset(), *turn("つぎ")]),
    ("a turn without a word of ours", [*turn("はじめに"), UserUttered("つぎ"), ActionExecuted("action_listen")]),
)


@pytest.mark.parametrize(("what", "events"), TALKS)
async def test_what_holds_is_what_all_events_amount_to(
    here: SqlTrackers, there: SqlTrackers, what: str, events: List[Event]
) -> None:
    for at, event in enumerate(events):
        event.timestamp = 1000.0 + at
    await take(here, *events)
    began = max((at for at, event in enumerate(events) if isinstance(event, SessionStarted)), default=0)
    expected = KeptTracker.from_events(OWNER, events[began:], DOMAIN.slots).current_state()
    assert await state(there) == expected


@pytest.fixture
def agent(bot: Agent, file: Path) -> Iterator[Agent]:
    before = bot.tracker_store
    bot.tracker_store = bot.processor.tracker_store = SqlTrackers(bot.domain, db=str(file))
    yield bot
    bot.tracker_store = bot.processor.tracker_store = before


async def test_a_talk_goes_on_alike_in_memory_and_read_anew(agent: Agent) -> None:
    talk = ("人が足りません", "福島です", "それって無料ですか", "違います、売上の話です", "ここまでで大丈夫です")
    said = {}
    for conversation in ("in memory", "read anew"):
        name = f"{conversation} {uuid.uuid4().hex}"
        said[conversation] = []
        for number, line in enumerate(talk):
            if conversation == "read anew":
                agent.tracker_store.warm.forget_all()
            said[conversation].append(await RasaTurns(agent, "web").take(name, Said(str(number), line)))
    assert said["in memory"] == said["read anew"]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def tracker_of(name: str) -> KeptTracker:
    tracker = KeptTracker(name, DOMAIN.slots)
    for event in turn(name):
        tracker.update(event)
    return tracker


async def test_so_many_are_remembered_and_no_more() -> None:
    warm: WarmTrackers[KeptTracker] = WarmTrackers(most=2)
    for name in ("a", "b", "c"):
        warm.remember(tracker_of(name), warm.begin())
    assert [warm.get(name) is not None for name in ("a", "b", "c")] == [False, True, True]


async def test_nobody_is_remembered_for_longer_than_that() -> None:
    clock = Clock()
    warm: WarmTrackers[KeptTracker] = WarmTrackers(for_s=60.0, clock=clock)
    warm.remember(tracker_of("a"), warm.begin())
    clock.now = 59.0
    assert warm.get("a") is not None
    clock.now = 60.0
    assert warm.get("a") is None
    assert len(warm) == 0


async def test_who_stays_away_goes_out_of_memory_by_themselves() -> None:
    warm: WarmTrackers[KeptTracker] = WarmTrackers(for_s=0.01)
    warm.remember(tracker_of("a"), warm.begin())
    while len(warm):
        await asyncio.sleep(0.005)


async def test_what_was_forgotten_while_it_was_kept_is_not_remembered() -> None:
    warm: WarmTrackers[KeptTracker] = WarmTrackers()
    begun = warm.begin()
    warm.forget("a")
    warm.remember(tracker_of("a"), begun)
    assert len(warm) == 0
