"""Owners of vignettes talk to the trained bot: whether it finds their matter, and how many questions that takes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

import yaml
from pydantic import ValidationError, parse_obj_as
from pydantic.dataclasses import dataclass as checked
from rasa.core.agent import Agent

from bot.consult.choices import options
from bot.consult.state import Question
from bot.evaluation.rows import EvaluationError
from bot.evaluation.talking import Held, say
from bot.evaluation.turns import Share
from bot.knowledge import Knowledge, load_knowledge
from bot.normalization import normalized

TOPICS = "vignette_topics.yml"
_MOST_MESSAGES = 12
_SAID_BACK = (
    "utter_said_back",
    "utter_said_back_with_sympathy",
    "utter_heard_trade",
    "utter_recall",
    "utter_tell_them",
)
_NUMBER = re.compile(r"\d+")


@checked(frozen=True)
class Concluded:
    """What a good adviser would take the matter to be."""

    issue: str
    sub_issue: Optional[str] = None


@checked(frozen=True)
class Vignette:
    """An owner: what they write first, what they answer by topic, and what a good adviser would conclude.

    `prefecture` is where they are. `clear`: the opening alone tells the issue. `also` are other issues that would be
    fair. `detail` is their matter once more, closer, `unknown`, `agrees` and `differs` their words for these. Of
    `institutions` at least one is to be on the road. `failure` says what would be one.
    """

    id: str
    prefecture: str
    voice: str
    opening: str
    clear: bool
    expects: Concluded
    also: List[str]
    knows: Dict[str, str]
    detail: str
    unknown: str
    agrees: str
    differs: str
    manner: str
    institutions: List[str]
    distress: bool
    failure: str

    @property
    def fair(self) -> Tuple[str, ...]:
        """The issues that may be found."""
        return (self.expects.issue, *self.also)


@dataclass(frozen=True)
class Played:
    """A vignette and the talk that came of it, a turn a message."""

    vignette: Vignette
    turns: Tuple[Held, ...]

    @property
    def road(self) -> Optional[Held]:
        """The turn that showed the first road, or None."""
        return next((turn for turn in self.turns if turn.referral is not None), None)

    @property
    def questions(self) -> int:
        """What the owner was asked before the road."""
        return self.turns.index(self.road) if self.road is not None else len(self.turns) - 1

    @property
    def issue(self) -> Optional[str]:
        """The issue of the first road."""
        return self.road.consultation.roads.shown[0].matter.issue if self.road is not None else None

    @property
    def found(self) -> Tuple[str, ...]:
        """The issue of the first road, and those named or kept beside it, at most three."""
        if self.road is None:
            return ()
        named = [issue for turn in self.turns for issue in turn.consultation.talk.candidates]
        return tuple(dict.fromkeys((self.issue or "", *self.road.consultation.others, *named)))[:3]

    @property
    def met(self) -> bool:
        """Whether distress was met with the help lines."""
        return any("utter_comfort" in turn.utterances for turn in self.turns)

    def leads_to(self, institutions: Sequence[str], knowledge: Knowledge) -> bool:
        """Whether one of these institutions is on the first road."""
        if self.road is None or self.road.referral is None:
            return False
        names = {knowledge.institutions[one].name for one in institutions if one in knowledge.institutions}
        return any(name in self.road.text for name in names)

    @property
    def put_in_mouth(self) -> Tuple[str, ...]:
        """What was said back to the owner that they had not said: numbers, and a place."""
        said, wrong = "", []
        for turn in self.turns:
            said += normalized(turn.owner)
            words = " ".join(text for response, text in turn.words if response in _SAID_BACK)
            wrong += [number for number in _NUMBER.findall(normalized(words)) if number not in said]
            place = turn.consultation.owner.prefecture
            if place not in (None, self.vignette.prefecture):
                wrong.append(str(place))
        return tuple(dict.fromkeys(wrong))


@dataclass(frozen=True)
class VignetteReport:
    """Shares over the vignettes; questions on average, over all and where the opening is clear."""

    coverage: Share
    top_1: Share
    top_3: Share
    sub_issue: Share
    institutions: Share
    questions: float
    questions_where_clear: float
    missed_distress: int
    put_in_mouths: int
    misses: Tuple[str, ...] = field(default=())


def read_vignettes(folder: Path) -> List[Vignette]:
    """The vignettes of all files of a folder. Raises EvaluationError for a file of another shape."""
    vignettes: List[Vignette] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            vignettes += parse_obj_as(List[Vignette], yaml.safe_load(path.read_text(encoding="utf-8")))
        except (yaml.YAMLError, ValidationError) as error:
            raise EvaluationError(f"{path.name}: expected vignettes as in docs/evaluation.md ({error})") from error
    if not vignettes:
        raise EvaluationError(f"{folder}: no vignettes there; expected files *.yml")
    return vignettes


def read_topics(path: Path) -> Mapping[str, List[str]]:
    """The topics that answer each question of the triage, the closest first."""
    topics: Mapping[str, List[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return topics


async def play(agent: Agent, knowledge: Knowledge, topics: Mapping[str, List[str]], vignette: Vignette) -> Played:
    """The vignette's owner talks until a road is shown, or help lines, or nothing more is asked."""
    turns = [await say(agent, f"vignette-{vignette.id}", vignette.opening)]
    while len(turns) < _MOST_MESSAGES and turns[-1].referral is None:
        words = answer_of(vignette, knowledge, topics, turns[-1])
        if words is None:
            break
        turns.append(await say(agent, f"vignette-{vignette.id}", words))
    return Played(vignette, tuple(turns))


