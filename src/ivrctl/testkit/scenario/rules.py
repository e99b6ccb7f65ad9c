"""The rules that findings about scenarios name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

RULES: Mapping[str, str] = MappingProxyType(
    {
        "IVR301": "a script line says one thing, and one that a script can say",
        "IVR302": "nobody of that name is in calls",
        "IVR303": "no line of the site has that number",
        "IVR304": "an answer is given for a query that does not exist, or one that it cannot give",
        "IVR305": "a queue does not exist",
        "IVR306": "an extension does not exist, or is held twice",
        "IVR307": "a key does not exist",
        "IVR308": "a step does not exist",
        "IVR309": "an outcome, an action or a call field does not exist",
        "IVR310": "a caller and an agent do different things",
        "IVR311": "a date and time cannot be read",
        "IVR312": "nothing follows the end of the call",
    }
)
