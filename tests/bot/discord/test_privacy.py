"""/privacy delete: members delete what is stored of them, and of nobody else."""

from __future__ import annotations

import discord
import pytest
from simcord import InteractionResult, MemberActor

from bot.discord.views.privacy import OPEN_SHOWN
from providers.errors import Refused
from storage import files_to_go, ledger, members
from storage.books import audit
from storage.errors import NotEnoughCredits
from storage.files_to_go import Files
from storage.jobs import JobState
from storage.members import FORGOTTEN_PROMPT
from tests.bot.discord.club import Club, labels, texts
from tests.bot.discord.lists import bring_to, buttons, delivered, list_of, shown
from tests.scripted import Mishap

DELETE = "Delete my data"


async def asked(club: Club, actor: MemberActor | None = None) -> discord.Message:
    """What a member reads before anything is deleted."""
    return shown(await (actor or club.member).slash(club.channel, "privacy delete"))


async def delete(club: Club) -> str:
    """Delete a member's data; returns what is said of it."""
    return texts(shown(await club.member.click(await asked(club), label=DELETE))).strip()


def stored_files(club: Club) -> list[str]:
    folder = club.workshop.files.clip("x").parent.parent
    return sorted(file.name for file in folder.rglob("*.*") if file.is_file())


async def test_before_deleting_a_member_reads_what_goes_and_what_stays(club: Club) -> None:
    await delivered(club)

    message = await asked(club)

    said = texts(message)
    for words in (
        "This cannot be undone. `/privacy export` gives you a copy first.",
        "The prompts of your 1 job, and your name on them",
        "The 2 pictures, sounds and clips I keep of them.",
        "Your **97 credits**: they stay with the account",
        "What is posted on Discord: clips, threads and messages.",
        "The reasons moderators wrote when they gave you credits",
        "if you order again, you begin with none.",
        "copies in the owner's backups",
    ):
        assert words in said
    assert labels(message) == [DELETE]
    assert (await club.jobs())[0].prompt == "slow zoom in"
    assert len(stored_files(club)) == 2


async def test_deleting_leaves_anonymous_rows_and_no_files(club: Club) -> None:
    job = await delivered(club, prompt="heavy rain")
    club.workshop.provider.submits.append(Mishap(Refused("no")))
    await delivered(club)

    said = await delete(club)

    assert said == "✅ **Done.** 2 jobs are anonymous now, and 3 files removed."
    assert await club.jobs() == ()
    row = await club.workshop.job(job)
    assert (row.prompt, row.picture, row.clip) == (FORGOTTEN_PROMPT, None, None)
    assert (row.thread_id, row.status_id, row.clip_id, row.reply_id) == (None,) * 4
    assert row.member_id < 0
    assert (row.state, row.paid_credits) == (JobState.DELIVERED, 3)
    assert stored_files(club) == []
    assert await club.workshop.database.read(files_to_go.listed) == Files()
    assert (await club.workshop.database.read(audit)).discrepancies == ()


async def test_what_is_posted_stays_in_its_thread(club: Club) -> None:
    await delivered(club)

    await delete(club)

    assert [len(message.attachments) for message in club.posts] == [0, 1]
    result = await club.member.click(club.posts[-1], label="Again · 3 credits")
    assert "Only the member whose clip it is" in result.followups[0].content


async def test_after_deleting_nobody_starts_anew(club: Club) -> None:
    await delivered(club)
    await delete(club)

    assert (await club.account()).available == 0
    assert buttons(await list_of(club)) == {}
    await club.animate()
    assert await club.jobs() == ()
    error = club.error()
    assert isinstance(error, NotEnoughCredits)
    assert error.available == 0
    assert (await club.workshop.database.read(audit)).discrepancies == ()


async def test_a_granted_member_orders_again_after_deleting(club: Club) -> None:
    await delivered(club)
    await delete(club)
    await club.moderator.slash(club.channel, "budget grant", member=club.member, credits=5)

    again = await delivered(club)

    assert (again.state, again.paid_credits) == (JobState.DELIVERED, 3)
    assert (await club.account()).available == 2
    assert await delete(club) == "✅ **Done.** 1 job is anonymous now, and 2 files removed."
    assert (await club.workshop.database.read(audit)).discrepancies == ()


