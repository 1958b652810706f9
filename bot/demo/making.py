"""Makes the demonstration once: made-up talks over some months, with ratings, sheets, handoffs, and its staff."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Callable, List, Optional, Sequence, Tuple

from rasa.core.agent import Agent

from bot.console.passwords import hashed_now, new_password
from bot.demo.moving import move_on
from bot.demo.owners import FOLDER, End, Owners, Script, owners
from bot.demo.playing import Held, Player, Talk
from bot.frame.recording import recorder
from bot.frame.thinking import thinking
from bot.operator.desk import desk
from bot.operator.set_up import SetUpError
from bot.paths import ROOT
from bot.private import keep_folder_private
from bot.serving.application import ready_agent
from bot.sheets.shape import JAPAN
from bot.store import (
    Accounts,
    By,
    Database,
    NoAccountError,
    Ratings,
    Role,
    Sheets,
    StoredHandoffs,
    Transcripts,
    database,
)

HOME = ROOT / ".demo"
DAYS = 90
_SEED = 20261129
_DAY_S = 86_400
_AT_ONCE = 2  # turns are computed two at a time
_BY = By("terminal:demo", "")
_CHANNELS = ("web",) * 6 + ("line",) * 3 + ("slack",)
_HOURS = (8, 9, 9, 10, 10, 11, 11, 12, 13, 14, 14, 15, 16, 17, 18, 19, 20, 20, 21, 22)
_MADE = "made.json"
Tell = Callable[[str], None]


class FolderError(SetUpError):
    """The folder holds something else; the message names it."""


@dataclass(frozen=True)
class SignIn:
    """An account of the demonstration, and the password that it has until the next start."""

    name: str
    role: Role
    password: str


def settings(home: Path) -> "dict[str, str]":
    """What the operator's settings are for the demonstration, in the place of all that they are here."""
    return {
        "KAKARITSUKE_VAR": str(home),
        "KAKARITSUKE_ENDPOINTS": str(FOLDER / "endpoints.yml"),
        "KAKARITSUKE_DESK": str(ROOT / "data" / "examples" / "desk.yml"),
        "KAKARITSUKE_STAFF": "on",
        "KAKARITSUKE_CALL_BACK": "on",
        "KAKARITSUKE_STAFF_HOURS": "平日9時から17時",
        "KAKARITSUKE_KEEP_DAYS": "365",
    }


