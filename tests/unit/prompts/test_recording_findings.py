"""Findings about recordings: told with the other findings of a site, before a caller hears the difference."""

from __future__ import annotations

import math
import re
import wave
from array import array
from pathlib import Path

import pytest

from ivrctl.adapters.prompts.loudness import is_clipped, is_silent
from ivrctl.lang.findings import Findings
from ivrctl.lang.report import render_text
from ivrctl.lang.rule import Rule
from ivrctl.service.recordings import RULES, check_recordings

EXAMPLE = re.compile(r"prompts/(\S+)  (\d+) Hz, (\d+) bit, (\d) channels?, (\d+) %\n")


def tone(loudest: float, rate: int = 8000) -> array[int]:
    """A fifth of a second of a tone; louder than 1 it is cut off."""
    wanted = (loudest * 32_767 * math.sin(n / 3) for n in range(rate // 5))
    return array("h", (max(-32_767, min(32_767, round(sample))) for sample in wanted))


def record(path: Path, loudest: float = 0.5, *, rate: int = 8000, bits: int = 16, channels: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(bits // 8)
        file.setframerate(rate)
        file.writeframes(tone(loudest, rate).tobytes())


def shown(folder: Path, findings: Findings) -> str:
    return render_text(findings, {}).replace(f"{folder}/", "")


def made(folder: Path, example: str) -> Path:
    """The files that the example of a rule shows."""
    for name, rate, bits, channels, percent in EXAMPLE.findall(example):
        record(folder / name, int(percent) / 100, rate=int(rate), bits=int(bits), channels=int(channels))
    return folder


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_examples_of_the_rule_do_what_its_page_says(tmp_path: Path, rule: Rule) -> None:
    """The bad one has this finding alone, with the severity of the page; the good one has none."""
    bad = check_recordings(made(tmp_path / "bad", rule.bad), ["en"]).items
    assert [(finding.rule, finding.severity) for finding in bad] == [(rule.id, rule.severity)]
    assert check_recordings(made(tmp_path / "good", rule.good), ["en"]).items == []


def test_mistakes_in_recordings_are_told_exactly_so(tmp_path: Path) -> None:
    """The file, or the line of the index, what is wrong with it, and what to do."""
    record(tmp_path / "en" / "Good.wav")
    record(tmp_path / "en" / "Fast.wav", rate=16_000)
    record(tmp_path / "en" / "Loud.wav", 3.0)
    record(tmp_path / "en" / "Silent.wav", 0.0)
    record(tmp_path / "fr" / "Bonjour.wav")
    (tmp_path / "en" / "Empty.wav").write_bytes(b"")
    (tmp_path / "en" / "index.tsv").write_text("Welcome.\tgone.wav\nno tab\n")
    assert shown(tmp_path, check_recordings(tmp_path, ["en"])) == (
        "en/Empty.wav:1:1: error: the recording cannot be used: not a WAV file: it ends too early;"
        " sox IN.wav -r 8000 -b 16 -c 1 OUT.wav [IVR215]\n"
        "en/Fast.wav:1:1: error: the recording cannot be used: 16000 Hz, 16 bit, 1 channels;"
        " 8000 Hz, 16 bit, 1 channel is needed; sox IN.wav -r 8000 -b 16 -c 1 OUT.wav [IVR215]\n"
        "en/Loud.wav:1:1: warning: the recording is cut off at its peaks: it crackles; record it again [IVR216]\n"
        "en/Silent.wav:1:1: warning: nothing can be heard in the recording; record it again [IVR216]\n"
        'en/index.tsv:1:1: error: file "gone.wav" does not exist; correct the index, or record it [IVR215]\n'
        "en/index.tsv:2:1: error: expected a text, a tab and a file name; correct the index, or record it [IVR215]\n"
        'fr/Bonjour.wav:1:1: error: the site does not speak "fr": nobody hears this recording;'
        " its languages: en [IVR215]\n"
    )


def test_site_without_recordings_has_no_finding(tmp_path: Path) -> None:
    """There need not be a folder."""
    assert check_recordings(tmp_path / "prompts", ["en"]).items == []


def test_languages_that_nobody_knows_are_no_finding(tmp_path: Path) -> None:
    """While the site file cannot be read, only the files themselves are judged."""
    record(tmp_path / "fr" / "Bonjour.wav")
    assert check_recordings(tmp_path).items == []


@pytest.mark.parametrize(
    ("loudest", "silent", "clipped"),
    [(0.005, True, False), (0.5, False, False), (1.0, False, False), (2.0, False, True)],
)
def test_loudness_of_a_tone(loudest: float, silent: bool, clipped: bool) -> None:
    """A tone that reaches the largest sample is not cut off; one that stays there is."""
    assert (is_silent(tone(loudest)), is_clipped(tone(loudest))) == (silent, clipped)


def test_one_click_does_not_make_a_recording_crackle() -> None:
    """A microphone that was touched once is heard once."""
    samples = tone(0.5)
    samples[100:110] = array("h", [32_767] * 10)
    assert not is_clipped(samples)
