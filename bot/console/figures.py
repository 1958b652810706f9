"""What happened in a period, in numbers: a page with charts, a file for a spreadsheet, and a page fit to publish."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Dict, List, Mapping, Optional, Sequence, Tuple
from urllib.parse import urlencode

from sanic.response import HTTPResponse

from bot.console.pages import download, page, words_of
from bot.console.periods import Chosen, Compared, Days, compared, kept_since, month_before
from bot.console.publishing import LEAST, Cell, published, told_alone
from bot.console.spreadsheet import as_csv
from bot.console.visit import Visit
from bot.days import day_in_japan
from bot.frame.known import knowledge
from bot.knowledge import Knowledge
from bot.masking import masked
from bot.operator.desk import desk
from bot.store import Action, AllFigures, Count, SubIssueCount
from bot.store.figures import LOOKS_AT

FIGURES = "/figures"
WORDS = "_figures_words"
MOST_WORDS = 50  # on a page: each conversation is noted as read
_MOST_COLUMNS = 100  # beyond that a day is thinner than what can be seen
_LONGEST = 100
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wish:
    """The days that somebody asks for; `problem` names what is wrong with those that they named themselves."""

    chosen: Chosen
    compared: Compared
    problem: Optional[str] = None

    @property
    def address(self) -> str:
        """The same, as it stands behind the question mark of an address."""
        days = self.compared.days
        own = {"since": days.first.isoformat(), "until": days.last.isoformat()} if self.chosen is Chosen.OWN else {}
        return urlencode({"period": self.chosen.value, **own})


@dataclass(frozen=True)
class Column:
    """One column of the chart over time: a day or a month, as people read it, and how many consultations began then."""

    name: str
    count: int


async def figures_page(visit: Visit) -> HTTPResponse:
    """The numbers of a period, beside those of the period before where these are still kept."""
    wish = _wish(visit)
    days, kept = wish.compared.days, _kept_since(visit)
    before = wish.compared.before.period if wish.compared.before.first >= kept else None
    found = await asyncio.to_thread(visit.console.counting.of, days.period, before)
    counted = found.figures
    return page(
        visit,
        "figures",
        200 if wish.problem is None else 422,
        wish=wish,
        kept=kept,
        now=counted,
        issues_before=_by_name(counted.issues_before) if counted.issues_before is not None else None,
        columns=_columns(days, counted.days),
        gaps=found.gaps,
        counted_at=found.at,
        looks_at=LOOKS_AT,
        unanswered=sum(one.asked - one.answered for one in counted.asked),
        sub_issues=_sub_issue_names(knowledge()),
    )


async def unanswered_page(visit: Visit) -> HTTPResponse:
    """What owners asked that we had no answer to, of one kind, in their words: noted first, as any other reading."""
    wish = _wish(visit)
    about, issue, sub_issue = (visit.asked(name)[:_LONGEST] for name in ("about", "issue", "sub_issue"))
    found = await asyncio.to_thread(
        visit.console.figures.in_a_gap, wish.compared.days.period, about, issue or None, sub_issue or None
    )
    shown = found[:MOST_WORDS]
    await asyncio.to_thread(visit.console.audit.read_all, visit.by, (one.conversation for one in shown))
    return page(
        visit,
        "unanswered",
        wish=wish,
        about=about,
        issue=issue,
        sub_issue=sub_issue,
        shown=[(one.at, masked(one.words)) for one in shown],
        in_all=len(found),
        sub_issues=_sub_issue_names(knowledge()),
    )


async def figures_file(visit: Visit) -> HTTPResponse:
    """The numbers as CSV: counts alone, no conversation and no word of an owner's. Who took it is noted first."""
    wish = _wish(visit)
    days = wish.compared.days
    counted = (await asyncio.to_thread(visit.console.counting.of, days.period)).figures
    between = f"{days.first}_{days.last}"
    await asyncio.to_thread(visit.console.audit.note, visit.by, Action.FIGURES_DOWNLOADED, None, between)
    return download(as_csv(_rows(days, counted, knowledge())), f"toukei_{between}.csv", "text/csv; charset=utf-8")


async def public_page(visit: Visit) -> HTTPResponse:
    """A month that is over, on paper for everybody: nothing in it is so small that somebody could be found by it.

    Only whole months: of two periods that overlap, one could be subtracted from the other.
    """
    today, kept = _today(visit), _kept_since(visit)
    months = _months(today, kept)
    month = _month(visit.asked("month"), months)
    counted = (await asyncio.to_thread(visit.console.counting.of, month.period)).figures
    window = knowledge().window
    return page(
        visit,
        "publish",
        month=month,
        months=months,
        counted_from=max(month.first, kept) if kept <= month.last else None,
        today=today,
        least=LEAST,
        window=window.name if window is not None else None,
        consultations=told_alone(counted.overview.consultations),
        tables=_tables(counted),
        sub_issues=_sub_issue_names(knowledge()),
    )


