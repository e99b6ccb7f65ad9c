"""The versions of a site: the one that new calls run on, and those that calls under way began with.

A change of the folder is read, compiled and swapped whole; a call ends on its own version, across a restart too, since
the sources of a version are kept in the state folder while an open leg names it. A folder that does not compile leaves
the version before it serving, and its findings say why.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from ivrctl.adapters.precedence import at_length
from ivrctl.adapters.site_folder import (
    folder_signature,
    keep_sources,
    kept_versions,
    read_kept,
    read_site,
    remove_kept,
    replace_file,
)
from ivrctl.errors import ConfigurationError
from ivrctl.flow.program import Program, is_site_file
from ivrctl.lang.findings import Findings
from ivrctl.lang.report import render_text
from ivrctl.lang.source import Span
from ivrctl.service.compiling import CompiledSite, compile_spoken, compile_whole
from ivrctl.staffing.policy import Policy

CURRENT = "current.json"
"""In the versions folder: which version was serving last."""


class SiteVersions:
    """The versions of one site folder."""

    def __init__(self, folder: Path, kept: Path, on_findings: Callable[[str], None]) -> None:
        """Prepare for a site.

        Args:
            folder: the site's.
            kept: where sources of versions are kept.
            on_findings: told, in words, why a changed folder was not taken, or that its sources cannot be kept.
        """
        self._folder = folder
        self._kept = kept
        self._on_findings = on_findings
        self._programs: dict[str, Program] = {}
        self._current: CompiledSite | None = None
        self._signature: object = None
        self.rejected: str | None = None
        """Why the folder as it is now is not serving; None when it is."""

    @property
    def current(self) -> Program:
        """The version on which new calls run; ``load`` made sure that there is one."""
        return self._serving.program

    @property
    def policies(self) -> Mapping[str, Policy]:
        """The staffing policies of the version on which new calls run, by name; they change with ``current``."""
        return self._serving.policies

    @property
    def _serving(self) -> CompiledSite:
        if self._current is None:
            raise ConfigurationError("no version of the site is loaded")
        return self._current

    def program(self, version: str) -> Program | None:
        """The version that a position names; None when its sources are gone or no longer compile."""
        if version not in self._programs:
            files = read_kept(self._kept / version)
            program = compile_spoken(files)[0] if files else None
            if program is None or program.version != version:
                return None
            self._programs[version] = program
        return self._programs[version]

    def load(self) -> Findings:
        """Load the folder as it is, or, when it does not compile, the version that served last.

        Raises:
            ConfigurationError: the folder does not compile and there is no version that served before; the message
                holds the findings.
        """
        findings = self.reload()
        if self._current is None:
            self._current = self._last_serving()
            if self._current is not None and self.rejected is not None:
                self._tell(self.rejected)
        if self._current is None:
            reason = self.rejected or f"{self._folder} holds no site"
            raise ConfigurationError(reason, advice=f"ivrctl check {self._folder}")
        return findings

    def reload(self) -> Findings:
        """Read and compile the folder: it serves, or the version before goes on and ``rejected`` says why."""
        with at_length():
            return self._reloaded()

    def _reloaded(self) -> Findings:
        self._signature = folder_signature(self._folder)
        try:
            files = read_site(self._folder)
        except ConfigurationError as error:
            return self._unreadable(error)
        site, findings = compile_whole(files, str(self._folder))
        if site is None:
            sources = {path: content.decode(errors="replace") for path, content in files.items()}
            self._reject(render_text(findings, sources))
            return findings
        self.rejected = None
        self._serve(site)
        try:
            keep_sources(self._kept / site.version, {path: files[path] for path in files if is_site_file(path)})
            replace_file(self._kept / CURRENT, json.dumps({"version": site.version}))
        except OSError as error:
            # It serves all the same; only a restart would lose the calls that are on it.
            self._on_findings(f"the sources of version {site.version} cannot be kept: {error}\n")
        return findings

    def _unreadable(self, error: ConfigurationError) -> Findings:
        findings = Findings()
        findings.error("IVR207", Span(str(self._folder), 1, 1, 1, 1), str(error), error.advice)
        self._reject(render_text(findings, {}))
        return findings

    def _reject(self, why: str) -> None:
        self.rejected = why
        # While nothing serves yet, whoever loads says what becomes of it.
        if self._current is not None:
            self._tell(why)

    def _tell(self, why: str) -> None:
        self._on_findings(f"the changed site is not taken, the version before goes on serving:\n{why}")

    def reload_if_changed(self) -> bool:
        """Reload when the folder is not as it was; True when another version serves now."""
        if folder_signature(self._folder) == self._signature:
            return False
        before = self._current
        self.reload()
        return self._current is not before

    def forget_unused(self, used: Collection[str]) -> None:
        """Drop the sources of versions that no open leg names and that do not serve."""
        wanted = {*used, self.current.version}
        for version in kept_versions(self._kept):
            if version not in wanted:
                remove_kept(self._kept / version)
                self._programs.pop(version, None)

    def _serve(self, site: CompiledSite) -> None:
        self._programs[site.version] = site.program
        if self._current is None or self._current.version != site.version:
            self._current = site

    def _last_serving(self) -> CompiledSite | None:
        try:
            last = json.loads((self._kept / CURRENT).read_text())
        except (OSError, ValueError):
            return None
        version = last.get("version") if isinstance(last, dict) else None
        # A name of a folder: what else stands there was not written by us.
        if not isinstance(version, str) or version not in kept_versions(self._kept):
            return None
        site = compile_whole(read_kept(self._kept / version))[0]
        if site is not None and site.version == version:
            return site
        # Policies that this release refuses are no reason to leave callers without their flows.
        program = self.program(version)
        return None if program is None else CompiledSite(program, {})
