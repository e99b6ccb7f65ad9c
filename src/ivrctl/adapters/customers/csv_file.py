"""A file of customers, row by row, in bounded memory: CSV in UTF-8 (RFC 4180), a row in each line.

What cannot be read is told with its line, and what to do, before anything is made of it. A quoted cell ends in its own
line: so a quote that never ends is found where it stands, not at the end of the file.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ivrctl.errors import ConfigurationError

MAX_LINE = 64 * 1024
"""Bytes: a customer with fifty numbers has a fiftieth of it."""
DIGEST_CHUNK = 1 << 20

_OTHER_ENCODINGS = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
_SEPARATOR_LINE = re.compile(r"sep=.\s*\Z", re.IGNORECASE)
_SAVE_AS = 'save it as "CSV UTF-8 (comma delimited)"'


class UnreadableFile(Exception):  # noqa: N818 - what it says of the file is a finding
    """From this line on the file cannot be read; nothing of it is imported."""

    def __init__(self, line: int, message: str, advice: str) -> None:
        """Say where, what, and what to do."""
        super().__init__(message)
        self.line = line
        self.message = message
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file behind its header."""

    line: int
    cells: tuple[str, ...]


class CsvFile:
    """A file that is open, and can be read as often as needed."""

    def __init__(self, file: BinaryIO) -> None:
        """Read from the beginning of a file that can be wound back."""
        self._file = file

    @staticmethod
    def open(path: Path) -> CsvFile:
        """Open a file.

        Raises:
            ConfigurationError: there is none, it is no plain file, or it cannot be read.
        """
        try:
            if not path.is_file():
                what = "is no file" if path.exists() else "does not exist"
                raise ConfigurationError(f"{path} {what}", advice="name a CSV file of customers")
            return CsvFile(path.open("rb"))
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error

    def close(self) -> None:
        """Let go of it."""
        self._file.close()

    @property
    def size(self) -> int:
        """In bytes."""
        return os.fstat(self._file.fileno()).st_size

    @property
    def read_so_far(self) -> int:
        """Bytes, of the reading that is under way."""
        return self._file.tell()

    def digest(self) -> str:
        """Of the whole content."""
        self._file.seek(0)
        digest = hashlib.sha256()
        while chunk := self._file.read(DIGEST_CHUNK):
            digest.update(chunk)
        return digest.hexdigest()

    def rows(self) -> Iterator[Row]:
        """The header and all rows, from the beginning; empty lines are passed over.

        Raises:
            UnreadableFile: here it cannot be read on.
        """
        self._file.seek(0)
        number = 0
        while line := self._file.readline(MAX_LINE + 1):
            number += 1
            text = _decoded(number, line)
            if text.strip():
                yield Row(number, _cells(number, text))
        if number == 0:
            raise UnreadableFile(1, "the file is empty", "its first line names the columns: customer,name,numbers")


def _decoded(number: int, line: bytes) -> str:
    if number == 1:
        line = _without_mark(line)
    if b"\0" in line:
        raise UnreadableFile(number, "a NUL byte stands here: this is no text", _SAVE_AS)
    if len(line) > MAX_LINE:
        message = f"the line is longer than {MAX_LINE // 1024} KiB"
        raise UnreadableFile(number, message, "a customer stands in one line: look for a line break that is missing")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} of the line is not UTF-8"
        raise UnreadableFile(number, message, _SAVE_AS) from None
    if not text.endswith("\n"):
        message = "the last line does not end with a line break: the file may have been cut off"
        raise UnreadableFile(number, message, "see that it is whole, and end it with a line break")
    if number == 1 and _SEPARATOR_LINE.match(text):
        message = f'"{text.strip()}" is for Excel alone: here a comma parts the columns'
        raise UnreadableFile(number, message, f"{_SAVE_AS}, and remove this line")
    return text


def _without_mark(line: bytes) -> bytes:
    for mark, name in _OTHER_ENCODINGS.items():
        if line.startswith(mark):
            raise UnreadableFile(1, f"the file is {name}, not UTF-8", _SAVE_AS)
    return line.removeprefix(codecs.BOM_UTF8)


def _cells(number: int, text: str) -> tuple[str, ...]:
    # What csv says of a fault is not passed on: it quotes what stands there, and that may be a PIN.
    try:
        (cells,) = csv.reader([text.rstrip("\r\n")], strict=True)
    except (csv.Error, ValueError) as error:
        if "unexpected end of data" in str(error):
            message = "a quote that begins in this line does not end in it"
            raise UnreadableFile(number, message, 'close it; a quote inside quotes is written ""') from None
        message = "the quotes of this line do not fit, or a line break is missing"
        advice = 'a cell is in quotes from its first character to its last; a quote inside is written ""'
        raise UnreadableFile(number, message, advice) from None
    return tuple(cell.strip() for cell in cells)
