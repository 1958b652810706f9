"""Who of staff did what, when and from where: every action, and every reading of owners' words."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple

import sqlalchemy
from sqlalchemy import Boolean, Column, Float, Index, Integer, Text, select
from sqlalchemy.engine import Connection

from bot.store.database import TABLES, Database
from bot.store.forgotten import digest

_AUDIT = sqlalchemy.Table(
    "staff_audit",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("who", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("reads", Boolean, nullable=False),
    Column("about", Text),
    Column("detail", Text),
)
_OF = _AUDIT.c
Index("staff_audit_by_time", _OF.at, _OF.id)
Index("staff_audit_of_somebody", _OF.who, _OF.at, _OF.id)
Index("staff_audit_of_an_action", _OF.action, _OF.at, _OF.id)
Index("staff_audit_about", _OF.about, _OF.at, _OF.id)
# All that a breach report asks for stands in it, so the report reads nothing else.
Index("staff_audit_readings", _OF.reads, _OF.at, _OF.id, _OF.who, _OF.about)

_AT_ONCE = 20_000  # 20 ms
_DAY_S = 86_400.0


class Action(str, Enum):
    """What somebody of staff did, or tried to."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SECOND_FACTOR_SET_UP = "second_factor_set_up"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_NOT_CHANGED = "password_not_changed"
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_RESET = "account_reset"
    ROLE_CHANGED = "role_changed"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODES_NOT_MADE = "recovery_codes_not_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    REFUSED = "refused"
    READ = "read"
    FIGURES_DOWNLOADED = "figures_downloaded"
    LISTED = "listed"
    UNMASKED = "unmasked"
    SEARCHED = "searched"
    FILTER_SAVED = "filter_saved"
    FILTER_REMOVED = "filter_removed"
    EXPORTED = "exported"
    LOOKED_THROUGH = "looked_through"
    OPENED_AGAIN = "opened_again"
    PROPOSED = "proposed"
    PROPOSAL_APPROVED = "proposal_approved"
    PROPOSAL_REFUSED = "proposal_refused"
    PROPOSAL_UNDONE = "proposal_undone"
    REVIEW_NOT_DONE = "review_not_done"
    TRIED = "tried"
    TRIAL_SAVED = "trial_saved"
    TRY_NOT_DONE = "try_not_done"
    TEST_PLAYED = "test_played"
    TEST_ACCEPTED = "test_accepted"
    DRAFT_CHECKED = "draft_checked"
    CHANGE_PROPOSED = "change_proposed"
    CHANGE_APPROVED = "change_approved"
    CHANGE_REFUSED = "change_refused"
    CHANGE_UNDONE = "change_undone"
    CHANGE_NOT_DONE = "change_not_done"
    CLAIMED = "claimed"
    SAID = "said"
    GAVE_BACK = "gave_back"
    ENDED = "ended"
    TRAINING_BEGUN = "training_begun"
    TRAINING_STOPPED = "training_stopped"
    MEASURING_BEGUN = "measuring_begun"
    MODEL_MADE_READY = "model_made_ready"
    MODEL_CHOSEN = "model_chosen"
    MODEL_BROUGHT_BACK = "model_brought_back"
    MODEL_NOT_CHOSEN = "model_not_chosen"
    LEARNING_NOT_DONE = "learning_not_done"


_READS = frozenset({Action.READ, Action.LISTED, Action.UNMASKED})  # what shows owners' words to somebody


@dataclass(frozen=True)
class By:
    """Whoever did something: the name of their account and the network address they came from.

    From a terminal of the server it is `terminal:USER`, which no account is called, and no address.
    """

    who: str
    address: str


@dataclass(frozen=True)
class Noted:
    """One entry: at `at` (Unix seconds) somebody did something, to `about`: a conversation, an account or a file.

    `detail` is a word of ours, such as a role, or the reason that somebody of staff gives, never an owner's. Where a
    conversation was forgotten, `about` is the digest of its name.
    """

    id: int
    at: float
    by: By
    action: Action
    about: Optional[str] = None
    detail: Optional[str] = None


@dataclass(frozen=True)
class Wanted:
    """Which entries: of somebody, of an action, about something, from a time on and before another (Unix seconds)."""

    who: Optional[str] = None
    action: Optional[Action] = None
    about: Optional[str] = None
    since: Optional[float] = None
    until: Optional[float] = None


@dataclass(frozen=True)
class Reading:
    """That somebody saw owners' words of a conversation: how often, and when first and last (Unix seconds)."""

    who: str
    about: str
    times: int
    first_at: float
    last_at: float


