"""The use cases of notices, and what time does to them.

A change is made in this order, so that a kill at any point leaves all of it or nothing: what is said is made and
recordings are on the disk; the ledger has the line; the files for the time without a controller are written; only then
it is acknowledged. Files that a kill left out, or behind, the next controller puts right from the ledger.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from ivrctl.adapters.notice_ledger import LedgerError, Writing
from ivrctl.errors import IvrctlError
from ivrctl.model.notice import Notice
from ivrctl.model.notice_board import Board, Change, Happened, due
from ivrctl.service.notices.draft import Answered, Draft, Kept, Refusal, Refused, Taken, Unknown
from ivrctl.service.notices.examining import Proposal, examined, same_as
from ivrctl.service.notices.parts import NoticeParts
from ivrctl.service.notices.without_controller import WithoutController, remarks_on, utterance
from ivrctl.site.off_peak import remarks_on_advice

MOST = 100
"""Notices that stand at one time: each call looks through them, and nobody keeps an eye on more."""
LOOK_EVERY = 0.2
"""Seconds between looks at what another process has written: a call that starts a second later hears it."""
ID_DIGITS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None of them is taken for another when somebody reads it aloud."""
ID_LENGTH = 7
"""31^7: among a hundred that stand, and all that stood, no two are alike."""
GONE = "This request made it before, and it is over: nobody hears it. For another notice take another key."
"""To whoever uses one key for every storm: he would take the answer for a notice that is heard."""
TRIES = 5
"""A change of what somebody else changes meanwhile is begun anew so often."""


