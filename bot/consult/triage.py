"""問診: finds the issue of an owner who cannot name it, by the questions that tell most (別添2 リ, コラム)."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Dict, Mapping, Optional, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from bot.consult.state import Consultation
from bot.knowledge import AnswerId, Knowledge, Symptom, Triage

Belief = NDArray[np.float64]

_DOUBT = 0.02  # what a ranking leaves to an issue that it does not name: nothing an owner says rules an issue out
# The same for one message on its own, which may speak of anything: a share of what its ranking leaves open.
_DOUBT_OF_A_MESSAGE, _LEAST_DOUBT_OF_A_MESSAGE = 0.15, 0.02
_RESEMBLES, _SAME = 0.45, 0.65  # likeness from which words speak like an answer, and as if it had been given
_MOST_FINDINGS = 2
_LEADS = 0.5  # an issue that likely is what the matter may be: nothing general is asked any more
_LEANS_TO = 0.2  # from here on the owner's own words are a reason to name an issue
_SUB_ISSUE_SHARE = 0.2  # of the gain on sub-issues that counts beside the gain on issues: they can still be asked


@dataclass(frozen=True)
class Finding:
    """An issue that the answers speak for, how likely it is (0 to 1), and what the owner said that speaks for it."""

    issue: str
    probability: float
    because: Tuple[str, ...]


def belief(triage: Triage, told: Sequence[AnswerId], leaning: Sequence[Tuple[str, float]] = ()) -> Belief:
    """How likely each hypothesis is, in the order of Triage.hypotheses; adds up to 1.

    Before anything is told every issue is as likely as another, and so is every sub-issue within it. `told` are the
    answers given; `leaning` is (issue, probability) by everything that was said in the owner's own words.
    """
    issues = [issue for issue, _ in triage.hypotheses]
    counts = {issue: issues.count(issue) for issue in dict.fromkeys(issues)}
    leanings = dict(leaning)
    likely = np.array([leanings.get(issue, 0.0 if leaning else 1.0) + _DOUBT for issue in issues])
    likely /= np.array([counts[issue] for issue in issues])
    for answer in told:
        likely = likely * np.array(triage.answer(answer).likelihoods)
    return np.asarray(likely / likely.sum())


def leaning_after(
    triage: Triage,
    leaning: Sequence[Tuple[str, float]],
    ranking: Sequence[Tuple[str, float]],
    symptoms: Mapping[AnswerId, float] = MappingProxyType({}),
) -> Tuple[Tuple[str, float], ...]:
    """What the owner's words so far lean to, after one more message, rounded for keeping.

    The message speaks by its ranking of intents, and by the answer of the triage that it resembles most, as far as it
    resembles it. These are two views of the same words, so their mean counts, not their product.
    """
    issues = tuple(dict.fromkeys(issue for issue, _ in triage.hypotheses))
    before, now = dict(leaning), dict(ranking)
    of_no_issue = 1 - sum(now.get(issue, 0.0) for issue in issues)  # a message about nothing speaks for all alike
    open_still = 1 - max((now.get(issue, 0.0) for issue in issues), default=0.0)
    doubt = max(_LEAST_DOUBT_OF_A_MESSAGE, _DOUBT_OF_A_MESSAGE * open_still) + max(0.0, of_no_issue) / len(issues)
    views = [(1.0, {issue: now.get(issue, 0.0) + doubt for issue in issues}), *_resembled(triage, symptoms)]
    said = {issue: sum(trust * view[issue] / sum(view.values()) for trust, view in views) for issue in issues}
    likely = {issue: (before.get(issue, 1.0) + _DOUBT) * said[issue] for issue in issues}
    total = sum(likely.values())
    return tuple((issue, round(value / total, 4)) for issue, value in likely.items())


def _resembled(triage: Triage, symptoms: Mapping[AnswerId, float]) -> Sequence[Tuple[float, Dict[str, float]]]:
    """What the answer that the owner's words resemble most says of each issue, and how far to trust it (0 to 1).

    Empty where none is close enough.
    """
    telling = {
        answer: like for answer, like in symptoms.items() if like >= _RESEMBLES and not triage.answer(answer).usual
    }
    if not telling:
        return ()
    closest = max(telling, key=lambda answer: telling[answer])
    trust = min(1.0, (telling[closest] - _RESEMBLES) / (_SAME - _RESEMBLES))
    said = np.array(triage.answer(closest).likelihoods)
    best: Dict[str, float] = {}
    for (issue, _), likelihood in zip(triage.hypotheses, said / said.mean(), strict=True):
        best[issue] = max(best.get(issue, 0.0), float(likelihood))
    return ((trust, best),)


def next_symptom(triage: Triage, consultation: Consultation) -> Optional[Symptom]:
    """The question that tells most of those that follow from what was said, or None where the search is over.

    What was said last is followed up first; a question about the business in general comes only where nothing was told,
    or where what was told led nowhere. The search is over when one issue is clear, when no question that fits is worth
    asking, and after the last question that may be asked.
    """
    search = consultation.search
    now = belief(triage, search.told, search.leaning)
    likely = by_issue(triage, now)
    if len(search.asked) >= triage.most_questions or max(likely.values()) >= clear_enough(triage, search.told):
        return None
    answered = {*search.asked, *(told.symptom for told in search.told)}
    answered |= {covered for name in answered for covered in triage.symptoms[name].covers}
    denied = {*consultation.roads.denied}
    left = [
        symptom
        for symptom in triage.symptoms.values()
        if symptom.ask
        and symptom.id not in answered
        and not (symptom.after_issues and denied >= {*symptom.after_issues})
    ]
    followed_up = [symptom for symptom in left if set(search.told[-1:]) & set(symptom.after)]
    fitting = [symptom for symptom in left if _fits(symptom, search.told, likely)]
    general = [symptom for symptom in left if symptom.is_general and max(likely.values()) < _LEADS]
    for questions in (followed_up, fitting, general):
        gains = [gain(triage, symptom, now) for symptom in questions]
        if gains and max(gains) >= triage.worth_asking:
            return questions[int(np.argmax(gains))]
    return None


def clear_enough(triage: Triage, told: Sequence[AnswerId]) -> float:
    """How likely an issue must be to be named alone: less where what hurts was told, and what is behind it."""
    came_with_it = len(told) > 1 and triage.symptoms[told[0].symptom].ask is None
    return triage.settles if came_with_it else triage.clear


def _fits(symptom: Symptom, told: Sequence[AnswerId], likely: Mapping[str, float]) -> bool:
    """Whether a question follows from something that was told, or from an issue that it points to."""
    return bool(set(told) & set(symptom.after)) or any(likely[i] >= _LEANS_TO for i in symptom.after_issues)


def gain(triage: Triage, symptom: Symptom, now: Belief) -> float:
    """Bits that the answer to a question is expected to tell about the issue, and a fifth of those on sub-issues."""
    likelihoods = np.array([answer.likelihoods for answer in symptom.answers])
    joint = likelihoods * now  # (answers, hypotheses)
    issues = _membership(triage)
    on_issues = _mutual_information(joint @ issues.T)
    return on_issues + _SUB_ISSUE_SHARE * (_mutual_information(joint) - on_issues)


def findings(knowledge: Knowledge, consultation: Consultation) -> Tuple[Finding, ...]:
    """The one or two issues that the answers speak for, likeliest first; none where nothing is likely enough.

    Where the owner's own words spoke for an issue, they are said back even if no issue leads by much.
    """
    triage = knowledge.triage
    now = by_issue(triage, belief(triage, consultation.search.told, consultation.search.leaning))
    ranked = sorted(((i, p) for i, p in now.items() if i not in consultation.roads.denied), key=lambda pair: -pair[1])
    if not ranked:
        return ()
    if ranked[0][1] < triage.too_vague and not consultation.search.quotes:
        return ()
    if ranked[0][1] >= clear_enough(triage, consultation.search.told):
        ranked = ranked[:1]
    leaning = dict(consultation.search.leaning)
    found = (Finding(issue, p, _because(triage, consultation, issue)) for issue, p in ranked[:_MOST_FINDINGS])
    return tuple(
        finding
        for finding in found
        if finding.probability >= triage.worth_naming
        and (finding.because or leaning.get(finding.issue, 0.0) >= _LEANS_TO)  # 特に変わらない alone points nowhere
    )


def clear_sub_issue(knowledge: Knowledge, consultation: Consultation, issue: str) -> Optional[str]:
    """The sub-issue of an issue that the answers, or the owner's own words, make clear; it need not be asked."""
    triage = knowledge.triage
    now = belief(triage, consultation.search.told, consultation.search.leaning)
    within = {sub: float(p) for (name, sub), p in zip(triage.hypotheses, now, strict=True) if name == issue}
    best = max(within, key=lambda sub: within[sub], default="")
    by_answers = (
        best if consultation.search.told and best and within[best] >= triage.clear * sum(within.values()) else None
    )
    return by_answers or _quoted_sub_issue(consultation, issue)


