"""Keeps Rasa's conversations in SQLite or PostgreSQL: a turn whole or not at all, and no failure in silence."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sqlite3
import stat
import time
from collections import deque
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Text, Tuple, TypeVar
from urllib.parse import quote

import sqlalchemy
from rasa.core.brokers.broker import EventBroker
from rasa.core.constants import POSTGRESQL_SCHEMA
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sqlalchemy import Column, Float, Integer, String, func, select
from sqlalchemy import Text as LongText
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from bot.consult.state.kept import Kept
from bot.frame.unreadable import UNREADABLE, begun_anew
from bot.frame.warm import WarmTrackers, copy_of
from bot.operator.places import var_folder
from bot.store import postgresql, sqlite

_EVENTS = SQLTrackerStore.SQLEvent.__table__  # Rasa's own table: another tracker store of Rasa's can read it
_EVENT = _EVENTS.c
_OURS = sqlalchemy.MetaData()
_SET_ASIDE = sqlalchemy.Table(
    "events_set_aside",
    _OURS,
    Column("id", Integer, primary_key=True),
    Column("sender_id", String(255), nullable=False, index=True),
    Column("type_name", String(255), nullable=False),
    Column("timestamp", Float),
    Column("intent_name", String(255)),
    Column("action_name", String(255)),
    Column("data", LongText),
    Column("set_aside_at", Float, nullable=False),
)
_CONVERSATION = sqlalchemy.bindparam("conversation")
_OF_IT = _EVENT.sender_id == _CONVERSATION
_ROW = (_EVENT.id, _EVENT.timestamp, _EVENT.data)
# Statements are made once: putting one together takes longer than the database takes to answer it.
_WHOLE = select(*_ROW).where(_OF_IT).order_by(_EVENT.id)
_SINCE = select(*_ROW).where(_OF_IT, _EVENT.timestamp >= sqlalchemy.bindparam("began")).order_by(_EVENT.id)
_LAST = select(func.max(_EVENT.id)).where(_OF_IT)
_FROM_ROW_ON = (
    select(_EVENT.id, _EVENT.timestamp)
    .where(_OF_IT, _EVENT.id >= sqlalchemy.bindparam("last"))
    .order_by(_EVENT.id)
    .limit(2)
)
_SET_ASIDE_OF_IT = select(_SET_ASIDE.c.id).where(_SET_ASIDE.c.sender_id == _CONVERSATION).limit(1)
# What a turn needs of a conversation: the latest value of each slot, what was said last, and the latest message with
# all that came after it. That is the same as all of its session, unless something in it takes other events back.
_PLAIN = (ActionExecuted, BotUttered, DefinePrevUserUtteredFeaturization, SessionStarted, SlotSet, UserUttered)
_STANDS = (BotUttered.type_name, SlotSet.type_name, UserUttered.type_name)
_BEGAN = func.max(sqlalchemy.case((_EVENT.type_name == SessionStarted.type_name, _EVENT.timestamp)))
_TAKES_BACK = func.count(sqlalchemy.case((_EVENT.type_name.not_in([kind.type_name for kind in _PLAIN]), 1)))
_AT_A_GLANCE = select(_BEGAN, _TAKES_BACK, func.count()).where(_OF_IT)
_LATEST_OF_EACH = (
    select(_EVENT.type_name, func.max(_EVENT.id))
    .where(_OF_IT, _EVENT.type_name.in_(_STANDS), _EVENT.timestamp >= sqlalchemy.bindparam("began"))
    .group_by(_EVENT.type_name, _EVENT.action_name)
)
_FROM_THE_MESSAGE_ON = (
    select(*_ROW)
    .where(
        _OF_IT,
        _EVENT.timestamp >= sqlalchemy.bindparam("began"),
        (_EVENT.id >= sqlalchemy.bindparam("message"))
        | _EVENT.id.in_(sqlalchemy.bindparam("standing", expanding=True)),
    )
    .order_by(_EVENT.id)
)
_COPIED = [column.name for column in _EVENTS.c if column.name != "id"]

_WAIT_FOR_OTHERS_S = 3.0
_ANSWERS_WITHIN_S = 4.0  # of which a file may wait for others, and a server for its network
_LOOK_AGAIN_S = 0.02
_FORGOTTEN_AT_ONCE = 10  # conversations; some milliseconds, in which no turn can be kept
_LOOKS_THROUGH_ALL_WITHIN_S = 60.0
_FOR_ITS_OWNER = 0o600
_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LOGGER = logging.getLogger(__name__)
Result = TypeVar("Result")


class TrackersError(Exception):
    """Conversations cannot be read or kept; the message names their database and the reason, and no word of theirs."""


class KeptTracker(DialogueStateTracker):
    """A conversation that knows how much of it the database holds.

    `kept` of its events are there, and `last` is the number of the row that was the last one when it was read, with the
    time `at` which that happened: of rows that were erased the number is given again, and its time is not.
    `whole`: it was read from its beginning.
    """

    kept: int = 0
    last: Optional[int] = None
    at: Optional[float] = None
    whole: bool = False


class SqlTrackers(TrackerStore):
    """Rasa's conversations in a SQLite file or a PostgreSQL database; every call raises TrackersError where that fails.

    Set up by `type: SQL` in endpoints.yml, with the keys of Rasa's own store. A file that is named without a folder
    lies in KAKARITSUKE_VAR. The file is readable by its owner alone, and what is erased in it is overwritten.

    A turn is kept in one transaction. It is refused where another was kept since its conversation was read, so that
    nothing is kept by halves. A conversation that cannot be read is moved to the table events_set_aside; whoever comes
    next in it begins anew, with the slot `begins_anew`.

    The latest conversations stay in memory (`warm`); a turn asks whether the row that was the last one still is, and
    reads nothing else. Where another process kept a turn it reads what a turn needs, however long the talk has been.

    A file is written ahead (WAL), which is the quicker way: 0.25 ms a turn, 0.9 ms with a rollback journal
    (2026-11-28, 2 cores, 24 GiB). Its log, which still holds what was erased, is emptied by the first call after
    `erased_within_s` seconds that finds no reader in the way.
    """

    def __init__(
        self,
        domain: Optional[Domain] = None,
        event_broker: Optional[EventBroker] = None,
        dialect: Text = "sqlite",
        host: Optional[Text] = None,
        port: Optional[int] = None,
        db: Text = "conversations.db",
        username: Optional[Text] = None,
        password: Optional[Text] = None,
        query: Optional[Dict[Text, Any]] = None,
        erased_within_s: float = sqlite.ERASED_WITHIN_S,
    ) -> None:
        super().__init__(domain, event_broker)
        self.warm: WarmTrackers[KeptTracker] = WarmTrackers()
        self._file: Optional[Path] = None
        self._log: Optional[sqlite.Log] = None
        self._opened: Optional[Tuple[int, int]] = None
        if dialect == "sqlite" and not host:
            self._file = _place_of(db)
            self.engine = _sqlite(self._file)
            self._log = sqlite.Log(self.engine, str(self._file), erased_within_s)
        else:
            self.engine = _postgresql(dialect, host, port, db, username, password, query)
        with self._told():
            self._make_tables()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep what happened in a conversation since it was read, all of it or nothing; then tell the event broker."""
        kept, last = (tracker.kept, tracker.last) if isinstance(tracker, KeptTracker) else (0, None)
        events = list(tracker.events)[kept:]
        if not events:
            return
        rows = [_row(tracker.sender_id, event) for event in events]
        begun = self.warm.begin()
        try:
            last = await self._do(self._append, tracker.sender_id, last, rows)
        except BaseException:  # also where it is broken off: whether it was kept is not known
            self.warm.forget(tracker.sender_id)
            raise
        if isinstance(tracker, KeptTracker):
            tracker.kept, tracker.last, tracker.at = len(tracker.events), last, rows[-1]["timestamp"]
            self._keep_warm(tracker, begun)
        await self._publish(events, tracker.sender_id)

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """What a turn needs of a conversation: all that holds in it now, and the events since its latest message.

        None where there is none. What was said before the latest session began is no part of it.
        """
        warm = self.warm.get(sender_id)
        if warm is not None and await self._do(self._is_the_last, warm):
            return warm
        return await self._retrieve(sender_id, self._what_holds)

    async def retrieve_full_tracker(self, conversation_id: Text) -> Optional[DialogueStateTracker]:
        """A conversation from its beginning; None where there is none."""
        tracker = await self._retrieve(conversation_id, self._whole)
        if isinstance(tracker, KeptTracker):
            tracker.whole = True
        return tracker

    async def keys(self) -> Iterable[Text]:
        """The names of all conversations."""
        return await self._do(self._names)

    def init_tracker(self, sender_id: Text) -> DialogueStateTracker:
        """A conversation in which nothing was said."""
        return KeptTracker(sender_id, self.domain.slots, max_event_history=self.max_event_history)

    def probe(self) -> None:
        """Raises TrackersError where no turn could be kept now. Call it outside the loop that serves."""
        with self._told(), self._writing() as connection:
            connection.execute(select(_EVENT.id).limit(1))

    def forget(self, conversation: Text) -> int:
        """Erase a conversation, also what was set aside of it. Returns how many events that were."""
        self.warm.forget(conversation)
        with self._told():
            with self._writing() as connection:
                removed = self._erase(connection, [conversation])
            self._give_back()
        self.warm.forget(conversation)  # where somebody kept a turn of it meanwhile
        return removed

    def forget_silent(self, before: float, pause: Callable[[float], None] = time.sleep) -> int:
        """Erase the conversations in which nothing was said since a time (Unix seconds). Returns how many events.

        Some at a time, with a pause as long as that took, so that turns are kept meanwhile.
        """
        removed = 0
        with self._told():
            silent = self._silent(before)
            for begin in range(0, len(silent), _FORGOTTEN_AT_ONCE):
                began = time.monotonic()
                with self._writing() as connection:
                    some = silent[begin : begin + _FORGOTTEN_AT_ONCE]
                    gone = _still_silent(connection, some, before)
                    removed += self._erase(connection, gone)
                for conversation in gone:
                    self.warm.forget(conversation)
                pause(time.monotonic() - began)
            if removed:
                self._give_back(pause)
        return removed

    async def _do(self, call: Callable[..., Result], *arguments: Any) -> Result:
        """What a call gives, made in a thread of its own: another turn can be computed meanwhile."""
        try:
            with self._told():
                return await asyncio.wait_for(asyncio.to_thread(call, *arguments), _ANSWERS_WITHIN_S)
        except asyncio.TimeoutError:
            raise self._failure(f"no answer within {_ANSWERS_WITHIN_S:.0f} s") from None
        except TrackersError as error:
            _LOGGER.error("%s", error)
            raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Whatever the database fails with becomes a TrackersError that holds no word of an owner."""
        try:
            yield
        except ValueError as error:  # such as a name that is no valid text; what it says may quote
            raise self._failure(type(error).__name__) from None
        except (SQLAlchemyError, OSError) as error:
            raise self._failure(str(getattr(error, "orig", None) or error)) from error

    def _failure(self, reason: str) -> TrackersError:
        where = self._file or repr(self.engine.url)  # its repr hides the password
        return TrackersError(
            f"conversations in {where}: {' '.join(reason.split())}; see tracker_store in endpoints.yml"
        )

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection
        if self._log is not None:
            self._log.begin()
            self._log.put_away_in_time()

    @contextmanager
    def _transaction(self, begin: str, within_s: float = _WAIT_FOR_OTHERS_S) -> Iterator[Connection]:
        self._look_at_the_file()
        with postgresql.within(within_s), self.engine.connect() as connection, connection.begin():
            if self._file is not None:
                connection.exec_driver_sql(begin)
            yield connection

    def _look_at_the_file(self) -> None:
        """A file that was taken away is not written any more, though it could be; one that was put back is opened.

        Raises FileNotFoundError, and never makes it anew: that would be to forget everybody.
        """
        if self._file is None:
            return
        found = self._file.stat()
        if self._opened not in (None, (found.st_dev, found.st_ino)):
            self.engine.dispose()
        self._opened = found.st_dev, found.st_ino

    def _make_tables(self) -> None:
        if self._file is not None:
            _make_file(self._file)
            sqlite.check_sound(self.engine)
            self._let_shrink()
            _write_ahead(self.engine)
        if {_EVENTS.name, _SET_ASIDE.name} <= set(sqlalchemy.inspect(self.engine).get_table_names()):
            return
        with self._writing() as connection:
            self._hold(connection, "tables")  # PostgreSQL fails where two make the same table at once
            _EVENTS.metadata.create_all(connection, [_EVENTS])
            _OURS.create_all(connection)

    def _let_shrink(self) -> None:
        """Nothing depends on it: where others are at work in the file, the next start does it."""
        try:
            sqlite.let_shrink(self.engine)
        except OperationalError as error:
            _LOGGER.error("%s cannot be made to shrink now; the next start tries again: %s", self._file, error.orig)

    def _hold(self, connection: Connection, name: str) -> None:
        """Keep others who hold the same name out until the transaction ends; who writes to a file is alone as it is."""
        if self._file is None:
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"trackers/{name}"))))

    def _append(self, conversation: Text, last: Optional[int], rows: Sequence[Dict[Text, Any]]) -> Optional[int]:
        """Write rows behind the last one that was read. Returns the number of what is the last row now."""
        with self._writing() as connection:
            self._hold(connection, conversation)
            if _last(connection, conversation) != last:
                raise self._failure("a turn of the same conversation was kept meanwhile")
            connection.execute(_EVENTS.insert(), list(rows))
            return _last(connection, conversation)

    def _keep_warm(self, tracker: KeptTracker, begun: int) -> None:
        """Remember a conversation that was kept; one that was read from its beginning belongs to no turn."""
        if tracker.whole:
            self.warm.forget(tracker.sender_id)
        else:
            self.warm.remember(_since_the_message(tracker), begun)

    def _is_the_last(self, tracker: KeptTracker) -> bool:
        """Whether nothing was kept or erased of a conversation since."""
        with self._reading() as connection:
            found = connection.execute(_FROM_ROW_ON, {"conversation": tracker.sender_id, "last": tracker.last})
            return [tuple(row) for row in found] == [(tracker.last, tracker.at)]

    async def _publish(self, events: Sequence[Event], conversation: Text) -> None:
        """Tell the event broker what is kept. What it does not take changes nothing: the turn has happened."""
        if self.event_broker is None:
            return
        try:
            await self._stream_new_events(self.event_broker, list(events), conversation)
        except Exception as error:  # noqa: BLE001  (whatever a broker raises; it is logged, without words)
            _LOGGER.error("%d events of a turn did not reach the event broker: %s", len(events), type(error).__name__)

    async def _retrieve(
        self, conversation: Text, read: Callable[[Connection, Text], List[Any]]
    ) -> Optional[DialogueStateTracker]:
        rows, began_anew = await self._do(self._read, conversation, read)
        if not rows:
            return self._anew(conversation) if began_anew else None
        try:
            return self._tracker(conversation, rows)
        except UNREADABLE as error:
            moved = await self._do(self._set_aside, conversation, rows[-1].id)
            _LOGGER.error(
                "a conversation cannot be read (%s) and begins anew; its %d events are in the table %s",
                type(error).__name__,
                moved,
                _SET_ASIDE.name,
            )
            return self._anew(conversation)

    def _tracker(self, conversation: Text, rows: Sequence[Any]) -> KeptTracker:
        """Raises one of UNREADABLE."""
        events = [json.loads(row.data) for row in rows]
        tracker: KeptTracker = KeptTracker.from_dict(conversation, events, self.domain.slots)
        if len(tracker.events) != len(rows):
            raise ValueError("Rasa knows an event no more")
        tracker.kept, tracker.last, tracker.at = len(rows), rows[-1].id, rows[-1].timestamp
        for slot in tracker.slots.values():
            if isinstance(slot.value, dict):
                slot.value = Kept(slot.value)
        return tracker

    def _anew(self, conversation: Text) -> DialogueStateTracker:
        """A conversation that has just begun, since nobody can read what was said before."""
        return begun_anew(self.init_tracker(conversation), self.domain)

    def _read(self, conversation: Text, read: Callable[[Connection, Text], List[Any]]) -> Tuple[List[Any], bool]:
        """The rows of a conversation; where there are none, whether some were set aside."""
        with self._reading() as connection:
            rows = read(connection, conversation)
            aside = (
                not rows and connection.execute(_SET_ASIDE_OF_IT, {"conversation": conversation}).first() is not None
            )
            return rows, aside

    def _whole(self, connection: Connection, conversation: Text) -> List[Any]:
        return list(connection.execute(_WHOLE, {"conversation": conversation}))

    def _what_holds(self, connection: Connection, conversation: Text) -> List[Any]:
        """The rows of the latest session by which it stands where it stands, as Rasa's own store tells sessions apart:
        what is not older than the last beginning of one."""
        of_it: Dict[Text, Any] = {"conversation": conversation}
        began, takes_back, count = connection.execute(_AT_A_GLANCE, of_it).one()
        if not count:
            return []
        of_it["began"] = 0.0 if began is None else began
        latest = [] if takes_back else list(connection.execute(_LATEST_OF_EACH, of_it))
        messages = [row for kind, row in latest if kind == UserUttered.type_name]
        if not messages:
            return list(connection.execute(_SINCE, of_it))
        of_it.update(message=max(messages), standing=[row for kind, row in latest if kind != UserUttered.type_name])
        return list(connection.execute(_FROM_THE_MESSAGE_ON, of_it))

    def _set_aside(self, conversation: Text, last: int) -> int:
        """Move a conversation, as far as it was read, to where staff finds it. Returns how many events that were."""
        read = (_EVENT.sender_id == conversation) & (_EVENT.id <= last)
        moved = select(*(_EVENT[name] for name in _COPIED), sqlalchemy.literal(time.time())).where(read)
        with self._writing() as connection:
            self._hold(connection, conversation)
            connection.execute(_SET_ASIDE.insert().from_select([*_COPIED, "set_aside_at"], moved.order_by(_EVENT.id)))
            return int(connection.execute(_EVENTS.delete().where(read)).rowcount)

    def _names(self) -> List[Text]:
        with self._reading() as connection:
            return list(connection.execute(select(_EVENT.sender_id).distinct()).scalars())

    def _silent(self, before: float) -> List[Text]:
        with self._transaction("BEGIN", _LOOKS_THROUGH_ALL_WITHIN_S) as connection:
            if self._file is None:
                within_ms = int(_LOOKS_THROUGH_ALL_WITHIN_S * 1000)
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = {within_ms}")
            return [name for table in (_EVENTS, _SET_ASIDE) for name in _silent_in(connection, table, before)]

    def _erase(self, connection: Connection, conversations: Sequence[Text]) -> int:
        removed = 0
        for table in (_EVENTS, _SET_ASIDE):
            removed += connection.execute(table.delete().where(table.c.sender_id.in_(conversations))).rowcount
        return removed

    def _give_back(self, pause: Callable[[float], None] = time.sleep) -> None:
        """A file grows smaller after much was erased, and its log, which still holds that, is emptied."""
        if self._log is not None:
            sqlite.shrink(self.engine, pause)
            self._log.put_away()


def _since_the_message(tracker: KeptTracker) -> KeptTracker:
    """The same with the events from the latest message on alone; with all of them where there is no message."""
    latest = copy_of(tracker)
    at = next((at for at, event in enumerate(reversed(tracker.events), 1) if isinstance(event, UserUttered)), None)
    latest.events = deque(list(tracker.events)[-at:] if at else tracker.events, tracker.events.maxlen)
    latest.kept = len(latest.events)
    return latest


def _silent_in(connection: Connection, table: sqlalchemy.Table, before: float) -> List[Text]:
    of_each = select(table.c.sender_id).group_by(table.c.sender_id)
    return list(connection.execute(of_each.having(func.max(table.c.timestamp) < before)).scalars())


def _still_silent(connection: Connection, conversations: Sequence[Text], before: float) -> List[Text]:
    """Those in which nothing was said since either; an owner may have come back meanwhile."""
    heard = select(_EVENT.sender_id).where(_EVENT.sender_id.in_(conversations), _EVENT.timestamp >= before)
    return sorted(set(conversations) - set(connection.execute(heard.distinct()).scalars()))


def _last(connection: Connection, conversation: Text) -> Optional[int]:
    return connection.execute(_LAST, {"conversation": conversation}).scalar()


def _row(conversation: Text, event: Event) -> Dict[Text, Any]:
    """An event as Rasa's own store writes it."""
    data = event.as_dict()
    return {
        "sender_id": conversation,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _place_of(name: Text) -> Path:
    """Where a file lies. Raises TrackersError for one that would lie in whatever folder the bot is started from."""
    path = Path(name)
    if path.is_absolute():
        return path
    if path.name != name:
        raise TrackersError(
            f"tracker_store in endpoints.yml: db: expected a name such as conversations.db, which then lies in "
            f"KAKARITSUKE_VAR, or a path that begins with /; found {name!r}"
        )
    return var_folder() / name


def _sqlite(file: Path) -> Engine:
    address = f"file:{quote(os.fsencode(file))}?mode=rw"  # never made anew by whoever opens it

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            address, uri=True, timeout=_WAIT_FOR_OTHERS_S, isolation_level=None, check_same_thread=False
        )

    engine = sqlalchemy.create_engine(
        "sqlite://",
        creator=connect,
        poolclass=sqlalchemy.pool.QueuePool,
        pool_timeout=_WAIT_FOR_OTHERS_S,
        hide_parameters=True,
    )
    sqlite.prepare(engine)
    return engine


