"""A site compiled for use: what its flows say, and that it can be said.

``flow`` does not know which languages and currencies can be spoken, ``speech`` does not know sites: here they meet. And
what a site names of the geographic data of the world is kept between runs, which ``site`` itself must not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ivrctl.adapters.areas_cache import kept_areas
from ivrctl.flow.program import Program, compile_site
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.rule import Rule, Shown, table
from ivrctl.site.site_file import Site
from ivrctl.speech import TONGUES, find_tongue

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


def compile_spoken(
    files: Mapping[str, bytes], folder: str = ".", today: date | None = None
) -> tuple[Program | None, Findings]:
    """Compile a site as ``compile_site`` does, and report languages and currencies that nobody here can speak.

    Args:
        files: path as it is to be shown in findings -> content.
        folder: named in the finding that says that there is no site file.
        today: the day for which the site is to be fit, where that is asked.

    Returns:
        The program, or None when a finding is an error; and all findings.
    """
    program, findings = compile_site(files, folder, today, kept_areas)
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