def _quoted_sub_issue(consultation: Consultation, issue: str) -> Optional[str]:
    """The sub-issue that the owner's own words on an issue made clear last."""
    spoke_for = [quote.matter for quote in reversed(consultation.search.quotes) if quote.matter.issue == issue]
    return next((matter.sub_issue for matter in spoke_for if matter.sub_issue), None)


def by_issue(triage: Triage, now: Belief) -> Dict[str, float]:
    """How likely each issue is."""
    totals: Dict[str, float] = {}
    for (issue, _), probability in zip(triage.hypotheses, now, strict=True):
        totals[issue] = totals.get(issue, 0.0) + float(probability)
    return totals


def with_answer(consultation: Consultation, symptom_id: str, answer_id: Optional[str]) -> Consultation:
    """The consultation after a question of the triage was answered, or let go where `answer_id` is None."""
    search = consultation.search
    asked = tuple(dict.fromkeys((*search.asked, symptom_id)))
    told = (*search.told, AnswerId(symptom_id, answer_id)) if answer_id else search.told
    return consultation.with_talk(question=None).with_search(symptom=None, asked=asked, told=told)


def without_last_answer(consultation: Consultation) -> Consultation:
    """The consultation with the last answer of the triage taken back, and its question waiting once more."""
    *told, last = consultation.search.told
    asked = tuple(symptom for symptom in consultation.search.asked if symptom != last.symptom)
    return consultation.with_search(symptom=last.symptom, asked=asked, told=tuple(told))


