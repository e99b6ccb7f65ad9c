"""From bytes to text that YAML may hold: the refusals that come before any parsing.

Counterpart of ``loader``, which parses the text. Knows nothing of YAML's grammar.
"""

from __future__ import annotations

import codecs
import re

from ivrctl.lang.findings import Findings
from ivrctl.lang.source import Span

MAX_BYTES = 1024 * 1024
"""Bytes of one source. The largest flow of the reference centres has 20 kB; a megabyte is a mistake or an attack."""

_MIB = 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_BREAK = re.compile(r"\r\n|\r|\n")
NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""What YAML does not print, and the three characters (U+0085, U+2028, U+2029) that it takes for a line break though
no editor shows one, and a byte order mark in mid-file."""


def lines_of(text: str) -> list[str]:
    """The lines of a source without their line breaks, as spans count them."""
    return _BREAK.split(text)


def span_at(path: str, text: str, offset: int) -> Span:
    """The span of the one character at an offset (or of the end of the text)."""
    before = lines_of(text[:offset])
    line, column = len(before), len(before[-1]) + 1
    return Span(path, line, column, line, column + (1 if offset < len(text) and text[offset] not in "\r\n" else 0))


def decode(source: bytes, path: str, findings: Findings, most: int = MAX_BYTES) -> str | None:
    """The text of a source without its byte order mark, or None after a finding (IVR001, IVR005).

    Args:
        source: all of it.
        path: as findings show it.
        findings: receives why it is no text.
        most: bytes that it may have.
    """
    if len(source) > most:
        size, bound = f"{len(source) / _MIB:.1f} MiB", f"{most / _MIB:g} MiB"
        findings.error("IVR005", Span(path, 1, 1, 1, 1), f"the file has {size}, more than {bound}", "split it")
        return None
    content = source.removeprefix(_BOM)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_encoding(content, error, path, findings)
        return None
    odd = NOT_TEXT.search(text)
    if odd:
        _refuse_character(odd, path, findings)
        return None
    return text


def _refuse_encoding(content: bytes, error: UnicodeDecodeError, path: str, findings: Findings) -> None:
    """Say where the text stops being UTF-8, and name the likely encoding."""
    before = lines_of(content[: error.start].decode("utf-8"))
    line, column = len(before), len(before[-1]) + 1
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        advice = "it looks like UTF-16: save it as UTF-8"
    elif b"\0" in content:
        advice = "a text file is expected here"
    else:
        advice = "it looks like GBK: save it as UTF-8" if _is_gbk(content) else "save it as UTF-8"
    byte = f"0x{content[error.start]:02x}"
    findings.error("IVR001", Span(path, line, column, line, column), f"the file is not UTF-8: byte {byte}", advice)


def _is_gbk(content: bytes) -> bool:
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _refuse_character(odd: re.Match[str], path: str, findings: Findings) -> None:
    """Name the invisible character and where it stands."""
    character = odd[0]
    message = f"the file holds the invisible character U+{ord(character):04X}"
    advice = "a text file is expected here" if character == "\0" else "remove it"
    findings.error("IVR001", span_at(path, odd.string, odd.start()), message, advice)
