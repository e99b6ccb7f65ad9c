"""The keys that a dataclass stands for in YAML: what they take, what holds without them, what they mean."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from ivrctl.adapters.attribute_docstrings import attribute_docstrings
from ivrctl.flow.action import Action
from ivrctl.flow.actions.collect import Confirmation
from ivrctl.flow.choices import Choice, RowChoices
from ivrctl.flow.flow_file import Line as FlowLine
from ivrctl.flow.targets import AnyTarget, GoTo
from ivrctl.lang.expressions import Expression
from ivrctl.lang.scalars import Percentage
from ivrctl.lang.schema import written_duration
from ivrctl.lang.source import Span, Word
from ivrctl.lang.templates import Template
from ivrctl.lang.types import Type
from ivrctl.simulation.days.day_file import (
    BackupEntry,
    BreakKeys,
    CallKeys,
    ClockSpan,
    QueueEntry,
    StaffEntry,
    TalkKeys,
)
from ivrctl.site.digit_count import DigitCount
from ivrctl.site.hours import Exceptions, Hours, Place, Week
from ivrctl.site.interfaces import Interface, InterfaceUrl
from ivrctl.site.lookups import Lookup
from ivrctl.site.opening import DayPlan, DayRule
from ivrctl.site.settings import Setting
from ivrctl.site.site_file import (
    AsteriskFolders,
    Database,
    DatabaseUrl,
    DialString,
    Keying,
    Limits,
    Numbering,
    Queue,
    SeenFolder,
    SharedPrompts,
    VoicemailBox,
)
from ivrctl.site.text import Text
from ivrctl.staffing.policy_files.policy_file import DayRange, FloorEntry, TierEntry, TimingKeys, WarnKeys, Weekdays
from ivrctl.staffing.policy_files.thresholds import Amount, AmountOrNever, Share, ShareOrNever, Table, Wait, WaitOrNever
from ivrctl.staffing.policy_files.written import Count, Duration
from ivrctl.testkit.scenario.expect import Expectations
from ivrctl.testkit.scenario.file import Phone
from ivrctl.testkit.scenario.given import Answer, Given, GivenQueue
from ivrctl.testkit.scenario.notices import GivenNotice
from ivrctl.testkit.scenario.off_peak import GivenOffPeak
from ivrctl.testkit.scenario.script import Line as ScriptLine
from ivrctl.testkit.scenario.submissions import ExpectedSubmission, GivenSubmission
from ivrctl.testkit.scenario.verify import Found

from .markdown import code, sentence, table

_WRITTEN: Mapping[Any, str] = {
    Text: "[text](values.md#texts)",
    Template: "[value](values.md#what-keys-take)",
    Expression: "[expression](values.md#expressions)",
    Type: "[type](values.md#types)",
    Word: "word",
    str: "word",
    int: "whole number",
    float: "duration",
    Decimal: "number",
    bool: "`true` or `false`",
    date: "date, such as `2026-11-20`",
    timedelta: "[duration](values.md#durations)",
    datetime: "date and time",
    AnyTarget: "[target](flow-files.md#targets)",
    GoTo: "step",
    DigitCount: "count, such as `11`, or `6-12`",
    Confirmation: "`true`, or [text](values.md#texts)",
    Choice: "[choice](#choice)",
    RowChoices: "[choice for each row](#choices-of-rows)",
    FlowLine: "[line](flow-files.md#line)",
    Action: "[action](actions.md)",
    Database: "[database](#database)",
    DatabaseUrl: "address",
    Interface: "[interface](#interface)",
    InterfaceUrl: "address",
    Lookup: "[lookup](#lookup)",
    Queue: "[queue](#queue)",
    VoicemailBox: "[box](#voicemail)",
    Hours: "[hours](#hours)",
    Week: "spans by day",
    Place: "country",
    DayRule: "`closed`, spans, or `as DAY`",
    Exceptions: "spans by date",
    Setting: "[setting](#settings)",
    Limits: "[limits](#limits)",
    Numbering: "[numbering](#numbers)",
    SharedPrompts: "[prompts](#prompts)",
    Keying: "[keying](#keying)",
    DialString: "[dial string](#dial-string)",
    SeenFolder: "[folder](#folder)",
    AsteriskFolders: "[folders](#asterisk)",
    Phone: "[phone](#phones)",
    Answer: "answer",
    GivenQueue: "list of agents, `full` or `failed`",
    GivenNotice: "[notice](#a-notice)",
    GivenOffPeak: "`{begins: …, ends: …}`",
    Found: "what is known, or a word",
    GivenSubmission: "`failed`, or `{after: DURATION}`",
    ExpectedSubmission: "[submission](#a-submission)",
    Any: "value",
    Given: "[what is given](#given)",
    Expectations: "[expectations](#expect)",
    ScriptLine: "[line](#script)",
    Table: "[triggers](#triggers)",
    TierEntry: "[tier](#tier)",
    TimingKeys: "[timing](#timing)",
    FloorEntry: "[floor](#floor)",
    WarnKeys: "[warning](#warn)",
    DayPlan: "spans of a day",
    ClockSpan: "span of a day",
    QueueEntry: "[queue](#queue)",
    CallKeys: "[calls](#calls)",
    TalkKeys: "[talk](#talk)",
    StaffEntry: "[staff](#staff)",
    BreakKeys: "[break](#break)",
    BackupEntry: "[backup](#backup)",
    DayRange: "day, such as `15`, or `28-31`",
    Weekdays: "day, such as `sat`, or `mon-fri`",
    Count: "whole number",
    Duration: "[duration](values.md#durations)",
    Wait: "[duration](values.md#durations)",
    WaitOrNever: "[duration](values.md#durations), or `never`",
    Percentage: "percentage",
    Share: "percentage",
    ShareOrNever: "percentage, or `never`",
    Amount: "number",
    AmountOrNever: "number, or `never`",
}
"""What a shape is called in the reference; a dataclass that is not here is a part of its own on the same page."""


_AS_ONE_VALUE = {Setting, Week, Place, DayRule, Exceptions}
"""Shapes that are written in a form of their own, which has no parts."""


def written_shape(shape: Any) -> str:
    """What a key takes.

    Raises:
        KeyError: a shape that the reference has no words for, and that is no dataclass.
    """
    if shape in _WRITTEN:
        return _WRITTEN[shape]
    origin, arguments = typing.get_origin(shape), typing.get_args(shape)
    if origin is Annotated:
        return written_shape(arguments[0])
    if origin in {types.UnionType, typing.Union}:
        return written_shape(next(part for part in arguments if part is not type(None)))
    if origin is Literal:
        return " or ".join(code(word) for word in arguments)
    if origin is tuple:
        return f"list: {written_shape(arguments[0])}"
    if origin is Mapping:
        return f"mapping: {written_shape(arguments[1])}"
    if isinstance(shape, type) and issubclass(shape, StrEnum):
        return ", ".join(code(str(word)) for word in shape)
    if dataclasses.is_dataclass(shape):
        return f"[{part_name(shape)}](#{part_name(shape).replace(' ', '-')})"
    return _WRITTEN[shape]


def part_name(cls: Any) -> str:
    """What a part without words of its own is called: its class's name, in words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cls.__name__).lower()


