"""Opening and using the moderators' desk."""

from __future__ import annotations

from typing import Any, cast

import discord
from discord import ui
from simcord import InteractionResult, MemberActor, RoleHandle

from bot.discord.views.desk_controls import DeskCard
from storage import acts
from tests.bot.discord.club import Club, texts
from tests.bot.discord.lists import shown


async def desk(club: Club, actor: MemberActor | None = None) -> discord.Message:
    """The desk's first page, as a moderator has it."""
    return shown(await (actor or club.moderator).slash(club.channel, "budget desk"))


def now(club: Club, message: discord.Message, actor: MemberActor | None = None) -> discord.Message:
    """A private message as it stands by now."""
    history = club.channel.history(viewer=actor or club.moderator)
    return next(one for one in history if one.id == message.id)


async def press(club: Club, message: discord.Message, *labels: str) -> discord.Message:
    """Let the moderator press one button after another, each on the page the last one led to."""
    for label in labels:
        await club.moderator.click(message, label=label)
        message = now(club, message)
    return message


async def choose(
    club: Club, message: discord.Message, deed: str, value: str | MemberActor
) -> InteractionResult:
    """Let the moderator choose one line of a menu."""
    return await club.moderator.select(message, [value], custom_id=menu_of(message, deed).custom_id)


async def manager_role(club: Club) -> RoleHandle:
    """A role without any permission that manages the budget; the bot lets it see /budget."""
    role = club.guild.create_role("Treasurers")
    await club.moderator.slash(club.channel, "budget set manager", role=role)
    command = int(club.command("budget")["id"])
    club.guild.set_command_permissions(command, {role: True})
    return role


async def lose(club: Club, actor: MemberActor, role: RoleHandle) -> None:
    """Take a role away from somebody."""
    await club.client.http.remove_role(club.guild.id, actor.id, role.id)


async def let_see(club: Club, actor: MemberActor) -> None:
    """Let Discord show /budget to somebody whom it does not concern."""
    club.guild.set_command_permissions(int(club.command("budget")["id"]), {actor: True})


async def acts_done(club: Club) -> list[str]:
    """What moderators did, newest first, as kind and subject."""
    found = await club.workshop.database.read(acts.history, club.guild.id, skip=0, limit=100)
    return [f"{act.kind} {act.subject}".strip() for act in found]


async def posted(club: Club, *items: ui.Item[Any]) -> discord.Message:
    """Show controls of the desk to everybody, as nothing of ours ever does."""
    place = club.client.get_partial_messageable(club.channel.id, guild_id=club.guild.id)
    return await place.send(view=DeskCard("a desk", rows=[ui.ActionRow(item) for item in items]))


def said(result: InteractionResult) -> str:
    """Every word of an answer."""
    found = [one for one in [result.response, *result.followups] if one]
    return "\n".join(texts(one.message) for one in found)


def menu_of(message: discord.Message, deed: str) -> ui.Select[Any]:
    """One of a page's menus."""
    for item in ui.LayoutView.from_message(message).walk_children():
        custom_id = getattr(item, "custom_id", "")
        if custom_id.startswith(f"zoetrope:desk:{deed}:") and not isinstance(item, ui.Button):
            return cast(ui.Select[Any], item)
    raise AssertionError(deed)


def menu_lines(message: discord.Message, deed: str) -> list[str]:
    """The lines of one of a page's menus."""
    return [option.label for option in menu_of(message, deed).options]
