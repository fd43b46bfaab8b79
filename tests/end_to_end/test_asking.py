"""A member asks for credits and orders; a job above the threshold waits, and is made."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bot.playground.message import Message
from bot.playground.places import Channel, User
from tests.end_to_end.seller import BOUGHT
from tests.end_to_end.stage import Stage
from tests.end_to_end.test_own_jobs import custom_ids, press

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Place:
    """A guild whose members start with nothing, and whose owner and moderators are asked."""

    def __init__(self, stage: Stage, name: str) -> None:
        world = stage.playground.world
        self.stage = stage
        self.guild = world.add_guild(name)
        self.owner = world.users[self.guild.owner_id]
        self.channel = stage.new_channel(guild=self.guild)
        self.log = stage.new_channel(guild=self.guild)

    async def set_up(self) -> None:
        await self.choose("budget log", channel=str(self.log.id))
        await self.choose("budget welcome", credits=0)

    async def choose(self, name: str, **options: str | int) -> None:
        playground = self.stage.playground
        chosen = await playground.slash(self.owner.id, self.channel.id, name, options)
        await self.stage.until(lambda: any(message.text for message in chosen.messages))

    def new_member(self) -> User:
        return self.stage.new_member(self.guild)

    async def card(self, words: str) -> Message:
        """The card in the log that says this."""

        def saying() -> list[Message]:
            cards = self.stage.playground.messages(self.log.id, self.owner.id)
            return [card for card in cards if words in card.text]

        [card] = await self.stage.until(saying)
        return card

    async def reply(self, card: Message, reply: str) -> str:
        """Press a button of a card as the owner, and return the answer."""
        [name] = [one for one in custom_ids(card.components) if f":ask:{reply}:" in one]
        pressed = await self.stage.playground.press(self.owner.id, card.id, name)
        return await self.stage.answered(pressed)

    async def ask(self, member: User, credits: int) -> None:
        """Order without credits, and ask for some."""
        order = await self.stage.order(self.channel, member)
        await order.refused()
        form = await press(self.stage, member, order.interaction, "zoetrope:askfor:")
        await form.acknowledged()
        filled = {"credits": str(credits), "why": "a film for my sister"}
        sent = await self.stage.playground.submit_modal(member.id, form, filled)
        assert "I have asked the moderators" in await self.stage.answered(sent)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(stage: Stage) -> Place:
    place = Place(stage, "The Thrifty Place")
    await place.set_up()
    return place


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def strict_place(stage: Stage) -> Place:
    """Where a moderator has to let every clip begin."""
    place = Place(stage, "The Strict Place")
    await place.set_up()
    await place.choose("budget set approval", above=1)
    return place


async def test_a_member_without_credits_asks_and_orders_once_they_are_granted(
    stage: Stage, place: Place
) -> None:
    member = place.new_member()
    await place.ask(member, 40)
    card = await place.card(f"<@{member.id}> asks for 40 credits")

    said = await place.reply(card, "grant")
    order = await stage.buy(place.channel, member)

    assert said == f"<@{member.id}> got **40 credits**, and is told."
    await order.clip()
    order.assert_delivered_once()
    assert stage.records.account(place.guild.id, member.id) == (16, 0)
    assert "**Granted 40 credits**" in card.text
    assert custom_ids(card.components) == []
    assert directly(stage, member) == [
        f"<@{member.id}>, you asked for 40 credits in **The Thrifty Place**: "
        "**you got 40 credits.**"
    ]


async def test_two_who_press_at_once_give_one_grant(stage: Stage, place: Place) -> None:
    member = place.new_member()
    await place.ask(member, 30)
    card = await place.card(f"<@{member.id}> asks for 30 credits")
    [name] = [one for one in custom_ids(card.components) if ":ask:grant:" in one]

    pressed = [await stage.playground.press(place.owner.id, card.id, name) for _ in range(4)]
    said = sorted([await stage.answered(one) for one in pressed])

    assert [words.startswith("That is decided already") for words in said] == [False] + [True] * 3
    assert stage.records.account(place.guild.id, member.id) == (30, 0)
    assert len(directly(stage, member)) == 1


async def test_a_job_above_the_threshold_waits_is_approved_and_delivered(
    stage: Stage, strict_place: Place
) -> None:
    member = strict_place.new_member()
    await strict_place.choose("budget grant", member=str(member.id), credits=40)
    order = await stage.order(strict_place.channel, member, options=BOUGHT)
    await order.says("Waiting for a moderator's approval")
    card = await strict_place.card(f"job {order.id}")
    held = order.is_held

    said = await strict_place.reply(card, "grant")

    assert held
    assert said == "It stands in line now, and its member sees that."
    await order.clip()
    order.assert_delivered_once()
    assert "**Approved**" in card.text


async def test_a_denied_job_costs_nothing_and_its_member_reads_why(
    stage: Stage, strict_place: Place
) -> None:
    member = strict_place.new_member()
    await strict_place.choose("budget grant", member=str(member.id), credits=40)
    order = await stage.buy(strict_place.channel, member)
    card = await strict_place.card(f"job {order.id}")
    [name] = [one for one in custom_ids(card.components) if ":ask:deny:" in one]

    form = await stage.playground.press(strict_place.owner.id, card.id, name)
    await form.acknowledged()
    await stage.playground.submit_modal(strict_place.owner.id, form, {"reason": "too dear"})

    await order.says("A moderator did not let it begin")
    await stage.until(lambda: "> too dear" in "\n".join(texts_in(stage, order.place, member)))
    assert order.row["state"] == "cancelled"
    assert stage.records.entries(order.id) == [("hold", 0, 24), ("settle", 0, -24)]
    assert order.clips == []


def directly(stage: Stage, member: User) -> list[str]:
    """What the bot wrote to somebody directly, but for the mark at its end."""
    channel = stage.playground.world.direct_channel(member)
    return [text.rpartition("\n")[0] for text in texts_in(stage, channel, member)]


def texts_in(stage: Stage, channel: Channel, member: User) -> list[str]:
    return [message.text for message in stage.playground.messages(channel.id, member.id)]
