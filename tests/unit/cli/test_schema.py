"""``ivrctl schema``: what it prints and writes, and what it leaves alone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ivrctl.cli.codes import OK, USAGE

Ivrctl = Callable[..., Any]
"""A command's words to what it did: its exit code, stdout and stderr."""

SCHEMAS = Path(".ivrctl") / "schema"
SETTINGS = Path(".vscode") / "settings.json"


@pytest.mark.parametrize("kind", ["flow", "site", "scenario", "staffing"])
def test_schema_of_a_kind_is_printed(ivrctl: Ivrctl, kind: str) -> None:
    """With a kind of file its schema is all that stands on standard output."""
    done = ivrctl("schema", kind)
    assert (done.code, done.err) == (OK, "")
    assert json.loads(done.out)["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_printed_schema_offers_the_names_of_a_site_that_is_named(ivrctl: Ivrctl, site: Path) -> None:
    """A queue of the site stands in the schema for its flows, and in none that knows no site."""
    assert '"mobile-data"' in ivrctl("schema", "flow", "--site", str(site)).out
    assert '"mobile-data"' not in ivrctl("schema", "flow").out


@pytest.mark.parametrize("words", [[], ["flow", "--write"]])
def test_what_is_wanted_must_be_said(ivrctl: Ivrctl, words: list[str]) -> None:
    """Without a kind there is nothing to print, and of a site all kinds are written."""
    done = ivrctl("schema", *words)
    assert done.code == USAGE
    assert "ivrctl schema --write" in done.err


def test_each_flow_has_a_schema_of_its_own(ivrctl: Ivrctl, site: Path) -> None:
    """Steps are those of one flow: each has its schema, and the settings lead from every file to one alone."""
    done = ivrctl("schema", "--write", "--site", str(site))
    assert done.code == OK
    written = {file.name for file in (site / SCHEMAS).iterdir()}
    assert {
        "flow.json",
        "site.json",
        "scenario.json",
        "staffing.json",
        "flow-hotline.json",
        "flow-desk.json",
    } <= written
    assert sorted(done.out.split()) == sorted([*(str(site / SCHEMAS / name) for name in written), str(site / SETTINGS)])
    settings = json.loads((site / SETTINGS).read_text())["yaml.schemas"]
    assert settings["./.ivrctl/schema/flow-hotline.json"] == "hotline.ivr.yaml"
    assert "!hotline.ivr.yaml" in settings["./.ivrctl/schema/flow.json"]


def test_written_again_it_follows_the_flows(ivrctl: Ivrctl, site: Path) -> None:
    """The schema of a flow that is gone goes, and settings that hold nothing of the user's follow."""
    ivrctl("schema", "--write", "--site", str(site))
    (site / "rate.ivr.yaml").rename(site / "survey.ivr.yaml")
    assert ivrctl("schema", "--write", "--site", str(site)).code == OK
    names = {file.name for file in (site / SCHEMAS).glob("flow-*.json")}
    assert "flow-survey.json" in names
    assert "flow-rate.json" not in names
    assert "rate.ivr.yaml" not in (site / SETTINGS).read_text()


@pytest.mark.parametrize(
    "written",
    [
        '{"editor.tabSize": 2}',
        '{"yaml.schemas": {"./mine.json": "*.yaml"}}',
        '{\n  // comments are allowed there\n  "yaml.schemas": {},\n}',
        "[]",
    ],
)
def test_settings_that_a_user_wrote_are_left_alone(ivrctl: Ivrctl, site: Path, written: str) -> None:
    """Not a character of the user's settings changes; what they should say is told."""
    (site / SETTINGS).parent.mkdir()
    (site / SETTINGS).write_text(written)
    done = ivrctl("schema", "--write", "--site", str(site))
    assert done.code == OK
    assert (site / SETTINGS).read_text() == written
    assert "./.ivrctl/schema/flow-hotline.json" in done.err


def test_settings_that_lead_to_the_schemas_already_are_enough(ivrctl: Ivrctl, site: Path) -> None:
    """Who has taken the lines over into his settings is told nothing more."""
    ivrctl("schema", "--write", "--site", str(site))
    own = {**json.loads((site / SETTINGS).read_text()), "editor.tabSize": 2}
    (site / SETTINGS).write_text(json.dumps(own))
    assert "left alone" not in ivrctl("schema", "--write", "--site", str(site)).err
    assert json.loads((site / SETTINGS).read_text()) == own


def test_files_of_the_site_do_not_change(ivrctl: Ivrctl, site: Path) -> None:
    """Neither a file of the site nor its version is another afterwards."""
    before = {file: file.read_bytes() for file in site.iterdir() if file.is_file()}
    ivrctl("schema", "--write", "--site", str(site))
    assert {file: file.read_bytes() for file in site.iterdir() if file.is_file()} == before
    assert ivrctl("check", str(site)).code == OK


def test_site_with_mistakes_has_schemas_too(ivrctl: Ivrctl, site: Path) -> None:
    """Editors help most where something is wrong: a broken flow keeps nobody from writing the others."""
    (site / "torn.ivr.yaml").write_text("steps: [\n")
    assert ivrctl("schema", "--write", "--site", str(site)).code == OK
    assert (site / SCHEMAS / "flow-torn.json").exists()


def test_folder_that_cannot_be_written_is_told(ivrctl: Ivrctl, site: Path) -> None:
    """A file in the place of the folder is named, with what to do."""
    (site / ".ivrctl").write_text("")
    done = ivrctl("schema", "--write", "--site", str(site))
    assert done.code == USAGE
    assert ".ivrctl" in done.err


def test_nothing_is_written_or_deleted_where_a_link_leads_out_of_the_site(
    ivrctl: Ivrctl, site: Path, tmp_path: Path
) -> None:
    """A folder of schemas that is a link is refused; one of settings is the user's."""
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "schema").mkdir(parents=True)
    (elsewhere / "schema" / "flow-of-another.json").touch()
    (site / ".vscode").symlink_to(elsewhere)
    assert ivrctl("schema", "--write", "--site", str(site)).code == OK
    (site / SCHEMAS).rename(site / "made")
    (site / SCHEMAS.parent).rmdir()
    (site / SCHEMAS.parent).symlink_to(elsewhere)
    assert ivrctl("schema", "--write", "--site", str(site)).code == USAGE
    assert [file.name for file in elsewhere.rglob("*.json")] == ["flow-of-another.json"]


def test_settings_that_cannot_be_read_are_left_alone(ivrctl: Ivrctl, site: Path) -> None:
    """Brackets without end, or a pipe that nobody writes to: no reason to wait, or to fall over."""
    (site / SETTINGS).parent.mkdir()
    (site / SETTINGS).write_text("[" * 100_000)
    done = ivrctl("schema", "--write", "--site", str(site))
    assert (done.code, f"{SETTINGS} is yours" in done.err) == (OK, True)
    (site / SETTINGS).unlink()
    os.mkfifo(site / SETTINGS)
    done = ivrctl("schema", "--write", "--site", str(site))
    assert (done.code, f"{SETTINGS} is yours" in done.err) == (OK, True)
