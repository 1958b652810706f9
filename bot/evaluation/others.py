"""How often entities, distress, sub-issues and second issues are right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Sequence, Set, Tuple

from bot.consult.state import UNCLEAR
from bot.evaluation.rows import Understood
from bot.knowledge import Knowledge
from bot.normalization import normalized

DISTRESS = "distress"
BY_OVERLAP = ("stage", "industry")


@dataclass(frozen=True)
class Counts:
    """Found and right, found and wrong, and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Of what was found, how much is right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else float("nan")

    @property
    def recall(self) -> float:
        """Of what is there, how much was found."""
        return self.right / (self.right + self.missed) if self.right + self.missed else float("nan")

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        whole = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / whole if whole else float("nan")


@dataclass(frozen=True)
class EntityReport:
    """Counts by kind of entity, and the rows that are not as labelled: text, kind, labelled, found."""

    rows: int
    by_kind: Mapping[str, Counts]
    misses: Tuple[Tuple[str, str, Tuple[str, ...], Tuple[str, ...]], ...]


def entity_report(understood: Sequence[Understood], knowledge: Knowledge) -> EntityReport:
    """Values are compared by row and kind; `stage` and `industry` by overlap of what stands in the text.

    An institution is right under any of its names.
    """
    kinds = sorted({e["entity"] for u in understood for e in u.row.entities})
    by_kind, misses = {}, []
    ids = _institution_ids(knowledge)
    for kind in kinds:
        right = wrong = missed = 0
        for one in understood:
            labelled = [e for e in one.row.entities if e["entity"] == kind]
            found = [e for e in one.entities if e["entity"] == kind]
            match = _overlap(one.row.text) if kind in BY_OVERLAP else _same_value(kind, ids)
            hit_labels = [e for e in labelled if any(match(e, f) for f in found)]
            hit_found = [f for f in found if any(match(e, f) for e in labelled)]
            right, wrong, missed = (
                right + len(hit_labels),
                wrong + len(found) - len(hit_found),
                missed + len(labelled) - len(hit_labels),
            )
            if len(hit_labels) < len(labelled) or len(hit_found) < len(found):
                misses.append(
                    (
                        one.row.text,
                        kind,
                        tuple(str(e["value"]) for e in labelled),
                        tuple(str(f["value"]) for f in found),
                    )
                )
        by_kind[kind] = Counts(right, wrong, missed)
    return EntityReport(len(understood), by_kind, tuple(misses))


Match = Callable[[Mapping[str, Any], Mapping[str, Any]], bool]


