"""The interface of the page: what one person sees, is told, and can do."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest

from bot.playground.permissions import Permission
from bot.playground.places import Channel, User
from bot.playground.server import Playground
from tests.playground.conftest import Call, Client, Connect, replying
from tests.playground.test_people import picking


class Page:
    """The page of one person, reduced to its requests."""

    def __init__(self, session: aiohttp.ClientSession, url: str, user: User) -> None:
        self._session = session
        self._url = f"{url}page/api/"
        self._user = {"as": str(user.id)}

    async def state(self) -> dict[str, Any]:
        async with self._session.get(self._url + "state", params=self._user) as response:
            return dict(await response.json())

    async def do(self, payload: dict[str, Any], **files: bytes) -> tuple[int, dict[str, Any]]:
        form = aiohttp.FormData(default_to_multipart=True)
        form.add_field("payload", json.dumps(payload))
        for name, content in files.items():
            form.add_field(name, content, filename=f"{name}.png", content_type="image/png")
        url = self._url + "interactions"
        async with self._session.post(url, params=self._user, data=form) as response:
            return response.status, await response.json()

    def events(self) -> Any:  # noqa: ANN401 - aiohttp's context manager
        return self._session.ws_connect(self._url + "events", params=self._user)


async def until_told(socket: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    """Read on to the first event of a kind."""
    while True:
        frame = await socket.receive_json(timeout=5)
        if frame["t"] == kind:
            return dict(frame["d"])


@pytest.fixture
async def page(playground: Playground, member: User) -> AsyncIterator[Page]:
    async with aiohttp.ClientSession() as session:
        yield Page(session, playground.page_url, member)


async def greet(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Hello", ephemeral=True)


async def test_the_state_shows_what_a_person_sees(
    playground: Playground, connect: Connect, page: Page, member: User, gallery: Channel
) -> None:
    playground.world.deny(gallery, member.id, Permission.VIEW_CHANNEL)
    general = playground.world.channel_named("general")
    await playground.say(playground.world.user_named("Moderator").id, general.id, "Hi")

    async with connect(replying(greet)):
        state = await page.state()

    assert state["me"] == str(member.id)
    assert state["guild"]["name"] == "The Workshop"
    assert state["bot"] == {"online": True}
    assert [command["name"] for command in state["commands"]] == ["go"]
    assert [channel["name"] for channel in state["channels"]] == ["general", "news"]
    assert [message["content"] for message in state["messages"][str(general.id)]] == ["Hi"]
    roles = {user["global_name"]: user["moderator"] for user in state["users"]}
    assert roles == {
        "Zoetrope": False,
        "Member": False,
        "Second member": False,
        "Moderator": True,
    }


async def test_a_command_is_acknowledged_and_its_answer_is_told_to_its_one_reader(
    playground: Playground, connect: Connect, page: Page, moderator: User, gallery: Channel
) -> None:
    command = {"name": "go", "options": []}

    async with connect(replying(greet)), page.events() as socket:
        sent = await page.do(
            {"kind": "command", "nonce": "n1", "channel_id": str(gallery.id), "command": command}
        )
        news = await until_told(socket, "INTERACTION")
        message = await until_told(socket, "MESSAGE_CREATE")
        answered = await until_told(socket, "INTERACTION")

    assert sent == (202, {})
    assert (news["nonce"], news["state"]) == ("n1", "sent")
    assert (message["content"], message["ephemeral"]) == ("Hello", True)
    assert message["interaction"]["name"] == "go"
    assert (answered["nonce"], answered["state"]) == ("n1", "acknowledged")
    assert playground.messages(gallery.id, moderator.id) == []


async def test_suggestions_come_back_under_their_request(
    connect: Connect, page: Page, gallery: Channel
) -> None:
    typed = [
        {"name": "prompt", "type": 3, "value": "rain"},
        {"name": "model", "type": 3, "value": "lo", "focused": True},
    ]
    command = {"name": "make", "options": typed}

    async with connect(picking), page.events() as socket:
        await page.do(
            {
                "kind": "autocomplete",
                "nonce": "n2",
                "channel_id": str(gallery.id),
                "command": command,
            }
        )
        answer = await until_told(socket, "AUTOCOMPLETE")

    assert answer == {"request": "n2", "choices": [{"name": "Model lo", "value": "lo"}]}


async def test_a_picture_travels_under_the_name_of_its_option(
    playground: Playground, connect: Connect, page: Page, gallery: Channel
) -> None:
    def setup(client: Client) -> None:
        @client.tree.command(description="Look")
        async def look(interaction: discord.Interaction, image: discord.Attachment) -> None:
            await interaction.response.send_message(f"{image.filename} {await image.read()!r}")

    command = {"name": "look", "options": [{"name": "image", "type": 11, "value": 0}]}
    payload = {"kind": "command", "channel_id": str(gallery.id), "command": command}

    async with connect(setup):
        missing = await page.do(payload)
        await page.do(payload, image=b"abc")
        [message] = await playground.until(lambda: playground.messages(gallery.id))

    assert missing == (400, {"message": "The option “image” is required."})
    assert message.content == "image.png b'abc'"


async def test_a_form_opened_by_a_button_is_sent_back(
    playground: Playground, connect: Connect, page: Page, member: User, gallery: Channel
) -> None:
    class Form(discord.ui.Modal, title="Again"):
        prompt: discord.ui.TextInput["Form"] = discord.ui.TextInput(
            label="Prompt", custom_id="prompt"
        )

        async def on_submit(self, interaction: discord.Interaction) -> None:
            await interaction.response.edit_message(content=self.prompt.value, view=None)

    class Offer(discord.ui.View):
        @discord.ui.button(label="Again", custom_id="again")
        async def again(
            self, interaction: discord.Interaction, _: discord.ui.Button["Offer"]
        ) -> None:
            await interaction.response.send_modal(Form())

    async def offer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Offer", view=Offer())

    async with connect(replying(offer)), page.events() as socket:
        first = await playground.slash(member.id, gallery.id, "go")
        await first.acknowledged()
        message_id = str(first.messages[0].id)
        await page.do({"kind": "component", "message_id": message_id, "custom_id": "again"})
        opened = await until_told(socket, "MODAL")
        filled = [
            {"type": 1, "components": [{"type": 4, "custom_id": "prompt", "value": "more snow"}]}
        ]
        await page.do(
            {
                "kind": "modal",
                "interaction_id": opened["interaction_id"],
                "custom_id": opened["modal"]["custom_id"],
                "components": filled,
            }
        )
        changed = await until_told(socket, "MESSAGE_UPDATE")

    assert opened["modal"]["title"] == "Again"
    assert (changed["id"], changed["content"]) == (message_id, "more snow")


async def test_what_happens_where_a_person_cannot_look_is_not_told(
    playground: Playground, rest: Call, page: Page, member: User, gallery: Channel
) -> None:
    playground.world.deny(gallery, member.id, Permission.VIEW_CHANNEL)
    general = playground.world.channel_named("general")

    async with page.events() as socket:
        await rest("POST", f"/channels/{gallery.id}/messages", {"content": "Hidden"})
        await rest("POST", f"/channels/{general.id}/typing")
        await rest("POST", f"/channels/{general.id}/messages", {"content": "Shown"})
        typing = await until_told(socket, "TYPING")
        told = await until_told(socket, "MESSAGE_CREATE")

    assert typing["channel_id"] == str(general.id)
    assert told["content"] == "Shown"


@pytest.mark.parametrize(
    "payload", [{}, {"kind": "dance"}, {"kind": "component", "message_id": "1", "custom_id": "x"}]
)
async def test_what_makes_no_sense_is_answered_with_a_sentence(
    page: Page, payload: dict[str, Any]
) -> None:
    status, answer = await page.do(payload)

    assert status == 400
    assert answer["message"].endswith(".")


async def test_nobody_acts_as_a_stranger(playground: Playground) -> None:
    url = f"{playground.page_url}page/api/state?as=1"

    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert (response.status, await response.json()) == (
            400,
            {"message": "There is no such user."},
        )
