"""Lookups: the questions that flows may ask, each of a database or of an interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Literal

from ivrctl.lang.marks import NameOf
from ivrctl.lang.schema import Schema, Schemas, when
from ivrctl.lang.source import Span, Word
from ivrctl.lang.types import SECRET, ListOf, Record, Type, without_none
from ivrctl.site.request_path import placeholders

MAX_ROWS = 50
"""Rows of one answer: nobody listens to a list that is longer."""

CACHE = (timedelta(seconds=1), timedelta(days=1))
"""How long an answer may count, at least and at most."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A question to a database."""

    sql: Word
    database: Word


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A question to an interface."""

    http: Word
    """Its name."""
    path: Word
    method: Literal["get", "post"]

    @property
    def in_path(self) -> tuple[str, ...]:
        """The parameters that stand in the path; the others go into the query, or into the body of a post."""
        return placeholders(self.path)


@dataclass(frozen=True, slots=True)
class Lookup:
    """A named, read-only question: a flow names it and never sees SQL, an address or a credential.

    It asks a database, with ``sql`` and ``database``, or an interface, with ``http`` and ``path``.
    """

    returns: Mapping[str, Type]
    """The columns of its row, or the fields of the JSON object, and their types; an answer of other types has
    ``failed``."""
    span: Span
    sql: Word | None = None
    """Of a database: one statement that reads; parameters as ``:name``."""
    database: Annotated[Word | None, NameOf("databases")] = None
    """A name of ``databases``."""
    http: Annotated[Word | None, NameOf("http")] = None
    """A name of ``http``: the interface that is asked."""
    path: Word | None = None
    """Of an interface: what is asked for, behind its address; parameters as ``{name}``: ``/callers/{number}``."""
    method: Literal["get", "post"] | None = None
    """Of an interface: ``get``, which sends the parameters that are not in the path as the query, and which it is when
    left out; or ``post``, which sends them as one JSON object."""
    params: Mapping[str, Type] = field(default_factory=dict)
    """What goes in, by the names in the statement or the path."""
    rows: int | None = None
    """At most so many rows come back, as a list, from 1 to 50: what a ``menu`` with ``from`` offers. Without it one row
    comes back. No row at all is ``missing``, with it and without."""
    cache: timedelta | None = None
    """For so long an answer that was found counts for the same parameters, from ``1s`` to ``1d``. When left out, it is
    asked every time; so it is with a secret."""

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """The keys of a statement, or those of a request."""
        schema = schemas.fields(cls)
        of_statement: dict[str, Schema | bool] = {"http": False, "path": False, "method": False}
        of_request: dict[str, Schema | bool] = {"sql": False, "database": False}
        cases = [
            when({"sql": {}}, of_statement, required=("database",)),
            when({"http": {}}, of_request, required=("path",)),
        ]
        return {**schema, "allOf": [*schema.get("allOf", ()), *cases]}

    @property
    def statement(self) -> Statement | None:
        """What it asks a database; None when it asks an interface."""
        if self.sql is None or self.database is None:
            return None
        return Statement(self.sql, self.database)

    @property
    def endpoint(self) -> Endpoint | None:
        """What it asks an interface; None when it asks a database."""
        if self.http is None or self.path is None:
            return None
        return Endpoint(self.http, self.path, self.method or "get")

    @property
    def has_secret(self) -> bool:
        """True when what a caller keyed in secret goes in."""
        return any(without_none(kind) == SECRET for kind in self.params.values())

    @property
    def row(self) -> Record:
        """The type of one row."""
        return Record(dict(self.returns))

    @property
    def answer(self) -> Record | ListOf:
        """The type of what a flow saves: the row, or with ``rows`` the list of rows, ``ListOf(Record(…))``.

        Its value is a mapping of the declared fields, or a tuple of such mappings with at most ``rows`` of them.
        """
        return self.row if self.rows is None else ListOf(self.row)
