"""Every written conversation goes as written, with the real trained bot and its real actions."""

import pytest
from rasa.core.agent import Agent

from bot.evaluation.dialogues import Dialogue
from bot.knowledge import Knowledge
from tests.dialogues.conversation import conversations, hold


@pytest.mark.parametrize("conversation", conversations(), ids=lambda c: f"{c.file[:-4]}: {c.title}")
async def test_the_conversation_goes_as_written(bot: Agent, conversation: Dialogue) -> None:
    await hold(bot, conversation)


def test_every_sub_issue_has_a_conversation(knowledge: Knowledge) -> None:
    held = {(line["issue"], line.get("sub_issue")) for c in conversations() for line in c.lines if "issue" in line}
    known = {(issue.name, sub.id) for issue in knowledge.issues.values() for sub in issue.sub_issues}
    assert known - held == set()
