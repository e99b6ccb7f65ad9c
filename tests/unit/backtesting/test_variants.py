"""What is compared with what."""

from __future__ import annotations

import pytest

from ivrctl.errors import ConfigurationError
from ivrctl.service.backtesting.variants import NO_POLICY, SERVED, RejectedFileError, variants_of
from ivrctl.service.compiling import CompiledSite, compile_whole

from ..staffing.examples import POLICY, shown_files  # noqa: TID252 - test folders are no packages to import from

EVENING = """
queues: [support]
tiers: [{tier: sales, people: {group: sales-desk}, bring: add, keep_back: 0}]
triggers: {longest_wait: {engage: [20s], release: 10s}}
timing: {engage_after: 1m, release_after: 10m, stay_at_least: 15m, rest_at_least: 10m, changes_per_hour: 40}
"""
FILES = {**shown_files(""), "evening.staffing.yaml": EVENING.encode()}
NEW = FILES[POLICY].replace(b"20s", b"25s")


@pytest.fixture(scope="module")
def site() -> CompiledSite:
    compiled, _ = compile_whole(FILES)
    assert compiled is not None
    return compiled


def test_without_files_the_site_stands_beside_no_policy(site: CompiledSite) -> None:
    """What is served, and what would be without it."""
    none, served = variants_of(site, {}, FILES)
    assert (none.name, dict(none.policies)) == (NO_POLICY, {})
    assert (served.name, list(served.policies)) == (SERVED, ["evening", "main"])


def test_site_without_policies_has_none_that_are_served() -> None:
    """A first policy is compared with nothing."""
    files = {name: content for name, content in FILES.items() if not name.endswith(".staffing.yaml")}
    bare, _ = compile_whole(files)
    assert bare is not None
    assert [each.name for each in variants_of(bare, {}, files)] == [NO_POLICY]
    assert [each.name for each in variants_of(bare, {"a/main.staffing.yaml": NEW}, files)][1:] == ["main.staffing.yaml"]


def test_file_takes_the_place_of_the_policy_of_its_name(site: CompiledSite) -> None:
    """The others of the site are in force beside it."""
    *_, tried = variants_of(site, {"tmp/main.staffing.yaml": NEW}, FILES)
    assert tried.name == "main.staffing.yaml"
    assert list(tried.policies) == ["evening", "main"]
    assert tried.policies["main"].triggers[0].engage == (25, 40)


def test_file_of_another_name_takes_the_place_of_who_watches_its_queues(site: CompiledSite) -> None:
    """A copy under a new name does not fight with what it was copied from."""
    *_, tried = variants_of(site, {"better.staffing.yaml": NEW}, FILES)
    assert list(tried.policies) == ["better", "evening"]


def test_two_files_of_one_name_are_told_apart(site: CompiledSite) -> None:
    """Each is a variant of its own."""
    tried = variants_of(site, {"a/main.staffing.yaml": NEW, "b/main.staffing.yaml": NEW}, FILES)[2:]
    assert [each.name for each in tried] == ["main.staffing.yaml", "main.staffing.yaml 2"]


def test_file_with_an_error_is_told_with_its_place(site: CompiledSite) -> None:
    """As ``ivrctl check`` tells it."""
    with pytest.raises(RejectedFileError) as caught:
        variants_of(site, {"new.staffing.yaml": NEW.replace(b"leaders}", b"leader}")}, FILES)
    assert 'new.staffing.yaml:4:37: error: the group "leader" does not exist' in caught.value.told


def test_file_that_fights_with_a_policy_beside_it_is_told(site: CompiledSite) -> None:
    """Somebody in a tier of each could be called by both."""
    both = NEW.replace(b"{group: inspectors}, bring: add", b"{group: sales-desk}, bring: add, keep_back: 0")
    with pytest.raises(RejectedFileError) as caught:
        variants_of(site, {"main.staffing.yaml": both}, FILES)
    assert "IVR525" in caught.value.told


def test_file_of_another_kind_is_none(site: CompiledSite) -> None:
    """The name says what a file is."""
    with pytest.raises(ConfigurationError, match="is no policy"):
        variants_of(site, {"new.yaml": NEW}, FILES)
