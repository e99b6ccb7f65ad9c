"""The reference is made from the code: the committed pages are what the code says now."""

from __future__ import annotations

import pytest

from .reference.__main__ import FOLDER, difference
from .reference.contents import PAGES, contents


@pytest.mark.parametrize("name", PAGES)
def test_page_is_as_the_code_is(name: str) -> None:
    """A page of the reference that is not as the code is, is told with the difference: run ``make docs``."""
    told = difference(name, contents()[name])
    assert not told, f"run `make docs` and read the difference:\n{told}"


def test_no_page_is_left_behind() -> None:
    """The folder of the reference holds nothing that the code no longer makes."""
    assert {file.name for file in FOLDER.iterdir()} == set(contents())
