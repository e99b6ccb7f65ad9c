"""The ways in which an interface can answer, good and bad, as the bytes that it sends.

Each is a generator of parts, which are sent one by one; it may wait in between, and end the connection by a
``ConnectionResetError``. Counterpart of ``server``, which listens.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]
Parts: TypeAlias = AsyncIterator[bytes]
Answer: TypeAlias = Callable[[Row], Parts]

ROW: Row = {"command": "queue", "queue": "sales", "extension": None}
"""What a good answer holds when nothing else is said: a routing command."""

FOREVER = 3600.0
"""Seconds: longer than any deadline."""

SLOW = 1.5
"""Seconds of a slow answer: the caller hears that it takes a moment."""
UNHURRIED = 0.5
"""Seconds of an answer that comes before the caller is told anything."""


def reply(body: bytes, *headers: str, status: str = "200 OK", kind: str = "application/json") -> bytes:
    """A whole answer of HTTP/1.1."""
    told = (f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers)
    return "\r\n".join((*told, "", "")).encode() + body


def said(row: Row) -> bytes:
    """A row as JSON."""
    return json.dumps(dict(row), ensure_ascii=False).encode()


def _plainly(make: Callable[[Row], bytes]) -> Answer:
    """An answer that is sent at once."""

    async def answer(row: Row) -> Parts:
        yield make(row)

    return answer


def _body(body: bytes) -> Answer:
    return _plainly(lambda _row: reply(body))


def _status(status: str, *headers: str) -> Answer:
    return _plainly(lambda _row: reply(b"", *headers, status=status))


def _with(**fields: Any) -> Answer:
    """A good answer but for some fields."""
    return _plainly(lambda row: reply(said({**row, **fields})))


def _after(seconds: float) -> Answer:
    """A good answer, some time later."""

    async def answer(row: Row) -> Parts:
        await asyncio.sleep(seconds)
        yield reply(said(row))

    return answer


async def _split(row: Row) -> Parts:
    """Every byte in a segment of its own."""
    for byte in reply(said(row)):
        yield bytes((byte,))


async def _chunked(row: Row) -> Parts:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    for byte in said(row):
        yield b"1\r\n%c\r\n" % byte
    yield b"0\r\n\r\n"


async def _until_closed(row: Row) -> Parts:
    """The end of the connection is the end of the answer."""
    yield b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + said(row)


async def _hanging(_row: Row) -> Parts:
    await asyncio.sleep(FOREVER)
    yield b""


async def _hanging_behind_headers(row: Row) -> Parts:
    yield reply(said(row)).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    await asyncio.sleep(FOREVER)


async def _byte_by_byte(row: Row) -> Parts:
    """One byte a second."""
    head, _, body = reply(said(row)).partition(b"\r\n\r\n")
    yield head + b"\r\n\r\n"
    for byte in body:
        yield bytes((byte,))
        await asyncio.sleep(1)


async def _endless(_row: Row) -> Parts:
    """Ten gigabytes, and it says so."""
    yield b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10737418240\r\n\r\n{"command": "'
    while True:
        yield b"x" * 65536


async def _endless_chunks(_row: Row) -> Parts:
    """The same without a word of it beforehand."""
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"10000\r\n" + b" " * 65536 + b"\r\n"


async def _gzip_bomb(_row: Row) -> Parts:
    """A gigabyte of blanks in a megabyte."""
    yield reply(gzip.compress(b" " * 1_000_000) * 1000, "Content-Encoding: gzip")


async def _endless_headers(_row: Row) -> Parts:
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-More: and more\r\n" * 1000


async def _endless_interim(_row: Row) -> Parts:
    """Interim answers (RFC 9110, 15.2), and never one that counts."""
    while True:
        yield b"HTTP/1.1 100 Continue\r\n\r\n"
        await asyncio.sleep(0)


async def _torn(row: Row) -> Parts:
    """The connection is closed in the middle of the body."""
    yield reply(said(row))[:-5]


async def _reset(row: Row) -> Parts:
    """The connection is reset in the middle of the body."""
    yield reply(said(row))[:-5]
    await asyncio.sleep(0.01)
    raise ConnectionResetError


async def _nothing(_row: Row) -> Parts:
    """The connection is closed without a word."""
    yield b""


GOOD: Mapping[str, Answer] = {
    "good": _plainly(lambda row: reply(said(row))),
    "list": _plainly(lambda row: reply(b"[" + said(row) + b"," + said(row) + b"]")),
    "slow": _after(SLOW),
    "unhurried": _after(UNHURRIED),
    "split": _split,
    "chunked": _chunked,
    "until-closed": _until_closed,
    "more-than-its-length": _plainly(lambda row: reply(said(row)) + reply(said({**row, "queue": "of another"}))),
    "other-json": _plainly(lambda row: reply(said(row), kind="application/vnd.crm+json; charset=UTF-8")),
}
"""As it should be."""

MISSING: Mapping[str, Answer] = {
    "not-found": _status("404 Not Found"),
    "no-content": _plainly(lambda _row: b"HTTP/1.1 204 No Content\r\n\r\n"),
    "is-null": _body(b"null"),
    "empty-list": _body(b"[]"),
}
"""There is nothing of that kind."""

REFUSING: Mapping[str, Answer] = {
    "unauthorized": _status("401 Unauthorized"),
    "unprocessable": _status("422 Unprocessable Content"),
    "conflict": _status("409 Conflict"),
}
"""It is there, and will not."""

UNDECLARED: Mapping[str, Answer] = {
    "wrong-types": _with(command=17),
    "unknown-command": _with(command="self-destruct"),
    "unknown-queue": _with(queue="nowhere"),
    "unknown-extension": _with(extension="9999"),
    "shell": _with(queue="sales&SHELL(id)"),
    "nested": _with(command={"command": "queue"}),
    "without-a-field": _body(b"{}"),
}
"""JSON that is not what the site declares."""

FAULTY: Mapping[str, Answer] = {
    "error": _status("500 Internal Server Error"),
    "busy": _status("429 Too Many Requests", "Retry-After: 86400"),
    "hanging": _hanging,
    "hanging-behind-headers": _hanging_behind_headers,
    "byte-by-byte": _byte_by_byte,
    "endless": _endless,
    "endless-chunks": _endless_chunks,
    "gzip-bomb": _gzip_bomb,
    "endless-headers": _endless_headers,
    "endless-interim": _endless_interim,
    "huge-header": _plainly(lambda row: reply(said(row), "X-Huge: " + "x" * 1_000_000)),
    "redirect": _status("302 Found", "Location: /good/1"),
    "elsewhere": _status("307 Temporary Redirect", "Location: http://169.254.169.254/latest/meta-data/"),
    "torn": _torn,
    "reset": _reset,
    "nothing": _nothing,
    "no-http": _plainly(lambda _row: b"220 mail.example ESMTP\r\n"),
    "no-json": _body(b"command=queue"),
    "half-json": _body(b'{"command": '),
    "html": _plainly(lambda _row: reply(b"<h1>Sorry</h1>", kind="text/html")),
    "no-type": _plainly(lambda _row: b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
    "latin-1": _body('{"command": "queue", "queue": "Häuser"}'.encode("latin-1")),
    "nan": _body(b'{"command": "queue", "queue": NaN}'),
    "infinity": _body(b'{"command": "queue", "queue": -Infinity}'),
    "twice": _body(b'{"command": "queue", "command": "refuse", "queue": "sales"}'),
    "deep": _body(b"[" * 30_000),
    "long-number": _body(b'{"command": "queue", "queue": 1' + b"0" * 5000 + b"}"),
    "huge-exponent": _body(b'{"command": "queue", "queue": 1e999999999}'),
    "text": _body(b'"queue"'),
}
"""It is not well, or means ill."""

ANSWERS: Mapping[str, Answer] = {**GOOD, **MISSING, **REFUSING, **UNDECLARED, **FAULTY}
"""By the first part of the path."""
