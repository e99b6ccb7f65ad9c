"""A date and time of a scenario, in the zone of its site."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from ivrctl.flow.program import Program
from ivrctl.lang.binder import Binder
from ivrctl.lang.schema import Schema, Schemas, form
from ivrctl.lang.source import Node, Word

_LOCAL_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(:[0-9]{2})?")


def local_time(text: str, program: Program) -> datetime:
    """A date and time in the zone of a site, written ``2026-11-20 10:00``.

    Raises:
        ValueError: it is none.
    """
    if not _LOCAL_TIME.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(program.site.time_zone))


class LocalTimeShape:
    """The YAML shape of a date and time in the site's zone."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> datetime:
        """Read ``2026-11-20 10:00``."""
        text = binder.bind(Word, node)
        program = binder.context
        if not isinstance(program, Program):
            raise TypeError("scenarios are bound with a program as context")
        try:
            return local_time(text, program)
        except ValueError:
            binder.refuse("IVR311", node.span, f'"{text}" is no date and time', "such as 2026-11-20 10:00")

    @classmethod
    def json_schema(cls, _schemas: Schemas) -> Schema:
        """A day and a time of day."""
        return form(_LOCAL_TIME, "a date and time such as 2026-11-20 10:00")
