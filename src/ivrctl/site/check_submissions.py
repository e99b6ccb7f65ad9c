"""What is wrong with submissions: where they go, what they hand over, what every call hands over at its end."""

from __future__ import annotations

import re
from datetime import timedelta

from ivrctl.lang.binder import beginning
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.source import Span, Word
from ivrctl.lang.types import SECRET, Type, accepts, without_none
from ivrctl.site.at_end import names_at_end
from ivrctl.site.check_interfaces import check_destination
from ivrctl.site.site_file import Site
from ivrctl.site.statements import parameters_in, without_quotes
from ivrctl.site.submissions import KEY, NOTICE, Submission

SOONEST_ALARM = timedelta(seconds=10)
"""Below this every restart of an interface would be told."""
LATEST_GIVE_UP = timedelta(days=30)
"""What nobody has taken for so long, nobody waits for."""

_WRITES = re.compile(r"(insert|update|merge|replace|delete|call|with)\b", re.IGNORECASE)
"""How a statement begins that writes."""
_WITHIN = re.compile(r"\b(insert|update|merge|delete)\b", re.IGNORECASE)
"""What stands in one that begins by ``with``."""


def check_submissions(site: Site, findings: Findings) -> None:
    """Report what is wrong with each submission, and with what is handed over at the end."""
    for name, submission in site.submissions.items():
        if name == NOTICE:
            message = f'the submission "{NOTICE}" is ivrctl\'s own: it makes announcements'
            findings.error("IVR242", _place(name, submission.span), message, "take another name")
            continue
        _check_times(submission, findings)
        _check_params(submission, findings)
        _check_goal(submission, site, findings)
    if site.at_end is not None:
        _check_at_end(site.at_end, site, findings)


def _check_times(submission: Submission, findings: Findings) -> None:
    place = beginning(submission.span)
    if not SOONEST_ALARM <= submission.alarm <= submission.give_up:
        findings.error("IVR208", place, "alarm is between 10s and give_up")
    elif submission.give_up > LATEST_GIVE_UP:
        findings.error("IVR208", place, f"give_up is at most 30d, not {submission.give_up.days}d")


def _check_params(submission: Submission, findings: Findings) -> None:
    for name, kind in submission.params.items():
        place = _place(name, submission.span)
        if without_none(kind) == SECRET:
            message = f'the submission would keep a secret, "{name}": it waits in the state folder'
            findings.error("IVR217", place, message, "remove it")
        elif name == KEY:
            message = f'"{KEY}" is what tells one submission from another, and ivrctl\'s own'
            findings.error("IVR241", place, message, f"remove it: a statement has :{KEY} without it")


def _check_goal(submission: Submission, site: Site, findings: Findings) -> None:
    """Report a submission that goes nowhere, or to two places."""
    is_http = submission.http is not None and submission.path is not None
    is_sql = submission.database is not None and submission.sql is not None
    given = sum(each is not None for each in (submission.http, submission.path, submission.database, submission.sql))
    if given != 2 or is_http == is_sql:  # noqa: PLR2004 - the two keys of one place
        message = "a submission goes to one place"
        advice = "write http and path for an interface, or database and sql for a table"
        findings.error("IVR240", beginning(submission.span), message, advice)
    elif submission.database is not None and submission.sql is not None:
        _check_database(submission.database, site, findings)
        _check_statement(submission.sql, submission, findings)
    elif submission.http is not None and submission.path is not None:
        check_destination(submission.http, submission.path, submission.params, site, findings)


def _check_database(database: Word, site: Site, findings: Findings) -> None:
    if database not in site.databases:
        advice = did_you_mean(database, site.databases) or "declare it under databases"
        findings.error("IVR205", database.span, f'the database "{database}" does not exist', advice)


def _check_statement(sql: Word, submission: Submission, findings: Findings) -> None:
    statement = without_quotes(sql)
    starts = _WRITES.match(statement)
    is_writing = starts is not None and (starts[1].lower() != "with" or _WITHIN.search(statement) is not None)
    if ";" in statement or not is_writing:
        advice = "write one INSERT, UPDATE or MERGE, without a semicolon"
        findings.error("IVR241", sql.span, "a submission is one statement that writes", advice)
        return
    asked, taken = parameters_in(sql), {*map(str, submission.params), KEY}
    if KEY not in asked:
        message = f"the statement never uses :{KEY}: what is delivered twice would be there twice"
        advice = f"keep :{KEY} in a unique column, and write on conflict do nothing"
        findings.error("IVR241", sql.span, message, advice)
        return
    undeclared = sorted(asked - taken)
    for name in undeclared:
        message = f"the statement asks for :{name}, which params does not declare"
        advice = did_you_mean(name, submission.params) or f"declare params: {{{name}: text}}"
        findings.error("IVR241", sql.span, message, advice)
    if undeclared:
        return  # the one that is not asked for is most likely the one that is misspelt
    for name in submission.params:
        if name not in asked:
            message = f'the statement never uses the parameter "{name}"'
            advice = f"write :{name} where it belongs, or remove it"
            findings.error("IVR241", _place(name, submission.span), message, advice)


def _check_at_end(name: Word, site: Site, findings: Findings) -> None:
    submission = site.submissions.get(name)
    if submission is None:
        advice = did_you_mean(name, site.submissions) or "declare it under submissions"
        findings.error("IVR205", name.span, f'the submission "{name}" does not exist', advice)
        return
    known = names_at_end(site.call_fields)
    for param, kind in submission.params.items():
        place = _place(param, submission.span)
        if param == KEY:
            continue  # that is a finding of its own
        if param not in known:
            message = f'no call has "{param}" at its end, where this submission gets it'
            findings.error("IVR243", place, message, did_you_mean(param, known) or "a call field, or such as line")
        elif not accepts(kind, known[param]):
            message = f'"{param}" is {known[param]} at the end of a call, not {kind}'
            findings.error("IVR243", place, message, f"write {param}: {_written(known[param])}")


def _written(kind: Type) -> str:
    """A type as YAML takes it; one with a question mark stands in quotes within braces."""
    text = str(kind)
    return f'"{text}"' if text.endswith("?") else text


def _place(name: str, otherwise: Span) -> Span:
    return name.span if isinstance(name, Word) else otherwise
