"""Beginning, ending, and the small words between."""

from __future__ import annotations

from bot.consult.answering.asking import ask, ask_what_else
from bot.consult.answering.reminding import reminded
from bot.consult.moves import (
    Apologizes,
    Asks,
    Brings,
    Complains,
    Greets,
    NotProblem,
    Pick,
    Problem,
    Slot,
    StartsOver,
    Stops,
    Thanks,
    WantsEasyJapanese,
    WantsPerson,
    WillGo,
    Yes,
)
from bot.consult.scene import CHOICES, Card, CardKind, EffectKind, Scene, Turn
from bot.consult.state import Consultation, Question
from bot.consult.telling import told
from bot.phrases import pattern

_MORE_THAN_THANKS = (Asks, Brings, Complains, NotProblem, Pick, Problem)  # which is what is answered
_YOROZU = Card(CardKind.CONTACT, ("yorozu",))  # 経営全般、どの都道府県にもある


def start_over(scene: Scene, turn: Turn) -> Turn:
    """What was said no longer counts; how long it is kept is told. The conversation is the bot's again."""
    if not scene.heard.has(StartsOver):
        return turn
    talk = turn.consultation.talk
    fresh = Consultation().with_talk(spoken=talk.spoken, heard_at=talk.heard_at, rating_offered=talk.rating_offered)
    begun = turn.on(fresh).saying("utter_restart", days=str(scene.desk.keep_days))
    if scene.before.talk.paused and scene.desk.staff:
        begun = begun.doing(EffectKind.TAKE_BACK)
    return ask(scene, begun, Question.ISSUE)


def own_what_is_lost(scene: Scene, turn: Turn) -> Turn:
    """Whose earlier words cannot be read any more is told so, and that we begin anew."""
    return turn.saying("utter_begin_anew") if scene.heard.begins_anew else turn


def let_go(scene: Scene, turn: Turn) -> Turn:
    """Who wants to leave leaves; who thanks us for the way, or says that they will go it, is answered that below."""
    thanks = scene.heard.has(Thanks) and bool(turn.consultation.roads.shown)
    leaves = scene.heard.has(Stops) and not thanks and not _goes_there(scene, turn)
    return turn.saying("utter_goodbye").ended() if leaves else turn


def _goes_there(scene: Scene, turn: Turn) -> bool:
    return scene.heard.has(WillGo) and bool(turn.consultation.roads.shown)


def answer_in_english(scene: Scene, turn: Turn) -> Turn:
    """Who writes English is told once, in English, that this desk answers in Japanese, and where a person is."""
    if not scene.heard.in_english or turn.consultation.talk.times_spoken("utter_english"):
        return turn
    told = turn.on(turn.consultation.with_talk(easily=True)).saying("utter_english", _YOROZU)
    return told if scene.heard.leading is not None or scene.heard.has(WantsPerson, Asks) else told.ended()


def speak_easily(scene: Scene, turn: Turn) -> Turn:
    """Who cannot read kanji is told that it is kana from here on, and what waits is put again in it."""
    if not scene.heard.has(WantsEasyJapanese):
        return turn
    return turn.saying("utter_in_kana").coming_back()


def welcome_back(scene: Scene, turn: Turn) -> Turn:
    """After a long silence in the middle of something: where we were, and the question that waits in other words."""
    if not scene.is_after_a_long_silence or not scene.before.unfinished or _brings_something(scene):
        return turn
    understood = told(scene.knowledge, turn.consultation)
    welcomed = (
        turn.saying("utter_welcome_back", told=understood) if understood else turn.saying("utter_welcome_back_briefly")
    )
    return welcomed.coming_back()


def _brings_something(scene: Scene) -> bool:
    """Whether the message brings more than a greeting or a yes, or words that were not understood."""
    told_of = scene.heard.facts(Slot.PREFECTURE) or scene.heard.facts(Slot.INDUSTRY)
    nothing_new = scene.heard.unsure or scene.heard.has(Greets, Yes)
    return bool(told_of) or not nothing_new


def return_courtesies(scene: Scene, turn: Turn) -> Turn:
    """A greeting is returned, thanks and apologies are met; a bare yes only leads back to what waits."""
    if scene.heard.has(Greets) and not scene.heard.comes_with:
        if turn.consultation.question is Question.ISSUE and not _told_anything(turn.consultation):
            asked = turn.on(turn.consultation.with_talk(standing=False, openly=True))
            return asked.saying("utter_greet_back", CHOICES).ended()
        if turn.consultation.question is not None:
            return turn.saying("utter_greet_again").coming_back()
        return ask(scene, turn.saying("utter_greet"), Question.ISSUE)
    if scene.heard.has(Thanks) and not scene.heard.has(*_MORE_THAN_THANKS) and not _goes_there(scene, turn):
        return turn.saying("utter_thank").ended()
    if scene.heard.has(Apologizes):
        return turn.saying("utter_no_harm").coming_back()
    return turn.coming_back() if scene.heard.has(Yes) else turn


def _told_anything(consultation: Consultation) -> bool:
    """Whether the owner has told anything yet, or was shown whom to see."""
    return bool(consultation.roads.shown or consultation.roads.brought or consultation.roads.words)


def see_off(scene: Scene, turn: Turn) -> Turn:
    """Who will go is wished well and reminded of what cannot wait; what else was brought up is asked about.

    Where no road has been shown yet, the words are a yes like any other.
    """
    if not scene.heard.has(WillGo):
        return turn
    if not turn.consultation.roads.shown:
        return turn.coming_back()
    calls = bool(pattern("by_telephone").search(scene.heard.text))
    seen_off = reminded(scene, turn.saying("utter_encourage_call" if calls else "utter_encourage"))
    if turn.consultation.question is Question.OTHER_ISSUE:
        return ask_what_else(scene, seen_off, again=True)
    return seen_off.on(seen_off.consultation.with_talk(standing=True)).ended()
