"""Options and fixtures for every test: `pytest --renew` writes the golden files anew instead of comparing them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # so that tests can import `strategies`

Golden = Callable[[Path, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew", action="store_true", help="write the golden files anew; review the difference")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares text with a golden file, or writes the file under `--renew`."""

    def compare(file: Path, text: str) -> None:
        if request.config.getoption("--renew"):
            file.write_text(text, encoding="utf-8")
            return
        assert file.exists(), f"{file.name} is missing; write it with: pytest --renew"
        assert text == file.read_text(encoding="utf-8"), f"{file.name} differs; if that is right: pytest --renew"

    return compare
