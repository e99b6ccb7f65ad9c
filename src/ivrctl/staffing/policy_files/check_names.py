"""What a policy names and nobody has; names that stand twice; submissions that take what they are not handed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ivrctl.lang.binder import beginning
from ivrctl.lang.findings import Findings, did_you_mean, shortened
from ivrctl.lang.source import Word
from ivrctl.lang.types import Maybe, Type, accepts
from ivrctl.site.site_file import IDENTIFIER, Site
from ivrctl.staffing.policy_files.policy_file import HEADS_UP_PARAMS, WARN_PARAMS, PolicyFile


def check_names(name: str, file: PolicyFile, site: Site, findings: Findings) -> None:
    """Report names of queues, groups, reasons, people and submissions that the site has not."""
    if not IDENTIFIER.match(name):
        message = f'"{shortened(name)}" cannot be the name of a policy'
        findings.error("IVR206", beginning(file.span), message, "name the file by letters, digits, - and _")
    if file.title is not None:
        file.title.check_fixed(site.languages, findings)
    _check_not_empty(file, findings)
    _check_known("queue", file.queues, site.queues, "queues", findings)
    _check_once("the queue", file.queues, findings)
    for entry in file.tiers:
        if not IDENTIFIER.match(entry.tier):
            message = f'"{shortened(entry.tier)}" cannot be a name'
            findings.error("IVR206", entry.tier.span, message, "letters, digits, - and _, a letter first")
        groups = () if entry.people.group is None else (entry.people.group,)
        _check_known("group", groups, site.groups, "groups", findings)
        _check_known("pause reason", entry.people.paused_for, site.pause_reasons, "pause_reasons", findings)
        _check_once("the pause reason", entry.people.paused_for, findings)
        _check_known("queue", entry.queues, site.queues, "queues", findings)
        _check_once("the queue", entry.queues, findings)
    _check_once("the tier", [entry.tier for entry in file.tiers], findings)
    _check_told(file, site, findings)


def _check_not_empty(file: PolicyFile, findings: Findings) -> None:
    for what, named in (("watches no queue", file.queues), ("has no tier", file.tiers)):
        if not named:
            findings.error("IVR502", beginning(file.span), f"the policy {what}", "name one at least")


def _check_known(what: str, names: Iterable[Word], known: Mapping[str, object], key: str, findings: Findings) -> None:
    for name in names:
        if name not in known:
            advice = did_you_mean(name, known) or f"declare it under {key} in ivrctl.yaml"
            findings.error("IVR501", name.span, f'the {what} "{shortened(name)}" does not exist', advice)


def _check_once(what: str, names: Iterable[Word], findings: Findings) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            findings.error("IVR503", name.span, f'{what} "{shortened(name)}" stands twice', "remove one")
        seen.add(str(name))


def _check_told(file: PolicyFile, site: Site, findings: Findings) -> None:
    """Report people and submissions that are to be told something, and cannot be."""
    if file.warn is not None and file.warn.to not in site.agents:
        _check_submission(file.warn.to, "a warning", WARN_PARAMS, site, {**site.submissions, **site.agents}, findings)
    if file.heads_up is not None:
        _check_submission(file.heads_up, "a heads-up", HEADS_UP_PARAMS, site, site.submissions, findings)


def _check_submission(
    name: Word, what: str, handed: Mapping[str, Type], site: Site, known: Mapping[str, object], findings: Findings
) -> None:
    submission = site.submissions.get(name)
    if submission is None:
        whom = 'submission or agent "' if site.agents.keys() & known.keys() else 'submission "'
        advice = did_you_mean(name, known) or "declare it under submissions in ivrctl.yaml"
        findings.error("IVR501", name.span, f'the {whom}{shortened(name)}" does not exist', advice)
        return
    for param, kind in submission.params.items():
        if param not in handed and not isinstance(kind, Maybe):
            message = f'the submission "{name}" needs "{param}", which {what} has not'
            findings.error("IVR504", name.span, message, did_you_mean(param, handed))
        elif param in handed and not accepts(kind, handed[param]):
            message = f'"{param}" of {what} is {handed[param]}, and the submission "{name}" takes {kind}'
            findings.error("IVR504", name.span, message, f"write {param}: {handed[param]}")
