"""The commands and examples of the documentation, run as they stand; its links; that nothing stands there unrun."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from ivrctl.cli.app import app
from ivrctl.cli.demo.calls import CALLS
from ivrctl.cli.rules import every_rule
from ivrctl.flow.program import compile_site
from ivrctl.lang.findings import Finding
from ivrctl.lang.rule import visible

from .pages import DOCS, ROOT, Block, anchors, blocks, links, pages, prose
from .reader import reading
from .standby import standing_by

SITE = ROOT / "flows" / "ivrctl.yaml"
COMMANDS: Any = typer.main.get_command(app)


def _meaning(*meanings: str) -> list[Block]:
    return [block for page in pages() for block in blocks(page) if block.meaning in meanings]


def _place(value: object) -> str:
    return value.place if isinstance(value, Block) else str(value).removeprefix(f"{ROOT}/")


@pytest.fixture(scope="module")
def on_standby() -> Iterator[Path]:
    """Where a program ``ivrctl`` lies that is there at once."""
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder, standing_by(Path(folder)) as programs:
        yield programs


@pytest.mark.thorough
@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "page", [page for page in pages() if any(b.meaning == "run" for b in blocks(page))], ids=_place
)
def test_commands_of_a_page_print_what_it_shows(page: Path, on_standby: Path) -> None:
    """A reader who follows a page from its top sees below each command what the page shows."""
    programs = [on_standby, Path(sys.executable).parent]
    # Not tmp_path: a state folder below it would leave no room for the name of its socket.
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder, reading(Path(folder), path=programs) as reader:
        for block in blocks(page):
            if block.meaning in {"run", "write"}:
                reader.follow(block)


@pytest.mark.parametrize("page", pages(), ids=_place)
def test_every_block_is_run_by_somebody(page: Path) -> None:
    """No block stands in a page of which it is not known what becomes of it: see ``tests/unit/docs/pages.py``."""
    assert [f"{block.place}: {block.info}" for block in blocks(page) if block.meaning is None] == []


@pytest.mark.parametrize("page", pages(), ids=_place)
def test_no_command_hides_in_a_block_that_nobody_runs(page: Path) -> None:
    """A block of plain text holds no command."""
    commands = re.compile(
        r"^(?:\$ |# )?(?:ivrctl|pip|python3?|make|sudo|apt-get|docker|podman|systemctl) ", re.MULTILINE
    )
    assert [block.place for block in blocks(page) if block.meaning == "read" and commands.search(block.body)] == []


def test_every_fence_is_closed() -> None:
    """No page has half a block, which would hide what follows."""
    for page in pages():
        assert "```" not in prose(page), page


@pytest.mark.parametrize("block", _meaning("by test"), ids=_place)
def test_block_that_a_test_runs_is_known_to_it(block: Block) -> None:
    """The test that a block names exists and reads the block's page."""
    test = ROOT / block.argument
    assert test.exists(), block.place
    assert block.page.name in test.read_text(encoding="utf-8"), f"{block.argument} does not read {block.page.name}"


@pytest.mark.parametrize("block", _meaning("copy"), ids=_place)
def test_copy_is_as_its_file(block: Block) -> None:
    """A block that is from a file of the repository stands so in it."""
    assert block.body.rstrip("\n") in (ROOT / block.argument).read_text(encoding="utf-8"), block.place


def test_example_of_a_rule_stands_on_its_page() -> None:
    """What the reference shows of a rule is what the tests of the rules run, word for word."""
    examples = {visible(example).rstrip("\n") for rule in every_rule().values() for example in (rule.bad, rule.good)}
    assert [block.place for block in _meaning("of a rule") if block.body.rstrip("\n") not in examples] == []


@pytest.mark.parametrize("block", _meaning("parse"), ids=_place)
def test_examples_of_commands_are_taken_by_their_parser(block: Block) -> None:
    """Every example of a command names commands, options and values that there are."""
    _parse_all(block.body.splitlines())


def test_commands_of_a_workflow_are_taken_by_their_parser() -> None:
    """What a page's workflow runs of ivrctl in CI are commands that there are."""
    written = "\n".join(block.body for block in _meaning("write"))
    commands = re.findall(r"^ +- run: (ivrctl .*)$", written, re.MULTILINE)
    assert commands
    _parse_all(commands)


