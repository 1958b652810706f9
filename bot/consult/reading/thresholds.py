"""How sure the understanding has to be for each thing that a message can be taken for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Mapping, Tuple

_MORE_THAN_NOTHING = 1e-9


@dataclass(frozen=True)
class AnswerThresholds:
    """How like a way of asking it a question must be, for an answer of data/knowledge/answers to be given.

    Of the topic that was heard: `named` for an answer of an institution that the message names, `first` of whom
    the road has first, `later` of whom it has later, `issue` of the issue in hand, `anything` of one that holds
    anywhere. `like_topic`: of a topic that owners mix up with it; `other_topic`: of any other;
    `named_otherwise`: of any other of what the message names. Of those that are like enough the likest is
    given; that it is `of_the_topic`, as far as that was read in its place (`as_heard` where it was heard
    otherwise), that it is `of_the_subject` that the message names or of the issue `in_hand`, and each step that
    it is `narrower`, are worth so much likeness; so is that it is `known` of the first on the road. From
    `certain_topic` on, the topic was heard for sure, and no other counts but what was `heard_as_well`. By
    `as_like` less like than the likest an answer may be, to be that of the matter in hand; `less_like` of an issue.
    Where a question is less likely of the field of the answer than `its_field`, it takes the likeness `other_field`;
    where it can be passed on to those of its field, the likeness `instead`. `trusted`: so far it must be trusted to be
    the one that is asked for; `trusted_here` one of what is named, on the road or in hand. The answer trusted most,
    from `trusted_surely` on, need be no liker than one of the issue in hand, whatever its topic, subject and field.
    Who opens the talk with what one is trusted by `told` to answer asks for it. Where none is given, those that are
    trusted `nearly` are offered, if they are trusted `nearly_together`.
    """

    named: float
    first: float
    later: float
    issue: float
    anything: float
    like_topic: float
    other_topic: float
    named_otherwise: float
    of_the_topic: float
    as_heard: float
    of_the_subject: float
    as_like: float
    less_like: float
    in_hand: float
    narrower: float
    known: float
    certain_topic: float
    heard_as_well: float
    its_field: float
    other_field: float
    instead: float
    trusted: float
    trusted_here: float
    trusted_surely: float
    told: float
    nearly: float
    nearly_together: float
    of_trust: float


@dataclass(frozen=True)
class Thresholds:
    """From which confidence a message is taken at its word. Chosen on data; config.yml gives and explains them.

    `sure`: the best intent is taken. `pair`: two issues whose confidences together reach it are offered by name.
    `sub_issue`: a sub-issue that clear is not asked for. `other`: an issue that a clause is about is kept for later.
    `change`: so sure another issue must be to take the place of the one in hand while we ask about it.
    `explicit`: so sure an issue must be to end the questions of the triage; less than that is evidence for them.
    `distress`: recall comes first, so distress is heard from a lower confidence than anything else; `distress_alone`
    the same where nothing of it was read in its place.
    `weary`: the same for a short もういいです or 疲れました to a question, which most owners mean of the questions.
    `hint`: what the single sentence must hint at, where distress was heard in its place.
    `guess`: two issues that reach this together are worth offering to an owner who was not understood.
    `offer`: so sure an issue must be that a remark below a road brings up, to be offered.
    `settled`: so sure a sub-issue must be to take the place of one that is settled.
    `beside_unclear`: so clear a clause must be to be kept where the owner cannot say what the matter is.
    `same`, `same_elsewhere`: so like must words be to an answer of the triage to count as given, to the question that
    waits and to another; `closer`: by so much more than to any other answer.
    `in_place`: so sure a move must be that was read in its place, to be taken at its word; `asked_in_place` the same
    of a question, where some sentence is put as one; `in_place_beside`
    the same beside a move that is `certain`. `beyond_doubt`: so sure a question must be, where an intent is certain
    that knows no such question. `asked`: so like a known way of asking a message must be that is put as a question, to
    be that question though it was heard as something else; `asked_surely` the same of what cards tell, `asked_of` where
    it names an institution. `felt`: so sure a feeling must be, or that somebody was turned away, to be met; `bereaved`
    that somebody died, beside a worry. `brought`: so sure a matter of data/knowledge/matters.yml must be, to be met;
    `brought_surely` the same where another issue is as clear, `brought_agreed` where the message is taken for the issue
    that messages of that matter are taken for, `half_brought` where it is one of several that add up to as much.
    `clause`: so sure each of two clauses must be of another issue, for none of the three to lead. `field`: so likely a
    question must be of a field, for those who know of it to be named where we do not;
    `field_before`: what the messages before say of that weighs so much against this one.
    `answers` says which answer a question is given.
    """

    sure: float
    pair: float
    distress: float
    distress_alone: float
    weary: float
    hint: float
    sub_issue: float
    other: float
    change: float
    explicit: float
    guess: float
    offer: float
    settled: float
    beside_unclear: float
    same: float
    same_elsewhere: float
    closer: float
    in_place: float
    asked_in_place: float
    in_place_beside: float
    certain: float
    beyond_doubt: float
    asked: float
    asked_surely: float
    asked_of: float
    felt: float
    bereaved: float
    brought: float
    brought_agreed: float
    brought_surely: float
    half_brought: float
    clause: float
    field: float
    field_before: float
    answers: AnswerThresholds


def thresholds_in(config: Mapping[str, Any]) -> Thresholds:
    """The thresholds that config.yml gives. Raises ValueError, which names the first that is missing or too high."""
    for name in _names(Thresholds):
        if name != "answers":
            _check(name, config.get(name), least=_MORE_THAN_NOTHING)
    if not isinstance(config.get("answers"), Mapping):
        raise ValueError(f"answers: expected a number for each of {', '.join(_names(AnswerThresholds))}")
    for name in _names(AnswerThresholds):
        _check(f"answers.{name}", config["answers"].get(name), least=0.0)
    answers = config["answers"]
    flat = {name: config[name] for name in _names(Thresholds) if name != "answers"}
    return Thresholds(**flat, answers=AnswerThresholds(**{name: answers[name] for name in _names(AnswerThresholds)}))


def _check(name: str, value: Any, least: float) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value < 1:
        raise ValueError(
            f"{name}: expected a number {'from 0' if least == 0 else 'above 0'} and below 1, found {value!r}"
        )


def _names(of: type) -> Tuple[str, ...]:
    return tuple(field.name for field in fields(of))