def _same_value(kind: str, ids: Mapping[str, str]) -> Match:
    def same(labelled: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
        if kind == "institution":
            return ids.get(normalized(str(labelled["value"])).casefold()) == str(found["value"])
        return normalized(str(labelled["value"])) == normalized(str(found["value"]))

    return same


def _overlap(text: str) -> Match:
    def overlap(labelled: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
        start, end = (len(normalized(text[: labelled[side]])) for side in ("start", "end"))
        return bool(found["start"] < end and start < found["end"])

    return overlap


def _institution_ids(knowledge: Knowledge) -> Dict[str, str]:
    names: Dict[str, str] = {}
    for institution in knowledge.institutions.values():
        for name in (institution.name, institution.paper_name, *institution.aliases):
            if name:
                names.setdefault(normalized(name).casefold(), institution.id)
    return names


@dataclass(frozen=True)
class DistressReport:
    """Distress rows that were not heard, and other rows that were taken for distress: text and confidence."""

    distress_rows: int
    other_rows: int
    unheard: Tuple[Tuple[str, float], ...]
    false_alarms: Tuple[Tuple[str, float], ...]


def distress_report(understood: Sequence[Understood], heard: Sequence[bool]) -> DistressReport:
    """`heard` says of each row whether it is met as distress; the confidence told is that of its words alone."""
    rows = list(zip(understood, heard, strict=True))
    labelled = [(u, alarm) for u, alarm in rows if u.row.intent == DISTRESS]
    others = [(u, alarm) for u, alarm in rows if u.row.intent != DISTRESS]
    return DistressReport(
        distress_rows=len(labelled),
        other_rows=len(others),
        unheard=tuple((u.row.text, _distress(u)) for u, alarm in labelled if not alarm),
        false_alarms=tuple((u.row.text, _distress(u)) for u, alarm in others if alarm),
    )


def heard_distress(one: Understood, threshold: float) -> bool:
    """Whether distress is heard from this confidence on."""
    return _distress(one) >= threshold


def _distress(one: Understood) -> float:
    return dict(one.ranking).get(DISTRESS, 0.0)


@dataclass(frozen=True)
class SubIssueReport:
    """Of rows whose sub-issue is clear: shares found, wrong and left to ask; of the others: the share wrongly taken."""

    clear_rows: int
    found: float
    wrong: float
    asked: float
    unclear_rows: int
    taken_though_unclear: float
    misses: Tuple[Tuple[str, str, str], ...]


def sub_issue_report(understood: Sequence[Understood], threshold: float) -> SubIssueReport:
    """A sub-issue of the labelled issue counts as said from a confidence of `threshold`."""
    clear = [u for u in understood if u.row.sub_issue]
    unclear = [u for u in understood if not u.row.sub_issue]

    def said(one: Understood) -> str:
        return said_sub_issue(one, threshold)

    found: List[Understood] = [u for u in clear if said(u) == u.row.sub_issue]
    asked = [u for u in clear if not said(u)]
    taken: Set[int] = {n for n, u in enumerate(unclear) if said(u)}
    return SubIssueReport(
        clear_rows=len(clear),
        found=len(found) / len(clear),
        wrong=(len(clear) - len(found) - len(asked)) / len(clear),
        asked=len(asked) / len(clear),
        unclear_rows=len(unclear),
        taken_though_unclear=len(taken) / len(unclear) if unclear else float("nan"),
        misses=tuple((u.row.text, f"{u.row.intent}/{u.row.sub_issue}", said(u)) for u in clear if u not in found),
    )


def said_sub_issue(one: Understood, threshold: float) -> str:
    """The sub-issue of the labelled issue that counts as said from this confidence on; empty where none does."""
    best = one.sub_issues.get(one.row.intent, {"name": "", "confidence": 0.0})
    return str(best["name"]) if best["confidence"] >= threshold else ""


@dataclass(frozen=True)
class OtherIssuesReport:
    """Rows by the issues they hold: how often the first is right, and how many of the others were found.

    `first` is the share of rows whose likeliest intent is one of the labelled issues. `others` counts the issues
    beside the one that was taken first; 課題不明確 is never one of them.
    """

    rows: int
    first: float
    others: Counts
    misses: Tuple[Tuple[str, str, Tuple[str, ...], Tuple[str, ...]], ...]


def other_issues_report(understood: Sequence[Understood], threshold: float, knowledge: Knowledge) -> OtherIssuesReport:
    """On rows labelled with an issue; an issue beside the first counts as found from a confidence of `threshold`."""
    rows = [u for u in understood if u.row.intent in knowledge.issues]
    right = wrong = missed = 0
    misses = []
    for one in rows:
        labelled = {issue for issue in (one.row.intent, *one.row.secondary) if issue in knowledge.issues}
        beside = labelled - {one.intent, UNCLEAR}
        found = {issue for issue, confidence in one.other_issues.items() if confidence >= threshold} - {UNCLEAR}
        right, wrong, missed = right + len(found & beside), wrong + len(found - beside), missed + len(beside - found)
        if found != beside:
            misses.append((one.row.text, one.intent, tuple(sorted(beside)), tuple(sorted(found))))
    return OtherIssuesReport(
        rows=len(rows),
        first=sum(u.lenient() for u in rows) / len(rows) if rows else float("nan"),
        others=Counts(right, wrong, missed),
        misses=tuple(misses),
    )
