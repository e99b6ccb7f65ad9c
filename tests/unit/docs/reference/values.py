"""Values: types, texts, expressions, functions, formats, and the names that a flow may use."""

from __future__ import annotations

from ivrctl.lang.expressions.functions import FUNCTIONS
from ivrctl.lang.formats import FORMATS
from ivrctl.lang.types.kinds import SIMPLE, accepts
from ivrctl.site.text import Text

from .markdown import code, from_docstring, section, table
from .markdown import page as page_of

_ABOVE = """
Every value is text; `{…}` computes. A value that is exactly one `{…}` keeps its type: `number: "{caller.number}"`.
Only `when` and `check` are bare expressions, without braces.

The loader takes what you write as you wrote it: `0042`, `17:30` and `no` stay text. It refuses empty fields,
duplicate keys, anchors and aliases, each with its place.
"""

_TYPES: dict[str, tuple[str, str]] = {
    "text": ("any text", "`Anna`"),
    "number": ("a decimal number", "`12`, `0.5`"),
    "money": ("an amount in the site's currency", "`120.50`"),
    "date": ("a day", "`2026-02-14`"),
    "datetime": ("a day and a time", "`2026-02-14 08:00`"),
    "duration": ("a length of time", "`60s`"),
    "boolean": ("yes or no", "`true`"),
    "digits": ("digits that are no number", "`0042`"),
    "phone": ("a telephone number", "`13800138000`"),
    "secret": ("what nobody may see", ""),
    "queue": ("a name of the site's `queues`", "`full-service`"),
    "extension": ("a number that the site's `extensions` match", "`8101`"),
    "recording": ("what a caller has spoken, as `voicemail` saves it; nobody can write one", ""),
}

_NAMES = (
    ("`NAME`", "what `save` or `set` gave in this flow, or `gosub` handed in; it lives until the flow ends"),
    ("`NAME.FIELD`", "a field of a row that a lookup or a sub-flow returned"),
    ("`call.FIELD`", "a call field of the site; it lives as long as the call, and may be none"),
    ("`call.line`, `call.language`", "the number that was dialled; the language that is spoken"),
    (
        "`caller.number`",
        "the calling number; lookups get it, and callers hear it, in the form that `numbers.spoken_as` says",
    ),
    (
        "`hours.NAME.is_open`, `hours.NAME.next_opening`",
        "whether a desk is open; when it opens next, which is now when it is open, and none without any opening",
    ),
    (
        "`queues.NAME.staff`, `.available`, `.waiting`",
        "members who are signed on; of these, the ones who could be reached now; callers who wait. None while unseen",
    ),
    (
        "`queues.NAME.longest_wait`, `.expected_wait`, `.age`",
        "how long somebody waits already; how long a caller would who came now; how old this is. None while unseen",
    ),
    (
        "`queues[NAME].waiting`",
        "the same of the queue that a name holds: a value of the type `queue`, or a word of a list of queues",
    ),
    ("`settings.NAME`", "a value of the site's `settings`"),
    ("`it`", "the number that `collect` checks and reads back; the row of which `menu` makes a choice; only there"),
    ("`visits`", "how often this step was entered in this call: what bounds a loop"),
    ("`today`, `now`", "the date, and the date and time, in the site's zone"),
)

_EXPRESSIONS = """
Comparisons `== != < <= > >=`, `and`, `or`, `not`, brackets, `in` (a list or a set of words), and the functions below.
No arithmetic: compute in the query. Literals: `"words"` in double quotes, `12`, `60s`, `2026-02-14`, `true`, `false`,
`none`.

A name that may be `none` is compared with `none` before anything else is asked of it; behind `when: name != none`,
and behind it in the same `and`, it has a value. So it has behind a guarded action that leaves, such as
`goto: nobody` with `when: name == none`, and behind what saves or sets it, until something may give it another value:
for a call field a `gosub`, `queue`, `dial`, `voicemail` or `language`.
"""


def page() -> str:
    """The page."""
    if set(_TYPES) != set(SIMPLE):
        raise ValueError(f"types without words in the reference: {set(SIMPLE) ^ set(_TYPES)}")
    types = [(code(name), *_TYPES[name], _also(name)) for name in SIMPLE]
    functions = [
        (code(f"{name}({', '.join(str(kind) for kind in function.parameters)})"), str(function.result))
        for name, function in FUNCTIONS.items()
    ]
    formats = [
        (code(name), ", ".join(sorted(str(kind) for kind in kinds)) + _any(name)) for name, kinds in FORMATS.items()
    ]
    return page_of(
        "Values",
        _ABOVE,
        section("Types", _TYPE_FORMS, table(("type", "is", "such as", "may stand also where is due"), types)),
        section("Durations", "A number and its unit: `500ms`, `3s`, `10m`, `2h`, `1d`."),
        section("Names", table(("name", "is"), _NAMES)),
        section("Expressions", _EXPRESSIONS),
        section("Functions", table(("function", "gives"), functions), _LENGTH),
        section("Texts", from_docstring(Text.__doc__), _TEXTS),
        section("Values in texts", _SAID, table(("format", "says values of the types"), formats)),
        section("What keys take", _TAKEN),
    )


_TYPE_FORMS = """
A type is written as its name; as a list of words, `[open, closed]`, for one of these; and with `?` behind the name
for one that may be none: `date?`. Words that may be none have `none` among them: `[open, closed, none]`.
"""
_LENGTH = "`length` counts characters."
_TEXTS = (
    "A text with a comma is quoted, or stands one language in a line: `{en: Hello, please hold}` would be cut short."
)
_SAID = (
    "In a text a value carries the format in which it is said: `{balance.amount:money}`. Without one, its type's own."
)
_TAKEN = """
In the tables of this reference a **word** is one text as written. A **value** is a text too: with braces it is
computed for each call. A **whole number** is written in digits. *mapping: X* is a mapping of names, or keys, of your
choice, each with an X; *list: X* is a list, also of one.
"""


def _also(name: str) -> str:
    """The types in whose place a value of this one may stand."""
    return ", ".join(other for other, kind in SIMPLE.items() if other != name and accepts(kind, SIMPLE[name]))


def _any(name: str) -> str:
    return ", lists of words" if name == "text" else ""
