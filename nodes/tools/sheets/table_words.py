"""Finds how a table is to be computed, ordered or drawn: "average", "highest first", "top five", "as a pie chart"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....graphs.signature import Clues, Mention
from ..numbers.numerals import numeral_at
from ..prose.lexing import blanked, brief, file_names, nearly, word_set, words
from .columns import column_mentions, header
from .concepts import concept_column, superlatives
from .filtering import comparisons

_AGGREGATIONS = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), name)
    for pattern, name in (
        (r"(?:how many|(?:total )?number of|count(?: of)?)(?: the)? (?:different|distinct|unique)", "distinct"),
        (r"how many|(?:total )?(?:number|count) of|count(?:s|ed|ing)?|headcounts?|how often", "count"),
        (r"(?:shares?|percentages?|percent|proportions?)(?: of)?|fraction of|what part of", "share"),
        (r"averages?d?|avg|mean|on average|typical", "mean"),
        (r"medians?", "median"),
        (r"max(?:imum)?|highest|largest|biggest|greatest|peak", "max"),
        (r"min(?:imum)?|lowest|smallest|least", "min"),
        (r"totals?(?: up)?|sum(?:s|med)?(?: up)?|add(?:ed)? up|altogether|overall|how much|combined", "sum"),
    )
)
_WRITTEN_SO = {
    "average": "mean",
    "median": "median",
    "maximum": "max",
    "minimum": "min",
    "highest": "max",
    "total": "sum",
}
_ORDER_AFTER = re.compile(r"\s+(?:values?\s+)?(?:first|on top|at the top|to)\b", re.IGNORECASE)
_SOLD = re.compile(r"\b(?:sold|bought|ordered|shipped|sell)\b", re.IGNORECASE)
LISTED = re.compile(
    r"\b(?:list|name|what are|which are|which|what|show|give)\s+"
    r"(?:(?:me|us|all|the|of|different|various|existing)\s+)*",
    re.IGNORECASE,
)
_MOST_OF = re.compile(r"\b(?:most|fewest|least)\s+(?=[^\W\d]{3,}s\b|people\b)", re.IGNORECASE)
_UP = r"lowest|smallest|least|fewest|cheapest|low|small|shortest|youngest|coldest|worst|minimum"
_DOWN = r"highest|largest|biggest|greatest|most(?: expensive)?|high|large|big|longest|best|top|maximum|hottest"
_DIRECTIONS = tuple(
    (re.compile(rf"\b(?:{pattern})", re.IGNORECASE), name)
    for pattern, name in (
        (
            r"desc(?:ending(?:ly)?)?\b|decreasing(?:ly)?\b|falling\b|z\s*(?:to|-)\s*a\b|reversed?\b(?: order)?",
            "descending",
        ),
        (r"asc(?:ending(?:ly)?)?\b|increasing(?:ly)?\b|rising\b|a\s*(?:to|-)\s*z\b|alphabetical(?:ly)?\b", "ascending"),
        (rf"(?:{_DOWN}|newest|latest|most recent)\s+(?:\w+\s+)?(?:first|to\s|at the top)", "descending"),
        (rf"(?:{_UP}|oldest|earliest)\s+(?:\w+\s+)?(?:first|to\s|at the top)", "ascending"),
        (r"(?:newest|latest|most recent) to\b", "descending"),
    )
)
_TO_THE_OTHER_END = re.compile(rf"\s*(?:{_UP}|{_DOWN}|newest|latest|oldest|earliest)\b", re.IGNORECASE)
ALL_ROWS = 1000
_LARGEST = re.compile(rf"\b(?:{_DOWN}|more|newest|latest|bestselling|oldest)\b", re.IGNORECASE)
_SMALLEST = re.compile(rf"\b(?:{_UP}|bottom|poorest|earliest|fewer|last)\b", re.IGNORECASE)
_FIRST_OR_LAST = re.compile(r"\b(?:first|last)\b", re.IGNORECASE)
_RANK = r"top|bottom|first|last|best|worst|highest|lowest|largest|biggest|smallest|most|least|fewest|greatest"
_RANKING = re.compile(
    r"\b(?:top|bottom|best|worst|most|least|(?!interest|test|rest|west|latest|forest)\w+est)\b", re.IGNORECASE
)
_RANK_WORD = re.compile(
    rf"\b(?:{_RANK}|next|only|which|what|the|show|list|give me|cheapest|hottest|coldest|warmest|latest|newest|oldest|"
    r"youngest|sample of|about)\s+(?=\d|[a-z])",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"\s+(?:(?:{_RANK}|\w+est)\b|(?:\w+\s+)?(?:rows?|lines?|records?|entries|entry|examples?|items?|rankings?)\b)",
    re.I,
)
_ONE = re.compile(
    rf"\b(?:which|what)(?:\s+(?:is|was)\s+the)?\s+(?:single\s+)?(?P<noun>[^\W\d]+)|"
    rf"\b(?:{_RANK}|\w{{2,}}est)(?:[\s-](?:paid|selling|earning|popul\w+|expensive|recent))?\s+(?P<other>[^\W\d]+)",
    re.IGNORECASE,
)
_WHO = re.compile(r"\bwho\s+(?:is|was|has|had|earns|makes|made|sold|gets)\b", re.IGNORECASE)
_NO_NOUN = word_set(
    "are is were was do does did have has had with the average mean total median sum number first last in of"
)
_CHARTS = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), name)
    for pattern, name in (
        (r"histograms?|distributions?|spread", "histogram"),
        (r"scatter(?:[\s-]?(?:plot|chart|graph|diagram))?s?|correlat(?:ion|es?)|dots?", "scatter"),
        (r"pies?(?:[\s-]?(?:charts?|graphs?|diagrams?))?|donut|doughnut|shares?", "pie"),
        (r"lines?(?:[\s-]?(?:charts?|graphs?|plots?|diagrams?))?|curves?|trends?|time series|over time", "line"),
        (r"(?:bars?|columns?)[\s-]?(?:charts?|graphs?|plots?|diagrams?)|bars?", "bar"),
    )
)
_PICTURE = re.compile(
    r"\b(?:as|in|to)\s+(?:an?\s+)?(svg|png)\b(?!\s*\.)|\b(svg|png)\b(?:\s+(?:file|format|picture|image))", re.I
)
_PICTURE_NAME = re.compile(r"\.(?:png|svg|jpe?g|pdf|gif|webp)$", re.IGNORECASE)


@brief
def find_aggregations(text: str, clues: Clues) -> Iterator[Mention]:
    """Every way of computing that the text names, as sum, mean, median, min, max, count or distinct."""
    columns = header(clues)
    plain = blanked(text, file_names(text))
    taken = [(c.start, c.end) for c in comparisons(text, columns)]
    found: list[Mention] = []
    for pattern, name in _AGGREGATIONS:
        for match in pattern.finditer(plain):
            free = all(match.end() <= start or end <= match.start() for start, end in taken)
            if free and not _ORDER_AFTER.match(plain, match.end()):
                taken.append(match.span())
                found.append(Mention(match.start(), match.end(), name))
    if not found:
        found = [
            Mention(tendency.start, tendency.end, "max" if tendency.sign > 0 else "min", 0.7)
            for tendency in superlatives(plain, columns)
        ]
    if not found:
        for word in words(plain):
            found += [
                Mention(word.start, word.end, name, 0.8)
                for right, name in _WRITTEN_SO.items()
                if nearly(word.stem, right)
            ]
    mentions = [mention for mention in column_mentions(plain, columns) if mention.score >= 0.9]
    said: set[str] = set()
    for mention in sorted(found, key=lambda mention: mention.start):
        if any(m.start <= mention.start and mention.end <= m.end for m in mentions) and len(found) > 1:
            continue
        value = mention.value
        if value == "count":
            following = re.compile(r"\s+(?:of\s+)?(?:the\s+)?").match(plain, mention.end)
            counted = [m.column for m in mentions if following and m.start == following.end()]
            sold = _SOLD.search(plain) and concept_column("unit", columns)
            if (counted and counted[0].type == "number" and not counted[0].ids) or (sold and not counted):
                value = "sum"
            elif counted:
                value = "distinct"
        if value not in said:
            said.add(value)
            yield Mention(mention.start, mention.end, value, mention.score)
    named = {mention.start for mention in mentions if mention.column.type in ("text", "boolean")}
    numeric = any(mention.column.type == "number" for mention in mentions)
    for listed in LISTED.finditer(plain) if not found and not numeric else ():
        if listed.end() in named:
            yield Mention(listed.start(), listed.start(), "count", 0.3)
            break


@brief
def find_statistics(text: str, clues: Clues) -> Iterator[Mention]:
    """As `find_aggregations`, without highest and lowest, which say in a ranking what is on top."""
    columns = header(clues)
    found = [m for m in find_aggregations(text, clues) if m.value not in ("max", "min") and m.score >= 0.5]
    if not found and columns and not list(superlatives(text, columns)):
        amounts = any(m.column.type not in ("text", "boolean") for m in column_mentions(text, columns))
        for match in _MOST_OF.finditer(text) if not amounts else ():  # "the most employees": rows are counted
            yield Mention(match.end(), match.end(), "count", 0.5)
            return
    yield from found


@brief
def find_directions(text: str, clues: Clues) -> Iterator[Mention]:
    """`ascending` or `descending`, however it is said."""
    yield from _orders(text)
    for word in superlatives(text, header(clues)):
        yield Mention(word.start, word.end, "descending" if word.sign > 0 else "ascending", 0.6)


def _orders(text: str) -> Iterator[Mention]:
    """Where an order of all rows is said: "descending", "from highest to lowest", "newest first"."""
    for pattern, name in _DIRECTIONS:
        for match in pattern.finditer(text):
            end = _TO_THE_OTHER_END.match(text, match.end())
            yield Mention(match.start(), end.end() if end else match.end(), name)


@brief
def find_ends(text: str, clues: Clues) -> Iterator[Mention]:
    """Which end of a ranking: `largest` or `smallest`."""
    for phrase in _orders(text):
        yield Mention(phrase.start, phrase.end, "largest" if phrase.value == "descending" else "smallest")
    for word in superlatives(text, header(clues)):
        yield Mention(word.start, word.end, "largest" if word.sign > 0 else "smallest")
    named = clues.filled.get("column")
    dated = any(column.name == named and column.type in ("date", "datetime") for column in header(clues))
    for match in _FIRST_OR_LAST.finditer(text) if dated else ():
        yield Mention(match.start(), match.end(), "smallest" if match.group().lower() == "first" else "largest", 0.95)
    for match in _SMALLEST.finditer(text):
        yield Mention(match.start(), match.end(), "smallest", 0.9)
    for match in _LARGEST.finditer(text):
        yield Mention(match.start(), match.end(), "largest", 0.5 if match.group().lower() == "top" else 0.8)


@brief
def find_counts(text: str, clues: Clues) -> Iterator[Mention]:
    """How many rows are wanted: `top 5`, `first ten`, `3 cheapest`; one for "which product ..." in the singular."""
    plain = blanked(text, file_names(text))
    for match in _RANK_WORD.finditer(plain):
        numeral = numeral_at(plain, match.end())
        if numeral and numeral.value.denominator == 1 and numeral.value > 0:
            yield Mention(numeral.start, numeral.end, int(numeral.value))
    for match in re.finditer(r"(?<![\w.,])(?:\d+|[a-z]+)", plain, re.IGNORECASE):
        numeral = numeral_at(plain, match.start())
        if numeral and numeral.value.denominator == 1 and numeral.value > 0 and _COUNTED.match(plain, numeral.end):
            yield Mention(numeral.start, numeral.end, int(numeral.value), 0.9)
    ordered = list(_orders(plain))
    for phrase in ordered:
        yield Mention(phrase.start, phrase.start, ALL_ROWS, 0.5)
    for match in _WHO.finditer(plain):
        yield Mention(match.start(), match.start(), 1, 0.4)
    amounts = {mention.start for mention in column_mentions(plain, header(clues)) if mention.column.type == "number"}
    for match in _ONE.finditer(plain):
        group = "noun" if match.group("noun") else "other"
        noun = match.group(group).lower()
        plural = noun.endswith("s") or noun in ("people", "ones")
        if not plural and noun not in _NO_NOUN and not numeral_at(noun, 0) and match.start(group) not in amounts:
            yield Mention(match.start(), match.start(), 1, 0.4)


@brief
def find_top_counts(text: str, clues: Clues) -> Iterator[Mention]:
    """How many of the first of a ranking: `top 5`, `the 3 cheapest`; not a number of rows that just stands there."""
    for mention in find_counts(text, clues):
        around = text[max(0, mention.start - 20) : mention.end + 20]
        if mention.score >= 0.9 and _RANKING.search(around):
            yield mention


@brief
def find_last(text: str, clues: Clues) -> Iterator[Mention]:
    """True where the end of a table is wanted, not its beginning."""
    for match in re.finditer(r"\b(?:last|final|tail|bottom)\b|\bend of\b", text, re.IGNORECASE):
        yield Mention(match.start(), match.end(), True)


@brief
def find_charts(text: str, clues: Clues) -> Iterator[Mention]:
    """The kind of chart: bar, line, pie, scatter or histogram."""
    plain = blanked(text, file_names(text))
    for pattern, name in _CHARTS:
        for match in pattern.finditer(plain):
            sure = re.search(r"chart|graph|plot|diagram|histogram|scatter|pie", match.group(), re.IGNORECASE)
            end = match.start() if match.group().lower() == "over time" else match.end()  # "over time" is a group too
            yield Mention(match.start(), end, name, 1.0 if sure else 0.6)


@brief
def find_pictures(text: str, clues: Clues) -> Iterator[Mention]:
    """The name of the picture to draw, or its format alone (`as SVG` gives `chart.svg`)."""
    for start, end in file_names(text):
        if _PICTURE_NAME.search(text[start:end]):
            yield Mention(start, end, text[start:end])
    for match in _PICTURE.finditer(text):
        yield Mention(match.start(), match.end(), f"chart.{(match.group(1) or match.group(2)).lower()}", 0.8)