async def test_whoever_has_nothing_stored_reads_that(club: Club) -> None:
    message = await asked(club)

    assert texts(message).strip() == (
        "I have nothing stored of you in this server that could be deleted."
    )
    assert labels(message) == []


async def test_deleting_twice_says_that_nothing_is_left(club: Club) -> None:
    await delivered(club)
    first, second = await asked(club), await asked(club)
    await club.member.click(first, label=DELETE)

    again = await club.member.click(second, label=DELETE)

    assert texts(shown(again)).strip().startswith("I have nothing stored of you")


async def test_open_jobs_are_named_and_nothing_is_deleted(club: Club) -> None:
    done = await delivered(club)
    job = await bring_to(club, JobState.RUNNING)

    message = await asked(club)

    assert texts(message).strip().splitlines() == [
        "## Not yet",
        "1 job of yours is not over:",
        f"- job {job.id}: 🎬 **Being made**",
        "Wait until they are, or cancel them with `/jobs`. Then ask again: nothing was deleted.",
    ]
    assert labels(message) == []
    assert await club.workshop.job(done) == done


async def test_a_job_ordered_between_question_and_button_stops_the_deletion(club: Club) -> None:
    done = await delivered(club)
    message = await asked(club)
    await club.animate()

    told = await club.member.click(message, label=DELETE)

    assert "## Not yet" in texts(shown(told))
    assert (await club.workshop.job(done)).prompt == "slow zoom in"
    assert len(stored_files(club)) == 3


async def test_many_open_jobs_are_counted(club: Club) -> None:
    for _ in range(OPEN_SHOWN + 2):
        await club.animate()

    said = texts(await asked(club))

    assert "12 jobs of yours are not over:" in said
    assert "- and 2 more" in said


async def test_the_button_outlives_a_restart(club: Club) -> None:
    await delivered(club)
    message = await asked(club)
    await club.restart()

    await club.member.click(message, label=DELETE)

    assert await club.jobs() == ()


async def test_nobody_deletes_anothers_data(club: Club) -> None:
    job = await delivered(club)

    for actor in (club.other, club.moderator, club.owner):
        message = await asked(club, actor)
        assert labels(message) == []

    options = {
        option["name"]: option.get("options", []) for option in club.command("privacy")["options"]
    }
    assert options == {"export": [], "delete": []}
    assert await club.workshop.job(job) == job


async def test_a_button_deletes_the_data_of_whoever_presses_it(club: Club) -> None:
    job = await delivered(club)
    message = await asked(club)
    view = discord.ui.LayoutView.from_message(message)
    view.stop()
    place = club.client.get_partial_messageable(club.thread.id, guild_id=club.guild.id)
    in_public = await place.send(view=view)

    result = await club.other.click(in_public, label=DELETE)

    assert said_to(result) == []
    assert await club.workshop.job(job) == job


def said_to(result: InteractionResult) -> list[str]:
    return [message.content for message in result.followups]


async def test_files_a_crash_left_are_removed_at_the_next_start(club: Club) -> None:
    await delivered(club)
    # The process dies between the commit and the files.
    await club.workshop.database.run(members.forget, club.guild.id, club.member.id, pseudonym=-5)
    assert len(stored_files(club)) == 2

    await club.client.members.privacy.drop_forgotten_files()

    assert stored_files(club) == []
    assert await club.workshop.database.read(files_to_go.listed) == Files()


async def test_files_the_disk_does_not_let_go_are_tried_again(club: Club) -> None:
    job = await delivered(club)
    clip = club.workshop.files.clip(job.clip or "")
    clip.unlink()
    clip.mkdir()

    assert "✅ **Done.**" in await delete(club)
    assert len(await club.workshop.database.read(files_to_go.listed)) == 2

    clip.rmdir()
    await club.client.members.privacy.drop_forgotten_files()
    assert await club.workshop.database.read(files_to_go.listed) == Files()


@pytest.mark.parametrize("command", ["privacy export", "privacy delete", "jobs"])
async def test_everybody_may_ask_for_their_own(club: Club, command: str) -> None:
    assert command in club.other.available_commands(club.channel)


async def test_the_anonymous_account_keeps_what_it_had(club: Club) -> None:
    job = await delivered(club)
    await delete(club)

    pseudonym = (await club.workshop.job(job)).member_id
    account = await club.workshop.database.run(
        ledger.account, club.guild.id, pseudonym, now=club.workshop.clock()
    )

    assert (account.posted, account.held) == (97, 0)
