"""The real yaml-language-server, as an editor speaks with it: LSP over its standard streams.

It is installed once by npm's ordinary client into a cache folder, in the version that stands here.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ivrctl.testkit.npm import installed

VERSION = "1.23.0"
"""The last line that runs on the Node of Debian's stable releases; editors ship it, or one beside it."""

DEADLINE = 30.0
"""Seconds for one answer; on a busy machine the first takes some, since the server reads its schemas then."""


def program() -> Path:
    """The server's program; installed when it is not there yet.

    Raises:
        RuntimeError: Node or npm is missing, or npm cannot install it.
    """
    folder = installed(f"yaml-language-server@{VERSION}")
    return folder / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"


class LanguageServer:
    """One server, with one folder open."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path, settings: Mapping[str, Any]) -> None:
        self._process = process
        self._settings = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
        self._settings |= settings
        self._received: queue.Queue[dict[str, Any]] = queue.Queue()
        self._folder = folder
        self._count = 0
        threading.Thread(target=self._receive, daemon=True).start()

    def begin(self) -> None:
        """Say who we are and how it is to behave, as an editor does when it opens a folder."""
        uri = self._folder.as_uri()
        capabilities = {
            "textDocument": {
                "completion": {"completionItem": {"documentationFormat": ["markdown"], "snippetSupport": True}},
                "hover": {"contentFormat": ["markdown"]},
                "publishDiagnostics": {},
            },
            "workspace": {"configuration": True, "workspaceFolders": True},
        }
        folders = [{"uri": uri, "name": self._folder.name}]
        self.ask("initialize", processId=os.getpid(), rootUri=uri, workspaceFolders=folders, capabilities=capabilities)
        self.tell("initialized")
        self.tell("workspace/didChangeConfiguration", settings={"yaml": self._settings})

    @contextmanager
    def opened(self, file: Path, text: str) -> Iterator[list[dict[str, Any]]]:
        """Open a file with a text, whatever lies on disk, for the while; what is found in it."""
        # The server keeps what it parsed of a file by the version: one that was opened before must have another.
        self._count += 1
        document = {"uri": file.as_uri(), "languageId": "yaml", "version": self._count, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)
        yield self._findings(file)
        self.tell("textDocument/didClose", textDocument={"uri": file.as_uri()})
        # That nothing is wrong with it any more is the server's word that it has closed it.
        self._findings(file)

    def _findings(self, file: Path) -> list[dict[str, Any]]:
        told = self._until(lambda told: _is_finding(told, file.as_uri()))
        found: list[dict[str, Any]] = told["params"]["diagnostics"]
        return found

    def complete(self, file: Path, line: int, column: int) -> list[dict[str, Any]]:
        """What is offered at a place; lines and columns count from 0."""
        answer = self._ask_at("textDocument/completion", file, line, column)
        items: list[dict[str, Any]] = answer["items"] if isinstance(answer, dict) else answer or []
        return items

    def hover(self, file: Path, line: int, column: int) -> str:
        """What is shown of a place; empty when there is nothing."""
        answer = self._ask_at("textDocument/hover", file, line, column)
        return answer["contents"]["value"] if answer else ""

    def _ask_at(self, method: str, file: Path, line: int, column: int) -> Any:
        place = {"line": line, "character": column}
        return self.ask(method, textDocument={"uri": file.as_uri()}, position=place)

    def ask(self, method: str, **params: Any) -> Any:
        """Send a request and wait for its answer."""
        self._count += 1
        number = self._count
        self._send({"id": number, "method": method, "params": params})
        answer = self._until(lambda told: told.get("id") == number and "method" not in told)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def tell(self, method: str, **params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def _until(self, is_wanted: Any) -> dict[str, Any]:
        """The next message that is wanted; requests of the server are answered meanwhile."""
        while True:
            told = self._received.get(timeout=DEADLINE)
            if "method" in told and "id" in told:
                self._answer(told)
            elif is_wanted(told):
                return told

    def _answer(self, asked: dict[str, Any]) -> None:
        result: Any = None
        if asked["method"] == "workspace/configuration":
            sections = [item.get("section") for item in asked["params"]["items"]]
            result = [self._settings if section == "yaml" else {} for section in sections]
        self._send({"id": asked["id"], "result": result})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _receive(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while length := stream.readline():
            while stream.readline().strip():
                pass
            self._received.put(json.loads(stream.read(int(length.partition(b":")[2]))))


def _is_finding(told: Mapping[str, Any], uri: str) -> bool:
    return told.get("method") == "textDocument/publishDiagnostics" and told["params"]["uri"] == uri


@contextmanager
def serving(folder: Path, settings: Mapping[str, Any] | None = None) -> Iterator[LanguageServer]:
    """A server for a folder, with an editor's settings of ``yaml``; it is gone afterwards."""
    command = ["node", str(program()), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            server = LanguageServer(process, folder, settings or {})
            server.begin()
            yield server
        finally:
            process.kill()
