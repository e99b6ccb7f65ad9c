"""``ivrctl staffing simulate`` and ``ivrctl staffing backtest``: policies tried on a day that is told, or that was."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from numpy.random import default_rng

from ivrctl.adapters.site_folder import read_site, replace_file
from ivrctl.adapters.site_store import SiteStore
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.commands.kpi import Asked
from ivrctl.cli.commands.queue import print_json
from ivrctl.cli.progress import count, say
from ivrctl.cli.sites import SITE_FILE, compiled_whole, is_there, site_folder
from ivrctl.cli.trial_view.records import as_json_body, write_csv
from ivrctl.cli.trial_view.shown import ShownTrial
from ivrctl.cli.trial_view.svg import as_svg
from ivrctl.cli.trial_view.text import told
from ivrctl.cli.writable import check_file, check_folder
from ivrctl.errors import ConfigurationError
from ivrctl.lang.findings import Findings
from ivrctl.lang.report import render_text
from ivrctl.lang.scalars import UnreadableError, read_percentage
from ivrctl.service.backtesting.processes import Processes
from ivrctl.service.backtesting.reading import calls_of, recorded_day
from ivrctl.service.backtesting.running import Trial, Variant, run_in, worth
from ivrctl.service.backtesting.variants import RejectedFileError, variants_of
from ivrctl.service.compiling import CompiledSite
from ivrctl.simulation.compared import Compared
from ivrctl.simulation.day import QueueModel
from ivrctl.simulation.days.day_file import SUFFIX
from ivrctl.simulation.days.load import read_days
from ivrctl.simulation.days.queues_conf import read_queues_conf
from ivrctl.simulation.days.recorded import RecordedDay, Settings
from ivrctl.simulation.days.recorded_people import Behaviour
from ivrctl.simulation.days.synthetic import SyntheticDay
from ivrctl.simulation.outcome import QueueFigures
from ivrctl.staffing.policy import Measure, Policy


@dataclass(frozen=True, slots=True)
class Shape:
    """How often it is run, and what becomes of the result."""

    policies: Sequence[Path]
    seeds: int
    seed: int
    csv: Path | None
    svg: Path | None
    as_json: bool

    @property
    def drawn(self) -> range:
        """The seeds."""
        return range(self.seed, self.seed + self.seeds)

    def sources(self) -> Mapping[str, bytes]:
        """The policy files, by their paths.

        Raises:
            ConfigurationError: one of them cannot be read.
        """
        return {str(path): _content(path, "--policy FILE") for path in self.policies}


@dataclass(frozen=True, slots=True)
class Known:
    """A site, as it is served."""

    folder: Path
    site: CompiledSite
    files: Mapping[str, bytes]

    @classmethod
    def at(cls, folder: Path) -> Known:
        """The one in a folder.

        Raises:
            ConfigurationError: it does not compile.
        """
        files = read_site(folder)
        return cls(folder, compiled_whole(files, str(folder)), files)


def simulate(file: Path, site: Path | None, shape: Shape) -> None:
    """Try policies on a synthetic day; exit code 1 when a file has errors."""
    with _rejection():
        _simulate(file, site, shape)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is told of a day beside its books."""

    comes_when_asked: str | None = None
    queues_conf: Path | None = None

    def settings(self) -> Settings:
        """The same as values.

        Raises:
            ConfigurationError: it is none.
        """
        queues = {} if self.queues_conf is None else _queues(self.queues_conf)
        return Settings(queues, _behaviour(self.comes_when_asked))


def backtest(asked: Asked, beside: Beside, shape: Shape) -> None:
    """Try policies on a day that was; exit code 1 when a file has errors."""
    with _rejection():
        _backtest(asked, beside, shape)


@contextmanager
def _rejection() -> Iterator[None]:
    """What is wrong with a file is what was asked for: it is told on standard output."""
    try:
        yield
    except RejectedFileError as error:
        sys.stdout.write(f"{error.told.rstrip()}\n")
        raise SystemExit(FINDINGS) from error


def _simulate(file: Path, site: Path | None, shape: Shape) -> None:
    content = _content(file, "ivrctl staffing simulate FILE")
    beside = file.parent if site is None and (file.parent / SITE_FILE).is_file() else site
    known = Known.at(site_folder(beside))
    days = _synthetic(file, content, known)
    trial = Trial(days, variants_of(known.site, shape.sources(), known.files), shape.drawn)
    with Processes() as processes:
        processes.start(worth(trial.many, trial.calls), Trial, SyntheticDay)
        _run(known, trial, shape, processes)


