"""Draws a BERT sentence encoder as an ONNX graph, without torch.

The fused operators of onnxruntime (attention, residual + LayerNorm, bias + GELU) are written down directly,
so nothing depends on a graph optimizer recognizing them. How weights are stored is left to a `WeightFormat`.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from .bert import Bert, Floats

FUSED = "com.microsoft"
"""The domain of onnxruntime's own operators."""
OPSET, IR_VERSION = 20, 9


class GraphWriter:
    """Collects the nodes and constants of one graph; tensors are known by their names."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.sites: dict[str, str] = {}
        """Name of each matrix product -> the tensor that goes into it."""

    def constant(self, value: NDArray[Any] | np.generic) -> str:
        """Stores a value, and gives its name."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name))
        return name

    def apply(self, operator: str, *inputs: str, output: str = "", domain: str = "", **attributes: Any) -> str:
        """Adds an operator with one output, and gives the output's name."""
        name = output or f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], domain=domain, **attributes))
        return name

    def split(self, tensor: str, parts: int) -> list[str]:
        """Cuts the last axis into equal parts."""
        names = [f"Split_{len(self.nodes)}_{part}" for part in range(parts)]
        self.nodes.append(helper.make_node("Split", [tensor], names, axis=-1, num_outputs=parts))
        return names


class WeightFormat(Protocol):
    """How the big tables are stored, and so how they are used."""

    def lookup(self, writer: GraphWriter, table: Floats, ids: str) -> str:
        """Rows of `table` by id."""

    def multiply(self, writer: GraphWriter, tensor: str, matrix: Floats, site: str) -> str:
        """`tensor` times `matrix`; `site` names the place in the network."""


class FloatWeights:
    """Every weight as it was trained: the reference."""

    def lookup(self, writer: GraphWriter, table: Floats, ids: str) -> str:
        """Rows of `table` by id."""
        return writer.apply("Gather", writer.constant(table), ids)

    def multiply(self, writer: GraphWriter, tensor: str, matrix: Floats, site: str) -> str:
        """A plain product."""
        return writer.apply("MatMul", tensor, writer.constant(matrix))


def draw_encoder(bert: Bert, weights: WeightFormat, show_sites: bool = False) -> onnx.ModelProto:
    """input_ids, attention_mask (int64, batch x length) -> embedding (batch x width, unit length).

    A second output, `tokens` (batch x length x width), is the last hidden state the embedding is made from.
    `show_sites` adds the input of every matrix product as an output named by its site.
    """
    writer = GraphWriter()

    def constant(name: str) -> str:
        return writer.constant(bert.tensors[name])

    def multiply(tensor: str, matrix: Floats, site: str) -> str:
        writer.sites[site] = tensor
        return weights.multiply(writer, tensor, matrix, site)

    def add_and_normalize(residual: str, tensor: str, bias: str, norm: str, output: str = "") -> str:
        inputs = (residual, tensor, constant(f"{norm}.weight"), constant(f"{norm}.bias"), constant(bias))
        return writer.apply(
            "SkipLayerNormalization", *inputs, domain=FUSED, epsilon=bert.epsilon, output=output
        )  # LayerNorm(residual + tensor + bias)

    words = weights.lookup(writer, bert.tensors["embeddings.word_embeddings.weight"], "input_ids")
    # Requests are one segment, so the type embedding is a constant and joins the position's.
    positions = bert.tensors["embeddings.position_embeddings.weight"]
    positions = positions + bert.tensors["embeddings.token_type_embeddings.weight"][0]
    zero = writer.constant(np.array([0], np.int64))
    one = writer.constant(np.array([1], np.int64))
    length = writer.apply("Shape", "input_ids", start=1, end=2)
    places = writer.apply("Slice", writer.constant(positions), zero, length, zero)  # (length, width)
    hidden = writer.apply(
        "LayerNormalization",
        writer.apply("Add", words, places),
        constant("embeddings.LayerNorm.weight"),
        constant("embeddings.LayerNorm.bias"),
        epsilon=bert.epsilon,
        axis=-1,
    )
    key_mask = writer.apply("Cast", "attention_mask", to=TensorProto.INT32)
    for number in range(bert.layers):
        layer = f"encoder.layer.{number}"
        attention = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
        mixed = multiply(hidden, bert.matrix(*attention), f"{number}.attention")  # (batch, length, 3 width)
        mixed = writer.apply(
            "MultiHeadAttention",
            *writer.split(mixed, 3),
            writer.constant(bert.bias(*attention)),
            key_mask,
            domain=FUSED,
            num_heads=bert.heads,
        )
        joined = f"{layer}.attention.output"
        mixed = multiply(mixed, bert.matrix(f"{joined}.dense"), f"{number}.joined")
        hidden = add_and_normalize(hidden, mixed, f"{joined}.dense.bias", f"{joined}.LayerNorm")
        wide = multiply(hidden, bert.matrix(f"{layer}.intermediate.dense"), f"{number}.wide")
        wide = writer.apply("BiasGelu", wide, constant(f"{layer}.intermediate.dense.bias"), domain=FUSED)
        narrow = multiply(wide, bert.matrix(f"{layer}.output.dense"), f"{number}.narrow")
        last = "tokens" if number == bert.layers - 1 else ""
        hidden = add_and_normalize(
            hidden, narrow, f"{layer}.output.dense.bias", f"{layer}.output.LayerNorm", output=last
        )
    # The mean over real tokens, up to a factor that the normalization removes: a (1, length) x (length, width) product.
    mask = writer.apply("Unsqueeze", writer.apply("Cast", "attention_mask", to=TensorProto.FLOAT), one)
    pooled = writer.apply("Squeeze", writer.apply("MatMul", mask, hidden), one)
    writer.apply("LpNormalization", pooled, axis=1, p=2, output="embedding")
    return _wrap(writer, bert.width, show_sites)


def _wrap(writer: GraphWriter, width: int, show_sites: bool) -> onnx.ModelProto:
    shapes: dict[str, list[str | int | None]] = {"embedding": ["batch", width], "tokens": ["batch", "length", width]}
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    if show_sites:
        for site, tensor in writer.sites.items():
            writer.apply("Identity", tensor, output=site)
            outputs.append(helper.make_tensor_value_info(site, TensorProto.FLOAT, ["batch", "length", None]))
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask")
    ]
    graph = helper.make_graph(writer.nodes, "encoder", inputs, outputs, writer.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="octograph")
    onnx.checker.check_model(model)
    return model
