"""What people do: autocomplete, buttons, selects, forms, and what the client keeps them from."""

import discord
import pytest
from discord import app_commands

from bot.playground.interaction import State
from bot.playground.places import Channel, User
from bot.playground.refusals import NotPossible
from bot.playground.server import Playground
from tests.playground.conftest import Client, Connect, replying


def picking(client: Client) -> None:
    """Offer /make with most kinds of options, and /budget grant for moderators."""

    @client.tree.command(description="Make it")
    async def make(
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 3, 10],
        model: str = "none",
        seconds: app_commands.Range[int, 2, 10] = 5,
    ) -> None:
        await interaction.response.send_message(f"{prompt}, {model}, {seconds}")

    @make.autocomplete("model")
    async def models(
        interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"Model {typed}", value=typed)]

    budget = app_commands.Group(
        name="budget",
        description="Credits",
        default_permissions=discord.Permissions(manage_guild=True),
    )

    @budget.command(description="Give credits")
    async def grant(interaction: discord.Interaction, member: discord.Member, credits: int) -> None:
        await interaction.response.send_message(f"{member.mention} has {credits} more")

    client.tree.add_command(budget)


async def test_choices_come_while_typing(
    playground: Playground, connect: Connect, member: User, gallery: Channel
) -> None:
    async with connect(picking):
        choices = await playground.autocomplete(member.id, gallery.id, "make", "model", "lo")

    assert choices == [{"name": "Model lo", "value": "lo"}]


async def test_a_subcommand_takes_a_member(
    playground: Playground, connect: Connect, member: User, moderator: User, gallery: Channel
) -> None:
    options = {"member": member.id, "credits": 5}

    async with connect(picking):
        interaction = await playground.slash(moderator.id, gallery.id, "budget grant", options)
        await interaction.acknowledged()

    assert interaction.command_name == "budget grant"
    assert interaction.messages[0].content == f"<@{member.id}> has 5 more"
    assert interaction.messages[0].pinged == []


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("make", {}, "The option “prompt” is required."),
        ("make", {"prompt": "no"}, "“prompt” is 2 characters long; Discord takes from 3 to 10."),
        ("make", {"prompt": "rain", "seconds": 11}, "“seconds” is 11; Discord takes from 2 to 10"),
        ("make", {"prompt": "rain", "colour": "red"}, "/make has no option “colour”."),
        ("budget grant", {"credits": 5}, "/budget is not offered to Member."),
    ],
)
async def test_the_client_keeps_a_person_from_sending_what_discord_would_not_take(
    playground: Playground,
    connect: Connect,
    member: User,
    gallery: Channel,
    name: str,
    options: dict[str, str | int],
    sentence: str,
) -> None:
    async with connect(picking):
        with pytest.raises(NotPossible) as refused:
            await playground.slash(member.id, gallery.id, name, options)

    assert sentence in str(refused.value)


async def test_a_command_the_bot_does_not_offer_is_said_to_be_missing(
    playground: Playground, connect: Connect, member: User, gallery: Channel
) -> None:
    async with connect(picking):
        with pytest.raises(NotPossible, match=r"no /animate\. It offers /budget, /make\."):
            await playground.slash(member.id, gallery.id, "animate", offered_within_seconds=0.1)


async def test_a_button_changes_the_message_it_stands_on(
    playground: Playground, connect: Connect, member: User, gallery: Channel
) -> None:
    class Counter(discord.ui.View):
        @discord.ui.button(label="More", custom_id="more")
        async def more(
            self, interaction: discord.Interaction, button: discord.ui.Button["Counter"]
        ) -> None:
            button.disabled = True
            await interaction.response.edit_message(content="Pressed", view=self)

    async def offer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Press", view=Counter())

    async with connect(replying(offer)):
        first = await playground.slash(member.id, gallery.id, "go")
        await first.acknowledged()
        [message] = first.messages
        pressed = await playground.press(member.id, message.id, "more")
        await pressed.acknowledged()
        with pytest.raises(NotPossible, match="“More” cannot be pressed now"):
            await playground.press(member.id, message.id, "more")

    assert message.content == "Pressed"
    assert message.edited_at is not None


