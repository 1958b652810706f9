"""The bot as one process: Rasa's agent with the actions in it, behind Sanic."""

from __future__ import annotations

import asyncio
import logging
import socket
from asyncio import AbstractEventLoop
from pathlib import Path
from typing import Callable, List, Optional

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, register
from sanic import Sanic

from bot.channels.line.channel import LineChannel
from bot.channels.line.settings import line_settings
from bot.channels.rest import RestChannel
from bot.channels.slack.channel import SlackChannel
from bot.channels.slack.settings import SlackSettings, slack_settings
from bot.channels.slack.words import slack_words
from bot.channels.web import WebChannel, WebSettings, web_settings
from bot.channels.web.admission import address_of
from bot.console.blueprint import staff_console
from bot.frame import changes
from bot.frame.action_endpoint import ActionServer, ActionsInProcess
from bot.frame.endpoints import (
    EndpointsError,
    event_broker,
    language_generator,
    leave,
    lock_store,
    read_endpoints,
    tracker_store,
)
from bot.frame.forgetting import keep_forgetting
from bot.frame.known import knowledge
from bot.frame.recording import recorder
from bot.frame.thinking import think_on_one_core, thinking
from bot.frame.trackers import TrackersError
from bot.knowledge import KnowledgeError
from bot.operator.desk import STAFF, desk
from bot.operator.limits import Limits, limits
from bot.operator.places import places, var_folder
from bot.operator.probes import probes
from bot.operator.set_up import SetUpError
from bot.operator.signing import check_secret_behind_proxies
from bot.private import keep_folder_private
from bot.serving import changes as server_changes
from bot.serving.at_hand import at_hand
from bot.serving.framing import refuse_ill_formed_requests
from bot.serving.front_door import READ_WITHIN_S, Entrance, make_room_for
from bot.serving.health import Readiness, serve_health
from bot.serving.hosts import answer_under_own_names
from bot.serving.learning import MODEL_ERRORS, ServingModels
from bot.serving.reader import ServingModel
from bot.serving.staff import StaffVisitors
from bot.serving.telling import check_telling, teller
from bot.serving.trying import ServingBot
from bot.sheets.pages import sheet_pages
from bot.store import Inbox, Questions, StoreError, accounts, database, handoffs
from bot.training import ground
from bot.web.answers import answer_errors_shortly, keep_answers_safe
from bot.web.pages import serve_pages, widget_at

# Sanic calls its listeners just before it serves; a Ctrl-C in that moment would be lost.
_UNTIL_THE_LOOP_RUNS_S = 0.1
_MOST_BYTES = 2 * 1024 * 1024  # of a request; every channel allows less
_END_WITHIN_S = 5.0


class StartError(Exception):
    """The bot cannot start; the message says why and what to do."""


async def ready_agent(
    model: Path, action_server: Optional[ActionServer] = None, loop: Optional[AbstractEventLoop] = None
) -> Agent:
    """The agent of a model with everything it needs, as endpoints.yml says.

    Actions run in this process, or else in an action server. Raises StartError where the model
    does not load, or the knowledge, the operator's settings or the store are wrong.
    """
    check_desk()
    check_knowledge()
    changes.apply()
    try:
        keep_folder_private(var_folder())
        endpoints = read_endpoints(places().endpoints)
        broker = await event_broker(endpoints.event_broker, loop)
        agent = Agent(
            generator=language_generator(endpoints.nlg),
            tracker_store=await tracker_store(endpoints.tracker_store, broker),
            lock_store=lock_store(endpoints.lock_store),
            action_endpoint=action_server or ActionsInProcess(),
        )
    except (SetUpError, EndpointsError, TrackersError) as error:
        raise StartError(str(error)) from error
    try:
        agent.load_model(model)
    except MODEL_ERRORS as error:
        reason = error.__cause__ or error
        raise StartError(
            f"the model {model.name} does not load ({reason}); delete models/ and run `make train`"
        ) from error
    think_on_one_core()
    return agent


def check_desk() -> None:
    """Raises StartError where staff could not be called later, or could not answer, while it can still be mended."""
    try:
        if not desk().staff:
            return
        handoffs().waiting()
        if not accounts().anybody():
            raise StartError(
                f"{STAFF}=on promises owners a person, and nobody of staff has an account; make one with: "
                "python -m bot staff add NAME --role administrator"
            )
    except (SetUpError, StoreError) as error:
        raise StartError(str(error)) from error


def check_knowledge() -> None:
    """Raises StartError where a file of the knowledge, or the operator's own of offices, is wrong."""
    try:
        knowledge()
    except SetUpError as error:
        raise StartError(str(error)) from error
    except KnowledgeError as error:
        raise StartError(f"what the bot knows is wrong: {error}; mend the file and start again") from error


