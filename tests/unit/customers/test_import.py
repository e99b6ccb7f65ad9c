"""An import takes what is right, tells what is wrong, and the same file once more changes nothing."""

from __future__ import annotations

import asyncio

import pytest

from ivrctl.adapters.customers import CustomerDirectory, Pins
from ivrctl.adapters.customers.register import CustomerRegister
from ivrctl.adapters.site_store import SiteStore
from ivrctl.errors import ConfigurationError
from ivrctl.flow.program import Program
from ivrctl.model.customer import Customer, CustomerDetails
from ivrctl.service.customer_files import importing

from .conftest import NOW, PEPPER, Heard, ImportText, everybody, import_content

HEADER = "customer,name,brand,tier,region,language,numbers,id:member"


async def test_row_becomes_a_customer(take: ImportText, store: SiteStore) -> None:
    """With all that it says; numbers in E.164, identifiers in capitals."""
    row = "C-1,Ann,easy,vip,shanghai,en,13800138001;(021)5555-0001 8101,12345x"
    taken = await take(f"{HEADER}\n{row}\n")
    assert taken.counts == (1, 0, 0, 0)
    assert await everybody(store) == {
        "C-1": CustomerDetails(
            Customer("C-1", "Ann", "easy", "vip", "shanghai", "en"),
            ("+8613800138001", "+862155550001", "8101"),
            (("member", "12345X"),),
        )
    }
    assert taken.heard.last_progress == (1, 1, "rows")


async def test_calls_find_who_was_imported(take: ImportText, store: SiteStore) -> None:
    """By number, by identifier; his PIN matches."""
    await take("customer,numbers,id:member,pin\nC-1,13800138001,123456,4711\n")
    directory = CustomerDirectory(store)
    by_number = await directory.by_number("+8613800138001")
    assert by_number is not None
    assert by_number == await directory.by_identifier("member", "123456")
    pins = Pins(PEPPER)
    assert await pins.matches(by_number.pin_hash, "4711")
    assert not await pins.matches(by_number.pin_hash, "4712")
    pins.close()


async def test_same_file_once_more_changes_nothing(take: ImportText, store: SiteStore) -> None:
    """Not even the hash of a PIN."""
    text = "customer,name,numbers,id:member,pin\nC-1,Ann,13800138001,1,4711\nC-2,Bob,13800138002,2,4712\n"
    assert (await take(text)).counts == (2, 0, 0, 0)
    before = await everybody(store)
    assert (await take(text)).counts == (0, 0, 2, 0)
    assert await everybody(store) == before


async def test_other_pin_replaces_the_one_that_was(take: ImportText, store: SiteStore) -> None:
    """And an empty cell, or no column, keeps it."""
    await take("customer,pin\nC-1,4711\n")
    first = (await everybody(store))["C-1"].customer.pin_hash
    assert (await take("customer,pin\nC-1,\n")).counts == (0, 0, 1, 0)
    assert (await take("customer,name\nC-1,Ann\n")).counts == (0, 1, 0, 0)
    assert (await everybody(store))["C-1"].customer.pin_hash == first
    assert (await take("customer,pin\nC-1,4712\n")).counts == (0, 1, 0, 0)
    pins = Pins(PEPPER)
    assert await pins.matches((await everybody(store))["C-1"].customer.pin_hash, "4712")
    pins.close()


async def test_what_has_no_column_stays_and_an_empty_cell_is_unknown(take: ImportText, store: SiteStore) -> None:
    """A file with numbers alone takes away no name."""
    await take("customer,name,tier,numbers,id:member\nC-1,Ann,vip,13800138001,123456\n")
    await take("customer,tier,numbers\nC-1,,13800138009\n")
    (ann,) = (await everybody(store)).values()
    assert ann.customer == Customer("C-1", "Ann")
    assert ann.numbers == ("+8613800138009",)
    assert ann.identifiers == (("member", "123456"),)
    await take("customer,numbers,id:member\nC-1,,\n")
    (ann,) = (await everybody(store)).values()
    assert ann.numbers == ann.identifiers == ()


async def test_customers_who_are_not_in_the_file_stay(take: ImportText, store: SiteStore) -> None:
    """An import removes nobody."""
    await take("customer\nC-1\n")
    await take("customer\nC-2\n")
    assert list(await everybody(store)) == ["C-1", "C-2"]


