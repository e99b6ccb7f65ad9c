"""The site's own database: what ivrctl keeps of a site, and how it grows from release to release.

It is where the site file's ``store`` says, SQLite in the state folder or PostgreSQL. Several packages keep their tables
in it; here is what they share. ::

    engine      the connection; all that is SQLite's or PostgreSQL's own
    schema      the one ``MetaData``, and column types that both databases have
    migrations  a file for each step of the tables' history
    growth      brings a database to this release's schema, and refuses one of a newer release
    write_loop  the task that writes what waits; ``buffered_writer`` what waits, by key
    store       ``SiteStore``: transactions with a deadline, and faults as one type

Calls never wait for the database: their records (``call_store``) and the books go through a ``BufferedWriter``;
everything else works through a ``SiteStore``.
"""

from ivrctl.adapters.site_store.engine import sqlite_url
from ivrctl.adapters.site_store.growth import NewerDatabaseError
from ivrctl.adapters.site_store.store import SiteStore, SiteStoreError

__all__ = ["NewerDatabaseError", "SiteStore", "SiteStoreError", "sqlite_url"]