def bound_socket(host: str, port: int) -> socket.socket:
    """A socket that listens at `host` and `port`. Raises StartError where that is not possible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except (OSError, OverflowError, UnicodeError) as error:  # the last two: no port, no name at all
        bound.close()
        reason = getattr(error, "strerror", None) or error
        raise StartError(
            f"port {port} on {host} cannot be used ({reason}); stop the program there or take another --port"
        ) from error
    return bound


def _channels(rest: bool, web: WebSettings, most: Limits) -> List[InputChannel]:
    """The channels that owners can come through, as the operator set them up."""
    line, slack = line_settings(), slack_settings()
    channels: List[InputChannel] = [WebChannel(web, database(), most)]
    if rest:
        channels.append(RestChannel())
    if line is not None:
        channels.append(LineChannel(line))
    if slack is not None:
        channels.append(_slack(slack))
    return channels


def _slack(settings: SlackSettings) -> SlackChannel:
    inbox = Inbox(database(), SlackChannel.name())
    return SlackChannel(settings, inbox, Questions(database()), slack_words())


def application(
    model: Path,
    host: str,
    rest: bool,
    action_server: Optional[ActionServer],
    when_ready: Callable[[], None],
    when_failed: Callable[[str], None],
) -> Sanic:
    """The web application for a bot that listens at `host`: its channels, and the pages that browsers load.

    Raises StartError where a setting of the operator makes no sense.
    """
    read = ground()  # before the knowledge: what is changed between the two is then taken for changed
    check_knowledge()
    try:
        web, who, most = web_settings(host), probes(), limits()
        make_room_for(most)
        with database().reading():  # what channels are sent is kept there
            channels = _channels(rest, web, most)
        chat = widget_at(at_hand())
        check_secret_behind_proxies()
        check_telling()
    except (SetUpError, StoreError) as error:
        raise StartError(str(error)) from error
    server_changes.apply()
    app = Sanic("kakaritsuke", configure_logging=False)
    app.config.KEEP_ALIVE_TIMEOUT = 30
    app.config.REQUEST_TIMEOUT = READ_WITHIN_S
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = _END_WITHIN_S
    app.config.REQUEST_MAX_SIZE = _MOST_BYTES
    app.ctx.entrance = Entrance(most, web.proxies, lambda request: address_of(request, web))
    refuse_ill_formed_requests(app)
    answer_under_own_names(app, web.hosts)
    register(channels, app, route="/webhooks/")
    app.blueprint(sheet_pages())
    model_now = ServingModel(lambda: getattr(app.ctx, "agent", None))
    models = ServingModels(lambda: getattr(app.ctx, "agent", None), database(), read)
    bot_now = ServingBot(lambda: getattr(app.ctx, "agent", None), models.beside)
    visitors = StaffVisitors(web, line_settings())
    app.blueprint(staff_console(database(), visitors, reader=model_now, engine=bot_now, learner=models))
    serve_pages(app, chat)
    readiness = Readiness(database())
    serve_health(app, readiness, web, who)
    keep_answers_safe(app, web.https)
    answer_errors_shortly(app)

    @app.before_server_start
    async def load(running: Sanic, loop: AbstractEventLoop) -> None:
        try:
            agent = await thinking().do(ready_agent(model, action_server, thinking().loop))
        except StartError as error:
            when_failed(str(error))
            logging.getLogger("sanic.error").setLevel(logging.CRITICAL)  # said by us, in one line
            raise
        running.ctx.agent = readiness.agent = agent

    @app.after_server_start
    async def tell(running: Sanic, loop: AbstractEventLoop) -> None:
        loop.call_later(_UNTIL_THE_LOOP_RUNS_S, when_ready)

    @app.after_server_start
    async def forget(running: Sanic, loop: AbstractEventLoop) -> None:
        running.add_task(keep_forgetting(running.ctx.agent.tracker_store, desk().keep_days))

    @app.after_server_start
    async def tell_staff(running: Sanic, loop: AbstractEventLoop) -> None:
        if desk().staff:
            running.add_task(teller(database()).keep_telling())

    @app.after_server_start
    async def follow(running: Sanic, loop: AbstractEventLoop) -> None:
        running.add_task(models.keep_following())

    @app.after_server_stop
    async def close(running: Sanic, loop: AbstractEventLoop) -> None:
        agent = getattr(running.ctx, "agent", None)
        if agent is not None and agent.tracker_store.event_broker:
            await thinking().do(leave(agent.tracker_store.event_broker, _END_WITHIN_S))

    @app.after_server_stop
    async def finish_the_record(running: Sanic, loop: AbstractEventLoop) -> None:
        await asyncio.to_thread(recorder().end, _END_WITHIN_S)

    @app.after_server_stop
    async def end(running: Sanic, loop: AbstractEventLoop) -> None:
        await _end_what_goes_on(loop)

    return app


async def _end_what_goes_on(loop: AbstractEventLoop) -> None:
    """Cancel whatever still runs in the loop, and let it end.

    Sanic cancels only what was given a name; the loop complains of every other task when it is thrown away.
    """
    left = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
