"""``ivrctl customers``: the directory from the command line; no PIN is in anything that it says or leaves behind."""

from __future__ import annotations

import getpass
import io
import json
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ivrctl.service.customer_files.seen import Seen

Ivrctl = Callable[..., Any]
"""A command's words to what it did: its exit code, stdout and stderr."""

SITE = """
site: shop
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: Wait., fallback: Sorry.}
tiers: {vip: {priority: 10}, ordinary: {}}
pepper: {env: SHOP_PEPPER}
"""
PEPPER = "p3pper-of-the-shop-that-nobody-guesses"
GOOD = """\
customer,name,brand,tier,region,language,numbers,id:member
C-1,Ann,,vip,,en,+8613800138001 +8613800138009,123456
C-2,"Bob, the builder",,,,,,
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a site, with a folder beside it to work in."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "ivrctl.yaml").write_text(SITE)
    (folder / "main.ivr.yaml").write_text('lines: {"7000": start}\nsteps: {start: [{hangup: served}]}\n')
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("SHOP_PEPPER", PEPPER)
    return folder


@pytest.fixture
def customers(ivrctl: Ivrctl, shop: Path) -> Ivrctl:
    """``ivrctl customers`` for this site."""

    def run(*words: str) -> Any:
        return ivrctl("customers", *words, "--site", shop)

    return run


def _write(text: str, name: str = "customers.csv") -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def _type(monkeypatch: pytest.MonkeyPatch, *typed: str) -> None:
    """Somebody types at the prompts for a PIN."""
    keys = iter(typed)
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(keys))


def test_import_says_what_became_of_the_rows(customers: Ivrctl) -> None:
    """And of the same file once more."""
    assert customers("import", _write(GOOD)).out == "2 rows: 2 added, 0 changed, 0 unchanged\n"
    again = customers("import", _write(GOOD))
    assert (again.code, again.out) == (0, "2 rows: 0 added, 0 changed, 2 unchanged\n")


def test_row_that_is_wrong_is_told_with_its_place(customers: Ivrctl) -> None:
    """Exit code 1; the others are in."""
    ran = customers("import", _write("customer,tier\nC-1,vipp\nC-2,vip\n"))
    assert ran.code == 1
    assert ran.out == (
        'customers.csv:2 tier: the site has no tier "vipp"\n    did you mean "vip"?\n'
        "2 rows: 1 added, 0 changed, 0 unchanged, 1 left out\n"
    )


def test_file_that_cannot_be_read_imports_nothing(customers: Ivrctl) -> None:
    """Exit code 1, and it is said."""
    ran = customers("import", _write('customer,name\nC-1,Ann\nC-2,"Bob\n'))
    assert ran.code == 1
    assert ran.out.startswith("customers.csv:3: a quote that begins in this line does not end in it\n")
    assert ran.err == "nothing is imported\n"
    assert customers("show", "C-1").code == 1


@pytest.mark.parametrize("text", [GOOD, "customer,tier\nC-1,vipp\nC-2,vippp\n", "nothing of it\n", ""])
def test_report_as_json_is_one_document(customers: Ivrctl, text: str) -> None:
    """With findings or without, of a file that can be read or not."""
    body = json.loads(customers("import", _write(text), "--json").out)
    assert body["format_version"] == 1
    outcome = body["outcome"]
    assert len(body["findings"]) == outcome["left_out"] + (not outcome["is_readable"])
    for finding in body["findings"]:
        assert finding.keys() == {"line", "column", "message", "advice", "level"}


def test_dry_run_writes_nothing(customers: Ivrctl) -> None:
    """It says what would be done."""
    ran = customers("import", _write(GOOD), "--dry-run")
    assert ran.out == "2 rows: 2 would be added, 0 would be changed, 0 unchanged\n"
    assert customers("show", "C-1").code == 1


def test_export_is_what_import_takes_back(customers: Ivrctl) -> None:
    """To the byte, on standard output and in a file that its owner alone can read."""
    customers("import", _write(GOOD))
    assert customers("export").out == GOOD
    customers("export", "-o", "out.csv")
    assert Path("out.csv").read_text() == GOOD
    assert stat.S_IMODE(Path("out.csv").stat().st_mode) == 0o600
    assert customers("import", "out.csv").out == "2 rows: 0 added, 0 changed, 2 unchanged\n"


def test_file_that_cannot_be_written_is_told(customers: Ivrctl) -> None:
    """And nothing is left behind."""
    ran = customers("export", "-o", "missing/out.csv")
    assert ran.code == 2
    assert "missing/out.csv cannot be written" in ran.err


def test_export_replaces_no_device(customers: Ivrctl) -> None:
    """Root would have a file of customers in the place of /dev/null."""
    customers("import", _write(GOOD))
    os.mkfifo("pipe")
    for output in ("pipe", "."):
        ran = customers("export", "-o", output)
        assert (ran.code, f"{output} is no file" in ran.err) == (2, True)
    assert stat.S_ISFIFO(Path("pipe").stat().st_mode)


def test_disk_that_is_full_is_told(customers: Ivrctl, monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output's, and that of the folder for temporary files: in a sentence, with nothing imported."""
    with Path("/dev/full").open("w") as full, monkeypatch.context() as patched:
        patched.setattr("sys.stdout", full)
        ran = customers("export")
    assert (ran.code, ran.err) == (2, "ivrctl: No space left on device\n  try: df -h\n")

    def full_disk(*_key: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Seen, "first", full_disk)
    ran = customers("import", _write(GOOD))
    assert (ran.code, "cannot be remembered: database or disk is full" in ran.err) == (2, True)


