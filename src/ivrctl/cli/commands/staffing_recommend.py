"""``ivrctl staffing recommend``: a bounded search over the numbers of a policy; what it finds is not applied."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TypeAlias

from numpy.random import default_rng

from ivrctl.adapters.site_folder import replace_file
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.commands.kpi import Asked
from ivrctl.cli.commands.queue import print_json
from ivrctl.cli.commands.staffing_trial import Beside, Known
from ivrctl.cli.progress import count
from ivrctl.cli.recommend_view.comments import comments
from ivrctl.cli.recommend_view.records import as_json_body
from ivrctl.cli.recommend_view.shown import ShownRecommendation
from ivrctl.cli.recommend_view.text import told
from ivrctl.cli.sites import SITE_FILE, is_there, site_folder
from ivrctl.cli.writable import check_file
from ivrctl.errors import ConfigurationError
from ivrctl.lang.findings import Findings
from ivrctl.lang.report import render_text
from ivrctl.service.backtesting.processes import Processes, processors
from ivrctl.service.backtesting.reading import recorded_day
from ivrctl.service.backtesting.running import Days as DrawnDays
from ivrctl.service.backtesting.variants import RejectedFileError, variants_of
from ivrctl.service.recommending.running import Ground, in_processes
from ivrctl.simulation.days.day_file import SUFFIX as DAY_SUFFIX
from ivrctl.simulation.days.load import read_days
from ivrctl.simulation.days.recorded import RecordedDay
from ivrctl.simulation.days.synthetic import SyntheticDay
from ivrctl.simulation.recommendation.recommended import (
    LEAST_FOR_EACH_SEED,
    DaySets,
    Recommendation,
    Verdict,
)
from ivrctl.simulation.recommendation.recommended import (
    recommend as search,
)
from ivrctl.simulation.recommendation.space import Space
from ivrctl.site.site_file import Site
from ivrctl.staffing.policy import Measure, Policy
from ivrctl.staffing.policy_files.policy_file import SUFFIX
from ivrctl.staffing.policy_files.rewritten import rewritten

FOLDER = "recommended"
"""Where a file is written when nobody says where: no folder of a site holds those of others."""

NamedDays: TypeAlias = Mapping[str, DrawnDays]


@dataclass(frozen=True, slots=True)
class Days:
    """On which days a policy is to be good."""

    files: Sequence[Path]
    dates: Sequence[str]
    asked: Asked
    beside: Beside

    def site_folder(self) -> Path:
        """The site that is meant: that of the option, or the one in whose folder the first day lies."""
        option = self.asked.site_option
        beside = self.files[0].parent if option is None and self.files else None
        return site_folder(beside if beside is not None and (beside / SITE_FILE).is_file() else option)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched, how long, and where it is written."""

    policy: Path | None
    evaluations: int
    seeds: int
    seed: int
    out: Path | None
    force: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class Given:
    """The policy that is to be better."""

    path: str
    source: bytes
    policy: Policy
    beside: Mapping[str, Policy]
    """Those that stay in force."""


def recommend(days: Days, wanted: Wanted) -> None:
    """Search, and show what is found; exit code 1 when a file has errors."""
    try:
        _recommend(days, wanted)
    except RejectedFileError as error:
        sys.stdout.write(f"{error.told.rstrip()}\n")
        raise SystemExit(FINDINGS) from error


def _recommend(days: Days, wanted: Wanted) -> None:
    known = Known.at(days.site_folder())
    given = _given(known, wanted.policy)
    out = _out(given, known, wanted)
    named = _synthetic(days, known) if days.files else _recorded(days, known, given)
    _check_bounds(wanted, len(named))
    site = known.site.program.site
    found = _searched(given, named, wanted, site)
    assumed = tuple(_assumed(named, given.policy))
    tiers = tuple(tier.name for tier in given.policy.tiers)
    shown = ShownRecommendation(
        found, PurePath(given.path).name, tiers, tuple(named), wanted.seed, wanted.seeds, site.kpi.answer_in, assumed
    )
    if found.verdict is Verdict.BETTER:
        _write(out, given, known, shown)
        shown = replace(shown, file=out)
    if wanted.as_json:
        print_json(as_json_body(shown))
    else:
        sys.stdout.writelines(told(shown))


def _searched(given: Given, named: NamedDays, wanted: Wanted, site: Site) -> Recommendation:
    promises = [tier.answer for tier in site.tiers.values() if tier.answer is not None]
    space = Space(given.policy, max(promises, default=None), _unforeseen(named))
    ground = Ground(tuple(named.values()), space, given.beside, wanted.seed)
    sets, most = DaySets.of(wanted.seeds, len(named)), wanted.evaluations
    level = site.kpi.answer_share.fraction
    with Processes() as processes:
        processes.start(processors())
        run = in_processes(processes, ground, lambda done: count(done, most, "runs of a day"))
        found = search(space, level, run, sets, most, default_rng(wanted.seed))
    if found.runs < most:
        count(found.runs, found.runs, "runs of a day")
    return found


def _write(out: Path, given: Given, known: Known, shown: ShownRecommendation) -> None:
    """Write the file, once it is known to be without errors.

    Raises:
        ConfigurationError: it cannot be written.
        RejectedFileError: the written policy has errors: a fault of this program.
    """
    content = rewritten(given.source, given.path, shown.found.best.numbers, comments(shown))
    variants_of(known.site, {str(out): content}, known.files)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        replace_file(out, content.decode())
    except OSError as error:
        message = f"{error.filename or out} cannot be written: {error.strerror}"
        raise ConfigurationError(message, advice="--out another place") from error