async def test_a_select_hands_over_what_was_chosen(
    playground: Playground, connect: Connect, member: User, gallery: Channel
) -> None:
    class Shapes(discord.ui.View):
        @discord.ui.select(
            custom_id="shape", options=[discord.SelectOption(label=x) for x in ("16:9", "1:1")]
        )
        async def shape(
            self, interaction: discord.Interaction, select: discord.ui.Select["Shapes"]
        ) -> None:
            await interaction.response.send_message(select.values[0], ephemeral=True)

    async def offer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Choose", view=Shapes())

    async with connect(replying(offer)):
        first = await playground.slash(member.id, gallery.id, "go")
        await first.acknowledged()
        message_id = first.messages[0].id
        chosen = await playground.press(member.id, message_id, "shape", ["1:1"])
        await chosen.acknowledged()
        with pytest.raises(NotPossible, match="“4:3” is not offered"):
            await playground.press(member.id, message_id, "shape", ["4:3"])

    assert chosen.messages[0].content == "1:1"
    assert chosen.messages[0].visible_to == member.id


async def test_a_select_of_roles_takes_no_member(
    playground: Playground, connect: Connect, member: User, gallery: Channel
) -> None:
    class Roles(discord.ui.View):
        @discord.ui.select(cls=discord.ui.RoleSelect, custom_id="role")
        async def role(
            self, interaction: discord.Interaction, select: discord.ui.RoleSelect["Roles"]
        ) -> None:
            await interaction.response.send_message(select.values[0].name)

    async def offer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Choose", view=Roles())

    async with connect(replying(offer)):
        first = await playground.slash(member.id, gallery.id, "go")
        await first.acknowledged()
        message_id = first.messages[0].id
        for wrong in (str(member.id), "nobody"):
            with pytest.raises(NotPossible, match=f"There is no “{wrong}” here"):
                await playground.press(member.id, message_id, "role", [wrong])
        chosen = await playground.press(
            member.id, message_id, "role", [str(playground.world.guild.id)]
        )
        await chosen.acknowledged()

    assert chosen.messages[0].content == "@everyone"


async def test_a_form_opens_and_what_is_written_and_uploaded_arrives(
    playground: Playground, connect: Connect, member: User, gallery: Channel
) -> None:
    class Form(discord.ui.Modal, title="Again"):
        prompt: discord.ui.Label["Form"] = discord.ui.Label(
            text="Prompt", component=discord.ui.TextInput(custom_id="prompt", max_length=20)
        )
        image: discord.ui.Label["Form"] = discord.ui.Label(
            text="Picture", component=discord.ui.FileUpload(custom_id="image")
        )

        async def on_submit(self, interaction: discord.Interaction) -> None:
            assert isinstance(self.prompt.component, discord.ui.TextInput)
            assert isinstance(self.image.component, discord.ui.FileUpload)
            content = await self.image.component.values[0].read()
            await interaction.response.send_message(f"{self.prompt.component.value} {content!r}")

    async def ask(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())

    async with connect(replying(ask)):
        opened = await playground.slash(member.id, gallery.id, "go")
        assert await opened.acknowledged() is State.ACKNOWLEDGED
        with pytest.raises(NotPossible, match="“prompt” is required"):
            await playground.submit_modal(member.id, opened, {}, {"image": ("a.png", b"a")})
        sent = await playground.submit_modal(
            member.id, opened, {"prompt": "snow"}, {"image": ("a.png", b"abc")}
        )
        await sent.acknowledged()

    assert opened.modal is not None
    assert opened.modal["title"] == "Again"
    assert sent.messages[0].content == "snow b'abc'"
