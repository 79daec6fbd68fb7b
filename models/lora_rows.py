"""LoRA for a batch whose rows go through different adapters, all rows at once.

peft's own way for such batches calls every adapter for its rows alone, in every layer. Here the small matrices of all
rows are multiplied together (the idea of S-LoRA, arXiv 2311.03285), stacked one layer at a time: nothing is kept twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .packages import package

BASE = "__base__"
"""What peft calls a row without an adapter."""


def per_row(rows: Sequence[str], count: int) -> list[str]:
    """The adapters of `count` rows where `rows` names them for fewer: every k rows (beams) share one.

    Raises ValueError where it can't be told which row is which.
    """
    times, rest = divmod(count, len(rows))
    if not rest:
        return [row for row in rows for _ in range(times)]
    if len(set(rows)) == 1:
        return [rows[0]] * count
    raise ValueError(f"a batch of {count} rows, and adapters for {len(rows)}")


def add_rows(layer: Any, rows: Sequence[str], x: Any, output: Any) -> None:
    """Add to the output of a linear layer what the adapter of each row makes of its input, in place.

    Shapes: `x` (rows, ..., in), `output` (rows, ..., out); an adapter holds A (rank, in) and B (out, rank).
    """
    held = layer.lora_A
    alike: dict[Any, list[int]] = {}
    for nth, name in enumerate(rows):
        if name in held:
            alike.setdefault((held[name].weight.shape, held[name].weight.dtype), []).append(nth)
    for members in alike.values():
        names = [rows[nth] for nth in members]
        everyone = len(members) == len(rows)
        delta = _delta(layer, names, x if everyone else x[members]).to(output.dtype)
        if everyone:
            output += delta
        else:
            output[members] += delta


def _delta(layer: Any, names: Sequence[str], x: Any) -> Any:
    """B A x, scaled, for rows whose adapters have the same rank and type."""
    torch = package("torch")
    a, b = layer.lora_A, layer.lora_B
    x = x.to(a[names[0]].weight.dtype)
    if len(set(names)) == 1:
        return b[names[0]](a[names[0]](x)) * layer.scaling[names[0]]
    down = torch.stack([a[name].weight for name in names])  # (rows, rank, in)
    up = torch.stack([b[name].weight for name in names])  # (rows, out, rank)
    scale = torch.tensor([layer.scaling[name] for name in names], dtype=x.dtype, device=x.device)
    flat = x.reshape(len(names), -1, x.shape[-1])  # (rows, tokens, in)
    hidden = torch.bmm(flat, down.mT) * scale[:, None, None]  # (rows, tokens, rank)
    return torch.bmm(hidden, up.mT).reshape(*x.shape[:-1], -1)
