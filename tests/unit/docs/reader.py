"""A reader of a page: a folder of his own, a shell that stays, and what he compares with what the page shows."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .pages import ROOT, Block

_SECONDS = re.compile(r"(?:\\ )*[0-9]+\\\.[0-9]+\\ s")
"""A time of a transcript with the spaces that align it, in the form that ``re.escape`` gives them."""

_MARK = re.compile(r"^=== ended ([0-9]+) ===\n", re.MULTILINE)
_TURN = 0.02
"""Seconds between two looks at what a command has printed."""

_GRACE = 20.0
"""Seconds for a controller that a page has left running to let its calls go."""


@dataclass
class Reader:
    """One shell in one folder; files and commands come in the order of the page."""

    folder: Path
    shell: subprocess.Popen[str]
    printed: Path
    deadline: float
    """Seconds for one command."""
    _read: int = field(default=0)

    def write(self, path: str, content: str) -> None:
        """Write a file of the page."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")

    def run(self, command: str) -> tuple[str, int]:
        """What a command prints on the terminal, both streams, and its exit code.

        Raises:
            TimeoutError: it has not ended in time.
        """
        script = self.folder.parent / "command"
        script.write_text(command + "\n", encoding="utf-8")
        assert self.shell.stdin is not None
        self.shell.stdin.write(f". {shlex.quote(str(script))} </dev/null; printf '=== ended %d ===\\n' $?\n")
        self.shell.stdin.flush()
        until = time.monotonic() + self.deadline
        while time.monotonic() < until:
            text = self.printed.read_text(encoding="utf-8", errors="replace")[self._read :]
            if ended := _MARK.search(text):
                self._read += ended.end()
                return text[: ended.start()], int(ended[1])
            if self.shell.poll() is not None:
                raise ChildProcessError(f"the shell has ended at: {command}\n{text}")
            time.sleep(_TURN)
        raise TimeoutError(f"no end after {self.deadline:.0f} s: {command}\n{self.printed.read_text()[self._read :]}")

    def follow(self, block: Block) -> None:
        """Do what a block says: write its file, or run its commands and compare.

        Raises:
            AssertionError: something else was printed than the page shows, or it ended otherwise.
        """
        if block.meaning == "write":
            self.write(block.argument, block.body)
            return
        for command, shown in block.commands():
            printed, code = self.run(command)
            told = f"{block.place}: $ {command}\nended with {code}, printed:\n{printed}"
            assert code == block.exit_code, told
            told += "\nthe page shows:\n" + "\n".join(shown)
            assert re.search(pattern(shown), printed), told


@contextlib.contextmanager
def reading(
    folder: Path,
    *,
    path: Iterable[Path] = (),
    environment: Mapping[str, str] | None = None,
    deadline: float = 60.0,
    enter: Sequence[str] = (),
) -> Iterator[Reader]:
    """A reader with an empty home, in a folder with the demo site and the golden examples of the repository.

    Args:
        folder: an empty one; the reader's own is inside it.
        path: folders of programs that come first; by default those of this Python.
        environment: beside PATH, HOME and a language.
        deadline: seconds for one command.
        enter: a command that runs the shell in a namespace; none when left out.
    """
    own, home = folder / "work", folder / "home"
    for made in (own, home):
        made.mkdir(exist_ok=True)
    for name in ("flows", "tests"):
        (own / name).symlink_to(ROOT / name)
    programs = [str(place) for place in path] or [str(Path(sys.executable).parent)]
    programs += [] if shutil.which("sqlite3") else [_sqlite3(folder)]
    variables = {
        "PATH": ":".join([*programs, "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "200",
        "PYTHONUNBUFFERED": "1",
        **(environment or {}),
    }
    printed = folder / "printed"
    with printed.open("w") as out:
        shell = subprocess.Popen(
            [*enter, "bash", "--noprofile", "--norc"],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=own,
            env=variables,
            text=True,
            start_new_session=True,
        )
    try:
        yield Reader(own, shell, printed, deadline)
    finally:
        _end(shell)


def _sqlite3(folder: Path) -> str:
    """The folder of a program that pages use and a fresh Debian has not: statements in, as its namesake takes them."""
    program = folder / "bin" / "sqlite3"
    program.parent.mkdir()
    script = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.stdin.read())"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -c "{script}" "$1"\n', encoding="utf-8")
    program.chmod(0o755)
    return str(program.parent)


def _end(shell: subprocess.Popen[str]) -> None:
    """End the shell and whatever a page has left running in its session, and wait until all of it is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(shell.pid, signal.SIGTERM)
    with contextlib.suppress(BrokenPipeError):
        shell.communicate(timeout=_GRACE)
    until = time.monotonic() + _GRACE
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < until:
            os.killpg(shell.pid, 0)
            time.sleep(_TURN)
        os.killpg(shell.pid, signal.SIGKILL)


def pattern(shown: list[str]) -> str:
    """What is shown, as a regular expression: ``…`` stands for anything, alone on a line for any lines."""
    return r"\A" + "".join(_line(line) for line in shown) + r"\Z"


def _line(line: str) -> str:
    if line.strip() == "…":
        return r"(?:.*\n)*?"
    # A lookup takes the time that the machine needs, and what follows it is as much later.
    return _SECONDS.sub(r" *[0-9.]+\\ s", re.escape(line).replace("…", ".*")) + r"\n"
