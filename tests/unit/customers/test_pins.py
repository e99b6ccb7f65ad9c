"""PINs are kept as hashes that the database alone does not give back, and compared off the event loop."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivrctl.adapters.customers import Pins, declared_pepper, is_pin
from ivrctl.adapters.customers.pins import _NOBODYS
from ivrctl.errors import ConfigurationError
from ivrctl.lang.source import Word
from ivrctl.site.ami import Secret

PEPPER = "a pepper that nobody guesses"


@pytest.fixture(autouse=True)
def _cheap_pins() -> None:
    """None are: they are hashed as those of customers are."""


@pytest.fixture
def pins() -> Iterator[Pins]:
    opened = Pins(PEPPER)
    yield opened
    opened.close()


async def test_hash_matches_its_pin_alone(pins: Pins) -> None:
    """Right is right, and anything else is wrong."""
    kept = await pins.hash("4711")
    assert await pins.matches(kept, "4711")
    assert not await pins.matches(kept, "4712")
    assert not await pins.matches(kept, "")


async def test_same_pin_has_another_hash_each_time(pins: Pins) -> None:
    """Nobody sees in the database who has the same PIN."""
    assert await pins.hash("4711") != await pins.hash("4711")


async def test_hash_is_argon2id_and_does_not_hold_the_pin(pins: Pins) -> None:
    """The form that other libraries read, too."""
    kept = await pins.hash("4711")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_hash_is_useless_with_another_pepper(pins: Pins) -> None:
    """A database that was stolen alone tells of no PIN."""
    other = Pins("another pepper that nobody guesses")
    assert not await other.matches(await pins.hash("4711"), "4711")
    other.close()


@pytest.mark.parametrize("broken", ["", "x", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA", "4711"])
async def test_hash_that_is_none_matches_nothing(pins: Pins, broken: str) -> None:
    """What somebody wrote into the database is no way in."""
    assert not await pins.matches(broken, "4711")


async def test_unknown_account_takes_as_long_as_a_wrong_pin(pins: Pins) -> None:
    """Nobody learns by a clock which accounts there are, or have a PIN: the medians differ by less than a quarter."""
    kept = await pins.hash("4711")
    unknown: list[float] = []
    wrong: list[float] = []
    for _ in range(15):
        for pin_hash, times in ((None, unknown), (kept, wrong)):
            began = time.thread_time_ns()
            assert not pins._matches(pin_hash or _NOBODYS, "0000")
            times.append(time.thread_time_ns() - began)
    assert not await pins.matches(None, "0000")
    assert statistics.median(unknown) == pytest.approx(statistics.median(wrong), rel=0.25)


async def test_event_loop_goes_on_while_pins_are_compared(pins: Pins) -> None:
    """Calls are served meanwhile; more than two at one time wait for their turn."""
    turns = 0
    comparing = [asyncio.ensure_future(pins.matches(None, "4711")) for _ in range(6)]
    while not all(one.done() for one in comparing):
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 10
    assert len(pins._threads._threads) == 2


@pytest.mark.parametrize("text", ["1234", "123456789012"])
def test_pin_is_what_can_be_keyed(text: str) -> None:
    """Four digits at least, twelve at most."""
    assert is_pin(text)


@pytest.mark.parametrize("text", ["", "123", "1234567890123", "12a4", "12 34", "１２３４", "1234\n", "-123"])
def test_other_texts_are_no_pin(text: str) -> None:
    """Full-width digits, too: no telephone keys them."""
    assert not is_pin(text)


def test_pepper_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    """A relative file lies beside the site file."""
    (tmp_path / "pepper").write_text(f"{PEPPER}\n")
    assert declared_pepper(Secret(env=Word("PEPPER")), tmp_path, {"PEPPER": PEPPER}) == PEPPER
    assert declared_pepper(Secret(file=Word("pepper")), tmp_path, {}) == PEPPER


@pytest.mark.parametrize(
    ("declared", "environ", "message"),
    [
        (None, {}, "the site declares none"),
        (Secret(env=Word("PEPPER")), {}, "PEPPER is not set"),
        (Secret(env=Word("PEPPER")), {"PEPPER": "sh0rt"}, "fewer than 16 characters"),
        (Secret(file=Word("pepper")), {}, "pepper cannot be read: No such file"),
    ],
)
def test_pepper_that_is_missing_is_told_with_advice(
    tmp_path: Path, declared: Secret | None, environ: dict[str, str], message: str
) -> None:
    """And never what it is."""
    with pytest.raises(ConfigurationError, match=message) as fault:
        declared_pepper(declared, tmp_path, environ)
    assert "sh0rt" not in f"{fault.value} {fault.value.advice}"
