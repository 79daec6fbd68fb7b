"""Reads a request as items: what is asked for, what each item needs, and what nobody named but is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...graphs.walk import Result
from .binding import bind
from .board import Board
from .clauses import Clause, split_clauses, without_courtesy
from .implying import complete, find_nested, with_reading
from .phrasing import expand_fragment, split_off
from .references import find_references
from .spread import Piece, spread
from .story import ITEMS_A_CLAUSE, Bond, Item, Story, named_in

FOLLOWER = ITEMS_A_CLAUSE // 2
"""Where the ordinals of what was split off a clause begin."""
SPREAD = 48
"""Items of a request from which on its clauses are taken whole, so that no request costs minutes."""


def read_request(request: str, board: Board, inputs: Sequence[Result] = ()) -> tuple[Item, ...]:
    """The items of a request, needs before those that need them."""
    story = Story(board, inputs)
    for ordinal, clause in enumerate(split_clauses(request, board.verbs)):
        _read_clause(ordinal * ITEMS_A_CLAUSE, clause, story)
    return tuple(story.items)


def _read_clause(base: int, clause: Clause, story: Story) -> None:
    story.clauses.append([])
    text = without_courtesy(clause.text)
    if story.earlier and (expanded := expand_fragment(clause.text) or expand_fragment(text)):
        text, clause = expanded, replace(clause, sequential=True)
    head, follower = split_off(text, story.board)
    _read_pieces(base, head, clause, story)
    if follower:
        story.clauses.append([])
        _add(base + FOLLOWER, follower, replace(clause, sequential=True), story)


def _read_pieces(base: int, text: str, clause: Clause, story: Story) -> None:
    pieces = spread(text, story.board, story.inputs) if len(story.items) < SPREAD else [Piece(text)]
    if len(pieces) > 1 and pieces[0].aim is not None:
        compared = [_add(base + nth, piece.text, clause, story, aim=piece.aim) for nth, piece in enumerate(pieces)]
        _add_comparison(base + len(pieces), text, compared, story)
        return
    for nth, piece in enumerate(pieces):
        if nth and any(reference.strong for reference in find_references(piece.text)):
            story.clauses.append([])  # it speaks of what the piece before found
        _add(base + nth, piece.text, clause, story)


def _add(part: int, text: str, clause: Clause, story: Story, aim: str | None = None) -> int:
    """Read one piece into the story. Returns its part: negative if it is only `aim`ed to be compared."""
    item = _read_piece(part, text, clause, story)
    if aim is not None:
        item = replace(item, part=-(part + 1), aim=aim)
    story.items.append(item)
    if aim is None:
        story.clauses[-1].append(item.part)
    return item.part


def _add_comparison(part: int, text: str, compared: Sequence[int], story: Story) -> None:
    """The item that compares the results of others, by the combiner that the wording fits best."""
    board = story.board
    names = [neighbor.id for neighbor in board.neighbors]
    probabilities = board.assess(text, (), story.gives(compared)).probabilities
    combiner = max(board.combiners, key=lambda card: probabilities[names.index(card.id)])
    gives = combiner.signature.gives if combiner.signature else "data"
    story.items.append(Item(part, text, needs=tuple(compared), gives=gives, leaf=combiner.id, aim=combiner.id))
    story.clauses[-1].append(part)


def _read_piece(part: int, text: str, clause: Clause, story: Story) -> Item:
    bonds = find_nested(part, text, story)
    settled, told = bool(bonds), text
    for bond in reversed(bonds):
        told = told[: bond.reference.start] + "it" + told[bond.reference.end :]
    if not bonds:
        text, bonds, settled = _bind_references(text, clause, story)
        told = text
    needs = tuple(dict.fromkeys(target for bond in bonds for target in bond.targets))
    assessed = story.assess(told, story.gives(needs))
    if not settled:
        text, needs = complete(text, assessed, clause, story)
        assessed = story.assess(text, story.gives(needs))
    needs = with_reading(part, text, assessed, needs, story)
    leaf = assessed.leaf
    return Item(part, text, tuple(bonds), needs, leaf.gives, leaf.card.id, named_in(told, assessed))


def _bind_references(text: str, clause: Clause, story: Story) -> tuple[str, list[Bond], bool]:
    """The text with things named before in place of references, the bonds to results, and whether there were any."""
    alone = story.assess(text)
    bonds: list[Bond] = []
    shift, named = 0, False
    for reference in find_references(text):
        moved = replace(reference, start=reference.start + shift, end=reference.end + shift)
        bound = bind(moved, text, alone, clause, story)
        if isinstance(bound, str):
            named = True
            text = text[: moved.start] + bound + text[moved.end :]
            shift += len(bound) - (moved.end - moved.start)
        elif bound:
            bonds.append(Bond(moved, bound))
    return text, bonds, named or bool(bonds)