class Audit:
    """The log. Nothing changes an entry but the forgetting of a conversation, which hides its name.

    Every call raises StoreError where the store fails: what cannot be noted is not to be done or shown.
    """

    def __init__(self, store: Database, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def note(self, by: By, action: Action, about: Optional[str] = None, detail: Optional[str] = None) -> None:
        """Somebody did something. What changes the store is noted in the transaction that changes it (`note`)."""
        with self._store.writing() as store:
            note(store, self._clock(), by, action, about, detail)

    def read(self, by: By, conversation: str) -> None:
        """Somebody is about to be shown owners' words of a conversation."""
        self.note(by, Action.READ, conversation)

    def read_all(self, by: By, conversations: Iterable[str]) -> None:
        """Somebody is about to be shown owners' words of several conversations: each is noted, or none and it fails."""
        with self._store.writing() as store:
            for conversation in dict.fromkeys(conversations):
                note(store, self._clock(), by, Action.READ, conversation)

    def listed(self, by: By, conversations: Sequence[str]) -> None:
        """Somebody is about to be shown the first words of conversations, in a list of them.

        For each it is noted once a day: these words stay the same, and whoever looks after a desk opens its list all
        day long.
        """
        now = self._clock()
        of_it = (_OF.action == Action.LISTED.value, _OF.about.in_(conversations), _OF.at > now - _DAY_S)
        with self._store.writing() as store:
            known = {*store.execute(select(_OF.about).where(_OF.who == by.who, *of_it)).scalars()}
            rows = [_row(now, by, Action.LISTED, name, None) for name in conversations if name not in known]
            if rows:
                store.execute(_AUDIT.insert(), rows)

    def exported(self, by: By, kind: str, conversations: Iterable[str]) -> None:
        """Somebody is about to be given a file of this kind, with owners' words of conversations."""
        now = self._clock()
        rows = [_row(now, by, Action.READ, name, Action.EXPORTED.value) for name in conversations]
        with self._store.writing() as store:
            store.execute(_AUDIT.insert(), [_row(now, by, Action.EXPORTED, None, kind), *rows])

    def entries(self, wanted: Wanted, most: int, after: Optional[Noted] = None) -> Tuple[Noted, ...]:
        """The newest entries that are wanted, newest first; those that come after `after` in this order."""
        asked = select(_AUDIT).where(*_conditions(wanted)).order_by(_OF.at.desc(), _OF.id.desc()).limit(most)
        if after is not None:
            asked = asked.where(sqlalchemy.tuple_(_OF.at, _OF.id) < sqlalchemy.tuple_(after.at, after.id))
        with self._store.reading() as store:
            return tuple(map(_noted, store.execute(asked)))

    def entry(self, number: int) -> Optional[Noted]:
        """The entry with this id."""
        with self._store.reading() as store:
            row = store.execute(select(_AUDIT).where(_OF.id == number)).one_or_none()
        return _noted(row) if row is not None else None

    def readings(self, since: float, until: float) -> Tuple[Reading, ...]:
        """Who read which conversation from a time on and before another (Unix seconds), by name and first time.

        It is read some at a time, so that no statement takes longer than the database lets one.
        """
        found: Dict[Tuple[str, str], Reading] = {}
        after = (since, 0)  # ids begin with 1
        while True:
            with self._store.reading() as store:
                rows = store.execute(readings_after(after, until, _AT_ONCE)).all()
            for row in rows:
                before = found.get((row.who, row.about))
                found[row.who, row.about] = (
                    replace(before, times=before.times + 1, last_at=row.at)
                    if before is not None
                    else Reading(row.who, row.about, 1, row.at, row.at)
                )
            if len(rows) < _AT_ONCE:
                return tuple(sorted(found.values(), key=lambda each: (each.who, each.first_at, each.about)))
            after = (rows[-1].at, rows[-1].id)


def readings_after(after: Tuple[float, int], until: float, most: int) -> Any:
    """What a breach report asks the database; all of it is in one index."""
    return (
        select(_OF.at, _OF.id, _OF.who, _OF.about)
        .where(_OF.reads.is_(True), sqlalchemy.tuple_(_OF.at, _OF.id) > sqlalchemy.tuple_(*after), _OF.at < until)
        .order_by(_OF.at, _OF.id)
        .limit(most)
    )


def note(
    store: Connection, at: float, by: By, action: Action, about: Optional[str] = None, detail: Optional[str] = None
) -> None:
    """Somebody did something, in the transaction in which it is done."""
    store.execute(_AUDIT.insert().values(_row(at, by, action, about, detail)))


def _row(at: float, by: By, action: Action, about: Optional[str], detail: Optional[str]) -> Dict[str, Any]:
    what = {"action": action.value, "reads": action in _READS, "about": about, "detail": detail}
    return {"at": at, "who": by.who, "address": by.address, **what}


def hide(store: Connection, conversation: str) -> None:
    """A conversation is forgotten: who read it stays known, its name does not."""
    store.execute(_AUDIT.update().where(_OF.about == conversation).values(about=digest(conversation)))


def forget_entries(store: Database, before: float) -> int:
    """Erase what was noted before a time (Unix seconds). Returns how many entries that were."""
    return store.erase(_OF.id, _OF.at < before)


def _conditions(wanted: Wanted) -> List[Any]:
    conditions: List[Any] = []
    if wanted.who is not None:
        conditions.append(_OF.who == wanted.who)
    if wanted.action is not None:
        conditions.append(_OF.action == wanted.action.value)
    if wanted.about is not None:
        conditions.append(_OF.about == wanted.about)
    if wanted.since is not None:
        conditions.append(_OF.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(_OF.at < wanted.until)
    return conditions


def _noted(row: Any) -> Noted:
    return Noted(row.id, row.at, By(row.who, row.address), Action(row.action), row.about, row.detail)