def _given(known: Known, path: Path | None) -> Given:
    """The policy to begin with.

    Raises:
        ConfigurationError: it is none, or it is not clear which one.
        RejectedFileError: it has errors.
    """
    if path is None:
        return _served(known)
    source = _content(path, "--policy FILE")
    policies = variants_of(known.site, {str(path): source}, known.files)[-1].policies
    return _of(path.name.removesuffix(SUFFIX), str(path), source, policies)


def _served(known: Known) -> Given:
    policies = known.site.policies
    if len(policies) != 1:
        which = f"the site has the policies {', '.join(policies)}" if policies else "the site has no policy"
        raise ConfigurationError(which, advice="--policy FILE")
    name = next(iter(policies))
    path = next(each for each in known.files if PurePath(each).name == f"{name}{SUFFIX}")
    return _of(name, path, known.files[path], policies)


def _of(name: str, path: str, source: bytes, policies: Mapping[str, Policy]) -> Given:
    return Given(path, source, policies[name], {other: each for other, each in policies.items() if other != name})


def _out(given: Given, known: Known, wanted: Wanted) -> Path:
    """Where it is to be written.

    Raises:
        ConfigurationError: it would be in force there, it could not be compared, or something is there already.
    """
    out = wanted.out or Path(FOLDER) / PurePath(given.path).name
    if not out.name.endswith(SUFFIX):
        raise ConfigurationError(f"{out} is no policy's name", advice=f"--out {out.name.split('.')[0]}{SUFFIX}")
    if out.resolve().parent == known.folder.resolve():
        message = f"{out} lies in the site's folder: it would be in force at the next reload"
        raise ConfigurationError(message, advice="--out another folder; compare it, then put it there yourself")
    if is_there(out) and not wanted.force:
        raise ConfigurationError(f"{out} is there already", advice="--force writes over it, --out names another")
    check_file(out, is_parent_made=True, advice="--out another place")
    return out


def _check_bounds(wanted: Wanted, days: int) -> None:
    least = LEAST_FOR_EACH_SEED * wanted.seeds * days
    if wanted.evaluations < least:
        message = f"{wanted.evaluations} runs of a day search nothing on {wanted.seeds} seeds"
        raise ConfigurationError(message, advice=f"--evaluations {least} or more, or fewer --seeds")


def _synthetic(days: Days, known: Known) -> NamedDays:
    if days.dates:
        raise ConfigurationError("a day file and a day of the books", advice="DAYFILE or --day")
    return {file.name.removesuffix(DAY_SUFFIX): _described(file, known) for file in days.files}


def _described(file: Path, known: Known) -> SyntheticDay:
    content = _content(file, "ivrctl staffing recommend DAYFILE")
    if not file.name.endswith(DAY_SUFFIX):
        raise ConfigurationError(f"{file} is no day", advice=f"name it {file.name.split('.')[0]}{DAY_SUFFIX}")
    findings, site = Findings(), known.site.program.site
    read = read_days({str(file): content}, site, findings)
    if findings.has_errors:
        raise RejectedFileError(str(file), render_text(findings, {str(file): content.decode(errors="replace")}))
    return SyntheticDay(file.name.removesuffix(DAY_SUFFIX), next(iter(read.values())), site)


def _recorded(days: Days, known: Known, given: Given) -> NamedDays:
    if not days.dates:
        raise ConfigurationError("no day is named", advice="DAYFILE, or --day yesterday's date")
    found = (_recorded_one(replace(days.asked, day=date), days.beside, known, given) for date in days.dates)
    return {day.day(default_rng(0)).name: day for day in found}


def _recorded_one(asked: Asked, beside: Beside, known: Known, given: Given) -> RecordedDay:
    site, now = known.site.program.site, datetime.now(UTC)
    place = asked.place_of(site, known.folder)
    date = asked.period(site, now).begin.astimezone(site.zone).date()
    policies, settings = (given.policy, *given.beside.values()), beside.settings()
    day = place.run(lambda store: recorded_day(date, site, policies, settings, store, now))
    if day.is_empty:
        message = f"the books have no caller of {date}"
        raise ConfigurationError(message, advice="ivrctl kpi show --by day --from, or ivrctl kpi import")
    return day


def _unforeseen(named: NamedDays) -> frozenset[Measure]:
    """Rows whose numbers are left as they are: of what they look at the days know nothing."""
    is_forecast = any(days.day(default_rng(0)).shortfall for days in named.values())
    return frozenset() if is_forecast else frozenset({Measure.FORECAST_SHORTFALL})


def _assumed(named: NamedDays, policy: Policy) -> Iterator[str]:
    """What was not known of the days."""
    yield from dict.fromkeys(sentence for days in named.values() for sentence in days.day(default_rng(0)).assumed)
    if any(trigger.measure in _unforeseen(named) for trigger in policy.triggers):
        yield "nothing is forecast: forecast_shortfall brings nobody, and its numbers are left as they are"


def _content(path: Path, advice: str) -> bytes:
    if not is_there(path) or not path.is_file():
        raise ConfigurationError(f"{path} is no file", advice=advice)
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}", advice=advice) from error
