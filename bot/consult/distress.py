"""Whether a message is one of distress: recall comes first, and words of one's own death are heard in any sentence."""

from __future__ import annotations

import re

from bot.consult.acts import DISTRESS, Thresholds
from bot.consult.consultation import Consultation
from bot.consult.heard import Heard
from bot.consult.triage_reading import is_enough

OF_DYING = re.compile(
    "死にた[いくか]|死ぬしか|死ぬほか|死ぬのが(いちばん|一番)|死のう(か|と|って)|死んでしまいた|死んだ(ほう|方)が|死なせて"
    "|死んで(楽|わび|詫|返|保険)|(わし|俺|おれ|私|僕|自分)が死ねば|自殺(し|する|を考)|首を?(つ[るろり]|吊[るろりっ]|くく[るろり])(?!(思い|覚悟|つもり)で)"
    "|命を?絶|この世から(消え|いな|おらん)|消えてしまいたい|消えてなくなりた|いなくなりたい|生きて(い|る)?(たく|いたく)な|生きとうな"
)


def is_distress(consultation: Consultation, heard: Heard, thresholds: Thresholds) -> bool:
    """Whether the owner must be met with help before anything else.

    A short もういいです to a question is mostly meant of the questions, so it has to be surer.
    """
    if OF_DYING.search(heard.text):
        least = thresholds.dying
    elif consultation.question is not None and not consultation.comforted and is_enough(heard.text):
        least = thresholds.weary
    else:
        least = thresholds.distress
    return heard.confidence(DISTRESS) >= least