def _by_name(counts: Sequence[Count]) -> Dict[Optional[str], int]:
    return {one.name: one.count for one in counts}


def _wish(visit: Visit) -> Wish:
    """What the address asks for; this month where it asks for nothing that there is."""
    today, asked = _today(visit), visit.asked("period")
    chosen = Chosen(asked) if asked in {each.value for each in Chosen} else Chosen.THIS_MONTH
    if chosen is not Chosen.OWN:
        return Wish(chosen, compared(chosen, today))
    first, last = _day(visit.asked("since")), _day(visit.asked("until"))
    problem = "no_day" if first is None or last is None else "order" if first > last else None
    if first is None or last is None or problem is not None:
        return Wish(Chosen.THIS_MONTH, compared(Chosen.THIS_MONTH, today), problem)
    if first > today or first.year < 2000:
        return Wish(Chosen.THIS_MONTH, compared(Chosen.THIS_MONTH, today), "no_such_days")
    return Wish(chosen, compared(chosen, today, Days(first, min(last, today))))


def _today(visit: Visit) -> date:
    return day_in_japan(visit.console.clock())


def _kept_since(visit: Visit) -> date:
    return kept_since(visit.console.clock(), desk().keep_days)


def _day(text: str) -> Optional[date]:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _columns(days: Days, counted: Sequence[Count]) -> List[Column]:
    """Every day of a period, also those on which nobody came; months, where it is long."""
    counts = _by_name(counted)
    every = [days.first + number * _DAY for number in range(days.count)]
    if days.count <= _MOST_COLUMNS:
        return [Column(f"{day.month}月{day.day}日", counts.get(day.isoformat(), 0)) for day in every]
    months: Dict[str, int] = {}
    for day in every:
        name = f"{day.year}年{day.month}月"
        months[name] = months.get(name, 0) + counts.get(day.isoformat(), 0)
    return [Column(name, count) for name, count in months.items()]


def _sub_issue_names(known: Knowledge) -> Dict[Tuple[str, str], str]:
    """The names of the kinds of issues, by the issue and the id."""
    return {(name, sub.id): sub.name for name, issue in known.issues.items() for sub in issue.sub_issues}


def _months(today: date, kept: date) -> List[Days]:
    """The months that are over and of which something is kept, the last first; at least the last."""
    months = [month_before(today)]
    while len(months) < 24 and (earlier := month_before(months[-1].first)).last >= kept:
        months.append(earlier)
    return months


def _month(text: str, months: Sequence[Days]) -> Days:
    first = _day(f"{text}-01")
    return next((month for month in months if month.first == first), months[0])


def _tables(counted: AllFigures) -> Dict[str, Optional[Tuple[Cell, ...]]]:
    """What is published, by the names of the sections."""
    top, asked = counted.overview, counted.asked
    answered, in_all = sum(one.answered for one in asked), sum(one.asked for one in asked)
    return {
        "road": published(
            (Count("shown", top.road_shown), Count("not_shown", top.consultations - top.road_shown)),
        ),
        "issues": published(counted.issues),
        "prefectures": published(counted.prefectures),
        "channels": published(counted.channels),
        "asked": published([Count(one.about, one.asked) for one in asked]),
        "answers": published((Count("answered", answered), Count("unanswered", in_all - answered))),
        "ratings": published((Count("useful", top.useful), Count("not_useful", top.not_useful))),
    }


def _rows(days: Days, counted: AllFigures, known: Knowledge) -> List[Sequence["str | int"]]:
    """The file, line by line; each says which days it is of, so that files of several can be put below each other."""
    words = words_of(WORDS)
    between, unknown = (days.first.isoformat(), days.last.isoformat()), words.unknown

    def of(section: str, name: str, count: int) -> Sequence["str | int"]:
        return (*between, words.sections[section], name, count)

    def named(names: Mapping[str, str], name: Optional[str]) -> str:
        return unknown if name is None else names.get(name, name)

    top, kinds = counted.overview, _sub_issue_names(known)
    return [
        tuple(words.columns),
        *(of("overview", words.overview[name], getattr(top, name)) for name in words.overview),
        *(of("days", str(one.name), one.count) for one in counted.days),
        *(of("issues", str(one.name), one.count) for one in counted.issues),
        *(of("sub_issues", _kind(one, kinds, words.undecided), one.count) for one in counted.sub_issues),
        *(of("prefectures", named({}, one.name), one.count) for one in counted.prefectures),
        *(of("channels", named(words.channels, one.name), one.count) for one in counted.channels),
        *(of("asked", named(words.topics, one.about), one.asked) for one in counted.asked),
        *(of("unanswered", named(words.topics, one.about), one.asked - one.answered) for one in counted.asked),
        *(of("left_at", named(words.questions, one.name), one.count) for one in counted.left_at),
    ]


def _kind(counted: SubIssueCount, names: Mapping[Tuple[str, str], str], undecided: str) -> str:
    kind = counted.sub_issue
    return f"{counted.issue}：{undecided if kind is None else names.get((counted.issue, kind), kind)}"