def _postgresql(
    dialect: Text,
    host: Optional[Text],
    port: Optional[int],
    db: Text,
    username: Optional[Text],
    password: Optional[Text],
    query: Optional[Dict[Text, Any]],
) -> Engine:
    """Raises TrackersError where the address is none of PostgreSQL."""
    within_ms = int(_WAIT_FOR_OTHERS_S * 1000)
    options = f"-c lock_timeout={within_ms}"
    schema = os.environ.get(POSTGRESQL_SCHEMA)  # noqa: TID251  (Rasa's own variable)
    options += f" -c search_path={schema}" if schema else ""
    try:
        url = sqlalchemy.engine.make_url(
            SQLTrackerStore.get_db_url(dialect, host, port, db, username, password, query=query)
        )
        if not url.drivername.startswith("postgresql"):
            raise TrackersError(f"tracker_store in endpoints.yml: expected sqlite or postgresql, not {url.drivername}")
        engine = sqlalchemy.create_engine(
            url,
            pool_pre_ping=True,
            pool_timeout=_WAIT_FOR_OTHERS_S,
            hide_parameters=True,
            connect_args={**postgresql.connecting(), "options": options},
        )
    except (ArgumentError, ModuleNotFoundError, RasaException) as error:
        raise TrackersError(f"tracker_store in endpoints.yml: {error}") from error
    postgresql.prepare(engine, postgresql.ANSWERS_WITHIN_S)
    return engine


def _make_file(file: Path) -> None:
    """Make the file where it is missing, and close it to everybody but its owner."""
    file.touch(mode=_FOR_ITS_OWNER)
    for name in (file, *file.parent.glob(f"{file.name}-*")):
        if stat.S_IMODE(name.stat().st_mode) & _OF_OTHERS:
            name.chmod(_FOR_ITS_OWNER)


def _write_ahead(engine: Engine) -> None:
    """Readers of the file do not wait for a writer from now on. SQLite does not wait for others by itself here."""
    until = time.monotonic() + _WAIT_FOR_OTHERS_S
    while True:
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            return
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(_LOOK_AGAIN_S)
