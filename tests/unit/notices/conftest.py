"""Notices of a small site, with a voice that is quick, a clock that a test moves, and files in a folder of its own."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from ivrctl.adapters.notice_ledger import NoticeLedger
from ivrctl.adapters.prompts.notice_files import NoticeFiles
from ivrctl.adapters.voices import VoiceError
from ivrctl.errors import IvrctlError
from ivrctl.flow.program import Program
from ivrctl.model.notice_board import Change
from ivrctl.model.off_peak import OffPeak
from ivrctl.model.utterance import Utterance
from ivrctl.service.compiling import compile_spoken
from ivrctl.service.notices import Draft, NoticeParts, Notices

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
"""In Shanghai."""
SITE = """
site: test
time_zone: Asia/Shanghai
languages: [zh, en]
currency: CNY
numbers: {country: CN}
prompts:
  no_input: {zh: 没有听到。, en: Silence.}
  no_match: {zh: 错了。, en: Wrong.}
  one_moment: {zh: 请稍候。, en: One moment.}
  fallback: {zh: 抱歉。, en: Sorry.}
tiers: {vip: {priority: 10}}
brands: [global]
queues: {advisor: {}}
"""
FLOW = """
lines: {"100": start, _10XX: start}
steps: {start: [{play: {zh: 您好。, en: Hello.}}, {hangup: served}]}
"""


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        """Tell it."""
        return self.now

    def go(self, length: timedelta) -> None:
        """Let time pass, or step back."""
        self.now += length


class Voice:
    """Speaks a text as its own bytes."""

    def __init__(self) -> None:
        self.said: list[Utterance] = []
        self.is_broken = False

    async def sound_of(self, utterances: Sequence[Utterance]) -> bytes:
        """As the library of prompts does."""
        if self.is_broken:
            raise VoiceError("the voice does not speak")
        self.said += utterances
        return b"".join(spoken(utterance.written) for utterance in utterances)


def spoken(text: str) -> bytes:
    """What the voice makes of a text."""
    content = text.encode()
    return content + bytes(len(content) % 2)


def program(prompts: str = "", more: str = "") -> Program:
    site = SITE.replace("tiers:", f"{prompts}{more}tiers:")
    compiled, findings = compile_spoken({"ivrctl.yaml": site.encode(), "main.ivr.yaml": FLOW.encode()})
    assert compiled is not None, [finding.message for finding in findings.items]
    return compiled


def wav(samples: bytes = b"\x00\x20\x00\xe0" * 4000, *, rate: int = 8000, width: int = 2, channels: int = 1) -> bytes:
    """A recording of a second, of a tone."""
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((channels, width, rate, 0, "NONE", ""))
        sound.writeframes(samples)
    return file.getvalue()


def draft(**changes: object) -> Draft:
    """A notice as somebody asks for it."""
    asked = Draft("duty", texts={"zh": "宽带故障。", "en": "Broadband is down."}, lasts="2h")
    return replace(asked, **changes)  # type: ignore[arg-type]


class Office:
    """Where notices are made: any number of processes over the same folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        self.voice = Voice()
        self.program = program()
        self.changes: list[Change] = []
        self.faults: list[str] = []
        self.told: list[str] = []
        self.is_post_broken = False
        self.quiet: OffPeak | None = None

    @property
    def slots(self) -> dict[str, bytes]:
        """What the dialplan would play, by its file's name without the ending."""
        found = {path.stem: path for path in (self.folder / "prompts" / "notices").glob("*.wav")}
        slots = {name: path for name, path in found.items() if not name.startswith("n")}
        now = self.clock.now.timestamp()
        return {
            name: NoticeFiles(self.folder / "prompts").recording(name)
            for name, path in slots.items()
            if path.stat().st_mtime > now
        }

    def process(self, *, has_voice: bool = True) -> Notices:
        """A process that makes notices here."""
        (self.folder / "state").mkdir(exist_ok=True)
        return Notices(
            NoticeParts(
                program=lambda: self.program,
                ledger=NoticeLedger(self.folder / "state" / "notices", self.faults.append),
                files=NoticeFiles(self.folder / "prompts"),
                sounds=self.voice if has_voice else None,
                clock=self.clock,
                on_change=self.changes.append,
                on_fault=self.faults.append,
                tell_author=self._tell,
                off_peak=lambda: self.quiet,
            )
        )

    async def _tell(self, change: Change) -> None:
        """As the outbox does: it keeps, or it says that it cannot."""
        if self.is_post_broken:
            raise IvrctlError("the disk is full")
        self.told.append(str(change.happened))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)
