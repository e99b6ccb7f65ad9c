"""Who a caller is found to be in a scenario: by every method that is asked, or by each its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias

from ivrctl.flow.program import Program
from ivrctl.lang.binder import Binder, Unbound
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.schema import SCALAR, Schema, Schemas, words
from ivrctl.lang.source import MappingNode, Node, ScalarNode, Word
from ivrctl.model.values import Row, Value
from ivrctl.site.identity import CALLER_NUMBER, CUSTOMER, known_of
from ivrctl.site.site_file import Site

AT_ONCE = timedelta(0)
KEYED = ("account", "pin")
"""What must have been keyed, where a scenario says so."""


class Refused(StrEnum):
    """What becomes of a caller who is not known, as the outcome that this has."""

    FAILED = "failed"
    LOCKED = "locked"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Found:
    """A customer, or what becomes of somebody who is none."""

    customer: Row
    refused: Refused | None = None
    """None for a customer."""
    after: timedelta = AT_ONCE
    """How long the answer takes."""
    account: str | None = None
    """Who keys another one is nobody; None where it does not matter."""
    pin: str | None = None
    """The same of the PIN."""


GivenVerify: TypeAlias = Mapping[str, Found]
"""By method; ``EVERY`` for all that have none of their own."""

EVERY = ""


class VerifyShape:
    """The YAML shape of ``given.verify``: bound with the program at hand, whose methods it may name."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> GivenVerify:
        """Read what every method finds, or a mapping of method to what it finds."""
        program = binder.context
        if not isinstance(program, Program):
            raise TypeError("scenarios are bound with a program as context")
        methods = (CALLER_NUMBER, *map(str, program.site.identity))
        if not isinstance(node, MappingNode) or not any(key.text in methods for key, _ in node.entries):
            return {EVERY: _found(node, program.site, binder)}
        found: dict[str, Found] = {}
        for key, value in binder.entries(node):
            if key.text not in methods:
                message = f'the identity method "{key.text}" does not exist'
                binder.findings.error("IVR319", key.span, message, did_you_mean(key.text, methods))
                continue
            found[key.text] = _found(value, program.site, binder)
        if len(found) != len(node.entries):
            raise Unbound
        return found

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """A word, a customer, or one of these for each method."""
        duration = {**schemas.of(timedelta), "description": "How long the answer takes; alone, none comes in time."}
        row = {name: {"type": [*SCALAR], "description": told} for name, told in _TOLD.items()}
        customer: Schema = {"properties": {**row, "after": duration}}
        no_customer = words(Refused)
        either: Schema = {"type": ["string", "object"], "anyOf": [no_customer, {}]}
        one = {**either, **customer, "if": {"type": "string"}, "then": no_customer}
        methods = {name: {**one, "description": "What this method finds."} for name in schemas.names("methods")}
        return {**one, "properties": {**customer["properties"], **methods}, "additionalProperties": one}


_TOLD = {
    "tier": "One of the site's tiers.",
    "brand": "One of the site's brands.",
    "language": "The customer's language.",
    "name": "The customer's name.",
    "account": "Whoever keys another account is nobody.",
    "pin": "Whoever keys another PIN is nobody.",
}
_ADVICE = "write failed, locked, unavailable, {after: 30s}, or what is known of the caller such as {tier: vip}"


def _found(node: Node, site: Site, binder: Binder) -> Found:
    match node:
        case ScalarNode(text=text) if text in set(Refused):
            return Found({}, Refused(text))
        case MappingNode():
            return _customer(node, site, binder)
        case _:
            return binder.refuse("IVR319", node.span, "this is nobody, and no way not to be known", _ADVICE)


def _customer(node: MappingNode, site: Site, binder: Binder) -> Found:
    written: dict[str, Word] = {}
    after, is_sound = AT_ONCE, True
    for key, value in binder.entries(node):
        if key.text == "after":
            after = binder.bind(timedelta, value)
        elif key.text in {*CUSTOMER, *KEYED}:
            written[key.text] = binder.bind(Word, value)
        else:
            message = f'nothing named "{key.text}" is known of a caller'
            binder.findings.error("IVR319", key.span, message, did_you_mean(key.text, (*CUSTOMER, *KEYED, "after")))
            is_sound = False
    if not is_sound or any([_refuse_unknown(name, word, site, binder) for name, word in written.items()]):  # noqa: C419 - all of them are told
        raise Unbound
    if not written and after > AT_ONCE:
        return Found({}, Refused.UNAVAILABLE, after)
    customer: dict[str, Value] = {name: str(word) for name, word in written.items() if name in CUSTOMER}
    account, pin = (str(written[name]) if name in written else None for name in KEYED)
    return Found(customer, None, after, account, pin)


def _refuse_unknown(name: str, word: Word, site: Site, binder: Binder) -> bool:
    """Report a tier, a brand or a language that the site has not; True for one."""
    if name not in CUSTOMER or known_of({name: str(word)}, site)[name] is not None:
        return False
    known: dict[str, tuple[str, ...]] = {"tier": (*site.tiers,), "brand": site.brands, "language": site.languages}
    binder.findings.error("IVR319", word.span, f'the site has no {name} "{word}"', did_you_mean(word, known[name]))
    return True