def _parse_all(lines: list[str]) -> None:
    for line in lines:
        name, *words = shlex.split(re.split(r" [>|&;]", line)[0], comments=True)
        assert name == "ivrctl", line
        command = COMMANDS
        while hasattr(command, "commands"):
            command, words = command.commands[words[0]], words[1:]
        assert command.make_context(name, words) is not None


@pytest.mark.parametrize("block", _meaning("compile"), ids=_place)
def test_flow_in_a_page_compiles(block: Block) -> None:
    """Every flow in the documentation compiles on the demo site without a finding."""
    assert _findings({"ivrctl.yaml": SITE.read_bytes(), "example.ivr.yaml": block.body.encode()}) == [], block.place


@pytest.mark.parametrize("block", _meaning("compile a part"), ids=_place)
def test_part_of_a_site_file_compiles(block: Block) -> None:
    """Keys of a site file stand in the demo site's in the place of its own, and a flow that uses nothing of it runs."""
    flow = b'lines: {"7000": start}\nsteps: {start: [{hangup: served}]}\n'
    own = set(re.findall(r"^(\w+):", block.body, re.MULTILINE))
    kept = [
        part for part in re.split(r"^(?=\w)", SITE.read_text(), flags=re.MULTILINE) if part.partition(":")[0] not in own
    ]
    site = "".join([*kept, block.body]).encode()
    assert _findings({"ivrctl.yaml": site, "example.ivr.yaml": flow}) == [], block.place


def _findings(files: dict[str, bytes]) -> list[Finding]:
    program, findings = compile_site(files)
    assert program is not None, findings.sorted()
    return findings.sorted()


@pytest.mark.parametrize("block", _meaning("dry run"), ids=_place)
def test_targets_in_a_page_are_of_the_makefile(block: Block) -> None:
    """Every ``make`` in a page names a target that the Makefile has."""
    for line in block.body.splitlines():
        make, target = line.partition("#")[0].split()
        assert make == "make", line
        done = subprocess.run(
            [make, "--dry-run", f"PYTHON={sys.executable}", target],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert done.returncode == 0, f"{block.place}: {done.stderr}"


@pytest.mark.parametrize("page", pages(), ids=_place)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link into the repository names a file that is there, and a heading that it has."""
    for target in links(page):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{_place(page)} links to {target}"
        assert not anchor or anchor in anchors(file), f"{_place(page)} links to {target}: {sorted(anchors(file))}"


def test_every_page_that_is_pointed_to_exists() -> None:
    """Paths in backquotes that look like files of the repository are there."""
    for page in pages():
        for path in re.findall(r"`((?:docs|src|tests|asterisk-conf|benchmarks|docker)/[\w./-]+)`", prose(page)):
            assert (ROOT / path).exists(), f"{_place(page)} names {path}"


def test_every_page_is_found_from_the_map() -> None:
    """A reader who begins at ``docs/index.md`` can reach every page by links."""
    found, waiting = set(), [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        found.add(page)
        targets = {(page.parent / target.partition("#")[0]).resolve() for target in links(page)}
        waiting += [target for target in targets if target.suffix == ".md" and target not in found and target.exists()]
    assert set(DOCS.rglob("*.md")) <= found, set(DOCS.rglob("*.md")) - found


def test_calls_that_the_readme_shows_are_those_of_the_demonstration() -> None:
    """Who dials what, what he hears and how it ends, as the README prints it, is what ``make demo`` has done."""
    (shown,) = [block.body for block in blocks(ROOT / "README.md") if " dials " in block.body]
    for call in re.split(r"\n(?=\d+ dials )", shown):
        caller, number = re.match(r"(\d+) dials (\d+)", call).groups()
        (planned,) = [one for one in CALLS if (one.plan.caller, one.plan.number) == (caller, number)]
        assert "…" in call or all(text in call for text in planned.hears)
        assert "…" in call or f"{planned.ending}: {' > '.join(planned.path.split())}" in call
