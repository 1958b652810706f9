"""The command line: python -m bot run | demo | train | chat | test | evaluate | export | forget | staff | line …"""

from __future__ import annotations

import argparse
import asyncio
import atexit
import contextlib
import json
import os
import signal
import sys
import tempfile
import time
import uuid
from getpass import getpass
from pathlib import Path
from typing import Awaitable, Callable, Dict, List, Optional, Tuple

from bot.frame.lean import import_rasa_leanly
from bot.operator.address import stand_at
from bot.operator.environment import alone, for_a_while
from bot.operator.set_up import SetUpError
from bot.operator.signing import check_secret
from bot.private import keep_new_files_private
from bot.quiet import keep_libraries_quiet

DEFAULT_PORT = 5005
# Conversations that are only played leave nothing in the operator's store and call none of their staff.
_DESK_OF_TESTS = {
    "KAKARITSUKE_STORE": "",
    "KAKARITSUKE_STAFF": "off",
    "KAKARITSUKE_CALL_BACK": "off",
    "KAKARITSUKE_PUBLIC_URL": "https://soudan.example.jp",
}
_FAILED = 1


def main(arguments: Optional[List[str]] = None) -> int:
    """Run a command; returns the exit status: 0 when it did what was asked."""
    keep_libraries_quiet()
    import_rasa_leanly()
    options = _parser().parse_args(arguments)
    try:
        status: int = options.command(options)
    except KeyboardInterrupt:
        print()
        return 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Kakaritsuke, かかりつけ相談ボット")
    commands = parser.add_subparsers(required=True, metavar="command")

    run = commands.add_parser("run", help="start the bot and say where it answers")
    run.add_argument("--port", type=int, default=DEFAULT_PORT)
    run.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: this machine only)")
    run.add_argument("--rest", action="store_true", help="also serve Rasa's REST webhook, to this machine only")
    run.add_argument("--actions-url", help="send actions to this action server instead of running them here")
    run.add_argument(
        "--actions-within",
        type=_seconds,
        metavar="SECONDS",
        default=3.0,
        help="how long the action server may take for an action; then its turn fails (default: 3)",
    )
    run.set_defaults(command=_run)

    demo = commands.add_parser(
        "demo", help="start the bot with made-up conversations of its own, to show the console of staff"
    )
    demo.add_argument("--port", type=int, default=DEFAULT_PORT)
    demo.add_argument("--folder", type=Path, help="where it is made and kept (default: .demo of the project)")
    demo.add_argument("--talks", type=_talks, default=200, help="how many conversations (default: 200)")
    demo.set_defaults(command=_demo)

    train = commands.add_parser("train", help="train the model, if anything it is made from has changed")
    train.set_defaults(command=_train)

    evaluate = commands.add_parser("evaluate", help="measure how well messages are understood")
    evaluate.add_argument(
        "kind",
        choices=[
            "intents",
            "entities",
            "distress",
            "sub_issues",
            "other_issues",
            "cross_validation",
            "triage",
            "masks",
            "turns",
            "answers",
            "asked",
            "vignettes",
            "talk",
            "all",
        ],
    )
    evaluate.add_argument(
        "file",
        nargs="?",
        type=Path,
        help="JSON Lines as in docs/evaluation.md; vignettes: a folder (cross_validation, all: none)",
    )
    evaluate.add_argument(
        "--out", type=Path, help="turns, talk: write what was heard in each message here (JSON Lines)"
    )
    evaluate.add_argument("--json", type=Path, help="write the figures here as JSON")
    evaluate.add_argument("--plot", type=Path, help="triage: draw the questions against the issues found here (SVG)")
    evaluate.add_argument("--html", type=Path, help="write the figures here as a page, with the confusion matrix")
    evaluate.set_defaults(command=_evaluate)

    test = commands.add_parser("test", help="play stories or written conversations through the trained bot")
    test.add_argument("path", type=Path, help="a file of stories or conversations, or a folder of them (data/stories)")
    test.set_defaults(command=_test)

    measure = commands.add_parser("measure", help="what a model does with every saved dialogue and held-out message")
    measure.add_argument("model", help="its name, such as kakaritsuke-0123456789abcdef")
    measure.add_argument("--out", type=Path, required=True, help="write the results here as JSON")
    measure.set_defaults(command=_measure)

    learn = commands.add_parser("learn", help="work off a training that the console of staff has begun")
    learn.add_argument("number", type=int)
    learn.set_defaults(command=_learn)

    export = commands.add_parser("export", help="write what the bot knows for others to read")
    export.add_argument(
        "format",
        choices=["hsds", "answers"],
        help="hsds: institutions and offices as Open Referral's HSDS 3.0 (JSON); answers: what is answered about whom",
    )
    export.add_argument("--out", type=Path, help="the file to write (default: print it)")
    export.set_defaults(command=_export)

    forget = commands.add_parser(
        "forget", help="erase what is kept of a conversation, or what is old (docs/privacy.md)"
    )
    what = forget.add_mutually_exclusive_group(required=True)
    what.add_argument("conversation", nargs="?", help="its name, as in Rasa's sender_id")
    what.add_argument("--older-than", type=_days, metavar="DAYS", help="everything that is older than so many days")
    forget.set_defaults(command=_forget)

    staff = commands.add_parser("staff", help="look after the accounts of the staff console (docs/operations.md)")
    tasks = staff.add_subparsers(required=True, metavar="task")
    add = tasks.add_parser("add", help="make an account")
    add.add_argument("--role", choices=["viewer", "reviewer", "administrator"], required=True)
    reset = tasks.add_parser("reset", help="a new password, a new second factor, and enabled again")
    for task in (add, reset):
        task.add_argument("--ask", action="store_true", help="ask for the password here instead of making one")
    disable = tasks.add_parser("disable", help="end its sessions and let nobody sign in with it")
    for task in (add, reset, disable):
        task.add_argument("name")
    tasks.add_parser("list", help="name every account")
    report = tasks.add_parser("breach-report", help="who was shown owners' words between two times")
    report.add_argument(
        "--from", dest="since", metavar="TIME", required=True, help="such as 2026-11-28T09:00, of Japan"
    )
    report.add_argument("--to", dest="until", metavar="TIME", required=True)
    for name, task in tasks.choices.items():
        task.set_defaults(command=_staff, task=name)

    line = commands.add_parser("line", help="look after the bot on LINE (docs/line.md)")
    line.add_argument(
        "task",
        choices=["check", "setup-menu"],
        help="say what is wrong with the set-up, or put the menu below the chat",
    )
    line.set_defaults(command=_line)

    slack = commands.add_parser("slack", help="look after the bot in Slack (docs/slack.md)")
    slack.add_argument("task", choices=["check"], help="say what is wrong with the set-up")
    slack.set_defaults(command=_check_slack)

    chat = commands.add_parser("chat", help="talk to the bot in this terminal")
    chat.set_defaults(command=_chat)
    return parser


