"""Every kind of event gets what belongs to it: words go through a turn, the rest is met kindly or left alone."""

from __future__ import annotations

import uuid
from typing import Any, Dict, List, Optional

import pytest

from bot.channels.line.answers import area_in
from bot.channels.line.events import EventError, read_event
from bot.channels.line.texts import line_texts
from bot.frame.turns import Said
from bot.messages import IN_DISTRESS, PERSON, Choice, Choices, Message
from bot.store import Chat, Reason, StoredHandoffs
from tests.channels.line.conftest import LineDesk, SaidTurns
from tests.fakes.line import BOT, Json, group, text, user, words_of

HANAKO = user("hanako")
TEXTS = line_texts()
GREETING = (Message("こんにちは。"), Message("どんなことでお困りですか。", Choices((Choice("yes", "はい"),))))


def content(kind: str, **more: Any) -> Json:
    return {"type": kind, "id": str(uuid.uuid4().int)[:18], "quoteToken": "q", **more}


def sticker(**more: Any) -> Json:
    return content("sticker", packageId="1", stickerId="2", stickerResourceType="STATIC", **more)


def place(**more: Any) -> Json:
    return {"type": "location", "id": "1", "latitude": 37.7, "longitude": 140.4, **more}


def mention(index: int, length: int, **more: Any) -> Json:
    return {"mentionees": [{"index": index, "length": length, "type": "user", **more}]}


async def test_words_are_taken_as_the_owner_wrote_them(desk: LineDesk, turns: SaidTurns) -> None:
    sent = await desk.say("　２　番です")
    assert turns.texts == ["　２　番です".strip()]
    assert sent.by == "reply"


async def test_lines_own_pictures_in_a_text_are_left_out(desk: LineDesk, turns: SaidTurns) -> None:
    emojis = [{"index": 2, "length": 7, "productId": "p", "emojiId": "1"}]
    await desk.send("message", HANAKO, message=text("😀(smile)人手が足りない", emojis=emojis))
    assert turns.texts == ["😀人手が足りない"]


async def test_a_text_of_pictures_alone_is_greeted(desk: LineDesk, turns: SaidTurns) -> None:
    emojis = [{"index": 0, "length": 7, "productId": "p", "emojiId": "1"}]
    sent = await desk.send("message", HANAKO, message=text("(smile)", emojis=emojis))
    assert turns.texts == []
    assert "こんにちは" in words_of(sent.messages)


async def test_a_message_keeps_lines_id_so_that_it_can_be_hidden_later(desk: LineDesk, turns: SaidTurns) -> None:
    message = text("商標を取りたい")
    await desk.send("message", HANAKO, message=message)
    assert turns.heard[0][1].id == message["id"]


@pytest.mark.parametrize(
    ("keywords", "said"),
    [(["Thanks", "smile"], "ありがとう"), (["hello"], "こんにちは"), (["Yes", "happy"], "はい"), (["no"], "いいえ")],
)
async def test_a_sticker_says_what_its_keywords_mean(
    desk: LineDesk, turns: SaidTurns, keywords: List[str], said: str
) -> None:
    await desk.send("message", HANAKO, message=sticker(keywords=keywords))
    assert turns.texts == [said]


async def test_words_written_on_a_sticker_count_more_than_its_keywords(desk: LineDesk, turns: SaidTurns) -> None:
    await desk.send("message", HANAKO, message=sticker(keywords=["hello"], text="人手が足りない"))
    assert turns.texts == ["人手が足りない"]