def make(home: Path, model: Path, talks: int, tell: Tell) -> Tuple[SignIn, ...]:
    """The demonstration in its folder, as new as today: made where it is not there or another model has made it.

    The settings of `settings` hold meanwhile. Returns its accounts, with passwords that are new. Raises FolderError.
    """
    found, of_now = _made(home), _made_from(model, talks)
    now = time.time()
    if found is None or found[0] != of_now:
        _clear(home)
        let_in = _let_in(database(), owners())
        began = time.monotonic()
        tell(f"demo: {talks} made-up owners talk to the bot, once (some minutes)")
        asyncio.run(_play(model, talks, now, tell))
        _note(home, of_now, now)
        tell(f"demo: made in {time.monotonic() - began:.0f} s, kept in {home}")
        return let_in
    days = int((now - found[1]) // _DAY_S)
    if days > 0:
        move_on(database(), days)
        _note(home, of_now, found[1] + days * _DAY_S)
    return _let_in(database(), owners())


def talks_to_have(owners: Owners, count: int, now: float) -> Tuple[Talk, ...]:
    """The same talks for the same number, spread over the days before now, with more of them of late."""
    chance = Random(_SEED)
    scripts = [script for script in owners.scripts for _ in range(script.often)]
    chance.shuffle(scripts)
    return tuple(_talk(number, scripts[number % len(scripts)], now) for number in range(count))


def _talk(number: int, script: Script, now: float) -> Talk:
    chance = Random(f"{_SEED} {number}")
    channel = chance.choice(_CHANNELS)
    end = chance.choices(list(script.ends), weights=list(script.ends.values()))[0]
    name = hashlib.sha256(f"demo {number}".encode()).hexdigest()[:32]
    return Talk(f"{channel}-{name}", channel, _when(chance, now), script, end, chance)


def _when(chance: Random, now: float) -> float:
    """Within the last 90 days, mostly on a working day, and over by now."""
    ago = timedelta(days=1 + (DAYS - 1) * chance.random() ** 1.3)
    at = datetime.fromtimestamp(now, JAPAN) - ago
    if at.weekday() >= 5 and chance.random() < 0.7:
        at -= timedelta(days=2)
    return at.replace(hour=chance.choice(_HOURS), minute=chance.randrange(60)).timestamp()


async def _play(model: Path, count: int, now: float, tell: Tell) -> None:
    agent = await thinking().do(ready_agent(model, loop=thinking().loop))
    of_all, store = owners(), database()
    player, room = Player(agent, of_all), asyncio.Semaphore(_AT_ONCE)
    held: List[Held] = []

    async def play(talk: Talk) -> None:
        async with room:
            held.append(await player.play(talk))
        if len(held) % 25 == 0:
            tell(f"demo:   {len(held)} of {count}")

    waiting = of_all.waiting[: max(1, min(len(of_all.waiting), count // 3))]
    await asyncio.gather(*(play(talk) for talk in talks_to_have(of_all, count - len(waiting), now)))
    await asyncio.to_thread(recorder().finish)
    _after_the_talks(store, of_all, held)
    for number, words in enumerate(waiting):
        name = hashlib.sha256(f"waiting {number}".encode()).hexdigest()[:32]
        await player.wait_for_staff(f"web-{name}", words, now - 600 * (len(waiting) - number), Transcripts(store))
    await asyncio.to_thread(recorder().finish)
    await _leave(agent)


async def _leave(agent: Agent) -> None:
    """The server opens the conversations anew."""
    engine = getattr(agent.tracker_store, "engine", None)
    if engine is not None:
        engine.dispose()


def _after_the_talks(store: Database, owners: Owners, held: Sequence[Held]) -> None:
    """Staff has seen to what waited then; owners made their sheets, and said whether it was of use."""
    handoffs, sheets, ratings = StoredHandoffs(store), Sheets(store), Ratings(store)
    for each in sorted(held, key=lambda one: one.talk.at):
        chance, conversation = each.talk.chance, each.talk.conversation
        if handoffs.of(conversation):
            handoffs.close(conversation)
        if each.sheet is not None:
            sheets.make(each.sheet, desk().sheet_days)
        if not each.road_shown or each.talk.end is End.PERSON or chance.random() < 0.5:
            continue
        useful = chance.random() < 0.8
        ratings.rate(conversation, useful, each.last_at + 30)
        if chance.random() < 0.4:
            reasons = owners.closing_words.useful if useful else owners.closing_words.not_useful
            ratings.say_why(conversation, chance.choice(reasons))


def _let_in(store: Database, owners: Owners) -> Tuple[SignIn, ...]:
    """Every member of staff with a password that is new; sessions of the last start end."""
    accounts, signs_in = Accounts(store), []
    for member in owners.staff:
        password = new_password()
        kept = hashed_now(password)
        try:
            accounts.reset(member.name, kept, False, _BY)
        except NoAccountError:
            accounts.add(member.name, member.role, kept, False, _BY)
        signs_in.append(SignIn(member.name, member.role, password))
    return tuple(signs_in)


def _made_from(model: Path, talks: int) -> str:
    """A name for all that the demonstration is made from."""
    files = b"".join(path.read_bytes() for path in sorted(FOLDER.glob("*.yml")))
    return f"{model.name} {talks} {hashlib.sha256(files).hexdigest()[:16]}"


def _made(home: Path) -> Optional[Tuple[str, float]]:
    """What was made there, and when; None where that is not finished."""
    file = home / _MADE
    if not file.is_file():
        return None
    found = json.loads(file.read_text(encoding="utf-8"))
    return found["from"], found["at"]


def _clear(home: Path) -> None:
    """An empty folder, where only an older demonstration was in it. Raises FolderError."""
    if home.exists() and not (home / _MADE).is_file() and (not home.is_dir() or any(home.iterdir())):
        raise FolderError(f"{home} holds something that is no demonstration; name another --folder")
    if home.exists():
        shutil.rmtree(home)
    keep_folder_private(home)
    _note(home, "", 0.0)  # not finished: the next start begins anew


def _note(home: Path, made_from: str, at: float) -> None:
    (home / _MADE).write_text(json.dumps({"from": made_from, "at": at}), encoding="utf-8")
