"""The history of the site's database: a file for each step, in the order of their numbers.

To add one:

1. Change the ``sa.Table`` of the package that keeps it. Its ``MetaData`` is ``site_store.schema.metadata``.
2. Write ``m<NUMBER>_<what>.py`` here with the next number: ``revision`` is the number, ``down_revision`` the number
   before it, and ``upgrade`` makes the step with ``alembic.op``. There is no ``downgrade``: an older release refuses a
   newer database, and an operator goes back with a copy.
3. ``tests/unit/site_store/test_growth.py`` compares what the steps make with what the tables say, on both databases.
   A package with tables is imported there.

A step is taken by whoever comes first, while an older controller may still write the records of its last calls. So it
only adds: tables, indexes on tables that are small, columns with a ``server_default``. It takes moments, since it is
given up after ``engine.STATEMENT_SECONDS``, and it runs whole or not at all. A step that was released never changes.
"""

from __future__ import annotations

import pkgutil
import re
from pathlib import Path

FOLDER = Path(__file__).parent
"""Where the steps lie; alembic reads them from there."""

_STEP = re.compile(r"m(?P<number>[0-9]{4})_\w+\Z")

REVISIONS = tuple(
    sorted(step["number"] for found in pkgutil.iter_modules([str(FOLDER)]) if (step := _STEP.match(found.name)))
)
"""The numbers of all steps that this release knows, the oldest first: known without alembic, which takes a quarter of a
second to import and is needed once in a release."""
