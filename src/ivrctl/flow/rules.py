"""The rules that findings about flows name."""

from __future__ import annotations

RULES: dict[str, str] = {
    "IVR101": "a step does not exist",
    "IVR102": "a flow does not exist, or has no start",
    "IVR103": "an outcome is returned that the flow does not declare",
    "IVR104": "a query does not exist",
    "IVR105": "a queue does not exist",
    "IVR106": "a call field does not exist",
    "IVR107": "an extension does not exist",
    "IVR108": "an argument is missing, or is not taken",
    "IVR109": "an action has no such outcome",
    "IVR110": "an action has one kind, and the kind exists",
    "IVR111": "a name cannot be given",
    "IVR112": "a target is malformed",
    "IVR113": "an ending is malformed",
    "IVR114": "an outcome leads nowhere",
    "IVR115": "a step falls off its end",
    "IVR116": "no call can reach this",
    "IVR117": "a name has no value on some way to its use",
    "IVR118": "a line is malformed, or is claimed twice",
    "IVR119": "a name has two types",
    "IVR120": "a flow, step or menu is empty",
    "IVR121": "a key does not exist",
    "IVR122": "a number is out of range",
    "IVR125": "nobody can choose this",
}
