"""``GET /metrics``: what Prometheus reads; the dashboard and the alerts of ``metrics.md`` name nothing else."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import ClientSession, UnixConnector
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from ivrctl.acd.stay import Stay, StayEnd
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.web.api import application, application_for_tokens
from ivrctl.web.metrics import METRICS

from .centre import NOON, SECOND, Seen
from .conftest import Whole
from .test_queue_commands import serving

ROOT = Path(__file__).parents[3]
DASHBOARD: Mapping[str, Any] = json.loads((ROOT / "docs/grafana/ivrctl-queues.json").read_text())
PAGE = (ROOT / "docs/how-to/metrics.md").read_text()
TOKEN = "a-token-of-16-marks-and-more"
Samples = Mapping[tuple[str, tuple[str, ...]], float]


async def _text(whole: Whole) -> str:
    async with TestClient(TestServer(application(whole.controller))) as client:
        answer = await client.get("/metrics")
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return await answer.text()


async def _samples(whole: Whole) -> Samples:
    """By name and the values of labels in the order of their names, read by Prometheus' own parser."""
    families = text_string_to_metric_families(await _text(whole))
    return {
        (sample.name, tuple(sample.labels.values())): sample.value for family in families for sample in family.samples
    }


async def test_queues_have_their_figures(whole: Whole) -> None:
    """Each under its name; what nobody can say of a queue has no sample."""
    Seen(whole.controller).an_afternoon()
    found = await _samples(whole)
    in_sales = {name: value for (name, labels), value in found.items() if labels == ("sales",)}
    assert in_sales == {
        "ivrctl_queue_callers_waiting": 2.0,
        "ivrctl_queue_longest_wait_seconds": 65.0,
        "ivrctl_queue_staff": 3.0,
        "ivrctl_queue_members_available": 0.0,
        "ivrctl_queue_members_paused": 1.0,
        "ivrctl_queue_callers_talking": 1.0,
    }
    assert found["ivrctl_queues_known", ()] == 1.0
    assert found["ivrctl_queues_age_seconds", ()] == 3.0


async def test_expected_waits_are_two_quantiles(whole: Whole) -> None:
    """As soon as enough were answered to tell."""
    seen = Seen(whole.controller)
    for number in range(200):
        joined = NOON - (500 - 2 * number) * SECOND
        left = joined + 20 * SECOND
        stay = Stay("sales", f"9.{number}", f"9.{number}", "", "", joined, True, 1, end=StayEnd.ANSWERED, left_at=left)
        whole.controller.queues.books.expected.take(stay)
    seen.an_afternoon()
    found = await _samples(whole)
    waits = [found["ivrctl_queue_expected_wait_seconds", (quantile, "sales")] for quantile in ("0.5", "0.8")]
    assert 0.0 < waits[0] <= waits[1]


async def test_queues_that_are_not_seen_have_no_figures(whole: Whole) -> None:
    """A graph has a gap there; that they are not seen is a figure."""
    seen = Seen(whole.controller)
    seen.an_afternoon()
    seen.lose_sight(40)
    found = await _samples(whole)
    assert found["ivrctl_queues_known", ()] == 0.0
    assert [name for name, _ in found if name.startswith("ivrctl_queue_") and not name.endswith("_total")] == []


async def test_controller_tells_how_it_fares(whole: Whole) -> None:
    """Calls, records, books and outbox, whether it sees queues or not."""
    found = await _samples(whole)
    for name in ("ivrctl_calls_in_flow", "ivrctl_books_entries_waiting", "ivrctl_books_entries_dropped_total"):
        assert found[name, ()] == 0.0
    assert found["ivrctl_outbox_entries", ("waiting",)] == 0.0
    assert found["ivrctl_outbox_oldest_age_seconds", ()] == 0.0
    assert found["ivrctl_start_time_seconds", ()] == pytest.approx(whole.controller.began_at.timestamp())


async def test_every_metric_is_told_with_its_meaning_and_kind(whole: Whole) -> None:
    """Once each, and no other."""
    text = await _text(whole)
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    assert list(kinds) == re.findall(r"^# HELP (\S+) \S", text, re.MULTILINE)
    assert kinds.keys() == METRICS.keys()
    assert {name for name, kind in kinds.items() if kind == "counter"} == {n for n in METRICS if n.endswith("_total")}


