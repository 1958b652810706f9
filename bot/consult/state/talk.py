"""Where the talk stands: what waits, what was said, what was not understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

from bot.consult.state.questions import Question


@dataclass(frozen=True)
class Talk:
    """`question` waits for an answer; `standing` holds where our last words did not put it again.

    `asked` are the questions that were answered or skipped for the issue in hand, `put` how many were put on the way
    to its road, `repeated` how often in a row the one that waits was put again, `on_the_way` how many messages came
    since the last road without another. `candidates` are the issues between which the owner was asked to choose.
    `misses` counts messages in a row that were not understood. `talked_about` are the institutions named last,
    `subjects` the loans, laws or papers, `fields` of which fields (fields.yml) the talk is, with the confidence.
    `comforted` holds from a message of distress until the next one has been met. `paused` holds while the owner
    writes to staff and the bot keeps still, `passed_on` once they were told so. `reminded`: the advice that cannot
    wait was said once more. `spoken` counts how often each response was said, so that its next variation follows,
    `sympathies` what was said to the worries told, `asides` what was said in passing and met, by their ids.
    `openly` holds while what the matter is was asked without the list
    of issues, `easily` from the owner's wish for plain words on, or from words of theirs as learners write them,
    `in_kana` from the wish for no kanji at all. `given` are the answers that the last turn gave, by their ids,
    `topics_given` what its cards told: who asks again right away meant something else. `near` are the answers that our
    last words offered, by the questions that they are known to, where none was sure to be asked for; `near_to` is what
    was asked, as it can be put elsewhere. `heard_at` is when the owner's last message came, in Unix seconds.
    `rating_offered`: it was asked once whether all this was of use; `rating_open`: by our last words, `why_asked`: and
    by these, why.
    """

    question: Optional[Question] = None
    standing: bool = False
    asked: Tuple[Question, ...] = ()
    put: int = 0
    repeated: int = 0
    on_the_way: int = 0
    candidates: Tuple[str, ...] = ()
    misses: int = 0
    talked_about: Tuple[str, ...] = ()
    subjects: Tuple[str, ...] = ()
    fields: Tuple[Tuple[str, float], ...] = ()
    comforted: bool = False
    paused: bool = False
    passed_on: bool = False
    reminded: bool = False
    spoken: Tuple[Tuple[str, int], ...] = ()
    sympathies: Tuple[str, ...] = ()
    asides: Tuple[str, ...] = ()
    openly: bool = False
    easily: bool = False
    in_kana: bool = False
    given: Tuple[str, ...] = ()
    topics_given: Tuple[str, ...] = ()
    near: Tuple[str, ...] = ()
    near_to: str = ""
    heard_at: Optional[float] = None
    rating_offered: bool = False
    rating_open: bool = False
    why_asked: bool = False

    def times_spoken(self, response: str) -> int:
        """How often a response was said in this consultation."""
        return dict(self.spoken).get(response, 0)
