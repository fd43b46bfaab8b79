"""The moderators' cards on Discord: each is posted once, and edited where it stands."""

from __future__ import annotations

import discord

from bot.discord.calls import reliably
from bot.discord.looking import already_there
from bot.discord.views.review import Answer, ReviewCard, review_id
from bot.errors import MissingPermissions
from bot.jobs.catalogue import Catalogue
from storage.jobs import Job, JobState
from storage.verdicts import Case

NEEDED = ("view_channel", "send_messages", "read_message_history")


def check_log_channel(channel: discord.TextChannel) -> None:
    """Raises MissingPermissions naming what the bot lacks where it is to ask moderators."""
    granted = channel.permissions_for(channel.guild.me)
    missing = tuple(name for name in NEEDED if not getattr(granted, name))
    if missing:
        raise MissingPermissions(tuple(name.replace("_", " ").title() for name in missing))


class DiscordCards:
    """Implements `bot.jobs.cards.ReviewCards`."""

    def __init__(self, client: discord.Client, catalogue: Catalogue) -> None:
        self._client = client
        self._catalogue = catalogue
        self._shown: dict[str, tuple[JobState, Case]] = {}

    async def post(self, job: Job, *, channel_id: int) -> int:
        """Post a job's card once, and return the message's id."""
        place = self._client.get_partial_messageable(channel_id, guild_id=job.guild_id)
        posted = await already_there(place, review_id(Answer.RAN, job.id))
        if posted is not None:
            return posted
        card = self._card(job, Case(job_id=job.id))
        message = await reliably(lambda: place.send(view=card, nonce=f"{job.id}-card"))
        return message.id

    async def show(self, job: Job, case: Case) -> None:
        """Edit a posted card, unless it says that already."""
        assert case.channel_id is not None
        assert case.message_id is not None
        # While a late task is polled, the card stays as it is for many visits.
        if self._shown.get(job.id) == (job.state, case):
            return
        card = self._card(job, case)
        place = self._client.get_partial_messageable(case.channel_id, guild_id=job.guild_id)
        message = place.get_partial_message(case.message_id)
        await reliably(lambda: message.edit(view=card))
        if job.state is JobState.LATE:
            self._shown[job.id] = (job.state, case)
        else:
            self._shown.pop(job.id, None)

    def _card(self, job: Job, case: Case) -> ReviewCard:
        return ReviewCard(job, self._catalogue.name_of(job.provider, job.model), case)
