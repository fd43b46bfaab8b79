"""What a provider refuses counts against its member, and cool-offs grow until a moderator acts."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage import blocks, jobs, late, ledger, members, strikes
from storage.books import audit
from storage.errors import MemberBlocked, ProviderBraked, StaleFence
from storage.job import JobState
from storage.strikes import BRAKE, BRAKE_STRIKES, COOL_OFFS, COUNTS_FOR, Brake
from tests.storage.examples import GUILD, MEMBER, NOW, credits, in_state, new_job, seconds
from tests.storage.shielded import MODERATOR, refuse, refused, running

OTHER_GUILD = 12
MINUTE = timedelta(minutes=1)


def test_cool_offs_grow_until_only_a_moderator_ends_them(conn: sa.Connection) -> None:
    now, led_to = NOW, []
    for number in range(1, 7):
        strike = refused(conn, number, now=now)
        led_to.append(strike.until and strike.until - now)
        now = (strike.until or now) + MINUTE

    assert led_to == [None, 10 * MINUTE, 60 * MINUTE, 360 * MINUTE, 1440 * MINUTE, None]
    with pytest.raises(MemberBlocked) as refusal:
        jobs.create(conn, new_job(7), now=now + timedelta(days=365))
    assert (refusal.value.kind, refusal.value.until) == (blocks.BlockKind.QUARANTINED, None)


def test_the_first_refusal_is_only_a_warning(conn: sa.Connection) -> None:
    strike = refused(conn, 1)

    assert strike.is_warning
    assert jobs.create(conn, new_job(2), now=NOW).state is JobState.QUEUED


def test_nothing_can_be_ordered_until_the_very_moment_a_cool_off_ends(conn: sa.Connection) -> None:
    refused(conn, 1)
    refused(conn, 2)
    until = NOW + COOL_OFFS[1]

    with pytest.raises(MemberBlocked) as refusal:
        jobs.create(conn, new_job(3), now=until - seconds(0.000001))

    assert refusal.value.until == until
    assert credits(conn) == (100, 0)
    assert jobs.create(conn, new_job(3), now=until).state is JobState.QUEUED


def test_a_strike_counts_for_thirty_days(conn: sa.Connection) -> None:
    refused(conn, 1)

    assert refused(conn, 2, now=NOW + COUNTS_FOR).number == 1
    assert refused(conn, 3, now=NOW + COUNTS_FOR + MINUTE).number == 2


def test_what_is_in_line_is_cancelled_with_the_cool_off(conn: sa.Connection) -> None:
    refused(conn, 1)
    second = running(conn, 2)
    waiting = jobs.create(conn, new_job(3), now=NOW)
    of_another = jobs.create(conn, new_job(4, member_id=23), now=NOW)

    refuse(conn, second)

    assert jobs.get(conn, waiting.id).cancel_requested
    assert not jobs.get(conn, of_another.id).cancel_requested


def test_a_job_that_runs_already_counts_too_and_shortens_nothing(conn: sa.Connection) -> None:
    runs = [running(conn, number) for number in range(1, 8)]
    for job in runs:
        refuse(conn, job)

    with pytest.raises(MemberBlocked) as refusal:
        blocks.check(conn, GUILD, MEMBER, now=NOW)
    assert refusal.value.kind is blocks.BlockKind.QUARANTINED


def test_a_visit_that_was_overtaken_counts_no_strike(conn: sa.Connection) -> None:
    job = running(conn, 1)
    refuse(conn, job)

    with pytest.raises(StaleFence):
        refuse(conn, job)

    assert len(strikes.of_member(conn, GUILD, MEMBER)) == 1


def test_a_late_refusal_counts_too(conn: sa.Connection) -> None:
    job = in_state(conn, JobState.LATE)

    late.finish(conn, job, JobState.FAILED, now=NOW, house_loss_credits=0, is_strike=True)

    assert strikes.of_job(conn, job.id) == strikes.of_member(conn, GUILD, MEMBER)[0]


def test_guilds_know_nothing_of_each_others_strikes(conn: sa.Connection) -> None:
    for number in (1, 2):
        refused(conn, number)

    assert refused(conn, 3, guild_id=OTHER_GUILD).number == 1


def test_many_refusals_in_a_guild_stop_it_at_that_provider_for_an_hour(
    conn: sa.Connection,
) -> None:
    for number in range(BRAKE_STRIKES):
        strikes.check_brake(conn, GUILD, "local", now=NOW)
        refused(conn, number + 1, member_id=1000 + number)
    until = NOW + BRAKE

    with pytest.raises(ProviderBraked) as refusal:
        jobs.create(conn, new_job(500), now=until - seconds(1))

    assert (refusal.value.provider, refusal.value.until) == ("local", until)
    jobs.create(conn, new_job(501, provider="other"), now=NOW)
    jobs.create(conn, new_job(502, guild_id=OTHER_GUILD), now=NOW)
    jobs.create(conn, new_job(503), now=until)


def test_refusals_spread_over_more_than_an_hour_stop_nobody_else(conn: sa.Connection) -> None:
    for number in range(BRAKE_STRIKES):
        refused(conn, number + 1, member_id=1000 + number, now=NOW + number * 4 * MINUTE)

    strikes.check_brake(conn, GUILD, "local", now=NOW + BRAKE_STRIKES * 4 * MINUTE)


def test_moderators_are_told_once_that_it_is_stopped(conn: sa.Connection) -> None:
    made = [running(conn, 1 + n, member_id=1000 + n) for n in range(BRAKE_STRIKES + 5)]
    for job in made:
        refuse(conn, job)

    [brake] = strikes.untold_brakes(conn)
    strikes.told_of_brake(conn, brake)

    assert brake == Brake(guild_id=GUILD, provider="local", until=NOW + BRAKE)
    assert strikes.untold_brakes(conn) == []


def test_deleting_ones_data_ends_no_quarantine(conn: sa.Connection) -> None:
    for job in [running(conn, number) for number in range(1, 7)]:
        refuse(conn, job)

    members.forget(conn, GUILD, MEMBER, pseudonym=-7)

    with pytest.raises(MemberBlocked):
        jobs.create(conn, new_job(7), now=NOW)
    assert audit(conn).discrepancies == ()


def test_what_outlives_a_deletion_leads_to_no_job_and_no_moment(conn: sa.Connection) -> None:
    now = NOW + timedelta(hours=3, minutes=7)
    refused(conn, 1, now=now)
    refused(conn, 2, now=now)

    members.forget(conn, GUILD, MEMBER, pseudonym=-7)

    day = NOW.replace(hour=0)
    found = strikes.of_member(conn, GUILD, MEMBER)
    assert [(one.at, one.until, one.provider) for one in found] == [(day, None, "")] * 2
    assert all(strikes.of_job(conn, job_id) is None for job_id in ("1", "2"))
    block = blocks.of_member(conn, GUILD, MEMBER, now=now)
    assert block is not None
    assert (block.since, block.until) == (day, NOW + timedelta(hours=4))
    assert strikes.of_member(conn, GUILD, -7) == []


def test_after_a_deletion_the_ladder_goes_on(conn: sa.Connection) -> None:
    refused(conn, 1)
    refused(conn, 2)
    members.forget(conn, GUILD, MEMBER, pseudonym=-7)

    assert refused(conn, 3, now=NOW + timedelta(hours=2)).number == 3


def test_strikes_that_were_lifted_are_forgotten_with_the_member(conn: sa.Connection) -> None:
    refused(conn, 1)
    refused(conn, 2)
    blocks.lift(conn, GUILD, MEMBER, MODERATOR, reason=None, now=NOW)

    members.forget(conn, GUILD, MEMBER, pseudonym=-7)

    assert strikes.of_member(conn, GUILD, MEMBER) == []
    assert ledger.account(conn, GUILD, MEMBER, now=NOW).posted == 0
