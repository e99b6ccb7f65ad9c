"""The controller: the process that serves calls, put together and taken apart.

One object per process, started by the parent. It owns what a call needs (versions, prompts, journal, store, lookups,
the FastAGI server) and the loop that watches the site's folder. The HTTP API reads it; nothing else does.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from ivrctl.adapters.fastagi_server import AgiSession, FastAgiServer
from ivrctl.adapters.fastagi_server.limits import ServerLimits, Sources
from ivrctl.adapters.journal import Journal
from ivrctl.adapters.notice_ledger import NoticeLedger
from ivrctl.adapters.outbox import Put
from ivrctl.adapters.prompts import PromptLibrary
from ivrctl.adapters.prompts.notice_files import NoticeFiles
from ivrctl.adapters.site_lookups import SiteLookups
from ivrctl.adapters.site_store import SiteStore
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.errors import IvrctlError
from ivrctl.flow.program import Program
from ivrctl.model.notice_board import Change
from ivrctl.service.answering import Answering
from ivrctl.service.api_tokens import ApiTokens
from ivrctl.service.beside_calls import Around, BesideCalls
from ivrctl.service.call_runner import CallRunner
from ivrctl.service.ended_calls import EndedCalls
from ivrctl.service.known_callers import KnownCallers
from ivrctl.service.legs import SCRIPT_ENDED
from ivrctl.service.notices import NoticeParts, Notices
from ivrctl.service.notices.by_phone import NoticesByPhone
from ivrctl.service.notices.telling import AuthorTold, ahead_of
from ivrctl.service.numbering import normalised
from ivrctl.service.post_room import PostRoom
from ivrctl.service.probes import SCRIPT_PROBE, Probes
from ivrctl.service.prompting import build_all
from ivrctl.service.runner_parts import RunnerParts
from ivrctl.service.site_versions import SiteVersions
from ivrctl.service.store_place import store_url
from ivrctl.site.identity import with_directory
from ivrctl.site.site_file import DatabaseUrl, Store

if TYPE_CHECKING:
    from ivrctl.service.queues import AmiAccess, QueueWatch
    from ivrctl.service.staffing.staffing import Staffing

WATCH_EVERY = 1.0
"""Seconds between looks at the site's folder: an edit is served before its author has changed windows."""

DRAIN = timedelta(seconds=50)
"""How long calls that are in the middle of an action may take to reach a hand-off or an end: below the parent's own
limit, so that the controller leaves by itself."""


@dataclass(frozen=True, slots=True)
class ControllerSettings:
    """Where everything is."""

    site: Path
    state: StateFolder
    allowed: Sources
    """Who may connect with FastAGI."""
    environ: Mapping[str, str]
    recordings: Path | None = None
    """Where Asterisk writes the messages of callers, as we see it; None where nobody says."""
    limits: ServerLimits = field(default_factory=ServerLimits)
    """How many calls at one time, above all: one more is refused politely."""
    ami: Callable[[], AmiAccess | None] = lambda: None
    """The Asterisk whose queues are watched; None for none. Asked for when calls are taken."""