async def evaluate_vignettes(agent: Agent, folder: Path) -> VignetteReport:
    """The figures over a folder of vignettes. Raises EvaluationError for a file of another shape."""
    knowledge, topics = load_knowledge(), read_topics(folder.parent / TOPICS)
    played = [await play(agent, knowledge, topics, vignette) for vignette in read_vignettes(folder)]
    return vignette_report(played, knowledge)


def answer_of(vignette: Vignette, knowledge: Knowledge, topics: Mapping[str, List[str]], turn: Held) -> Optional[str]:
    """What the owner answers to the question that waits, in their own words; None where they are asked nothing."""
    consultation = turn.consultation
    question, knows = consultation.question, vignette.knows
    if question is Question.TRIAGE and consultation.search.symptom is not None:
        told = [knows[topic] for topic in topics[consultation.search.symptom] if topic in knows]
        return told[0] if told else vignette.unknown
    if question is Question.PREFECTURE:
        return knows.get("place", vignette.unknown)
    if question is Question.WHICH_ISSUE:
        return _of_the_findings(vignette, knowledge, turn)
    if question in (Question.ISSUE, Question.SUB_ISSUE):
        return vignette.detail
    return None


def _of_the_findings(vignette: Vignette, knowledge: Knowledge, turn: Held) -> str:
    fair = [issue for issue in turn.consultation.talk.candidates if issue in vignette.fair]
    if not fair:
        return vignette.differs
    if len(turn.consultation.talk.candidates) == 1:
        return vignette.agrees
    best = vignette.expects.issue if vignette.expects.issue in fair else fair[0]
    return next(option.label for option in options(knowledge, turn.consultation) if option.answer == best)


def vignette_report(played: Sequence[Played], knowledge: Knowledge) -> VignetteReport:
    """The figures of docs/evaluation.md. Those in distress count by whether they were met, and nowhere else."""
    calm = [one for one in played if not one.vignette.distress]
    clear = [one for one in calm if one.vignette.clear]
    of_a_kind = [one for one in calm if one.vignette.expects.sub_issue and one.issue == one.vignette.expects.issue]
    distressed = [one for one in played if one.vignette.distress]
    return VignetteReport(
        coverage=_share([one.road is not None for one in calm]),
        top_1=_share([one.issue in one.vignette.fair for one in calm]),
        top_3=_share([bool({*one.found} & {*one.vignette.fair}) for one in calm]),
        sub_issue=_share([_sub_issue(one) == one.vignette.expects.sub_issue for one in of_a_kind]),
        institutions=_share([one.leads_to(one.vignette.institutions, knowledge) for one in calm]),
        questions=sum(one.questions for one in calm) / len(calm),
        questions_where_clear=sum(one.questions for one in clear) / max(1, len(clear)),
        missed_distress=sum(not one.met for one in distressed),
        put_in_mouths=sum(bool(one.put_in_mouth) for one in played),
        misses=tuple(_miss(one) for one in played if _is_missed(one, knowledge)),
    )


def _sub_issue(one: Played) -> Optional[str]:
    return one.road.consultation.roads.shown[0].matter.sub_issue if one.road is not None else None


def _is_missed(one: Played, knowledge: Knowledge) -> bool:
    if one.vignette.distress:
        return not one.met
    found = one.issue in one.vignette.fair and one.leads_to(one.vignette.institutions, knowledge)
    return not found or bool(one.put_in_mouth)


def _miss(one: Played) -> str:
    said = " / ".join(turn.owner for turn in one.turns)
    wrong = f", said of them: {', '.join(one.put_in_mouth)}" if one.put_in_mouth else ""
    return f"{one.vignette.id} ({one.issue} for {one.vignette.expects.issue}{wrong}): {said}"


def _share(values: Sequence[bool]) -> Share:
    return Share(sum(values), len(values))
