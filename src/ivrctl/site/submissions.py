"""What flows hand over for good, and where it goes: an interface, or a table of a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from ivrctl.lang.marks import NameOf
from ivrctl.lang.schema import Schema, Schemas, when
from ivrctl.lang.source import Span, Word
from ivrctl.lang.types import DIGITS, DURATION, RECORDING, TEXT, Maybe, Type

KEY = "key"
"""The parameter of every statement that is ivrctl's own: what makes it once."""


@dataclass(frozen=True, slots=True)
class Submission:
    """Something that is handed over once: a ticket, a text message, an entry in another system.

    It is kept in the state folder before the call goes on, and delivered as soon as whoever takes it is there:
    ``http`` and ``path`` for an interface, ``database`` and ``sql`` for a table.
    """

    span: Span
    http: Annotated[Word, NameOf("http")] | None = None
    """A name of ``http``: its params are sent there as a JSON object, by POST, with the header ``Idempotency-Key``."""
    path: Word | None = None
    """Behind the interface's address, such as ``/tickets``; a param as ``{name}``."""
    database: Annotated[Word, NameOf("databases")] | None = None
    """A name of ``databases``."""
    sql: Word | None = None
    """One statement that writes; parameters as ``:name``, and ``:key``, which is ivrctl's own: the same for each try
    to deliver the same thing. What is there under this key already must stay as it is: ``on conflict do nothing``."""
    params: Mapping[str, Type] = field(default_factory=dict)
    """What is handed over, and its types."""
    alarm: timedelta = timedelta(minutes=10)
    """Something that waits for longer is told, in the log and by ``ivrctl status``."""
    give_up: timedelta = timedelta(days=1)
    """Something that waits for longer is given up: it is kept, and goes out when ``ivrctl outbox retry`` says so."""

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """The keys of a table, or those of an interface."""
        schema = schemas.fields(cls)
        cases = [
            when({"sql": {}}, {"http": False, "path": False}, required=("database",)),
            when({"http": {}}, {"sql": False, "database": False}, required=("path",)),
        ]
        return {**schema, "allOf": [*schema.get("allOf", ()), *cases]}


NOTICE = "notice"
"""The submission that is ivrctl's own: flows hand announcements to it, no site declares it."""

NOTICE_PARAMS: Mapping[str, Type] = {
    "recording": Maybe(RECORDING),
    "line": Maybe(DIGITS),
    "region": Maybe(TEXT),
    "lasts": DURATION,
    "reason": TEXT,
}
"""What is announced and to whom: a message that was recorded, the line and the region that it is for, how long it
lasts, and why."""


def params_of(name: str, declared: Mapping[str, Submission]) -> Mapping[str, Type] | None:
    """What a submission takes; None where nobody takes it.

    Args:
        name: as a flow says it.
        declared: those of the site.
    """
    if name == NOTICE:
        return NOTICE_PARAMS
    return declared[name].params if name in declared else None
