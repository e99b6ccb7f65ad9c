"""The regions of a number, as a site file and its tables say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.flow.program import compile_site, is_site_file, version_of
from ivrctl.lang.findings import Finding, Findings
from ivrctl.lang.loader import load
from ivrctl.site.areas import areas_of, parts_of
from ivrctl.site.check import bind_site
from ivrctl.site.check_regions import MAX_REGIONS, bind_regions
from ivrctl.site.region_files import MAX_BYTES, MAX_ROWS, MAX_TOLD
from ivrctl.site.regions import RegionTable

SITE = (Path(__file__).parents[2] / "golden" / "flow" / "ivrctl.yaml").read_text()
FLOW = b'lines: {"100": start}\nsteps: {start: [{hangup: served}]}\n'
CITIES = """
  beijing: {places: [北京市]}
  guangdong: {places: [广东省]}
  shenzhen: {places: [深圳市]}
"""


def bound(regions: str, country: str = "CN", **tables: str | bytes) -> tuple[RegionTable, list[Finding]]:
    """The table of a site with some regions, and what is told of it."""
    findings = Findings()
    text = SITE.replace("country: CN", f"country: {country}") + f"regions: {regions}"
    (node,) = load(text.encode(), "ivrctl.yaml", findings)
    site = bind_site(node, findings)
    assert site is not None
    contents = ((name, table.encode() if isinstance(table, str) else table) for name, table in tables.items())
    files = {f"{name}.regions.csv": content for name, content in contents}
    return bind_regions(site, files, areas_of, findings), findings.sorted()


def table(regions: str, country: str = "CN", **tables: str) -> RegionTable:
    """The table of a site without a finding."""
    made, findings = bound(regions, country, **tables)
    assert findings == []
    return made


def rules(findings: list[Finding]) -> list[tuple[str, int, int]]:
    return [(each.rule, each.span.line, each.span.column) for each in findings]


@pytest.mark.parametrize(
    ("number", "regions"),
    [
        ("+8613800138000", {"beijing"}),
        ("+861012345678", {"beijing"}),
        ("+862012345678", {"guangdong"}),
        ("+8675512345678", {"guangdong", "shenzhen"}),
        ("+862112345678", set()),
        ("+4930123456", set()),
        ("8101", set()),
        ("13800138000", set()),
        ("", set()),
        ("+", set()),
        ("+8613८00", set()),
        ("+999999999999999999", set()),
    ],
)
def test_number_is_in_the_regions_of_its_place(number: str, regions: set[str]) -> None:
    """A caller is where the beginning of his number is; who withholds it, an extension and no number are nowhere."""
    assert table(CITIES).of(number) == regions


@pytest.mark.parametrize("prefix", ["021", "21", "+8621"])
def test_prefix_is_national_or_international(prefix: str) -> None:
    """With the trunk zero, without it, or with the country: the same numbers."""
    made = table(f'\n  shanghai: {{prefixes: ["{prefix}"]}}\n')
    assert made.of("+862164370000") == {"shanghai"}
    assert made.of("+86216") == {"shanghai"}
    assert made.of("+862") == set()


@pytest.mark.parametrize(
    ("country", "prefix", "number"),
    [
        ("DE", "030", "+4930123456"),
        ("US", "1212", "+12125550123"),
        ("US", "212", "+12125550123"),
        ("RU", "812", "+78121234567"),
        ("IT", "06", None),
        ("SG", "6", "+6561234567"),
    ],
)
def test_trunk_prefix_is_that_of_the_country(country: str, prefix: str, number: str | None) -> None:
    """A national prefix is read by the plan of the site's country; one that begins with its own zero needs a plus."""
    made, findings = bound(f'\n  here: {{prefixes: ["{prefix}"]}}\n', country)
    if number is None:
        assert [each.rule for each in findings] == ["IVR227"]
    else:
        assert findings == []
        assert made.of(number) == {"here"}


def test_longest_prefix_wins_over_places_too() -> None:
    """A ported number is where the site says, and its neighbours are where they were."""
    made = table(CITIES + '  trial: {prefixes: ["138"]}\n', own="prefix,region\n+8613800138000,guangdong\n")
    assert made.of("+8613800138000") == {"guangdong"}
    assert made.of("+8613800138001") == {"beijing"}
    made = table(CITIES + '  trial: {prefixes: ["138001380"]}\n')
    assert made.of("+8613800138001") == {"trial"}
    assert made.of("+8613800139000") == {"beijing"}


def test_own_prefix_as_long_as_that_of_a_place_wins() -> None:
    """What the site says itself counts before the data that everybody has."""
    made = table('\n  beijing: {places: [北京市]}\n  mine: {prefixes: ["010"]}\n')
    assert made.of("+861012345678") == {"mine"}