@pytest.mark.parametrize(
    ("keywords", "answer"),
    [
        (["cat", "dance"], TEXTS.stickers.otherwise),
        ([], TEXTS.stickers.otherwise),
        (["yes", "no"], TEXTS.stickers.otherwise),
        (["Crying", "bear"], TEXTS.stickers.to_sadness),
    ],
    ids=["says nothing", "no keywords", "says two things", "is sad"],
)
async def test_a_sticker_that_says_nothing_gets_a_kind_word(
    desk: LineDesk, turns: SaidTurns, keywords: List[str], answer: str
) -> None:
    sent = await desk.send("message", HANAKO, message=sticker(keywords=keywords))
    assert words_of(sent.messages) == answer
    assert turns.texts == []


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        (content("image", contentProvider={"type": "line"}), TEXTS.sent_instead["image"]),
        (content("video", contentProvider={"type": "line"}, duration=1000), TEXTS.sent_instead["video"]),
        ({"type": "audio", "id": "1", "contentProvider": {"type": "line"}}, TEXTS.sent_instead["audio"]),
        ({"type": "file", "id": "1", "fileName": "決算書.pdf", "fileSize": 3}, TEXTS.sent_instead["file"]),
    ],
    ids=["image", "video", "audio", "file"],
)
async def test_what_cannot_be_read_is_asked_for_in_words(desk: LineDesk, message: Json, answer: str) -> None:
    assert words_of((await desk.send("message", HANAKO, message=message)).messages) == answer
    assert "文字でお願いします" in answer


async def test_a_kind_of_message_that_line_may_bring_is_asked_for_in_words(desk: LineDesk) -> None:
    desk.line.checked = False
    sent = await desk.send("message", HANAKO, message={"type": "hologram", "id": "1"})
    assert words_of(sent.messages) == TEXTS.sent_instead["other"]


async def test_pictures_sent_together_are_answered_once(desk: LineDesk) -> None:
    images = [
        content("image", contentProvider={"type": "line"}, imageSet={"id": "set", "index": number, "total": 3})
        for number in (1, 2, 3)
    ]
    events = [desk.line.event("message", HANAKO, message=image) for image in images]
    await desk.line.deliver_until_taken(*events[:2])
    await desk.line.deliver_until_taken(events[2])
    await desk.settled()
    assert len(desk.line.to(HANAKO["userId"])) == 1


async def test_a_place_is_taken_as_its_prefecture_and_city(desk: LineDesk, turns: SaidTurns) -> None:
    address = "日本、〒960-8031 福島県福島市栄町1-1"
    await desk.send("message", HANAKO, message=place(address=address))
    assert turns.texts == ["福島県福島市"]


async def test_a_place_without_an_address_is_asked_for_in_words(desk: LineDesk) -> None:
    sent = await desk.send("message", HANAKO, message=place())
    assert words_of(sent.messages) == TEXTS.location_without_address


@pytest.mark.parametrize(
    ("address", "area"),
    [
        ("日本、〒104-0061 東京都中央区銀座4丁目1-1", "東京都中央区"),
        ("〒060-0001 北海道札幌市中央区北1条西2", "北海道札幌市"),
        ("京都府京都市下京区", "京都府京都市"),
        ("和歌山県伊都郡高野町高野山132", "和歌山県伊都郡高野町"),
        ("大阪府", "大阪府"),
        ("1-1 Sakaemachi, Fukushima 960-8031, Japan", "Sakaemachi, Fukushima , Japan"),
        ("", ""),
    ],
)
def test_the_house_number_is_left_out_of_an_address(address: str, area: str) -> None:
    assert area_in(address) == area


async def test_a_press_on_something_unknown_is_greeted(desk: LineDesk, turns: SaidTurns) -> None:
    for data in ("", "{", '{"menu": "gone"}', '{"choice": 3, "label": "x"}', "[" * 3000):
        sent = await desk.send("postback", HANAKO, postback={"data": data})
        assert "こんにちは" in words_of(sent.messages)
    assert turns.texts == []


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        ("begin", "こんにちは。"),
        ("distress", "「つらいとき」"),
        ("human", "「人に相談する」"),
        ("usage", "使い方を教えて"),
    ],
)
async def test_a_field_of_the_menu_does_what_it_says(desk: LineDesk, item: str, answer: str) -> None:
    sent = await desk.send("postback", HANAKO, postback={"data": f'{{"menu":"{item}"}}'})
    assert answer in words_of(sent.messages)


