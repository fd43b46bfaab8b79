"""The forms that ask how an extra is to be made."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import discord
from discord import ui

from bot.discord.attachments import sent_file, sound_upload
from bot.discord.views.extras_making import make_extra
from bot.discord.views.forms import Form
from bot.discord.views.text import cut
from bot.jobs.extra import Beside, Join, Loop, Moment, Poster, Soundtrack, Trim
from bot.jobs.extra_errors import NoNumber
from bot.media.extras.looping import longest_fade
from storage.jobs import Job

_NUMBER = re.compile(r"(\d{1,4}(?:[.,]\d{1,3})?)\s*s?")
_LONGEST_OPTION_CHARS = 100
_USUAL_FADE_SECONDS = 1.0


def _template(key: str) -> re.Pattern[str]:
    return re.compile(rf"zoetrope:extra-{key}:([0-9a-z]{{1,13}})")


def seconds_in(typed: str, *, example: str) -> float:
    """What somebody typed as a number of seconds. Raises NoNumber."""
    found = _NUMBER.fullmatch(typed.strip())
    if found is None:
        raise NoNumber(typed, example)
    return float(found[1].replace(",", "."))


class _ExtraForm(Form):
    key: ClassVar[str]

    def __init__(self, job: Job, *, title: str) -> None:
        super().__init__(title=title, custom_id=f"zoetrope:extra-{self.key}:{job.id}")

    def _ask(self, custom_id: str, text: str, description: str, default: str) -> None:
        field: ui.TextInput[Any] = ui.TextInput(custom_id=custom_id, default=default, max_length=10)
        self.add_item(ui.Label(text=text, description=description, component=field))


class PosterForm(_ExtraForm):
    """Asks for a moment."""

    key = "poster"
    template = _template(key)

    def __init__(self, job: Job) -> None:
        super().__init__(job, title="Poster")
        about = f"first, middle, last, or a second from 0 to {job.seconds}, like 2.5"
        self._ask("moment", "Which moment?", about, Moment.MIDDLE)

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[Any], about: str, filled: Mapping[str, str]
    ) -> None:
        """Make the poster."""
        typed = filled["moment"].strip().lower()
        named = typed in set(Moment)
        at = Moment(typed) if named else seconds_in(typed, example="2.5")
        await make_extra(interaction, about, Poster(at))


class LoopForm(_ExtraForm):
    """Asks for the length of the crossfade."""

    key = "loop"
    template = _template(key)

    def __init__(self, job: Job) -> None:
        super().__init__(job, title="Seamless loop")
        most = longest_fade(job.seconds)
        about = f"Seconds, 0.2 to {most:g}; the loop is shorter by that much."
        usual = f"{min(most, _USUAL_FADE_SECONDS):g}"
        self._ask("fade", "How long does the end fade into the start?", about, usual)

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[Any], about: str, filled: Mapping[str, str]
    ) -> None:
        """Make the loop."""
        await make_extra(interaction, about, Loop(seconds_in(filled["fade"], example="0.8")))


class TrimForm(_ExtraForm):
    """Asks for two moments."""

    key = "trim"
    template = _template(key)

    def __init__(self, job: Job) -> None:
        super().__init__(job, title="Trim")
        self._ask("from", "From", "Seconds from the beginning, like 0.5", "0")
        self._ask("to", "To", f"Seconds; the clip is about {job.seconds} s long", str(job.seconds))

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[Any], about: str, filled: Mapping[str, str]
    ) -> None:
        """Trim the clip."""
        start, end = (seconds_in(filled[key], example="1.5") for key in ("from", "to"))
        await make_extra(interaction, about, Trim(start, end))


class SoundForm(_ExtraForm):
    """Asks for an audio file."""

    key = "sound"
    template = _template(key)

    def __init__(self, job: Job) -> None:
        super().__init__(job, title="Sound")
        file: ui.FileUpload[Any] = ui.FileUpload(custom_id="sound", min_values=1, max_values=1)
        self.add_item(
            ui.Label(
                text="Your audio file",
                description="MP3, WAV, M4A, OGG or FLAC. What is longer than the clip is cut.",
                component=file,
            )
        )
        options = [
            discord.SelectOption(label="Only my sound", value="replace", default=True),
            discord.SelectOption(label="My sound and the clip's own", value="mix"),
        ]
        heard: ui.Select[Any] = ui.Select(custom_id="heard", options=options)
        self.add_item(ui.Label(text="What is heard?", component=heard))

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[Any], about: str, filled: Mapping[str, str]
    ) -> None:
        """Give the clip the sound."""
        upload = sound_upload(sent_file(interaction, filled["sound"]))
        assert upload is not None
        is_mixed = filled.get("heard") == "mix"
        await make_extra(interaction, about, Soundtrack(upload, is_mixed=is_mixed))


class _PairForm(_ExtraForm):
    def __init__(self, job: Job, others: Sequence[Job], *, title: str, text: str) -> None:
        super().__init__(job, title=title)
        options = [
            discord.SelectOption(
                label=cut(" ".join(other.prompt.split()), _LONGEST_OPTION_CHARS),
                description=f"{other.seconds} s · {other.created_at:%d %b %H:%M} UTC · {other.id}",
                value=other.id,
            )
            for other in others
        ]
        chosen: ui.Select[Any] = ui.Select(custom_id="other", options=options)
        self.add_item(ui.Label(text=text, description="The newest first", component=chosen))


class JoinForm(_PairForm):
    """Asks which clip comes after this one."""

    key = "join"
    template = _template(key)

    def __init__(self, job: Job, others: Sequence[Job]) -> None:
        super().__init__(job, others, title="Join", text="Which clip comes after this one?")

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[Any], about: str, filled: Mapping[str, str]
    ) -> None:
        """Join the clips."""
        await make_extra(interaction, about, Join(filled["other"]))


class BesideForm(_PairForm):
    """Asks which clip stands beside this one."""

    key = "beside"
    template = _template(key)

    def __init__(self, job: Job, others: Sequence[Job]) -> None:
        super().__init__(job, others, title="Side by side", text="Which clip is on the right?")

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[Any], about: str, filled: Mapping[str, str]
    ) -> None:
        """Put the clips beside each other."""
        await make_extra(interaction, about, Beside(filled["other"]))
