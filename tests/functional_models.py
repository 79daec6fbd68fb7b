"""Small weights with functional tokens, for tests: random ones, and ones that know the walks of one graph by heart."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import small_models

from octograph import Graph, tool
from octograph.graphs.signature import Kind
from octograph.models import spelling
from octograph.planners.octopus.functional import output, prompting
from octograph.planners.octopus.functional.output import FunctionCall, Marks, render
from octograph.planners.octopus.functional.prompting import Done, Template

MARKS = Marks("<nexa_end>", "<nexa_stop>")
TOKENS = [f"<nexa_{number}>" for number in range(20)]


class Case(NamedTuple):
    """What one Octopus is asked, and what it should write."""

    request: str
    calls: Sequence[FunctionCall]
    done: Sequence[Done] = ()


@tool("trip.weather")
def weather(city: Annotated[str, Kind("city")], days: int = 1) -> str:
    """Tells the weather of a city."""
    return f"sun in {city} for {days} days"


@tool("trip.flights")
def flights(start: Annotated[str, Kind("city")], end: Annotated[str, Kind("city")]) -> str:
    """Finds flights between two cities."""
    return f"flights from {start} to {end}"


TOOLS = [weather, flights]
DESK_TOKENS = {"travel": TOKENS[0], "law": TOKENS[1], "units": TOKENS[2], "archive": TOKENS[3]}
TRAVEL_TOKENS = {"weather": TOKENS[4], "flights": TOKENS[5]}
QUOTED = "Who said: 'it's (not) over'?\nIn \"1999\" 😀 <nexa_end>"

_TRAVEL, _LAW, _UNITS, _ARCHIVE = DESK_TOKENS.values()
_WEATHER, _FLIGHTS = TRAVEL_TOKENS.values()
_RENT = FunctionCall(_LAW, "May the rent be raised?")
_FILED = FunctionCall(_LAW, "What is a lease?")
_BOTH = "5 miles in km and 70 kg in pounds"
_MILES, _KILOGRAMS = FunctionCall(_UNITS, "5 mi to km"), FunctionCall(_UNITS, "70 kg to lb")
_ENDED = ([_MILES], [_KILOGRAMS], [_MILES, _KILOGRAMS], [_KILOGRAMS, _MILES])
"""Calls made at once may end in any order; what follows each is asked when it has ended."""
CASES = (
    Case("How is the weather in Paris over three days?", [FunctionCall(_TRAVEL, "weather in Paris, 3 days")]),
    Case("Get me from Oslo to Rome, and tell me the weather", [FunctionCall(_TRAVEL, "Oslo to Rome, with weather")]),
    Case("My landlord wants more rent, may he?", [_RENT]),
    Case("My landlord wants more rent, may he?", [], [Done(_RENT, "law(May the rent be raised?)")]),
    Case("Explain leases and file it", [_FILED]),
    Case(
        "Explain leases and file it",
        [FunctionCall(_ARCHIVE, "File: a lease's meaning")],
        [Done(_FILED, "law(What is a lease?)")],
    ),
    Case(QUOTED, [FunctionCall(_LAW, QUOTED)]),
    Case(QUOTED, [], [Done(FunctionCall(_LAW, QUOTED), f"law({QUOTED})")]),
    Case(_BOTH, [_MILES, _KILOGRAMS]),
    *(Case(_BOTH, [], [Done(call, f"units({call.query})") for call in done]) for done in _ENDED),
    Case("Sing me a song", []),
    Case("weather in Paris, 3 days", [FunctionCall(_WEATHER, arguments={"city": "Paris", "days": 3})]),
    Case("Weather for Nice", [FunctionCall(_WEATHER, arguments={"city": "Nice"})]),
    Case(
        "Oslo to Rome, with weather",
        [
            FunctionCall(_FLIGHTS, arguments={"start": "Oslo", "end": "Rome"}),
            FunctionCall(_WEATHER, arguments={"city": "Rome"}),
        ],
    ),
    Case("Book a hotel", []),
)


def desk(weights: Path, trained: bool = False) -> Graph:
    """Two levels: a desk with an agent for travel, whose functions have tokens of their own, and three workers."""
    octopus: dict[str, Any] = {"backend": "functional", "model": str(weights)}
    if trained:
        octopus = {"backend": "functional", "weights": str(weights)}
    inner = {"desk": {"kind": "master"}} | {
        name: {"kind": "tool", "tool": f"trip.{name}"} | ({} if trained else {"token": token})
        for name, token in TRAVEL_TOKENS.items()
    }
    travel = Graph("travel", inner, ["desk -> [weather, flights]"], octopus=octopus)
    nodes = {"desk": {"kind": "master"}} | {
        name: {"kind": "agent" if name == "travel" else "person"} | ({} if trained else {"token": token})
        for name, token in DESK_TOKENS.items()
    }
    edges = ["desk -> [travel, law, units]", "law -> archive", "units -> units"]
    return Graph("desk", nodes, edges, octopus=octopus, agents={"travel": travel})


def random_weights(architecture: str = "causal") -> Path:
    """A model with random weights that has TOKENS, end and stop."""
    source = {"causal": small_models.small_causal, "phi3": small_models.small_phi3}[architecture]

    def build(to: Path) -> None:
        model, tokenizer = _with_tokens(source())
        _save(model, tokenizer, to)

    return small_models._built(f"random-{architecture}-{_version()}", build, None)


def knowing_weights() -> Path:
    """A model that knows CASES by heart."""

    def build(to: Path) -> None:
        model, tokenizer = _with_tokens(small_models.small_causal())
        overfit(model, tokenizer, CASES)
        _save(model, tokenizer, to)

    return small_models._built(f"knowing-{_version()}", build, None)


def knowing_adapter(name: str, cases: Sequence[Case]) -> Path:
    """A LoRA adapter on `random_weights()` that knows the cases by heart."""

    def build(to: Path) -> None:
        import peft
        import torch
        import transformers

        tokenizer = transformers.AutoTokenizer.from_pretrained(random_weights())
        model = transformers.AutoModelForCausalLM.from_pretrained(random_weights())
        with torch.random.fork_rng():
            torch.manual_seed(11)
            config = peft.LoraConfig(r=16, lora_alpha=32, target_modules="all-linear")
            adapted = peft.get_peft_model(model, config)
        overfit(adapted, tokenizer, cases)
        adapted.save_pretrained(to)

    return small_models._built(f"adapter-{name}-{_version()}", build, None)


def overfit(model: Any, tokenizer: Any, cases: Sequence[Case], template: Template | None = None) -> None:
    """Train until every case is known by heart, on the very prompts and outputs that the Octopus uses."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    spell = spelling.Spelling(tokenizer)
    template = template or Template()
    examples = []
    for case in cases:
        prompt = spell.prompt(template.prompt(case.request, case.done))
        examples.append((prompt, spell.ids(render(case.calls, MARKS))))
    longest = max(len(prompt) + len(said) for prompt, said in examples)
    rows, labels = [], []
    for prompt, said in examples:
        rest = longest - len(prompt) - len(said)
        rows.append(prompt + said + [0] * rest)
        labels.append([-100] * len(prompt) + said + [-100] * rest)
    ids, wanted = torch.tensor(rows), torch.tensor(labels)
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.0)
    for _ in range(400):
        loss = model(input_ids=ids, labels=wanted).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if loss.item() < 0.004:
            break
    assert loss.item() < 0.02, f"not learned: the loss is {loss.item()}"
    model.eval()
    torch.set_num_threads(threads)


def _with_tokens(source: Path) -> tuple[Any, Any]:
    import torch
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(source)
    model = transformers.AutoModelForCausalLM.from_pretrained(source)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        tokenizer.add_tokens([*TOKENS, MARKS.end, MARKS.stop], special_tokens=True)
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    return model, tokenizer


def _save(model: Any, tokenizer: Any, to: Path) -> None:
    model.save_pretrained(to)
    tokenizer.save_pretrained(to)


def _version() -> str:
    """Changes with what the weights are made of."""
    sources = "".join(inspect.getsource(module) for module in (output, prompting, spelling))
    return hashlib.sha256((sources + Path(__file__).read_text(encoding="utf-8")).encode()).hexdigest()[:8]