class Notices:
    """The notices of one site, in one process."""

    def __init__(self, parts: NoticeParts) -> None:
        self._parts = parts
        self._without = WithoutController(parts, self._say)
        self._known, self._current = Board(), Board().notices
        self._troubles: dict[str, str] = {}
        """What went wrong in the last turn of ``watch``, by what it is about; in this one, ``_seen``."""
        self._seen: dict[str, str] = {}

    def current(self) -> Sequence[Notice]:
        """Those that are announced now or later, in the order in which they are heard."""
        board = self._parts.ledger.board
        if board is not self._known:
            # Asked for with every command of every call.
            self._known, self._current = board, board.notices
        return self._current

    def now(self) -> datetime:
        """The time by which notices begin and end."""
        return self._parts.clock()

    async def history(self, limit: int) -> Sequence[Change]:
        """The last changes, the newest first."""
        await asyncio.to_thread(self._parts.ledger.read)
        return self._parts.ledger.history(limit)

    async def open(self) -> None:
        """Read the ledger. What follows from it, ``watch`` sees to.

        Raises:
            OSError: it cannot be read.
        """
        await asyncio.to_thread(self._parts.ledger.read)

    async def make(self, draft: Draft) -> Answered:
        """Make a notice.

        Raises:
            VoiceError: what it says cannot be spoken.
            LedgerError: the disk refuses.
            UnreachableError: another process has the notices locked.
        """
        # Those whose time is over hold no place any more.
        await self._tell_due()
        now = self._parts.clock()
        id_ = f"n{''.join(secrets.choice(ID_DIGITS) for _ in range(ID_LENGTH))}"
        known = _made_before(self._parts.ledger.board, draft)
        if known is not None:
            return known
        proposal = await asyncio.to_thread(examined, draft, None, id_, self._parts.program(), now)
        if not isinstance(proposal, Proposal):
            return Refused(tuple(proposal))
        sound = await self._without.spoken(proposal.notice, proposal.sounds)
        return await asyncio.to_thread(self._make, draft, proposal, sound)

    async def change(self, id_: str, draft: Draft) -> Answered:
        """Change a notice that stands: what the draft says nothing of stays as it is.

        Raises:
            VoiceError: what it says cannot be spoken.
            LedgerError: the disk refuses, or others change it all the time.
            UnreachableError: another process has the notices locked.
        """
        for _ in range(TRIES):
            board = await asyncio.to_thread(self._parts.ledger.read)
            posted = board.posted.get(id_)
            if posted is None:
                return Unknown(id_)
            now, program = self._parts.clock(), self._parts.program()
            proposal = await asyncio.to_thread(examined, draft, posted.notice, id_, program, now)
            if not isinstance(proposal, Proposal):
                return Refused(tuple(proposal))
            sound = await self._without.spoken(proposal.notice, proposal.sounds)
            answered = await asyncio.to_thread(self._change, draft, posted.notice, proposal, sound)
            if answered is not None:
                return answered
        raise LedgerError(f"the notice {id_} is being changed by others", advice="look at it, then once more")

    async def end(self, id_: str, author: str) -> Answered:
        """Take a notice down.

        Raises:
            LedgerError: the disk refuses.
            UnreachableError: another process has the notices locked.
        """
        return await asyncio.to_thread(self._end, id_, author)

    async def watch(self) -> None:
        """See what other processes write, and to what time does. Runs until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """One turn of ``watch``."""
        try:
            if self._parts.ledger.is_behind:
                await asyncio.to_thread(self._parts.ledger.read)
            await self._tell_due()
            await self._without.settle()
        except (IvrctlError, OSError) as error:
            self._say("watch", f"notices: {error}")
        self._troubles, self._seen = self._seen, {}

    async def speak(self) -> None:
        """Have the words of all that stand spoken, such as by a new voice, before a call asks for them."""
        self._without.forget()
        for notice in self.current():
            if self._parts.sounds is not None:
                try:
                    await self._parts.sounds.sound_of([utterance(notice, language) for language in notice.texts])
                except IvrctlError as error:
                    self._say(notice.id, f"the notice {notice.id} cannot be spoken: {error}")

    # the changes, each in a thread of its own, alone with the ledger

    def _make(self, draft: Draft, proposal: Proposal, sound: bytes | None) -> Answered:
        parts, now, notice = self._parts, self._parts.clock(), proposal.named
        with parts.ledger.writing() as writing:
            known = _made_before(writing.board, draft)
            if known is not None:
                return known
            refusals = _crowded(writing.board, notice, now, is_forced=draft.is_forced)
            if refusals:
                return Refused(refusals)
            self._keep_recordings(proposal)
            key = _retry_key(draft)
            asked = draft.digest if key else ""
            change = Change(Happened.MADE, now, draft.author, after=notice, key=key, asked=asked)
            return self._keep(writing, change, proposal, sound)

    def _change(self, draft: Draft, before: Notice, proposal: Proposal, sound: bytes | None) -> Answered | None:
        now, notice = self._parts.clock(), proposal.named
        with self._parts.ledger.writing() as writing:
            posted = writing.board.posted.get(before.id)
            if posted is None:
                return Unknown(before.id)
            if posted.notice != before:
                return None
            if notice == before:
                return Kept(notice, remarks_on(posted, now), is_new=False)
            self._keep_recordings(proposal)
            change = Change(Happened.CHANGED, now, draft.author, before, notice)
            answered = self._keep(writing, change, proposal, sound)
        self._parts.files.let_go(set(before.recordings.values()) - set(notice.recordings.values()), now)
        return answered

    def _end(self, id_: str, author: str) -> Answered:
        with self._parts.ledger.writing() as writing:
            posted = writing.board.posted.get(id_)
            if posted is None:
                return Unknown(id_)
            change = Change(Happened.ENDED, self._parts.clock(), author, before=posted.notice)
            self._append(writing, change)
            remarks = self._without.write(writing.board)
        return Kept(posted.notice, remarks)

    def _keep(self, writing: Writing, change: Change, proposal: Proposal, sound: bytes | None) -> Kept:
        notice = proposal.named
        self._append(writing, change)
        if sound is not None:
            self._without.made(notice, sound)
        troubles = self._without.write(writing.board)
        remarks = (*proposal.remarks, *remarks_on(writing.board.posted[notice.id], change.at))
        if notice.is_off_peak_advised and self._parts.off_peak is not None:
            remarks += remarks_on_advice(self._parts.program().site.prompts, self._parts.off_peak())
        if sound is None:
            remarks += ("There is no voice here: its words are spoken as soon as a controller runs.",)
        return Kept(notice, (*remarks, *troubles))

    def _append(self, writing: Writing, change: Change) -> None:
        writing.append(change)
        if change.before is not None and change.after is None:
            self._without.ended(change.id)
            self._parts.files.let_go(tuple(change.before.recordings.values()), change.at)
        self._parts.on_change(change)

    def _keep_recordings(self, proposal: Proposal) -> None:
        try:
            for language, pcm in proposal.sounds.items():
                self._parts.files.keep(proposal.notice.id, language, pcm)
        except OSError as error:
            raise LedgerError(f"the recording could not be kept: {error.strerror}", advice="df -h") from error

    # what time does

    async def _tell_due(self) -> None:
        """Write down what time has done, of each when its author has been told.

        Told first: whoever tells knows what he has told before; a ledger that says so too early would be a lie.
        """
        now, ahead, told = self._parts.clock(), self._parts.ahead(), []
        for change in due(self._parts.ledger.board, now, ahead):
            try:
                if self._parts.tell_author is not None:
                    await self._parts.tell_author(change)
            except IvrctlError as error:
                self._say(change.id, f"the author of the notice {change.id} cannot be told of its end: {error}")
            else:
                told.append(change)
        if told:
            await asyncio.to_thread(self._append_told, told, now, ahead)

    def _append_told(self, told: Sequence[Change], now: datetime, ahead: timedelta) -> None:
        with self._parts.ledger.writing() as writing:
            # Others may have been quicker, or have changed its end.
            for change in list(due(writing.board, now, ahead)):
                if change in told:
                    self._append(writing, change)

    def _say(self, about: str, trouble: str) -> None:
        """Tell a trouble once, until it has passed."""
        if trouble not in {self._troubles.get(about), self._seen.get(about)}:
            self._parts.on_fault(trouble)
        self._seen[about] = trouble


def _made_before(board: Board, draft: Draft) -> Kept | Taken | None:
    """The notice that the same request has made, or another one with its key; None where it is the first."""
    known = board.made.get(_retry_key(draft))
    if known is None:
        return None
    if known.asked not in {"", draft.digest}:
        return Taken(known.notice.id)
    return Kept(known.notice, () if known.notice.id in board.posted else (GONE,), is_new=False)


def _crowded(board: Board, notice: Notice, now: datetime, *, is_forced: bool) -> tuple[Refusal, ...]:
    if len(board.posted) >= MOST:
        return (Refusal(f"{MOST} notices stand already", "end some of them"),)
    same = None if is_forced else same_as(notice, board.notices, now)
    if same is None:
        return ()
    return (Refusal(f"the notice {same.id} says the same to the same callers", "change that one, or force this one"),)


def _retry_key(draft: Draft) -> str:
    """Each author has keys of his own."""
    return f"{draft.author}:{draft.key}" if draft.key else ""
