"""The bodies of requests: their shape, by pydantic. What a notice may say, ``service.notices`` decides."""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import Annotated, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ivrctl.adapters.deadline import Deadline
from ivrctl.model.notice import Scope
from ivrctl.service.notices import Draft

Word = Annotated[str, Field(max_length=128)]
Words = Annotated[list[Word], Field(max_length=1000)]
Language = Annotated[str, Field(max_length=8)]
MAX_RECORDING = 6 * 2**20
"""Characters of a recording in base64: two minutes are two and a half millions of them."""
BODY_WITHIN = 10.0
"""Seconds for a body to come in whole."""

_Body = TypeVar("_Body", bound=BaseModel)


class BodyError(ValueError):
    """A body is not of the shape that is due; the message says where."""


class ScopeBody(BaseModel):
    """Whom a notice is for."""

    model_config = ConfigDict(extra="forbid", strict=True)

    lines: Words = []
    points: Words = []
    regions: Words = []
    brands: Words = []
    tiers: Words = []
    queues: Words = []
    callers: Words = []


class NoticeBody(BaseModel):
    """A notice as it is asked for, or what is to be changed of one."""

    model_config = ConfigDict(extra="forbid", strict=True)

    texts: Annotated[dict[Language, Annotated[str, Field(max_length=10_000)]], Field(max_length=20)] | None = None
    recordings: Annotated[dict[Language, Annotated[str, Field(max_length=MAX_RECORDING)]], Field(max_length=20)] = {}
    scope: ScopeBody | None = None
    starts: Word | None = None
    ends: Word | None = None
    lasts: Word | None = None
    ends_call: bool | None = None
    off_peak: bool | None = None
    reason: Annotated[str, Field(max_length=1000)] | None = None
    waive: Annotated[list[Language], Field(max_length=20)] = []
    force: bool = False

    def draft(self, author: str, key: str = "") -> Draft:
        """What is asked for.

        Raises:
            BodyError: a recording is no base64.
        """
        return Draft(
            author=author,
            texts=self.texts,
            recordings={language: _decoded(language, content) for language, content in self.recordings.items()},
            scope=None if self.scope is None else _scope(self.scope),
            starts=self.starts,
            ends=self.ends,
            lasts=self.lasts,
            ends_call=self.ends_call,
            is_off_peak_advised=self.off_peak,
            reason=self.reason,
            waived=frozenset(self.waive),
            is_forced=self.force,
            key=key,
        )


async def asked(request: web.Request, kind: type[_Body]) -> _Body:
    """The body of a request.

    Raises:
        BodyError: it is no JSON, or none of this shape.
        HTTPRequestTimeout: it did not come in whole.
    """
    try:
        async with Deadline(BODY_WITHIN):
            content = await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    return await asyncio.to_thread(body_of, kind, content)


def body_of(kind: type[_Body], content: bytes) -> _Body:
    """Read a body.

    Raises:
        BodyError: it is no JSON, or none of this shape. What stands in it is not in the message.
    """
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part)[:40] for part in first["loc"]) or "the body"
        raise BodyError(f"{place}: {first['msg'].partition(':')[0]}") from None


def _scope(body: ScopeBody) -> Scope:
    return Scope(**{name: frozenset(named) for name, named in body.model_dump().items()})


def _decoded(language: str, content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise BodyError(f"recordings.{language}: a WAV file in base64 is due") from None
