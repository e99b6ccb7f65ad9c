"""The images of the composed pair, which take longest to build the first time: the engine keeps what is unchanged."""

from __future__ import annotations

import pytest

from .engines import ContainerEngine
from .pair import build_images

pytestmark = [pytest.mark.containers, pytest.mark.thorough, pytest.mark.xdist_group("images"), pytest.mark.timeout(600)]


def test_both_images_are_built(engine_for_a_while: ContainerEngine) -> None:
    """Under the names that the compose file has."""
    build_images(engine_for_a_while)
    found = engine_for_a_while.names("image", "ls", "--format", "{{.Repository}}")
    assert {"localhost/ivrctl/pbx", "localhost/ivrctl/controller"} <= found
