"""The books of a day on a real Asterisk say what callers and agents did, and what Asterisk wrote of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ivrctl.testkit.queue_day.day import live, place
from ivrctl.testkit.queue_day.plan import Kind, plan
from ivrctl.web.client import ask

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("queue day"), pytest.mark.timeout(240)]

SECONDS = 60.0
PER_MINUTE = 75.0


async def test_the_books_say_of_every_call_what_was_done_and_what_asterisk_wrote(tmp_path: Path) -> None:
    """Script, queue_log, CDRs and channel event log agree with every stay; nothing went unseen and all adds up."""
    day = plan(int(os.environ.get("IVRCTL_SEED", "1")), SECONDS, PER_MINUTE)
    with place(f"day-{os.getpid()}", tmp_path, ask) as where:
        lived = await live(where, day)
    compared = lived.compared()
    assert compared.differences == []
    assert set(compared.kinds) == {kind.value for kind in Kind}
    assert lived.figures["total"]["offered"] == sum(compared.ends.values())
