"""What is stored of a member, handed out to them and deleted for them; for nobody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.jobs.files import JobFiles
from bot.logs import get_logger
from storage import extras, files_to_go, members
from storage.acts import Recorded
from storage.database import Database
from storage.drafts import Draft
from storage.files_to_go import Files
from storage.giving import Plan
from storage.ledger import Account
from storage.members import Holdings
from storage.shield_members import ShieldHoldings

log = get_logger("privacy")


class Privacy:
    """Hands out and deletes what is stored of members."""

    def __init__(self, database: Database, files: JobFiles, *, clock: Clock) -> None:
        self._database = database
        self._files = files
        self._clock = clock

    async def holdings(self, guild_id: int, member_id: int) -> Holdings:
        """What is stored of a member in a guild."""
        return await self._database.read(members.holdings, guild_id, member_id)

    async def export(self, guild_id: int, member_id: int) -> bytes:
        """All that is stored of a member in a guild, as JSON."""
        held = await self.holdings(guild_id, member_id)
        made = await self._database.read(extras.of_member, guild_id, member_id)
        document = {
            "guild_id": str(guild_id),
            "member_id": str(member_id),
            "exported_at": self._clock().isoformat(),
            "account": _account(held.account),
            "entries": [_plain(vars(entry)) for entry in held.entries],
            "entries_made_as_moderator": [_plain(vars(entry)) for entry in held.actions],
            "decisions_made_as_moderator": [_plain(vars(one)) for one in held.decisions],
            "acts": [_act(act, of=member_id) for act in held.desk.acts],
            "acts_as_moderator": [_act(act) for act in held.desk.own_acts],
            "plans": [_act(plan, of=member_id) for plan in held.desk.plans],
            "plans_as_moderator": [_act(plan) for plan in held.desk.own_plans],
            "asks": [_plain(vars(ask)) for ask in held.desk.asks],
            "shield": _shield(held.desk.shield),
            "jobs": [_plain(vars(job)) for job in held.jobs],
            "drafts": [_draft(draft) for draft in held.drafts],
            "extras": [_plain(vars(one)) for one in made],
            "files": [*held.files.uploads, *held.files.clips],
        }
        return json.dumps(document, ensure_ascii=False, indent=2).encode()

    async def delete(self, guild_id: int, member_id: int) -> Holdings:
        """Make a member anonymous in a guild and remove their files; say what there was.

        Changes nothing while a job is open: the holdings name it.
        """
        pseudonym = members.new_pseudonym()
        held = await self._database.run(members.forget, guild_id, member_id, pseudonym=pseudonym)
        if not held.open_jobs:
            log.info("member forgotten", guild=guild_id, jobs=len(held.jobs), files=len(held.files))
            await self.drop_forgotten_files()
        return held

    async def catch_up(self) -> None:
        """Forget whom a restored backup has brought back, and remove the files left behind."""
        if await self._database.run(members.forget_noted):
            log.warning("a backup brought somebody back who cannot be forgotten while a job runs")
        await self.drop_forgotten_files()

    async def drop_forgotten_files(self) -> None:
        """Remove the files no row names any more, also those a crash or the disk has left."""
        files = await self._database.read(files_to_go.listed)
        if not files:
            return
        try:
            await self._files.drop(self._paths(files))
        except OSError as error:
            log.error("files of a forgotten member stay until the next start", reason=str(error))
        else:
            await self._database.run(files_to_go.strike, files)

    def _paths(self, files: Files) -> list[Path]:
        return [
            *(self._files.upload(name) for name in files.uploads),
            *(self._files.clip(name) for name in files.clips),
        ]


def _account(account: Account | None) -> dict[str, Any] | None:
    if account is None:
        return None
    return {
        "posted_credits": account.posted,
        "held_credits": account.held,
        "available_credits": account.available,
    }


def _shield(held: ShieldHoldings) -> dict[str, Any]:
    return {
        "strikes": [_plain(vars(strike)) for strike in held.strikes],
        "block": None if held.block is None else _plain(vars(held.block)),
        "reports": [_plain(vars(report)) for report in held.reports],
    }


def _draft(draft: Draft) -> dict[str, Any]:
    frames = {way: vars(each) for way, each in draft.frames.items()}
    return {**_plain(vars(draft)), "frames": frames}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON has it; ids as text, for many readers round numbers that long."""
    return {
        name: _text(value) if name.endswith("_id") else _value(value)
        for name, value in values.items()
    }


def _act(act: Recorded | Plan, *, of: int | None = None) -> dict[str, Any]:
    """An act or a plan, with all it concerns, or with one alone: others are none of theirs."""
    lines = [_plain(vars(line)) for line in act.lines if of in (None, line.member_id)]
    return {**_plain(vars(act)), "lines": lines}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _value(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
