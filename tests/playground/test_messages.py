"""Posting and editing: what Discord accepts, who is notified, and what it refuses."""

from typing import Any

import pytest

from bot.playground.clock import AdjustableClock
from bot.playground.permissions import Permission
from bot.playground.places import MEBIBYTE, Channel, User
from bot.playground.server import Playground
from tests.playground.conftest import Call

V2 = 1 << 15


def video(url: str) -> dict[str, Any]:
    return {"type": 12, "items": [{"media": {"url": url}}]}


async def test_a_clip_is_shown_by_the_gallery_that_names_it(
    playground: Playground, rest: Call, gallery: Channel
) -> None:
    body = {
        "flags": V2,
        "components": [
            {
                "type": 17,
                "components": [{"type": 10, "content": "Rain"}, video("attachment://a.mp4")],
            }
        ],
        "attachments": [{"id": 0, "filename": "a.mp4", "description": "A clip"}],
    }

    status, sent = await rest(
        "POST", f"/channels/{gallery.id}/messages", body, [("a.mp4", b"clip")]
    )

    assert status == 200
    media = sent["components"][0]["components"][1]["items"][0]["media"]
    assert media["url"].startswith(playground.page_url + "attachments/")
    assert sent["attachments"][0]["description"] == "A clip"
    assert playground.messages(gallery.id)[0].text == "Rain"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"content": "x" * 2001}, "content"),
        ({"flags": V2, "content": "Hi", "components": [{"type": 10, "content": "x"}]}, "content"),
        ({"flags": V2, "components": [{"type": 10, "content": "x" * 4001}]}, "components"),
        ({"flags": V2, "components": [{"type": 10, "content": "x"}] * 41}, "components"),
        ({"flags": V2, "components": [video("attachment://missing.mp4")]}, "components"),
        ({"flags": V2, "components": [{"type": 12, "items": []}]}, "components"),
        ({"content": "x", "components": [{"type": 10, "content": "x"}]}, "components"),
        (
            {
                "content": "x",
                "components": [
                    {
                        "type": 1,
                        "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "x"}] * 2,
                    }
                ],
            },
            "components",
        ),
        ({"content": "x", "nonce": "n" * 26}, "nonce"),
        ({"content": "x", "embeds": [{"description": "x" * 4000}] * 2}, "embeds"),
        (
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
            "allowed_mentions",
        ),
    ],
)
async def test_a_body_discord_would_refuse_is_refused_at_the_same_place(
    playground: Playground, rest: Call, gallery: Channel, body: object, path: str
) -> None:
    status, answer = await rest("POST", f"/channels/{gallery.id}/messages", body)

    assert (status, answer["code"]) == (400, 50035)
    assert path in answer["errors"]
    assert playground.messages(gallery.id) == []


async def test_nested_mistakes_are_named_by_their_place(rest: Call, gallery: Channel) -> None:
    row = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": ""}]}

    _, answer = await rest("POST", f"/channels/{gallery.id}/messages", {"components": [row]})

    mistakes = answer["errors"]["components"]["0"]["components"]["0"]["custom_id"]["_errors"]
    assert mistakes[0]["code"] == "BASE_TYPE_BAD_LENGTH"


async def test_nothing_cannot_be_said(rest: Call, gallery: Channel) -> None:
    status, answer = await rest("POST", f"/channels/{gallery.id}/messages", {"content": ""})

    assert (status, answer["code"]) == (400, 50006)


async def test_a_v2_message_can_never_be_plain_again(
    playground: Playground, rest: Call, gallery: Channel
) -> None:
    path = f"/channels/{gallery.id}/messages"
    plain = (await rest("POST", path, {"content": "Working"}))[1]["id"]
    shown = [{"type": 10, "content": "Done"}]

    mixed = await rest("PATCH", f"{path}/{plain}", {"flags": V2, "components": shown})
    turned = await rest(
        "PATCH", f"{path}/{plain}", {"content": None, "flags": V2, "components": shown}
    )
    back = await rest(
        "PATCH", f"{path}/{plain}", {"flags": 0, "components": [], "content": "Plain"}
    )

    assert [status for status, _ in (mixed, turned, back)] == [400, 200, 400]
    assert playground.messages(gallery.id)[0].text == "Done"


async def test_an_edit_keeps_only_the_attachments_it_lists(
    playground: Playground, rest: Call, gallery: Channel
) -> None:
    path = f"/channels/{gallery.id}/messages"
    _, sent = await rest("POST", path, {}, [("a.txt", b"a"), ("b.txt", b"b")])
    kept = sent["attachments"][1]["id"]

    await rest(
        "PATCH",
        f"{path}/{sent['id']}",
        {"attachments": [{"id": kept}, {"id": 0, "filename": "c.txt"}]},
        [("c.txt", b"c")],
    )

    names = [item.filename for item in playground.messages(gallery.id)[0].attachments]
    assert names == ["b.txt", "c.txt"]


