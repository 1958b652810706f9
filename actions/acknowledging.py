"""What is said first to an owner's message, so that they know they were heard."""

from __future__ import annotations

from dataclasses import replace
from typing import Set

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import knowledge, road_shown, say
from bot.consult.acts import MORE_TOLD, Reading
from bot.consult.choices import offered
from bot.consult.consultation import ANYTHING_ELSE, ISSUE, OTHER_ISSUE, SUB_ISSUE, TRIAGE, Consultation
from bot.consult.heard import heard_from
from bot.consult.urgency import is_urgent
from bot.messages import Choices

_HEARD_OTHERWISE = {
    "said": "utter_symptom_said",
    "unknown": "utter_symptom_unknown",
    "refuse": "utter_symptom_refuse",
}


def acknowledge(
    dispatcher: CollectingDispatcher, tracker: Tracker, consultation: Consultation, reading: Reading
) -> None:
    """Where the message brought an issue, say what we took it for, so that the owner can put us right.

    Where it told more of the one in hand, say that it was heard, and not the same again.
    """
    issue, sub_issue = consultation.issue_in(knowledge()), consultation.sub_issue_in(knowledge())
    chosen = (reading.choice or "").startswith((f"{ISSUE}.", f"{OTHER_ISSUE}.go"))
    brought = chosen or reading.act in knowledge().issues
    if reading.choice == f"{SUB_ISSUE}.{MORE_TOLD}":
        say(dispatcher, "utter_heard_more")
    if issue is None or not brought:
        return
    if not chosen and not _changed_now(tracker) & {"issue", "sub_issue"}:
        say(dispatcher, "utter_heard_more")
    elif sub_issue is None:
        say(dispatcher, "utter_acknowledge", acknowledgement=issue.acknowledge)
    else:
        say(dispatcher, "utter_acknowledge_closely", acknowledgement=issue.acknowledge, matter=sub_issue.name)
    told_beside = (other.partition("/")[0] for other in reading.others)
    others = [name for name in told_beside if name in consultation.other_issues]
    if others and not consultation.answered:
        say(dispatcher, "utter_kept_for_later", others="、".join(knowledge().issues[name].spoken for name in others))


def acknowledge_symptom(
    dispatcher: CollectingDispatcher, tracker: Tracker, consultation: Consultation, reading: Reading
) -> None:
    """Where the message answered a question of the triage, say what we heard, before the next question."""
    question, _, answer = (reading.choice or "").partition(".")
    if question != TRIAGE:
        return
    symptom_id, _, answer_id = answer.partition("/")
    if symptom_id == "undo":
        say(dispatcher, "utter_symptom_undo", said=knowledge().triage.said(answer_id))
    elif answer_id:
        say(dispatcher, "utter_heard_symptom", said=knowledge().triage.said(answer))
    elif answer != "said" or not _acknowledge_own_words(dispatcher, tracker, consultation, reading):
        say(dispatcher, _HEARD_OTHERWISE[answer])


def _acknowledge_own_words(
    dispatcher: CollectingDispatcher, tracker: Tracker, consultation: Consultation, reading: Reading
) -> bool:
    """Whether something of the owner's own words could be met: a trade told now, a worry told for the first time."""
    spoke_for = [subject.partition("/")[0] for subject, _ in consultation.quotes]
    for_the_first_time = bool(reading.others) and spoke_for.count(spoke_for[-1]) == 1
    sympathy = knowledge().issues[spoke_for[-1]].sympathy if for_the_first_time else None
    if sympathy is not None:
        say(dispatcher, "utter_symptom_said_of", sympathy=sympathy)
        return True
    return acknowledge_trade(dispatcher, tracker, consultation)


def acknowledge_trade(dispatcher: CollectingDispatcher, tracker: Tracker, consultation: Consultation) -> bool:
    """Say the owner's trade back where the message told it. Returns whether it did."""
    told_now = consultation.industry is not None and "industry" in _changed_now(tracker)
    if told_now:
        say(dispatcher, "utter_heard_trade", industry=consultation.industry or "")
    return told_now


def advise_at_once(dispatcher: CollectingDispatcher, tracker: Tracker, consultation: Consultation) -> None:
    """Where a payment falls due within days, say first what cannot wait for the road."""
    issue = consultation.issue_in(knowledge())
    told = heard_from(tracker.latest_message).text
    if issue is not None and issue.urgent is not None and not consultation.answered and is_urgent(told):
        say(dispatcher, "utter_urgent", urgent=issue.urgent)


def remind(dispatcher: CollectingDispatcher, tracker: Tracker, consultation: Consultation) -> None:
    """Say once more, after the road, the advice that cannot wait; once in a conversation."""
    sub_issue = consultation.sub_issue_in(knowledge())
    if sub_issue is not None and sub_issue.tip is not None and not _was_said(tracker, "utter_remind"):
        say(dispatcher, "utter_remind", tip=sub_issue.tip)


def stay_on_the_road(dispatcher: CollectingDispatcher, tracker: Tracker, consultation: Consultation) -> Consultation:
    """Say that the institutions shown hear this as well; to a question, that it is best put there.

    What waits is offered again, but not asked again. Returns the consultation with the question waiting.
    """
    what_else = OTHER_ISSUE if consultation.other_issues else ANYTHING_ELSE
    waiting = replace(consultation, question=what_else, standing=True)
    choices = Choices(offered(knowledge(), waiting))
    road = road_shown(consultation)
    if road is not None and heard_from(tracker.latest_message).asks:
        say(dispatcher, "utter_ask_there", choices, institution=road.steps[0].referral.institution.name)
    else:
        say(dispatcher, "utter_same_road", choices)
    remind(dispatcher, tracker, consultation)
    return waiting


def _was_said(tracker: Tracker, response: str) -> bool:
    """Whether the bot has spoken a response in this conversation before."""
    spoken = (event for event in tracker.events if event["event"] == "bot")
    return any((event.get("metadata") or {}).get("utter_action") == response for event in spoken)


def _changed_now(tracker: Tracker) -> Set[str]:
    """The slots that the owner's latest message changed."""
    changed = set()
    for event in reversed(tracker.events):
        if event["event"] == "user":
            break
        if event["event"] == "slot":
            changed.add(event["name"])
    return changed