@pytest.mark.parametrize(("item", "pressed"), [("distress", IN_DISTRESS), ("human", PERSON), ("usage", None)])
async def test_a_field_of_the_menu_is_passed_on_as_the_choice_that_it_presses(
    desk: LineDesk, turns: SaidTurns, item: str, pressed: Optional[str]
) -> None:
    await desk.send("postback", HANAKO, postback={"data": f'{{"menu":"{item}"}}'})
    assert [said.pressed for _, said, _ in turns.heard] == [pressed]


async def test_a_new_friend_is_greeted_and_told_what_not_to_write(desk: LineDesk, turns: SaidTurns) -> None:
    turns.greeting = GREETING
    sent = await desk.send("follow", HANAKO, follow={"isUnblocked": False})
    greeting, notice, question = sent.messages
    assert (greeting["text"], notice["altText"]) == ("こんにちは。", TEXTS.privacy.strip())
    assert question["text"] == "どんなことでお困りですか。\n1. はい"


async def test_below_the_notice_stands_a_button_that_has_the_records_deleted(desk: LineDesk, turns: SaidTurns) -> None:
    turns.greeting = GREETING
    notice = (await desk.send("follow", HANAKO, follow={"isUnblocked": False})).messages[1]
    button = notice["contents"]["body"]["contents"][-1]["action"]
    assert (button["type"], button["label"]) == ("postback", "記録を消したい")
    await desk.send("postback", HANAKO, postback={"data": button["data"]})
    assert turns.heard[-1][1].pressed == "talk.forget"


async def test_numbers_of_a_person_are_not_kept_in_the_inbox(desk: LineDesk, turns: SaidTurns) -> None:
    kept: List[str] = []

    async def look(said: Said) -> None:
        kept.append(str(_inbox_bodies(desk)))

    turns.before = look
    await desk.say("電話は090-0000-0001です(smile)")
    assert turns.texts == ["電話は〔電話番号〕です(smile)"]
    assert len(kept) == 1
    assert "0000-0001" not in kept[0]


