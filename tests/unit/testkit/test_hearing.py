"""Where the prompts that were said are in a recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ivrctl.testkit.audio import RATE, Samples, write_wav
from ivrctl.testkit.hearing import heard_prompts

pytestmark = pytest.mark.thorough

QUIET = np.zeros(2 * RATE)


def spoken(seed: int, seconds: float) -> Samples:
    """Something with a shape of its own, as loud as speech: noise in bursts."""
    chance = np.random.default_rng(seed)
    hull = np.repeat(chance.uniform(0.1, 1, round(seconds * 10)), RATE // 10)
    return np.asarray(0.3 * hull * chance.uniform(-1, 1, len(hull)))


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """The file that a phone would have written."""
    return tmp_path / "heard.wav"


def said(folder: Path, **prompts: Samples) -> dict[str, tuple[str, Path]]:
    """Each prompt's text and file."""
    for name, samples in prompts.items():
        write_wav(folder / f"{name}.wav", samples)
    return {name: (name, folder / f"{name}.wav") for name in prompts}


def test_a_text_said_twice_is_heard_at_two_places(tmp_path: Path, recording: Path) -> None:
    """The second time is not found at the first one's place."""
    nothing, menu = spoken(1, 1.4), spoken(2, 2.0)
    write_wav(recording, np.concatenate([menu, QUIET, nothing, menu, QUIET, nothing]))
    prompts = said(tmp_path, nothing=nothing, menu=menu)
    heard = heard_prompts([prompts[name] for name in ("menu", "nothing", "menu", "nothing")], recording)
    assert [item.at for item in heard] == pytest.approx([0.0, 4.0, 5.4, 9.4], abs=0.05)


def test_a_text_said_twice_and_heard_once_is_not_heard_the_second_time(tmp_path: Path, recording: Path) -> None:
    """One place in the recording is one prompt."""
    nothing = spoken(1, 1.4)
    write_wav(recording, np.concatenate([nothing, QUIET, QUIET]))
    prompts = said(tmp_path, nothing=nothing)
    first, second = heard_prompts([prompts["nothing"]] * 2, recording)
    assert first.at == pytest.approx(0.0, abs=0.05)
    assert second.at is None


def test_a_prompt_that_a_key_cut_is_heard_by_its_beginning(tmp_path: Path, recording: Path) -> None:
    """In its own place, also when the caller comes back and hears all of it."""
    menu = spoken(2, 4.0)
    write_wav(recording, np.concatenate([menu[: round(1.5 * RATE)], QUIET, menu]))
    prompts = said(tmp_path, menu=menu)
    cut, whole = heard_prompts([prompts["menu"]] * 2, recording)
    assert (cut.at, whole.at) == pytest.approx((0.0, 3.5), abs=0.05)


def test_a_silent_prompt_is_not_compared(tmp_path: Path, recording: Path) -> None:
    """Silence is everywhere: it is neither heard nor missed, and the others are compared all the same."""
    menu = spoken(2, 2.0)
    write_wav(recording, np.concatenate([QUIET, menu]))
    prompts = said(tmp_path, silence=np.zeros(RATE), menu=menu)
    silence, spoken_one = heard_prompts([prompts["silence"], prompts["menu"]], recording)
    assert (silence.at, silence.likeness) == (None, None)
    assert spoken_one.at == pytest.approx(2.0, abs=0.05)


def test_a_prompt_that_begins_with_silence_and_was_not_heard_is_told(tmp_path: Path, recording: Path) -> None:
    """There is nothing to compare in its beginning, and that is no fault of the comparison."""
    late = np.concatenate([QUIET, spoken(3, 1.0)])
    write_wav(recording, np.concatenate([spoken(2, 2.0), QUIET]))
    (heard,) = heard_prompts([said(tmp_path, late=late)["late"]], recording)
    assert heard.at is None
    assert heard.likeness is not None