def without_more_questions(triage: Triage, consultation: Consultation) -> Consultation:
    """The consultation after the owner had enough of questions; what the answers so far point to can still be named."""
    if not consultation.search.told:
        return consultation.with_search(over=True)
    return consultation.with_search(asked=tuple(triage.symptoms))


def _because(triage: Triage, consultation: Consultation, issue: str) -> Tuple[str, ...]:
    """What the owner said that speaks for an issue: the answers picked, then their own words, the latest first."""
    own = dict(consultation.search.worded)
    told = ((answer, triage.answer(answer)) for answer in consultation.search.told)
    said = (own.get(str(named), answer.said) for named, answer in told if issue in answer.speaks_for)
    quoted = (quote.words for quote in reversed(consultation.search.quotes) if quote.matter.issue == issue)
    return (*said, *quoted)


def _membership(triage: Triage) -> NDArray[np.float64]:
    """(issues, hypotheses): 1 where the hypothesis belongs to the issue."""
    names = [issue for issue, _ in triage.hypotheses]
    return np.array([[float(name == issue) for name in names] for issue in dict.fromkeys(names)])


def _mutual_information(joint: NDArray[np.float64]) -> float:
    """Bits that rows tell about columns; `joint` are their joint probabilities (Cover and Thomas, eq. 2.28)."""
    independent = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    seen = joint > 0
    return float(np.sum(joint[seen] * np.log2(joint[seen] / independent[seen])))
