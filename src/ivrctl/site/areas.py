"""The areas of a country, by the geographic data of phonenumbers: which prefixes each has, and its names.

The data of the whole world takes 100 MB and a third of a second to load, so it is loaded for a site that names places
and for no other, and let go when the areas of a country have been taken from it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from ivrctl.site.prefixes import PrefixTable

Names = tuple[str, ...]
"""Of one area, in every language in which it has one."""

_BETWEEN = re.compile(r", | - |/|、")
"""What stands between the parts of a name: ``Shenzhen, Guangdong``."""

_PROVINCES = (
    "安徽|福建|甘肃|广东|贵州|海南|河北|河南|黑龙江|湖北|湖南|吉林"
    "|江苏|江西|辽宁|青海|山东|山西|陕西|四川|台湾|云南|浙江"
)
_AUTONOMOUS = {"广西": "壮族自治区", "内蒙古": "自治区", "宁夏": "回族自治区", "西藏": "自治区", "新疆": "维吾尔自治区"}
_CHINESE = re.compile(rf"(?:({_PROVINCES})省?|({'|'.join(_AUTONOMOUS)})(?:(?:壮族|回族|维吾尔)?自治区)?)(.*)")
"""A province or an autonomous region of China, and perhaps a city in it: nothing stands between them."""
_CITY_ENDS = ("市", "州", "盟", "区", "县")


@dataclass(frozen=True, slots=True)
class Areas:
    """The areas of one calling code."""

    names: tuple[Names, ...] = ()
    prefixes: PrefixTable = field(default_factory=PrefixTable)
    """The number of an area, by the beginning of a number in E.164 without its plus."""
    _by_place: dict[str, frozenset[int]] = field(default_factory=dict, repr=False, compare=False)
    _valued: dict[tuple[int, ...], PrefixTable] = field(default_factory=dict, repr=False, compare=False)
    """What was asked for last: a site is explored again and again."""

    def with_values(self, values: tuple[int, ...]) -> PrefixTable:
        """The prefixes, each with another value in the place of its area's number."""
        valued = self._valued.get(values)
        if valued is None:
            valued = self.prefixes.with_values(values)
            self._valued.clear()
            self._valued[values] = valued
        return valued

    def by_place(self) -> Mapping[str, frozenset[int]]:
        """The areas that each name of a place selects, by that name: those that are called so, or lie in it."""
        if not self._by_place:
            self._by_place.update(self._places())
        return self._by_place

    def _places(self) -> Mapping[str, frozenset[int]]:
        found: dict[str, set[int]] = {}
        for number, names in enumerate(self.names):
            for part in {part for name in names for part in parts_of(name)}:
                found.setdefault(part, set()).add(number)
        return {part: frozenset(numbers) for part, numbers in found.items()}


def parts_of(name: str) -> Iterator[str]:
    """The names of the places that the name of an area says: ``广东省深圳市`` says 广东省 and 广东, 深圳市 and 深圳."""
    yield name
    for part in _BETWEEN.split(name):
        yield part
        chinese = _CHINESE.fullmatch(part)
        if chinese is None:
            yield from _city(part)
            continue
        province, autonomous, city = chinese.groups()
        yield province or autonomous
        yield f"{province}省" if province else autonomous + _AUTONOMOUS[autonomous]
        if city:
            yield from _city(city)


def _city(name: str) -> Iterator[str]:
    """A Chinese city with what it is behind its name and without: the data has both."""
    if name.endswith("市"):
        yield from (name, name.removesuffix("市"))
    elif "一" <= name[-1:] <= "鿿":
        yield name
        if not name.endswith(_CITY_ENDS):
            yield f"{name}市"


@lru_cache(maxsize=8)
def areas_of(code: str) -> Areas:
    """The areas of a calling code, such as ``86``; none for one without geographic data."""
    numbers: dict[Names, int] = {}
    owners: dict[str, int] = {}
    for prefix, called in _library().items():
        if prefix.startswith(code):
            owners[prefix] = numbers.setdefault(tuple(called.values()), len(numbers))
    _forget_library()
    return Areas(tuple(numbers), PrefixTable.of(owners))


def _library() -> Mapping[str, Mapping[str, str]]:
    from phonenumbers.geodata import GEOCODE_DATA  # noqa: PLC0415 - said above

    found: Mapping[str, Mapping[str, str]] = GEOCODE_DATA
    return found


def _forget_library() -> None:
    """Let the data go: a controller lives for months, and has taken what it needs."""
    for name in [name for name in sys.modules if name.startswith("phonenumbers.geodata")]:
        del sys.modules[name]
    vars(sys.modules["phonenumbers"]).pop("geodata", None)
