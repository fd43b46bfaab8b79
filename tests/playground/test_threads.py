"""Threads: one a message, archived and locked ones, and who may start them."""

from typing import Any

import pytest

from bot.playground.permissions import Permission
from bot.playground.places import Channel, User
from bot.playground.server import Playground
from tests.playground.conftest import Call


@pytest.fixture
async def thread(rest: Call, gallery: Channel) -> dict[str, Any]:
    _, message = await rest("POST", f"/channels/{gallery.id}/messages", {"content": "Reply"})
    path = f"/channels/{gallery.id}/messages/{message['id']}/threads"
    status, thread = await rest("POST", path, {"name": "Clip", "auto_archive_duration": 60})
    assert status == 201
    assert thread["id"] == message["id"]
    return dict(thread)


async def test_a_message_carries_one_thread(
    playground: Playground, rest: Call, gallery: Channel, thread: dict[str, Any]
) -> None:
    path = f"/channels/{gallery.id}/messages/{thread['id']}/threads"

    status, answer = await rest("POST", path, {"name": "Again"})

    assert (status, answer["code"]) == (400, 160004)
    assert playground.messages(gallery.id)[0].thread is playground.threads(gallery.id)[0]


async def test_an_archived_thread_refuses_edits_until_something_is_posted(
    rest: Call, thread: dict[str, Any]
) -> None:
    path = f"/channels/{thread['id']}/messages"
    _, status_message = await rest("POST", path, {"content": "Working"})
    await rest("PATCH", f"/channels/{thread['id']}", {"archived": True})

    _, refused = await rest("PATCH", f"{path}/{status_message['id']}", {"content": "Done"})
    await rest("POST", path, {"content": "Here"})
    edited, _ = await rest("PATCH", f"{path}/{status_message['id']}", {"content": "Done"})

    assert refused["code"] == 50083
    assert edited == 200
    assert (await rest("GET", f"/channels/{thread['id']}"))[1]["thread_metadata"][
        "archived"
    ] is False


async def test_a_locked_thread_needs_a_moderator(
    playground: Playground, rest: Call, gallery: Channel, thread: dict[str, Any]
) -> None:
    state = playground.threads(gallery.id)[0].thread
    assert state is not None
    state.locked = True
    path = f"/channels/{thread['id']}/messages"

    status, answer = await rest("POST", path, {"content": "Clip"})
    playground.world.allow(gallery, playground.world.bot.id, Permission.MANAGE_THREADS)
    allowed, _ = await rest("POST", path, {"content": "Clip"})

    assert (status, answer["code"], allowed) == (403, 160005, 200)


async def test_leave_to_send_in_the_channel_means_nothing_in_its_threads(
    playground: Playground, rest: Call, gallery: Channel, thread: dict[str, Any]
) -> None:
    path = f"/channels/{thread['id']}/messages"

    playground.world.deny(gallery, playground.world.bot.id, Permission.SEND_MESSAGES)
    without_channel, _ = await rest("POST", path, {"content": "Clip"})
    playground.world.deny(gallery, playground.world.bot.id, Permission.SEND_MESSAGES_IN_THREADS)
    without_thread, answer = await rest("POST", path, {"content": "Clip"})

    assert (without_channel, without_thread, answer["code"]) == (200, 403, 50013)


async def test_a_thread_cannot_be_started_in_a_thread_or_without_leave(
    playground: Playground, rest: Call, gallery: Channel, thread: dict[str, Any]
) -> None:
    body = {"name": "Deeper", "type": 11}

    _, nested = await rest("POST", f"/channels/{thread['id']}/threads", body)
    playground.world.deny(gallery, playground.world.bot.id, Permission.CREATE_PUBLIC_THREADS)
    _, refused = await rest("POST", f"/channels/{gallery.id}/threads", body)

    assert (nested["code"], refused["code"]) == (50024, 50013)


async def test_a_private_thread_is_seen_by_those_added(
    playground: Playground, rest: Call, gallery: Channel, member: User, moderator: User
) -> None:
    playground.world.allow(gallery, playground.world.bot.id, Permission.CREATE_PRIVATE_THREADS)
    _, thread = await rest("POST", f"/channels/{gallery.id}/threads", {"name": "Ours"})
    await rest("POST", f"/channels/{thread['id']}/messages", {"content": "Hidden"})
    second = playground.world.user_named("Second member")

    await rest("PUT", f"/channels/{thread['id']}/thread-members/{member.id}")

    assert [m.content for m in playground.messages(int(thread["id"]), member.id)] == ["Hidden"]
    assert [m.content for m in playground.messages(int(thread["id"]), moderator.id)] == ["Hidden"]
    assert playground.messages(int(thread["id"]), second.id) == []


async def test_a_thread_that_hangs_on_no_message_is_announced_with_the_way_to_it(
    rest: Call, gallery: Channel
) -> None:
    body = {"name": "Clip", "type": 11}
    _, thread = await rest("POST", f"/channels/{gallery.id}/threads", body)

    _, [notice] = await rest("GET", f"/channels/{gallery.id}/messages")

    assert (notice["type"], notice["content"]) == (18, "Clip")
    assert notice["message_reference"]["channel_id"] == thread["id"]


@pytest.mark.parametrize(
    "body", [{"name": ""}, {"name": "x" * 101}, {"name": "x", "auto_archive_duration": 5}]
)
async def test_a_threads_name_and_duration_are_checked(
    rest: Call, gallery: Channel, body: dict[str, Any]
) -> None:
    status, answer = await rest("POST", f"/channels/{gallery.id}/threads", body | {"type": 11})

    assert (status, answer["code"]) == (400, 50035)
