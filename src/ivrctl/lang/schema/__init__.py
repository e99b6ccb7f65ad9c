"""From shapes to JSON Schema (draft-07): what editors complete, explain and underline.

Counterpart of ``shapes``: the dataclasses that the binder reads, and their docstrings, are the schema. A class that
binds nodes itself says its schema itself, by a classmethod ``json_schema(schemas)`` beside its ``bind_node``.

- A schema takes whatever the binder takes. Editors resolve scalars, which the binder never does: a text may be a number
  or a boolean for them, a number may be a text.
- What it refuses is wrong wherever it stands; what takes a look at the whole site belongs to the checks. So names are
  offered and never demanded: one that was declared a minute ago is right.
- One mistake is to give one message. So no ``oneOf``, and ``anyOf`` only where it refuses nothing: alternatives are
  told apart by ``if``, or by keywords that concern one JSON type alone.
"""

from ivrctl.lang.schema.forms import SCALAR, Schema, form, in_prose, offering, text, text_or_mapping, when, words
from ivrctl.lang.schema.making import Said, Schemas, written_duration

__all__ = [
    "SCALAR",
    "Said",
    "Schema",
    "Schemas",
    "form",
    "in_prose",
    "offering",
    "text",
    "text_or_mapping",
    "when",
    "words",
    "written_duration",
]
