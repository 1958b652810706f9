"""A question is given the answer that it asks for: of its topic, of whom it names, the narrowest; a matter is met."""

from __future__ import annotations

from typing import Any, Mapping, Tuple

from bot.consult.moves import About, Asks, Brings, Problem, WantsToBeForgotten, first
from bot.consult.reading import Understood
from bot.consult.reading.understood import Part, ReadMove
from bot.knowledge import Knowledge
from tests.consult.conftest import Decides, Hears, a_consultation

ON_THE_WAY = a_consultation(issue="資金繰り", sub_issue="lending", question="prefecture")


def asked(hears: Hears, there: Any, text: str, about: str, like: Mapping[str, float], *named: str) -> Tuple[str, ...]:
    question = ReadMove("asks", 0.95, about=about)
    heard = hears(there, Understood(text, text, moves=(question,), institutions=named, answers=like))
    move = first(heard.moves, Asks)
    assert move is not None
    return move.answers


def test_what_is_asked_of_an_institution_is_answered_of_that_one(hears: Hears) -> None:
    like = {"cost_jfc": 0.9, "cost_zeirishi": 0.4}
    assert asked(hears, ON_THE_WAY, "税理士さんに頼むと、いくらかかりますか", "cost", like, "zeirishi") == (
        "cost_zeirishi",
    )


def test_a_topic_heard_for_sure_is_not_answered_by_another(hears: Hears) -> None:
    like = {"nearest_saisei_kyogikai": 0.95, "secrecy_saisei_kyogikai": 0.5}
    answers = asked(hears, ON_THE_WAY, "協議会に話したら漏れますか", "secrecy", like, "saisei_kyogikai")
    assert answers == ("secrecy_saisei_kyogikai",)


def test_what_resembles_nothing_that_we_know_has_no_answer(hears: Hears) -> None:
    assert asked(hears, a_consultation(), "それはどうやるんですか", "procedure", {"procedure_rules": 0.2}) == ()


def test_two_institutions_to_tell_apart_have_one_answer(hears: Hears) -> None:
    like = {"difference_shokokai_cci": 0.9}
    text = "商工会と商工会議所は何が違うんですか"
    answers = asked(hears, a_consultation(), text, "difference", like, "shokokai", "cci")
    assert answers == ("difference_shokokai_cci",)


def test_an_answer_is_given_until_its_day_and_not_after(hears: Hears, knowledge: Knowledge) -> None:
    (dated, *_) = [a for a in knowledge.answers.values() if a.until is not None and a.scope.institution is None]
    before = hears(a_consultation(), _about(dated.topic, dated.id), at=0.0)
    after = hears(a_consultation(), _about(dated.topic, dated.id), at=4e9)
    assert [move.answers for move in (*before.moves, *after.moves) if isinstance(move, Asks)] == [(dated.id,), ()]


def _about(topic: str, answer: str) -> Understood:
    moves = (ReadMove("asks", 0.95, about=About(topic).value),)
    return Understood("それを教えてもらえますか", moves=moves, answers={answer: 0.95})


def test_a_matter_takes_the_place_of_the_issue_it_was_taken_for(hears: Hears) -> None:
    message = Understood("来週の税金が払えない", ranking=(("資金繰り", 0.9),), brought={"kokuzei": 0.9})
    heard = hears(a_consultation(), message)
    assert first(heard.moves, Brings) is not None
    assert first(heard.moves, Problem) is None


def test_a_matter_that_is_beside_a_clear_issue_leaves_it(hears: Hears) -> None:
    message = Understood("単価を下げられた。契約書もない", ranking=(("下請取引", 0.95),), brought={"keiyaku": 0.7})
    assert first(hears(a_consultation(), message).moves, Brings) is None


def test_a_matter_is_met_once_in_a_talk(hears: Hears) -> None:
    there = a_consultation().with_roads(brought=("kokuzei",))
    message = Understood("税金が払えない", ranking=(("資金繰り", 0.9),), brought={"kokuzei": 0.9})
    assert first(hears(there, message).moves, Brings) is None


