"""A password that stands in a site by mistake is in nothing that a command says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ivrctl = Callable[..., Any]
"""A command's words to what it did: its exit code, stdout and stderr."""

CANARY = "c4nary"
URL = f"postgresql://ivr:{CANARY}@db.example/shop"

MISTAKES = {
    "in a URL": f'databases: {{shop: {{url: "{URL}"}}}}',
    "in a URL without quotes": f"databases: {{shop: {{url: {URL}}}}}",
    "in a parameter of a URL": f'databases: {{shop: {{url: "postgresql://db.example/shop?password={CANARY}"}}}}',
    "in a URL of several lines": f"databases:\n  shop:\n    url: >-\n      {URL}",
    "in a URL that a comma cuts": f"databases: {{shop: {{url: postgresql://ivr:x,{CANARY}@db.example/shop}}}}",
    "beside an unknown key": f'databases: {{shop: {{url: "{URL}", pool: 3}}}}',
    "under an unknown key": f'databases: {{shop: {{uri: "{URL}"}}}}',
    "in the place of a mapping": f'databases: {{shop: "{URL}"}}',
    "twice": f'databases: {{shop: {{url: "{URL}", url: "{URL}"}}}}',
    "behind an anchor": f'databases: {{shop: {{url: &shop "{URL}"}}}}',
    "in broken YAML": f'databases: {{shop: {{url: "{URL}"',
    "of the store": f'store: {{url: "{URL}"}}',
    "of AMI": f"asterisk: {{ami: {{secret: {CANARY}}}}}",
    "of AMI, under another name": f"asterisk: {{ami: {{password: {CANARY}}}}}",
    "of AMI, twice": f"asterisk: {{ami: {{secret: {CANARY}, secret: {CANARY}}}}}",
    "in a setting": f'settings: {{pin: {{type: secret, value: "{CANARY}"}}}}',
    "in a setting of a type that there is not": f'settings: {{pin: {{type: secrets, password: "{CANARY}"}}}}',
}


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A site with one of the mistakes."""
    folder = tmp_path / "shop"
    folder.mkdir()
    site = (
        "site: shop\ntime_zone: Europe/Berlin\nlanguages: [en]\ncurrency: EUR\nnumbers: {country: DE}\n"
        "prompts: {no_input: Silence., no_match: Wrong., one_moment: Wait., fallback: Sorry.}\n"
    )
    (folder / "ivrctl.yaml").write_text(f"{site}{request.param}\n")
    (folder / "main.ivr.yaml").write_text('lines: {"7000": start}\nsteps: {start: [{hangup: served}]}\n')
    return folder


EACH = pytest.mark.parametrize("folder", list(MISTAKES.values()), ids=list(MISTAKES), indirect=True)


@EACH
@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_check_finds_it_and_does_not_repeat_it(ivrctl: Ivrctl, folder: Path, form: str) -> None:
    """In no form: CI keeps what is printed."""
    ran = ivrctl("check", folder, "--format", form)
    assert ran.code == 1
    assert "IVR" in ran.out
    assert CANARY not in ran.out + ran.err


@EACH
def test_command_that_needs_the_site_does_not_repeat_it(ivrctl: Ivrctl, folder: Path) -> None:
    """What the site's findings are to a command that cannot go on."""
    ran = ivrctl("sim", folder / "main.ivr.yaml", "--dial", "7000", "--keys", "1")
    assert ran.code == 2
    assert CANARY not in ran.out + ran.err
