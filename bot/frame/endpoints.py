"""Rasa's parts as endpoints.yml sets them up: where Rasa would wait for ever or take another in silence, it is said."""

from __future__ import annotations

import asyncio
import logging
from asyncio import AbstractEventLoop
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Optional
from urllib.parse import urlsplit

from rasa.core.brokers.broker import EventBroker
from rasa.core.lock_store import LockStore
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.tracker_store import InMemoryTrackerStore, RedisTrackerStore, TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import RasaException
from rasa.shared.utils.common import class_from_module_path
from rasa.utils.endpoints import EndpointConfig

from bot.frame.redis_trackers import RedisTrackers
from bot.frame.thinking import thinking
from bot.frame.trackers import SqlTrackers
from bot.store.postgresql import give_up_silent_servers

_ANSWERS_WITHIN_S = 3.0  # of each call within a turn
_CONNECTED_WITHIN_S = 5.0
_TRIES_AGAIN_S = 1.0
_TRIES = 3
_NOBODY = "nobody"
_LOGGER = logging.getLogger(__name__)
_OF_RASA = ("sql", "redis", "mongod", "dynamo", "pika", "file", "kafka")


class EndpointsError(Exception):
    """A part of Rasa's cannot be had as it is set up; the message names it, the reason and what to do."""


def read_endpoints(file: Path) -> AvailableEndpoints:
    """What a file such as endpoints.yml says. Raises EndpointsError."""
    if not file.is_file():
        raise EndpointsError(f"{file} is missing; it says where conversations are kept")
    try:
        return AvailableEndpoints.read_endpoints(str(file))
    except (RasaException, TypeError, AttributeError) as error:
        raise EndpointsError(f"{file} does not say how Rasa's parts are set up: {_line(str(error))}") from error


async def event_broker(endpoint: Optional[EndpointConfig], loop: Optional[AbstractEventLoop]) -> Optional[EventBroker]:
    """The broker that is told what is kept; None where none is set up. Raises EndpointsError after some seconds.

    Rasa tries for 100 s and says nothing; where the class is missing it goes on without.
    """
    if endpoint is None:
        return None
    _check_class("event_broker", endpoint)
    if (endpoint.type or "pika").lower() == "pika":
        # They would stay in memory, for no forgetting to find: Rasa sends them only when it connects, which is once.
        endpoint.kwargs.setdefault("should_keep_unpublished_messages", False)
        endpoint.kwargs.setdefault("connection_attempts", _TRIES)
        endpoint.kwargs.setdefault("retry_delay_in_seconds", _TRIES_AGAIN_S)
    if (endpoint.type or "").lower() == "sql":
        give_up_silent_servers()  # it is told in the thread of the turns, which all of them would wait for
    try:
        with _said_once():
            broker = await asyncio.wait_for(EventBroker.create(endpoint, loop=loop), _CONNECTED_WITHIN_S)
    except asyncio.TimeoutError:
        raise _no_broker(endpoint, f"no connection within {_CONNECTED_WITHIN_S:.0f} s") from None
    except Exception as error:
        raise _no_broker(endpoint, str(error.__cause__ or error) or type(error).__name__) from error
    if broker is None:
        raise _no_broker(endpoint, f"there is none of the type {endpoint.type!r}")
    return broker


async def leave(broker: EventBroker, within_s: float) -> None:
    """Take leave of the broker, which may not answer any more: the log says so then, and nobody waits for it."""
    try:
        await asyncio.wait_for(broker.close(), within_s)
    except asyncio.TimeoutError:
        _LOGGER.error("the event broker did not answer as the bot took leave; what it was told last may be lost")
    except Exception as error:  # noqa: BLE001  (whatever a broker raises; nothing depends on it any more)
        _LOGGER.error("the event broker could not be taken leave of: %s", type(error).__name__)


