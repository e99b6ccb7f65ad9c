"""The HTTP API: its routes, from the handlers."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import textwrap
from datetime import UTC, datetime
from typing import Any, cast

from ivrctl.model.call import CallRecord, Ending, TraceEntry
from ivrctl.service.controller import Controller
from ivrctl.web import api
from ivrctl.web.metrics import METRICS

from .markdown import code, from_docstring, section, sentence, table
from .markdown import page as page_of
from .schema import attribute_docstrings

_ABOVE = """
`ivrctl serve` answers HTTP on a Unix socket in its [state folder](files.md#the-state-folder), `api.sock`, which only
its user can open. `ivrctl status`, `calls`, `notice` and `reload` are clients of it. Every answer is JSON with
`format_version`; an error is `{"error": …, "advice": …}`.

With `ivrctl serve --api HOST:PORT` the status, the metrics and the notices are served over TCP, too, for whoever has a
token of the site file's [`api`](site-file.md): `Authorization: Bearer TOKEN`. Without a right one the answer is 401,
and 429 for a minute when ten in a minute were wrong. Nothing is encrypted: beyond this machine it takes a proxy with
TLS in front.
"""

_NAMES = {"ani": "caller", "dnis": "line"}
"""What fields of a record are called in the API."""

_METRICS = """
[Graphs and alerts](../how-to/metrics.md) are made of them. What ends with `_total` grows until the controller starts
anew; everything else is of this moment. Of queues there are figures only while the controller sees them.
"""

_HOW = "The same from a shell: `ivrctl status --json`, `ivrctl calls --json`, `ivrctl calls --leg LEG --json`."


def page() -> str:
    """The page."""
    _check_status()
    app = api.application(cast("Any", None))
    routes = [route for route in app.router.routes() if route.method != "HEAD"]
    parts = [section(f"{route.method} {_path(route)}", from_docstring(route.handler.__doc__)) for route in routes]
    return page_of(
        "HTTP API",
        _ABOVE,
        _HOW,
        *parts,
        section("Metrics", _METRICS, _metrics()),
        section("A call's record", _record()),
        section("Its trace", _trace()),
    )


def _check_status() -> None:
    """Refuse to make a page that lacks a key of the status.

    Raises:
        ValueError: the controller gives a key that the docstring of the handler does not explain.
    """
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(Controller.status))).body
    dicts = [node for node in ast.walk(function) if isinstance(node, ast.Dict)]
    given = {key.value for key in dicts[0].keys if isinstance(key, ast.Constant)}
    explained = set(re.findall(r"^ {4}(\w+) {2,}", inspect.cleandoc(api._status.__doc__ or ""), re.MULTILINE))
    if given - explained:
        raise ValueError(f"GET /status does not explain {', '.join(sorted(given - explained))}")


def _path(route: Any) -> str:
    return str(route.resource.canonical)


def _metrics() -> str:
    rows = [(code(metric.name), ", ".join(map(code, metric.labels)), metric.meaning) for metric in METRICS.values()]
    return table(("metric", "labels", "meaning"), rows)


def _record() -> str:
    """The keys of a record in an answer, each with what the record's field says of itself."""
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    record = CallRecord("", "", "", "", "", moment, moment, Ending.SERVED, "", (), {}, ())
    said = attribute_docstrings(CallRecord)
    fields = {_NAMES.get(field.name, field.name): said.get(field.name) for field in dataclasses.fields(CallRecord)}
    fields |= {"began_at": "When it began, with its zone.", "ended_at": "When it ended, with its zone."}
    endings = attribute_docstrings(Ending)
    words = [(code(str(ending)), sentence(endings.get(ending.name))) for ending in Ending]
    fields["ending"] = "How it ended: see below."
    rows = [(code(name), sentence(fields[name])) for name in api.record_json(record, with_trace=True)]
    return "\n\n".join([table(("key", "meaning"), rows), table(("ending", "meaning"), words)])


def _trace() -> str:
    said = attribute_docstrings(TraceEntry)
    rows = [(code(name), sentence(said[name])) for name in TraceEntry._fields]
    return table(("key", "meaning"), rows)