def test_show_says_what_is_held_of_a_customer(customers: Ivrctl) -> None:
    """Of the PIN only that there is one."""
    customers("import", _write(GOOD))
    shown = customers("show", "C-1").out
    assert "name         Ann\n" in shown
    assert "numbers      +8613800138001 +8613800138009\n" in shown
    assert "id:member    123456\n" in shown
    assert "pin          none\n" in shown
    body = json.loads(customers("show", "C-1", "--json").out)["customer"]
    assert body["tier"] == "vip"
    assert body["has_pin"] is False
    assert "pin_hash" not in body


@pytest.mark.parametrize("words", [("show", "C-9"), ("erase", "C-9"), ("set-pin", "C-9", "--remove")])
def test_customer_who_is_not_there_is_told(customers: Ivrctl, words: tuple[str, ...]) -> None:
    """Exit code 1, as of a call that is not there."""
    ran = customers(*words)
    assert ran.code == 1
    assert "there is no customer C-9" in ran.err


def test_pin_is_asked_for_twice(customers: Ivrctl, monkeypatch: pytest.MonkeyPatch) -> None:
    """And can be taken away again."""
    customers("import", _write(GOOD))
    _type(monkeypatch, "4711", "4711")
    assert customers("set-pin", "C-1").err == "customer C-1 has a new PIN\n"
    assert "pin          kept as a hash\n" in customers("show", "C-1").out
    customers("set-pin", "C-1", "--remove")
    assert "pin          none\n" in customers("show", "C-1").out


