"""``ivrctl prompts``."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from ivrctl.adapters.prompts import BuildReport, PromptLibrary
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.progress import count
from ivrctl.cli.sites import load_program, site_folder
from ivrctl.flow.program import Program
from ivrctl.service.prompting import build_all
from ivrctl.service.voices import prompt_folders, prompt_library


def build(site: Path | None, pbx: str | None) -> None:
    """Make what is missing, and print how much there is."""
    program, library = _open(site, pbx)
    report = asyncio.run(_built(library, program))
    sys.stdout.write(f"{report.made} made, {report.kept} were there\n")
    for fault in report.faults:
        sys.stderr.write(f"{fault}\n")
    if report.faults:
        raise SystemExit(FINDINGS)


def check(site: Path | None, pbx: str | None) -> None:
    """Print what is missing or broken; exit code 1 when anything is."""
    program, library = _open(site, pbx)
    faults = asyncio.run(_checked(library, program))
    for line in faults:
        sys.stdout.write(f"{line}\n")
    if faults:
        sys.stderr.write(f"{len(faults)} to make; try: ivrctl prompts build\n")
        raise SystemExit(FINDINGS)
    sys.stderr.write("every prompt is there\n")


def _open(site: Path | None, pbx: str | None) -> tuple[Program, PromptLibrary]:
    folder = site_folder(site)
    program: Program = load_program(folder)
    return program, prompt_library(program.site, folder, prompt_folders(program.site, folder, pbx, os.environ))


async def _built(library: PromptLibrary, program: Program) -> BuildReport:
    try:
        return await build_all(library, program, lambda done, total: count(done, total, "prompts"))
    finally:
        await library.close()


async def _checked(library: PromptLibrary, program: Program) -> list[str]:
    try:
        languages = [str(language) for language in program.site.languages]
        missing = await library.check(program.utterances(), languages)
        return [*(str(fault) for fault in library.recording_faults), *(str(fault) for fault in missing)]
    finally:
        await library.close()
