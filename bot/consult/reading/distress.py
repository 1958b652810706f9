"""Whether a message is one of distress: recall comes first, and words of one's own death are heard in any sentence."""

from __future__ import annotations

import re

from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.triage_reading import is_enough
from bot.consult.reading.understood import Understood
from bot.consult.state import UNCLEAR, Consultation
from bot.normalization import LONGEST_TEXT_READ, normalized

OF_DYING = re.compile(
    "死にた[いくか]|死ぬしか|死ぬほか|死ぬのが(いちばん|一番)|死のう(か|と|って)|死んでしまいた|死んだ(ほう|方)が|死なせて"
    "|死んで(楽|わび|詫|返|保険)|(わし|俺|おれ|私|僕|自分)が死ねば|自殺(し|する|を考)|首を?(つ[るろり]|吊[るろりっ]|くく[るろり])(?!(思い|覚悟|つもり)で)"
    "|命を?絶|この世から(消え|いな|おらん)|消えてしまいたい|消えてなくなりた|いなくなりたい|生きて(い|る)?(たく|いたく)な|生きとうな"
)


def is_distress(consultation: Consultation, understood: Understood, thresholds: Thresholds) -> bool:
    """Whether the owner must be met with help before anything else.

    A short もういいです to a question is mostly meant of the questions, so it has to be surer. Of a message that is too
    long to be read whole, words of dying count wherever they stand.
    """
    if len(understood.original) > LONGEST_TEXT_READ and OF_DYING.search(normalized(understood.original)):
        return True
    if understood.prefectures and understood.confidence("distress") < thresholds.certain and not _is_read(understood):
        return False  # 群馬です。私ひとり sounds like it to the classifier alone
    if mourns(understood, thresholds) and understood.confidence("distress") < thresholds.certain:
        return False
    if OF_DYING.search(understood.text):
        least = thresholds.dying
    elif consultation.question is not None and not consultation.talk.comforted and is_enough(understood.text):
        least = thresholds.weary
    else:
        least = thresholds.distress
    return understood.confidence("distress") >= least


def mourns(understood: Understood, thresholds: Thresholds) -> bool:
    """Whether the message, read in its place, is certainly of somebody's death, and of no worry: 父が先月亡くなって.

    Condolence where nobody died hurts: a message about what comes when a father dies is about succession. Beyond doubt
    it is of a death, whatever worry it tells of beside that.
    """
    sure = {(read.move, read.how): read.confidence for read in understood.moves}
    bereaved = sure.get(("feels", "bereaved"), 0.0)
    certain = bereaved >= thresholds.certain and bereaved > sure.get(("distress", None), 0.0)
    of_a_worry = any(read.move == "problem" and read.confidence >= thresholds.in_place for read in understood.moves)
    about = understood.sure_intent(thresholds.sure)
    if bereaved >= thresholds.beyond_doubt and not OF_DYING.search(understood.text):
        return bereaved > sure.get(("distress", None), 0.0)
    return certain and not of_a_worry and about in (None, "distress", UNCLEAR) and not OF_DYING.search(understood.text)


def _is_read(understood: Understood) -> bool:
    """Whether the reading of moves, too, finds something of it, however little."""
    return any(read.move == "distress" for read in understood.moves) or bool(OF_DYING.search(understood.text))
