"""The records of ended calls, in a database that may be slow or away while calls go on.

``CallStore.add`` costs a call nothing: a bounded queue, one writer task, batches, and tries again while the database is
away. SQLAlchemy speaks to it: SQLite in the state folder when the site names none, or PostgreSQL. ::

    table     the schema, and a record as a row
    engine    the connection; all that is SQLite's or PostgreSQL's own
    writer    the queue and the task that empties it
    store     add, recent, get, counts
"""

from ivrctl.adapters.call_store.engine import sqlite_url
from ivrctl.adapters.call_store.store import AmbiguousLegError, CallStore
from ivrctl.adapters.call_store.writer import Backlog

__all__ = ["AmbiguousLegError", "Backlog", "CallStore", "sqlite_url"]