def test_place_that_no_region_names_hides_shorter_places_alone() -> None:
    """A number in another province's stretch is not in the province around it, but in a prefix of the site's own."""
    # 86130006 is Guangzhou, 861300061 Jingmen in Hubei.
    made = table('\n  guangdong: {places: [广东省]}\n  own: {prefixes: ["130"]}\n')
    assert made.of("+8613000600000") == {"guangdong"}
    assert made.of("+8613000610000") == {"own"}


def test_region_holds_others_and_what_they_hold() -> None:
    """Who is in a region is in every region around it."""
    made = table(CITIES + "  south: {holds: [guangdong]}\n  all: {holds: [south, beijing]}\n")
    assert made.of("+8675512345678") == {"shenzhen", "guangdong", "south", "all"}
    assert made.of("+8613800138000") == {"beijing", "all"}


def test_place_is_named_in_any_language() -> None:
    """A province and a city are found by their Chinese and their English name, with what they are or without."""
    for name in ("广东省", "广东", "Guangdong"):
        assert table(f"\n  south: {{places: [{name}]}}\n").of("+8675512345678") == {"south"}
    for name in ("深圳市", "深圳", "Shenzhen", "广东省深圳市", '"Shenzhen, Guangdong"'):
        assert table(f"\n  south: {{places: [{name}]}}\n").of("+8675512345678") == {"south"}
        assert table(f"\n  south: {{places: [{name}]}}\n").of("+862012345678") == set()


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("广东省深圳市", {"广东省深圳市", "广东", "广东省", "深圳", "深圳市"}),
        ("内蒙古包头市", {"内蒙古包头市", "内蒙古", "内蒙古自治区", "包头", "包头市"}),
        (
            "新疆维吾尔自治区乌鲁木齐市",
            {"新疆维吾尔自治区乌鲁木齐市", "新疆", "新疆维吾尔自治区", "乌鲁木齐", "乌鲁木齐市"},
        ),
        ("天津", {"天津", "天津市"}),
        ("四川甘孜", {"四川甘孜", "四川", "四川省", "甘孜", "甘孜市"}),
        ("Shenzhen, Guangdong", {"Shenzhen, Guangdong", "Shenzhen", "Guangdong"}),
        ("São Paulo - SP", {"São Paulo - SP", "São Paulo", "SP"}),
        ("Solingen", {"Solingen"}),
    ],
)
def test_name_of_an_area_says_its_places(name: str, parts: set[str]) -> None:
    """Of a city and of what it lies in, whatever the language puts between them."""
    assert set(parts_of(name)) == parts


@given(st.integers(130_0000, 199_9999), st.integers(0, 9999))
def test_area_is_that_of_the_library(beginning: int, rest: int) -> None:
    """A mobile number lies in the area that phonenumbers itself says, which tries one beginning after the other."""
    from phonenumbers import geocoder  # noqa: PLC0415 - it loads the data of the world

    parsed = phonenumbers.parse(f"+86{beginning}{rest:04}")
    said = geocoder.description_for_valid_number(parsed, "zh")
    areas = areas_of("86")
    length, area = areas.prefixes.find(f"86{beginning}{rest:04}")
    if said and phonenumbers.is_valid_number(parsed) and said != "中国":
        assert length
        assert said in areas.names[area]


# tables beside the site file


def test_table_gives_prefixes_to_regions() -> None:
    """Spaces, empty lines, a byte order mark and the line ends of another system are no fault."""
    made = table(CITIES, own="\ufeffprefix,region\r\n 1390013 , beijing\r\n\r\n+8613900140000,guangdong\r\n")
    assert made.of("+8613900130000") == {"beijing"}
    assert made.of("+8613900140000") == {"guangdong"}


def test_table_belongs_to_the_version_of_the_site() -> None:
    """Another table is another version; calls end on the one that they began with."""
    assert is_site_file("/srv/site/ported.regions.csv")
    assert version_of({"a.regions.csv": b"1"}) != version_of({"a.regions.csv": b"2"})
    files = {
        "ivrctl.yaml": f"{SITE}regions: {{trial: {{}}}}\n".encode(),
        "main.ivr.yaml": FLOW,
        "own.regions.csv": b"prefix,region\n1390013,trial\n",
    }
    program, findings = compile_site(files)
    assert program is not None, findings.items
    assert program.version == version_of(files)
    assert program.regions.of("+8613900130000") == {"trial"}


def test_table_without_regions_in_the_site_file_is_told() -> None:
    """A table that nobody can use is a mistake, not a file to pass over."""
    _, findings = bound("{}", own="prefix,region\n1390013,trial\n")
    assert rules(findings) == [("IVR225", 2, 9)]


def test_table_in_another_encoding_is_told_where_it_stops_being_text() -> None:
    """A table that a spreadsheet has saved in GBK is refused as a whole."""
    _, findings = bound("{}", own="prefix,region\n1390013,上海\n".encode("gbk"))
    assert rules(findings) == [("IVR001", 2, 9)]


