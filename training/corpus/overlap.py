"""How much of the corpus stands word for word in other files: shared runs of 8 words, as benchmarks are checked for.

    python -m octograph.training.corpus.overlap BENCHMARK.jsonl... [--corpus FILE] [--words 8] [--show 20]

A line of the corpus overlaps if any run of 8 words of it occurs in a benchmark file (JSON lines, CSV or plain text:
every text in it counts). Wording that any exam uses ("which of the following is an example of") is listed apart:
runs without a word of content.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...graphs.data_file import read_data
from ...graphs.errors import InputError

FIELDS = Path(__file__).parent / "fields.jsonl"
_WORD = re.compile(r"[^\W_]+")
_EXAM_WORDS = frozenset(
    """a about according all among an and any are as at be been best by can correct could describes did do does each
    either example except false following for from had has have how if in incorrect is it its least likely main man
    many more most must no none not of on one only or other person reason s should statement statements that the their
    then there these they this those to true two was were what when which who whose why will with woman would
    you""".split()
)

Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """A line of the corpus that shares a run of words with a benchmark."""

    line: int
    run: str
    exam_wording: bool
    """True if the run has no word of content: the way any exam asks."""


def runs(text: str, length: int) -> Iterator[Run]:
    """Every run of `length` words of a text, lower case, without punctuation.

    >>> list(runs("To be, or not to be", 5))
    [('to', 'be', 'or', 'not', 'to'), ('be', 'or', 'not', 'to', 'be')]
    """
    words = _WORD.findall(text.lower())
    return zip(*(words[start:] for start in range(length)), strict=False)


def overlaps(corpus: Iterable[str], benchmark: Iterable[str], length: int = 8) -> Iterator[Overlap]:
    """The lines of a corpus (counted from 1) that share a run of words with a benchmark, each once."""
    taken = {run for text in benchmark for run in runs(text, length)}
    for number, text in enumerate(corpus, start=1):
        shared = [run for run in runs(text, length) if run in taken]
        if shared:
            telling = next((run for run in shared if not _EXAM_WORDS.issuperset(run)), shared[0])
            yield Overlap(number, " ".join(telling), _EXAM_WORDS.issuperset(telling))


def texts_of(path: Path) -> list[str]:
    """Every text of a file: all strings of JSON lines, else its lines. Raises InputError if it can't be read."""
    texts: list[str] = []
    for line in read_data(path).splitlines():
        try:
            texts += _strings(json.loads(line))
        except ValueError:
            texts.append(line)
    return texts


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, (list, tuple)):
        for item in data:
            yield from _strings(item)
    elif isinstance(data, dict):
        yield from _strings(list(data.values()))


def main() -> None:
    parser = argparse.ArgumentParser(description="Shared runs of words between the corpus and other files.")
    parser.add_argument("benchmarks", nargs="+", type=Path)
    parser.add_argument("--corpus", type=Path, default=FIELDS)
    parser.add_argument("--words", type=int, default=8)
    parser.add_argument("--show", type=int, default=20)
    options = parser.parse_args()
    try:
        corpus = [str(json.loads(line)["query"]) for line in read_data(options.corpus).splitlines() if line.strip()]
        for path in options.benchmarks:
            found = list(overlaps(corpus, texts_of(path), options.words))
            kinds = Counter(one.exam_wording for one in found)
            print(f"{path.name}: {len(found)} of {len(corpus)} lines share {options.words} words in a row", end="")
            print(f" ({kinds[True]} of them exam wording only)")
            for one in [one for one in found if not one.exam_wording][: options.show]:
                print(f"  line {one.line}: {one.run}")
    except InputError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