def _train(options: argparse.Namespace) -> int:
    from bot.training import TrainingError, note_ground, train, trained_model

    there = trained_model()
    if there is not None:
        note_ground(there)
        print("model: up to date, nothing to train", flush=True)
        return 0
    print("model: training what has changed (some minutes from nothing)", flush=True)
    began, terminal = time.monotonic(), sys.stdout

    def tell(step: str) -> None:
        print(f"model:   {time.monotonic() - began:4.0f} s  {step}", file=terminal, flush=True)

    try:
        path = train(tell, _models_in_use())
    except TrainingError as error:
        return _fail(f"the model cannot be trained: {error}")
    print(f"model: trained in {time.monotonic() - began:.0f} s: models/{path.name}", flush=True)
    return 0


def _models_in_use() -> Optional[List[str]]:
    """The models that staff chose last or that answer, which stay; none where there is no store yet.

    None: it does not say which.
    """
    from bot.operator.places import places
    from bot.operator.store import store_address
    from bot.store import Models, StoreError, database

    try:
        if not store_address() and not (places().var / "store.sqlite").exists():
            return []
        models = Models(database())
        chosen = [name for each in models.activations(1) for name in (each.model, each.before)]
        return [*chosen, *(each.model for each in models.answering())]
    except (SetUpError, StoreError):
        return None


def _chosen_model() -> Optional[str]:
    """The model that staff chose last. Raises StoreError, SetUpError."""
    from bot.store import Models, database

    latest = Models(database()).activations(1)
    return latest[0].model if latest else None


