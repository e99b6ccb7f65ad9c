"""A site compiled for use: what its flows say, that it can be said, and who comes in when it is busy.

``flow`` does not know which languages and currencies can be spoken, ``speech`` does not know sites, and neither knows
policies: here they meet. And what a site names of the geographic data of the world is kept between runs, which ``site``
itself must not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from ivrctl.adapters.areas_cache import kept_areas
from ivrctl.flow.program import Program, compile_site
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.rule import Rule, Shown, table
from ivrctl.site.site_file import Site
from ivrctl.speech import TONGUES, find_tongue
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.policy_files.load import read_policies

RULES = table(
    Rule(
        "IVR209",
        "a language or currency of the site cannot be spoken",
        "Amounts, dates and numbers are joined from pieces that a language must have. In a language without "
        "them, or in a "
        "currency whose units it cannot name, no value could be said.",
        "currency: XAU\n",
        "currency: EUR\n",
        Shown.SITE,
    )
)
"""The rules that findings from here name."""


@dataclass(frozen=True, slots=True)
class CompiledSite:
    """One version of a site: what calls run on, and who comes in when it is busy."""

    program: Program
    policies: Mapping[str, Policy]
    """By name, in the order of their names."""

    @property
    def version(self) -> str:
        """The content hash that names it, of flows and policies together."""
        return self.program.version


def compile_whole(
    files: Mapping[str, bytes], folder: str = ".", today: date | None = None
) -> tuple[CompiledSite | None, Findings]:
    """Compile all that a version of a site is made of: nothing of it serves while anything in it is broken.

    Args:
        files: path as it is to be shown in findings -> content.
        folder: named in the finding that says that there is no site file.
        today: the day for which the site is to be fit, where that is asked.

    Returns:
        The site, or None when a finding is an error; and all findings.
    """
    policies: dict[str, Policy] = {}

    def read(site: Site | None, findings: Findings) -> None:
        policies.update(read_policies(files, site, findings))

    program, findings = _compile(files, folder, today, read)
    return (None if program is None else CompiledSite(program, policies)), findings


def compile_spoken(
    files: Mapping[str, bytes], folder: str = ".", today: date | None = None
) -> tuple[Program | None, Findings]:
    """Compile what calls run on, and leave policies aside: a call under way needs none of them.

    Args and what is returned are as for ``compile_whole``, with the program alone.
    """
    return _compile(files, folder, today, None)


def _compile(
    files: Mapping[str, bytes], folder: str, today: date | None, beside: Callable[[Site | None, Findings], None] | None
) -> tuple[Program | None, Findings]:
    """Compile as ``compile_site`` does, and report languages and currencies that nobody here can speak."""
    program, findings = compile_site(files, folder, today, kept_areas, beside)
    if program is not None:
        _check_spoken(program.site, findings)
    return (None if findings.has_errors else program), findings


def _check_spoken(site: Site, findings: Findings) -> None:
    for language in site.languages:
        tongue = find_tongue(language)
        if tongue is None:
            advice = did_you_mean(language, TONGUES) or "say it in another language of the site"
            findings.error("IVR209", language.span, f'values cannot be spoken in the language "{language}"', advice)
        elif site.currency not in tongue.currencies:
            message = f'amounts in {site.currency} cannot be spoken in the language "{language}"'
            findings.error("IVR209", site.currency.span, message, did_you_mean(site.currency, tongue.currencies))
            return
