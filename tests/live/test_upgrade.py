"""Upgrades under load: reload of the parent, a changed site, a broken one, and refusals that are spoken."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from ivrctl.adapters.pbx import Pbx
from ivrctl.testkit import audio
from ivrctl.testkit.sipp import callers
from ivrctl.testkit.softphone import PhoneEvent, Softphone
from ivrctl.testkit.survival.books import Books
from ivrctl.testkit.survival.figures import keep, table
from ivrctl.testkit.survival.lines import ANSWERS, ANSWERS_PATH, TARGET, copy_site
from ivrctl.testkit.survival.serving import Serving, serving
from ivrctl.web.client import ask

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

SITE = Path(__file__).parents[2] / "flows"
CALLS = 50
ENDED_WITHIN = 60.0


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str, dict[str, Any]], None]:
    """Prints a table of figures past pytest's capture, and keeps it as JSON where ``IVRCTL_FIGURES`` says."""

    def print_and_keep(title: str, figures: dict[str, Any]) -> None:
        with capsys.disabled():
            print(table(title, figures), end="")  # noqa: T201 - the figures are the point of the test
        keep(title, figures)

    return print_and_keep


@pytest.fixture
def site(pbx: Pbx, tmp_path: Path) -> Path:
    """A site of the test's own, its prompts made."""
    folder = copy_site(SITE, tmp_path / "site")
    build = [sys.executable, "-m", "ivrctl", "prompts", "build", str(folder), "--pbx", pbx.name]
    subprocess.run(build, check=True, capture_output=True)
    return folder


@pytest.fixture
async def served(site: Path, pbx: Pbx, tmp_path: Path) -> AsyncIterator[Serving]:
    """A real ``ivrctl serve`` with a state folder of its own."""
    async with serving(site, tmp_path, pbx, ask) as started:
        yield started


def numbers(block: int) -> list[str]:
    """Callers that no other test has."""
    return [f"1394{block:03}{n:04}" for n in range(CALLS)]


def change(site: Path, old: str, new: str) -> None:
    """Edit the site's survival flow as an author does."""
    flow = site / "survival.ivr.yaml"
    text = flow.read_text(encoding="utf-8")
    assert old in text
    flow.write_text(text.replace(old, new), encoding="utf-8")


def version(served: Serving) -> str:
    return str(served.ask("/status")["status"]["version"])


def calls_in_flow(served: Serving) -> int:
    return int(served.ask("/status")["status"]["calls_in_flow"])


async def all_recorded(served: Serving, count: int) -> list[dict[str, Any]]:
    await served.until(lambda: len(served.records()) >= count, f"{count} records", within=15)
    await served.until(lambda: served.ask("/status")["status"]["open_legs"] == 0, "no leg is open", within=30)
    return served.records()


async def test_a_reload_under_calls_loses_and_refuses_none(
    served: Serving, pbx: Pbx, tell: Callable[[str, dict[str, Any]], None]
) -> None:
    """A new controller takes the new calls, the old one ends its own and leaves; nobody falls back."""
    books, old = Books.opened(pbx), await served.until_serving()
    async with callers(pbx, ANSWERS, numbers(1), per_second=25) as calling:
        await served.until(lambda: calls_in_flow(served) >= CALLS // 2, "half of the calls are in the flow")
        served.send(signal.SIGHUP)
        new = await served.until_serving(other_than=old)
        told = await calling.told(ENDED_WITHIN)
    await served.until(lambda: old not in served.controllers("draining"), "the old controller has left")
    records = await all_recorded(served, CALLS)
    figures = {
        "calls": told.placed,
        "ended_well": told.ended_well,
        "failed": told.failed,
        "fell_back": len(books.fell_back()),
        "served": Counter(record["ending"] for record in records)["served"],
    }
    tell("reload under calls", figures)
    assert new != old
    assert list(figures.values()) == [CALLS, CALLS, 0, 0, CALLS]
    assert {tuple(record["path"]) for record in records} == {ANSWERS_PATH}


async def test_a_reload_with_a_changed_site_lets_each_call_end_on_its_own_version(
    served: Serving, site: Path, pbx: Pbx, tell: Callable[[str, dict[str, Any]], None]
) -> None:
    """Callers of before hear the flow of before, also those whose controller was killed in between."""
    books, before = Books.opened(pbx), version(served)
    first, later = numbers(2), numbers(3)
    async with callers(pbx, ANSWERS, first, per_second=50) as calling:
        await served.until(lambda: calls_in_flow(served) == CALLS, "all calls are in the flow")
        old = await served.until_serving()
        change(site, "Thank you for calling. Goodbye.", "Thank you for calling us today. Goodbye.")
        await served.until(lambda: version(served) != before, "the changed site serves")
        after = version(served)
        served.signal_controller(old, signal.SIGKILL)
        await served.until_serving(other_than=old)
        async with callers(pbx, ANSWERS, later, per_second=50) as calling_later:
            told, told_later = await calling.told(ENDED_WITHIN), await calling_later.told(ENDED_WITHIN)
    records = await all_recorded(served, 2 * CALLS)
    versions = {number: set[str]() for number in ("before", "after")}
    for record in records:
        versions["before" if record["caller"].removeprefix("+86") in first else "after"].add(record["version"])
    tell(
        "site changed under calls",
        {
            "calls": told.placed + told_later.placed,
            "ended_well": told.ended_well + told_later.ended_well,
            "fell_back": len(books.fell_back()),
            "served": Counter(record["ending"] for record in records)["served"],
            "versions": {name: sorted(found) for name, found in versions.items()},
        },
    )
    assert versions == {"before": {before}, "after": {after}}
    assert {record["ending"] for record in records} == {"served"}
    assert books.fell_back() == set()


def ivrctl(served: Serving, command: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "ivrctl", command, str(served.site), "--state", str(served.state.path)]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=30)