def _run(options: argparse.Namespace) -> int:
    from bot.store import StoreError
    from bot.training import TrainingError, model_to_run, name_of, note_ground

    keep_new_files_private()
    _take_the_terminal()
    chosen = None
    with contextlib.suppress(SetUpError, StoreError):  # said below, where everything of the operator's is opened
        chosen = _chosen_model()
    try:
        model = model_to_run(chosen)
    except TrainingError as error:
        return _fail(str(error))
    with contextlib.suppress(OSError):  # where nothing can be written, no other model comes to be
        note_ground(model)
    if chosen is not None and chosen == name_of(model):
        print(f"start: {model.name} answers, as staff has chosen (/staff/learning)", flush=True)
    elif chosen is not None:
        print(
            f"start: {chosen}, which staff has chosen, is not there or was made from other knowledge; "
            f"{model.name} answers",
            flush=True,
        )
    print("start: loading the language model and the knowledge (about ten seconds)", flush=True)
    from bot.frame.action_endpoint import ActionServer
    from bot.quiet import show_errors_only
    from bot.serving.application import StartError, application, bound_socket
    from bot.serving.front_door import FrontDoor

    show_errors_only()
    failures: List[str] = []
    address = f"http://{f'[{options.host}]' if ':' in options.host else options.host}:{options.port}"
    try:
        stand_at(address)
        check_secret(options.host)
        bound = bound_socket(options.host, options.port)
    except (SetUpError, StartError) as error:
        return _fail(str(error))
    try:
        app = application(
            model,
            options.host,
            options.rest,
            ActionServer(options.actions_url, options.actions_within) if options.actions_url else None,
            lambda: print(f"ready: {address}/  (stop with Ctrl-C)", flush=True),
            failures.append,
        )
        app.run(sock=bound, protocol=FrontDoor, motd=False, access_log=False)
    except StartError as error:
        return _fail(f"the bot cannot start: {(failures or [str(error)])[0]}")
    finally:
        bound.close()
    print("stopped", flush=True)
    return 0


def _demo(options: argparse.Namespace) -> int:
    """The bot of the demonstration, which has nothing of the operator's but the model and the knowledge."""
    from bot.demo.making import HOME, make, settings
    from bot.demo.owners import OwnersError
    from bot.quiet import show_errors_only
    from bot.serving.application import StartError
    from bot.store import StoreError
    from bot.training import TrainingError, model_to_run

    keep_new_files_private()
    show_errors_only()
    home = (options.folder or HOME).resolve()
    address = f"http://127.0.0.1:{options.port}"
    with alone(**settings(home)):
        try:
            stand_at(address)
            signs_in = make(home, model_to_run(), options.talks, lambda line: print(line, flush=True))
        except (TrainingError, SetUpError, StartError, StoreError, OwnersError) as error:
            return _fail(str(error))
        print(f"demo: {options.talks} conversations; sign in at {address}/staff", flush=True)
        for each in signs_in:
            print(f"demo:   {each.name}  {each.password}  ({each.role.value})", flush=True)
        print("demo: the administrator is asked for a second factor; an authenticator app shows it", flush=True)
        run = argparse.Namespace(port=options.port, host="127.0.0.1", rest=False, actions_url=None)
        return _run(run)


def _evaluate(options: argparse.Namespace) -> int:
    from bot.training import TrainingError, model_to_run

    for written in (options.json, options.html, options.plot, options.out):
        if written is not None and (written.is_dir() or not written.parent.is_dir()):
            return _fail(f"{written}: no file can be written there; name one in a folder that exists")
    if options.kind == "triage":
        return _evaluate_triage(options)
    if options.kind == "masks":
        return _evaluate_masks(options)
    try:
        model = model_to_run()
    except TrainingError as error:
        return _fail(str(error))
    if (options.kind in ("all", "cross_validation")) != (options.file is None):
        return _fail("expected a FILE, and none with cross_validation and all")
    if options.kind in ("answers", "asked", "vignettes"):
        return _evaluate_talks(options, model)

    from bot.evaluation.evaluate import cross_validation, evaluate, evaluate_all
    from bot.evaluation.in_talk import hear_in_talk
    from bot.evaluation.reports import as_html, as_json, as_markdown
    from bot.evaluation.rows import EvaluationError
    from bot.evaluation.turns import as_json_lines, hear_rows, turn_report
    from bot.quiet import show_errors_only
    from bot.serving.application import StartError, ready_agent

    show_errors_only()

    async def report() -> None:
        if options.kind == "cross_validation":
            title = "cross-validation over data/nlu"
            figures, understood = cross_validation()
        else:
            agent = await ready_agent(model)
            if options.kind == "all":
                print(await evaluate_all(agent))
                return
            title = f"{options.kind}: {options.file.name}"
            if options.kind in ("turns", "talk"):
                heard = await (hear_rows if options.kind == "turns" else hear_in_talk)(agent, options.file)
                if options.out:
                    options.out.write_text(as_json_lines(heard), encoding="utf-8")
                print(as_markdown(title, turn_report(heard)))
                return
            figures, understood = await evaluate(agent, options.kind, options.file)
        print(as_markdown(title, figures))
        if options.json:
            options.json.write_text(as_json(figures), encoding="utf-8")
        if options.html:
            options.html.write_text(as_html(title, figures, understood), encoding="utf-8")

    try:
        asyncio.run(report())
    except (EvaluationError, StartError) as error:
        return _fail(str(error))
    return 0


