"""Names what the answers point to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, consultation_of, knowledge, remember, say
from bot.consult.choices import offered
from bot.consult.consultation import WHICH_ISSUE
from bot.consult.triage import Finding, findings
from bot.messages import Choices

_REASONS = 2  # more in one line are hard to read


class ActionNameFindings(Action):
    """Name the one to three issues that the answers point to, each with why, and let the owner say which it is."""

    def name(self) -> str:
        return "action_name_findings"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        found = findings(knowledge(), before)
        after = replace(
            before, triaged=True, question=WHICH_ISSUE, candidates=tuple(finding.issue for finding in found)
        )
        response = "utter_one_finding" if len(found) == 1 else "utter_findings"
        say(dispatcher, response, Choices(offered(knowledge(), after)), findings="\n".join(map(_with_why, found)))
        return remember(before, after)


def _with_why(finding: Finding) -> str:
    words = knowledge().words
    name = knowledge().issues[finding.issue].spoken
    said = finding.because[:_REASONS]
    heard = "、".join(said) + ("、" if len(said) > 1 else "")
    because = words.because_said.format(said=heard) if said else words.because_words
    return words.finding.format(name=name, because=because)