async def test_a_desk_that_calls_back_hears_the_number_it_waits_for_and_erases_it_when_it_has_answered(
    desk: LineDesk, turns: SaidTurns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    monkeypatch.setenv("KAKARITSUKE_CALL_BACK", "on")
    await desk.say("電話は090-0000-0001です")
    handoffs = StoredHandoffs(desk.store)
    handoffs.open(turns.heard[0][0], Reason.ASKED)
    await desk.say("電話は090-0000-0002です")
    handoffs.wish_call_back(turns.heard[0][0], "電話は090-0000-0002です")
    await desk.say("電話は090-0000-0003です")
    await desk.settled()
    hidden = "電話は〔電話番号〕です"
    assert turns.texts == [hidden, "電話は090-0000-0002です", hidden]
    assert "0000-0002" not in str(_inbox_bodies(desk))


def _inbox_bodies(desk: LineDesk) -> List[str]:
    with desk.store.reading() as store:
        return [str(row.body) for row in store.execute("SELECT body FROM inbox")]


async def test_who_blocks_the_account_is_forgotten_and_sent_nothing(desk: LineDesk, turns: SaidTurns) -> None:
    await desk.say("商標を取りたい")
    conversation = turns.heard[0][0]
    await desk.nothing(desk.line.event("unfollow", HANAKO))
    assert desk.chats.of(conversation) is None


async def test_who_comes_back_after_blocking_begins_a_new_conversation(desk: LineDesk, turns: SaidTurns) -> None:
    await desk.say("商標を取りたい")
    await desk.nothing(desk.line.event("unfollow", HANAKO))
    await desk.send("follow", HANAKO, follow={"isUnblocked": True})
    await desk.say("人手が足りない")
    assert turns.heard[0][0] != turns.heard[1][0]


async def test_who_blocks_and_unblocks_at_once_can_still_be_reached(desk: LineDesk, turns: SaidTurns) -> None:
    await desk.say("商標を取りたい")
    follow = desk.line.event("follow", HANAKO, follow={"isUnblocked": True})
    await desk.line.deliver_until_taken(desk.line.event("unfollow", HANAKO), follow)
    await desk.settled()
    conversation = desk.chats.conversation(Chat(BOT, HANAKO["userId"]))
    assert desk.chats.of(conversation) == Chat(BOT, HANAKO["userId"])


async def test_a_group_is_told_how_to_ask(desk: LineDesk) -> None:
    for kind, more in (("join", {}), ("memberJoined", {"joined": {"members": [user("taro")]}})):
        event = desk.line.event(kind, {"type": "group", "groupId": group("shotengai", "x")["groupId"]}, **more)
        assert words_of((await desk.deliver(event)).messages) == TEXTS.group.strip()


async def test_being_taken_out_of_a_group_is_met_in_silence(desk: LineDesk) -> None:
    await desk.nothing(desk.line.event("leave", {"type": "group", "groupId": group("shotengai", "x")["groupId"]}))


async def test_in_a_group_the_bot_answers_only_where_it_is_mentioned(desk: LineDesk, turns: SaidTurns) -> None:
    group_chat = group("shotengai", "hanako")
    for message in (
        text("空き店舗が増えた"),
        text("@太郎 どう思う", mention=mention(0, 3, isSelf=False)),
        text("@All 集合", mention={"mentionees": [{"index": 0, "length": 4, "type": "all"}]}),
        sticker(keywords=["hello"]),
        content("image", contentProvider={"type": "line"}),
    ):
        await desk.nothing(desk.line.event("message", group_chat, message=message))
    assert turns.heard == []


async def test_what_a_group_says_among_itself_is_not_kept(desk: LineDesk) -> None:
    event = desk.line.event("message", group("shotengai", "hanako"), message=text("ここだけの話"))
    await desk.nothing(event)
    assert desk.inbox.left() == ()


async def test_a_mention_is_taken_out_of_what_was_said(desk: LineDesk, turns: SaidTurns) -> None:
    message = text("😀 @相談ボット 空き店舗が増えた", mention=mention(3, 6, isSelf=True))
    await desk.send("message", group("shotengai", "hanako"), message=message)
    assert [said.replace(" ", "") for said in turns.texts] == ["😀空き店舗が増えた"]


async def test_a_mention_without_words_is_greeted(desk: LineDesk) -> None:
    message = text("@相談", mention=mention(0, 3, isSelf=True))
    sent = await desk.send("message", group("shotengai", "hanako"), message=message)
    assert "こんにちは" in words_of(sent.messages)


async def test_a_room_is_a_group(desk: LineDesk, turns: SaidTurns) -> None:
    room = {"type": "room", "roomId": "R1", "userId": HANAKO["userId"]}
    await desk.nothing(desk.line.event("message", room, message=text("空き店舗が増えた")))
    assert turns.heard == []


async def test_a_message_taken_back_is_marked_for_staff(desk: LineDesk, turns: SaidTurns) -> None:
    message = text("口座は1234567です")
    await desk.send("message", HANAKO, message=message)
    await desk.nothing(desk.line.event("unsend", HANAKO, unsend={"messageId": message["id"]}))
    assert desk.unsent.of(turns.heard[0][0]) == {message["id"]}


async def test_a_message_taken_back_before_it_was_read_is_not_read(desk: LineDesk, turns: SaidTurns) -> None:
    message = text("口座は1234567です")
    await desk.nothing(desk.line.event("unsend", HANAKO, unsend={"messageId": message["id"]}))
    await desk.nothing(desk.line.event("message", HANAKO, message=message))
    assert turns.heard == []


async def test_in_standby_nothing_is_sent(desk: LineDesk, turns: SaidTurns) -> None:
    await desk.nothing(desk.line.event("message", HANAKO, mode="standby", message=text("商標を取りたい")))
    await desk.nothing(desk.line.event("postback", HANAKO, mode="standby", postback={"data": '{"menu":"begin"}'}))
    assert turns.heard == []


async def test_in_standby_who_leaves_is_still_forgotten(desk: LineDesk, turns: SaidTurns) -> None:
    await desk.say("商標を取りたい")
    await desk.nothing(desk.line.event("unfollow", HANAKO, mode="standby"))
    assert desk.chats.of(turns.heard[0][0]) is None


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("accountLink", {"link": {"result": "ok", "nonce": "n"}}),
        ("beacon", {"beacon": {"hwid": "d41d8cd98f", "type": "enter"}}),
        ("videoPlayComplete", {"videoPlayComplete": {"trackingId": "t"}}),
        ("memberLeft", {"left": {"members": [user("taro")]}}),
        ("membership", {"membership": {"type": "joined", "membershipId": 1}}),
        ("module", {"module": {"type": "attached", "botId": "U", "scopes": []}}),
        ("activated", {"chatControl": {"expireAt": 1}}),
        ("deactivated", {}),
        ("botSuspended", {}),
        ("botResumed", {}),
        ("delivery", {"delivery": {"data": "d"}}),
        ("messageEdited", {"message": {"type": "text", "id": "1", "text": "x", "quoteToken": "q"}}),
        ("somethingNew", {"something": [1]}),
    ],
)
async def test_other_events_are_acknowledged_and_left_alone(desk: LineDesk, kind: str, more: Dict[str, Any]) -> None:
    event = desk.line.event(kind, HANAKO, **more)
    if kind in ("memberLeft", "module", "activated", "deactivated", "botSuspended", "botResumed", "delivery"):
        event.pop("replyToken", None)
    await desk.nothing(event)