def _evaluate_talks(options: argparse.Namespace, model: Path) -> int:
    """What is evaluated by talking to the bot, with the desk of the tests and nothing kept."""
    from rasa.core.agent import Agent
    from rasa.core.tracker_store import InMemoryTrackerStore

    from bot.evaluation.answers import evaluate_answers
    from bot.evaluation.asked import evaluate_asked
    from bot.evaluation.reports import Report, as_json, as_markdown
    from bot.evaluation.rows import EvaluationError
    from bot.evaluation.vignettes import evaluate_vignettes
    from bot.quiet import show_errors_only
    from bot.serving.application import StartError, ready_agent

    show_errors_only()

    async def report() -> None:
        agent = await ready_agent(model)
        agent.tracker_store = agent.processor.tracker_store = InMemoryTrackerStore(agent.domain)
        by_talking: Dict[str, Callable[[Agent, Path], Awaitable[Report]]] = {
            "answers": evaluate_answers,
            "asked": evaluate_asked,
            "vignettes": evaluate_vignettes,
        }
        figures = await by_talking[options.kind](agent, options.file)
        print(as_markdown(f"{options.kind}: {options.file.name}", figures))
        if options.json:
            options.json.write_text(as_json(figures), encoding="utf-8")

    with tempfile.TemporaryDirectory() as folder, for_a_while(**_DESK_OF_TESTS, KAKARITSUKE_VAR=folder):
        try:
            asyncio.run(report())
        except (EvaluationError, StartError) as error:
            return _fail(str(error))
    return 0


def _test(options: argparse.Namespace) -> int:
    from bot.training import TrainingError, model_to_run

    try:
        model = model_to_run()
    except TrainingError as error:
        return _fail(str(error))
    from rasa.core.tracker_store import InMemoryTrackerStore

    from bot.evaluation.judging import NothingToJudgeError, judge
    from bot.quiet import show_errors_only
    from bot.serving.application import ready_agent

    show_errors_only()

    async def judged() -> Tuple[int, int]:
        agent = await ready_agent(model)
        agent.tracker_store = agent.processor.tracker_store = InMemoryTrackerStore(agent.domain)
        return await judge(agent, options.path, lambda line: print(line, flush=True))

    with tempfile.TemporaryDirectory() as folder, for_a_while(**_DESK_OF_TESTS, KAKARITSUKE_VAR=folder):
        try:
            right, wrong = asyncio.run(judged())
        except NothingToJudgeError as error:
            return _fail(str(error))
    print(f"{right} as written, {wrong} not")
    return _FAILED if wrong else 0


def _measure(options: argparse.Namespace) -> int:
    from bot.training import ground, model_named

    model = model_named(options.model)
    if model is None:
        return _fail(f"there is no model {options.model} in models/")
    if model.ground != ground():
        return _fail(
            f"{options.model} was made from other knowledge than the files hold now; it cannot be measured by them"
        )
    from rasa.core.tracker_store import InMemoryTrackerStore

    from bot.evaluation.measuring import MeasuringError, measure
    from bot.evaluation.results import as_json
    from bot.evaluation.rows import EvaluationError
    from bot.quiet import show_errors_only
    from bot.serving.application import StartError, ready_agent

    show_errors_only()

    async def measured() -> str:
        agent = await ready_agent(model.path)
        agent.tracker_store = agent.processor.tracker_store = InMemoryTrackerStore(agent.domain)
        return as_json(await measure(agent, lambda done, of: print(f"measure: {done} of {of}", flush=True)))

    with tempfile.TemporaryDirectory() as folder, for_a_while(**_DESK_OF_TESTS, KAKARITSUKE_VAR=folder):
        try:
            results = asyncio.run(measured())
        except (MeasuringError, EvaluationError, StartError) as error:
            return _fail(str(error))
    options.out.write_text(results, encoding="utf-8")
    return 0


