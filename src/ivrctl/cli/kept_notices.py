"""Notices without a controller: the same requests, answered by the ledger in the state folder itself.

Changes are made under the folder's lock, so that no controller starts meanwhile; what is heard by a caller then is
what the dialplan plays from files, which are written here too.
"""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import re
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
from ivrctl.errors import ConfigurationError, MissingToolError, UnreachableError
from ivrctl.flow.program import Program
from ivrctl.service.notices import NoticeParts, Notices
from ivrctl.service.notices.draft import Answered
from ivrctl.service.notices.parts import Sounds
from ivrctl.service.notices.telling import AuthorTold, ahead_of
from ivrctl.service.voices import PromptFolders, prompt_folders, prompt_library
from ivrctl.web.answers import FORMAT_VERSION
from ivrctl.web.bodies import BodyError, NoticeBody, body_of
from ivrctl.web.notices_api import answered, changes_json, notice_json


def answered_here(
    site: Path | None, state: StateFolder, pbx: str | None, method: str, path: str, body: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What the API would answer.

    Raises:
        UnreachableError: a controller does run, and does not answer.
        ConfigurationError: nobody says where prompts lie, or the site does not compile.
    """
    if method == "GET":
        return {"format_version": FORMAT_VERSION, **_read(state, path)}
    try:
        with state.lock():
            return {"format_version": FORMAT_VERSION, **asyncio.run(_write(site, state, pbx, method, path, body))}
    except ConfigurationError as error:
        if state.owner() is None:
            raise
        raise UnreachableError(
            "ivrctl serve runs and its controller does not answer", advice="once more in a moment; ivrctl status"
        ) from error


def _read(state: StateFolder, path: str) -> dict[str, Any]:
    ledger = NoticeLedger(state.notices, _say)
    notices, now = ledger.read().notices, _now()
    standing = [notice_json(notice, now) for notice in notices if notice.ends > now]
    if path == "/notices":
        return {"notices": standing}
    if path.startswith("/notices/history"):
        return {"changes": changes_json(ledger.history(int(re.sub(r"\D", "", path))))}
    id_ = path.rpartition("/")[2]
    found = next((notice for notice in standing if notice["id"] == id_), None)
    return {"notice": found} if found else {"error": f"no notice {id_} stands", "advice": "ivrctl notice list"}


@dataclass(frozen=True, slots=True)
class _Here:
    """What is needed to make notices on this machine."""

    folder: Path
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


async def _write(
    site: Path | None, state: StateFolder, pbx: str | None, method: str, path: str, body: Mapping[str, Any] | None
) -> dict[str, Any]:
    folder = site_folder(site)
    program = load_program(folder)
    here = _Here(folder, program, state, prompt_folders(program.site, folder, pbx, os.environ))
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
