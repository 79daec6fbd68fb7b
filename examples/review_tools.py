"""The tools of `review.yaml`: along a fixed edge, a result is the query, and a tool's only text gets the query."""

from octograph import tool


@tool
def tidy(text: str) -> str:
    """Takes needless blanks out of a text."""
    return " ".join(text.split())


@tool
def length(text: str) -> str:
    """Counts the words of a text."""
    return f"{len(text.split())} words"


@tool
def longest(text: str) -> str:
    """Finds the longest word of a text."""
    return max(text.replace(".", "").replace(",", "").split(), key=len)


@tool
def card(text: str) -> str:
    """Puts earlier results on one card, a line each."""
    return "\n".join(f"* {line}" for line in text.splitlines())
