"""The signature of a site's folder: what tells that it has changed."""

from __future__ import annotations

from pathlib import Path

from ivrctl.adapters.site_folder import MAX_FILE, MAX_TABLE, folder_signature, read_site


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


def test_table_of_regions_is_part_of_the_site(tmp_path: Path) -> None:
    """It is read, and a change of it shows; tables of other kinds are passed over."""
    table = tmp_path / "ported.regions.csv"
    table.write_text("prefix,region\n")
    (tmp_path / "customers.csv").write_text("number,name\n")
    before = folder_signature(tmp_path)
    table.write_text("prefix,region\n021,shanghai\n")
    assert folder_signature(tmp_path) != before
    assert list(read_site(tmp_path).values()) == [b"prefix,region\n021,shanghai\n"]


def test_table_of_regions_may_be_larger_than_a_flow(tmp_path: Path) -> None:
    """One byte more than is allowed is read of it, so that the check can tell."""
    (tmp_path / "ported.regions.csv").write_bytes(b"x" * (MAX_TABLE + 100))
    (tmp_path / "main.ivr.yaml").write_bytes(b"x" * (MAX_FILE + 100))
    assert sorted(map(len, read_site(tmp_path).values())) == [MAX_FILE, MAX_TABLE]
