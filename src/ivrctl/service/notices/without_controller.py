"""What is heard of notices while no controller runs: the sound of each, and the files that the dialplan finds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivrctl.adapters.prompts.notice_files import Lasting
from ivrctl.flow.program import Program
from ivrctl.model.notice import Notice
from ivrctl.model.notice_board import Board, Posted, places
from ivrctl.model.utterance import Utterance
from ivrctl.service.notices.parts import NoticeParts
from ivrctl.site.off_peak import advice

SETTLE_EVERY = timedelta(minutes=1)
"""Between looks whether the files still are as they should be."""


@dataclass(slots=True)
class Made:
    """The sound of a notice for the time without a controller."""

    notice: Notice
    pcm: bytes


class WithoutController:
    """Of the notices of one site. ``write`` is for whoever is alone with the ledger."""

    def __init__(self, parts: NoticeParts, say: Callable[[str, str], None]) -> None:
        """Nothing was made yet.

        Args:
            parts: what notices are made with.
            say: told of a trouble: what it is about, and a sentence.
        """
        self._parts = parts
        self._say = say
        self._made: dict[str, Made] = {}
        self._settled: object = None
        self._settled_at: datetime | None = None

    def made(self, notice: Notice, sound: bytes) -> None:
        """It sounds so."""
        self._made[notice.id] = Made(notice, sound)

    def ended(self, id_: str) -> None:
        """Nobody hears it any more."""
        self._made.pop(id_, None)

    def forget(self) -> None:
        """Everything may sound otherwise now."""
        self._made.clear()
        self._settled = None

    async def settle(self) -> None:
        """Put the files right when the board, or the time, says something else than when they were put right last."""
        now = self._parts.clock()
        board = self._parts.ledger.board
        wanted = _slots(board, now)
        state = tuple(wanted.items())
        last = self._settled_at
        if state == self._settled and last is not None and timedelta(0) <= now - last < SETTLE_EVERY:
            return
        for notice in wanted.values():
            await self._speak_for_slot(notice)
        await asyncio.to_thread(self._settle_alone, now)
        self._settled, self._settled_at = state, now

    async def _speak_for_slot(self, notice: Notice) -> None:
        made = self._made.get(notice.id)
        if made is None or made.notice != notice:
            sound = await self.spoken(notice, {})
            if sound is not None:
                self._made[notice.id] = Made(notice, sound)

    def _settle_alone(self, now: datetime) -> None:
        with self._parts.ledger.writing() as writing:
            for trouble in self.write(writing.board):
                self._say(trouble, trouble)
            named = {name for notice in writing.board.notices for name in notice.recordings.values()}
            self._parts.files.sweep(named, now)

    def write(self, board: Board) -> tuple[str, ...]:
        """Write and remove what the dialplan plays; what could not be done, in sentences. The ledger is ours alone."""
        files = self._parts.files
        slots: dict[str, Lasting | None] = {}
        for slot, notice in _slots(board, self._parts.clock()).items():
            made = self._made.get(notice.id)
            if made is not None and made.notice == notice:
                lasting = Lasting(made.pcm, notice.ends)
                slots[slot] = None if files.is_as_written(slot, lasting) else lasting
            elif files.lasts_until(slot, notice.ends):
                slots[slot] = None
        try:
            files.settle(slots)
        except OSError as error:
            return (f"What is heard while no controller runs could not be written: {error.strerror}.",)
        return ()

    async def spoken(self, notice: Notice, sounds: Mapping[str, bytes]) -> bytes | None:
        """Have its words spoken; what it sounds like in all its languages, None without a voice."""
        heard: list[bytes] = []
        for language in map(str, dict.fromkeys(self._parts.program().site.languages)):
            if language in sounds:
                sound = sounds[language]
            elif language in notice.recordings:
                sound = await asyncio.to_thread(self._parts.files.recording, notice.recordings[language])
            elif language not in notice.texts:
                continue
            elif self._parts.sounds is None:
                return None
            else:
                sound = await self._parts.sounds.sound_of([utterance(notice, language)])
            if notice.is_off_peak_advised and self._parts.sounds is not None:
                sound += await self._parts.sounds.sound_of(_advice(self._parts.program(), language))
            # A recording may stand for several languages: it is heard once.
            if sound not in heard:
                heard.append(sound)
        return b"".join(heard)


def remarks_on(posted: Posted, now: datetime) -> tuple[str, ...]:
    """What the author of a notice should know of it, above all of the time without a controller."""
    notice, wanted = posted.notice, places(posted.notice.scope)
    full = [place for place in wanted if place not in posted.slots]
    remarks = []
    if not wanted:
        remarks.append(
            "While no controller runs nobody hears it: then only notices for everybody or for lines are heard."
        )
    elif full:
        remarks.append(
            f"While no controller runs it is not heard for {', '.join(full)}: so many notices stand there already."
        )
    elif notice.starts > now:
        remarks.append("While no controller runs it is heard only if one ran when it began.")
    if wanted and notice.ends_call:
        remarks.append("While no controller runs the call does not end behind it: a person takes it.")
    return tuple(remarks)


def _slots(board: Board, now: datetime) -> dict[str, Notice]:
    """What the dialplan plays now, by the names of its files."""
    return {
        f"{place}-{slot}": posted.notice
        for posted in board.posted.values()
        if posted.notice.is_current(now)
        for place, slot in posted.slots.items()
    }


def utterance(notice: Notice, language: str) -> Utterance:
    """As the flow's engine has it, so that a call finds the very sound."""
    return Utterance(language, (notice.texts[language],))


def _advice(program: Program, language: str) -> list[Utterance]:
    """The site's words for calling at another time, without times, since nobody would put them right; or none."""
    site = program.site
    advised = advice(site.prompts, None, site.zone, language)
    return [] if advised is None else [advised]
