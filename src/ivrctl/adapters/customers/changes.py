"""What rows of a file change in the directory: decided here, without a database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ivrctl.adapters.customers.stored import Owners, Stored
from ivrctl.adapters.customers.tables import TEXTS
from ivrctl.model.customer import CustomerEntry


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row that wants what another customer has, of whom the file says nothing: it is left out."""

    line: int
    column: str
    value: str
    owner: str
    """The other customer's key."""


@dataclass(slots=True)
class Changes:
    """What is to be written for a batch of rows."""

    rows: list[dict[str, str | None]] = field(default_factory=list)
    """Of ``customers``, whole."""
    lost_numbers: set[str] = field(default_factory=set)
    new_numbers: list[tuple[str, str]] = field(default_factory=list)
    """Number and customer."""
    lost_identifiers: set[tuple[str, str]] = field(default_factory=set)
    new_identifiers: list[tuple[str, str, str]] = field(default_factory=list)
    """Kind, value and customer."""
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    conflicts: list[Conflict] = field(default_factory=list)


def changes(
    entries: Sequence[CustomerEntry],
    known: Mapping[str, Stored],
    taken: Owners,
    hashes: Mapping[str, str],
    is_in_file: Callable[[str], bool],
) -> Changes:
    """Compare rows with what is stored.

    Args:
        entries: of customers who each stand once in them.
        known: what is stored of these customers.
        taken: who has what they name.
        hashes: of the PINs that are new, by customer.
        is_in_file: True for a customer of whom the file says everything: what it gives to another one is his no more.
    """
    made = Changes()
    for entry in entries:
        conflict = _conflict(entry, taken, is_in_file)
        if conflict is not None:
            made.conflicts.append(conflict)
        else:
            _add(made, entry, known.get(entry.customer), hashes.get(entry.customer))
    return made


def _conflict(entry: CustomerEntry, taken: Owners, is_in_file: Callable[[str], bool]) -> Conflict | None:
    wanted = [("numbers", number, taken.numbers.get(number)) for number in entry.numbers or ()]
    wanted += [(f"id:{kind}", value, taken.identifiers.get((kind, value))) for kind, value in entry.identifiers.items()]
    for column, value, owner in wanted:
        if owner not in {None, entry.customer} and not is_in_file(str(owner)):
            return Conflict(entry.line, column, value, str(owner))
    return None


def _add(made: Changes, entry: CustomerEntry, was: Stored | None, pin_hash: str | None) -> None:
    before = {name: getattr(was.customer, name) or "" if was else "" for name in TEXTS}
    texts = {**before, **entry.texts}
    old_numbers = was.numbers if was else set()
    new_numbers = old_numbers if entry.numbers is None else set(entry.numbers)
    old_pairs = {pair for pair in was.identifiers if pair[0] in entry.identifiers} if was else set()
    new_pairs = {(kind, value) for kind, value in entry.identifiers.items() if value}
    is_same = (texts, new_numbers, new_pairs) == (before, old_numbers, old_pairs)
    if was is not None and is_same and pin_hash is None:
        made.unchanged += 1
        return
    made.added += was is None
    made.changed += was is not None
    kept_hash = was.customer.pin_hash if was else None
    made.rows.append({"id": entry.customer, **texts, "pin_hash": pin_hash or kept_hash})
    made.lost_numbers |= (old_numbers - new_numbers) | (new_numbers - old_numbers)
    made.new_numbers += [(number, entry.customer) for number in sorted(new_numbers - old_numbers)]
    made.lost_identifiers |= old_pairs ^ new_pairs
    made.new_identifiers += [(*pair, entry.customer) for pair in sorted(new_pairs - old_pairs)]
