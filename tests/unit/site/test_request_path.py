"""Paths of requests: whatever a value holds, it stays in its segment."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from ivrctl.site.request_path import filled, is_path, placeholders

HOSTILE = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="./?#%&;\\ \r\n\t@:{}2eEfF", max_size=12),
    st.sampled_from(["", ".", "..", "/", "../..", "%2e%2e", "%2F", "a/b", "?x=1", "#", "\n", "//evil.example", "{a}"]),
)


def _leads_elsewhere(value: str) -> bool:
    """Nothing, a dot or two, or one of these between slashes: as they stand, or as a server reads them decoded."""
    return not value or bool({".", ".."} & set(value.replace("\\", "/").split("/")))


@given(value=HOSTILE)
@example(value="/.")
@example(value="a\\..")
def test_safety_value_stays_in_its_segment(value: str) -> None:
    """SAFETY: one segment holds all of it, and host, path around it and query are as declared; else it is refused."""
    try:
        path = filled("/callers/{a}/route", {"a": value})
    except ValueError:
        assert _leads_elsewhere(value)
        return
    parts = urlsplit(f"https://crm.example/api{path}")
    assert (parts.netloc, parts.query, parts.fragment) == ("crm.example", "", "")
    before, segment, after = parts.path.removeprefix("/api/").split("/")
    assert (before, unquote(segment), after) == ("callers", value, "route")
    assert URL(f"https://crm.example/api{path}", encoded=True).raw_path == f"/api{path}"
    assert path.isascii()
    assert path.isprintable()


@given(first=HOSTILE, second=HOSTILE)
def test_safety_values_beside_each_other_make_no_other_path(first: str, second: str) -> None:
    """SAFETY: two values of one segment that would be ``..`` together are refused."""
    try:
        path = filled("/x/{a}{b}", {"a": first, "b": second})
    except ValueError:
        assert _leads_elsewhere(first + second)
        return
    assert path.count("/") == 2
    assert unquote(path.rpartition("/")[2]) == first + second


@pytest.mark.parametrize("path", ["/", "/a", "/a/", "/callers/{number}", "/v1/{a}-{b}.json", "/a:b@c"])
def test_path_behind_an_address(path: str) -> None:
    """Words, and names between braces."""
    assert is_path(path)


@pytest.mark.parametrize(
    "path",
    ["", "a", "//a", "/a//b", "/..", "/a/../b", "/./a", "/a?b", "/a#b", "/a%2Fb", "/ä", "/a b", "/{}", "/{a", "/a\\b"],
)
def test_what_is_no_path_behind_an_address(path: str) -> None:
    """Nothing that leaves it, and nothing that a server could understand in two ways."""
    assert not is_path(path)


def test_names_stand_in_their_order() -> None:
    """As they are written."""
    assert placeholders("/{b}/x/{a-c}") == ("b", "a-c")