async def test_one_nonce_makes_one_message_for_a_few_minutes(
    playground: Playground, rest: Call, gallery: Channel, clock: AdjustableClock
) -> None:
    path = f"/channels/{gallery.id}/messages"
    body = {"content": "Clip", "nonce": "job-1-deliver", "enforce_nonce": True}

    first, again = await rest("POST", path, body), await rest("POST", path, body)
    clock.advance(6 * 60)
    later = await rest("POST", path, body)

    assert first[1]["id"] == again[1]["id"] != later[1]["id"]
    assert len(playground.messages(gallery.id)) == 2


async def test_a_prompt_pings_nobody_where_mentions_are_not_allowed(
    playground: Playground, rest: Call, gallery: Channel, member: User, moderator: User
) -> None:
    playground.world.allow(gallery, playground.world.bot.id, Permission.MENTION_EVERYONE)
    text = f"@everyone <@{moderator.id}> for <@{member.id}>"
    path = f"/channels/{gallery.id}/messages"

    await rest("POST", path, {"content": text, "allowed_mentions": {"parse": []}})
    await rest("POST", path, {"content": text, "allowed_mentions": {"users": [str(member.id)]}})
    await rest("POST", path, {"content": text})

    none, one, everyone = playground.messages(gallery.id)
    assert none.pinged == []
    assert one.pinged == [member.id]
    assert {member.id, moderator.id} < set(everyone.pinged)


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        (Permission.VIEW_CHANNEL, 50001),
        (Permission.SEND_MESSAGES, 50013),
        (Permission.ATTACH_FILES, 50013),
    ],
)
async def test_a_missing_permission_refuses_the_post(
    playground: Playground, rest: Call, gallery: Channel, missing: Permission, code: int
) -> None:
    playground.world.deny(gallery, playground.world.bot.id, missing)

    status, answer = await rest("POST", f"/channels/{gallery.id}/messages", {}, [("a", b"a")])

    assert (status, answer["code"]) == (403, code)


async def test_a_file_over_ten_mebibytes_is_too_large_until_the_guild_is_boosted(
    playground: Playground, rest: Call, gallery: Channel
) -> None:
    path = f"/channels/{gallery.id}/messages"
    file = ("a.bin", bytes(10 * MEBIBYTE + 1))

    status, answer = await rest("POST", path, {}, [file])
    playground.world.boost(playground.world.guild, 2)
    boosted, _ = await rest("POST", path, {}, [file])

    assert (status, answer["code"], boosted) == (413, 40005, 200)


@pytest.mark.parametrize(("tier", "limit"), [(0, 10), (1, 10), (2, 50), (3, 100)])
async def test_the_boost_tier_decides_the_limit(
    playground: Playground, tier: int, limit: int
) -> None:
    playground.world.boost(playground.world.guild, tier)

    assert playground.world.guild.upload_limit_bytes == limit * MEBIBYTE


async def test_the_promised_limit_may_be_a_lie(
    playground: Playground, rest: Call, gallery: Channel
) -> None:
    playground.world.guild.enforced_upload_bytes = MEBIBYTE

    status, _ = await rest(
        "POST", f"/channels/{gallery.id}/messages", {}, [("a.bin", bytes(2 * MEBIBYTE))]
    )

    assert playground.world.guild.upload_limit_bytes == 10 * MEBIBYTE
    assert status == 413


async def test_only_own_messages_are_edited_and_deleting_others_needs_leave(
    playground: Playground, rest: Call, gallery: Channel, member: User
) -> None:
    message = await playground.say(member.id, gallery.id, "Hello")
    path = f"/channels/{gallery.id}/messages/{message.id}"

    _, edited = await rest("PATCH", path, {"content": "Changed"})
    _, refused = await rest("DELETE", path)
    playground.world.allow(gallery, playground.world.bot.id, Permission.MANAGE_MESSAGES)
    deleted, _ = await rest("DELETE", path)
    _, gone = await rest("GET", path)

    assert (edited["code"], refused["code"], deleted, gone["code"]) == (50005, 50013, 204, 10008)


async def test_messages_are_listed_newest_first_between_two_ids(
    rest: Call, gallery: Channel, playground: Playground
) -> None:
    path = f"/channels/{gallery.id}/messages"
    ids = [(await rest("POST", path, {"content": str(number)}))[1]["id"] for number in range(4)]

    _, newest = await rest("GET", f"{path}?limit=2")
    _, between = await rest("GET", f"{path}?after={ids[0]}&before={ids[3]}")
    playground.world.deny(gallery, playground.world.bot.id, Permission.READ_MESSAGE_HISTORY)
    _, hidden = await rest("GET", path)

    assert [item["content"] for item in newest] == ["3", "2"]
    assert [item["content"] for item in between] == ["2", "1"]
    assert hidden == []
