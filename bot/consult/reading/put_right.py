"""Puts right what the moves of a message were taken for, where its words, or what was felt in it, say otherwise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Callable, Optional, Tuple

from bot.consult.choices import BOTH, DONE, MORE, Option
from bot.consult.moves import (
    About,
    Asks,
    Brings,
    Complains,
    Distress,
    Fact,
    Feeling,
    Feels,
    Greets,
    Move,
    NotProblem,
    OffTopic,
    Pick,
    Problem,
    Standing,
    StartsOver,
    Tells,
    Thanks,
    TurnedAway,
    WantsPerson,
    WillGo,
    every,
)
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.triage_reading import DISAGREEMENT, is_enough
from bot.consult.reading.understood import Understood
from bot.consult.state import BELOW_A_ROAD, ON_THE_WAY, UNCLEAR, Consultation, Question
from bot.normalization import bare
from bot.phrases import pattern

Moves = Tuple[Move, ...]

_SEARCHING = (Question.TRIAGE, Question.WHICH_ISSUE)
_OF_THE_TALK = (About.WHY, About.WHY_ASKED, About.AGAIN, About.BOT, About.SHEET, About.SECRECY)
_LONGEST_FAREWELL = 24  # characters: わかりました、ありがとうございました。もう結構です
_OF_WHOM = (About.CONTACT, About.NEAREST, About.WHAT_IS, About.DIFFERENCE, About.FIRST_STEP, About.WHY_THIS)
_ASKED_WITH_WHOM = (About.FIRST_STEP, About.NEAREST, About.WHAT_IS, About.PROCEDURE, About.AGAIN, About.BOT)
_WHETHER_TO_COME = (About.ELIGIBILITY, About.CHANCE, About.CONSEQUENCE)
_HEAVY = {Feeling.TIRED, Feeling.ANXIOUS, Feeling.SAD, Feeling.FOR_FAMILY}


@dataclass(frozen=True)
class Reading:
    """A message where the consultation stands, and the feelings that were met in it."""

    consultation: Consultation
    understood: Understood
    thresholds: Thresholds
    felt: Moves


def put_right(reading: Reading, moves: Moves, in_place: bool) -> Moves:
    """The moves after every line of the table below; each takes what the one before left.

    What was read `in_place` is put right less: it was learned where owners stand so.
    """
    for line in _LINES_IN_PLACE if in_place else _LINES:
        moves = line(reading, moves)
    return moves


def asking_us_or_not(reading: Reading, moves: Moves) -> Moves:
    """The moves, a question about us being one only where it speaks of us.

    Fear of being found out is asked about whatever else the words were taken for; how much one gets is no cost.
    """
    of_secrecy = bool(pattern("asks_of_secrecy").search(reading.understood.text)) and reading.understood.asks_within
    of_what_one_gets = bool(pattern("asks_how_much_one_gets").search(reading.understood.text))
    of_us = bool(pattern("asks_of_us").search(reading.understood.text))
    what_we_are = bool(pattern("asks_what_we_are").search(reading.understood.text))

    def of_whom(move: Move) -> Move:
        if not isinstance(move, Asks) or move.answers:
            return move
        if what_we_are and move.confidence < reading.thresholds.beyond_doubt:
            return replace(move, about=About.BOT, confidence=1.0)
        if of_secrecy and move.about in (About.BOT, About.OTHER, About.CONSEQUENCE, About.CHANCE):
            return replace(move, about=About.SECRECY)
        if of_what_one_gets and move.about is About.COST:
            return replace(move, about=About.PROGRAMME, confidence=1.0)
        return replace(move, about=About.OTHER) if move.about is About.BOT and not of_us else move

    if what_we_are and not every(moves, Asks):
        return (*(move for move in moves if not isinstance(move, Tells)), Asks(About.BOT))
    return tuple(dict.fromkeys(map(of_whom, moves)))


def _put_to_us(reading: Reading, moves: Moves) -> Moves:
    """The moves without questions that an owner, while we ask about the matter, asks themselves: 店番ですかね.

    What is put to us is answered there only where we know the very thing that is asked.
    """
    if reading.consultation.question not in _SEARCHING:
        return moves
    understood = reading.understood
    is_put = bool(pattern("puts_to_us").search(understood.text))
    is_marked = "?" in understood.text
    is_polite = bool(pattern("asks_politely").search(understood.text))

    def stays(move: Move) -> bool:
        if not isinstance(move, Asks) or move.about in _OF_THE_TALK or move.surely or (move.near and is_marked):
            return True
        known = max((understood.answers.get(answer, 0.0) for answer in move.answers), default=0.0)
        asks_plainly = bool(pattern("asks_a_plain_thing").search(understood.text))
        known_or_plain = known >= reading.thresholds.asked_of or is_marked or asks_plainly or is_polite
        return (is_put and known_or_plain) or move.confidence >= reading.thresholds.beyond_doubt

    kept = tuple(move for move in moves if stays(move))
    return kept or (Tells(),) if len(kept) < len(moves) else moves


def _without_what_it_is_not_about(reading: Reading, moves: Moves) -> Moves:
    """The moves of a message that says what it is not about, without what those very words brought up.

    INPITは関係ない is no question about INPIT, 立ち退きの話じゃない tells of none, and 開業じゃないって is no wish to
    open.
    """
    if not pattern("is_not_about").search(reading.understood.text):
        return moves
    is_put = bool(pattern("puts_to_us").search(reading.understood.text))
    denied = {*reading.consultation.roads.denied, *(m.issue for m in every(moves, NotProblem) if m.sub_issue is None)}

    def stays(move: Move) -> bool:
        if isinstance(move, Brings):
            return move.confidence >= reading.thresholds.brought_surely  # it is what it is instead
        if isinstance(move, Problem) and move.standing is Standing.LEADS:
            return move.issue not in denied
        if not isinstance(move, Asks):
            return True
        # 会員じゃないんじゃけど, of who has just heard of members, asks
        named = bool(denied) or bool(reading.understood.institutions)
        beyond_doubt = move.confidence >= reading.thresholds.beyond_doubt and not named
        return is_put or beyond_doubt or move.about in _OF_THE_TALK

    kept = tuple(move for move in moves if stays(move))
    return kept or (Complains(),) if len(kept) < len(moves) else moves


def _complaining_of_us(reading: Reading, moves: Moves) -> Moves:
    """A complaint about us in place of what its words were taken for: 人の話を聞いてるのか asks for no explanation."""
    of_us = [r.confidence for r in reading.understood.moves if r.move == "complains" and r.about == "bot"]
    says_so = reading.consultation.issue is not None and bool(pattern("was_not_heard").search(reading.understood.text))
    if (max(of_us, default=0.0) < reading.thresholds.certain and not says_so) or reading.consultation.talk.paused:
        return moves
    taken_wrong = all(
        isinstance(move, (Asks, Tells, OffTopic, Complains, Greets, StartsOver))
        or (isinstance(move, Problem) and move.issue == reading.consultation.issue)
        for move in moves
    )
    of_something = {*About} - {*_OF_THE_TALK, About.OTHER} | {About.SECRECY}
    sure = (move for move in every(moves, Asks) if move.confidence >= reading.thresholds.beyond_doubt)
    asked = tuple(move for move in sure if move.about in of_something)
    return (Complains(), *asked) if taken_wrong else moves


def _not_heard_before(reading: Reading, moves: Moves) -> Moves:
    """The moves with a complaint about us, where the words say that we did not answer."""
    consultation = reading.consultation
    under_way = consultation.issue is not None or bool(consultation.roads.shown or consultation.roads.brought)
    says_so = bool(pattern("was_not_heard").search(reading.understood.text))
    if consultation.talk.paused or not under_way or not says_so or any(isinstance(m, Complains) for m in moves):
        return moves
    return (Complains(), *(move for move in moves if not isinstance(move, (Tells, OffTopic))))


def _told_what_they_have(reading: Reading, moves: Moves) -> Moves:
    """The moves without a question for what advice costs, where an owner tells what money they have."""
    understood = reading.understood
    tells = pattern("tells_what_they_have").search(understood.text) and not understood.asks_within
    if not tells or understood.pressed is not None:
        return moves
    kept = tuple(m for m in moves if not isinstance(m, Asks) or m.about is not About.COST)
    return kept or (Tells(),) if len(kept) < len(moves) else moves


def _not_done_yet(reading: Reading, moves: Moves) -> Moves:
    """The moves without an end, thanks or a greeting where the message goes on: いや、先に金です。取られますか."""
    consultation, understood = reading.consultation, reading.understood
    if consultation.talk.paused or consultation.talk.comforted or is_enough(understood.text):
        return moves
    goes_on = understood.asks_within or len(bare(understood.text)) > _LONGEST_FAREWELL
    greets = understood.pressed is not None or bool(pattern("greets").match(understood.original.strip().casefold()))
    under_way = consultation.issue is not None or bool(consultation.roads.shown)
    if understood.pressed is not None or not under_way or (greets and not goes_on):
        return moves

    def ends(move: Move) -> bool:
        if isinstance(move, Greets):
            return not greets
        if isinstance(move, WillGo):
            return understood.asks_within
        if not goes_on or not consultation.roads.shown:
            return False
        goes_on_to_ask = (MORE,) if understood.asks_within else ()
        done = isinstance(move, Pick) and any(move.option.is_(q, DONE, *goes_on_to_ask) for q in BELOW_A_ROAD)
        return done or (isinstance(move, Thanks) and understood.asks_within)

    kept = tuple(move for move in moves if not ends(move))
    says_no_more = all(isinstance(move, (Tells, OffTopic)) for move in kept) and not understood.asks_within
    if says_no_more and pattern("thanks_us").match(understood.original):
        return (Thanks(),)  # ありがとう、パンを焼いて待ってます
    if len(kept) == len(moves) or kept:
        return kept
    return (Asks(About.OTHER),) if understood.asks_within else (Tells(),)


def _without_what_is_beside_the_point(reading: Reading, moves: Moves) -> Moves:
    """The moves without worries beside, where a message only puts us right or answers for the sheet.

    インボイス? 違います brings up no インボイス, and who is afraid of a link has no worry about IT.
    """
    puts_right = any(isinstance(move, (NotProblem, Complains)) for move in moves)
    puts_right = puts_right or bool(DISAGREEMENT.search(reading.understood.text))
    if reading.consultation.question is not Question.SHEET and not (puts_right and reading.consultation.answered):
        return moves
    return tuple(move for move in moves if not isinstance(move, Problem) or move.standing is not Standing.BESIDE)


def _without_what_nobody_asks(reading: Reading, moves: Moves) -> Moves:
    """The moves without what somebody who is worn out, mourns or was turned away does not ask, or only seems to tell.

    What is asked for certain is asked; nobody explains once more the office that turned somebody away.
    """
    if not reading.felt:
        return moves
    sent_away = any(isinstance(move, TurnedAway) for move in reading.felt) and not reading.understood.asks_within
    how = {move.how for move in every(reading.felt, Feels)}
    least = 1.0 if sent_away else reading.thresholds.certain if how & _HEAVY else 0.0
    sure = (move for move in moves if not isinstance(move, Asks) or move.confidence >= least)
    if Feeling.BEREAVED not in how and not reading.consultation.answered:
        return tuple(sure)
    # whose husband died is not asked how far they are with founding; who fears to close, not about succession
    return tuple(m for m in sure if not isinstance(m, Problem) or m.confidence >= reading.thresholds.change)


def _without_a_question_that_nobody_put(reading: Reading, moves: Moves) -> Moves:
    """The moves without a question that the words alone sound like, where none was put and none was read in its place.

    商工会議所はもう何べんも行った is no question about the chamber.
    """
    understood = reading.understood
    put = understood.asks_within or understood.wonders or understood.wonders_how or understood.pressed is not None
    read = any(one.move == "asks" for one in understood.moves)
    read_otherwise = any(one.move in ("fact", "complains", "feels", "problem") for one in understood.moves)
    if put or read or not read_otherwise:
        return moves
    kept = tuple(move for move in moves if not isinstance(move, Asks) or move.surely)
    return kept or (Tells(),) if len(kept) < len(moves) else moves


def _not_going_there(reading: Reading, moves: Moves) -> Moves:
    """The moves without a farewell that was not read in its place, where the message puts something right or asks.

    真似した相手に、自分で電話していいかを聞いたんです is no promise to call the institution.
    """
    understood = reading.understood
    read = any(one.move in ("will_go", "thanks", "stops") for one in understood.moves)
    long = len(bare(understood.text)) > _LONGEST_FAREWELL
    goes_on = bool(DISAGREEMENT.search(understood.text)) or long or understood.asks_within
    if read or not goes_on or not any(isinstance(move, WillGo) for move in moves):
        return moves
    kept = tuple(move for move in moves if not isinstance(move, WillGo))
    return kept or (Asks(About.OTHER, confidence=reading.thresholds.in_place),)


def _without_half_a_question(reading: Reading, moves: Moves) -> Moves:
    """The moves of somebody whose feelings are met, without a question that is only half sure; less so in anger.

    ふざけた話でしょう asks nothing.
    """
    angry = any(feeling.how is Feeling.ANGRY for feeling in every(reading.felt, Feels))
    least = reading.thresholds.certain if angry else reading.thresholds.in_place if reading.felt else 0.0
    return tuple(move for move in moves if not isinstance(move, Asks) or move.confidence >= least)


def _asking_which_first(reading: Reading, moves: Moves) -> Moves:
    """The moves with the question which comes first, in place of what the names in it were taken for."""
    consultation, understood = reading.consultation, reading.understood
    under_way = consultation.issue is not None or bool(consultation.roads.shown)
    if consultation.talk.paused or consultation.talk.comforted or not under_way:
        return moves
    if not pattern("asks_which_first").search(understood.text) or any(isinstance(m, Distress) for m in moves):
        return moves
    named = len(understood.institutions) > 1 or len(consultation.talk.talked_about) > 1 or consultation.answered
    if not named and not pattern("of_several").search(understood.text):
        return moves
    others = (move for move in moves if not isinstance(move, (Asks, Tells, OffTopic, WillGo, Complains)))
    of_the_rest = (
        m
        for m in every(moves, Asks)
        if (m.answers or m.about is About.DOCUMENTS) and m.about not in (*_OF_WHOM, About.OTHER)
    )
    return (*others, Asks(About.ORDER), *of_the_rest)


def _asking_whether_to_go_there(reading: Reading, moves: Moves) -> Moves:
    """The moves with whether to go there, in place of what the name of the institution was taken for."""
    understood, consultation = reading.understood, reading.consultation
    if consultation.talk.paused or consultation.talk.comforted or len(understood.institutions) != 1:
        return moves
    asks_it = any(pattern("asks_whether_to_go").search(sentence) for sentence in understood.sentences_that_ask)
    if not asks_it or any(isinstance(m, Distress) for m in moves):
        return moves
    others = (move for move in moves if not isinstance(move, (Asks, Tells, OffTopic, WillGo)))
    of_the_rest = (m for m in _asked_besides(reading, moves) if m.about not in _OF_WHOM)
    return (*others, Asks(About.THERE), *of_the_rest)


def _asking_of_the_same_place(reading: Reading, moves: Moves) -> Moves:
    """The moves with whether all of it can be told in one place, instead of what such a question was taken for."""
    consultation, understood = reading.consultation, reading.understood
    under_way = consultation.issue is not None or bool(consultation.roads.shown or consultation.roads.brought)
    if consultation.talk.paused or consultation.talk.comforted or not under_way:
        return moves
    if not pattern("asks_of_the_same_place").search(understood.text) or any(isinstance(m, Distress) for m in moves):
        return moves
    others = (move for move in moves if not isinstance(move, (Asks, Tells, OffTopic, WillGo)))
    besides = (m for m in _asked_besides(reading, moves) if m.answers or m.about not in _WHETHER_TO_COME)
    return (*others, Asks(About.SAME_PLACE), *besides)


def _asking_if_it_may_be_both(reading: Reading, moves: Moves) -> Moves:
    """Both of the two worries that were offered, where it is asked whether it has to be one of them."""
    consultation = reading.consultation
    of_two = consultation.question is Question.WHICH_ISSUE and len(consultation.talk.candidates) == 2
    if not of_two or not pattern("asks_if_it_may_be_both").search(reading.understood.text):
        return moves
    others = (move for move in moves if not isinstance(move, (Asks, Tells, OffTopic, Problem, NotProblem, Pick)))
    return (*others, Pick(Option(Question.WHICH_ISSUE, BOTH)))


def _asking_whom(reading: Reading, moves: Moves) -> Moves:
    """Once something was told, the moves with whom to see, where nobody is named, as a question for the first step.

    While we ask, who wants to know in a few words what to do now wants that as well.
    """
    understood, consultation = reading.understood, reading.consultation
    said_whom = consultation.answered or (consultation.issue is None and bool(consultation.roads.brought))
    short = len(bare(understood.text)) <= _LONGEST_FAREWELL
    on_the_way = consultation.question in ON_THE_WAY and short  # a longer one tells something first
    of_one = bool(pattern("asks_whom_first").search(understood.text))  # whatever else was named before
    if not (said_whom or on_the_way) or consultation.talk.paused or (understood.institutions and not of_one):
        return moves
    told = any(isinstance(m, (Distress, WantsPerson, NotProblem, Brings)) for m in moves)
    told = told or (said_whom and any(problem.issue != consultation.issue for problem in every(moves, Problem)))
    what_now = bool(pattern("asks_what_now").fullmatch(bare(understood.text)))
    told = told or bool(pattern("asks_of_hours").search(understood.text))
    if told or not (what_now or of_one or pattern("asks_whom").search(understood.text)):
        return moves
    in_the_way = (Asks, Tells, OffTopic, Problem) if said_whom else (Asks, Tells, OffTopic)
    sheet = tuple(asked for asked in every(moves, Asks) if asked.about is About.SHEET)
    return (*(move for move in moves if not isinstance(move, in_the_way)), Asks(About.FIRST_STEP), *sheet)


def _denying_nothing_that_is_named(reading: Reading, moves: Moves) -> Moves:
    """Below a road, the moves of a longer message without a denial that names nothing: it puts a detail right.

    やめるときの話です。工事なんてしません is no reason to ask what the matter is as if nothing had been told.
    """
    consultation, understood = reading.consultation, reading.understood
    bare_denial = any(isinstance(m, NotProblem) and m.issue in (None, consultation.issue) for m in moves)
    told = any(isinstance(m, Problem) and m.standing is Standing.LEADS for m in moves)
    long = len(bare(understood.text)) > _LONGEST_FAREWELL
    if not consultation.answered or not bare_denial or told or understood.prefectures or not long:
        return moves
    if _denies_by_name(reading, moves):
        return moves
    kept = tuple(move for move in moves if not isinstance(move, NotProblem))
    if any(isinstance(move, Asks) for move in kept):
        return kept
    # what was understood is not said back to who has just put it right
    return (*kept, Asks(About.OTHER)) if understood.asks_within else (*kept, Tells())


def _denies_by_name(reading: Reading, moves: Moves) -> bool:
    """Whether what is in hand is denied, and nothing is asked beside."""
    in_hand = any(m.issue == reading.consultation.issue for m in every(moves, NotProblem))
    return in_hand and not reading.understood.asks_within


def _only_leaving_out(reading: Reading, moves: Moves) -> Moves:
    """Below a road, the moves without another matter that a message names only to say where not to go: 銀行以外で."""
    consultation, understood = reading.consultation, reading.understood
    if not consultation.answered or not understood.turned_down:
        return moves
    of_whom = () if understood.asks_within else (Asks,)  # 商工会議所なんか行っても何もしてくれんかった
    told = tuple(m for m in moves if not isinstance(m, Problem) or m.issue == consultation.issue)
    kept = tuple(move for move in told if not isinstance(move, of_whom))
    return kept if len(kept) == len(moves) or kept else (Tells(),)


def _not_changing_the_matter(reading: Reading, moves: Moves) -> Moves:
    """The moves without another matter that its words alone sound like, while one is in hand.

    従業員がお金を持っていない, of who looks for a successor, is of that. Another matter was read in this place as well,
    or is said to be another; as clear as a change has to be, it is one unless it was read for half sure only.
    """
    consultation, understood, thresholds = reading.consultation, reading.understood, reading.thresholds
    of_a_matter = consultation.issue is None and bool(consultation.roads.brought)  # a fire: 従業員が二人います
    in_hand = consultation.issue not in (None, UNCLEAR) and consultation.question not in _SEARCHING
    in_hand = in_hand or of_a_matter
    if not in_hand or understood.pressed is not None or pattern("brings_another").search(understood.text):
        return moves
    if any(isinstance(move, (NotProblem, Pick)) for move in moves) or DISAGREEMENT.search(understood.text):
        return moves
    read = {r.issue: r.confidence for r in understood.moves if r.move == "problem"}
    only_counts = not read and understood.employee_count is not None  # 従業員が二人います
    says_no = max((r.confidence for r in understood.moves if r.move in ("not_problem", "no")), default=0.0)
    says_no += understood.confidence("correct") + understood.confidence("deny")  # いや、お金の話です

    def put(move: Move) -> Optional[Move]:
        if isinstance(move, Brings):
            clearly = move.confidence >= thresholds.brought_surely
            return move if clearly or of_a_matter or understood.top[0] == consultation.issue else None
        if not isinstance(move, Problem) or move.standing is not Standing.LEADS:
            return move
        clear = understood.confidence(move.issue) + says_no >= thresholds.change and not only_counts
        as_read = read.get(move.issue, 1.0 if clear else 0.0) >= thresholds.in_place_beside
        if as_read or move.issue in (consultation.issue, *consultation.others):
            return move
        worth_offering = understood.confidence(move.issue) >= thresholds.offer and not only_counts
        return replace(move, standing=Standing.BESIDE) if worth_offering else None

    kept = tuple(found for found in map(put, moves) if found is not None)
    if kept == moves:
        return moves
    says_more = any(move in moves and not isinstance(move, Fact) for move in kept)
    return kept if says_more else (Tells(), *kept)


def _asking_what_to_say(reading: Reading, moves: Moves) -> Moves:
    """The moves, with the words to say there asked for, in place of what such a question was taken for.

    Who begins with it asks what to tell us, and has told no matter yet.
    """
    roads = reading.consultation.roads
    under_way = reading.consultation.issue is not None or bool(roads.shown or roads.brought)
    if reading.consultation.talk.paused or reading.consultation.talk.comforted:
        return moves
    if not under_way or not pattern("asks_what_to_say").search(reading.understood.text):
        return moves
    if any(isinstance(move, (Distress, Complains)) for move in moves):
        return moves
    others = (move for move in moves if not isinstance(move, (Asks, Problem, Tells, OffTopic)))
    return (*others, *_asked_besides(reading, moves), Asks(About.WORDS))


def _asked_besides(reading: Reading, moves: Moves) -> Tuple[Asks, ...]:
    """The questions that were read in their place and are of something of its own: the number, the cost, the sheet."""
    least = reading.thresholds.in_place
    of_it_too = (About.OTHER, About.WORDS, *_ASKED_WITH_WHOM)
    return tuple(m for m in every(moves, Asks) if m.about not in of_it_too and (m.confidence >= least))


def owning_up_to_a_question(reading: Reading, moves: Moves) -> Moves:
    """The moves with a question that was put politely, whatever it was taken for, in place of a mere remark.

    払わないとだめですか, told below a road, is answered, or it is said that we do not know.
    """
    understood = reading.understood
    if every(moves, Asks) or not any(isinstance(move, Tells) for move in moves) or understood.pressed is not None:
        return moves
    put = any(pattern("asks_politely").search(sentence.strip()) for sentence in understood.questions_put)
    if not put or reading.consultation.talk.paused or reading.consultation.talk.comforted:
        return moves
    return (*(move for move in moves if not isinstance(move, Tells)), Asks(About.OTHER))


_LINES: Tuple[Callable[[Reading, Moves], Moves], ...] = (
    _put_to_us,                         # what an owner asks themselves while we ask
    _without_a_question_that_nobody_put,  # 商工会議所はもう何べんも行った
    _not_going_there,                   # 自分で電話していいかを聞いたんです
    _without_what_it_is_not_about,      # what was named to say that it is not that
    _complaining_of_us,                 # 人の話を聞いてるのか
    _denying_nothing_that_is_named,     # 工事なんてしません
    _only_leaving_out,                  # 銀行以外で聞いてくれるところ
    _not_changing_the_matter,           # 従業員がお金を持っていない, while a successor is sought
    _told_what_they_have,               # お金は100万くらいしかない
    _asking_what_to_say,                # 電話では何と言えば
    _asking_which_first,                # どっちに先に電話すれば
    _asking_whether_to_go_there,        # 商工会議所に行けばいいんですか
    _asking_of_the_same_place,          # これも同じところに相談していいですか
    _asking_if_it_may_be_both,          # どっちか選ばないといけませんか
    _asking_whom,                       # だれに相談したらいいですか
    _without_what_is_beside_the_point,  # a worry beside a correction
    _not_done_yet,                      # an end that is none
    _without_what_nobody_asks,          # of whom is worn out, mourns or was turned away
    _without_half_a_question,           # ふざけた話でしょう
)  # fmt: skip
_LINES_IN_PLACE: Tuple[Callable[[Reading, Moves], Moves], ...] = (
    _without_what_it_is_not_about,
    _not_heard_before,                  # 返事になっとらんとですけど
    _told_what_they_have,
    _asking_what_to_say,
    _asking_which_first,
    _asking_whether_to_go_there,
    _asking_of_the_same_place,
    _asking_if_it_may_be_both,
    _asking_whom,
    _without_half_a_question,           # もう寝られません。どうすればいいのか
)  # fmt: skip
