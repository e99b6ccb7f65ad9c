"""What a call that was dialled is told from, when it was over before anybody looked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ivrctl.testkit import dialling
from ivrctl.testkit.dialling import CallPlan

DIALLED = datetime(2026, 2, 14, 1, tzinfo=UTC)
PLAN = CallPlan("10010", "013800138000")


def record(leg: str, line: str = "10010", caller: str = "+8613800138000", after: float = 1) -> dict[str, Any]:
    began = DIALLED + timedelta(seconds=after)
    return {"leg": leg, "line": line, "caller": caller, "began_at": began.isoformat()}


class Controller:
    """Answers with records, of which more are stored each time it is asked."""

    def __init__(self, *stored: dict[str, Any]) -> None:
        self.stored = list(stored)
        self.asked = 0

    def __call__(self, path: str) -> dict[str, Any]:
        """As the API does."""
        if not path.startswith("/calls?"):
            return {"call": next(each for each in self.stored if each["leg"] == path.rpartition("/")[2])}
        self.asked += 1
        return {"calls": self.stored[: self.asked]}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialling, "POLL_EVERY", 0)


async def test_record_of_a_call_that_nobody_saw_is_found() -> None:
    """By its line, its caller and its time, once it is stored."""
    others = (record("a", line="10011"), record("b", caller="+8613900139000"), record("c", after=-60))
    found = await dialling._unseen_record(Controller(*others, record("ours")), PLAN, DIALLED)
    assert found is not None
    assert found["leg"] == "ours"


async def test_call_that_no_flow_had_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is said that no flow had it."""
    monkeypatch.setattr(dialling, "UNSEEN_WITHIN", 0.01)
    assert await dialling._unseen_record(Controller(record("c", after=-60)), PLAN, DIALLED) is None
