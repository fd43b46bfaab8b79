"""What became of every job: at Discord, at the provider, in the books and on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from storage.jobs import JobState
from tests.crash.market import CANNOT_BE_ASKED, Market
from tests.end_to_end.order import Order
from tests.end_to_end.stage import Stage
from tests.fakes.spending import Purchase, purchases

REVIEW = "zoetrope:review:"
"""How the buttons of the moderators' cards are named."""


@dataclass
class Figures:
    """What happened to a bot, and what an audit found afterwards."""

    kills: int = 0
    stops: int = 0
    freezes: int = 0
    jobs: int = 0
    delivered: int = 0
    in_review: int = 0
    """Jobs nobody can tell about: their members have their credits back."""
    paid_for: int = 0
    """Tasks at the providers that cost money."""
    lost: list[str] = field(default_factory=list)
    """Jobs without a clip in their thread."""
    doubled: list[str] = field(default_factory=list)
    """Jobs with two of something: tasks, threads, status messages, clips, mentions."""
    wrong: list[str] = field(default_factory=list)
    """Whatever else is not as it should be."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, doubled or wrong."""
        return not (self.lost or self.doubled or self.wrong)

    def numbers(self) -> dict[str, int]:
        """Each figure by its name."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: v if isinstance(v, int) else len(v) for name, v in values.items()}

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            **{
                each.name: getattr(self, each.name) + getattr(other, each.name)
                for each in fields(self)
            }
        )

    def __str__(self) -> str:
        return ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in self.numbers().items())


def check_orders(
    figures: Figures, stage: Stage, market: Market, orders: Iterable[Order], doubted: set[str]
) -> None:
    """Hold every order against every promise; `doubted` are those struck during their submit."""
    bought = purchases(market.fakes)
    known = {order.id: order for order in orders}
    rows = {row["id"]: row for row in stage.records.jobs()}
    figures.jobs, figures.paid_for = len(rows), sum(map(len, bought.values()))
    figures.lost += [f"{job_id} was ordered by nobody" for job_id in rows.keys() - known.keys()]
    for job_id, row in rows.items():
        if job_id in known:
            tasks = bought.pop(row["prompt"], [])
            _check(figures, stage, known[job_id], tasks, is_doubted=job_id in doubted)
    figures.wrong += [f"a task was bought for no job: {tasks}" for tasks in bought.values()]


def _check(
    figures: Figures, stage: Stage, order: Order, tasks: list[Purchase], *, is_doubted: bool
) -> None:
    row = order.row
    told = f"{order.id} of {row['provider']}"
    seen: dict[str, Sequence[object]] = {
        "thread": order.threads,
        "status": [each for each in order.statuses if REVIEW not in str(each.components)],
        "clip": order.clips,
        "mention": order.pings,
        "task": tasks,
    }
    figures.doubled += [f"{told}: {len(n)} × {what}" for what, n in seen.items() if len(n) > 1]
    if row["state"] == JobState.NEEDS_REVIEW:
        figures.in_review += 1
        if not is_doubted or row["provider"] not in CANNOT_BE_ASKED:
            figures.lost.append(f"{told}: in review, though somebody could tell")
        awaited = {"thread", "status", "mention"}
        if tasks and row["provider"] == "modelslab":
            figures.lost.append(f"{told}: in review, though its task called")
    else:
        figures.delivered += 1
        awaited = {"thread", "status", "mention", "clip"}
        if row["provider"] != "local":
            awaited.add("task")
    missing = [what for what in awaited if not seen[what]]
    figures.lost += [f"{told} ({row['state']}): no {what}" for what in missing]
    if order.pings and order.pings[0] != order.interaction.user.id:
        figures.wrong.append(f"{told}: somebody else was mentioned")
    if not _is_settled_once(stage, order):
        figures.wrong.append(f"{told} ({row['state']}): {stage.records.entries(order.id)}")


def _is_settled_once(stage: Stage, order: Order) -> bool:
    """Whether the member paid the price once for a clip, and nothing otherwise."""
    row, price = order.row, order.row["price_credits"]
    paid = price if row["state"] == JobState.DELIVERED else 0
    return (
        row["state"] in (JobState.DELIVERED, JobState.NEEDS_REVIEW)
        and row["paid_credits"] == paid
        and stage.records.entries(order.id) == [("hold", 0, price), ("settle", -paid, -price)]
        and stage.records.hold_of(order.id) == ("captured" if paid else "released")
    )


def check_remains(stage: Stage) -> Iterator[str]:
    """Say what is left that belongs to nothing: threads, files, processes, holds."""
    world = stage.playground.world
    replies = {row["thread_id"] for row in stage.records.jobs()}
    for channel in list(world.guild.channels.values()):
        for thread in stage.playground.threads(channel.id):
            if thread.id not in replies:
                yield f"a thread without a job: {thread.id}"
    yield from (f"credits still held: {job_id}" for job_id in stage.records.open_holds())
    yield from (f"a file: {name}" for name in _strays(stage))
    yield from (f"a process: {command}" for command in processes_at(stage.folder))


def _strays(stage: Stage) -> set[str]:
    """Files beside the kept pictures and clips, and those that are missing."""
    files = stage.folder / "zoetrope-files"
    kept: set[str] = set()
    for row in stage.records.jobs():
        kept |= {f"uploads/{row[name]}" for name in ("picture", "last_frame", "audio") if row[name]}
        kept |= {f"clips/{row['clip']}" for _ in range(1) if row["clip"]}
    found = {str(each.relative_to(files)) for each in files.rglob("*") if each.is_file()}
    folders = {each.name for each in (files / "providers" / "local").glob("*")}
    return (found ^ kept) | folders


def processes_at(folder: Path) -> list[str]:
    """The living processes that stand in a folder or name it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            place = os.readlink(process / "cwd")
        except OSError:
            continue
        if str(folder) in command or place.startswith(str(folder)):
            found.append(command)
    return found
