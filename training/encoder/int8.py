"""Int8 weights and activations for the encoder: as small and nearly as fast as onnxruntime's dynamic
quantization, with a fraction of its error, and with vectors that depend neither on the batch nor on the CPU.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from .bert import Floats
from .encoder_graph import FUSED, GraphWriter

MIGRATION = 0.6
"""How much of an activation's spread moves into the weights (SmoothQuant, Xiao et al. 2023, eq. 4: alpha)."""
PAIR_LIMIT = 128
"""Two neighboring weights may add up to this: 255 * 128 still fits the 16 bits of CPUs without VNNI."""


class RowInt8Weights:
    """Embeddings per row, matrices per column, activations per row.

    Each row of an activation is divided by its own largest value before it is quantized (and multiplied back
    after the product), so a token's numbers are the same whatever else is in the batch.
    """

    def __init__(self, peaks: Mapping[str, Floats]) -> None:
        self._peaks = peaks
        """Site -> the largest absolute value seen on each input channel."""

    def lookup(self, writer: GraphWriter, table: Floats, ids: str) -> str:
        """Rows of an int8 table, each times its own scale."""
        scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12) / 127
        rows = writer.apply("Gather", writer.constant(np.round(table / scale).astype(np.int8)), ids)
        scales = writer.apply("Gather", writer.constant(scale.astype(np.float32)), ids)
        return writer.apply("Mul", writer.apply("Cast", rows, to=1), scales)

    def multiply(self, writer: GraphWriter, tensor: str, matrix: Floats, site: str) -> str:
        """A product of uint8 rows and int8 columns, scaled back to float."""
        smoothing = find_smoothing(self._peaks[site], matrix)
        columns, scales = quantize_columns(matrix * smoothing[:, None])
        step = writer.constant(np.float32(1 / 127))
        middle = writer.constant(np.uint8(128))
        smooth = writer.apply("Mul", tensor, writer.constant(1 / smoothing))
        last_axis = writer.constant(np.array([-1], np.int64))
        peak = writer.apply("ReduceMax", writer.apply("Abs", smooth), last_axis, keepdims=1)  # (batch, length, 1)
        rows = writer.apply("QuantizeLinear", writer.apply("Div", smooth, peak), step, middle)
        inputs = (rows, writer.constant(columns), step, writer.constant(scales), middle)
        return writer.apply("Mul", writer.apply("MatMulIntegerToFloat", *inputs, domain=FUSED), peak)


def find_smoothing(peaks: Floats, matrix: Floats) -> Floats:
    """The factor per input channel that shares the difficulty between activations and weights."""
    reach = np.maximum(np.abs(matrix).max(axis=1), 1e-5)
    factors = np.maximum(peaks, 1e-3) ** MIGRATION / reach ** (1 - MIGRATION)
    return np.asarray(factors, np.float32)


def quantize_columns(matrix: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Int8 columns and the scale of each, chosen among 53 candidates for the least squared error."""
    start = np.maximum(np.abs(matrix).max(axis=0), 1e-12) / 127
    best_scale, best_error = start.copy(), np.full(matrix.shape[1], np.inf)
    best = np.zeros_like(matrix)
    for factor in np.linspace(0.7, 2.0, 53):
        scale = start * factor
        candidate = avoid_overflow(np.clip(np.round(matrix / scale), -127, 127))
        error = ((candidate * scale - matrix) ** 2).sum(axis=0)
        better = error < best_error
        best_scale[better], best_error[better], best[:, better] = scale[better], error[better], candidate[:, better]
    return best.astype(np.int8), best_scale.astype(np.float32)


def avoid_overflow(matrix: Floats) -> Floats:
    """Shrinks pairs of neighboring weights whose sum goes beyond PAIR_LIMIT.

    x86 CPUs without VNNI add two products of uint8 and int8 in 16 bits, with saturation; ARM does not.
    """
    upper, lower = matrix[0 : len(matrix) // 2 * 2 : 2], matrix[1::2]
    total = upper + lower
    excess = np.maximum(np.abs(total) - PAIR_LIMIT, 0)
    more, less = np.ceil(excess / 2), np.floor(excess / 2)
    upper_is_bigger = np.abs(upper) >= np.abs(lower)
    result = matrix.copy()
    result[0 : len(matrix) // 2 * 2 : 2] -= np.sign(total) * np.where(upper_is_bigger, more, less)
    result[1::2] -= np.sign(total) * np.where(upper_is_bigger, less, more)
    return result