@pytest.mark.parametrize(
    ("row", "column", "message", "advice"),
    [
        ("C-2,Bob,eazy,,,,,", "brand", 'the site has no brand "eazy"', 'did you mean "easy"?'),
        ("C-2,Bob,,vipp,,,,", "tier", 'the site has no tier "vipp"', 'did you mean "vip"?'),
        ("C-2,Bob,,,beijing,,,", "region", 'the site has no region "beijing"', "shanghai"),
        ("C-2,Bob,,,,fr,,", "language", 'the site has no language "fr"', "en"),
        ("C-2,Bob,,,,,12ab,", "numbers", '"12ab" is no telephone number', "as it is dialled in CN"),
        ("C-2,Bob,,,,,12345,", "numbers", '"12345" is no telephone number', "as it is dialled in CN"),
        ("C-2,Bob,,,,," + " ".join(["13800138009"] * 51) + ",", "numbers", "51 numbers are too many", "50 at most"),
        ("C-2,Bob,,,,,,12-34", "id:member", '"12-34" cannot be keyed', "digits and letters"),
        (",Bob,,,,,,", "customer", "the row names no customer", "such as C-1001"),
        (f"{'C' * 65},Bob,,,,,,", "customer", "65 characters are too many", "64 at most"),
        (f"C-2,{'B' * 201},,,,,,", "name", "201 characters are too many", "200 at most"),
        ("C-2,Bo\u202eb,,,,,,", "name", "an invisible character", "type the cell anew"),
        ("C-2,Bo\x07b,,,,,,", "name", "an invisible character", "type the cell anew"),
        ("C-2,Bob", "", "the row has 2 cells, the header 8", "quotes around the cell"),
        ("C-2,Bob,,,,,,,", "", "the row has 9 cells, the header 8", "quotes around the cell"),
    ],
)
async def test_row_that_is_wrong_is_told_and_left_out(
    take: ImportText, store: SiteStore, row: str, column: str, message: str, advice: str
) -> None:
    """With line, column and advice; the rows beside it go in."""
    taken = await take(f"{HEADER}\nC-1,Ann,,,,,,\n{row}\nC-3,Cy,,,,,,\n")
    (finding,) = taken.heard.findings
    assert (finding.line, finding.column) == (3, column)
    assert message in finding.message
    assert advice in finding.advice
    assert taken.counts == (2, 0, 0, 1)
    assert list(await everybody(store)) == ["C-1", "C-3"]


async def test_all_that_is_wrong_with_a_row_is_told(take: ImportText) -> None:
    """Nobody corrects a file three times."""
    taken = await take(f"{HEADER}\nC-1,,eazy,vipp,,,12ab,\n")
    assert [finding.column for finding in taken.heard.findings] == ["brand", "tier", "numbers"]
    assert taken.outcome.left_out == 1


@pytest.mark.parametrize(
    ("second", "column", "value"),
    [
        ("C-1,,13800138002,2", "customer", "C-1"),
        ("C-2,,+8613800138001,2", "numbers", "+8613800138001"),
        ("C-2,,13800138002,1A", "id:member", "1A"),
    ],
)
async def test_what_stands_twice_in_a_file_is_told(
    take: ImportText, store: SiteStore, second: str, column: str, value: str
) -> None:
    """However it is written; the first row counts, and the second is left out."""
    taken = await take(f"customer,name,numbers,id:member\nC-1,Ann,13800138001,1a\n{second}\n")
    assert taken.heard.told == [(3, column, f'"{value}" stands in line 2, too')]
    assert list(await everybody(store)) == ["C-1"]


@pytest.mark.parametrize(("row", "column"), [("13800138001,", "numbers"), (",1A", "id:member")])
async def test_what_another_customer_has_is_told(take: ImportText, store: SiteStore, row: str, column: str) -> None:
    """One of whom the file says nothing: the row is left out, and he keeps it."""
    await take("customer,numbers,id:member\nC-1,13800138001,1A\n")
    before = await everybody(store)
    taken = await take(f"customer,numbers,id:member\nC-2,{row}\nC-3,,\n")
    (finding,) = taken.heard.findings
    assert (finding.line, finding.column) == (2, column)
    assert "belongs to customer C-1, of whom the file has no row" in finding.message
    assert await everybody(store) == {**before, "C-3": CustomerDetails(Customer("C-3"), (), ())}


