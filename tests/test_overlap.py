"""Runs of words that a corpus shares with a benchmark are found, and exam wording is told apart."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from octograph.training.corpus.overlap import FIELDS, Overlap, overlaps, texts_of

TEXT = "The quick brown fox jumps over the lazy dog near the river bank."


def test_a_shared_run_of_eight_words_is_found_in_any_case_and_punctuation() -> None:
    """Only the line that has it is named, once."""
    corpus = ["Nothing to see here at all, really nothing.", "the QUICK brown, fox: jumps over the lazy cat"]
    assert list(overlaps(corpus, [TEXT])) == [Overlap(2, "the quick brown fox jumps over the lazy", False)]


def test_seven_words_are_not_enough() -> None:
    """One word less in common is no overlap."""
    assert list(overlaps(["quick brown fox jumps over the lazy horse"], [TEXT])) == []


def test_how_any_exam_asks_is_listed_apart() -> None:
    """A run without a word of content is marked, unless there is a telling one beside it."""
    exam = "Which of the following is not true of all the ...?"
    assert [one.exam_wording for one in overlaps(["which of the following is not true of the moon"], [exam])] == [True]


def test_every_text_of_a_benchmark_file_counts(tmp_path: Path) -> None:
    """JSON lines with nested choices, and plain text."""
    file = tmp_path / "benchmark.jsonl"
    file.write_text(json.dumps({"question": "one", "choices": ["two", ["three"]]}) + "\nfour, plain\n")
    assert texts_of(file) == ["one", "two", "three", "four, plain"]


def test_the_command_reports_on_the_shipped_corpus(tmp_path: Path) -> None:
    """A file made of a line of the corpus overlaps with exactly what it should."""
    first = json.loads(FIELDS.read_text(encoding="utf-8").splitlines()[0])["query"]
    file = tmp_path / "copied.txt"
    file.write_text(first)
    command = [sys.executable, "-m", "octograph.training.corpus.overlap", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "line 1:" in done.stdout
