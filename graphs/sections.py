"""The parts a graph file is made of, with what each key means: the one place that says what may be written."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from .secrets import check_characters, refuse_references, reveal, reveal_all

NodeId = str

_ADDRESS = re.compile(r"https?://[^/\s]")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("expected text")
    if not value.isascii():
        check_characters(value)
    return value


def _shown(value: Any) -> str:
    return refuse_references(_text(value))


def _hidden(value: Any) -> str:
    return reveal(_text(value))


def _plain_data(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("expected keys and values")
    revealed: dict[str, Any] = reveal_all(value)
    return revealed


def _join(value: Any) -> int | Literal["all", "any"]:
    if value in ("all", "any") or (type(value) is int and value >= 1):
        return value  # type: ignore[no-any-return]  # checked in the line above
    raise ValueError("expected all, any or a whole number of at least 1")


Shown = Annotated[str, PlainValidator(_shown, json_schema_input_type=str)]
"""Text that people get to see, in answers, drawings and traces: holds no `${NAME}`."""
Hidden = Annotated[str, PlainValidator(_hidden, json_schema_input_type=str)]
"""Text that only a worker or an Octopus sees: `${NAME}` in it is replaced from the environment."""
Settings = Annotated[dict[str, Any], PlainValidator(_plain_data, json_schema_input_type=dict[str, Any])]
Whole = Annotated[int, Field(strict=True, le=1_000_000_000)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Quorum = Annotated[
    int | Literal["all", "any"],
    PlainValidator(_join, json_schema_input_type=Annotated[int, Field(ge=1)] | Literal["all", "any"]),
]


class Section(BaseModel):
    """A part of a graph file: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _model(value: Any) -> Any:
    if isinstance(value, (dict, ModelSpec)):
        return value
    if not isinstance(value, str):
        raise ValueError("expected a model's name, or keys and values")
    return {"name": value}


def _name(value: Any) -> str:
    if not (name := _hidden(value)).strip():
        raise ValueError("expected the model's name")
    return name


def _url(value: Any) -> str:
    if not _ADDRESS.match(url := _hidden(value)):
        raise ValueError("expected an address such as http://localhost:8000/v1")
    return url


class ModelSpec(Section):
    """A language model: where its weights or its endpoint are, and how it generates. Just a name may be written."""

    name: Annotated[str, PlainValidator(_name, json_schema_input_type=str)] = Field(
        description="A folder of weights (relative to the graph file), a hub name, or the endpoint's name for it.",
    )
    backend: Literal["transformers", "openai"] | None = Field(
        default=None,
        description="transformers (weights on this machine) or openai (an endpoint); the kind's own by default.",
    )
    url: Annotated[str, PlainValidator(_url, json_schema_input_type=str)] | None = Field(
        default=None, description="Base address of an OpenAI-compatible endpoint, such as http://localhost:8000/v1."
    )
    key: Hidden | None = Field(default=None, description="The endpoint's API key, as ${NAME}.")
    adapter: Hidden | None = Field(
        default=None, description="A LoRA adapter: a folder or hub name; for an endpoint, the adapter's name there."
    )
    task: Literal["causal", "seq2seq", "masked", "classification", "vision"] | None = Field(
        default=None, description="What the weights do; read from their configuration by default."
    )
    revision: Shown | None = Field(default=None, description="Branch, tag or commit on the hub.")
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        default="auto", description="Type of the weights in memory; auto is the one they were saved in."
    )
    device: Shown = Field(default="auto", description="auto, cpu, cuda, cuda:1, mps.")
    quantization: Literal["8bit", "4bit"] | None = Field(
        default=None, description="Quantize while loading; needs bitsandbytes."
    )
    max_tokens: Whole = Field(default=256, ge=1, description="Tokens generated at most.")
    temperature: Number = Field(default=0.0, ge=0, le=2, description="0 always takes the most probable token.")
    top_p: Number | None = Field(default=None, gt=0, le=1, description="Sample only from this share of probability.")
    seed: Whole | None = Field(default=None, ge=0, description="Makes sampling repeatable.")
    stop: tuple[Shown, ...] = Field(default=(), description="Texts that end the generation; not part of the output.")
    system: Hidden | None = Field(default=None, description="System message, for models with a chat template.")
    chat: bool | None = Field(
        default=None, description="Whether to use the chat template; by default where the weights bring one."
    )
    batch: Whole = Field(default=8, ge=1, description="Concurrent calls answered together at most.")
    generation: Settings = Field(
        default_factory=dict, description="Further generation settings, passed on to transformers or the endpoint."
    )