def test_a_loan_that_is_named_is_asked_about_and_no_other_of_like_words(hears: Hears) -> None:
    like = {"eligibility_too_small": 0.9, "eligibility_lending_marukei": 0.6}
    answers = asked(hears, a_consultation(), "マル経は美容室でも使えますか", "eligibility", like)
    assert answers == ("eligibility_lending_marukei",)


def test_a_question_that_names_nothing_goes_on_about_the_loan_named_before(hears: Hears) -> None:
    there = a_consultation(subjects=("marukei",))
    like = {"procedure_startup_order": 0.7}
    assert asked(hears, there, "順番を教えて", "procedure", like) == ("procedure_marukei",)


def test_what_names_an_institution_leaves_the_loan_named_before(hears: Hears) -> None:
    there = a_consultation(subjects=("marukei",))
    like = {"procedure_yorozu": 0.7}
    assert asked(hears, there, "よろずはどう使うの", "procedure", like, "yorozu") == ("procedure_yorozu",)


def test_a_loan_that_is_named_is_talked_of_after_that(hears: Hears, decides: Decides) -> None:
    after = decides(a_consultation(), hears(a_consultation(), Understood("マル経を使いたい", "マル経を使いたい")))
    assert after.consultation.talk.subjects == ("marukei",)
    later = decides(after.consultation, hears(after.consultation, Understood("はい", "はい")))
    assert later.consultation.talk.subjects == ("marukei",)


def test_two_institutions_that_no_answer_tells_apart_are_each_explained(hears: Hears) -> None:
    like = {"difference_shokokai_cci": 0.9}
    answers = asked(
        hears, a_consultation(), "公庫と保証協会の違いは何ですか", "difference", like, "jfc", "shinyo_hosho"
    )
    assert answers == ("what_is_jfc", "what_is_shinyo_hosho")


def test_what_the_ways_of_asking_say_is_asked_outweighs_words_alike(hears: Hears) -> None:
    like = {"appointment_shindanshi": 0.75, "cost_shindanshi": 0.66}
    text = "診断士さんに頼むと高いですか"
    message = Understood(text, text, institutions=("shindanshi",), answers=like, topics={"cost": 0.9})
    move = first(hears(a_consultation(), message).moves, Asks)
    assert move is not None
    assert (move.about, move.answers) == (About.COST, ("cost_shindanshi",))


def test_each_sentence_that_asks_has_its_answer(hears: Hears) -> None:
    text = "よろずは無料ですか。予約はいりますか"
    parts = (
        Part(True, {"cost_yorozu": 0.9}, {"cost": 0.9}),
        Part(True, {"appointment_any": 0.6, "appointment_yorozu": 0.55}, {"appointment": 0.9}),
    )
    message = Understood(
        text,
        text,
        moves=(ReadMove("asks", 0.95, about="cost"),),
        institutions=("yorozu",),
        answers={"cost_yorozu": 0.9, "appointment_yorozu": 0.5},
        parts=parts,
    )
    given = [move.answers for move in hears(a_consultation(), message).moves if isinstance(move, Asks)]
    assert given == [("cost_yorozu",), ("appointment_yorozu",)]


def test_a_sentence_that_only_tells_has_no_answer(hears: Hears) -> None:
    text = "よろずは無料ですか。うちは旅館です"
    parts = (Part(True, {"cost_yorozu": 0.9}, {"cost": 0.9}), Part(False, {"what_is_yorozu": 0.9}, {"what_is": 0.9}))
    message = Understood(
        text,
        text,
        moves=(ReadMove("asks", 0.95, about="cost"),),
        institutions=("yorozu",),
        answers={"cost_yorozu": 0.9},
        parts=parts,
    )
    given = [move.answers for move in hears(a_consultation(), message).moves if isinstance(move, Asks)]
    assert given == [("cost_yorozu",)]


def test_what_is_not_known_of_a_law_that_is_named_is_asked_for(hears: Hears) -> None:
    text = "36協定の書き方がわからず困っています"
    message = Understood(text, text, ranking=(("人材確保", 0.7),), answers={"term_sanroku": 0.78})
    move = first(hears(a_consultation(), message).moves, Asks)
    assert move is not None
    assert move.answers == ("term_sanroku",)


