"""The advice to call at another time: ``prompts.off_peak``, with the times of a quiet stretch where it names them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.names import MappingNames, RecordScope
from ivrctl.lang.types import DATETIME, Record
from ivrctl.model.off_peak import OffPeak
from ivrctl.model.utterance import Utterance
from ivrctl.site.site_file import SharedPrompts, Site
from ivrctl.site.text import Text

OFF_PEAK = "off_peak"
_SCOPE = RecordScope({OFF_PEAK: Record({"begins": DATETIME, "ends": DATETIME})})


def advice(prompts: SharedPrompts, off_peak: OffPeak | None, zone: ZoneInfo, language: str) -> Utterance | None:
    """What is heard behind a notice that advises to call at another time; None where nothing can be said.

    Args:
        prompts: the site's.
        off_peak: the quiet time that is forecast; None where none is.
        zone: the site's.
        language: in which it is said.
    """
    text = prompts.off_peak
    if text is None or not says_times(text):
        return None if text is None else text.said(language)
    if off_peak is None:
        return None if prompts.off_peak_otherwise is None else prompts.off_peak_otherwise.said(language)
    times = {"begins": off_peak.begins.astimezone(zone), "ends": off_peak.ends.astimezone(zone)}
    return text.say(language, MappingNames({OFF_PEAK: times}))


def remarks_on_advice(prompts: SharedPrompts, off_peak: OffPeak | None) -> tuple[str, ...]:
    """What whoever makes a notice should know of the advice behind it, while nothing is forecast."""
    if off_peak is not None or prompts.off_peak is None or not says_times(prompts.off_peak):
        return ()
    if prompts.off_peak_otherwise is None:
        return ("No quiet time is forecast: until one is, nobody is advised to call at another time.",)
    return ("No quiet time is forecast: until one is, off_peak_otherwise is heard in place of the advice.",)


def says_times(text: Text) -> bool:
    """True when a text needs to know when it is quiet."""
    return not all(template.is_static for template in text.variants.values())


def check_off_peak(site: Site, findings: Findings) -> None:
    """Report an advice that names what it cannot know, and one that is never heard."""
    prompts = site.prompts
    text, otherwise = prompts.off_peak, prompts.off_peak_otherwise
    has_times = text is not None and says_times(text)
    hours = None if site.notices is None else site.notices.advise_in
    if text is not None:
        text.check(site.languages, _SCOPE, findings)
    if text is not None and has_times and hours is None:
        message = "nobody says in which hours callers may be advised to call: a quiet night is no advice"
        findings.error("IVR246", text.span, message, "add notices: {advise_in: …}, one of hours")
    if otherwise is not None and not has_times:
        message = "off_peak_otherwise is never heard: off_peak says no time that could be missing"
        findings.error("IVR246", otherwise.span, message, "remove it, or say {off_peak.begins:time} in off_peak")
    if hours is not None and hours not in site.hours:
        near = did_you_mean(hours, site.hours) or "declare them under hours"
        findings.error("IVR205", hours.span, f'the hours "{hours}" do not exist', near)