async def test_an_event_without_a_source_is_left_alone(desk: LineDesk, turns: SaidTurns) -> None:
    event = desk.line.event("message", None, message=text("商標を取りたい"))
    await desk.nothing(event)
    assert turns.heard == []


async def test_an_owner_who_did_not_agree_to_be_known_cannot_be_answered(desk: LineDesk, turns: SaidTurns) -> None:
    event = desk.line.event("message", HANAKO, message=text("商標を取りたい"))
    await desk.nothing({**event, "source": {"type": "user"}})
    assert turns.heard == []


async def test_the_owner_sees_at_once_that_the_bot_is_at_work(desk: LineDesk) -> None:
    await desk.say("商標を取りたい")
    assert desk.line.loading == [HANAKO["userId"]]


async def test_in_a_group_no_animation_is_shown(desk: LineDesk) -> None:
    message = text("@相談 空き店舗", mention=mention(0, 3, isSelf=True))
    await desk.send("message", group("shotengai", "hanako"), message=message)
    assert desk.line.loading == []


def test_what_is_wrong_in_an_event_is_told_by_its_place_alone() -> None:
    secret = "口座は1234567です"
    with pytest.raises(EventError) as error:
        read_event({"type": "message", "source": HANAKO, "message": {"type": "text", "id": 3, "text": secret}})
    assert secret not in str(error.value)


def test_every_channel_own_text_keeps_to_the_length_of_a_sentence_that_is_heard() -> None:
    texts = [TEXTS.privacy, TEXTS.apology, TEXTS.group, *TEXTS.sent_instead.values(), TEXTS.location_without_address]
    texts += [TEXTS.stickers.to_sadness, TEXTS.stickers.otherwise]
    sentences = [sentence for words in texts for sentence in words.replace("\n", "").split("。")]
    assert max(map(len, sentences)) <= 50