def test_pin_that_is_typed_otherwise_the_second_time_changes_nothing(
    customers: Ivrctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a usage error."""
    customers("import", _write(GOOD))
    _type(monkeypatch, "4711", "4712")
    ran = customers("set-pin", "C-1")
    assert ran.code == 2
    assert "the two are not the same" in ran.err
    assert "pin          none\n" in customers("show", "C-1").out


def test_pins_need_a_pepper(customers: Ivrctl, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which one is missing is said, and how to make one; nothing is written."""
    monkeypatch.delenv("SHOP_PEPPER")
    ran = customers("import", _write("customer,pin\nC-1,4711\n"))
    assert ran.code == 2
    assert "SHOP_PEPPER is not set" in ran.err
    assert customers("show", "C-1").code == 1
    assert customers("import", _write(GOOD)).code == 0


@pytest.mark.parametrize(("pepper", "said"), [(None, "SHOP_PEPPER is not set"), ("short", "fewer than 16 characters")])
def test_dry_run_tells_what_the_import_would_be_refused_for(
    customers: Ivrctl, monkeypatch: pytest.MonkeyPatch, pepper: str | None, said: str
) -> None:
    """PINs and no pepper to keep them with: before anybody starts the import itself."""
    monkeypatch.delenv("SHOP_PEPPER") if pepper is None else monkeypatch.setenv("SHOP_PEPPER", pepper)
    ran = customers("import", _write("customer,pin\nC-1,4711\n"), "--dry-run")
    assert (ran.code, said in ran.err) == (2, True)


def test_pin_that_nobody_asks_for_is_told(customers: Ivrctl, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is kept: the site may come to ask for it."""
    method = "identity: {member: {account: {ask: N., digits: 6, is: member}, pin: {ask: P., digits: 4}}}\n"
    (shop / "ivrctl.yaml").write_text(SITE.replace("fallback: Sorry.", "fallback: Sorry., not_verified: No.") + method)
    customers("import", _write(GOOD))
    monkeypatch.setattr("sys.stdin", io.StringIO("471147\n"))
    ran = customers("set-pin", "C-1", "--stdin")
    assert ran.code == 0
    assert ran.err.startswith("warning: the PIN has 6 digits, and callers are asked for 4: nobody")
    told = customers("import", _write("customer,pin,id:member\nC-3,471147,00000A\nC-4,471148,1234567\n"))
    assert told.code == 0
    assert told.out.splitlines()[::2] == [
        "customers.csv:2 pin: warning: the PIN has 6 digits, and callers are asked for 4; so in 2 rows",
        (
            "customers.csv:2 id:member: warning: a letter stands in it that callers have no key for: "
            "they are asked for 6 digits"
        ),
        "customers.csv:3 id:member: warning: it has 7 digits, and callers are asked for 6",
        "2 rows: 2 added, 0 changed, 0 unchanged",
    ]


def test_key_that_is_no_text_is_told(customers: Ivrctl) -> None:
    """A shell hands on any bytes: none of the commands falls over them."""
    for words in (("show",), ("erase",), ("unlock",), ("set-pin", "--remove")):
        ran = customers(*words, "\udcff")
        assert ran.code == 2, words
        assert "is no text in UTF-8" in ran.err


def test_erase_says_what_is_gone_and_what_stays(customers: Ivrctl, shop: Path) -> None:
    """And in the database's files nothing is found of him."""
    customers("import", _write(GOOD.replace("Ann", "Annabella-Alone")))
    ran = customers("erase", "C-1")
    assert ran.out.startswith("customer C-1 is erased, with 2 numbers, 1 identifier\n")
    assert "the records of his calls" in ran.out
    assert customers("show", "C-1").code == 1
    for file in _state_files():
        assert b"Annabella-Alone" not in file.read_bytes(), file


def _state_files() -> list[Path]:
    return [file for file in Path(os.environ["XDG_STATE_HOME"]).rglob("*") if file.is_file()]


CANARY = "730184926507"
"""A PIN that stands nowhere else."""


@pytest.mark.parametrize(
    "text",
    [
        f"customer,pin\nC-1,{CANARY}\n",
        f"customer,pin\nC-1,{CANARY}\nC-1,{CANARY}\n",
        f"customer,tier,pin\nC-1,vipp,{CANARY}\n",
        f"customer,pin\nC-1,{CANARY}0\n",
        f"customer,pin\nC-1,x{CANARY}\n",
        f"customer,pin\nC-1,{CANARY},{CANARY}\n",
        f'customer,pin\nC-1,"{CANARY}\n',
        f'customer,pin\nC-1,{CANARY}"\n',
        f"customer,pin\nC-1,\0{CANARY}\n",
        f"customer,pin\nC-1,{CANARY}",
        f"customer,pin\nC-1,{CANARY}\n\n{'x' * 70_000}{CANARY}\n",
        f"customer;pin\nC-1;{CANARY}\n",
    ],
    ids=[
        "right",
        "twice",
        "in a row that is wrong",
        "too long",
        "no digits",
        "a cell too much",
        "behind a quote",
        "before a quote",
        "behind a NUL",
        "cut off",
        "in a line that is too long",
        "parted by ;",
    ],
)
@pytest.mark.parametrize("options", [(), ("--json",), ("--dry-run",)], ids=["text", "json", "dry"])
def test_no_pin_of_a_file_is_said_or_left_behind(customers: Ivrctl, text: str, options: tuple[str, ...]) -> None:
    """Wherever it stands in the file: not on standard output, not on standard error, and in no file of the state."""
    ran = customers("import", _write(text), *options)
    assert CANARY not in ran.out + ran.err
    assert [file for file in _state_files() if CANARY.encode() in file.read_bytes()] == []
    assert PEPPER not in ran.out + ran.err
    assert [file for file in _state_files() if PEPPER.encode() in file.read_bytes()] == []


@pytest.mark.parametrize("typed", [CANARY, f"{CANARY}0", f"x{CANARY}"], ids=["right", "too long", "no digits"])
def test_no_pin_that_is_typed_is_said_or_left_behind(
    customers: Ivrctl, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    """Neither from a terminal nor from standard input."""
    customers("import", _write(GOOD))
    _type(monkeypatch, typed, typed)
    asked = customers("set-pin", "C-1")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    read = customers("set-pin", "C-1", "--stdin")
    assert asked.code == read.code == (0 if typed == CANARY else 2)
    assert CANARY not in asked.out + asked.err + read.out + read.err + customers("show", "C-1").out
    assert [file for file in _state_files() if CANARY.encode() in file.read_bytes()] == []
