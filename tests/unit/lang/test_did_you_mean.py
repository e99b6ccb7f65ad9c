"""Advice for names that do not exist, where there are very many of them."""

from __future__ import annotations

import difflib

import pytest

from ivrctl.lang.findings import MAX_COMPARED, did_you_mean


def test_among_thousands_of_names_the_one_beside_it_is_meant() -> None:
    """A slip behind the first letters is found, however many names there are."""
    names = [f"step-{number:05}-welcome" for number in range(5000)]
    assert did_you_mean("step-02500-welcme", names) == 'did you mean "step-02500-welcome"?'


def test_what_is_compared_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """SAFETY: neither very many names nor a name without end make a check take minutes."""
    compared: list[tuple[str, int]] = []
    real = difflib.get_close_matches

    def counted(name: str, known: list[str], n: int, cutoff: float) -> list[str]:
        compared.append((name, len(known)))
        return real(name, known, n, cutoff)

    monkeypatch.setattr(difflib, "get_close_matches", counted)
    did_you_mean("step-9", [f"step-{number}" for number in range(5000)])
    did_you_mean("x" * 100_000, ["y" * 100_000, "z"])
    assert [count <= MAX_COMPARED for _, count in compared] == [True, True]
    assert compared[1][1] == 0
