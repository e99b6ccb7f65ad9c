"""Asterisk's queues.conf."""

from __future__ import annotations

import pytest

from ivrctl.simulation.day import QueueModel, Strategy
from ivrctl.simulation.days.queues_conf import RINGS_ON, read_queues_conf

FILE = """
; ours
[general]
persistentmembers = yes
;-- a block
[old]
--;
[desk](!)
strategy = rrmemory          ; one after the other
timeout = 20
retry => 3
wrapuptime=10
joinempty = strict
leavewhenempty = yes

[sales](desk)
weight = 2
maxlen = 40
[faults](desk,other)
strategy = linear
[plain]
member => PJSIP/8101,0,Wang\\; Li
[sales](+)
retry = 7
"""


def test_queues_have_what_their_sections_and_templates_say() -> None:
    """A template is no queue, and neither is the section of the module; the last of a key counts."""
    found = read_queues_conf(FILE)
    assert list(found) == ["sales", "faults", "plain"]
    sales, faults = found["sales"], found["faults"]
    assert (sales.strategy, sales.ring_for, sales.retry, sales.wrap_up) == (Strategy.RRMEMORY, 20, 7, 10)
    assert (sales.weight, sales.limit, sales.join_empty, sales.leave_when_empty) == (2, 40, False, True)
    assert (faults.strategy, faults.retry) == (Strategy.LINEAR, 3)


def test_queue_that_says_nothing_is_as_asterisk_has_it() -> None:
    """Everybody may join, and nobody leaves because it is empty."""
    assert read_queues_conf(FILE)["plain"] == QueueModel("plain", join_empty=True, leave_when_empty=False)


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("timeout = 0", "ring_for", RINGS_ON),
        ("timeout = -1", "ring_for", 15),
        ("timeout = 12s", "ring_for", 12),
        ("retry = 0", "retry", 5),
        ("retry = soon", "retry", 5),
        ("maxlen = -4", "limit", 0),
        ("strategy = roundrobin", "strategy", Strategy.RRMEMORY),
        ("strategy = fair", "strategy", Strategy.RINGALL),
        ("STRATEGY = Linear", "strategy", Strategy.LINEAR),
        ("joinempty = paused,invalid", "join_empty", False),
        ("leavewhenempty = loose", "leave_when_empty", True),
        ("no sign of anything", "retry", 5),
    ],
)
def test_values_mean_what_they_mean_to_app_queue(line: str, name: str, value: object) -> None:
    """Also those that are none."""
    assert getattr(read_queues_conf(f"[a]\n{line}\n")["a"], name) == value


def test_file_without_a_queue_has_none() -> None:
    """And what stands before the first section is nobody's."""
    assert read_queues_conf("retry = 3\n[general]\n") == {}