async def test_a_broken_site_leaves_the_version_before_serving_and_says_where_it_is_broken(
    served: Serving, site: Path, pbx: Pbx
) -> None:
    """In the log, in ``ivrctl status`` and in the answer of ``ivrctl reload``: file, line and column."""
    before = version(served)
    change(site, "- goto: second", "- goto: secnd")
    line = next(n for n, text in enumerate((site / "survival.ivr.yaml").read_text().splitlines(), 1) if "secnd" in text)
    place = f"survival.ivr.yaml:{line}:"
    await served.until(lambda: place in served.log.read_text(), "the log says where it is broken")
    assert place in (await asyncio.to_thread(ivrctl, served, "status")).stdout
    reload = await asyncio.to_thread(ivrctl, served, "reload")
    assert place in reload.stdout
    assert reload.returncode == 1
    async with callers(pbx, ANSWERS, numbers(4)[:2], per_second=2) as calling:
        assert (await calling.told(ENDED_WITHIN)).ended_well == 2
    assert {record["version"] for record in await all_recorded(served, 2)} == {before}
    change(site, "- goto: secnd", "- goto: second")
    reload = await asyncio.to_thread(ivrctl, served, "reload")
    assert reload.returncode == 0
    assert served.ask("/status")["status"]["rejected"] is None


async def test_a_shutdown_under_calls_ends_them_and_speaks_to_those_who_come_meanwhile(
    served: Serving, pbx: Pbx, tmp_path: Path
) -> None:
    """A caller in the flow is served to his end; a new one hears the apology at once, not after retries."""
    loop = asyncio.get_running_loop()
    books = Books.opened(pbx)
    async with (
        Softphone.caller(pbx, "13955550001", folder=tmp_path / "first") as first,
        Softphone.caller(pbx, "13955550002", folder=tmp_path / "second") as second,
    ):
        await first.dial(ANSWERS)
        await first.until(PhoneEvent.ESTABLISHED, within=10)
        served.send(signal.SIGTERM)
        await served.until(lambda: "draining" in served.log.read_text(), "the controller drains", within=5)
        await second.dial(TARGET)
        dialled_at = loop.time()
        await second.until(PhoneEvent.ESTABLISHED, within=5)
        answered_after = loop.time() - dialled_at
        await first.until(PhoneEvent.CLOSED, within=30)
        assert await served.stop() == 0
        await asyncio.sleep(audio.duration(pbx.prompts.ours / "fallback.wav"))
        await second.hang_up()
        await second.until(PhoneEvent.CLOSED, within=5)
        assert audio.find(pbx.prompts.ours / "fallback.wav", second.received).is_heard
        assert not audio.find(pbx.prompts.ours / "fallback.wav", first.received).is_heard
    assert answered_after < 1.0
    assert len(books.fell_back()) == 1
    await served.start()
    await served.until_serving()
    await served.until(lambda: len(served.records()) == 2, "both calls are recorded", within=10)
    assert sorted((record["ending"], record["reason"]) for record in served.records()) == [
        ("fallback", "the controller is leaving"),
        ("served", ""),
    ]


async def test_a_caller_beyond_the_limit_hears_the_apology_and_is_not_dropped(
    site: Path, pbx: Pbx, tmp_path: Path
) -> None:
    """Overload is spoken: with one call in the flow and a limit of one, the second caller reaches the front desk."""
    books = Books.opened(pbx)
    async with (
        serving(site, tmp_path, pbx, ask, "--most-calls", "1") as limited,
        Softphone.caller(pbx, "13966660001", folder=tmp_path / "first") as first,
        Softphone.caller(pbx, "13966660002", folder=tmp_path / "second") as second,
        Softphone.agent(pbx, "8106", folder=tmp_path / "desk") as desk,
    ):
        await first.dial(ANSWERS)
        await limited.until(lambda: calls_in_flow(limited) == 1, "the first call is in the flow")
        await second.dial(ANSWERS)
        await desk.until(PhoneEvent.INCOMING, within=20)
        await desk.accept()
        await desk.until(PhoneEvent.ESTABLISHED, within=5)
        await desk.hang_up()
        await second.until(PhoneEvent.CLOSED, within=5)
        await first.until(PhoneEvent.CLOSED, within=30)
        assert audio.find(pbx.prompts.ours / "fallback.wav", second.received).is_heard
        assert limited.ask("/status")["status"]["refused"] == 1
        await limited.until(lambda: len(limited.records()) == 2, "both calls are recorded", within=10)
        assert sorted((record["ending"], record["reason"]) for record in limited.records()) == [
            ("fallback", "overload: more than 1 calls"),
            ("served", ""),
        ]
    assert len(books.fell_back()) == 1
