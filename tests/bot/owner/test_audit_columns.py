"""`python -m bot audit`: a row that was edited by hand, in whichever column, is found and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.owner.tampering import HIS, HOUSE, OTHER, found, more_history, tamper, write
from tests.storage.examples import GUILD, MEMBER

TAMPERINGS = {
    # What was done by hand, and what is said of it.
    "UPDATE account SET posted = 9999 WHERE id = 1": (
        f"{HIS}: posted credits should be 145 and is 9999"
    ),
    "UPDATE account SET held = 0 WHERE id = 1": f"{HIS}: held credits should be 8 and is 0",
    "UPDATE account SET entries = 9 WHERE id = 1": (
        f"{HIS}: number of entries should be 9 and is 12"
    ),
    "UPDATE account SET member_id = 24 WHERE id = 1": (
        f"member 24 of guild {GUILD}: member who pays for job 1 should be 22 and is 24"
    ),
    "UPDATE account SET member_id = 24 WHERE member_id = 23": (
        f"member 24 of guild {GUILD}: origin of account 4 should be "
    ),
    "UPDATE account SET guild_id = 12 WHERE id = 1": (
        f"member {MEMBER} of guild 12: guild where job 1 is paid should be 11 and is 12"
    ),
    "UPDATE account SET guild_id = 12 WHERE kind = 'house'": (
        "house 0 of guild 12: guild of the loss of job 3 should be 11 and is 12"
    ),
    "UPDATE account SET kind = 'member', member_id = 25 WHERE kind = 'house'": (
        f"member 25 of guild {GUILD}: losses that a member bears for job 3 should be 0 and is 1"
    ),
    "UPDATE account SET id = 77 WHERE id = 1": (
        "account 1: accounts of entry 1 (welcome:1) should be 1 and is 0"
    ),
    "DELETE FROM account WHERE id = 1": (
        "account 1: accounts of the hold of job 1 should be 1 and is 0"
    ),
    "UPDATE hold SET job_id = '9' WHERE job_id = '1'": (
        f"{HIS}: jobs of the hold of job 9 should be 1 and is 0"
    ),
    "UPDATE hold SET account_id = 4 WHERE job_id = '4'": (
        f"member {OTHER} of guild {GUILD}: entries that set credits aside for job 4 "
        "should be 1 and is 0"
    ),
    "UPDATE hold SET account_id = 99 WHERE job_id = '4'": (
        "account 99: accounts of the hold of job 4 should be 1 and is 0"
    ),
    "UPDATE hold SET credits = 7 WHERE job_id = '1'": (
        f"{HIS}: credits set aside for job 1, by its quote, should be 8 and is 7"
    ),
    "UPDATE hold SET state = 'released' WHERE job_id = '1'": (
        f"{HIS}: settlements of job 1 should be 1 and is 0"
    ),
    "UPDATE hold SET state = 'held' WHERE job_id = '3'": (
        f"{HIS}: open holds of job 3, which is over, should be 0 and is 1"
    ),
    "UPDATE hold SET state = 'captured' WHERE job_id = '3'": (
        f"{HIS}: state of the hold of job 3 should be released and is captured"
    ),
    "UPDATE hold SET captured_credits = 4 WHERE job_id = '2'": (
        f"{HIS}: credits taken for job 2, by what it says was paid, should be 5 and is 4"
    ),
    "DELETE FROM hold WHERE job_id = '4'": (f"{HIS}: holds of job 4 should be 1 and is 0"),
    "UPDATE entry SET source = 'x' WHERE source = '1'": (
        f"{HIS}: holds of job x should be 1 and is 0"
    ),
    "UPDATE entry SET source = 'x' WHERE phase = 'loss'": (
        f"{HOUSE}: jobs of the loss of job x should be 1 and is 0"
    ),
    "UPDATE entry SET phase = 'loss' WHERE source = 'grant:7'": (
        f"{HIS}: losses that a member bears for job grant:7 should be 0 and is 1"
    ),
    "UPDATE entry SET phase = 'gift' WHERE source = 'grant:7'": (
        f"{HIS}: entries with the unknown word “gift” for job grant:7 should be 0 and is 1"
    ),
    "UPDATE entry SET account_id = 99 WHERE source = 'grant:7'": (
        "account 99: accounts of entry 8 (grant:7) should be 1 and is 0"
    ),
    "UPDATE entry SET number = 20 WHERE source = 'grant:7'": (
        f"{HIS}: number of the entry after entry 7 should be 8 and is 9"
    ),
    "UPDATE entry SET posted_change = 60 WHERE source = 'grant:7'": (
        f"{HIS}: posted credits after entry 8 should be 155 and is 145"
    ),
    "UPDATE entry SET held_change = 1 WHERE source = 'grant:7'": (
        f"{HIS}: held credits after entry 8 should be 9 and is 8"
    ),
    "UPDATE entry SET posted_after = 150 WHERE source = 'grant:7'": (
        f"{HIS}: posted credits after entry 8 should be 145 and is 150"
    ),
    "UPDATE entry SET held_after = 3 WHERE source = 'grant:7'": (
        f"{HIS}: held credits after entry 8 should be 8 and is 3"
    ),
    "UPDATE entry SET at = 1000 WHERE source = '1'": (
        f"{HIS}: microsecond of entry 2, as job 1 was made, should be 1777896000000000 and is 1000"
    ),
    "UPDATE entry SET at = 1000 WHERE source = '2' AND phase = 'settle'": (
        f"{HIS}: microsecond of entry 4, as job 2 ended, should be 1777896000000000 and is 1000"
    ),
    "UPDATE entry SET actor_account_id = 4 WHERE source = '1'": (
        f"{HIS}: moderators named in entry 2 of job 1 should be 0 and is 1"
    ),
    "UPDATE entry SET actor_account_id = 4 WHERE source = 'grant:7'": (
        f"{HIS}: digest of entry 8 (grant:7, grant) should be "
    ),
    "UPDATE entry SET actor_account_id = NULL WHERE source = 'grant:7'": (
        f"{HIS}: digest of entry 8 (grant:7, grant) should be "
    ),
    "UPDATE entry SET at = at + 1 WHERE source = 'grant:7'": (
        f"{HIS}: digest of entry 8 (grant:7, grant) should be "
    ),
    "UPDATE entry SET source = 'grant:8' WHERE source = 'grant:7'": (
        f"{HIS}: digest of entry 8 (grant:8, grant) should be "
    ),
    "UPDATE entry SET source = CAST(x'ff' AS TEXT) WHERE source = 'grant:7'": (
        f"{HIS}: digest of entry 8 (\\xff, grant) should be "
    ),
    "UPDATE entry SET digest = 'mine' WHERE source = 'grant:7'": (
        f"{HIS}: digest of entry 8 (grant:7, grant) should be "
    ),
    "UPDATE reason SET text = 'a friend'": (
        f"{HIS}: digest of the reason of entry 8 (grant:7, grant) should be "
    ),
    "DELETE FROM reason": f"{HIS}: reason of entry 8 (grant:7, grant) should be there and is gone",
    "INSERT INTO reason VALUES (1, 2, 'a friend')": (
        f"{HIS}: digest of the reason of entry 2 (1, hold) should be "
    ),
    "UPDATE entry SET ending = 'cancelled' WHERE source = '3' AND phase = 'settle'": (
        f"{HIS}: digest of entry 6 (3, settle) should be "
    ),
    "UPDATE entry SET account_id = 4, number = 2 WHERE source = 'grant:7'": (
        f"member {OTHER} of guild {GUILD}: digest of entry 2 (grant:7, grant) should be "
    ),
    "UPDATE account SET digest = origin WHERE id = 1": (
        f"{HIS}: digest of the newest entry should be "
    ),
    "UPDATE account SET origin = x'00' WHERE id = 1": f"{HIS}: origin of account 1 should be ",
    "UPDATE account SET salt = NULL WHERE id = 1": (
        f"{HIS}: salt of account 1 should be there and is gone"
    ),
    "UPDATE hold SET state = 'released' WHERE job_id = '5'": (
        f"{HIS}: state of the hold of job 5 should be captured and is released"
    ),
    "UPDATE job SET price_credits = 7 WHERE id = '1'": (
        f"{HIS}: credits set aside for job 1, by its quote, should be 7 and is 8"
    ),
    "UPDATE job SET paid_credits = 4 WHERE id = '2'": (
        f"{HIS}: credits taken for job 2, by what it says was paid, should be 4 and is 5"
    ),
    "UPDATE job SET state = 'cancelled' WHERE id = '3'": (
        f"{HIS}: state of job 3 should be failed and is cancelled"
    ),
    "UPDATE job SET state = 'running' WHERE id = '2'": (
        f"{HIS}: state of job 2 should be delivered and is running"
    ),
    "UPDATE job SET state = 'delivered' WHERE id = '1'": (
        f"{HIS}: settlements of job 1, which is delivered, should be 1 and is 0"
    ),
    "UPDATE job SET state = 'delivered' WHERE id = '6'": (
        f"{HIS}: state of job 6 should be needs_review and is delivered"
    ),
    "UPDATE job SET member_id = 23 WHERE id = '1'": (
        f"{HIS}: member who pays for job 1 should be 23 and is 22"
    ),
    "DELETE FROM entry WHERE source = 'grant:7'": (
        f"{HIS}: number of entries should be 12 and is 11"
    ),
    "DELETE FROM entry WHERE source = '2' AND phase = 'hold'": (
        f"{HIS}: number of the entry after entry 2 should be 3 and is 4"
    ),
    "DELETE FROM job WHERE id = '1'": f"{HIS}: jobs of the hold of job 1 should be 1 and is 0",
}


@pytest.mark.parametrize("statement", TAMPERINGS)
def test_what_was_tampered_with_is_named(database: Path, statement: str) -> None:
    write(database, more_history)

    tamper(database, statement)

    assert [line for line in found() if line.startswith(TAMPERINGS[statement])] != []
