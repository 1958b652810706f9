"""Meets an owner in distress, and what they write next."""

from __future__ import annotations

from bot.consult.moves import Asks, Distress, Problem, Slot, WantsPerson
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
    if scene.heard.means_no_death:
        return _believe(scene, turn)
    wants_person = scene.heard.has(WantsPerson)
    if not scene.before.talk.comforted or (scene.heard.moves_beside_facts and not wants_person):
        return turn
    by_phone = wants_person or bool(scene.heard.facts(Slot.PREFECTURE))
    card = Card(CardKind.HELP if by_phone else CardKind.DEBTS)
    near = turn.on(turn.consultation.with_talk(comforted=False)).saying("utter_stay_near", card)
    return near if wants_person and scene.desk.staff else near.ended()


def _believe(scene: Scene, turn: Turn) -> Turn:
    """Who says that it is not that is believed, once, and not given the numbers again; then what else they say."""
    calm = turn.on(turn.consultation.with_talk(comforted=False))
    believed = calm if calm.consultation.talk.times_spoken("utter_believed") else calm.saying("utter_believed")
    goes_on = scene.heard.has(Asks, Problem) or not believed.said
    return believed if goes_on else believed.saying("utter_take_your_time").ended()
