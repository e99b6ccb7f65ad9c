"""``ivrctl call`` refuses what cannot become a call before anybody dials."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ivrctl.adapters.pbx import Pbx, TwoViews
from ivrctl.adapters.pbx.instance import instance_folder, write_instance
from ivrctl.adapters.pbx.process import start_time
from ivrctl.cli.commands import call
from ivrctl.flow.commands import LookUp, LookupFailed, Question
from ivrctl.testkit.dialling import CallPlan, PlacedCall
from ivrctl.testkit.engines.sim import TimedAnswers
from ivrctl.testkit.engines.sim.answers import Answered

Ivrctl = Callable[..., Any]
"""A command's words to what it did: its exit code, stdout and stderr."""


@pytest.fixture
def pbx(ivrctl: Ivrctl) -> Pbx:
    """One that is written down as running, under this very process: nobody may dial it."""
    folder = instance_folder("default")
    folder.mkdir(parents=True)
    views, started = TwoViews(folder, "prompts"), start_time(os.getpid())
    assert started is not None
    written = Pbx(
        "default", folder, 9, 9, (20000, 20001), ("127.0.0.1", 4573), views, views, views, os.getpid(), started
    )
    write_instance(written)
    return written


def test_call_without_a_controller_is_refused_at_once(ivrctl: Ivrctl, site: Path, pbx: Pbx) -> None:
    """A PBX that runs is not enough: exit code 5, and how to start a controller."""
    assert pbx.is_running
    ran = ivrctl("call", "10010", "--site", site)
    assert (ran.code, ran.out) == (5, "")
    assert "no controller answers" in ran.err
    assert "ivrctl serve" in ran.err
    assert "dialling" not in ran.err


def test_call_without_a_controller_dials_and_says_where_the_recording_is(
    ivrctl: Ivrctl, site: Path, pbx: Pbx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What callers hear while none runs can be tried; keys, at which nobody asks, are refused."""
    monkeypatch.setattr(tempfile, "mkdtemp", lambda prefix: str(tmp_path / prefix))

    async def place(_pbx: Pbx, question: object, plan: CallPlan, folder: Path) -> PlacedCall:
        assert question is None
        assert pbx.is_running
        heard = str(folder / "phone/heard.wav")
        return PlacedCall(plan, True, 9.0, (), (), None, recording=heard, is_controller_asked=False)

    monkeypatch.setattr(call, "_place", place)
    ran = ivrctl("call", "10010", "--site", site, "--no-controller")
    assert ran.code == 0
    assert f"no controller was asked; what was heard: {tmp_path}/ivrctl-call-/phone/heard.wav" in ran.out
    assert f"what was heard is in {tmp_path}/ivrctl-call-" in ran.err
    keyed = ivrctl("call", "10010", "--site", site, "--no-controller", "--press", "1")
    assert (keyed.code, "nobody asks" in keyed.err) == (2, True)


@pytest.mark.parametrize("words", [("10010", "--press", "x"), ("abc",), ("10010", "--from", "+49 30 123")])
def test_call_looks_at_its_words_before_anything_else(ivrctl: Ivrctl, site: Path, words: tuple[str, ...]) -> None:
    """No PBX is needed to learn of a mistyped key, number or caller; exit code 2."""
    ran = ivrctl("call", *words, "--site", site)
    assert (ran.code, ran.out) == (2, "")
    assert "  try: " in ran.err


def test_sim_takes_a_caller_of_the_sites_country(ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When nobody is named, the documented customer of the demo site calls."""
    monkeypatch.chdir(site)
    assert "您的余额是120.50。" in ivrctl("sim", "hotline", "--dial", "1001011", "--keys", "1").out


def test_sim_says_one_moment_when_an_answer_takes_long(
    ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a live call and a scenario do: a second after the question, behind it."""

    async def answer(_self: TimedAnswers, question: Question, _asker: object) -> Answered:
        assert isinstance(question, LookUp)
        return Answered(LookupFailed("nobody answers"), 2.5)

    monkeypatch.setattr(TimedAnswers, "answer", answer)
    lines = ivrctl("sim", site, "--dial", "1001011", "--keys", "1").out.splitlines()
    asked = next(index for index, line in enumerate(lines) if "looks-up" in line)
    said = [line.split()[-2:] for line in lines[asked + 1 :] if "请稍候" in line]
    assert said
    trace = json.loads(ivrctl("sim", site, "--dial", "1001011", "--keys", "1", "--json").out)["trace"]
    looked, told = (next(each for each in trace if is_it(each)) for is_it in (_is_lookup, _is_one_moment))
    assert told["at"] == pytest.approx(looked["at"] + 1)


def _is_lookup(entry: dict[str, Any]) -> bool:
    return bool(entry["event"] == "looks-up")


def _is_one_moment(entry: dict[str, Any]) -> bool:
    return entry["event"] == "says" and "请稍候" in entry["detail"]
