"""Which requests are none of a graph's business: those that no card comes near."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from ...graphs.signature import Neighbor
from ...planners.octopus.encoder import Encoder

NEAR = 0.45
"""Cosine, by the shipped encoder, from which a request may well be something that a node is for."""


@cache
def encoder() -> Encoder:
    """The shipped encoder, loaded once."""
    return Encoder()


def strangers_to(cards: Iterable[Neighbor], requests: Sequence[str]) -> Sequence[str]:
    """The requests that are like nothing the cards say; if that leaves hardly any, the least like them."""
    known = [text for card in _all(cards) for text in (card.description, *card.examples) if text]
    if not known:
        return requests
    nearest = (encoder().encode(requests) @ encoder().encode(known).T).max(axis=1)  # (requests,)
    far = [text for text, near in zip(requests, nearest, strict=True) if near < NEAR]
    return far if len(far) >= 10 else [requests[index] for index in nearest.argsort()[:10]]


def _all(cards: Iterable[Neighbor]) -> Iterable[Neighbor]:
    for card in cards:
        yield card
        yield from _all(card.inside)
