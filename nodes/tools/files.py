"""The `files` catalog: list, read, write, append, search and inspect the files of the working folder, and no others."""

from __future__ import annotations

import csv
import datetime as dt
import fnmatch
import io
import json
from typing import Annotated, Any

from ...graphs.errors import ArgumentError
from ...graphs.signature import Kind
from ...graphs.walk import Result
from ..folder import inside, working_folder
from ..tool import tool
from .prose.file_words import find_content, find_folders, find_overwrite, find_patterns, find_searched, find_targets
from .prose.text_files import append_text, decoded, existing_file, files_below, is_text, read_text, relative, write_text
from .sheets.table_text import clean

FileName = Annotated[str, Kind("file"), "a file's name, such as notes.txt"]
TargetName = Annotated[str, Kind("file", find=find_targets), "a new file's name, such as result.txt"]
Content = Annotated[
    str | dict[str, Any], Kind("text", find=find_content), "a text: quoted, after a colon, or an earlier result"
]
Pattern = Annotated[str | None, Kind("file-pattern", find=find_patterns), "which files, such as *.csv"]
Folder = Annotated[str | None, Kind("folder", find=find_folders), "a folder inside the working folder"]
TextResult = Annotated[Result, Kind("text")]
FileResult = Annotated[Result, Kind("file")]
_MOST_LISTED = 200
_MOST_HITS = 50


@tool(
    "files.list",
    examples=[
        "what files do I have here?",
        "list my files",
        "show all CSV files",
        "ls",
        "which text files are in the folder",
        "what is in the data folder",
        "list everything matching *.json",
        "are there any pictures in this directory",
        "show the folder's contents",
    ],
)
def list_files(pattern: Pattern = None, folder: Folder = None) -> TextResult:
    """Lists the files of the working folder, all of them or those of one type."""
    place = inside(folder) if folder else working_folder().resolve()
    if not place.is_dir():
        raise ArgumentError(f"{folder!r} is not a folder")
    names = [relative(path) for path in files_below(place)]
    if pattern:
        names = [name for name in names if fnmatch.fnmatch(name.rsplit("/", 1)[-1].lower(), pattern.lower())]
    shown = [clean(name) for name in names[:_MOST_LISTED]]
    if len(names) > len(shown):
        shown.append(f"... and {len(names) - len(shown)} more")
    nothing = f"no files match {pattern}" if pattern else "the folder is empty"
    return Result("\n".join(shown) or nothing, names, "text")


@tool(
    "files.read",
    examples=[
        "read notes.txt",
        "read letter.txt to me",
        "show me the contents of letter.md",
        "open report.txt",
        "what does readme.md say?",
        "print minutes.txt",
        "display the text of draft.txt",
        "cat log.txt",
        "let me see what is written in todo.txt",
    ],
)
def read(file: FileName) -> TextResult:
    """Reads a text file and gives its content."""
    text = read_text(file)
    return Result(text.rstrip("\n") or "(empty)", {"path": file, "lines": len(text.splitlines())}, "text")


@tool(
    "files.write",
    examples=[
        "save it to result.txt",
        "save to output.txt",
        'make a file called shopping.txt with the text "eggs and bread"',
        'write "call Ann" into a file called todo.txt',
        "create a file hello.txt with the text good morning",
        "store the table as totals.csv",
        "put the summary in summary.txt",
        "export the result to out.json",
        "make a new file ideas.md: more light, less noise",
        "save both answers in answers.txt, overwrite it if it exists",
        "write the keywords to tags.txt",
    ],
    idempotent=False,
)
def write(
    file: TargetName,
    text: Content,
    overwrite: Annotated[bool, Kind("overwrite", find=find_overwrite)] = False,
) -> FileResult:
    """Creates a file with a text or an earlier result in it; an existing file is only overwritten if that is said."""
    path = write_text(file, _as_file(text, file), overwrite=overwrite)
    return Result(path, {"path": path}, "file", (path,))


@tool(
    "files.append",
    examples=[
        'append "buy bread" to todo.txt',
        "add it to the end of log.txt",
        "add the line 'done' to progress.txt",
        "append the result to results.txt",
        "put this at the bottom of notes.txt: call back on Monday",
        "add another line to list.txt saying milk",
        "extend diary.txt with 'it rained'",
        "also note it in journal.txt",
    ],
    idempotent=False,
)
def append(file: TargetName, text: Content) -> FileResult:
    """Adds a text or an earlier result at the end of a file, keeping what is there."""
    path = append_text(file, _as_file(text, ""))
    return Result(path, {"path": path}, "file", (path,))


