"""What callers could not key: PINs and identifiers that no method of the site takes."""

from __future__ import annotations

from collections.abc import Iterable

from ivrctl.site.digit_count import DigitCount
from ivrctl.site.identity import AccountQuestion
from ivrctl.site.site_file import Site


def pin_remark(site: Site, pin: str) -> str | None:
    """What is wrong with a PIN that no method asks for; None for another, and at a site that asks for none.

    The PIN is not in it, only how many digits it has.
    """
    asked = [method.pin.digits for method in site.identity.values() if method.pin is not None and method.lookup is None]
    if not asked or any(_fits(len(pin), digits) for digits in asked):
        return None
    return f"the PIN has {len(pin)} digits, and callers are asked for {_counts(asked)}"


def identifier_remark(site: Site, kind: str, value: str) -> str | None:
    """What is wrong with an identifier that no method takes; None for another, and for a kind that none asks for."""
    asked = [
        method.account for method in site.identity.values() if method.lookup is None and str(method.account.is_) == kind
    ]
    if not asked or any(_is_keyed(value, question) for question in asked):
        return None
    counts = _counts(question.digits for question in asked)
    if value.isdigit():
        return f"it has {len(value)} digits, and callers are asked for {counts}"
    return f"a letter stands in it that callers have no key for: they are asked for {counts} digits"


def _is_keyed(value: str, question: AccountQuestion) -> bool:
    star = str(question.star or "").upper()
    # The key * gives up as the first of all.
    return _fits(len(value), question.digits) and all(
        each.isdigit() or (each == star and number > 0) for number, each in enumerate(value)
    )


def _fits(length: int, digits: DigitCount) -> bool:
    return digits.least <= length <= digits.most


def _counts(asked: Iterable[DigitCount]) -> str:
    written = {str(each.least) if each.least == each.most else f"{each.least} to {each.most}" for each in asked}
    return " or ".join(sorted(written))