def _learn(options: argparse.Namespace) -> int:
    from bot.learning import NICE, in_a_process, work_off
    from bot.store import StoreError, database

    keep_new_files_private()
    os.nice(NICE)
    try:
        work_off(options.number, database(), in_a_process)
    except (SetUpError, StoreError) as error:
        return _fail(str(error))
    return 0


def _evaluate_masks(options: argparse.Namespace) -> int:
    from bot.evaluation.masks import mask_report
    from bot.evaluation.rows import EvaluationError

    if options.file is None:
        return _fail("expected a FILE such as data/evaluation/masks.jsonl")
    try:
        print(mask_report(options.file).as_markdown(f"masks: {options.file.name}"))
    except EvaluationError as error:
        return _fail(str(error))
    return 0


def _evaluate_triage(options: argparse.Namespace) -> int:
    from bot.evaluation.reports import as_json, as_markdown
    from bot.evaluation.triage import draw, triage_report
    from bot.knowledge import KnowledgeError, load_knowledge

    if options.file is not None or options.html:
        return _fail("triage is simulated: expected no FILE, and --json or --plot instead of --html")
    try:
        report = triage_report(load_knowledge())
    except KnowledgeError as error:
        return _fail(f"what the bot knows is wrong: {error}")
    print(as_markdown("triage: simulated owners", report))
    if options.json:
        options.json.write_text(as_json(report), encoding="utf-8")
    if options.plot:
        draw(report, options.plot)
    return 0


def _days(text: str) -> float:
    days = float(text)
    if not 0 <= days < float("inf"):
        raise ValueError(text)
    return days


def _talks(text: str) -> int:
    talks = int(text)
    if not 3 <= talks <= 5000:
        raise ValueError(text)
    return talks


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise ValueError(text)
    return seconds


def _export(options: argparse.Namespace) -> int:
    from bot.frame.known import knowledge
    from bot.knowledge import KnowledgeError
    from bot.knowledge.answer_table import answer_table
    from bot.knowledge.hsds import service_package

    try:
        known = knowledge()
        hsds = options.format == "hsds"
        package = json.dumps(service_package(known), ensure_ascii=False, indent=2) if hsds else answer_table(known)
    except (KnowledgeError, SetUpError) as error:
        return _fail(str(error))
    if options.out is None:
        print(package, flush=True)
        return 0
    try:
        options.out.write_text(f"{package}\n", encoding="utf-8")
    except OSError as error:
        return _fail(f"the export cannot be written: {error}")
    print(f"export: {options.out}", flush=True)
    return 0


def _forget(options: argparse.Namespace) -> int:
    from bot.frame.endpoints import EndpointsError
    from bot.frame.trackers import TrackersError
    from bot.quiet import show_errors_only
    from bot.serving.forgetting import forget_a_conversation, forget_older_than
    from bot.store import StoreError

    show_errors_only()
    stand_at(f"http://127.0.0.1:{DEFAULT_PORT}")  # no page is opened, but settings name it
    try:
        if options.conversation is None:
            gone = forget_older_than(options.older_than)
        else:
            gone = forget_a_conversation(options.conversation)
    except (SetUpError, EndpointsError, TrackersError, StoreError) as error:
        return _fail(" ".join(str(error).split()))
    for place, count in gone.counts.items():
        if count:
            print(f"forgotten: {place}: {count}")
    print(f"forgotten: {gone.total} in all", flush=True)
    return 0


def _staff(options: argparse.Namespace) -> int:
    from bot.console import terminal
    from bot.store import Role, StoreError, database

    keep_new_files_private()

    def tell(line: str) -> None:
        print(line, flush=True)

    try:
        store = database()
        if options.task == "add":
            terminal.add(store, tell, options.name, Role(options.role), getpass if options.ask else None)
        elif options.task == "reset":
            terminal.reset(store, tell, options.name, getpass if options.ask else None)
        elif options.task == "disable":
            terminal.disable(store, tell, options.name)
        elif options.task == "list":
            terminal.show(store, tell)
        else:
            terminal.breach_report(store, tell, options.since, options.until)
    except (SetUpError, StoreError, terminal.StaffError) as error:
        return _fail(str(error))
    return 0


