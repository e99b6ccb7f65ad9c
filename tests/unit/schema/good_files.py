"""Files of sites that the checks have nothing against: what ships, what the pages show, what the rules show."""

from __future__ import annotations

from collections.abc import Iterator

from ivrctl.adapters.site_folder import read_site
from ivrctl.cli.new_site import render
from ivrctl.lang.rule import Shown

from ..docs.pages import blocks, pages  # noqa: TID252 - test folders are no packages to import from
from ..flow.golden import FLOW, files_of_kind  # noqa: TID252 - the same
from ..rules.test_pages import RULES, _files  # noqa: TID252 - the same
from .reading import files_by_kind

ROOT = FLOW.parents[2]


def good_files() -> Iterator[tuple[str, str, str]]:
    """Where each stands, its kind, its text."""
    for folder in [ROOT / "flows", *sorted((ROOT / "tests" / "sites").iterdir())]:
        for path, kind, text in files_by_kind(read_site(folder)):
            yield str(path).removeprefix(f"{ROOT}/"), kind, text
    for example in sorted(FLOW.glob("*-good.yaml")):
        for path, kind, text in files_by_kind(files_of_kind(example.stem)):
            yield f"{example.stem}/{path}", kind, text
    for path, text in render("shop", ["zh", "en"]).items():
        yield from ((f"init/{path}", kind, text) for path, kind, text in files_by_kind({path: text.encode()}))
    yield from _of_rules()
    yield from _of_pages()


def _of_rules() -> Iterator[tuple[str, str, str]]:
    for rule in RULES:
        if rule.shown is Shown.SCENARIO:
            yield (
                rule.id,
                "scenario",
                f"title: A call\n{'' if 'at:' in rule.good else 'at: 2026-11-20 10:00'}\n{rule.good}",
            )
        for path, kind, text in files_by_kind(_files(rule, rule.good)):
            yield f"{rule.id}/{path}", kind, text


def _of_pages() -> Iterator[tuple[str, str, str]]:
    for page in pages():
        for block in blocks(page):
            if block.meaning == "compile":
                yield block.place, "flow", block.body
            elif block.meaning == "write":
                for _, kind, text in files_by_kind({block.argument: block.body.encode()}):
                    yield block.place, kind, text
