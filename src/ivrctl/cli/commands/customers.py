"""``ivrctl customers``: works on the site's database itself, beside a controller that runs."""

from __future__ import annotations

import getpass
import json
import os
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ivrctl.adapters.customers import is_pin
from ivrctl.adapters.customers.csv_file import CsvFile
from ivrctl.adapters.customers.register import CustomerRegister, Erased
from ivrctl.adapters.guess_books import Guessed
from ivrctl.adapters.site_store import SiteStore
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.commands.customer_locks import end_locks, guessed_at, kinds_of, told
from ivrctl.cli.progress import count, say
from ivrctl.cli.site_place import place_of
from ivrctl.errors import ConfigurationError
from ivrctl.model.customer import CustomerDetails
from ivrctl.service.customer_files import Import, Outcome, write_customers
from ivrctl.service.customer_files.checking import Finding
from ivrctl.service.customer_files.columns import TEXTS
from ivrctl.service.customer_files.keyable import pin_remark


def import_(file: Path, site: Path | None, state: Path | None, *, is_dry: bool, as_json: bool) -> None:
    """Import a file; exit code 1 when a row was left out, or nothing could be imported."""
    place = place_of(site, state)
    said: Told | ToldAsJson = ToldAsJson() if as_json else Told(str(file))
    opened = CsvFile.open(file)
    try:
        outcome = place.run(lambda store: Import(place.program, store, place.pins, _now, said, is_dry).run(opened))
    finally:
        opened.close()
    said.end(outcome, is_dry=is_dry)
    if not outcome.is_readable or outcome.left_out:
        raise SystemExit(FINDINGS)


