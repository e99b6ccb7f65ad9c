"""What a site must say of who is calling: methods that can be asked, words for those not known, locks that hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from ivrctl.lang.binder import beginning
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.names import RecordScope
from ivrctl.lang.source import Word
from ivrctl.lang.types import DIGITS, SECRET, TEXT, Enumeration, Type, without_none
from ivrctl.model.utterance import MASKED, Said
from ivrctl.site.identity import CALLER_NUMBER, CUSTOMER, Method
from ivrctl.site.site_file import IDENTIFIER, MAX_ATTEMPTS, Site
from ivrctl.site.text import Text

TAKEN = frozenset({CALLER_NUMBER, *CUSTOMER, "after"})
"""What no method is named: it is built in, or stands in scenarios beside the names of methods."""

LETTER = re.compile(r"[A-Z]\Z")
"""What the star can stand for."""

TIMEOUT = (timedelta(milliseconds=100), timedelta(minutes=1))
"""How long an answer may take, at least and at most: nobody waits longer for a machine."""
SHORTEST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(days=7)
"""A lock that is longer is for a person to lift, and there is none."""
LONGEST_WINDOW = timedelta(hours=24)
MOST_GUESSES = 100_000


def check_identity(site: Site, findings: Findings) -> None:
    """Report what is wrong with the directory, the methods and the locks."""
    for name, method in site.identity.items():
        _check_name(name, findings)
        _check_method(method, site, findings)
    _check_pepper(site, findings)
    _check_account_lock(site, findings)
    _check_window_locks(site, findings)
    _check_words(site, findings)


def method_texts(site: Site) -> Iterator[tuple[Text, ...]]:
    """What is said in one breath when callers are asked who they are, but for the account that is read back."""
    prompts = site.prompts
    again = [text for text in (prompts.no_input, prompts.no_match, prompts.not_verified) if text is not None]
    for method in site.identity.values():
        yield from ((method.account.ask,), *((text, method.account.ask) for text in again))
        if method.pin is not None:
            yield (method.pin.ask,)


def _check_name(name: str, findings: Findings) -> None:
    if not isinstance(name, Word):
        return
    if name in TAKEN:
        message = f'"{name}" cannot be the name of a method: {_why_taken(name)}'
        findings.error("IVR235", name.span, message, "take another name")
    elif not IDENTIFIER.match(name):
        findings.error("IVR206", name.span, f'"{name}" cannot be a name', "letters, digits, - and _, a letter first")


def _why_taken(name: str) -> str:
    return "it is built in" if name == CALLER_NUMBER else "scenarios say so what a caller is known as"


def _check_method(method: Method, site: Site, findings: Findings) -> None:
    account = method.account
    if account.star is not None and not LETTER.match(account.star):
        message = f'the star stands for one letter, not for "{account.star}"'
        findings.error("IVR236", account.star.span, message, "such as star: X")
    if method.lookup is None and account.is_ is None:
        message = "nobody knows which of a customer's numbers this is"
        findings.error("IVR236", beginning(account.span), message, "add is: member, or a lookup that knows")
    if method.attempts is not None and not 1 <= method.attempts <= MAX_ATTEMPTS:
        message = f"attempts is between 1 and {MAX_ATTEMPTS}, not {method.attempts}"
        findings.error("IVR208", beginning(method.span), message)
    least, most = TIMEOUT
    if not least <= method.timeout <= most:
        message = f"timeout is between 100ms and 1m, not {method.timeout.total_seconds():g}s"
        findings.error("IVR208", beginning(method.span), message)
    if method.lookup is not None:
        _check_lookup(method, method.lookup, site, findings)


def _check_lookup(method: Method, name: Word, site: Site, findings: Findings) -> None:
    lookup = site.lookups.get(name)
    if lookup is None:
        advice = did_you_mean(name, site.lookups) or "declare it under lookups"
        findings.error("IVR205", name.span, f'the lookup "{name}" does not exist', advice)
        return
    due: dict[str, Type] = {"account": DIGITS} if method.pin is None else {"account": DIGITS, "pin": SECRET}
    if {str(param): kind for param, kind in lookup.params.items()} != due:
        params = ", ".join(f"{param}: {kind}" for param, kind in due.items())
        message = f'the lookup "{name}" does not take what a caller keys here'
        findings.error("IVR237", name.span, message, f"declare params: {{{params}}}")
    wrong = [field for field, kind in lookup.returns.items() if field not in CUSTOMER or not _is_word(kind)]
    if wrong or lookup.rows is not None:
        message = f'the lookup "{name}" does not answer one customer'
        advice = f"returns: any of {', '.join(CUSTOMER)}, each a text or a list of words; no rows"
        findings.error("IVR237", name.span, message, advice)


def _check_pepper(site: Site, findings: Findings) -> None:
    """Report methods without the secret that makes the books of guesses, and the hashes of PINs, unreadable."""
    first = next(iter(site.identity.values()), None)
    if first is not None and site.pepper is None:
        message = "accounts are kept in the books of guesses by a secret of the site, and there is none"
        findings.error("IVR237", beginning(first.span), message, "add pepper: {env: IVRCTL_PEPPER}")


def _is_word(kind: Type) -> bool:
    plain = without_none(kind)
    return plain == TEXT or isinstance(plain, Enumeration)


def _check_account_lock(site: Site, findings: Findings) -> None:
    lock = site.locks.account
    if not 1 <= lock.after <= MAX_ATTEMPTS:
        message = f"after is between 1 and {MAX_ATTEMPTS} guesses, not {lock.after}"
        findings.error("IVR238", beginning(lock.span), message, "such as {after: 3}")
    if not SHORTEST_LOCK <= lock.first <= lock.longest <= LONGEST_LOCK:
        message = "the first lock is at least 1m, the longest at most 7d, and not shorter than the first"
        findings.error("IVR238", beginning(lock.span), message, "such as {first: 5m, longest: 24h}")


def _check_window_locks(site: Site, findings: Findings) -> None:
    for lock in (site.locks.caller, site.locks.site):
        if not 1 <= lock.after <= MOST_GUESSES:
            message = f"after is between 1 and {MOST_GUESSES} guesses, not {lock.after}"
            findings.error("IVR238", beginning(lock.span), message, "such as {after: 10}")
        for name, length in (("within", lock.within), ("for", lock.for_)):
            if not SHORTEST_LOCK <= length <= LONGEST_WINDOW:
                message = f"{name} is between 1m and 24h, not {length.total_seconds():g}s"
                findings.error("IVR238", beginning(lock.span), message, "such as 1h")


def _check_words(site: Site, findings: Findings) -> None:
    for method in site.identity.values():
        if site.prompts.not_verified is None:
            message = "the site has no words for a caller who is not known by this method"
            advice = "add not_verified to prompts: We could not verify that."
            findings.error("IVR239", beginning(method.span), message, advice)
        if method.confirm and site.prompts.confirm_account is None:
            message = "the site has no words for reading back an account"
            advice = "add confirm_account to prompts: {it:masked} is its end"
            findings.error("IVR239", beginning(method.span), message, advice)
    text = site.prompts.confirm_account
    if text is None:
        return
    text.check(site.languages, RecordScope({"it": DIGITS}), findings)
    for language, template in text.variants.items():
        if any(isinstance(part, Said) and part.format != MASKED for part in text.said(language).parts):
            message = "an account is read back with all but its end hidden: others may hear it"
            findings.error("IVR239", template.span, message, "write {it:masked}")
