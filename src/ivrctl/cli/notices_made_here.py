"""Making, changing and ending notices without a controller: the ledger, and the files that the dialplan finds.

Imports what speaks and what compiles; ``kept_notices``, which only reads, does without.
"""

from __future__ import annotations

import json
import os
import pwd
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ivrctl.adapters.notice_ledger import NoticeLedger
from ivrctl.adapters.outbox import Outbox, Put
from ivrctl.adapters.prompts.notice_files import NoticeFiles
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.adapters.voices import VoiceError
from ivrctl.cli.sites import load_program, site_folder
from ivrctl.errors import ConfigurationError, MissingToolError
from ivrctl.flow.program import Program
from ivrctl.service.notices import NoticeParts, Notices
from ivrctl.service.notices.draft import Answered
from ivrctl.service.notices.parts import Sounds
from ivrctl.service.notices.telling import AuthorTold, ahead_of
from ivrctl.service.voices import PromptFolders, prompt_folders, prompt_library
from ivrctl.web.bodies import BodyError, NoticeBody, body_of
from ivrctl.web.notice_answers import answered


@dataclass(frozen=True, slots=True)
class Place:
    """Whose notices they are: a site, its state folder, and the PBX that plays them."""

    site: Path | None
    state: StateFolder
    pbx: str | None


@dataclass(frozen=True, slots=True)
class _Here:
    """What is needed to make notices on this machine."""

    program: Program
    state: StateFolder
    prompts: PromptFolders

    def notices(self, sounds: Sounds | None) -> Notices:
        return Notices(
            NoticeParts(
                program=lambda: self.program,
                ledger=NoticeLedger(self.state.notices, _say),
                files=NoticeFiles(self.prompts.cache.ours),
                sounds=sounds,
                clock=_now,
                on_change=lambda _change: None,
                on_fault=_say,
                tell_author=AuthorTold(lambda: self.program.site, self._hand_over),
                ahead=lambda: ahead_of(self.program.site),
            )
        )

    async def _hand_over(self, key: str, submission: str, params: Mapping[str, str]) -> None:
        outbox = Outbox(self.state.outbox, clock=_now)
        try:
            await outbox.put(Put(key, submission, params, _now()))
        finally:
            await outbox.close()


async def asked_of(place: Place, method: str, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
    """Make, change or end a notice; what the API would answer. The caller holds the folder's lock.

    Raises:
        ConfigurationError: nobody says where prompts lie, or the site does not compile.
    """
    folder = site_folder(place.site)
    program = load_program(folder)
    here = _Here(program, place.state, prompt_folders(program.site, folder, place.pbx, os.environ))
    try:
        library = prompt_library(program.site, folder, here.prompts)
    except MissingToolError:
        return await _asked(here.notices(None), method, path, body)
    try:
        return await _asked(here.notices(library), method, path, body)
    except VoiceError:
        return await _asked(here.notices(None), method, path, body)
    finally:
        await library.close()


async def _asked(notices: Notices, method: str, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
    author, id_ = pwd.getpwuid(os.getuid()).pw_name, path.rpartition("/")[2]
    await notices.open()
    result: Answered
    try:
        if method == "DELETE":
            result = await notices.end(id_, author)
        elif method == "PATCH":
            result = await notices.change(id_, body_of(NoticeBody, json.dumps(body).encode()).draft(author))
        else:
            result = await notices.make(body_of(NoticeBody, json.dumps(body).encode()).draft(author))
    except BodyError as error:
        raise ConfigurationError(str(error)) from error
    return answered(result, notices.now())[0]


def _now() -> datetime:
    return datetime.now(UTC)


def _say(fault: str) -> None:
    sys.stderr.write(f"{fault}\n")
