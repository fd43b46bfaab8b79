"""Jobs come under review, are decided, and come late, in any order: the books always balance."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import MultipleResults, initialize, multiple, rule

from storage import jobs, late, verdicts
from storage.errors import NotEnoughCredits, StaleFence
from storage.job import NEXT_STATES
from storage.jobs import Job, JobState
from storage.verdicts import Verdict
from tests.storage.examples import new_job
from tests.storage.test_any_order import SHORT, AnyOrder, interactions, members


class AnyOrderLate(AnyOrder):
    """All that may happen to a job, and what may happen after its hold was given back."""

    @initialize()
    def open(self) -> None:
        super().open()
        self.decided: set[str] = set()

    @rule(target=AnyOrder.copies, interaction=interactions, member=members, loss=st.integers(0, 1))
    def come_under_review(
        self, interaction: int, member: int, loss: int
    ) -> Job | MultipleResults[Job]:
        """Lead a new job by the long way, which chance alone seldom finds."""
        if jobs.job_id(interaction) in self.rows:
            return multiple()
        new = new_job(interaction, member_id=member, price_credits=2, due_at=self.now)
        try:
            job = self.run(jobs.create, new, now=self.now)
        except NotEnoughCredits:
            return multiple()
        for state in (JobState.SUBMITTING, JobState.UNKNOWN):
            job = self.run(jobs.update, job, now=self.now, state=state, due_at=self.now)
        self.rows[job.id] = job
        return self.finish(job, JobState.NEEDS_REVIEW, paid=0, loss=loss)

    @rule(target=AnyOrder.copies, copy=AnyOrder.copies)
    def resume(self, copy: Job) -> Job | MultipleResults[Job]:
        try:
            job = self.run(late.resume, copy, task={"id": "late"}, now=self.now)
        except ValueError:
            assert copy.state not in (JobState.NEEDS_REVIEW, JobState.LATE)
            return multiple()
        except StaleFence:
            assert not self.is_current(copy)
            return multiple()
        assert self.is_current(copy)
        self.rows[job.id] = job
        return job

    @rule(target=AnyOrder.copies, copy=AnyOrder.copies)
    def reopen(self, copy: Job) -> Job | MultipleResults[Job]:
        try:
            job = self.run(late.reopen, copy, now=self.now)
        except ValueError:
            assert JobState.NEEDS_REVIEW not in NEXT_STATES.get(copy.state, ())
            return multiple()
        except StaleFence:
            assert not self.is_current(copy) or self.overlooks_a_hint(copy, JobState.NEEDS_REVIEW)
            return multiple()
        assert self.is_current(copy)
        self.rows[job.id] = job
        self.decided.discard(job.id)
        return job

    @rule(
        target=AnyOrder.copies,
        copy=AnyOrder.copies,
        ending=st.sampled_from([JobState.DELIVERED, JobState.FAILED]),
        loss=st.integers(0, 3),
    )
    def finish_late(self, copy: Job, ending: JobState, loss: int) -> Job | MultipleResults[Job]:
        try:
            job = self.run(late.finish, copy, ending, now=self.now, house_loss_credits=loss)
        except ValueError:
            assert copy.state is not JobState.LATE
            return multiple()
        except StaleFence:
            assert not self.is_current(copy)
            return multiple()
        assert self.is_current(copy)
        assert job.paid_credits == self.rows[job.id].paid_credits
        self.rows[job.id] = job
        self.lose(job, loss)
        return job

    @rule(
        copy=AnyOrder.copies,
        verdict=st.sampled_from([Verdict.RAN, Verdict.NEVER_RAN]),
        task=st.sampled_from([None, {"id": "late"}]),
    )
    def decide(self, copy: Job, verdict: Verdict, task: dict[str, str | int] | None) -> None:
        is_open = self.rows[copy.id].state is JobState.NEEDS_REVIEW and copy.id not in self.decided
        counts = self.run(
            verdicts.decide, copy.id, verdict, moderator_id=9, task=task, now=self.now
        )
        assert counts is is_open
        after = self.rows[copy.id] = self.run(jobs.get, copy.id)
        if counts:
            self.decided.add(copy.id)
            assert after.state is (JobState.LATE if task else JobState.NEEDS_REVIEW)

    @rule(target=AnyOrder.copies, copy=AnyOrder.copies, interaction=interactions)
    def run_again(self, copy: Job, interaction: int) -> Job | MultipleResults[Job]:
        row = self.rows[copy.id]
        new = new_job(
            interaction,
            member_id=row.member_id,
            price_credits=row.price_credits,
            due_at=self.now,
        )
        is_open = row.state is JobState.NEEDS_REVIEW and copy.id not in self.decided
        available = self.posted[row.member_id] - self.held(row.member_id)
        known = self.rows.get(jobs.job_id(interaction))
        try:
            made = self.run(verdicts.run_again, copy.id, new, moderator_id=9, now=self.now)
        except NotEnoughCredits:
            assert is_open
            assert known is None
            assert row.price_credits > available
            return multiple()
        self.rows[copy.id] = self.run(jobs.get, copy.id)
        if made is None:
            assert not is_open
            return multiple()
        assert is_open
        self.decided.add(copy.id)
        self.rows.setdefault(made.id, made)
        return self.rows[made.id]


TestAnyOrderLate = AnyOrderLate.TestCase
TestAnyOrderLate.settings = SHORT
