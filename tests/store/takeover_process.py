"""A process of its own for test_takeovers_at_any_moment.py: claims what it can, or answers until it is killed."""

from __future__ import annotations

import itertools
import sys
import time

from bot.messages import Message
from bot.store import By, ChangedHandsError, ClaimedError, Database, Heard, Takeovers, Transcripts, Turnstile, With


def claims(address: str, who: str, begin: str) -> None:
    """Claim a hundred conversations from a moment on; prints those that it has."""
    takeovers = Takeovers(Database(address))
    takeovers.waiting()  # imports and tables are there
    time.sleep(max(0.0, float(begin) - time.time()))
    for number in range(100):
        try:
            takeovers.claim(f"web-{number}", By(who, ""), who)
        except ClaimedError:
            continue
        print(f"web-{number}", flush=True)


def answers(address: str, conversation: str, name: str) -> None:
    """Answer messages of an owner, one after another, as fast as it goes."""
    store = Database(address)
    transcripts, turnstile = Transcripts(store), Turnstile(store)
    for number in itertools.count():
        message = f"{name}-{number}"
        transcripts.hear(conversation, Heard(message, "はい"), name)
        said = []
        while True:
            decided = turnstile.who_has(conversation)
            said = [Message(f"お返事 {message}")] if decided is With.BOT else []
            try:
                turnstile.begin_to_speak(conversation, decided, False)
                break
            except ChangedHandsError:
                continue
        transcripts.answer(conversation, message, said, name)
        print(message, flush=True)


if __name__ == "__main__":
    {"claims": claims, "answers": answers}[sys.argv[1]](*sys.argv[2:])