Model = Annotated[ModelSpec, BeforeValidator(_model, json_schema_input_type=str | ModelSpec)]


class OctopusSpec(Section):
    """Which Octopus decides, and how sure it has to be."""

    backend: Shown = Field(
        default="embedded", description="embedded, functional, chat, scripted, or the name of a plug-in."
    )
    weights: Hidden | None = Field(default=None, description="Folder of trained weights, relative to the graph file.")
    model: Model | None = Field(
        default=None, description="backends functional and chat: the language model, by name or with its settings."
    )
    adapter: Hidden | None = Field(
        default=None, description="backends functional and chat: this master's own LoRA adapter on the model."
    )
    threshold: Number | None = Field(
        default=None, ge=0, le=1, description="Abstain where the best neighbor is less probable than this."
    )
    settings: Settings = Field(default_factory=dict, description="Further settings of the backend.")


class Limits(Section):
    """Budgets of one walk; a spent one ends it with the best answer so far."""

    hops: Whole = Field(default=12, ge=1, description="Hops of one walk, sub-graphs not counted.")
    seconds: Number = Field(default=60.0, gt=0, description="Seconds of one walk, sub-graphs included.")
    parallel: Whole = Field(default=8, ge=1, description="Calls under way at the same time.")
    depth: Whole = Field(default=8, ge=1, description="How deep agents may be nested while walking.")


class Retry(Section):
    """How often a failing call is tried again, and how long to wait in between (exponential, with jitter)."""

    attempts: Whole = Field(default=1, ge=1, description="Tries in all; 1 means no retry.")
    wait: Number = Field(
        default=0.1, ge=0, description="Seconds before the second try; doubled before each further one."
    )
    max_wait: Number = Field(default=10.0, ge=0, description="Longest wait in seconds.")


class Node(Section):
    """A master or a worker. The key it has in the file is its `id`."""

    id: NodeId = Field(default="", exclude=True)
    kind: Shown = Field(description="master, tool, model, chat, agent, person, mcp, or the name of a plug-in.")
    description: Shown = Field(
        default="", description="What it is for, in the words of its users; the Octopus chooses by it."
    )
    examples: tuple[Shown, ...] = Field(default=(), description="Requests this node is right for.")
    reformat: Shown | None = Field(
        default=None,
        description="How its query is worded: a template with {query}, or an instruction to a language model.",
    )
    takes: tuple[Shown, ...] = Field(default=(), description="Kinds of input it accepts; empty accepts any.")
    gives: tuple[Shown, ...] = Field(default=(), description="Kinds of output it may give.")
    token: Shown | None = Field(
        default=None, description="Its functional token, such as <nexa_4>; the trained weights' own by default."
    )
    octopus: OctopusSpec | None = Field(
        default=None, description="The Octopus that decides here; the graph's by default."
    )
    join: Quorum = Field(
        default="all", description="When fixed edges (=>) meet here: wait for all, for any, or for this many."
    )
    retry: Retry | None = Field(default=None, description="Tries of a failing call; the graph's by default.")
    timeout: Number | None = Field(default=None, gt=0, description="Seconds one try may take.")
    tool: Shown | None = Field(default=None, description="kind tool: the tool's name, such as units.convert.")
    graph: Shown | None = Field(default=None, description="kind agent: the sub-graph's file, relative to this one.")
    model: Model | None = Field(
        default=None, description="kinds model and chat: the language model, by name or with its settings."
    )
    prompt: Hidden | None = Field(default=None, description="kinds model and chat: the prompt, with {query} in it.")
    settings: Settings = Field(default_factory=dict, description="Settings of a plug-in kind.")

    @property
    def is_master(self) -> bool:
        return self.kind == "master"


class Edge(NamedTuple):
    """A hop that may be taken (`a -> b`), or always is (`a => b`)."""

    source: NodeId
    target: NodeId
    always: bool = False

    def __str__(self) -> str:
        return f"{self.source} {'=>' if self.always else '->'} {self.target}"