async def test_numbers_change_hands_within_a_file(
    take: ImportText, store: SiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In either order, in one batch or in two, and in a circle: the file says whose they are now."""
    await take("customer,numbers,id:member\nC-1,13800138001,1\nC-2,13800138002,2\nC-3,13800138003,3\n")
    turned = "customer,numbers,id:member\nC-3,13800138001,1\nC-1,13800138002,2\nC-2,13800138003,3\n"
    for batch in (200, 1):
        monkeypatch.setattr(importing, "BATCH", batch)
        assert (await take(turned)).counts == (0, 3, 0, 0)
        found = await everybody(store)
        assert [found[key].numbers for key in ("C-1", "C-2", "C-3")] == [
            ("+8613800138002",),
            ("+8613800138003",),
            ("+8613800138001",),
        ]
        assert (await take(turned)).counts == (0, 0, 3, 0)
        await take("customer,numbers,id:member\nC-1,13800138001,1\nC-2,13800138002,2\nC-3,13800138003,3\n")


async def test_dry_run_says_what_would_be_done_and_does_nothing(take: ImportText, store: SiteStore) -> None:
    """Findings and counts are those of the import, without a pepper and without a PIN being hashed."""
    await take("customer,name\nC-1,Ann\nC-2,Bob\n")
    before = await everybody(store)
    taken = await take("customer,name,pin\nC-1,Anna,4711\nC-2,Bob,\nC-3,Cy,12\nC-4,Di,\n", is_dry=True)
    assert taken.counts == (1, 1, 1, 1)
    assert await everybody(store) == before


async def test_pins_without_a_pepper_are_refused_before_anything_is_written(
    program: Program, store: SiteStore, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The file is whole; the site is not ready for it."""
    file = tmp_path_factory.mktemp("pins") / "customers.csv"
    file.write_text("customer,pin\nC-1,4711\n")

    def no_pepper() -> Pins:
        raise ConfigurationError("the site declares none")

    opened = importing.CsvFile.open(file)
    with pytest.raises(ConfigurationError, match="declares none"):
        await importing.Import(program, store, no_pepper, lambda: NOW, Heard()).run(opened)
    opened.close()
    assert await everybody(store) == {}


async def test_two_imports_at_one_time_leave_what_one_of_them_says(
    program: Program, store: SiteStore, url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Of each customer the whole of one row, never half of each: here they even want the same numbers."""
    folder = tmp_path_factory.mktemp("two")
    for name, shift in (("one", 0), ("two", 1)):
        rows = [f"C-{number},{name},1380013{(number + shift) % 300:04}\n" for number in range(300)]
        (folder / name).write_text("customer,name,numbers\n" + "".join(rows))
    other = SiteStore(url)
    await asyncio.gather(import_content(program, store, folder / "one"), import_content(program, other, folder / "two"))
    await other.close()
    found = await everybody(store)
    assert len(found) == 300
    assert len({number for details in found.values() for number in details.numbers}) == sum(
        len(details.numbers) for details in found.values()
    )


async def test_erased_customer_is_gone_and_can_come_back(take: ImportText, store: SiteStore) -> None:
    """With number, identifier and PIN; the others stay."""
    text = "customer,numbers,id:member,pin\nC-1,13800138001,1,4711\nC-2,13800138002,2,4712\n"
    await take(text)
    erased = await CustomerRegister(store).erase("C-1")
    assert erased is not None
    assert (erased.numbers, erased.identifiers, erased.had_pin) == (("+8613800138001",), 1, True)
    assert list(await everybody(store)) == ["C-2"]
    assert await CustomerDirectory(store).by_number("+8613800138001") is None
    assert await CustomerDirectory(store).by_identifier("member", "1") is None
    assert await CustomerRegister(store).erase("C-1") is None
    assert (await take(text)).counts == (1, 0, 1, 0)


async def test_customer_whose_first_row_was_wrong_is_told(take: ImportText) -> None:
    """Which of the two rows is meant, nobody knows: neither is taken."""
    taken = await take("customer,tier,name\nC-1,vipp,Ann\nC-1,vip,Anna\nC-2,vip,Bob\n")
    assert taken.counts == (1, 0, 0, 2)
    assert taken.heard.told[1] == (3, "customer", '"C-1" stands in line 2, too, which is left out')


@pytest.mark.parametrize("blank", ["\u3000", "\u00a0"])
async def test_wide_blank_in_a_name_is_a_blank(take: ImportText, store: SiteStore, blank: str) -> None:
    """Chinese lists pad short names with them."""
    assert (await take(f"customer,name\nC-1,王{blank}明\n")).counts == (1, 0, 0, 0)
    assert (await everybody(store))["C-1"].customer.name == "王 明"
