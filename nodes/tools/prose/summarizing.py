"""Picks what a text is about: its most central sentences and its most telling words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from .language import STOP_WORDS, plain_words, sentences
from .lexing import stem, word_set

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_COMPARED = 800
_DAMPING = 0.85
_TOO_ALIKE = 0.7
_EARLY = 1.2
_CONTACT = re.compile(r"\w@\w+\.|https?://|www\.")
_NOUN_BEFORE = word_set("the a an this these our my their its his her your of")


def central_sentences(text: str, count: int) -> list[str]:
    """The `count` most central sentences, in the order of the text.

    Sentences are nodes of a graph, weighted by the cosine of their TF-IDF words, and ranked as by PageRank
    (Mihalcea and Tarau, TextRank, 2004), with a bias to early ones; one too like a better one is passed over.
    """
    found = [sentence for sentence in sentences(text) if len(plain_words(sentence)) >= 3] or sentences(text)
    finished = [sentence for sentence in found if re.search(r"[.!?…。！？][\"'”’»)\]]*$", sentence)]
    found = finished if len(finished) >= count else found
    if len(found) <= count:
        return found
    vectors = _vectors(found)
    scores, alike = _ranks(vectors)
    chosen: list[int] = []
    order = sorted(range(len(found)), key=lambda at: (-scores[at] * (0.3 if _CONTACT.search(found[at]) else 1), at))
    for at in order:
        if len(chosen) < count and all(alike(at, other) < _TOO_ALIKE for other in chosen):
            chosen.append(at)
    chosen += [at for at in order if at not in chosen][: count - len(chosen)]
    return [found[at] for at in sorted(chosen)]


def key_phrases(text: str, count: int) -> list[str]:
    """The `count` most telling words and two-word phrases, the weightiest first, as they are mostly written."""
    written: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    weights: defaultdict[tuple[str, ...], float] = defaultdict(float)
    lines = ([_in_words(word) for word in line.split()] for line in text.splitlines())
    plain = "\n".join(" ".join(line) for line in lines)
    for piece in re.split(r"[^\w\s'’-]+|\n", plain):
        words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", piece)
        kept = [word if word.lower().replace("’", "'") not in STOP_WORDS and len(word) > 2 else "" for word in words]
        for at, word in enumerate(kept):
            if word:
                weights[(stem(word),)] += _telling(word, words[at - 1].lower() if at else "")
                written[(stem(word),)][word] += 1
            if word and at + 1 < len(kept) and kept[at + 1]:
                pair = (stem(word), stem(kept[at + 1]))
                weights[pair] += 1
                written[pair][f"{word} {kept[at + 1]}"] += 1
    scored = {
        key: weight if len(key) == 1 else sum(weights[(part,)] for part in key)
        for key, weight in list(weights.items())
        if len(key) == 1 or weight > 1
    }
    chosen: list[tuple[str, ...]] = []
    for key in sorted(scored, key=lambda key: (-scored[key], -len(key[0]))):
        if len(chosen) < count and not any(set(key) <= set(other) or set(other) <= set(key) for other in chosen):
            chosen.append(key)
    return [_as_written(written[key]) for key in chosen]


def _in_words(word: str) -> str:
    """The word, or a comma for an address, a link or a number, so that no phrase reaches over it."""
    odd = "@" in word or "://" in word or word.startswith("www.") or any(map(str.isdigit, word))
    return "," if odd else word


def _telling(word: str, before: str) -> float:
    """What one occurrence of a word counts: things, which articles announce, more than doings and manners."""
    weight = 1.3 if before in _NOUN_BEFORE else 1.0
    return weight * (0.6 if re.search(r"(?:ly|ed|ing)$", word.lower()) else 1.0)


def _as_written(forms: Counter[str]) -> str:
    form = forms.most_common(1)[0][0]
    lower = sum(times for other, times in forms.items() if other == other.lower())
    return form.lower() if lower or (sum(forms.values()) == 1 and form.istitle() and " " not in form) else form


def _vectors(found: list[str]) -> list[Counter[str]]:
    return [Counter(stem(word) for word in plain_words(sentence) if word not in STOP_WORDS) for sentence in found]


def _ranks(vectors: list[Counter[str]]):  # type: ignore[no-untyped-def]  # numpy's types would be loaded with it
    import numpy as np

    spread = Counter(word for vector in vectors for word in vector)
    places = {word: at for at, (word, _) in enumerate(spread.most_common(4000))}
    count = len(vectors)
    if count > _MOST_COMPARED:
        lengths = [sum(spread[word] for word in vector) / (1 + len(vector)) for vector in vectors]
        kept = set(sorted(range(count), key=lambda at: -lengths[at])[:_MOST_COMPARED])
    else:
        kept = set(range(count))
    rows = sorted(kept)
    matrix = np.zeros((len(rows), max(1, len(places))), dtype=np.float32)
    for row, at in enumerate(rows):
        for word, times in vectors[at].items():
            if word in places:
                matrix[row, places[word]] = times * np.log(1 + count / spread[word])
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    matrix /= np.where(norms == 0, 1, norms)
    likeness = matrix @ matrix.T
    scores = _page_rank(likeness, rows, count)
    ranks = {at: float(scores[row]) for row, at in enumerate(rows)}
    where = {at: row for row, at in enumerate(rows)}

    def alike(one: int, other: int) -> float:
        return float(likeness[where[one], where[other]]) if one in where and other in where else 0.0

    return [ranks.get(at, 0.0) for at in range(count)], alike


def _page_rank(likeness: NDArray[np.float32], rows: list[int], count: int) -> NDArray[np.float32]:
    import numpy as np

    links = likeness.copy()
    np.fill_diagonal(links, 0)
    sums = links.sum(axis=1, keepdims=True)
    links = np.where(sums > 0, links / np.where(sums == 0, 1, sums), 1 / len(rows))
    scores = np.full(len(rows), 1 / len(rows), dtype=np.float32)
    for _ in range(50):
        scores = (1 - _DAMPING) / len(rows) + _DAMPING * (links.T @ scores)
    early = np.array([1 + _EARLY * (1 - at / count) for at in rows], dtype=np.float32)
    return np.asarray(scores * early, dtype=np.float32)