def parts_of(cls: type) -> list[type]:
    """The dataclasses below one that the table above has no words for, each once, in the order of the keys."""
    found: list[type] = []
    for hint in typing.get_type_hints(cls).values():
        for shape in (hint, *typing.get_args(hint)):
            if (
                isinstance(shape, type)
                and dataclasses.is_dataclass(shape)
                and shape not in _AS_ONE_VALUE
                and shape.__module__.startswith(cls.__module__.rpartition(".")[0])
            ):
                found += [*([] if shape in _WRITTEN else [shape]), *parts_of(shape)]
    return list(dict.fromkeys(found))


def keys(cls: type) -> str:
    """The table of a dataclass's keys."""
    hints = typing.get_type_hints(cls, include_extras=True)
    said = attribute_docstrings(cls)
    rows = [
        (code(_key(field)), written_shape(hints[field.name]), _default(field), sentence(said.get(field.name)))
        for field in dataclasses.fields(cls)
        if field.init and hints[field.name] is not Span
    ]
    return table(("key", "takes", "without it", "meaning"), rows)


def _key(field: dataclasses.Field[Any]) -> str:
    return str(field.metadata.get("key", field.name.removesuffix("_")))


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
        return "**needed**"
    value = field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
    match value:
        case timedelta():
            return code(written_duration(value))
        case bool():
            return code(str(value).lower())
        case Percentage():
            return code(str(value))
        case int() | str() if value != "":
            return code(str(value))
        case _:
            return ""
