"""What ``ivrctl graph`` writes, and where."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.thorough

Ivrctl = Callable[..., Any]


def test_one_flow_or_all_of_a_site_are_drawn(ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name and a file draw that flow, a folder and nothing at all draw every flow."""
    monkeypatch.chdir(site)
    alone, whole = ivrctl("graph", "rate").out, ivrctl("graph").out
    assert ivrctl("graph", site / "rate.ivr.yaml").out == alone
    assert ivrctl("graph", site).out == whole
    assert (alone.count("subgraph "), whole.count("subgraph ")) == (1, 12)


def test_formats_and_a_file_for_it(ivrctl: Ivrctl, site: Path, tmp_path: Path) -> None:
    """Mermaid by default, Graphviz when asked for; with --output nothing is printed."""
    ran = ivrctl("graph", site / "rate.ivr.yaml", "--format", "dot", "-o", tmp_path / "rate.dot")
    assert (ran.code, ran.out) == (0, "")
    assert (tmp_path / "rate.dot").read_text().startswith("digraph ")
    assert ivrctl("graph", site / "rate.ivr.yaml").out.startswith("flowchart ")


def test_coverage_plays_the_sites_scenarios(ivrctl: Ivrctl, site: Path) -> None:
    """What the scenarios walk is coloured as walked; without scenarios everything is red; failing ones are told."""
    assert ":::walked" in ivrctl("graph", site / "rate.ivr.yaml", "--coverage").out
    scenario = site / "topics.scenario.yaml"
    scenario.write_text(scenario.read_text().replace("hears: For roaming", "hears: For nothing", 1))
    assert "1 of 161 scenarios fail: ivrctl test" in ivrctl("graph", site / "rate.ivr.yaml", "--coverage").err
    for path in site.glob("*.scenario.yaml"):
        path.unlink()
    assert ":::walked" not in ivrctl("graph", site / "rate.ivr.yaml", "--coverage").out


def test_what_cannot_be_drawn_or_written_is_told_with_advice(
    ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flow that does not exist, and a file that cannot be written, are usage errors."""
    monkeypatch.chdir(site)
    unknown = ivrctl("graph", "hotlin")
    assert (unknown.code, 'did you mean "hotline"?' in unknown.err) == (2, True)
    nowhere = ivrctl("graph", "hotline", "-o", site / "nowhere" / "hotline.mmd")
    assert (nowhere.code, "cannot be written" in nowhere.err) == (2, True)
