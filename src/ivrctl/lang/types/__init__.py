"""The types of values: what the site file declares and the checks reason with, and conforming foreign values to them.

A type exists only while a flow is checked and where a database or an interface answers: values themselves are plain
Python objects (``model.values``).
"""

from ivrctl.lang.types.conforming import conform
from ivrctl.lang.types.kinds import (
    BOOLEAN,
    DATE,
    DATETIME,
    DIGITS,
    DURATION,
    EXTENSION,
    MONEY,
    NONE,
    NUMBER,
    PHONE,
    QUEUE,
    SECRET,
    SIMPLE,
    TEXT,
    WORD_SET,
    Enumeration,
    ListOf,
    Maybe,
    NoneType,
    Record,
    Simple,
    Type,
    WordSet,
    accepts,
    without_none,
)

__all__ = [
    "BOOLEAN",
    "DATE",
    "DATETIME",
    "DIGITS",
    "DURATION",
    "EXTENSION",
    "MONEY",
    "NONE",
    "NUMBER",
    "PHONE",
    "QUEUE",
    "SECRET",
    "SIMPLE",
    "TEXT",
    "WORD_SET",
    "Enumeration",
    "ListOf",
    "Maybe",
    "NoneType",
    "Record",
    "Simple",
    "Type",
    "WordSet",
    "accepts",
    "conform",
    "without_none",
]