def test_names_are_by_the_conventions() -> None:
    """The program's prefix, small letters, base units, and no label in a name."""
    for metric in METRICS.values():
        assert re.fullmatch(r"ivrctl(?:_[a-z]+)+", metric.name)
        assert not re.search(r"_(?:ms|milliseconds|minutes|hours|count|bucket|sum|info)\b", metric.name)
        assert re.fullmatch(r"[A-Z0-9].*\.", metric.meaning)


async def test_no_number_and_no_name_of_a_person_is_told(whole: Whole) -> None:
    """Neither callers nor agents stand in a label."""
    seen = Seen(whole.controller)
    seen.an_afternoon()
    seen.hostile_caller()
    text = await _text(whole)
    assert not any(word in text for word in ("13800138", "Li Na", "Wang", "PJSIP", "8101", "evil", "\x1b"))


async def test_metrics_over_tcp_take_a_token(whole: Whole) -> None:
    """Whoever has none learns nothing."""
    app = application_for_tokens(whole.controller, lambda: {"prometheus": TOKEN})
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/metrics")).status == 401
        answer = await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert (answer.status, "ivrctl_queues_known 0.0" in await answer.text()) == (200, True)


def _expressions(of: Any) -> Iterator[str]:
    """Every query of a dashboard, of its variables too."""
    if isinstance(of, dict):
        yield from (value for key, value in of.items() if key in {"expr", "definition"})
        of = list(of.values())
    if isinstance(of, list):
        for each in of:
            yield from _expressions(each)


def test_dashboard_names_only_metrics_that_there_are() -> None:
    """And leaves none of them out."""
    named = set(re.findall(r"\bivrctl_\w+", " ".join(_expressions(DASHBOARD))))
    assert named == METRICS.keys()


def test_dashboard_asks_by_labels_that_its_metrics_have() -> None:
    """Beside those that Prometheus gives to everything it reads."""
    for expression in _expressions(DASHBOARD):
        for name, braces in re.findall(r"\b(ivrctl_\w+)\{([^}]*)\}", expression):
            asked = set(re.findall(r"(\w+)[=!]", braces))
            assert asked <= {*METRICS[name].labels, "job", "instance"}, expression
        for by in re.findall(r"by \((\w+)\)", expression):
            assert all(by in METRICS[name].labels for name in re.findall(r"\bivrctl_\w+", expression)), expression


def test_dashboard_can_be_imported() -> None:
    """Panels have ids and places of their own, and a data source that whoever imports it chooses."""
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for one, other in itertools.combinations([panel["gridPos"] for panel in panels], 2):
        apart_x = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        apart_y = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart_x or apart_y
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)
    assert {panel["type"] for panel in panels} <= {"stat", "timeseries", "state-timeline"}
    sources = {source["datasource"]["uid"] for panel in panels for source in (panel, *panel["targets"])}
    assert sources == {"${datasource}"}
    assert DASHBOARD["templating"]["list"][0]["type"] == "datasource"
    assert "id" not in DASHBOARD


def test_alerts_of_the_page_name_only_metrics_that_there_are() -> None:
    """``up`` is Prometheus' own."""
    (rules,) = re.findall(r"```yaml ivrctl\.rules\.yml\n(.*?)```", PAGE, re.DOTALL)
    alerts = yaml.safe_load(rules)["groups"][0]["rules"]
    named = set(re.findall(r"\bivrctl_\w+", " ".join(alert["expr"] for alert in alerts)))
    assert named <= METRICS.keys()
    assert all(alert["annotations"]["summary"] for alert in alerts)


async def test_request_of_the_page_is_answered_on_the_socket(whole: Whole) -> None:
    """As ``docs/how-to/metrics.md`` writes it for curl, with the socket of this controller."""
    (block,) = re.findall(r"```sh by=[^\n]*\n(.*?)```", PAGE, re.DOTALL)
    curl, option, path, url = shlex.split(block)
    assert (curl, option, Path(path).name) == ("curl", "--unix-socket", "api.sock")
    socket = StateFolder.open(whole.state).api_socket
    async with serving(whole), ClientSession(connector=UnixConnector(str(socket))) as client:
        answer = await client.get(url)
        assert "ivrctl_queues_known 0.0\n" in await answer.text()
