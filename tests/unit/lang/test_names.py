"""Plain scopes and values: fields, rows that may be none, candidates."""

from __future__ import annotations

import pytest

from ivrctl.lang.names import MappingNames, RecordScope, narrow
from ivrctl.lang.types import DATE, MONEY, TEXT, Maybe, Record, Type

SCOPE = RecordScope({"order": Maybe(Record({"state": TEXT, "closed_on": Maybe(DATE)})), "amount": MONEY})


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (("amount",), MONEY),
        (("order", "state"), Maybe(TEXT)),
        (("order", "closed_on"), Maybe(DATE)),
        (("order", "nothing"), None),
        (("amount", "cents"), None),
        (("nothing",), None),
    ],
)
def test_a_path_leads_to_a_type(path: tuple[str, ...], kind: Type | None) -> None:
    """A field of a row that may be none may be none; what does not exist has no type."""
    assert SCOPE.type_of(path) == kind


def test_a_proven_row_gives_its_fields_their_own_types() -> None:
    """Only a field's own question mark remains."""
    inner = narrow(SCOPE, {("order",)})
    assert inner.type_of(("order", "state")) == TEXT
    assert inner.type_of(("order", "closed_on")) == Maybe(DATE)
    assert inner.type_of(("nothing",)) is None


def test_proving_nothing_changes_nothing() -> None:
    """The scope stays what it is."""
    assert narrow(SCOPE, ()) is SCOPE


def test_candidates_are_the_fields_of_a_known_name_or_everything() -> None:
    """A wrong field is compared with its neighbours only."""
    assert list(SCOPE.candidates(("order", "stat"))) == ["order", "order.state", "order.closed_on"]
    assert list(SCOPE.candidates(("amout",))) == ["order", "order.state", "order.closed_on", "amount"]


def test_a_field_of_none_is_none() -> None:
    """A row that a lookup did not find has no fields, and asking for one is no fault."""
    assert MappingNames({"order": None}).value_of(("order", "state")) is None
    assert MappingNames({"order": {"state": "done"}}).value_of(("order", "state")) == "done"
