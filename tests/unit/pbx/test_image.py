"""Building the image: what is asked of the engine, and where the base comes from. The real build is a live test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ivrctl.adapters.pbx import RuntimeName, base_image, image, packages
from ivrctl.adapters.pbx.base_image import imported_base, usual_base
from ivrctl.adapters.pbx.building import BuildError
from ivrctl.adapters.pbx.image import dockerfile, ensure_image, image_tag
from ivrctl.errors import MissingToolError

if TYPE_CHECKING:
    from tests.unit.pbx.conftest import Host

DOCKER = RuntimeName.DOCKER
BASE = usual_base("forky")
IMPORTED_BASE = imported_base("forky")
MAKES_AN_ARCHIVE = 'for last; do :; done; echo tar > "$last"'


def images(engines: Host, *there: str, **cases: str) -> None:
    """A Docker with these images; what it builds or imports is there afterwards."""
    store = engines.folder.parent / "store"
    store.mkdir()
    for name in there:
        (store / name).touch()
    own = "\n".join(f"  {name}) {script} ;;" for name, script in cases.items())
    engines.has_engine(
        "docker",
        f"""{own}
  image) for last; do :; done; [ -e "{store}/$last" ] ;;
  pull) touch "{store}/$2" ;;
  import) [ -s "$2" ] && touch "{store}/$3" ;;
  build) echo "Step 1/5 : ARG BASE"; touch "{store}/{image_tag()}" ;;""",
    )


def verbs(engines: Host) -> list[str]:
    return [verb for call in engines.called() if (verb := call.split()[1]) in {"pull", "import", "build"}]


def test_the_image_and_the_root_have_the_same_packages() -> None:
    """The Dockerfile names none: it reads the list."""
    text = dockerfile().read_text()
    commands = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    assert "COPY packages.txt" in commands
    assert not [
        package for package in packages() if re.search(rf"\b{package}\b", commands.replace("USER asterisk", ""))
    ]


def test_the_image_does_not_run_as_root() -> None:
    """Its last word is Asterisk's user."""
    assert dockerfile().read_text().splitlines()[-1] == "USER asterisk"


def test_another_package_list_is_another_image(monkeypatch: pytest.MonkeyPatch) -> None:
    """An old image is never taken for one that has the new package."""
    before = image_tag()
    monkeypatch.setattr(image, "packages", lambda: ("asterisk",))
    assert image_tag() != before


def test_an_image_that_exists_is_used(engines: Host) -> None:
    """Nothing is built."""
    images(engines, image_tag())
    assert ensure_image(DOCKER).image == image_tag()
    assert verbs(engines) == []


def test_a_missing_image_is_built_on_the_pulled_base(engines: Host) -> None:
    """On the host's network, from the Dockerfile, with the engine's steps as progress."""
    images(engines)
    said: list[str] = []
    ensure_image(DOCKER, said.append)
    assert verbs(engines) == ["pull", "build"]
    (build,) = (call for call in engines.called() if " build " in call)
    assert f"--network host --build-arg BASE={BASE} --tag {image_tag()} --file {dockerfile()}" in build
    assert "Step 1/5 : ARG BASE" in said


@pytest.mark.parametrize("base", [BASE, IMPORTED_BASE])
def test_a_base_that_is_there_is_not_pulled(engines: Host, base: str) -> None:
    """Neither the suite's own nor the one made here before."""
    images(engines, base)
    ensure_image(DOCKER)
    assert verbs(engines) == ["build"]
    assert f"BASE={base}" in engines.called()[-1]


def test_a_base_that_cannot_be_pulled_is_made(engines: Host) -> None:
    """By mmdebstrap, and it is said why."""
    images(engines, pull="echo 'no such host' >&2; exit 1")
    engines.has("mmdebstrap", f"echo 'I: extracting archives...' >&2; {MAKES_AN_ARCHIVE}")
    said: list[str] = []
    ensure_image(DOCKER, said.append)
    assert verbs(engines) == ["pull", "import", "build"]
    assert "the base image cannot be pulled (no such host): mmdebstrap makes one from the Debian mirror" in said
    assert "extracting archives..." in said
    assert f"BASE={IMPORTED_BASE}" in engines.called()[-1]


def test_a_pull_that_hangs_is_given_up(engines: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry that cannot be reached may be silent for ever."""
    monkeypatch.setattr(base_image, "PULL_SECONDS", 0.2)
    images(engines, pull="exec sleep 60")
    engines.has("mmdebstrap", MAKES_AN_ARCHIVE)
    said: list[str] = []
    ensure_image(DOCKER, said.append)
    assert verbs(engines) == ["pull", "import", "build"]
    assert any("docker pull did not end within 0.2 s" in sentence for sentence in said)


def test_without_a_base_and_without_mmdebstrap_both_are_named(engines: Host) -> None:
    """With the command that helps."""
    images(engines, pull="echo 'no such host' >&2; exit 1")
    with pytest.raises(MissingToolError, match=r"cannot pull .*no such host.*mmdebstrap") as caught:
        ensure_image(DOCKER)
    assert caught.value.advice == "apt-get install --yes mmdebstrap"


def test_half_a_base_is_none(engines: Host) -> None:
    """The mirror broke off: nobody gets what came so far, and the error is mmdebstrap's."""
    images(engines, pull="exit 1")
    engines.has("mmdebstrap", f"{MAKES_AN_ARCHIVE}; echo 'E: the mirror is away' >&2; exit 1")
    with pytest.raises(BuildError, match="the mirror is away"):
        ensure_image(DOCKER)
    assert verbs(engines) == ["pull"]
    engines.has("mmdebstrap", MAKES_AN_ARCHIVE)
    ensure_image(DOCKER)
    assert verbs(engines) == ["pull", "pull", "import", "build"]


def test_a_base_that_was_made_serves_the_next_engine_too(engines: Host) -> None:
    """Its archive is kept while it is fresh."""
    images(engines, pull="exit 1")
    engines.has("mmdebstrap", MAKES_AN_ARCHIVE)
    ensure_image(DOCKER)
    (engines.folder.parent / "store" / IMPORTED_BASE).unlink()
    engines.has("mmdebstrap", "exit 1")
    assert base_image.ensure_base(DOCKER, "forky", lambda _: None) == IMPORTED_BASE


def test_a_failed_build_ends_with_what_was_said(engines: Host) -> None:
    """And with advice."""
    images(engines, BASE, build="echo 'E: Unable to locate package asterisk'; exit 100")
    with pytest.raises(BuildError, match="Unable to locate package asterisk") as caught:
        ensure_image(DOCKER)
    assert caught.value.advice is not None