def test_a_worry_that_names_nothing_we_know_of_stays_a_worry(hears: Hears) -> None:
    text = "売上が落ちてどうしたらいいかわからない"
    message = Understood(text, text, ranking=(("販路開拓", 0.9),), answers={"chance_trade_fairs": 0.78})
    assert first(hears(a_consultation(), message).moves, Asks) is None


def test_a_short_name_is_meant_beside_an_institution_that_is_named(hears: Hears) -> None:
    there = a_consultation(issue="資金繰り", sub_issue="turnaround", talked_about=("saisei_kyogikai",))
    like = {"secrecy_local_bank": 0.7, "secrecy_saisei_kyogikai": 0.8}
    answers = asked(hears, there, "協議会に話したら銀行に漏れますか", "secrecy", like, "local_bank")
    assert answers == ("secrecy_saisei_kyogikai",)


def test_part_of_the_name_of_another_is_no_short_name(hears: Hears) -> None:
    there = a_consultation(issue="人材確保", talked_about=("hatarakikata",))
    heard = hears(there, Understood("引継ぎセンターは無料？", "引継ぎセンターは無料？", institutions=("hikitsugi",)))
    assert heard.institutions == ("hikitsugi",)


def test_why_is_no_question_of_something_else_that_sounds_alike(hears: Hears) -> None:
    text = "顧問の税理士が先でしょうか"
    like = {"eligibility_zeirishi_no_contract": 0.81}
    message = Understood(text, text, ranking=(("ask_why", 0.7),), institutions=("zeirishi",), answers=like)
    move = first(hears(a_consultation(issue="事業承継", sub_issue="tax"), message).moves, Asks)
    assert move is not None
    assert (move.about, move.answers) == (About.WHY, ())


def test_a_worry_that_names_a_law_is_not_answered_for_its_name(hears: Hears) -> None:
    text = "インボイスでソフトを勧められて、費用が心配です"
    message = Understood(text, text, ranking=(("IT活用", 0.97),), answers={"documents_any_invoice": 0.6})
    assert first(hears(a_consultation(), message).moves, Asks) is None


def test_an_answer_that_was_just_given_is_not_given_again(hears: Hears) -> None:
    given = ON_THE_WAY.with_talk(given=("cost_jfc",))
    like = {"cost_jfc": 0.9, "cost_local_bank": 0.6}
    assert asked(hears, given, "公庫はいくらかかりますか", "cost", like, "jfc", "local_bank") == ("cost_local_bank",)


def test_an_answer_for_who_lost_somebody_is_for_nobody_else(hears: Hears) -> None:
    like = {"procedure_kyoka_deceased_food": 0.9}
    opening = a_consultation(issue="創業", question="prefecture")
    asking = "保健所の許可の書類はどう書くのですか"
    mourning = "父が亡くなりました。保健所の許可の書類はどう書くのですか"
    assert asked(hears, opening, asking, "procedure", like) == ()
    assert asked(hears, opening, mourning, "procedure", like) == ("procedure_kyoka_deceased_food",)


def test_what_an_institution_costs_is_not_what_something_else_costs(hears: Hears) -> None:
    like = {"cost_agency": 0.95, "cost_yorozu": 0.4}
    there = a_consultation(issue="人材確保", sub_issue="hiring", question="prefecture")
    assert asked(hears, there, "よろずってのは金かかるのが?", "cost", like, "yorozu") == ("cost_yorozu",)


def test_why_we_ask_is_no_question_that_sounds_alike(hears: Hears) -> None:
    like = {"consequence_scolded": 0.79}
    assert asked(hears, ON_THE_WAY, "なんで県まで言わなきゃいけないんですか。怖いんですけど", "why_asked", like) == ()


def test_who_only_speaks_of_a_bank_was_not_turned_away_by_it(hears: Hears) -> None:
    text = "銀行になんて切り出せばいいですか"
    heard = hears(ON_THE_WAY, Understood(text, text, ranking=(("資金繰り", 0.9),), brought={"ginkou": 0.95}))
    assert first(heard.moves, Brings) is None


