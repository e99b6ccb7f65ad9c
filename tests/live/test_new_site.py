"""The installed wheel: a newcomer tests his first site on a real Asterisk, with softphones."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..wheel.installed import INSTALLS_WITHIN, newcomer_of  # noqa: TID252 - test folders are not packages

pytestmark = [
    pytest.mark.live,
    pytest.mark.xdist_group("new site"),
    pytest.mark.heavy,
    pytest.mark.timeout(2 * INSTALLS_WITHIN),
]


def test_the_scenarios_of_a_new_site_pass_with_softphones(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """``ivrctl test --engine live`` in a new folder starts a PBX of its own, and leaves none behind."""
    with newcomer_of(tmp_path_factory) as newcomer:
        newcomer.do(tmp_path, "init", "bakery", "--language", "zh", "--language", "en")
        tested = newcomer.do(tmp_path / "bakery", "test", "--engine", "live", within=INSTALLS_WITHIN)
        assert tested.count("passed  ") == 3
        assert newcomer.do(tmp_path, "pbx", "status") == ""
