"""Finds what a file tool is told besides names: what to write or to look for, which files, whether to overwrite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ....graphs.signature import Clues, Mention
from ....graphs.walk import Result
from ...folder import working_folder
from .lexing import LONGEST, blanked, brief, file_names, quotes
from .text_input import REFERENCE, is_file_name, payload

_WITH_TEXT = re.compile(
    r"\b(?:with the (?:text|content|words?|line|message|note)|saying|that says|containing|reading|with content|content|"
    r"text)"
    r"\s*:?\s+(?P<text>[^\s:].*)$",
    re.IGNORECASE | re.DOTALL,
)
_BARE = re.compile(
    r"^\W*(?:please\s+|can you\s+|could you\s+)?(?:write|add|append|jot down|note down|note)\s+"
    r"(?:(?:the\s+)?(?:line|text|words?)\s+)?"
    r"(?P<text>(?!(?:it|them|that|this|these|those|both|all|everything|the|a|an|my|its|their|to|in|into|down)\b)"
    r"\S.*?)\s+"
    r"(?:to|into|in|at the end of|onto)\s+(?:(?:the|my|a|file|new|called|named)\s+)*$",
    re.IGNORECASE | re.DOTALL,
)
_MOST_BEFORE_FILE = 400
_BARE_BEFORE_END = re.compile(
    r"\s+(?:to|into|in|onto|at the end of)\s+(?:(?:the|my|a|file|new|called|named)\s+)*$", re.I
)
_SOURCE_BEFORE = re.compile(
    r"\b(?:(?<!end )(?<!bottom )of|from|about|read|open|summari[sz]e|using|with|describe|out of|than)\s+"
    r"(?:(?:the|my|our|file|table)\s+)*$",
    re.I,
)
_TARGET_BEFORE = re.compile(
    r"\b(?:to|into|in|as|called|named|file|onto|over)\s+(?:(?:the|my|a|new|file)\s+)*$", re.IGNORECASE
)
_NO_SUFFIX = re.compile(r"\.(?:com|org|net|edu|gov|io|eu|example)$", re.IGNORECASE)
_OVERWRITE = re.compile(
    r"\b(?:overwrit(?:e|ing)|replac(?:e|ing) (?:it|the (?:old|existing|file|content)\w*|what is there|whatever)|"
    r"even if (?:it|the file) (?:already )?exists|over the (?:old|existing))\b",
    re.IGNORECASE,
)
_NEVER = re.compile(r"(?:\b(?:not|never|without|no|avoid)|n['’]t)\b[^.;,]{0,20}$", re.IGNORECASE)
_SEARCHED = re.compile(
    r"\b(?:search(?:ing)?|look(?:ing)?|grep|scan|find|check|hunt)\b.*?\bfor\s+"
    r"(?:(?:the\s+)?(?:word|words|phrase|term|text|string|name)\s+)?"
    r"(?P<a>.+?)(?=\s+(?:in|inside|within|across|through|among|anywhere)\b|\s*[?.!]?$)|"
    r"\b(?:mention(?:s|ing|ed)?|contain(?:s|ing)?|includ(?:es?|ing)|talk(?:s|ing)? about|says?)\s+"
    r"(?:(?:the\s+)?(?:word|words|phrase|term|text|string|name)\s+)?(?P<b>.+?)(?=\s+(?:in|inside|within)\b|\s*[?.!]?$)|"
    r"\b(?:where (?:does|do|is|are)|does|is)\s+(?:the\s+)?(?:word|words|phrase|term|name)?\s*(?P<c>.+?)\s+"
    r"(?:appear|occur|come up|show up|mentioned|written|stand)|"
    r"\bgrep\s+(?P<e>\S+)\s*$|"
    r"\b(?:grep|find|search)\s+(?:(?:the\s+)?(?:word|words|phrase|term|text|string|name|lines? with)\s+)?"
    r"(?P<d>\S.*?)\s+"
    r"(?:in|inside|within|across)\b",
    re.IGNORECASE,
)
_EVERYTHING = re.compile(
    r"^(?:(?:all|the|my|these|those|every|any|files?|folders?|documents?|texts?|it|them|in)\b\s*)+$", re.I
)
_GLOB = re.compile(r"(?<![\w*?.])[\w*?.-]*[*?][\w*?.-]*")
_TYPES = {
    "csv": "*.csv", "tsv": "*.tsv", "json": "*.json", "jsonl": "*.jsonl", "parquet": "*.parquet", "txt": "*.txt",
    "text": "*.txt",
    "markdown": "*.md", "md": "*.md", "python": "*.py", "py": "*.py", "png": "*.png", "svg": "*.svg", "pdf": "*.pdf",
    "yaml": "*.yaml", "log": "*.log", "html": "*.html", "xml": "*.xml",
}  # fmt: skip
_TYPED = re.compile(
    rf"(?<!\w)\.?(?P<type>{'|'.join(_TYPES)})[\s-](?:files?|documents?|tables?|pictures?|images?|ones?)\b|"
    r"(?:\bending (?:in|with)|\bwith (?:the )?(?:extension|suffix)|\bfiles? of type)\s+['\"]?\.?"
    rf"(?P<other>{'|'.join(_TYPES)})\b|"
    rf"(?<![\w.])\.(?P<bare>{'|'.join(_TYPES)})\b(?!\w)",
    re.IGNORECASE,
)
_FOLDER = re.compile(
    r"\b(?:in|of|inside|from|under|below|within)\s+(?:the\s+)?(?:folder\s+|directory\s+)?[\"']?(?P<name>[\w./-]+)/?"
)


@brief
def find_targets(text: str, clues: Clues) -> Iterator[Mention]:
    """Files that are written: not those that something is taken of, from or about ("summary of notes.txt")."""
    for quote in quotes(text):
        if is_file_name(quote.content):
            yield Mention(quote.start, quote.end, quote.content)
    plain = blanked(text, ((quote.start, quote.end) for quote in quotes(text)))
    for start, end in file_names(plain):
        if not _SOURCE_BEFORE.search(plain[:start]) and not _NO_SUFFIX.search(plain[start:end]):
            yield Mention(start, end, plain[start:end], 1.0 if _TARGET_BEFORE.search(plain[:start]) else 0.9)


def find_content(text: str, clues: Clues) -> Iterator[Mention]:
    """What is to be written: earlier results (a table as its data), a quotation, what follows a colon or `saying`."""
    if clues.inputs:
        yield Mention(0, 0, _joined(clues.inputs), 0.85)
    said = blanked(text, ((quote.start, quote.end) for quote in quotes(text)))
    refers = bool(clues.inputs) and bool(REFERENCE.search(said))
    score = 0.6 if refers else 0.9
    found = payload(text)
    if found is not None:
        yield Mention(*found, text[found[0] : found[1]], score)
        return
    if match := _WITH_TEXT.search(blanked(text, file_names(text))):
        start, end = match.start("text"), len(text[: match.end("text")].rstrip())
        content = text[start:end].strip("\"'“”‘’")
        start = text.index(content, start)
        rest = blanked(text, file_names(text))[start:].rstrip() if len(text) <= LONGEST else ""
        if tail := _BARE_BEFORE_END.search(rest):
            content = content[: tail.start()].strip("\"'“”‘’")
        if content.strip():
            yield Mention(start, start + len(content), content, score)
            return
    if not refers:
        yield from _before_file(text)


@brief
def find_overwrite(text: str, clues: Clues) -> Iterator[Mention]:
    """Whether a file that is there may be overwritten; only if the request says so."""
    plain = blanked(text, ((quote.start, quote.end) for quote in quotes(text)))
    for match in _OVERWRITE.finditer(plain):
        yield Mention(match.start(), match.end(), not _NEVER.search(plain[: match.start()]))


@brief
def find_searched(text: str, clues: Clues) -> Iterator[Mention]:
    """The words to look for: quoted, or after `for`, `mentioning`, `containing` and the like."""
    for quote in quotes(text):
        if quote.content.strip() and not is_file_name(quote.content):
            yield Mention(quote.start, quote.end, quote.content)
            return
    plain = blanked(text, file_names(text))
    for match in _SEARCHED.finditer(plain):
        group = next(name for name in "abcde" if match.group(name))
        said = match.group(group).strip()
        if said and not _EVERYTHING.match(said):
            start = match.start(group) + match.group(group).index(said)
            yield Mention(start, start + len(said), said, 0.8)
            return


@brief
def find_patterns(text: str, clues: Clues) -> Iterator[Mention]:
    """Which files: `*.csv`, "the CSV files", "everything ending in .txt", "pictures"."""
    for match in _GLOB.finditer(text):
        written = match.group().rstrip("?.")
        if re.search(r"[*?]", written):
            yield Mention(match.start(), match.start() + len(written), written)
    for match in _TYPED.finditer(text):
        name = next(filter(None, match.groups()))
        yield Mention(match.start(), match.end(), _TYPES[name.lower()], 0.9)
    for match in re.finditer(r"\b(?:pictures|images|charts)\b", text, re.IGNORECASE):
        yield Mention(match.start(), match.end(), "*.png", 0.7)


@brief
def find_folders(text: str, clues: Clues) -> Iterator[Mention]:
    """A folder inside the working folder that the text names."""
    root = working_folder()
    for match in _FOLDER.finditer(text):
        name = match.group("name").rstrip("/.")
        try:
            if name and ".." not in name and not name.startswith(("/", ".")) and (root / name).is_dir():
                yield Mention(match.start("name"), match.end("name"), name)
        except (OSError, ValueError):
            continue


def _joined(results: tuple[Result, ...] | Any) -> str | dict[str, Any]:
    """Earlier results as what is written: one table as its data, anything else as text, several below each other."""
    if len(results) == 1 and results[0].kind == "table" and isinstance(results[0].data, dict):
        return {**results[0].data, "text": results[0].text}
    return "\n\n".join(result.text for result in results) if _any_long(results) else "\n".join(r.text for r in results)


def _any_long(results: Any) -> bool:
    return any("\n" in result.text for result in results)


def _before_file(text: str) -> Iterator[Mention]:
    """`write hello world to a.txt`, `add "milk" to todo.txt`."""
    for quote in quotes(text):
        if quote.content.strip() and not is_file_name(quote.content):
            start = text.index(quote.content, quote.start)
            yield Mention(start, start + len(quote.content), quote.content, 0.9)
            return
    for start, _ in file_names(text):
        match = _BARE.match(text[:start]) if start < _MOST_BEFORE_FILE else None
        if match and not list(file_names(match.group("text"))):
            yield Mention(match.start("text"), match.end("text"), match.group("text"), 0.5)
            return