def _backtest(asked: Asked, beside: Beside, shape: Shape) -> None:
    known = Known.at(site_folder(asked.site_option))
    place = asked.place_of(known.site.program.site, known.folder)
    now = datetime.now(UTC)
    period = asked.period(place.site, now - timedelta(days=1) if asked.day is None else now)
    day = period.begin.astimezone(place.site.zone).date()
    variants = variants_of(known.site, shape.sources(), known.files)
    settings, policies = beside.settings(), tuple(_policies(variants))
    with Processes() as processes:

        async def read(store: SiteStore) -> RecordedDay:
            many = shape.seeds * len(variants)
            processes.start(worth(many, await calls_of(day, place.site, store)), Trial, RecordedDay)
            return await recorded_day(day, place.site, policies, settings, store, now)

        days = place.run(read)
        if days.is_empty:
            message = f"the books have no caller of {day}"
            raise ConfigurationError(message, advice="ivrctl kpi show --by day --from, or ivrctl kpi import")
        _run(known, Trial(days, variants, shape.drawn), shape, processes, days.was)


def _synthetic(file: Path, content: bytes, known: Known) -> SyntheticDay:
    if not file.name.endswith(SUFFIX):
        raise ConfigurationError(f"{file} is no day", advice=f"name it {file.name.split('.')[0]}{SUFFIX}")
    findings = Findings()
    site = known.site.program.site
    days = read_days({str(file): content}, site, findings)
    if findings.has_errors:
        raise RejectedFileError(str(file), render_text(findings, {str(file): content.decode(errors="replace")}))
    return SyntheticDay(file.name.removesuffix(SUFFIX), next(iter(days.values())), site)


def _run(
    known: Known, trial: Trial, shape: Shape, processes: Processes, was: Mapping[str, QueueFigures] | None = None
) -> None:
    _check_places(shape)
    runs = run_in(processes, trial, lambda done, many: count(done, many, "runs of a day"))
    day = trial.days.day(default_rng(0))
    unsaid = _unsaid(trial.variants) if was is None else ()
    compared = Compared(day.name, tuple(trial.seeds), runs, (*day.assumed, *unsaid), was)
    kpi = known.site.program.site.kpi
    shown = ShownTrial(compared, day.begins, day.lasts, kpi.answer_in, bool(known.site.policies))
    if shape.as_json:
        print_json(as_json_body(shown))
    else:
        sys.stdout.writelines(told(shown))
    _keep(shown, shape)


def _check_places(shape: Shape) -> None:
    """Whoever names a place that cannot be written hears of it before the runs.

    Raises:
        ConfigurationError: one cannot be.
    """
    if shape.svg is not None:
        check_file(shape.svg)
    if shape.csv is not None:
        check_folder(shape.csv)


def _keep(trial: ShownTrial, shape: Shape) -> None:
    """Write the files that were asked for.

    Raises:
        ConfigurationError: that cannot be.
    """
    if shape.svg is not None:
        with _writing(shape.svg):
            replace_file(shape.svg, as_svg(trial))
        say(f"{shape.svg} is written")
    if shape.csv is not None:
        with _writing(shape.csv):
            written = list(write_csv(trial, shape.csv))
        say(f"{', '.join(path.name for path in written)} are written into {shape.csv}")


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Name what was asked for, not the file beside it that is written first."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}", advice="name another place") from error


def _policies(variants: Sequence[Variant]) -> Iterator[Policy]:
    return (policy for variant in variants for policy in variant.policies.values())


def _unsaid(variants: Sequence[Variant]) -> Sequence[str]:
    """What a policy looks at, and a described day has not."""
    rows = {
        trigger.measure for variant in variants for policy in variant.policies.values() for trigger in policy.triggers
    }
    return ("nothing is forecast: forecast_shortfall brings nobody",) if Measure.FORECAST_SHORTFALL in rows else ()


def _queues(path: Path) -> Mapping[str, QueueModel]:
    found = read_queues_conf(_content(path, "--queues-conf /etc/asterisk/queues.conf").decode(errors="replace"))
    if not found:
        raise ConfigurationError(f"{path} has no queue", advice="--queues-conf /etc/asterisk/queues.conf")
    return found


def _behaviour(comes_when_asked: str | None) -> Behaviour:
    if comes_when_asked is None:
        return Behaviour()
    try:
        share = read_percentage(comes_when_asked).fraction
    except UnreadableError as error:
        raise ConfigurationError(f"--comes-when-asked: {error}", advice=error.advice) from None
    if not 0 <= share <= 1:
        raise ConfigurationError(f"--comes-when-asked: {comes_when_asked} is no share", advice="from 0% to 100%")
    return Behaviour(share)


def _content(path: Path, advice: str) -> bytes:
    if not is_there(path) or not path.is_file():
        raise ConfigurationError(f"{path} is no file", advice=advice)
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}", advice=advice) from error
