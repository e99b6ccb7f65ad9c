"""The areas of a country are kept between runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.adapters import areas_cache
from ivrctl.adapters.areas_cache import kept_areas
from ivrctl.site.areas import Areas
from ivrctl.site.prefixes import PrefixTable

AREAS = Areas((("Singapur", "Singapore"), ("新加坡",)), PrefixTable.of({"656": 0, "659": 1}))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache, and a world that has the areas of one country and is asked at most once."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    kept_areas.cache_clear()
    yield tmp_path / "ivrctl" / "areas"
    kept_areas.cache_clear()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """For which calling codes the data of the world is loaded."""
    codes: list[str] = []

    def world(code: str) -> Areas:
        codes.append(code)
        return AREAS

    monkeypatch.setattr(areas_cache, "areas_of", world)
    return codes


def again() -> Areas:
    """As another run asks."""
    kept_areas.cache_clear()
    return kept_areas("65")


def test_world_is_loaded_once(cache: Path, asked: list[str]) -> None:
    """The next run has the areas of the country from its file, and they are the same."""
    assert kept_areas("65") == AREAS == again()
    assert asked == ["65"]


@pytest.mark.parametrize("spoilt", [b"", b"x", b"\x00" * 1000])
def test_file_that_is_not_as_it_was_written_is_made_anew(cache: Path, asked: list[str], spoilt: bytes) -> None:
    """Half a file, or another one: the world is loaded again."""
    kept_areas("65")
    (file,) = cache.iterdir()
    file.write_bytes(spoilt or file.read_bytes()[:-1])
    assert again() == AREAS == again()
    assert asked == ["65", "65"]


def test_folder_that_cannot_be_written_costs_only_time(cache: Path, asked: list[str]) -> None:
    """A file lies where the folder would be."""
    cache.parent.mkdir()
    cache.write_text("")
    assert again() == AREAS == again()
    assert asked == ["65", "65"]


@given(st.dictionaries(st.text("019", min_size=1, max_size=15), st.integers(0, 9), max_size=20), st.text("019"))
def test_table_comes_back_from_its_bytes(prefixes: dict[str, int], digits: str) -> None:
    """SAFETY: what is read is what was written."""
    table = PrefixTable.of(prefixes)
    assert PrefixTable.from_bytes(table.to_bytes()) == table
    assert PrefixTable.from_bytes(table.to_bytes()).find(digits) == table.find(digits)