def test_table_that_is_too_large_is_refused_unread() -> None:
    """Nobody waits for a check of gigabytes."""
    _, findings = bound("{}", own=b"prefix,region\n" + b"\n" * MAX_BYTES)
    assert [(each.rule, each.message) for each in findings] == [("IVR005", "the file has 8.0 MiB, more than 8 MiB")]


def test_table_of_nothing_but_mistakes_is_not_told_to_its_end() -> None:
    """Who has exported the wrong column is told so, and not a hundred thousand times."""
    rows = "\n".join(f"x{number},trial" for number in range(1000))
    _, findings = bound("{trial: {}}", own=f"prefix,region\n{rows}\n")
    assert len(findings) == MAX_TOLD


def test_rows_of_all_tables_are_bounded_together() -> None:
    """One row too many is told at its place."""
    rows = [f"139{number:08},trial" for number in range(MAX_ROWS + 1)]
    half = MAX_ROWS // 2
    parts = {"a": rows[:half], "b": rows[half:]}
    _, findings = bound("{trial: {}}", **{name: "prefix,region\n" + "\n".join(part) for name, part in parts.items()})
    assert rules(findings) == [("IVR227", half + 2, 1)]


def test_sites_of_very_many_regions_are_refused() -> None:
    """A thousand regions are more than a country has cities."""
    _, findings = bound("{" + ", ".join(f"r{number}: {{}}" for number in range(MAX_REGIONS + 1)) + "}")
    assert [each.rule for each in findings] == ["IVR208"]


def test_mistakes_in_places_and_regions_held_are_not_told_to_their_end() -> None:
    """Thousands of mistakes are not compared with thousands of names."""
    places = ", ".join(f"Nowhere{number}" for number in range(3000))
    _, findings = bound(f"{{trial: {{places: [{places}], holds: [{places}]}}}}")
    assert [each.rule for each in findings].count("IVR228") == MAX_TOLD
    assert [each.rule for each in findings].count("IVR225") == MAX_TOLD


def test_country_without_a_numbering_plan_is_told_once() -> None:
    """Its prefixes are not told as well: nothing is wrong with them."""
    _, findings = bound('{trial: {prefixes: ["021"], places: [上海市]}}', "XX")
    assert [each.rule for each in findings] == ["IVR202"]


# properties of the whole

NAMES = ("a", "b", "c", "d")


@st.composite
def sites(draw: st.DrawFn) -> tuple[Mapping[str, str], Mapping[str, set[str]]]:
    """Own prefixes with their regions, and who holds whom, without circles."""
    prefixes = draw(st.dictionaries(st.text("139", min_size=1, max_size=5), st.sampled_from(NAMES), max_size=8))
    holds = {name: draw(st.sets(st.sampled_from(NAMES[index + 1 :] or NAMES[-1:]))) for index, name in enumerate(NAMES)}
    holds["d"] = set()
    return prefixes, holds


def _written(prefixes: Mapping[str, str], holds: Mapping[str, set[str]]) -> str:
    """As a site file; each region has one prefix that is beside the point."""
    parts = []
    for index, name in enumerate(NAMES):
        own = [f'"+86{prefix}"' for prefix, owner in prefixes.items() if owner == name] + [f'"+990{index}"']
        parts.append(f"{name}: {{prefixes: [{', '.join(own)}], holds: [{', '.join(sorted(holds[name]))}]}}")
    return "{" + ", ".join(parts) + "}"


# SAFETY: nobody is in a region that neither his number nor a region around him says.
@given(sites(), st.text("139", min_size=1, max_size=8))
def test_regions_are_those_of_the_longest_prefix_and_all_around_them(
    site: tuple[Mapping[str, str], Mapping[str, set[str]]], national: str
) -> None:
    """The set is closed upwards, and holds nothing else."""
    prefixes, holds = site
    found = table(_written(prefixes, holds)).of(f"+86{national}")
    longest = max((prefix for prefix in prefixes if national.startswith(prefix)), key=len, default=None)
    due = set() if longest is None else {prefixes[longest]}
    while more := {name for name in NAMES if holds[name] & due} - due:
        due |= more
    assert found == due


# LIVENESS: whoever asks for a region finds a number of it.
@given(sites())
def test_every_set_of_regions_has_an_example(site: tuple[Mapping[str, str], Mapping[str, set[str]]]) -> None:
    """Of each stretch of numbers that the table tells apart there is a number to try, where one fits into it."""
    prefixes, holds = site
    made = table(_written(prefixes, holds))
    shown = {made.of(number) for number in made.examples(13)}
    assert {made.of(f"+990{index}000000000") for index in range(len(NAMES))} <= shown
