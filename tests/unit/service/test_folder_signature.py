"""The signature of a site's folder: what tells that it has changed."""

from __future__ import annotations

from pathlib import Path

from ivrctl.adapters.site_folder import folder_signature


def test_edit_shows_while_a_link_leads_nowhere(tmp_path: Path) -> None:
    """A dangling link is part of the signature, and hides nothing of the other files."""
    flow = tmp_path / "desk.ivr.yaml"
    flow.write_text("steps: {}")
    (tmp_path / "gone.ivr.yaml").symlink_to(tmp_path / "nowhere")
    before = folder_signature(tmp_path)
    flow.write_text("steps: {start: []}")
    assert folder_signature(tmp_path) != before


def test_folder_that_is_gone_has_no_signature(tmp_path: Path) -> None:
    """It differs from that of every folder with a file in it."""
    assert folder_signature(tmp_path / "gone") == ()
