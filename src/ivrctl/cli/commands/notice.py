"""``ivrctl notice``: announce something, change it, end it; by the controller, or without one by the ledger itself."""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ivrctl.adapters.state_folder import StateFolder
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.sites import running_state
from ivrctl.errors import ConfigurationError, UnreachableError
from ivrctl.lang.findings import shortened
from ivrctl.web.client import RefusedRequestError, ask

SPEAKING_WITHIN = 60.0
"""Seconds for a request that has something spoken: a voice that is slow, or a machine that is busy."""
_OF_A_LANGUAGE = re.compile(r"([A-Za-z]{1,8})=(.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Where:
    """Which site is meant."""

    site: Path | None
    state: Path | None
    pbx: str | None = None

    @property
    def folder(self) -> StateFolder:
        """Its state folder."""
        return StateFolder.open(running_state(self.site, self.state).path)


def asked_for(
    *,
    texts: Sequence[str] | None,
    recordings: Sequence[str] | None,
    scope: Mapping[str, Sequence[str] | None],
    **others: object,
) -> dict[str, Any]:
    """The body of a request: what of a notice was named on the command line.

    Raises:
        ConfigurationError: a recording cannot be read, or two are of one language.
    """
    body: dict[str, Any] = {name: value for name, value in others.items() if value is not None}
    if texts:
        body["texts"] = _by_language("--text", texts)
    if recordings:
        files = _by_language("--recording", recordings)
        body["recordings"] = {language: _encoded(file) for language, file in files.items()}
    named = {kind: list(names) for kind, names in scope.items() if names}
    if named:
        body["scope"] = named
    return body


def make(where: Where, body: Mapping[str, Any], *, as_json: bool) -> None:
    """Make a notice; its id, and what its author should know."""
    _tell(_request(where, "POST", "/notices", body), "stands", as_json=as_json)


def change(where: Where, id_: str, body: Mapping[str, Any], *, as_json: bool) -> None:
    """Change a notice that stands."""
    _tell(_request(where, "PATCH", f"/notices/{_checked(id_)}", body), "stands", as_json=as_json)


def end(where: Where, id_: str, *, as_json: bool) -> None:
    """End a notice."""
    _tell(_request(where, "DELETE", f"/notices/{_checked(id_)}", None), "has ended", as_json=as_json)


def list_(where: Where, *, as_json: bool) -> None:
    """Print the notices that stand."""
    body = _request(where, "GET", "/notices", None)
    if as_json:
        _print_json(body)
        return
    for notice in body["notices"]:
        sys.stdout.write(_line(notice))


def show(where: Where, id_: str, *, as_json: bool) -> None:
    """Print all of one notice."""
    body = _request(where, "GET", f"/notices/{_checked(id_)}", None)
    if as_json:
        _print_json(body)
        return
    notice = body["notice"]
    sys.stdout.write(_line(notice))
    for language, text in notice["texts"].items():
        sys.stdout.write(f"  {language}  {text}\n")
    for language, name in notice["recordings"].items():
        sys.stdout.write(f"  {language}  recording {name}.wav\n")
    if notice["reason"]:
        sys.stdout.write(f"  reason  {notice['reason']}\n")


def history(where: Where, limit: int, *, as_json: bool) -> None:
    """Print the last changes, the newest first."""
    body = _request(where, "GET", f"/notices/history?limit={limit}", None)
    if as_json:
        _print_json(body)
        return
    for changed in body["changes"]:
        notice = changed["after"] or changed["before"]
        said = _said(notice)
        sys.stdout.write(
            f"{_moment(changed['at'])}  {changed['happened']:8} {changed['id']}  {changed['author']}: {said}\n"
        )


def _request(where: Where, method: str, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
    """The controller's answer; without a controller that of the ledger."""
    try:
        return ask(where.folder.api_socket, path, method, body=body, within=SPEAKING_WITHIN)
    except RefusedRequestError as error:
        _refuse(error.body)
        raise
    except UnreachableError as error:
        why = str(error)
        from ivrctl.cli.kept_notices import answered_here

        answered = answered_here(where.site, where.folder, where.pbx, method, path, body)
    if "error" in answered:
        _refuse(answered)
        raise RefusedRequestError(str(answered["error"]), advice=answered.get("advice"))
    sys.stderr.write(f"{why}; the ledger of notices was asked itself\n")
    return answered


def _refuse(body: Mapping[str, Any]) -> None:
    """Say all that is wrong with a notice, and leave; an error that is one sentence is said as every other."""
    if "refusals" not in body:
        return
    for refusal in body["refusals"]:
        sys.stderr.write(f"ivrctl: {refusal['message']}\n  try: {refusal['advice']}\n")
    raise SystemExit(FINDINGS)


def _tell(body: Mapping[str, Any], what: str, *, as_json: bool) -> None:
    if as_json:
        _print_json(body)
        return
    notice = body["notice"]
    until = f" until {_moment(notice['ends'])}" if what == "stands" else ""
    sys.stdout.write(f"notice {notice['id']} {what}{until}\n")
    for remark in body["remarks"]:
        sys.stderr.write(f"{remark}\n")


def _line(notice: Mapping[str, Any]) -> str:
    scope = " ".join(f"{kind}: {', '.join(names)};" for kind, names in notice["scope"].items()).rstrip(";")
    since = "now" if notice["is_current"] else f"from {_moment(notice['starts'])}"
    behind = ", ends the call" if notice["ends_call"] else ""
    said = _said(notice)
    return (
        f"{notice['id']}  {since} until {_moment(notice['ends'])}  {scope or 'everybody'}{behind}  "
        f"by {notice['author']}: {said}\n"
    )


def _said(notice: Mapping[str, Any]) -> str:
    """What it says in each of its languages, in short where there are several."""
    said = {**notice["texts"], **dict.fromkeys(notice["recordings"], "a recording")}
    if len(said) == 1:
        return str(*said.values())
    return " / ".join(f"{language}: {shortened(text)}" for language, text in said.items())


def _moment(text: str) -> str:
    """In the time of whoever reads it."""
    return f"{datetime.fromisoformat(text).astimezone():%Y-%m-%d %H:%M}"


def _by_language(option: str, values: Sequence[str]) -> dict[str, str]:
    """``zh=…`` by its language; one without a language belongs to the only one that the site has."""
    found: dict[str, str] = {}
    for value in values:
        match = _OF_A_LANGUAGE.match(value)
        language, content = (match[1], match[2]) if match else ("", value)
        if language in found:
            raise ConfigurationError(f"{option} is there twice in one language", advice="join them")
        found[language] = content
    return found


def _encoded(file: str) -> str:
    """A recording as it is sent: as Asterisk plays it where that can be made here, else as it is."""
    from ivrctl.adapters.prompts.incoming import MAX_BYTES, telephone_sound
    from ivrctl.adapters.prompts.wav import BrokenSoundError, wav_of

    try:
        with Path(file).open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no path"
        raise ConfigurationError(f"{file} cannot be read: {reason}", advice="--recording zh=FILE") from error
    try:
        content = wav_of(telephone_sound(content))
    except BrokenSoundError as error:
        raise ConfigurationError(f"{file} is {error}", advice="record it again") from error
    return base64.b64encode(content).decode()


def _checked(id_: str) -> str:
    if not re.fullmatch(r"[a-z0-9]{1,32}", id_):
        raise ConfigurationError(f'"{id_[:40]}" cannot be the id of a notice', advice="ivrctl notice list")
    return id_


def _print_json(body: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
