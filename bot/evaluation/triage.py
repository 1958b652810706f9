"""Simulated owners go through the triage: how many questions it takes, and how often it finds their issue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Callable, List, Mapping, Optional, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from bot.consult.state import Consultation
from bot.consult.triage import belief, by_issue, gain, next_symptom, with_answer
from bot.knowledge import Knowledge, Symptom, Triage

OWNERS_PER_SUB_ISSUE = 60
UNKNOWN = 0.1
REFUSAL = 0.03
_SEED = 7
_CAPACITY_STEPS = 200
Ask = Callable[[Triage, Consultation, np.random.Generator], Optional[Symptom]]


@dataclass(frozen=True)
class Strategy:
    """A way of choosing questions, measured: questions on average, and shares of owners whose issue was found.

    `by_question` has for 0, 1, 2 … questions the share of owners whose issue is the likeliest by then.
    """

    name: str
    questions: float
    top_1: float
    top_3: float
    sub_issue_top_1: float
    sub_issue_top_3: float
    by_question: Tuple[float, ...]


@dataclass(frozen=True)
class TriageReport:
    """The strategies side by side. `bound`: no strategy gets `top_1` of the first with fewer questions on average."""

    owners: int
    noise: float
    unknown: float
    refusal: float
    strategies: Tuple[Strategy, ...]
    bound: float
    fewer_than_fixed: float


def most_telling(triage: Triage, consultation: Consultation, chance: np.random.Generator) -> Optional[Symptom]:
    """What the bot does."""
    return next_symptom(triage, consultation)


def in_fixed_order(triage: Triage, consultation: Consultation, chance: np.random.Generator) -> Optional[Symptom]:
    """The questions in the order of the file, until one issue is clear."""
    return _until_clear(triage, consultation, list(triage.symptoms.values()))


def in_best_fixed_order(triage: Triage, consultation: Consultation, chance: np.random.Generator) -> Optional[Symptom]:
    """A harder rival: a fixed order, but the one in which each question tells most when it is asked first."""
    nothing_told = belief(triage, ())
    order = sorted(triage.symptoms.values(), key=lambda symptom: -gain(triage, symptom, nothing_told))
    return _until_clear(triage, consultation, order)


def at_random(triage: Triage, consultation: Consultation, chance: np.random.Generator) -> Optional[Symptom]:
    """Any question that was not asked, until one issue is clear."""
    symptoms = list(triage.symptoms.values())
    return _until_clear(triage, consultation, [symptoms[n] for n in chance.permutation(len(symptoms))])


def _until_clear(triage: Triage, consultation: Consultation, order: Sequence[Symptom]) -> Optional[Symptom]:
    now = belief(triage, consultation.search.told, consultation.search.leaning)
    if max(by_issue(triage, now).values()) >= triage.clear:
        return None
    return next((symptom for symptom in order if symptom.id not in consultation.search.asked), None)


STRATEGIES: Mapping[str, Ask] = {
    "most telling question (the bot)": most_telling,
    "fixed order, until clear": in_fixed_order,
    "fixed order, most telling first, until clear": in_best_fixed_order,
    "random order, until clear": at_random,
}


def triage_report(knowledge: Knowledge, owners_per_sub_issue: int = OWNERS_PER_SUB_ISSUE) -> TriageReport:
    """The triage with owners of every sub-issue, who have said nothing before; repeatable.

    An owner refuses a question with probability REFUSAL, does not know with UNKNOWN, and else answers with the
    probabilities of data/knowledge/triage.yml, in which any answer at all is given with its `noise`.
    """
    triage = knowledge.triage
    strategies = tuple(_measured(name, ask, triage, owners_per_sub_issue) for name, ask in STRATEGIES.items())
    bot, fixed = strategies[0], strategies[1]
    return TriageReport(
        owners=owners_per_sub_issue * len(triage.hypotheses),
        noise=triage.noise,
        unknown=UNKNOWN,
        refusal=REFUSAL,
        strategies=strategies,
        bound=entropy_bound(triage, bot.top_1),
        fewer_than_fixed=1 - bot.questions / fixed.questions,
    )


def _measured(name: str, ask: Ask, triage: Triage, owners_per_sub_issue: int) -> Strategy:
    chance = np.random.default_rng(_SEED)
    questions: List[int] = []
    ranks: List[int] = []
    sub_ranks: List[int] = []
    right_after: List[List[bool]] = []
    for truth, (issue, _) in enumerate(triage.hypotheses):
        for _ in range(owners_per_sub_issue):
            consultation, right = Consultation(), [False]
            while True:
                symptom = ask(triage, consultation, chance)
                if symptom is None:
                    break
                consultation = with_answer(consultation, symptom.id, _answered(symptom, truth, chance))
                now = by_issue(triage, belief(triage, consultation.search.told))
                right.append(max(now, key=lambda name: now[name]) == issue)
            now_hypotheses = belief(triage, consultation.search.told)
            now = by_issue(triage, now_hypotheses)
            questions.append(len(consultation.search.asked))
            ranks.append(sorted(now, key=lambda name: -now[name]).index(issue))
            sub_ranks.append(int(np.sum(now_hypotheses > now_hypotheses[truth])))
            right_after.append(right)
    longest = triage.most_questions + 1
    return Strategy(
        name,
        questions=float(np.mean(questions)),
        top_1=float(np.mean(np.array(ranks) < 1)),
        top_3=float(np.mean(np.array(ranks) < 3)),
        sub_issue_top_1=float(np.mean(np.array(sub_ranks) < 1)),
        sub_issue_top_3=float(np.mean(np.array(sub_ranks) < 3)),
        by_question=tuple(
            float(np.mean([right[min(number, len(right) - 1)] for right in right_after])) for number in range(longest)
        ),
    )


def _answered(symptom: Symptom, truth: int, chance: np.random.Generator) -> Optional[str]:
    """The id of the answer of an owner with hypothesis number `truth`; None for わからない and for a refusal."""
    if chance.random() < REFUSAL + UNKNOWN:
        return None
    return str(chance.choice([a.id for a in symptom.answers], p=[a.likelihoods[truth] for a in symptom.answers]))


def entropy_bound(triage: Triage, accuracy: float) -> float:
    """Questions that any strategy needs on average to find the issue of these owners with this accuracy, at least.

    The answers have to tell the entropy of the issues less what Fano's inequality leaves to an error of 1 - accuracy.
    An answer tells at most the capacity of its question as a channel, with UNKNOWN and REFUSAL (Cover and Thomas, 2.10
    and 7.1; capacities by Blahut and Arimoto). The bound holds for all orders, adaptive or not.
    """
    names = [issue for issue, _ in triage.hypotheses]
    shares = np.array([names.count(issue) / len(names) for issue in dict.fromkeys(names)])
    error = 1 - accuracy
    left = _entropy(np.array([error, accuracy])) + error * np.log2(len(shares) - 1)
    return float(max(0.0, _entropy(shares) - left) / max(_capacity(s) for s in triage.symptoms.values()))


def _capacity(symptom: Symptom) -> float:
    answered = np.array([answer.likelihoods for answer in symptom.answers]).T  # (hypotheses, answers)
    silent = UNKNOWN + REFUSAL
    channel = np.hstack([(1 - silent) * answered, np.full((len(answered), 1), silent)])
    inputs = np.full(len(channel), 1 / len(channel))
    for _ in range(_CAPACITY_STEPS):
        divergence = np.sum(channel * np.log2(channel / (inputs @ channel)), axis=1)
        inputs = inputs * np.exp2(divergence)
        inputs /= inputs.sum()
    return float(np.max(np.sum(channel * np.log2(channel / (inputs @ channel)), axis=1)))


def _entropy(shares: NDArray[np.float64]) -> float:
    seen = shares[shares > 0]
    return float(-np.sum(seen * np.log2(seen)))


def draw(report: TriageReport, path: Path) -> None:
    """A picture: the share of owners whose issue is likeliest after so many questions, a line a strategy."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.2), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.subplots()
    for strategy in report.strategies:
        axes.plot(strategy.by_question, marker="o", label=strategy.name)
    axes.axvline(report.bound, color="grey", linestyle=":", label="entropy bound")
    axes.axhline(0.9, color="grey", linewidth=0.6)
    axes.set(xlabel="questions asked", ylabel="issue found (likeliest)", ylim=(0, 1), title=f"{report.owners} owners")
    axes.legend()
    figure.savefig(path, metadata={"Date": None})
