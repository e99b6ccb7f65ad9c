"""Sockets that a parent opens, and what it says when it cannot."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from ivrctl.errors import ConfigurationError
from ivrctl.service.parent import listeners
from ivrctl.service.parent.listeners import address_of, listen_tcp, listen_unix


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "BUSY_FOR", 0.0)


def test_a_free_port_is_taken_when_none_is_named() -> None:
    """Port 0, as everywhere."""
    with listen_tcp("127.0.0.1", 0) as listener:
        assert address_of(listener).startswith("127.0.0.1:")
        assert not address_of(listener).endswith(":0")


def test_an_ipv6_address_is_written_in_brackets() -> None:
    """So that the port can be told from it."""
    with listen_tcp("::1", 0) as listener:
        assert address_of(listener) == f"[::1]:{listener.getsockname()[1]}"


def test_a_busy_port_names_the_address_and_how_to_find_its_owner() -> None:
    """The usual mistake: something runs there already."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1:{port}") as caught:
            listen_tcp("127.0.0.1", port)
    advice = str(caught.value.advice)
    assert f"another ivrctl serve; ss -ltnp 'sport = :{port}' shows who listens there" in advice
    assert "ivrctl pbx up NAME --agi HOST:PORT" in advice


def test_an_address_of_another_host_is_a_configuration_error() -> None:
    """TEST-NET-1 is nobody's."""
    with pytest.raises(ConfigurationError, match=r"cannot listen on 192\.0\.2\.1:4573") as caught:
        listen_tcp("192.0.2.1", 4573)
    assert caught.value.advice == "give an address of this host: ip -brief address shows them"


def test_a_unix_socket_is_its_users_alone(tmp_path: Path) -> None:
    """Whatever the umask."""
    with listen_unix(tmp_path / "api.sock"):
        assert stat.S_IMODE((tmp_path / "api.sock").stat().st_mode) == 0o600


def test_a_socket_file_left_by_a_killed_parent_is_replaced(tmp_path: Path) -> None:
    """Nobody listens there any more."""
    path = tmp_path / "api.sock"
    listen_unix(path).close()
    assert path.exists()
    with listen_unix(path), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))


def test_a_socket_that_somebody_listens_at_is_left_alone(tmp_path: Path) -> None:
    """Two cannot serve one path."""
    path = tmp_path / "api.sock"
    with listen_unix(path):
        with pytest.raises(ConfigurationError, match="another process listens at") as caught:
            listen_unix(path)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
    assert caught.value.advice == f"ss -lxp src {path} shows which one it is"


def test_a_folder_that_is_missing_is_a_configuration_error(tmp_path: Path) -> None:
    """Said with the path."""
    with pytest.raises(ConfigurationError, match=r"missing/api\.sock: No such file"):
        listen_unix(tmp_path / "missing" / "api.sock")


def test_an_address_that_becomes_free_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The children of a killed parent need a moment to leave."""
    monkeypatch.setattr(listeners, "BUSY_FOR", 10.0)
    other = socket.create_server(("127.0.0.1", 0))
    port = other.getsockname()[1]
    monkeypatch.setattr(listeners.time, "sleep", lambda _seconds: other.close())
    with listen_tcp("127.0.0.1", port) as listener:
        assert listener.getsockname()[1] == port
