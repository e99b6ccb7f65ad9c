from __future__ import annotations

from itertools import permutations

import pytest

from ivrctl.service.settling import Settling


def _settling() -> tuple[Settling, list[str]]:
    closed: list[str] = []
    return Settling(closed.append), closed


@pytest.mark.parametrize("order", list(permutations(["stored", "submitted"])))
def test_leg_is_closed_when_its_last_part_is_kept(order: tuple[str, str]) -> None:
    """Whatever is kept first, the journal forgets the leg with the last."""
    settling, closed = _settling()
    settling.owes("leg", "stored", "submitted")
    settling.kept("leg", order[0])
    assert (closed, "leg" in settling) == ([], True)
    settling.kept("leg", order[1])
    assert (closed, "leg" in settling) == (["leg"], False)


@pytest.mark.parametrize("order", list(permutations([("stored", True), ("submitted", False)])))
def test_leg_of_which_a_part_is_not_kept_stays_open(order: tuple[tuple[str, bool], ...]) -> None:
    """It is no longer among those that settle, so that it is handed in again; the journal has it still."""
    settling, closed = _settling()
    settling.owes("leg", "stored", "submitted")
    for part, is_kept in order:
        assert "leg" in settling
        settling.over("leg", part, is_kept=is_kept)
    assert (closed, list(settling)) == ([], [])


def test_leg_that_is_handed_in_again_is_closed_then() -> None:
    """What failed before does not count against what is kept now."""
    settling, closed = _settling()
    settling.owes("leg", "submitted")
    settling.over("leg", "submitted", is_kept=False)
    settling.owes("leg", "submitted")
    settling.kept("leg", "submitted")
    assert closed == ["leg"]


def test_record_of_an_unknown_leg_closes_it() -> None:
    """The store has kept what another path handed to it."""
    settling, closed = _settling()
    settling.kept("leg", "stored")
    assert (closed, len(settling)) == (["leg"], 0)
