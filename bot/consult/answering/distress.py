"""Meets an owner in distress, and what they write next."""

from __future__ import annotations

from bot.consult.moves import Distress, Slot, WantsPerson
from bot.consult.scene import Card, CardKind, EffectKind, Scene, Turn


def meet_distress(scene: Scene, turn: Turn) -> Turn:
    """A calm sentence and the help lines; nothing is asked, and the question that waited is let go.

    Where the desk has staff, it is alerted. The owner is not told: nobody may be there to read it now.
    """
    if not scene.heard.has(Distress):
        return turn
    consultation = turn.consultation.with_talk(question=None, candidates=(), misses=0, comforted=True)
    met = turn.on(consultation).saying("utter_comfort", Card(CardKind.HELP)).ended()
    return met.doing(EffectKind.ALERT_STAFF) if scene.desk.staff else met


def stay_near(scene: Scene, turn: Turn) -> Turn:
    """The message after distress: met gently, with where debts can be talked over, or the local lines.

    Who asks something then, or takes leave, is answered. Who wants a person then is not sent to a desk for business:
    the lines come first, and the desk's own staff where it has any.
    """
    wants_person = scene.heard.has(WantsPerson)
    if not scene.before.talk.comforted or (scene.heard.moves_beside_facts and not wants_person):
        return turn
    by_phone = wants_person or bool(scene.heard.facts(Slot.PREFECTURE))
    card = Card(CardKind.HELP if by_phone else CardKind.DEBTS)
    near = turn.on(turn.consultation.with_talk(comforted=False)).saying("utter_stay_near", card)
    return near if wants_person and scene.desk.staff else near.ended()