async def tracker_store(endpoint: Optional[EndpointConfig], broker: Optional[EventBroker]) -> TrackerStore:
    """The store of the conversations, which answers. Raises EndpointsError, TrackersError.

    Rasa keeps conversations in memory where none is set up and where the class is missing, and waits for ever for a
    database that is down.
    """
    kind = (endpoint.type if endpoint else None) or "sql"
    if endpoint is None or kind.lower() == "sql":
        settings = dict(endpoint.kwargs) if endpoint else {}
        try:
            return SqlTrackers(None, broker, host=endpoint.url if endpoint else None, **settings)
        except TypeError as error:
            raise EndpointsError(f"tracker_store in endpoints.yml: {error}") from error
    _check_class("tracker_store", endpoint)
    try:
        store = _another_store(endpoint, broker)
        if isinstance(store, RedisTrackerStore):
            _wait_not_for_ever(store)
        if isinstance(store, InMemoryTrackerStore):
            raise EndpointsError(f"tracker_store in endpoints.yml: there is none of the type {kind!r}")
        await asyncio.wait_for(store.retrieve(_NOBODY), _CONNECTED_WITHIN_S)
    except EndpointsError:
        raise
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise EndpointsError(f"tracker_store in endpoints.yml: {kind} does not answer: {_line(reason)}") from error
    return store


def _another_store(endpoint: EndpointConfig, broker: Optional[EventBroker]) -> TrackerStore:
    if (endpoint.type or "").lower() == "redis":
        return RedisTrackers(Domain.empty(), host=endpoint.url, event_broker=broker, **endpoint.kwargs)
    return TrackerStore.create(endpoint, event_broker=broker)


def _wait_not_for_ever(store: RedisTrackerStore) -> None:
    """Let each call fail in time. Rasa sets no limit: a Redis that is silent would stop all turns for good."""
    within = {"socket_timeout": _ANSWERS_WITHIN_S, "socket_connect_timeout": _ANSWERS_WITHIN_S}
    store.red.connection_pool.connection_kwargs.update(within)  # of connections, of which it has made none yet


def lock_store(endpoint: Optional[EndpointConfig]) -> LockStore:
    """What keeps turns of one conversation apart. Raises EndpointsError.

    Rasa would wait for Redis for ten seconds, while nobody's turn is computed.
    """
    if endpoint is not None and endpoint.type == "redis":
        endpoint.kwargs.setdefault("socket_timeout", _ANSWERS_WITHIN_S)
    try:
        locks = LockStore.create(endpoint)
        locks.get_lock(_NOBODY)
        return locks
    except Exception as error:
        raise EndpointsError(f"lock_store in endpoints.yml: {_line(str(error))}") from error


def language_generator(endpoint: Optional[EndpointConfig]) -> NaturalLanguageGenerator:
    """What words the bot's responses. Raises EndpointsError."""
    try:
        return NaturalLanguageGenerator.create(endpoint, Domain.empty())
    except Exception as error:
        raise EndpointsError(f"nlg in endpoints.yml: {_line(str(error))}") from error


async def answers(store: TrackerStore) -> None:
    """Raises where no turn could be kept now."""
    if isinstance(store, SqlTrackers):
        await asyncio.to_thread(store.probe)
    else:
        await thinking().do(store.retrieve(_NOBODY))


def _check_class(part: str, endpoint: EndpointConfig) -> None:
    """Raises EndpointsError where the class that `type` names cannot be imported."""
    if endpoint.type is None or endpoint.type.lower() in _OF_RASA:
        return
    try:
        class_from_module_path(endpoint.type)
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise EndpointsError(
            f"{part} in endpoints.yml: {endpoint.type} cannot be imported ({_line(reason)}); mend or remove it"
        ) from error


def _no_broker(endpoint: EndpointConfig, reason: str) -> EndpointsError:
    url = endpoint.url or ""
    where = urlsplit(url if "//" in url else f"//{url}").hostname or endpoint.type  # an address may hold a password
    return EndpointsError(
        f"event_broker in endpoints.yml: {where}: {_line(reason)}; start the broker, or remove event_broker"
    )


@contextmanager
def _said_once() -> Iterator[None]:
    """What fails in here is said by us, in one line, and not by Rasa as well."""
    logger = logging.getLogger("rasa.core.brokers")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _line(text: str) -> str:
    return " ".join(text.split())
