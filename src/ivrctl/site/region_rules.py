"""The rules of regions and their tables."""

from __future__ import annotations

from ivrctl.lang.findings import Severity
from ivrctl.lang.rule import Rule, Shown

REGION_RULES = (
    Rule(
        "IVR225",
        "a region does not exist",
        "A region that is held, that a table gives a prefix to or that a guard asks for, is one of the site file's. "
        "Under a name that it has not, callers would be in no region without a word.",
        "regions: {coast: {holds: [harbor]}, harbour: {prefixes: [021]}}\n",
        "regions: {coast: {holds: [harbour]}, harbour: {prefixes: [021]}}\n",
        Shown.SITE,
    ),
    Rule(
        "IVR226",
        "a region holds itself",
        "A region holds smaller ones. Two that hold one another would be one and the same, which is rarely what is "
        "meant by two names.",
        "regions: {north: {prefixes: [021], holds: [coast]}, coast: {holds: [north]}}\n",
        "regions: {north: {prefixes: [021]}, coast: {holds: [north]}}\n",
        Shown.SITE,
    ),
    Rule(
        "IVR227",
        "a prefix is no beginning of a number, or is claimed twice",
        "Prefixes are digits: national as they are dialled in the site's country, with its 0 or without, or with + and "
        "the country; 021, 21 and +8621 are the same. Of two that fit the longer one has a number, so which of two "
        "equal ones has it would be anybody's guess: of two regions let one hold the other. A row that is passed over "
        "would lead its callers to the wrong desk.",
        "regions: {harbour: {prefixes: [021-64]}}\n",
        "regions: {harbour: {prefixes: [02164]}}\n",
        Shown.SITE,
    ),
    Rule(
        "IVR228",
        "a place is not in the geographic data",
        "Places are those of the site's country, as the geographic data of phonenumbers names them in one of its "
        "languages; nobody could be in another. What it does not know is written as prefixes.",
        "regions: {shanghai: {places: [上海城]}}\n",
        "regions: {shanghai: {places: [上海市]}}\n",
        Shown.SITE,
    ),
    Rule(
        "IVR229",
        "nobody can be in a region",
        "A region is made of places, of prefixes in the site file or in a table, and of other regions. One that is "
        "made of nothing is asked for in vain.",
        "regions: {harbour: {}}\n",
        "regions: {harbour: {prefixes: [021]}}\n",
        Shown.SITE,
        Severity.WARNING,
    ),
)
"""In the order of their ids."""
