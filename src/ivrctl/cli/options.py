"""Arguments and options that several commands share, and the words that some of them take."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer


class PictureForm(StrEnum):
    """What a picture is written in."""

    MERMAID = "mermaid"
    DOT = "dot"


class Format(StrEnum):
    """How findings are shown."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


class FileKind(StrEnum):
    """What the files of a site are."""

    FLOW = "flow"
    SITE = "site"
    SCENARIO = "scenario"
    STAFFING = "staffing"
    DAY = "day"


class Language(StrEnum):
    """In what a new site speaks."""

    EN = "en"
    ZH = "zh"


class Engine(StrEnum):
    """On what scenarios run."""

    SIM = "sim"
    AGI = "agi"
    LIVE = "live"


class UnitPart(StrEnum):
    """Which systemd unit of a site."""

    CONTROLLER = "controller"
    REAP = "reap"
    """Ends what a controller that is gone has begun: once."""
    REAP_TIMER = "reap-timer"
    """Does that each minute."""


class Runtime(StrEnum):
    """In what the development PBX runs."""

    AUTO = "auto"
    DOCKER = "docker"
    PODMAN = "podman"
    ROOT = "root"


Site = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
    typer.Argument(help="A site's folder; by default this folder, else flows.", show_default=False),
]
SiteOption = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--site", help="A site's folder; by default this folder, else flows.", show_default=False),
]
Paths = Annotated[
    Optional[list[Path]],  # noqa: UP045 - typer reads the annotation at run time
    typer.Argument(help="Sites' folders, or files in them; by default this folder, else flows.", show_default=False),
]
PbxName = Annotated[str, typer.Argument(help="Its name: several run side by side.")]
PbxOption = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--pbx", help="The development PBX to use; by default the one named default.", show_default=False),
]
StateOption = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--state", help="The state folder; by default one of the site's own.", show_default=False),
]
Caller = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option(
        "--from", help="The caller's number; by default an example of the site's country.", show_default=False
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Agi = Annotated[str, typer.Option(help="HOST:PORT on which Asterisk finds the controller.")]
