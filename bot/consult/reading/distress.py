"""Whether a message is one of distress: recall comes first, and words of one's own death are heard in any sentence."""

from __future__ import annotations

from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.triage_reading import is_enough
from bot.consult.reading.understood import Understood
from bot.consult.state import UNCLEAR, Consultation
from bot.normalization import LONGEST_TEXT_READ, normalized
from bot.phrases import pattern

_OF_LIFE = ("us", "living", "running", "crime")  # fields of which a cry for help may be


def is_distress(consultation: Consultation, understood: Understood, thresholds: Thresholds) -> bool:
    """Whether the owner must be met with help before anything else.

    Words of one's own death are enough, but for an owner met before who takes them back (`says_otherwise`). Else what
    was learned of single sentences and what was learned of messages in their place are both asked, since each finds
    what the other misses.

    A short もういいです to a question is mostly meant of the questions, so it has to be surer. Of a message that is too
    long to be read whole, words of dying count wherever they stand.
    """
    if len(understood.original) > LONGEST_TEXT_READ and speaks_of_dying(normalized(understood.original)):
        return True
    if denies_a_wish_to_die(understood):
        return False
    if speaks_of_dying(understood.text):
        return understood.top[0] != "out_of_scope"
    if mourns(understood, thresholds) and understood.confidence("distress") < thresholds.certain:
        return False
    confidence = understood.confidence("distress")
    in_place = max((read.confidence for read in understood.moves if read.move == "distress"), default=0.0)
    heard_in_place = in_place >= thresholds.beyond_doubt and confidence >= thresholds.hint
    if understood.prefectures and confidence < thresholds.certain and not heard_in_place:
        return False  # 群馬です。私ひとり sounds like it to the classifier alone
    if consultation.question is not None and not consultation.talk.comforted and is_enough(understood.text):
        return confidence >= thresholds.weary
    half_heard = thresholds.in_place if in_place else thresholds.weary
    only_asks = understood.asks_within and in_place < thresholds.in_place and confidence < half_heard
    of_a_matter = max(understood.brought.values(), default=0.0) >= thresholds.brought and confidence < thresholds.weary
    unsure = max(confidence, in_place) < thresholds.in_place_beside
    of_a_matter = of_a_matter or (unsure and _is_plainly_of_a_field(understood, thresholds))
    seeks_advice = understood.asks_within and bool(pattern("seeks_advice").search(understood.text))
    seeks_advice = seeks_advice and max(confidence, in_place) < thresholds.beyond_doubt
    of_the_shop = bool(pattern("ends_the_shop").search(understood.text)) and confidence < thresholds.distress_alone
    if is_strain(understood, thresholds) or only_asks or of_a_matter or seeks_advice or of_the_shop:
        return False  # 相続放棄には期限がありますか is of a death, and no cry for help
    half_known = in_place or consultation.talk.comforted
    least = thresholds.distress if half_known else thresholds.distress_alone
    return confidence >= least or heard_in_place


def _is_plainly_of_a_field(understood: Understood, thresholds: Thresholds) -> bool:
    """Whether a message is plainly of something that somebody knows about: 火災保険は入っていました."""
    fields = ((name, sure) for name, sure in understood.fields.items() if name not in _OF_LIFE)
    return max((sure for _, sure in fields), default=0.0) >= thresholds.beyond_doubt


def denies_a_wish_to_die(understood: Understood) -> bool:
    """Whether an owner says of themselves that no death is meant, and speaks of none besides.

    It is met as what weighs on them, with where somebody listens, and what they ask is answered.
    """
    left, denials = pattern("means_no_wish_to_die").subn("", understood.text)
    return denials > 0 and not speaks_of_dying(left)


def is_strain(understood: Understood, thresholds: Thresholds) -> bool:
    """Whether what sounds like distress is grief, fear or weariness that is told with a worry: 怖くて、夜も眠れません.

    It is met as a feeling, with where somebody listens, and what is asked is answered. No message of distress among
    those we have lets a feeling be seen so surely (docs/evaluation.md, "Distress").
    """
    if denies_a_wish_to_die(understood):
        return True
    felt = max((read.confidence for read in understood.moves if read.move == "feels"), default=0.0)
    heard = understood.confidence("distress")
    in_place = max((read.confidence for read in understood.moves if read.move == "distress"), default=0.0)
    sounds_so = heard >= thresholds.distress or in_place >= thresholds.in_place
    return sounds_so and felt >= thresholds.certain and heard < thresholds.beyond_doubt


def speaks_of_dying(text: str) -> bool:
    """Whether a text speaks of one's own death, or of not being there any more."""
    return bool(pattern("speaks_of_dying").search(text))


def says_otherwise(consultation: Consultation, understood: Understood) -> bool:
    """Whether an owner whom we met in distress says that no death of their own is meant, and speaks of none besides."""
    was_met = consultation.talk.comforted or bool(consultation.talk.times_spoken("utter_comfort"))
    denies = bool(pattern("denies_dying").search(understood.text))
    return was_met and denies and not speaks_of_dying(pattern("means_no_wish_to_die").sub("", understood.text))


def mourns(understood: Understood, thresholds: Thresholds) -> bool:
    """Whether the message, read in its place, is certainly of somebody's death, and of no worry: 父が先月亡くなって.

    Condolence where nobody died hurts: a message about what comes when a father dies is about succession. Beyond doubt
    it is of a death, whatever worry it tells of beside that.
    """
    if pattern("customers_pass_away").search(understood.text):
        return False  # it is told why the shop has fewer of them
    if pattern("family_has_died").search(understood.text) and not understood.asks:
        return not speaks_of_dying(understood.text)
    sure = {(read.move, read.how): read.confidence for read in understood.moves}
    bereaved = sure.get(("feels", "bereaved"), 0.0)
    certain = bereaved >= thresholds.certain and bereaved > sure.get(("distress", None), 0.0)
    of_a_worry = any(read.move == "problem" and read.confidence >= thresholds.in_place for read in understood.moves)
    about = understood.sure_intent(thresholds.sure)
    if bereaved >= thresholds.bereaved and not speaks_of_dying(understood.text):
        return bereaved > sure.get(("distress", None), 0.0)
    return certain and not of_a_worry and about in (None, "distress", UNCLEAR) and not speaks_of_dying(understood.text)
