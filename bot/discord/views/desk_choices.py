"""What a guild can choose at the desk: how each setting is shown, asked for and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import discord
from discord import ui

from bot.discord.views.desk_controls import Press, choice, line
from bot.errors import AmountOutOfRange
from bot.messages import in_credits
from bot.shield_words import AGE_RULES
from storage.age import AgeRule
from storage.guilds import LEAST_PERCENT, MOST_PERCENT, GuildSettings

YES, NO = "yes", "no"
MOST_CHANNELS = 25
LONGEST_ZONE_CHARS = 60
MOST_AGE_DAYS = 3650
TEXT_CHANNELS = [discord.ChannelType.text, discord.ChannelType.news]
Asking: TypeAlias = Callable[[GuildSettings], ui.Item[Any]]
Reading: TypeAlias = Callable[[Press], Any]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One line of the page, and the input of its form, which is called `value`."""

    title: str
    shown: Callable[[GuildSettings], str]
    asked: Asking
    read: Reading
    hint: str = ""


def _number(name: str, *, required: bool = True) -> Asking:
    return lambda now: line("value", default=getattr(now, name), required=required)


def _read_number(*, least: int = 0, most: int | None = None, required: bool = True) -> Reading:
    limits = {"least": least} if most is None else {"least": least, "most": most}

    def read(press: Press) -> int | None:
        number = press.amount("value", **limits)
        if number is None and required:
            raise AmountOutOfRange(least, most or least)
        return number

    return read


def _either(name: str, no: str, yes: str) -> Asking:
    return lambda now: choice(
        "value", [(no, NO), (yes, YES)], default=YES if getattr(now, name) else NO
    )


def _read_either(press: Press) -> bool:
    return press.text("value") == YES


def _read_id(press: Press) -> int | None:
    return int(press.text("value")) if press.text("value") else None


def _ask_channels(now: GuildSettings) -> ui.Item[Any]:
    present = [discord.Object(channel_id) for channel_id in sorted(now.channels)[:MOST_CHANNELS]]
    return ui.ChannelSelect(
        custom_id="value",
        channel_types=[*TEXT_CHANNELS, discord.ChannelType.forum],
        max_values=MOST_CHANNELS,
        min_values=0,
        required=False,
        default_values=_as_channels(present),
    )


def _as_channels(present: list[discord.Object]) -> list[discord.SelectDefaultValue]:
    return [discord.SelectDefaultValue.from_channel(one) for one in present]


def _ask_log(now: GuildSettings) -> ui.Item[Any]:
    present = [discord.Object(now.log_channel_id)] if now.log_channel_id else []
    return ui.ChannelSelect(
        custom_id="value",
        channel_types=[discord.ChannelType.text],
        min_values=0,
        required=False,
        default_values=_as_channels(present),
    )


def _ask_role(now: GuildSettings) -> ui.Item[Any]:
    present = [discord.Object(now.manager_role_id)] if now.manager_role_id else []
    return ui.RoleSelect(
        custom_id="value",
        min_values=0,
        required=False,
        default_values=[discord.SelectDefaultValue.from_role(one) for one in present],
    )


def _ask_zone(now: GuildSettings) -> ui.Item[Any]:
    return line("value", default=now.timezone, most_chars=LONGEST_ZONE_CHARS)


def _channels(now: GuildSettings) -> str:
    return "\n".join(f"<#{one}>" for one in sorted(now.channels)) or "Everywhere"


def _manager(now: GuildSettings) -> str:
    if now.manager_role_id is None:
        return "None"
    # Discord shows commands by its own rules, which a bot cannot change.
    return f"<@&{now.manager_role_id}>\n-# Show it /budget: Server Settings, Integrations"


def _amount_or(nothing: str, name: str, words: str) -> Callable[[GuildSettings], str]:
    def shown(now: GuildSettings) -> str:
        amount = getattr(now, name)
        return nothing if amount is None else words.format(in_credits(amount))

    return shown


SETTINGS: Mapping[str, Setting] = {
    "price_percent": Setting(
        title="Price",
        shown=lambda now: f"{now.price_percent:,} % of the provider's price",
        asked=_number("price_percent"),
        read=_read_number(least=LEAST_PERCENT, most=MOST_PERCENT),
        hint="Percent of the provider's price; 100 is the price itself.",
    ),
    "approval_credits": Setting(
        title="Approval",
        shown=_amount_or("No clip waits for a moderator", "approval_credits", "Above {}"),
        asked=_number("approval_credits", required=False),
        read=_read_number(required=False),
        hint="Clips that cost more wait for a moderator. Empty: none does.",
    ),
    "channels": Setting(
        title="Channels",
        shown=_channels,
        asked=_ask_channels,
        read=lambda press: frozenset(map(int, press.filled.get("value", ()))),
        hint="Where clips may be ordered. None: everywhere.",
    ),
    "age_rule": Setting(
        title="Age-restricted channels",
        shown=lambda now: f"Clips {AGE_RULES[now.age_rule]}",
        asked=lambda now: choice(
            "value",
            [(f"Clips {words}", rule.value) for rule, words in AGE_RULES.items()],
            default=now.age_rule,
        ),
        read=lambda press: AgeRule(press.text("value")),
        hint="Whether clips may be ordered where Discord asks for age.",
    ),
    "log_channel_id": Setting(
        title="Log channel",
        shown=lambda now: f"<#{now.log_channel_id}>" if now.log_channel_id else "None",
        asked=_ask_log,
        read=_read_id,
        hint="Where I tell moderators of alerts and lost clips.",
    ),
    "timezone": Setting(
        title="Time zone",
        shown=lambda now: now.timezone,
        asked=_ask_zone,
        read=lambda press: press.text("value"),
        hint="By its IANA name, such as Europe/Berlin.",
    ),
    "starting_credits": Setting(
        title="Welcome credits",
        shown=lambda now: in_credits(now.starting_credits),
        asked=_number("starting_credits"),
        read=_read_number(),
        hint="What a new member starts with.",
    ),
    "welcome_age_days": Setting(
        title="Welcome age",
        shown=lambda now: f"Accounts of {now.welcome_age_days:,} days or more",
        asked=_number("welcome_age_days"),
        read=_read_number(most=MOST_AGE_DAYS),
        hint="Days; younger Discord accounts get theirs later.",
    ),
    "roles_add_up": Setting(
        title="Several roles",
        shown=lambda now: "All of them add up" if now.roles_add_up else "The highest counts",
        asked=_either("roles_add_up", "The highest counts", "All of them add up"),
        read=_read_either,
        hint="For caps and allowances of members with several roles.",
    ),
    "refused_pays": Setting(
        title="Refused clips",
        shown=lambda now: "The member pays" if now.refused_pays else "Cost the member nothing",
        asked=_either("refused_pays", "Cost the member nothing", "The member pays"),
        read=_read_either,
        hint="Who pays if a provider's moderation refuses.",
    ),
    "manager_role_id": Setting(
        title="Manager role",
        shown=_manager,
        asked=_ask_role,
        read=_read_id,
        hint="May use the desk too. Needs Manage Server to set.",
    ),
    "giving_ceiling": Setting(
        title="Giving ceiling",
        shown=_amount_or("None", "giving_ceiling", "{} a month for each moderator"),
        asked=_number("giving_ceiling", required=False),
        read=_read_number(required=False),
        hint="What one moderator may give a month. Empty: no ceiling.",
    ),
}
"""All that the page shows, by the setting's name."""
