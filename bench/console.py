"""How long the queries of the staff console take: python -m bench.console.

A store is filled with made-up conversations and every query is asked many times, each time for something else. The
store is a file, or with --postgresql URL a schema of its own in that database, which is removed afterwards.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
import uuid
from contextlib import contextmanager
from typing import Callable, Dict, Iterator, List, Optional, Tuple
from urllib.parse import quote

import psycopg2

from bench.recorded import COMMON, DAYS, RARE, MadeUp
from bench.running import percentile
from bot.console.conversations import ON_A_PAGE
from bot.console.counting import Counting
from bot.review import ReviewReason
from bot.store import (
    Audit,
    By,
    ConversationFilter,
    Conversations,
    Database,
    Figures,
    LeavingTurns,
    Period,
    Spot,
    Standing,
    TurnRecords,
)
from bot.store.database import TABLES

_CONVERSATIONS, _TURNS = 10_000, 20
_LONG, _LONG_TURNS = "bench-long", 2_000
_TIMES = 40
_DAY_S = 86_400.0
_ANSWERS_WITHIN_S = 60.0  # while it is filled; a statement still has the time that it has in the bot
Query = Callable[[random.Random], object]


def main() -> None:
    """Prints the table of docs/performance.md."""
    parser = argparse.ArgumentParser(prog="python -m bench.console", description=__doc__)
    parser.add_argument("--conversations", type=int, default=_CONVERSATIONS)
    parser.add_argument("--turns", type=int, default=_TURNS, help="of a conversation, on average")
    parser.add_argument("--times", type=int, default=_TIMES, help="how often each query is asked")
    parser.add_argument("--postgresql", metavar="URL", help="a database to keep the store in, instead of a file")
    options = parser.parse_args()
    now = time.time()
    with _a_store(options.postgresql) as store:
        made_up = MadeUp(now)
        made_up.fill(store, options.conversations, options.turns)
        made_up.fill_one(store, _LONG, _LONG_TURNS)
        if options.postgresql:
            for table in TABLES.sorted_tables:  # as the server does by itself after a while
                with store.reading() as connection:
                    connection.exec_driver_sql(f"ANALYZE {table.name}")
        where = "PostgreSQL" if options.postgresql else "SQLite"
        print(f"{where}, {options.conversations:,} conversations, {options.conversations * options.turns:,} turns:\n")
        print("| query | p50 | p95 | processor time here, p95 |\n|---|---|---|---|")
        for name, query in _queries(store, now, options.conversations).items():
            took, worked = _measured(query, options.times)
            shown = percentile(took, 50), percentile(took, 95), percentile(worked, 95)
            print(f"| {name} | {' | '.join(shown)} |", flush=True)


@contextmanager
def _a_store(url: Optional[str]) -> Iterator[Database]:
    if url is None:
        with tempfile.TemporaryDirectory() as folder:
            yield Database(f"{folder}/store.sqlite")
        return
    schema = f"bench_{uuid.uuid4().hex}"
    server = psycopg2.connect(url)
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {schema}")
        try:
            yield Database(f"{url}?options={quote(f'-csearch_path={schema}')}", _ANSWERS_WITHIN_S)
        finally:
            cursor.execute(f"DROP SCHEMA {schema} CASCADE")
    server.close()


def _measured(query: Query, times: int) -> Tuple[List[float], List[float]]:
    """Milliseconds of each call, and of work of this process: what it takes with a file when nobody else is at work."""
    chance, took, worked = random.Random(7), [], []
    query(chance)  # as in a server that has been up for a while
    for _ in range(times):
        began, began_work = time.perf_counter(), time.process_time()
        query(chance)
        took.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - began_work))
    return took, worked


def _queries(store: Database, now: float, conversations: int) -> Dict[str, Query]:
    listing, figures, records = Conversations(store), Figures(store), TurnRecords(store)
    leaving, audit, staff = LeavingTurns(store), Audit(store), By("花子", "192.0.2.7")
    prefectures, issues = ("東京都", "福島県", "鳥取県", "大阪府"), ("資金繰り", "創業", "事業承継", "知的財産")
    whole, month = Period(now - DAYS * _DAY_S, now + _DAY_S), Period(now - 30 * _DAY_S, now + _DAY_S)

    def some(chance: random.Random) -> List[str]:
        """Names of as many conversations as a page of the list has."""
        return [f"bench-{number}" for number in chance.sample(range(conversations), min(ON_A_PAGE, conversations))]

    def a_day(chance: random.Random) -> Period:
        began = now - chance.randrange(2, DAYS) * _DAY_S
        return Period(began, began + _DAY_S)

    def listed(**wanted: object) -> Query:
        return lambda chance: listing.listed(ConversationFilter(**wanted))  # type: ignore[arg-type]

    def with_words(words: Callable[[random.Random], str], **more: object) -> Query:
        return lambda chance: listing.listed(
            ConversationFilter(words=words(chance), **more)  # type: ignore[arg-type]
        )

    queries: Dict[str, Query] = {
        "list, the newest": listed(),
        "list, a page in the middle": lambda chance: listing.listed(
            ConversationFilter(), Spot(now - chance.random() * DAYS * _DAY_S, "")
        ),
        "list, a week of one channel": lambda chance: listing.listed(
            ConversationFilter(
                since=now - 40 * _DAY_S, until=now - 33 * _DAY_S, channel=chance.choice(("web", "slack"))
            )
        ),
        "list, an issue": lambda chance: listing.listed(ConversationFilter(issue=chance.choice(issues))),
        "list, a prefecture": lambda chance: listing.listed(ConversationFilter(prefecture=chance.choice(prefectures))),
        "list, an issue in a prefecture": lambda chance: listing.listed(
            ConversationFilter(issue=chance.choice(issues), prefecture=chance.choice(prefectures))
        ),
        **{f"list, {one.value.replace('_', ' ')}": listed(standing=one) for one in Standing},
        **{f"list, to be looked at: {one.value.replace('_', ' ')}": listed(reason=one) for one in ReviewReason},
        "list, rated as of use": listed(useful=True),
        "words that many wrote": with_words(lambda chance: COMMON),
        "words that few wrote": with_words(lambda chance: RARE),
        "words that nobody wrote": with_words(lambda chance: f"{chance.random()}"),
        "words that few wrote, an issue": with_words(lambda chance: RARE, issue="創業"),
        f"the first words of {ON_A_PAGE}": lambda chance: records.first_words(some(chance)),
        f"it is noted who saw {ON_A_PAGE}": lambda chance: audit.listed(staff, some(chance)),
        "what goes on a day: how much": lambda chance: leaving.counted(a_day(chance)),
        "what goes on a day: 200 turns of it": lambda chance: leaving.some(a_day(chance)),
        "a conversation, its newest turns": lambda chance: records.of(f"bench-{chance.randrange(conversations)}"),
        f"the newest turns of {_LONG_TURNS:,}": lambda chance: records.of(_LONG),
        "a page in the middle of them": lambda chance: records.of(_LONG, before=chance.randrange(100, _LONG_TURNS)),
        f"figures of {DAYS} days: overview": lambda chance: figures.overview(whole),
    }
    for name in ("by_day", "channels", "prefectures", "issues", "sub_issues", "asked", "left_at"):
        query = getattr(figures, name)
        queries[f"figures of {DAYS} days: {name.replace('_', ' ')}"] = lambda chance, query=query: query(whole)
    queries["figures of 30 days: all of them"] = lambda chance: [
        getattr(figures, name)(month)
        for name in ("overview", "by_day", "channels", "prefectures", "issues", "sub_issues", "asked", "left_at")
    ]
    before = Period(whole.since - DAYS * _DAY_S, whole.since)
    queries[f"page of figures, {DAYS} days, counted anew"] = lambda chance: Counting(figures, lambda: now).of(
        whole, before
    )
    counting = Counting(figures, lambda: now)
    queries[f"page of figures, {DAYS} days, within a minute"] = lambda chance: counting.of(whole, before)
    queries["page to publish, a month, counted anew"] = lambda chance: Counting(figures, lambda: now).of(month)
    queries["page of questions without an answer"] = lambda chance: figures.in_a_gap(
        whole, chance.choice(("cost", "duration")), chance.choice(issues), None
    )
    queries["unanswered questions"] = lambda chance: figures.unanswered(whole)
    return queries


if __name__ == "__main__":
    main()
