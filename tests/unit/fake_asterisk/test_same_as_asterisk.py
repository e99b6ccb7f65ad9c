from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from ivrctl.testkit.fake_asterisk import fixed_lengths
from ivrctl.testkit.fake_asterisk.raw_cases import RAW_CASES, RawCase, in_folder, without_folder
from ivrctl.testkit.fake_asterisk.raw_session import normalised, run_raw

from ...patient_loop import PatientLoop  # noqa: TID252 - test folders are no packages to import from

# What a real Asterisk 22.10.1 answered to the same sessions, over Local channels, normalised in the same way.
RECORDED: Mapping[str, list[str]] = json.loads(Path(__file__).with_name("asterisk-22.10.json").read_text())


async def played(case: RawCase) -> list[str]:
    lengths = fixed_lengths({"/p/one": 1.0, "/p/two": 2.0})
    session = in_folder(case.session, "/p")
    transcript = await run_raw(session, lengths, caller=case.caller, exit_on_hangup=case.exit_on_hangup)
    return without_folder(normalised(transcript), "/p")


async def all_played() -> list[list[str]]:
    return await asyncio.gather(*(played(case) for case in RAW_CASES.values()))


@pytest.fixture(scope="module")
def transcripts() -> Mapping[str, list[str]]:
    """All sessions, played side by side: keys and the ends of sounds are a quarter of a second apart."""
    with asyncio.Runner(loop_factory=PatientLoop) as runner:
        found = runner.run(all_played())
    return dict(zip(RAW_CASES, found, strict=True))


@pytest.mark.parametrize("name", RAW_CASES)
def test_fake_answers_as_asterisk_did(transcripts: Mapping[str, list[str]], name: str) -> None:
    """Line by line the fake's session is the real Asterisk's."""
    assert transcripts[name] == RECORDED[name]


def test_every_session_was_recorded() -> None:
    """There is no case that was never played to a real Asterisk."""
    assert set(RECORDED) == set(RAW_CASES)