class Controller:
    """One controller process."""

    def __init__(self, settings: ControllerSettings, versions: SiteVersions, prompts: PromptLibrary) -> None:
        """Put it together.

        Args:
            settings: where everything is.
            versions: loaded already.
            prompts: with the site's voice and folders.

        Raises:
            ConfigurationError: the site's store cannot be used: its variable is not set, a driver is missing.
        """
        self.began_at = datetime.now(UTC)
        self.versions = versions
        self.log = structlog.get_logger()
        self._settings = settings
        self._prompts = prompts
        self._lookups_of: dict[str, SiteLookups] = {}
        self._store_at_start = versions.current.site.store
        self.journal = Journal(settings.state.journal, on_fault=lambda fault: self.log.warning("journal", fault=fault))
        self.post_room = PostRoom(
            settings.state,
            site=lambda: versions.current.site,
            folder=settings.site,
            environ=settings.environ,
            tell=lambda trouble: self.log.warning("outbox", trouble=trouble),
        )
        url = store_url(versions.current.site.store, settings.site, settings.state, settings.environ)
        self._ended_calls = EndedCalls(
            url, versions=versions, journal=self.journal, post_room=self.post_room, log=self.log
        )
        self.store = self._ended_calls.store
        self.beside = BesideCalls(Around(settings.ami, url, versions, self.post_room.outbox, settings.state, self.log))
        self.known_callers = KnownCallers(
            SiteStore(url),
            settings.site,
            settings.environ,
            lambda: datetime.now(UTC),
        )
        self.notices = Notices(
            NoticeParts(
                program=lambda: versions.current,
                ledger=NoticeLedger(settings.state.notices, self._notice_fault),
                files=NoticeFiles(prompts.folder),
                sounds=prompts,
                clock=lambda: datetime.now(UTC),
                on_change=self._notice_changed,
                on_fault=self._notice_fault,
                tell_author=AuthorTold(lambda: versions.current.site, self._hand_over),
                off_peak=self.beside.off_peak,
                ahead=lambda: ahead_of(versions.current.site),
            )
        )
        self.post_room.notices = NoticesByPhone(self.notices, lambda: versions.current.site, settings.recordings)
        self.api_tokens = ApiTokens(
            lambda: versions.current.site,
            settings.site,
            settings.environ,
            on_fault=lambda fault: self.log.warning("api", fault=fault),
            clock=time.monotonic,
        )
        parts = RunnerParts(
            versions=versions,
            answers=self._answers,
            prompts=prompts,
            journal=self.journal,
            on_record=self._ended_calls.take,
            is_stored_later=True,
            on_fault=lambda leg, fault: self.log.warning("fault", leg=leg, fault=fault),
            clock=lambda: datetime.now(UTC),
            notices=self.notices.current,
            queues=self.beside.facts,
            off_peak=self.beside.off_peak,
            on_queue=self.beside.queued,
        )
        self.runner = CallRunner(parts)
        self.probes = Probes()
        self.server = FastAgiServer(
            self._serve,
            limits=settings.limits,
            allowed=settings.allowed,
            on_error=self._failed,
            on_refused=self._refused,
            # It is the end of a call: refused, it would only be missing in the records.
            never_refused=lambda session: session.request.network_script == SCRIPT_ENDED,
        )

    @property
    def queues(self) -> QueueWatch:
        """The queues as they are, and their books."""
        return self.beside.queues

    @property
    def staffing(self) -> Staffing:
        """Backup staff."""
        return self.beside.staffing

    async def start(self, agi: socket.socket) -> None:
        """Begin to accept calls."""
        self._prompts.sweep()
        await self.store.open()
        self._tell_unusable_lookups()
        self.hand_in_left_behind()
        await self.notices.open()
        # Those who come back go on with the version that they began with: not to be compiled while all others wait.
        for leg in self.journal.open_legs():
            self.versions.program(str(leg.position.get("version")))
        await self.server.start(agi)
        version = self.versions.current.version
        self.log.info("serving", site=str(self._settings.site), agi=self.server.address, version=version)

    async def watch_site(self) -> None:
        """Take a changed site when it compiles; make its prompts. Runs until cancelled."""
        await self.build_prompts()
        while True:
            await asyncio.sleep(WATCH_EVERY)
            if self.versions.reload_if_changed():
                await self.took_version()

    async def settle(self) -> None:
        """Hand in the records that a controller which is gone has left behind. Runs until cancelled."""
        await self._ended_calls.settle(self.runner.live.keys())

    def hand_in_left_behind(self) -> None:
        """Hand in the record of every leg that has ended and that nobody else will."""
        self._ended_calls.hand_in_left_behind(self.runner.live.keys())

    async def took_version(self) -> None:
        """A new version serves: say so, make its prompts, and drop versions that no call needs."""
        self.log.info("site changed", version=self.versions.current.version)
        self.beside.took_version()
        self._tell_unusable_lookups()
        if _place(self.versions.current.site.store) != _place(self._store_at_start):
            self.log.warning(
                "call store", trouble="the site names another store: the next controller takes it (SIGHUP)"
            )
        await self._forget_unused({str(leg.position.get("version")) for leg in self.journal.open_legs()})
        await self.build_prompts()

    async def _forget_unused(self, used: Collection[str]) -> None:
        """Drop the versions that no call needs, with all their connections and threads."""
        wanted = {*used, self.versions.current.version}
        self.versions.forget_unused(used)
        await self.known_callers.forget_unused(wanted)
        for version in set(self._lookups_of) - wanted:
            await self._lookups_of.pop(version).close()

    async def build_prompts(self) -> None:
        """Make what is missing of the static prompts; calls meanwhile make what they need themselves.

        A voice that is broken or a disk that refuses is no reason to leave: most prompts are there from before.
        """
        try:
            report = await build_all(self._prompts, self.versions.current)
        except (IvrctlError, OSError) as error:
            self.log.warning("prompts", fault=str(error))
            return
        if report.made or report.faults:
            self.log.info("prompts", made=report.made, kept=report.kept, faults=list(report.faults))
        await self.notices.speak()

    async def drain(self, *, is_leaving_for_good: bool) -> None:
        """Let calls reach a hand-off or an end.

        Args:
            is_leaving_for_good: True at a shutdown: nobody will accept after us, so new calls are refused politely
                and reach a person. False when a successor accepts them.
        """
        self.log.info("draining", calls=self.server.calls)
        await asyncio.gather(
            self.beside.leave(),
            self.server.drain(DRAIN, is_refusing=is_leaving_for_good),
        )

    async def close(self) -> None:
        """Let go of everything."""
        await self.server.close()
        for lookups in self._lookups_of.values():
            await lookups.close()
        await self.post_room.close()
        await self.beside.close()
        await self.known_callers.close()
        await self.store.close()
        await self._prompts.close()
        self.journal.close()

    def status(self) -> dict[str, Any]:
        """What ``ivrctl status`` shows of this process."""
        current = self.versions.current
        backlog = self.store.backlog
        return {
            "site": str(current.site.site),
            "country": str(current.site.numbers.country),
            "version": current.version,
            "rejected": self.versions.rejected,
            "since": self.began_at.isoformat(timespec="seconds"),
            "lines": sorted(current.lines),
            "agi": self.server.address,
            "calls_in_flow": self.server.calls,
            "open_legs": len(self.journal.open_legs()),
            "connections": self.server.connections,
            "refused": self.server.refused,
            "records_waiting": backlog.waiting,
            "records_lost": backlog.lost,
            "submissions": self.post_room.status(),
            "prompts_made": self._prompts.made,
            "interfaces": self._lookups(current).status(),
            "queues": self.queues.status(),
            "staffing": self.staffing.summary(),
            "parent": self._settings.state.read_parent_status(),
        }

    def _serve(self, session: AgiSession) -> Awaitable[None]:
        return (self.probes if session.request.network_script == SCRIPT_PROBE else self.runner)(session)

    def _tell_unusable_lookups(self) -> None:
        """Say at once what every lookup of a database or an interface would fail for."""
        for fault in self._lookups(self.versions.current).unusable():
            self.log.warning("lookups", fault=fault)
        for fault in self.known_callers.unusable(self.versions.current.site):
            self.log.warning("identity", fault=fault)

    def _answers(self, program: Program) -> Answering:
        lookups = self._lookups(program)
        submissions = self.post_room.submissions(program.site)
        return Answering(program.site, lookups, self.known_callers.of(program, lookups), submissions)

    def _lookups(self, program: Program) -> SiteLookups:
        if program.version not in self._lookups_of:
            self._lookups_of[program.version] = SiteLookups(
                with_directory(program.site),
                self._settings.site,
                self._settings.environ,
                on_trouble=lambda trouble: self.log.warning("interface", trouble=trouble),
                waited_for=self._settings.state.path,
            )
        return self._lookups_of[program.version]

    def _notice_changed(self, change: Change) -> None:
        self.log.info("notice", notice=change.id, happened=str(change.happened), author=change.author)

    async def _hand_over(self, key: str, submission: str, params: Mapping[str, str]) -> None:
        await self.post_room.outbox.put(Put(key, submission, params, datetime.now(UTC)))

    def _notice_fault(self, fault: str) -> None:
        self.log.warning("notices", fault=fault)

    def _failed(self, session: AgiSession, error: Exception) -> None:
        self.log.error("a leg failed", leg=session.request.args[:1], error=repr(error), exc_info=error)

    def _refused(self, session: AgiSession, reason: str) -> Callable[[], None]:
        # What a network sends as a number can be any text: escape sequences of a terminal, kilobytes.
        caller = normalised(session.request.callerid, self.versions.current.site.numbers)
        self.log.warning("refused", leg=session.request.args[:1], caller=caller, reason=reason)
        return self.runner.refuse(session, reason)


def _place(store: Store | None) -> DatabaseUrl | None:
    return None if store is None else store.url