def export(site: Path | None, state: Path | None, output: Path | None) -> None:
    """Write all customers to standard output, or to a file that its owner alone can read."""
    place = place_of(site, state)
    if output is not None and output.exists() and not output.is_file():
        # A device would be replaced by the file: /dev/null, of all things, by the customers of the site.
        raise ConfigurationError(f"{output} is no file", advice="name a file, or leave --output out and redirect")

    def progress(done: int, total: int) -> None:
        if output is not None:
            count(done, total, "customers")

    if output is None:
        place.run(lambda store: write_customers(CustomerRegister(store), sys.stdout, progress))
        return
    draft = output.with_name(f".{output.name}-{os.getpid()}")
    try:
        draft.touch(mode=0o600, exist_ok=False)
        with draft.open("w", encoding="utf-8", newline="") as to:
            place.run(lambda store: write_customers(CustomerRegister(store), to, progress))
        draft.replace(output)
    except OSError as error:
        raise ConfigurationError(f"{output} cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


def show(customer: str, site: Path | None, state: Path | None, *, as_json: bool) -> None:
    """Print what is held of a customer; exit code 1 when nobody has this key."""
    place = place_of(site, state)

    async def work(store: SiteStore) -> tuple[CustomerDetails, tuple[Guessed, ...] | str]:
        found = await CustomerRegister(store).details(customer)
        if found is None:
            raise _nobody(customer)
        return found, await guessed_at(place, store, found.identifiers)

    found, guessed = place.run(work)
    body = _shown(found) | _locks(guessed)
    if as_json:
        sys.stdout.write(json.dumps({"format_version": 1, "customer": body}, ensure_ascii=False, indent=2) + "\n")
        return
    rows = {
        **{name: body[name] for name in ("id", *TEXTS)},
        "numbers": " ".join(found.numbers),
        **{f"id:{kind}": value for kind, value in found.identifiers},
        "pin": "kept as a hash" if body["has_pin"] else "none",
    }
    zone = place.program.site.zone
    said = [f"not known: {guessed}"] if isinstance(guessed, str) else [told(each, zone) for each in guessed] or ["none"]
    for name, value in [*rows.items(), *(("lock", each) for each in said)]:
        sys.stdout.write(f"{name:12} {value or '-'}\n")


def set_pin(customer: str, site: Path | None, state: Path | None, *, is_stdin: bool, is_removed: bool) -> None:
    """Keep another PIN, and end the locks of his accounts with it; exit code 1 when nobody has this key."""
    place = place_of(site, state)
    pins = None if is_removed else place.pins()

    async def work(store: SiteStore) -> tuple[Guessed, ...] | None:
        pin_hash = None
        if pins is not None:
            if await CustomerRegister(store).details(customer) is None:
                return None
            pin = _asked(is_stdin=is_stdin)
            if remark := pin_remark(place.program.site, pin):
                say(f"warning: {remark}: nobody can be verified by it")
            pin_hash = await pins.hash(pin)
        is_kept = await CustomerRegister(store).set_pin_hash(customer, pin_hash, _now())
        if pins is None or not is_kept:
            return () if is_kept else None
        return await end_locks(place, store, customer, "set-pin")

    try:
        ended = place.run(work)
    finally:
        if pins is not None:
            pins.close()
    if ended is None:
        raise _nobody(customer)
    say(f"customer {customer} has {'no PIN any more' if is_removed else 'a new PIN'}")
    if kinds_of(ended):
        say(f"the lock of {kinds_of(ended)} is ended")


def unlock(customer: str, site: Path | None, state: Path | None) -> None:
    """End the locks of a customer's accounts; exit code 1 when nobody has this key."""
    place = place_of(site, state)
    ended = place.run(lambda store: end_locks(place, store, customer, "unlock"))
    if ended is None:
        raise _nobody(customer)
    kinds = kinds_of(ended)
    said = f"the lock of {kinds} is ended" if kinds else "no account of his was locked"
    sys.stdout.write(f"customer {customer}: {said}\n")


def erase(customer: str, site: Path | None, state: Path | None) -> None:
    """Remove a customer; exit code 1 when nobody has this key."""
    erased = place_of(site, state).run(lambda store: CustomerRegister(store).erase(customer))
    if erased is None:
        raise _nobody(customer)
    sys.stdout.write(_told(customer, erased))


@dataclass(slots=True)
class Told:
    """How an import goes, for somebody who reads."""

    file: str

    def finding(self, finding: Finding) -> None:
        """A line that is wrong, and what to do."""
        where = f"{self.file}:{finding.line}" + (f" {finding.column}" if finding.column else "")
        level = "warning: " if finding.level == "warning" else ""
        sys.stdout.write(f"{where}: {level}{finding.message}\n    {finding.advice}\n")

    def progress(self, done: int, total: int, what: str) -> None:
        """So much of it is done."""
        _progress(done, total, what)

    def goes_on(self, line: int) -> None:
        """It was broken off before."""
        say(f"an import of this file was broken off: it goes on at line {line}")

    def end(self, outcome: Outcome, *, is_dry: bool) -> None:
        """What became of the rows."""
        if not outcome.is_readable:
            say("nothing is imported")
            return
        would = "would be " if is_dry else ""
        parts = [f"{outcome.added} {would}added", f"{outcome.changed} {would}changed", f"{outcome.unchanged} unchanged"]
        parts += [f"{outcome.left_out} left out"] if outcome.left_out else []
        parts += [f"{outcome.skipped} done before"] if outcome.skipped else []
        sys.stdout.write(f"{outcome.rows} rows: {', '.join(parts)}\n")


@dataclass(slots=True)
class ToldAsJson:
    """How an import goes, for a program: one document, written while it goes, since there may be many findings."""

    _is_begun: bool = field(default=False, init=False)
    _went_on_at: int | None = field(default=None, init=False)

    def finding(self, finding: Finding) -> None:
        """An element of ``findings``."""
        sys.stdout.write(",\n" if self._is_begun else self._beginning)
        self._is_begun = True
        sys.stdout.write(json.dumps(asdict(finding), ensure_ascii=False))

    def progress(self, done: int, total: int, what: str) -> None:
        """So much of it is done."""
        _progress(done, total, what)

    def goes_on(self, line: int) -> None:
        """It was broken off before."""
        self._went_on_at = line

    def end(self, outcome: Outcome, *, is_dry: bool) -> None:
        """The rest of the document."""
        sys.stdout.write("" if self._is_begun else self._beginning)
        summary = {**asdict(outcome), "is_dry": is_dry, "went_on_at_line": self._went_on_at}
        sys.stdout.write(f'],\n"outcome": {json.dumps(summary)}}}\n')

    @property
    def _beginning(self) -> str:
        return '{"format_version": 1, "findings": [\n'


def _asked(*, is_stdin: bool) -> str:
    """The PIN, from a terminal or from standard input; it is in no message.

    Raises:
        ConfigurationError: it is none, or was typed otherwise the second time.
    """
    if is_stdin:
        pin = sys.stdin.readline().rstrip("\r\n")
    else:
        try:
            pin = getpass.getpass("New PIN: ")
            if is_pin(pin) and getpass.getpass("The same again: ") != pin:
                raise ConfigurationError("the two are not the same", advice="once more, please: nothing was changed")
        except EOFError:
            raise ConfigurationError("no PIN was typed", advice="from a program, write it to --stdin") from None
    if not is_pin(pin):
        raise ConfigurationError("that is no PIN", advice="4 to 12 digits, since a caller keys them")
    return pin


def _shown(found: CustomerDetails) -> dict[str, object]:
    known = asdict(found.customer)
    has_pin = known.pop("pin_hash") is not None
    identifiers = [{"kind": kind, "value": value} for kind, value in found.identifiers]
    return {**known, "numbers": list(found.numbers), "identifiers": identifiers, "has_pin": has_pin}


def _locks(guessed: tuple[Guessed, ...] | str) -> dict[str, object]:
    """Null where nobody can say."""
    if isinstance(guessed, str):
        return {"locks": None}
    return {
        "locks": [
            {
                "kind": each.kind,
                "until": None if each.until is None else each.until.isoformat(),
                "wrong_in_a_row": each.in_row,
            }
            for each in guessed
        ]
    }


def _told(customer: str, erased: Erased) -> str:
    parts = [_counted(len(erased.numbers), "number"), _counted(erased.identifiers, "identifier")]
    parts += ["a PIN"] if erased.had_pin else []
    stays = (
        "What stays elsewhere: the records of his calls, with his number (ivrctl calls); messages that he left; files "
        "that he was imported from; copies of the database.\n"
    )
    return f"customer {customer} is erased, with {', '.join(parts)}\n{stays}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _nobody(customer: str) -> NobodyError:
    return NobodyError(f"there is no customer {customer}", advice="ivrctl customers export lists all")


class NobodyError(ConfigurationError):
    """Nobody has this key."""

    exit_code = FINDINGS


def _progress(done: int, total: int, what: str) -> None:
    """Of the first reading only a terminal is told: what counts is what becomes of the rows."""
    if what == "rows" or sys.stderr.isatty():
        count(done, total, what)


def _now() -> datetime:
    return datetime.now(UTC)
