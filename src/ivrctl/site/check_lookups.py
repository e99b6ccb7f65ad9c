"""What a lookup must hold beyond its shape: one who is asked, a statement that only reads, parameters that are used."""

from __future__ import annotations

import re

from ivrctl.lang.binder import beginning
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.source import Word
from ivrctl.site.check_interfaces import check_endpoint
from ivrctl.site.lookups import CACHE, MAX_ROWS, Lookup, Statement
from ivrctl.site.site_file import Site
from ivrctl.site.statements import parameters_in, without_quotes

_WRITES = re.compile(
    r"\b(insert|update|delete|drop|alter|create|replace\s+into|attach|pragma|truncate|grant|copy|into)\b",
    re.IGNORECASE,
)
"""``replace(text, …)`` is a function that reads; ``select … into`` makes a table."""


def check_lookup(lookup: Lookup, site: Site, findings: Findings) -> None:
    """Report a lookup that cannot be asked, or whose answer cannot be used."""
    if not lookup.returns:
        message = "a lookup returns at least one field"
        findings.error("IVR204", beginning(lookup.span), message, "such as returns: {amount: money}")
    if lookup.rows is not None and not 1 <= lookup.rows <= MAX_ROWS:
        findings.error("IVR208", beginning(lookup.span), f"rows is between 1 and {MAX_ROWS}, not {lookup.rows}")
    if lookup.cache is not None and not CACHE[0] <= lookup.cache <= CACHE[1]:
        message = f"cache is between 1s and 1d, not {lookup.cache.total_seconds():g}s"
        findings.error("IVR208", beginning(lookup.span), message)
    if not _has_one_form(lookup, findings):
        return
    if (statement := lookup.statement) is not None:
        _check_statement(statement, lookup, site, findings)
    elif (endpoint := lookup.endpoint) is not None:
        check_endpoint(endpoint, lookup, site, findings)


def _has_one_form(lookup: Lookup, findings: Findings) -> bool:
    """True when it asks a database or an interface, with all that this takes and nothing of the other."""
    written = {
        "sql": lookup.sql,
        "database": lookup.database,
        "http": lookup.http,
        "path": lookup.path,
        "method": lookup.method,
    }
    keys = [key for key, word in written.items() if word is not None]
    if keys == ["sql", "database"] or keys[:2] == ["http", "path"]:
        return True
    message = "a lookup asks a database by sql and database, or an interface by http and path"
    advice = f"here stand {' and '.join(keys)}" if keys else "such as http: crm, path: /callers/{number}"
    findings.error("IVR230", beginning(lookup.span), message, advice)
    return False


def _check_statement(asked: Statement, lookup: Lookup, site: Site, findings: Findings) -> None:
    if asked.database not in site.databases:
        message = f'the database "{asked.database}" does not exist'
        advice = did_you_mean(asked.database, site.databases) or "declare it under databases"
        findings.error("IVR205", asked.database.span, message, advice)
    statement = without_quotes(asked.sql)
    if ";" in statement or not re.match(r"(select|with)\b", statement, re.IGNORECASE) or _WRITES.search(statement):
        message = "a lookup is one statement that reads"
        findings.error("IVR204", asked.sql.span, message, "write one SELECT, without a semicolon")
    else:
        _check_parameters(asked.sql, lookup, parameters_in(asked.sql), findings)


def _check_parameters(sql: Word, lookup: Lookup, asked: frozenset[str], findings: Findings) -> None:
    undeclared = sorted(asked - set(lookup.params))
    for name in undeclared:
        message = f"the statement asks for :{name}, which params does not declare"
        advice = did_you_mean(name, lookup.params) or f"declare params: {{{name}: text}}"
        findings.error("IVR204", sql.span, message, advice)
    if undeclared:
        return  # the one that is not asked for is most likely the one that is misspelt
    for name in lookup.params:
        if name not in asked:
            span = name.span if isinstance(name, Word) else lookup.span
            message = f'the statement never uses the parameter "{name}"'
            findings.error("IVR204", span, message, f"write :{name} where it belongs, or remove it")
