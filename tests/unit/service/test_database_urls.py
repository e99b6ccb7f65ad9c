"""What the URLs of databases mean, and which are refused without being quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivrctl.adapters.database_url import declared_url, postgresql_dsn, sqlite_path
from ivrctl.errors import ConfigurationError
from ivrctl.lang.source import Span, Word
from ivrctl.site.site_file import DatabaseUrl

FOLDER = Path("/srv/site")
NOWHERE = Span("", 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:shop.sqlite", FOLDER / "shop.sqlite"),
        ("sqlite:///shop.sqlite", FOLDER / "shop.sqlite"),
        ("sqlite:////var/shop.sqlite", Path("/var/shop.sqlite")),
        ("sqlite:/var/shop.sqlite", Path("/var/shop.sqlite")),
        ("sqlite+aiosqlite:///shop.sqlite", FOLDER / "shop.sqlite"),
        ("sqlite:", None),
        ("sqlite://host/shop.sqlite", None),
        ("postgresql://host/shop", None),
    ],
)
def test_sqlite_url_names_a_file(url: str, path: Path | None) -> None:
    """Relative ones lie beside the site file."""
    assert sqlite_path(url, FOLDER) == path


@pytest.mark.parametrize(
    ("url", "dsn"),
    [
        ("postgresql://host/shop", "postgresql://host/shop"),
        ("postgres://host/shop", "postgresql://host/shop"),
        ("postgresql+asyncpg://host/shop", "postgresql://host/shop"),
        ("postgresql://u:p%40@host:5432/shop?sslmode=require", "postgresql://u:p%40@host:5432/shop?sslmode=require"),
        ("postgresql://u@one:1,two:2/shop", "postgresql://u@one:1,two:2/shop"),
        ("postgresql://[::1]:5432/shop", "postgresql://[::1]:5432/shop"),
        ("postgresql:///shop?host=/run/postgresql", "postgresql:///shop?host=/run/postgresql"),
        ("postgresql://u:p/q@host/shop", None),
        ("postgresql://u:p#q@host/shop", None),
        ("postgresql://u:p?q@host/shop", None),
        ("postgresql://u:p@q@host/shop", None),
        ("postgresql://u:12/q@host/shop", None),
        ("postgresql://host:port/shop", None),
        ("postgresql:shop", None),
        ("mysql://host/shop", None),
        ("sqlite:shop.sqlite", None),
    ],
)
def test_postgresql_url_goes_to_the_driver_as_it_is(url: str, dsn: str | None) -> None:
    """One whose password is not escaped would name another host: it is none."""
    assert postgresql_dsn(url) == dsn


def test_url_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    """Without the line's end that an editor leaves in the file."""
    (tmp_path / "url").write_text("postgresql://host/shop\n")
    word = Word.at("url", NOWHERE)
    assert declared_url(DatabaseUrl(file=word), tmp_path, {}) == "postgresql://host/shop"
    assert declared_url(DatabaseUrl(env=word), tmp_path, {"url": "sqlite:a"}) == "sqlite:a"
    assert declared_url(DatabaseUrl(text=word), tmp_path, {}) == "url"


@pytest.mark.parametrize("environ", [{}, {"CRM_URL": ""}])
def test_variable_that_is_not_set_is_named_with_what_to_do(environ: dict[str, str]) -> None:
    """Set and empty is not set."""
    with pytest.raises(ConfigurationError, match="the environment variable CRM_URL is not set") as fault:
        declared_url(DatabaseUrl(env=Word.at("CRM_URL", NOWHERE)), FOLDER, environ)
    assert str(fault.value.advice).startswith("export CRM_URL=postgresql://")
