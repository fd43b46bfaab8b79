"""How the bot is, on one card that reads well on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from discord import ui
from discord.utils import escape_markdown, format_dt

from bot.discord.views.clip import ACCENT
from bot.discord.views.text import bar, cut, ordinal
from bot.jobs.catalogue import Catalogue
from bot.jobs.outcomes import Outcome
from bot.keeping.condition import Amounts, AtProvider, Condition, Stock, Trouble
from bot.media.permits import Load, Work
from storage.jobs import Job
from storage.line import Place
from storage.slot_schema import SlotKind

PROMPT_SHOWN = 40
GB, MB = 1000**3, 1000**2
TROUBLES = {
    Trouble.BOOKS: "Credits are being checked, so nothing can be ordered for now.",
    Trouble.NO_ROOM: "There is no room for another clip, so nothing can be ordered for now.",
}
WAITS = "Jobs of a provider that is out of order wait for it."
AILS = "What a provider turns away costs nothing. Its owner has to see to it."
AILMENTS = {
    Outcome.OWNER_KEY_REFUSED: "refuses the owner's key",
    Outcome.OWNER_OUT_OF_CREDIT: "says the owner's account is empty",
}
WORKS = {
    Work.PICTURE: "Preparing pictures",
    Work.SOUND: "Preparing sounds",
    Work.UPSCALE: "Enlarging pictures",
    Work.CLIP: "Checking and fitting clips",
    Work.EXTRA: "Extras",
}


class StatusPanel(ui.LayoutView):
    """Well or not, the providers, one's own jobs, this machine; for moderators and owner, more."""

    def __init__(self, condition: Condition, catalogue: Catalogue) -> None:
        super().__init__(timeout=None)
        container: ui.Container[StatusPanel] = ui.Container(accent_colour=ACCENT)
        for number, part in enumerate(_parts(condition, catalogue)):
            if number:
                container.add_item(ui.Separator())
            container.add_item(ui.TextDisplay(part))
        self.add_item(container)
        self.stop()


def _parts(condition: Condition, catalogue: Catalogue) -> Iterator[str]:
    yield _headline(condition)
    yield "\n".join(_provider(one) for one in condition.providers) or "There is no provider."
    yield _own(condition, catalogue)
    yield "\n".join(_machine(condition.load))
    if condition.stock is not None:
        yield "\n".join(_stock(condition.stock))
    if condition.amounts is not None:
        yield "\n".join(_amounts(condition.amounts))


def _headline(condition: Condition) -> str:
    if condition.trouble is not None:
        return f"### ⚠️ Nothing can be ordered\n{TROUBLES[condition.trouble]}"
    failing = [one for one in condition.providers if one.takes_nothing]
    if not failing:
        return "### ✅ All is well"
    is_all = len(failing) == len(condition.providers)
    headline = "Nothing is being made" if is_all else "Mostly well"
    waits = any(one.ailment is None for one in failing)
    said = WAITS if waits else AILS
    return f"### ⚠️ {headline}\n{said}"


def _provider(one: AtProvider) -> str:
    busy = f"-# {one.traffic.running} of {one.most_running} running · {one.traffic.waiting} waiting"
    if one.ailment is not None:
        since = format_dt(one.ailment.since, "R")
        return f"⚠️ **{one.title}** · {AILMENTS[one.ailment.outcome]} since {since}\n{busy}"
    if one.rest is None:
        return f"✅ **{one.title}**\n{busy}"
    again = format_dt(one.rest.until, "R")
    if one.rest.fails_since is None:
        return f"⏳ **{one.title}** · asked for a pause\n{busy} · goes on {again}"
    since = format_dt(one.rest.fails_since, "R")
    return f"⚠️ **{one.title}** · out of order since {since}\n{busy} · next try {again}"


def _own(condition: Condition, catalogue: Catalogue) -> str:
    lines = [_place(job, place, catalogue) for job, place in condition.own]
    return "\n".join(["**Your place in line**", *lines]) if lines else "You have nothing in line."


def _place(job: Job, place: Place, catalogue: Catalogue) -> str:
    match place.held_up_by:
        case SlotKind.MEMBER:
            where = "after your other clips"
        case SlotKind.GUILD:
            where = "after this server's other clips"
        case _:
            where = "next" if place.position == 1 else f"{ordinal(place.position)} in line"
    prompt = escape_markdown(cut(" ".join(job.prompt.split()), PROMPT_SHOWN))
    thread = f" · <#{job.thread_id}>" if job.thread_id else ""
    return f"⏳ {where} · {prompt}\n-# {catalogue.name_of(job.provider, job.model)}{thread}"


def _machine(load: Load) -> Iterator[str]:
    yield f"**On this machine** · {sum(load.running.values())} of {load.at_once} at work"
    busy = [work for work in Work if load.running.get(work) or load.waiting.get(work)]
    for work in busy:
        running, waiting = load.running.get(work, 0), load.waiting.get(work, 0)
        yield f"-# {WORKS[work]}: {running} running, {waiting} waiting"
    if not busy:
        yield "-# No picture and no clip waits to be worked on."


def _stock(stock: Stock) -> Iterator[str]:
    yield f"**Room for pictures and clips** · {'short' if stock.is_room_short else 'plenty'}"
    yield f"-# {_removed(stock)}"
    yield f"-# {_backed_up(stock)}"
    yield f"**Version** {stock.version} · started {format_dt(stock.up_since, 'R')}"


def _amounts(amounts: Amounts) -> Iterator[str]:
    yield "-# Of all servers together, for you as the bot's owner:"
    disk, total = amounts.disk, amounts.disk.total_bytes
    if amounts.budget_bytes is None:
        yield f"**Disk** · {_size(total)}, no budget set"
    else:
        yield f"**Disk** · {_size(total)} of {_size(amounts.budget_bytes)}"
        yield bar(min(1.0, total / amounts.budget_bytes))
    yield f"-# {_size(disk.uploads_bytes)} pictures · {_size(disk.clips_bytes)} clips"
    yield f"**Database** · {_size(amounts.database_bytes)}"


def _removed(stock: Stock) -> str:
    kept = stock.retention
    pictures, clips = _for_so_long(kept.pictures), _for_so_long(kept.clips)
    early = "; the oldest go sooner when room is short" if stock.has_budget else ""
    if pictures == clips:
        return f"Pictures and clips are kept {pictures}{early}."
    return f"Pictures are kept {pictures}, clips {clips}{early}."


def _for_so_long(kept: timedelta | None) -> str:
    if kept is None:
        return "for ever"
    return "a day" if kept.days == 1 else f"{kept.days} days"


def _backed_up(stock: Stock) -> str:
    if stock.last_backup is not None:
        return f"Last backup {format_dt(stock.last_backup, 'R')}."
    return "No backup yet." if stock.are_backups_scheduled else "No backups are scheduled."


def _size(size_bytes: int) -> str:
    if size_bytes >= GB:
        return f"{size_bytes / GB:.1f} GB"
    return f"{size_bytes / MB:.0f} MB" if size_bytes >= MB else f"{-(-size_bytes // 1000)} kB"
