"""The images of the composed pair, which take longest to build the first time: the engine keeps what is unchanged."""

from __future__ import annotations

import pytest

from .engines import ContainerEngine

# With the pair: one engine for both.
pytestmark = [pytest.mark.containers, pytest.mark.thorough, pytest.mark.xdist_group("pair"), pytest.mark.timeout(600)]


@pytest.mark.usefixtures("images")
def test_both_images_are_there(engine: ContainerEngine) -> None:
    """Under the names that the compose file has."""
    found = engine.names("image", "ls", "--format", "{{.Repository}}")
    assert {"localhost/ivrctl/pbx", "localhost/ivrctl/controller"} <= found
