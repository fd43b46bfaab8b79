"""Drafts: kept for a day, used once, and gone with their member."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from storage import blocks, drafts, files_to_go, jobs, ledger, members
from storage.books import audit
from storage.drafts import LIFETIME, MOST_OF_A_MEMBER, Draft, Frames
from storage.errors import DraftGone, DraftUsed, MemberBlocked, NotEnoughCredits
from storage.retention import Need, needs
from tests.storage.examples import GUILD, MEMBER, NOW, credits, new_job, seconds

CROP = Frames(
    picture="d1-crop.jpg", last_frame="d1-crop-last.jpg", ratio=1.5, inset=None, notes=["Small."]
)
PAD = Frames(
    picture="d1-pad.jpg",
    last_frame="d1-pad-last.jpg",
    ratio=1.5,
    inset=[10, 0, 900, 600],
    notes=[],
)
DRAFT = Draft(
    id="d1",
    guild_id=GUILD,
    member_id=MEMBER,
    provider="local",
    model="depth",
    prompt="slow zoom in, snow",
    negative_prompt="rain",
    seconds=5,
    shape="16:9",
    resolution="720p",
    sound=True,
    seed=None,
    audio="d1.mp3",
    frames={"pad": PAD, "crop": CROP},
    created_at=NOW,
)


def use(conn: sa.Connection, draft_id: str = "d1", number: int = 1, **changes: Any) -> jobs.Job:
    return drafts.use(conn, new_job(number, **changes), draft_id=draft_id, now=NOW)


def block(conn: sa.Connection) -> None:
    blocks.block_member(conn, GUILD, MEMBER, 5, until=None, reason=None, now=NOW)


def test_a_draft_is_read_as_it_was_written(conn: sa.Connection) -> None:
    drafts.create(conn, DRAFT)

    assert drafts.get(conn, "d1", now=NOW) == DRAFT
    assert DRAFT.files == (
        "d1-pad.jpg",
        "d1-pad-last.jpg",
        "d1-crop.jpg",
        "d1-crop-last.jpg",
        "d1.mp3",
    )


def test_a_draft_sets_nothing_aside_and_opens_no_account(conn: sa.Connection) -> None:
    drafts.create(conn, DRAFT)

    assert conn.exec_driver_sql("SELECT count(*) FROM account").scalar_one() == 0


def test_a_draft_that_comes_twice_is_kept_as_it_came_first(conn: sa.Connection) -> None:
    drafts.create(conn, DRAFT)
    used = use(conn)

    again = drafts.create(conn, replace(DRAFT, prompt="other"))

    assert again == []
    assert drafts.of_member(conn, GUILD, MEMBER) == [replace(DRAFT, job_id=used.id)]


def test_using_a_draft_makes_its_job_and_holds_the_price(conn: sa.Connection) -> None:
    drafts.create(conn, DRAFT)

    job = use(conn, inset=[10, 0, 900, 600])

    assert jobs.get(conn, job.id).inset == [10, 0, 900, 600]
    assert credits(conn) == (100, 8)
    assert audit(conn).discrepancies == ()


def test_of_two_presses_one_makes_a_job(conn: sa.Connection) -> None:
    drafts.create(conn, DRAFT)
    job = use(conn, number=1)

    with pytest.raises(DraftUsed) as refusal:
        use(conn, number=2)

    assert refusal.value.job_id == job.id
    assert credits(conn) == (100, 8)


def test_the_same_press_again_finds_its_job(conn: sa.Connection) -> None:
    drafts.create(conn, DRAFT)

    assert use(conn, number=1) == use(conn, number=1)


def test_a_draft_that_cannot_be_paid_stays(conn: sa.Connection) -> None:
    drafts.create(conn, DRAFT)

    with pytest.raises(NotEnoughCredits), conn.begin_nested():
        use(conn, price_credits=101)

    assert drafts.get(conn, "d1", now=NOW) == DRAFT


def test_a_draft_is_kept_for_a_day(conn: sa.Connection) -> None:
    drafts.create(conn, DRAFT)

    almost, over = NOW + LIFETIME - seconds(1), NOW + LIFETIME

    assert drafts.get(conn, "d1", now=almost) == DRAFT
    assert drafts.drop_expired(conn, now=almost) == []
    with pytest.raises(DraftGone):
        drafts.get(conn, "d1", now=over)
    assert drafts.drop_expired(conn, now=over) == [DRAFT]
    assert drafts.of_member(conn, GUILD, MEMBER) == []


def test_a_used_draft_goes_after_its_day_too_and_its_job_stays(conn: sa.Connection) -> None:
    drafts.create(conn, DRAFT)
    job = use(conn)

    drafts.drop_expired(conn, now=NOW + LIFETIME)

    assert drafts.of_member(conn, GUILD, MEMBER) == []
    assert jobs.get(conn, job.id) == job


def test_a_draft_that_is_given_up_is_gone(conn: sa.Connection) -> None:
    drafts.create(conn, DRAFT)

    assert drafts.drop(conn, "d1", now=NOW) == DRAFT

    with pytest.raises(DraftGone):
        use(conn)


def test_a_used_draft_cannot_be_given_up(conn: sa.Connection) -> None:
    drafts.create(conn, DRAFT)
    use(conn)

    with pytest.raises(DraftUsed):
        drafts.drop(conn, "d1", now=NOW)


def test_of_too_many_drafts_the_oldest_goes(conn: sa.Connection) -> None:
    others = replace(DRAFT, id="other", member_id=MEMBER + 1)
    drafts.create(conn, others)
    made = [
        replace(DRAFT, id=f"d{number}", created_at=NOW + seconds(number))
        for number in range(MOST_OF_A_MEMBER + 1)
    ]

    gone = [drafts.create(conn, each) for each in made]

    assert gone == [[]] * MOST_OF_A_MEMBER + [[made[0]]]
    assert drafts.of_member(conn, GUILD, MEMBER) == made[1:]
    assert drafts.get(conn, "other", now=NOW) == others


def test_who_may_order_nothing_is_shown_nothing(conn: sa.Connection) -> None:
    ledger.account(conn, GUILD, MEMBER, now=NOW)
    block(conn)

    with pytest.raises(MemberBlocked):
        drafts.create(conn, DRAFT)


def test_a_block_set_meanwhile_binds_when_the_draft_is_used(conn: sa.Connection) -> None:
    drafts.create(conn, DRAFT)
    ledger.account(conn, GUILD, MEMBER, now=NOW)
    block(conn)

    with pytest.raises(MemberBlocked):
        use(conn)


def test_a_draft_keeps_its_files_for_as_long_as_it_is_there(conn: sa.Connection) -> None:
    drafts.create(conn, DRAFT)
    before = needs(conn, ["d1"], ended_before=NOW + timedelta(days=9))

    drafts.drop(conn, "d1", now=NOW)

    assert before == {"d1": Need.KEEPS}
    assert needs(conn, ["d1"], ended_before=None) == {"d1": Need.NO_JOB}


def test_drafts_are_handed_out_and_forgotten_with_their_member(conn: sa.Connection) -> None:
    others = replace(DRAFT, id="other", member_id=MEMBER + 1)
    drafts.create(conn, others)
    drafts.create(conn, DRAFT)

    held = members.forget(conn, GUILD, MEMBER, pseudonym=-7)

    assert held.drafts == (DRAFT,)
    assert not held.is_empty
    assert held.files.uploads == DRAFT.files
    assert files_to_go.listed(conn).uploads == DRAFT.files
    assert drafts.of_member(conn, GUILD, MEMBER) == []
    assert drafts.of_member(conn, GUILD, MEMBER + 1) == [others]


def test_a_drafts_words_stay_out_of_its_repr() -> None:
    assert "snow" not in repr(DRAFT)
    assert "rain" not in repr(DRAFT)