def test_two_matters_that_are_half_sure_are_one_for_sure(hears: Hears) -> None:
    text = "裁判所から差押えの通知が届きました"
    both = {"saibansho": 0.6, "sashiosae": 0.51}
    heard = hears(a_consultation(), Understood(text, text, ranking=(("out_of_scope", 0.4),), brought=both))
    brings = first(heard.moves, Brings)
    assert brings is not None
    assert brings.matter == "saibansho"


def test_more_of_a_matter_is_not_the_issue_it_sounds_like(hears: Hears) -> None:
    there = a_consultation(question="anything_else").with_roads(brought=("mayoi",))
    text = "誰かに譲る話もまだしていません。やめるか続けるかです"
    heard = hears(there, Understood(text, text, ranking=(("事業承継", 0.95),), brought={"mayoi": 0.4}))
    assert first(heard.moves, Problem) is None


def test_an_answer_of_another_field_is_not_given_for_the_words_it_shares(hears: Hears) -> None:
    like = {"eligibility_sogyo_net_only": 0.7}
    of_residence = {"foreigners": 0.8}
    text = "いまの在留資格で、自分の店を出してもいいですか"
    question = ReadMove("asks", 0.95, about="eligibility")
    message = Understood(text, text, moves=(question,), answers=like, fields=of_residence)
    move = first(hears(a_consultation(), message).moves, Asks)
    assert move is not None
    assert move.answers == ()


def test_a_question_that_opens_the_talk_tells_no_worry(hears: Hears) -> None:
    text = "仕事中にけがをした人の休みは、有給になりますか"
    message = Understood(text, text, (("人材確保", 0.9),), fields={"labour": 0.7})
    assert not hears(a_consultation(), message).has(Problem)


def test_a_question_that_opens_the_talk_is_heard_beside_the_worry(hears: Hears) -> None:
    text = "人が辞めて困っています。仕事中にけがをした人の休みは、有給になりますか"
    message = Understood(text, text, (("人材確保", 0.9),), fields={"labour": 0.7})
    heard = hears(a_consultation(), message)
    assert (heard.has(Asks), heard.has(Problem), heard.field) == (True, True, "labour")


def test_who_only_asks_what_to_do_is_not_told_that_we_do_not_know(hears: Hears) -> None:
    text = "人が採れません。どうしたらいいですか"
    message = Understood(text, text, (("人材確保", 0.95),), fields={"recruit": 0.8})
    assert not hears(a_consultation(), message).has(Asks)


def test_who_wants_a_review_on_the_net_to_vanish_does_not_want_to_be_forgotten(hears: Hears) -> None:
    text = "うその口コミを消してもらうには、どうやりますか"
    moves = (ReadMove("wants_to_be_forgotten", 0.95),)
    heard = hears(a_consultation(), Understood(text, text, (("forget", 0.5),), moves=moves, fields={"net": 0.8}))
    assert (heard.has(WantsToBeForgotten), heard.has(Asks)) == (False, True)


def test_a_question_of_which_nothing_else_is_understood_is_owned_up_to(hears: Hears) -> None:
    there = a_consultation(issue="資金繰り", sub_issue="lending", question="prefecture")
    text = "その人に先方へ話を通してもらうのはお願いできますか"
    heard = hears(there, Understood(text, text, (("out_of_scope", 0.2),), fields={"desk": 0.3}))
    assert heard.has(Asks)


def test_a_short_question_in_a_talk_is_of_what_the_talk_is_about(hears: Hears) -> None:
    there = a_consultation(issue="資金繰り", sub_issue="lending", question="prefecture")
    text = "断ったらどうなりますか"
    question = ReadMove("asks", 0.95, about="consequence")
    asks = Understood(text, text, moves=(question,), answers={"consequence_local_bank_tell": 0.7}, fields={"ip": 0.6})
    move = first(hears(there, asks).moves, Asks)
    assert move is not None
    assert move.answers == ("consequence_local_bank_tell",)


def test_words_that_ask_nothing_are_not_given_to_be_said_at_an_institution(hears: Hears) -> None:
    text = "それと、正直言うと、消費税を納めていなくて"
    asks = Understood(text, text, moves=(ReadMove("asks", 0.95, about="other"),), fields={"tax": 0.9})
    assert hears(a_consultation(), asks).question == ""
