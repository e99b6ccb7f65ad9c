"""Files that nobody can import: each is told with a line and advice, and changes nothing."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from ivrctl.adapters.customers.csv_file import MAX_LINE, CsvFile
from ivrctl.adapters.site_store import SiteStore
from ivrctl.errors import ConfigurationError

from .conftest import ImportText, everybody

GOOD = "customer,name,numbers\nC-1,Ann,13800138001\n"

BAD: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 1, "the file is empty"),
    "only blank lines": (b"\n\n", 1, "there is no"),
    "only a header": (b"customer,name\n", 1, "there is no row below the header"),
    "GBK": (GOOD.encode() + "C-2,客户,13800138002\n".encode("gbk"), 3, "byte 5 of the line is not UTF-8"),
    "Latin-1": (GOOD.encode() + "C-2,Jürgen,13800138002\n".encode("latin-1"), 3, "byte 6 of the line is not UTF-8"),
    "UTF-16": (codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le"), 1, "the file is UTF-16, not UTF-8"),
    "UTF-16, the other end first": (codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be"), 1, "the file is UTF-16"),
    "a quote that never ends": (GOOD.encode() + b'C-2,"Bob,13800138002\nC-3,Cy,13800138003\n', 3, "does not end in it"),
    "a quote in the middle": (GOOD.encode() + b'C-2,"Bob"by,13800138002\n', 3, "the quotes of this line do not fit"),
    "line breaks of old Macs": (GOOD.replace("\n", "\r").encode() + b"\n", 1, "a line break is missing"),
    "a NUL byte": (GOOD.encode() + b"C-2,Bo\0b,13800138002\n", 3, "a NUL byte stands here"),
    "a program": (b"\x7fELF\x02\x01\x01\0\0\0\n", 1, "a NUL byte stands here"),
    "a huge cell": (GOOD.encode() + b"C-2," + b"B" * (MAX_LINE + 1) + b",13800138002\n", 3, "longer than 64 KiB"),
    "a huge file without a line break": (b"c" * (3 * MAX_LINE), 1, "longer than 64 KiB"),
    "a column twice": (b"customer,name,name\nC-1,Ann,Ann\n", 1, 'the column "name" stands twice'),
    "a column twice, once in capitals": (b"customer,name,Name\nC-1,Ann,Ann\n", 1, 'the column "name" stands twice'),
    "no column customer": (b"name,numbers\nAnn,13800138001\n", 1, 'there is no column "customer"'),
    "an unknown column": (b"customer,teir\nC-1,vip\n", 1, 'there is no column "teir"'),
    "a column that a terminal would obey": (b"cust\x1b[31momer\nC-1\n", 1, 'no column "cust\\x1b[31momer"'),
    "a column without a name": (b"customer,,name\nC-1,,Ann\n", 1, "a column has no name"),
    "a kind of identifier that is none": (b"customer,id:\nC-1,1\n", 1, "is no kind of identifier"),
    "cut off in a row": (GOOD.encode() + b"C-2,Bob,138001", 3, "the file may have been cut off"),
    "cut off in a character": (GOOD.encode() + "C-2,客".encode()[:-1], 3, "is not UTF-8"),
    "Excel's separator line": (b"sep=;\ncustomer;name\nC-1;Ann\n", 1, '"sep=;" is for Excel alone'),
    "Excel's separator line for commas": (b"sep=,\ncustomer,name\nC-1,Ann\n", 1, '"sep=," is for Excel alone'),
    "semicolons": (b"customer;name\nC-1;Ann\n", 1, "the columns are not parted by commas"),
    "tabs": (b"customer\tname\nC-1\tAnn\n", 1, "the columns are not parted by commas"),
}


@pytest.mark.parametrize(("content", "line", "message"), BAD.values(), ids=BAD)
async def test_file_that_cannot_be_read_is_one_finding(
    take: ImportText, store: SiteStore, content: bytes, line: int, message: str
) -> None:
    """With its line, and what to do; nothing of it is imported, and nobody who is there is lost."""
    await take("customer,name\nC-0,Zoe\n")
    before = await everybody(store)
    taken = await take(content)
    (finding,) = taken.heard.findings
    assert message in finding.message
    assert finding.line == line
    assert finding.advice
    assert not taken.outcome.is_readable
    assert await everybody(store) == before


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\n\n").encode(),
        b'"customer","name","numbers"\n"C-1","Ann","13800138001"\n',
        b" Customer , NAME,numbers\nC-1 , Ann,13800138001\n",
    ],
    ids=[
        "with a mark of UTF-8",
        "line breaks of Windows",
        "empty lines",
        "everything in quotes",
        "blanks and capitals",
    ],
)
async def test_what_spreadsheets_write_is_read(take: ImportText, content: bytes) -> None:
    """It is the same file."""
    taken = await take(GOOD)
    assert taken.counts == (1, 0, 0, 0)
    assert (await take(content)).counts == (0, 0, 1, 0)


@pytest.mark.parametrize("name", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)"])
async def test_name_that_a_spreadsheet_would_compute_is_refused(take: ImportText, name: str) -> None:
    """Whoever opens an export would run it; a number does no harm, whatever its sign."""
    taken = await take(f'customer,name\nC-1,"{name}"\n+49301234,Ann-Marie @ Co\n')
    (finding,) = taken.heard.findings
    assert (finding.line, finding.column) == (2, "name")
    assert "is a formula for whoever opens a table with it" in finding.message
    assert taken.counts[0] == 1


@pytest.mark.parametrize("name", [".", "missing.csv"])
def test_what_is_no_file_is_told(tmp_path: Path, name: str) -> None:
    """A folder, or nothing at all."""
    with pytest.raises(ConfigurationError):
        CsvFile.open(tmp_path / name)