def _check_slack(options: argparse.Namespace) -> int:
    from bot.channels.slack.check import check
    from bot.channels.slack.settings import slack_settings
    from bot.operator.address import public_url
    from bot.operator.slack import BOT_TOKEN, SIGNING_SECRET

    try:
        settings = slack_settings()
        if settings is None:
            return _fail(f"{SIGNING_SECRET} and {BOT_TOKEN} are not set; docs/slack.md says where to find them")
        findings = asyncio.run(check(settings, public_url()))
    except SetUpError as error:
        return _fail(str(error))
    for finding in findings:
        print(finding.line(), flush=True)
    return 0 if all(finding.ok for finding in findings) else _FAILED


def _line(options: argparse.Namespace) -> int:
    from bot.channels.line.client import LineClient, LineError
    from bot.channels.line.diagnosis import findings
    from bot.channels.line.rich_menu import set_up
    from bot.channels.line.settings import line_settings
    from bot.channels.line.texts import line_texts
    from bot.operator.line import SECRET, TOKEN

    try:
        settings, menu = line_settings(), line_texts().menu
    except SetUpError as error:
        return _fail(str(error))
    if settings is None:
        return _fail(f"{SECRET} and {TOKEN} are not set; docs/line.md says where they come from")
    client = LineClient(settings)

    async def check() -> int:
        wrong = 0
        async for finding in findings(client):
            print(finding, flush=True)
            wrong += finding.matters and not finding.right
        await client.close()
        return _FAILED if wrong else 0

    async def set_up_menu() -> int:
        try:
            await set_up(client, menu, lambda step: print(step, flush=True))
        except (LineError, OSError) as error:
            return _fail(str(error))
        finally:
            await client.close()
        return 0

    return asyncio.run(check() if options.task == "check" else set_up_menu())


def _chat(options: argparse.Namespace) -> int:
    from bot.training import TrainingError, model_to_run

    keep_new_files_private()
    try:
        model = model_to_run()
    except TrainingError as error:
        return _fail(str(error))
    print("読み込んでいます。10秒ほどお待ちください。", flush=True)
    from bot.frame.trackers import TrackersError
    from bot.quiet import show_errors_only
    from bot.serving.application import StartError

    show_errors_only()
    try:
        stand_at(f"http://127.0.0.1:{DEFAULT_PORT}")  # where `make run` serves the pages
        asyncio.run(_talk(model))
    except (SetUpError, StartError, TrackersError) as error:
        return _fail(str(error))
    return 0


async def _talk(model: Path) -> None:
    """Read a line, show the bot's replies, until the end of input."""
    from bot.frame.thinking import thinking
    from bot.frame.turns import RasaTurns, Said
    from bot.serving.application import ready_agent

    turns = RasaTurns(await thinking().do(ready_agent(model, loop=thinking().loop)), "terminal", for_staff=False)
    conversation = f"terminal-{uuid.uuid4().hex}"
    print("どうぞお話しください。番号でも答えられます。終わるときは Ctrl-D です。", flush=True)
    while True:
        try:
            message = input("\nあなた> ")
        except EOFError:
            print()
            return
        for reply in await turns.take(conversation, Said(uuid.uuid4().hex, message)):
            print(f"\n{reply.plain()}", flush=True)


def _take_the_terminal() -> None:
    """Let Ctrl-C reach this process alone, so that `make run` ends as we end: with status 0.

    make would otherwise be interrupted as well and report an error. Without a terminal nothing is done.
    """
    if not sys.stdin.isatty() or os.getpgrp() == os.getpid():
        return
    terminal = sys.stdin.fileno()
    group_before = os.tcgetpgrp(terminal)
    if group_before != os.getpgrp():
        return
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(terminal, os.getpgrp())
    atexit.register(os.tcsetpgrp, terminal, group_before)


def _fail(reason: str) -> int:
    print(f"error: {' '.join(reason.split())}", file=sys.stderr, flush=True)
    return _FAILED
