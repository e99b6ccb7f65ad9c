"""The schemas in a real editor's language server: what it offers, shows and underlines."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from ivrctl.adapters.site_folder import read_site
from ivrctl.service.compiling import compile_whole

from .cases import CURSOR, FINDINGS, HOVERS, OFFERS, Findings, Hover, Offer
from .conftest import write_schemas
from .language_server import LanguageServer, serving

pytestmark = [pytest.mark.reader, pytest.mark.xdist_group("editor")]

ROOT = Path(__file__).parents[2]


def _name(case: Any) -> str:
    return str(case.name)


def _typed(case: Offer | Hover | Findings) -> tuple[str, int, int]:
    """The text of the file without its cursor, and the cursor's line and column from 0."""
    text = case.text
    if case.file.endswith(".ivr.yaml") and text.startswith("- "):
        text = "steps:\n  welcome:\n" + "".join(f"    {line}\n" for line in text.split("\n"))
    before, _, behind = text.partition(CURSOR)
    return before + behind, before.count("\n"), len(before) - before.rfind("\n") - 1


@pytest.mark.parametrize("case", OFFERS, ids=_name)
def test_editor_offers(editor: LanguageServer, site: Path, case: Offer) -> None:
    """What can stand at the cursor is offered there, each word once, and what belongs elsewhere is not."""
    text, line, column = _typed(case)
    with editor.opened(site / case.file, text):
        offered = [item["label"] for item in editor.complete(site / case.file, line, column)]
    words = {word.replace("$", " ") for word in case.words.split()}
    assert words <= set(offered), f"{words - set(offered)} not among {offered}"
    assert not set(case.never.split()) & set(offered)
    assert {word for word in words if offered.count(word) > 1} == set()


@pytest.mark.parametrize("case", HOVERS, ids=_name)
def test_editor_shows(editor: LanguageServer, site: Path, case: Hover) -> None:
    """The word under the cursor is explained by the docstring that the reference shows, too."""
    text, line, column = _typed(case)
    with editor.opened(site / case.file, text):
        assert case.shown in editor.hover(site / case.file, line, column).replace("\\", "")


@pytest.mark.parametrize("case", FINDINGS, ids=_name)
def test_editor_tells(editor: LanguageServer, site: Path, case: Findings) -> None:
    """A slip is told where it stands, in one sentence, and nothing besides."""
    text, _, _ = _typed(case)
    with editor.opened(site / case.file, text) as found:
        told = sorted((_place(one), one["message"]) for one in found if not _is_of_the_rest(case, one))
    assert [place for place, _ in told] == [place for place, _ in case.told], told
    assert all(due in said for (_, said), (_, due) in zip(told, case.told, strict=True)), told


def _place(found: Any) -> str:
    start = found["range"]["start"]
    return f"{start['line'] + 1}:{start['character'] + 1}"


def _is_of_the_rest(case: Findings, found: Any) -> bool:
    """True for keys that a whole file has, and a case leaves out."""
    return not case.file.endswith(".ivr.yaml") and found["message"].startswith("Missing property")


@pytest.mark.parametrize("folder", ["flows", "tests/sites/hours", "tests/sites/10010"])
def test_editor_has_nothing_against_a_site_that_is_right(folder: str, tmp_path: Path) -> None:
    """No file of a site that compiles is underlined anywhere, each with the schema made for it, found by a modeline."""
    copy = tmp_path / "site"
    shutil.copytree(ROOT / folder, copy, ignore=shutil.ignore_patterns("*.sqlite", ".ivrctl", ".vscode"))
    assert compile_whole(read_site(copy))[0] is not None
    write_schemas(copy)
    told = {}
    with serving(copy) as server:
        for path, content in read_site(copy).items():
            modeline = f"# yaml-language-server: $schema=.ivrctl/schema/{_schema_of(Path(path).name)}\n"
            with server.opened(Path(path), modeline + content.decode()) as found:
                told[Path(path).name] = [(_place(one), one["message"]) for one in found]
    assert len(told) > 1
    assert {name: found for name, found in told.items() if found} == {}


def _schema_of(name: str) -> str:
    stem, _, rest = name.partition(".")
    of_kind = {
        "scenario.yaml": "scenario.json",
        "staffing.yaml": "staffing.json",
        "day.yaml": "day.json",
        "yaml": "site.json",
    }
    return {"ivr.yaml": f"flow-{stem}.json", **of_kind}[rest]


def test_site_of_the_cases_is_right(site: Path) -> None:
    """The site that the cases are typed in compiles without an error."""
    compiled, findings = compile_whole(read_site(site))
    assert compiled is not None, findings.sorted()
