"""Writing an instance's configuration: the files of `asterisk-conf/` with their `@@NAME@@` places filled in.

The dialplan's own `${NAME}` must come through untouched, hence the other brackets. A place without a value and a value
without a place are both faults: a configuration is rendered wholly or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import ivrctl
from ivrctl.errors import BrokenStateError

_PLACE = re.compile(r"@@([A-Z0-9_]+)@@")


def configuration_source() -> Path:
    """Return the folder `asterisk-conf`: inside the installed package, or at the top of a checkout."""
    package = Path(ivrctl.__file__).parent
    installed = package / "asterisk-conf"
    return installed if installed.is_dir() else package.parents[1] / "asterisk-conf"


def render(source: Path, target: Path, values: Mapping[str, str]) -> None:
    """Write every `.conf` file below `source` to the same place below `target`.

    Raises:
        BrokenStateError: a file names a place that has no value, or a value is named by no file.
    """
    texts = {file.relative_to(source): file.read_text(encoding="utf-8") for file in sorted(source.rglob("*.conf"))}
    _check_places(texts, values)
    for relative, text in texts.items():
        file = target / relative
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_PLACE.sub(lambda place: values[place[1]], text), encoding="utf-8")


def _check_places(texts: Mapping[Path, str], values: Mapping[str, str]) -> None:
    named = {name: file for file, text in texts.items() for name in _PLACE.findall(text)}
    for name in sorted(named.keys() - values.keys()):
        raise BrokenStateError(f"{named[name]} names @@{name}@@, which has no value")
    for name in sorted(values.keys() - named.keys()):
        raise BrokenStateError(f"no file of the configuration names @@{name}@@")
