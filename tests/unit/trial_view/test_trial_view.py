"""What is shown of a trial."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from ivrctl.cli.columns import width
from ivrctl.cli.trial_view.blocks import chart_lines
from ivrctl.cli.trial_view.records import as_json_body, write_csv
from ivrctl.cli.trial_view.shown import few_or_many
from ivrctl.cli.trial_view.svg import as_svg
from ivrctl.cli.trial_view.text import told
from ivrctl.simulation.compared import Runs
from ivrctl.simulation.outcome import Outcome, QueueFigures, TierFigures

from .trials import GOLDEN, NO_POLICY, SERVED, SHOWN, TRIED, trial


@pytest.mark.parametrize("name", SHOWN)
def test_trial_is_shown_exactly_so(name: str) -> None:
    """What a person reads of it is the golden file, to the letter."""
    assert SHOWN[name]() == (GOLDEN / name).read_text(encoding="utf-8")


def test_new_is_compared_with_what_is_served_and_that_with_nothing() -> None:
    """The last variant against the one that is in force; alone it is compared with nothing."""
    assert trial().pair == (SERVED, TRIED)
    assert trial(NO_POLICY, SERVED).pair == (NO_POLICY, SERVED)
    assert trial(NO_POLICY).pair is None


def test_chart_fits_into_a_terminal_of_eighty() -> None:
    """Also of a whole day: then each column is half an hour."""
    lines = list(chart_lines(trial()))
    assert max(width(line.rstrip("\n")) for line in lines) <= 80
    assert sum("▁" <= mark <= "█" for mark in lines[1]) == 4


def test_day_without_callers_has_no_chart() -> None:
    """That is said, and the rest is shown."""
    quiet = Outcome({}, QueueFigures(), (), {}, (), (), 0, None, timedelta(hours=24))
    empty = trial(Runs("no policy", (), (quiet, quiet)))
    assert list(chart_lines(empty)) == ["nobody calls: there is nothing to draw\n"]
    assert "</svg>" in as_svg(empty)
    assert any("service level" in line for line in told(empty))


@pytest.mark.parametrize(("callers", "said"), [(26.4, "26"), (1.5, "1.5"), (1 / 3, "0.33")])
def test_few_callers_are_not_none(callers: float, said: str) -> None:
    """The tallest column of a quiet day may stand for less than one caller."""
    assert few_or_many(callers) == said


def _idle(**changes: object) -> Runs:
    tier = replace(TierFigures(engaged=1, minutes_in=540.0), **changes)  # type: ignore[arg-type]
    outcome = replace(NO_POLICY.outcomes[0], tiers={("rush", "break"): tier})
    return Runs("as served", ("rush",), (outcome, outcome))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {},
            (
                "break of as served: in for 540 min a day, and brought nobody: there was nobody to ask or to call in: "
                "nobody paused meanwhile, or nobody was available for backup\n"
            ),
        ),
        (
            {"interruptions": {"8101": 2}},
            (
                "break of as served: in for 540 min a day, and brought nobody: "
                "of 4 who were asked or called in none came\n"
            ),
        ),
        ({"reserve_minutes": 3.0}, None),
        ({"engaged": 0}, None),
    ],
)
def test_a_tier_that_was_in_and_brought_nobody_is_explained(changes: dict[str, object], said: str | None) -> None:
    """Minutes of reserve that are 0 beside a tier that the chart shows as in are no fault of the table."""
    lines = [line for line in told(trial(NO_POLICY, _idle(**changes))) if "brought nobody" in line]
    assert lines == ([] if said is None else [said])


def test_lines_of_the_picture_are_told_apart_where_they_are_one() -> None:
    """No two of five variants are drawn by the same stroke: what is drawn later leaves room for what is below."""
    drawn = as_svg(trial(*(Runs(name, (), NO_POLICY.outcomes) for name in "abcde")))
    strokes = re.findall(r"\.line\d \{ (stroke-(?:width|dasharray): [^;}]+)", drawn)
    assert len(set(strokes)) == len(strokes) == 5
    assert re.findall(r'class="line (line\d)"', drawn) == [f"line{n}" for n in range(5) for _ in range(2)]


def test_picture_is_well_formed_and_holds_names_as_they_are() -> None:
    """A name from a file is text, whatever stands in it."""
    root = ET.fromstring(as_svg(trial(Runs("<b>&", (), NO_POLICY.outcomes))))  # noqa: S314 - our own
    assert "<b>&" in [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]


def test_json_holds_every_figure_with_its_spread() -> None:
    """For programs: the middle, the least, the most, and of how many seeds; and the difference."""
    body = json.loads(json.dumps(as_json_body(trial(was=True))))
    assert body["format_version"] == 1
    assert [variant["variant"] for variant in body["variants"]] == ["no policy", "as served", "new.staffing.yaml"]
    level = body["variants"][1]["figures"]["service_level"]
    assert level == {"median": 0.816327, "least": 0.77551, "most": 0.857143, "of": 2}
    assert body["variants"][0]["figures"]["reserve_minutes.leaders"] is None
    assert body["difference"]["new"] == "new.staffing.yaml"
    assert body["difference"]["figures"]["reserve_minutes"]["median"] == pytest.approx(18.75)
    assert body["was"]["sales"]["offered"] == 100
    assert as_json_body(trial())["was"] is None


def test_tables_have_a_row_for_each_seed_and_variant(tmp_path: Path) -> None:
    """Figures, queues, quarters of an hour, tiers, their moves, and people, as other programs read them."""
    paths = list(write_csv(trial(), tmp_path / "a"))
    written = {path.name: list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) for path in paths}
    assert {name: len(rows) for name, rows in written.items()} == {
        "figures.csv": 3 * 2 * 11,
        "queues.csv": 3 * 2 * 3,
        "intervals.csv": 3 * 2 * 4,
        "tiers.csv": 2 * 2 * 2,
        "moves.csv": 2 * 2 * 2 * 2,
        "people.csv": 2 * 2,
    }
    assert written["intervals.csv"][0]["begins"] == "2026-11-20T09:00:00+08:00"
    assert written["moves.csv"][0] == {
        "variant": "as served",
        "seed": "1",
        "at": "2026-11-20T09:00:00+08:00",
        "policy": "rush",
        "tier": "leaders",
        "goes": "in",
        "why": "leaders came in: it was 64 s",
    }
    assert written["people.csv"][0] == {"variant": "as served", "seed": "1", "agent": "8103", "interruptions": "3"}