@tool(
    "files.search",
    examples=[
        'search my files for "invoice"',
        "which files mention Lisbon?",
        "find the word deadline in notes.txt",
        "grep TODO",
        "where does the name Okafor appear",
        "look for 'meeting' in all text files",
        "is the phrase good soil anywhere in my documents",
        "find lines containing error in log.txt",
    ],
)
def search(
    words: Annotated[str, Kind("searched-words", find=find_searched), "the words to look for"],
    file: Annotated[str | None, Kind("file")] = None,
    pattern: Pattern = None,
) -> TextResult:
    """Looks for words in the text files of the folder, and gives each line they stand in with its file and number."""
    wanted = " ".join(words.split()).casefold()
    if not wanted:
        raise ArgumentError("say which words to look for, for example: search my files for 'invoice'")
    hits: list[dict[str, Any]] = []
    paths = (
        [existing_file(file)] if file else [path for path in files_below(working_folder().resolve()) if is_text(path)]
    )
    for path in paths:
        name = relative(path.resolve()) if file else relative(path)
        if pattern and not file and not fnmatch.fnmatch(path.name.lower(), pattern.lower()):
            continue
        try:
            lines = decoded(path, name).splitlines()
        except ArgumentError:
            if file:
                raise
            continue
        hits += [
            {"file": name, "line": number, "text": _excerpt(line, wanted)}
            for number, line in enumerate(lines, 1)
            if wanted in " ".join(line.split()).casefold()
        ]
    shown = [f"{clean(hit['file'])}:{hit['line']}: {hit['text']}" for hit in hits[:_MOST_HITS]]
    if len(hits) > len(shown):
        shown.append(f"... and {len(hits) - len(shown)} more lines")
    return Result("\n".join(shown) or f"{words!r} was not found", hits[:1000], "text")


@tool(
    "files.info",
    examples=[
        "how big is sales.csv?",
        "when was notes.txt last changed",
        "file size of report.txt",
        "information about data.json",
        "does todo.txt exist",
        "how many bytes has picture.png",
        "details of the file letter.txt",
        "how old is log.txt",
    ],
)
def info(file: FileName) -> TextResult:
    """Tells the size, the number of lines and the last change of a file."""
    path = existing_file(file)
    status = path.stat()
    changed = dt.datetime.fromtimestamp(status.st_mtime).astimezone()
    data: dict[str, Any] = {"path": file, "bytes": status.st_size, "modified": changed.isoformat(timespec="seconds")}
    parts = [_size(status.st_size)]
    if is_text(path) and status.st_size <= 50_000_000:
        with path.open("rb") as lines:
            data["lines"] = sum(1 for _ in lines)
        parts.append(f"{data['lines']:,} line{'' if data['lines'] == 1 else 's'}")
    parts.append(f"last changed {changed:%Y-%m-%d %H:%M}")
    return Result(f"{file}: {', '.join(parts)}", data, "text")


def _as_file(content: str | dict[str, Any], name: str) -> str:
    """What is written: a text as it is; a table as CSV, TSV or JSON where the name says so, else as its text."""
    if isinstance(content, str):
        return content if content.endswith("\n") or not content else content + "\n"
    names, rows = content.get("columns", []), content.get("rows", [])
    suffix = name.lower().rsplit(".", 1)[-1]
    if suffix in ("csv", "tsv"):
        file = io.StringIO()
        writer = csv.writer(file, delimiter="\t" if suffix == "tsv" else ",", lineterminator="\n")
        writer.writerows([names, *rows])
        return file.getvalue()
    if suffix in ("json", "jsonl"):
        records = [dict(zip(names, row, strict=True)) for row in rows]
        lines = (json.dumps(record, ensure_ascii=False, default=str) for record in records)
        return (
            "".join(f"{line}\n" for line in lines)
            if suffix == "jsonl"
            else json.dumps(records, ensure_ascii=False, indent=2) + "\n"
        )
    return str(content.get("text") or "\t".join(map(str, names))) + "\n"


def _excerpt(line: str, wanted: str) -> str:
    """The line, or of a long one what stands around the words."""
    text = clean(" ".join(line.split()))
    if len(text) <= 160:
        return text
    at = max(0, text.casefold().find(wanted) - 60)
    return ("…" if at else "") + text[at : at + 158] + ("…" if at + 158 < len(text) else "")


def _size(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{count} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return str(count)
