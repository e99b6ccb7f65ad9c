"""What tests share: which files a run of marked tests reads; how properties are tried; databases, made once and copied.

A PostgreSQL server for each worker, and a database for each test.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import re
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer

from ivrctl.testkit.postgresql_server import Cluster, PostgresqlServer

from .distribution import Distribution
from .patient_loop import PatientLoop

MARK = re.compile(r"\bmark\.(containers|heavy|live|postgresql|reader|thorough)\b")
"""The marks by which tests are parted."""
HERE = Path(__file__).parent

_numbers = count(1)

EVERY_STEP = bool(os.environ.get("IVRCTL_EVERY_STEP"))
"""Whether one run kills at every step: else it does so at every fourth, and the next run at others."""

# A property holds or it does not, however busy the machine is; each test has a deadline of its own by pytest-timeout.
# Few examples, the same at each run; HYPOTHESIS_EXAMPLES=1000 tries many, and others at the next run.
EXAMPLES = os.environ.get("HYPOTHESIS_EXAMPLES", "")
settings.register_profile("ivrctl", deadline=None, max_examples=int(EXAMPLES or "10"), derandomize=not EXAMPLES)
settings.load_profile("ivrctl")

# To look through ten thousand tests for garbage, again and again, takes an eighth of a run's time.
gc.disable()
OFTEN = (10_000, 20, 20)
"""After how many new objects the youngest are looked at, and after how many such looks the elder ones."""


def pytest_configure() -> None:
    """Have SIGINT interrupt what tests start, though a shell has all ignore it that it runs in its background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Have a run of marked tests alone, ``-m "heavy or thorough"``, import no file in which nothing is marked so."""
    wanted = str(config.option.markexpr).split()
    if not wanted or {"not", "and"} & set(wanted) or collection_path.suffix != ".py":
        return None
    return not marks_named(collection_path) & set(wanted) or None


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Have unit tests, which talk to nobody outside, run out of time only where they took it themselves."""
    is_patient = HERE / "unit" in item.path.parents
    return {"patient": PatientLoop} if is_patient else {"asyncio": asyncio.new_event_loop}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Distribution | None:
    """Have groups stay together."""
    return Distribution(config, log) if config.getoption("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have groups begin first: some of them take long."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """From here on garbage is collected, among what the tests make themselves."""
    gc.freeze()
    gc.set_threshold(*OFTEN)
    gc.enable()


def pytest_itemcollected(item: pytest.Item) -> None:
    """See to it that such a run misses no test: the name of its mark stands in its file, or in a conftest above it."""
    marks = {mark.name for mark in item.iter_markers() if MARK.fullmatch(f"mark.{mark.name}")}
    if marks - marks_named(item.path):
        raise pytest.UsageError(f"{item.nodeid} is marked {marks}, and neither its file nor a conftest.py names that")


@cache
def marks_named(path: Path) -> frozenset[str]:
    """The marks whose names stand in a file of tests, or in what is shared by its folder and those above."""
    shared = [folder / "conftest.py" for folder in path.parents if folder.is_relative_to(HERE) and folder != HERE]
    return _marks_in(path).union(*map(_marks_in, shared))


@cache
def _marks_in(path: Path) -> frozenset[str]:
    return frozenset(MARK.findall(path.read_text(encoding="utf-8"))) if path.exists() else frozenset()


@pytest.fixture
def steps() -> range:
    """Steps at which something is killed, from 1: each is in one run of four, and in any with ``IVRCTL_EVERY_STEP``."""
    return range(1, 400) if EVERY_STEP else range(random.randint(1, 4), 400, 4)


@pytest.fixture(scope="session")
def postgresql_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """What every server of this worker begins with."""
    with Cluster() as made:
        yield made


@pytest.fixture(scope="session")
def shared_postgresql(postgresql_cluster: Cluster) -> Iterator[PostgresqlServer]:
    """A server that nobody stops; without its programs this fails, and says how to install them."""
    with PostgresqlServer(postgresql_cluster) as server:
        yield server


@pytest.fixture
def postgresql_server(postgresql_cluster: Cluster) -> Iterator[PostgresqlServer]:
    """A server of the test's own, to be frozen, killed and started again."""
    with PostgresqlServer(postgresql_cluster) as server:
        yield server


@pytest.fixture
def postgresql_database(shared_postgresql: PostgresqlServer) -> Iterator[str]:
    """The name of an empty database."""
    name = f"test_{next(_numbers)}"
    shared_postgresql.execute(f"create database {name}")
    yield name
    shared_postgresql.execute(f"drop database {name} with (force)")


@pytest.fixture
def postgresql_url(shared_postgresql: PostgresqlServer, postgresql_database: str) -> str:
    """The URL of an empty database."""
    return shared_postgresql.url(postgresql_database)


@pytest.fixture(scope="session")
def _grown_postgresql(shared_postgresql: PostgresqlServer) -> str:
    """The name of a database that others are copied from: one with all tables of a site's, and nothing in them."""
    shared_postgresql.execute("create database grown")
    _grow(shared_postgresql.url("grown"))
    return "grown"


@pytest.fixture
def grown_postgresql_url(shared_postgresql: PostgresqlServer, _grown_postgresql: str) -> Iterator[str]:
    """The URL of a site's database that is used for the first time, though its tables are there.

    To make them takes more than most tests do with them; ``unit/site_store`` sees to it that they are made.
    """
    name = f"test_{next(_numbers)}"
    shared_postgresql.execute(f"create database {name} template {_grown_postgresql} strategy file_copy")
    yield shared_postgresql.url(name)
    shared_postgresql.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def grown_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site's database in a file, with all tables and nothing in them: to be copied."""
    from ivrctl.adapters.site_store import sqlite_url  # noqa: PLC0415 - most runs of a few tests need no database

    file = tmp_path_factory.mktemp("grown") / "calls.sqlite"
    _grow(sqlite_url(file))
    return file


@pytest.fixture
def grown_file_url(tmp_path: Path, grown_file: Path) -> str:
    """As ``grown_postgresql_url``, in the file ``calls.sqlite``."""
    from ivrctl.adapters.site_store import sqlite_url  # noqa: PLC0415 - the same

    return sqlite_url(Path(shutil.copy(grown_file, tmp_path / "calls.sqlite")))


def _grow(url: str) -> None:
    from ivrctl.adapters.site_store.engine import close_engine, open_engine  # noqa: PLC0415 - the same
    from ivrctl.adapters.site_store.growth import bring_up  # noqa: PLC0415 - the same

    async def grown() -> None:
        engine = open_engine(url)
        await bring_up(engine)
        await close_engine(engine)

    asyncio.run(grown())
