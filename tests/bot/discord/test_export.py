"""/privacy export: members get a file of what is stored of them, and of nobody else."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from simcord import MemberActor

from storage.jobs import Job
from tests.bot.discord.club import Club
from tests.bot.discord.lists import delivered, shown


async def exported(club: Club, actor: MemberActor | None = None) -> dict[str, Any]:
    result = await (actor or club.member).slash(club.channel, "privacy export")
    [file] = shown(result).attachments
    assert file.filename == "zoetrope-my-data.json"
    document = json.loads(await file.read())
    assert isinstance(document, dict)
    return document


async def test_the_export_holds_the_account_its_entries_and_every_job(club: Club) -> None:
    job = await delivered(club, prompt="heavy rain")
    await club.moderator.slash(
        club.channel, "budget grant", member=club.member, credits=5, reason="a contest"
    )

    document = await exported(club)

    assert document["member_id"] == str(club.member.id)
    assert document["guild_id"] == str(club.guild.id)
    assert document["account"] == {
        "posted_credits": 102,
        "held_credits": 0,
        "available_credits": 102,
    }
    assert [entry["phase"] for entry in document["entries"]] == ["grant", "hold", "settle", "grant"]
    assert document["entries"][-1]["reason"] == "a contest"
    assert document["entries"][-1]["actor_id"] == str(club.moderator.id)
    [told] = document["jobs"]
    assert set(told) == {field.name for field in fields(Job)}
    assert told["prompt"] == "heavy rain"
    assert told["clip_id"] == str(job.clip_id)
    assert told["created_at"] == job.created_at.isoformat()
    assert (told["state"], told["paid_credits"]) == ("delivered", 3)
    assert document["files"] == [f"{job.id}.jpg", f"{job.id}.mp4"]


async def test_the_export_of_a_stranger_is_empty_and_opens_nothing(club: Club) -> None:
    document = await exported(club)

    assert document["account"] is None
    assert (document["jobs"], document["entries"], document["files"]) == ([], [], [])
    held = await club.client.members.privacy.holdings(club.guild.id, club.member.id)
    assert held.account is None


async def test_the_export_holds_nothing_of_others_but_what_one_did_to_them(club: Club) -> None:
    await delivered(club)
    await club.moderator.slash(club.channel, "budget grant", member=club.member, credits=5)

    document = await exported(club, club.moderator)

    assert document["jobs"] == []
    assert [entry["posted_change"] for entry in document["entries_made_as_moderator"]] == [5]


async def test_the_export_is_seen_by_nobody_else(club: Club) -> None:
    await exported(club)

    assert club.channel.history(viewer=club.other) == []
