"""MMLU (arXiv 2009.03300) through a graph: each question is routed, and its specialist answers after worked examples.

    python -m octograph.evaluation.mmlu GRAPH TEST.jsonl --dev DEV.jsonl [--shots 5] [--limit N] [--json]

A line of either file is one question: `{"query": "...\\nA. ...\\nB. ...", "answer": "B", "subject": "astronomy",
"nodes": ["physics"]}`. The Octopus sees the question alone; only the specialist sees the examples before it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ..engine.workflow import Workflow
from ..graphs.data_file import read_data
from ..graphs.errors import InputError, OctographError, WalkError
from ..graphs.walk import Call, Query, Result
from ..nodes.worker import Worker

_SAID = re.compile(r"answer\s*(?:is|:)?\s*\(?([A-D])\b", re.IGNORECASE)
_BEGINS = re.compile(r"\s*[(*]*([A-D])(?=[).:,*\s]|$)(?! [a-z])")
_ALONE = re.compile(r"(?<![A-Za-z])([A-D])(?![A-Za-z'’]| [a-z])")
_shots: ContextVar[str] = ContextVar("octograph_shots", default="")


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its choices, lettered A to D."""

    query: str
    answer: str
    subject: str
    field: str
    """The node that should get it."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A question as it was answered."""

    question: Question
    node: str
    letter: str | None
    """None where no letter could be read off the answer."""

    @property
    def right(self) -> bool:
        return self.letter == self.question.answer


@dataclass(frozen=True, slots=True)
class FewShot:
    """A specialist that gets worked examples before the question."""

    worker: Worker

    async def run(self, call: Call) -> Result:
        text = f"{_shots.get()}{call.query.text}\nAnswer:"
        return await self.worker.run(replace(call, query=Query(text, call.query.inputs)))


def read_questions(path: Path) -> list[Question]:
    """The questions of a file. Raises InputError that lists every bad line."""
    questions, problems = list[Question](), list[str]()
    for number, line in enumerate(read_data(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            questions.append(Question(data["query"], data["answer"], data["subject"], data["nodes"][0]))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            problems.append(f"{path}:{number}: needs query, answer, subject and nodes ({error!r})")
    if problems:
        raise InputError("\n".join(problems))
    return questions


def letter_of(text: str) -> str | None:
    """The choice an answer names.

    >>> letter_of("B. Because ice is less dense"), letter_of("The answer is (c)."), letter_of("A dense solid: D")
    ('B', 'C', 'D')
    """
    found = _SAID.search(text) or _BEGINS.match(text)
    if found:
        return found[1].upper()
    alone = _ALONE.findall(text)
    return alone[-1] if alone else None


async def mark(
    workflow: Workflow,
    questions: Sequence[Question],
    examples: Sequence[Question] = (),
    *,
    shots: int = 5,
    parallel: int = 8,
) -> list[Marked]:
    """Every question, routed, answered and marked; `examples` of its subject are told to the specialist before it."""
    nodes = workflow.graph.nodes.items()
    walked = workflow.with_workers({id_: FewShot(workflow.worker(id_)) for id_, node in nodes if not node.is_master})
    slots = asyncio.Semaphore(parallel)

    async def one(question: Question) -> Marked:
        async with slots:
            _shots.set(_worked(question, examples, shots))
            try:
                answer = await walked.arun(question.query)
            except WalkError:
                return Marked(question, "", None)
            step = next((step for step in answer.trace if step.status == "done"), None)
            return Marked(question, "", None) if step is None else Marked(question, step.node, letter_of(step.output))

    return list(await asyncio.gather(*(one(question) for question in questions)))


def _worked(question: Question, examples: Sequence[Question], shots: int) -> str:
    of_subject = [one for one in examples if one.subject == question.subject and one.query != question.query][:shots]
    return "".join(f"{one.query}\nAnswer: {one.answer}\n\n" for one in of_subject)


def figures(marked: Sequence[Marked]) -> dict[str, object]:
    """Accuracy in all, by subject and by field, and what routing has to do with it."""
    routed = [one for one in marked if one.node == one.question.field]
    astray = [one for one in marked if one.node != one.question.field]
    return {
        "n": len(marked),
        "accuracy": _share(marked),
        "routed_right": len(routed) / len(marked) if marked else None,
        "accuracy_routed_right": _share(routed),
        "accuracy_routed_wrong": _share(astray),
        "no_letter": sum(one.letter is None for one in marked),
        "by_field": _split(marked, [one.question.field for one in marked]),
        "by_subject": _split(marked, [one.question.subject for one in marked]),
    }


def _share(marked: Sequence[Marked]) -> float | None:
    return sum(one.right for one in marked) / len(marked) if marked else None


def _split(marked: Sequence[Marked], keys: Sequence[str]) -> Mapping[str, float | None]:
    groups: dict[str, list[Marked]] = defaultdict(list)
    for one, key in zip(marked, keys, strict=True):
        groups[key].append(one)
    return {key: _share(groups[key]) for key in sorted(groups)}


def main() -> None:
    parser = argparse.ArgumentParser(description="MMLU through a graph.")
    parser.add_argument("graph")
    parser.add_argument("test", type=Path)
    parser.add_argument("--dev", type=Path, help="worked examples come from here")
    parser.add_argument("--shots", type=int, default=5)
    parser.add_argument("--limit", type=int, help="only every k-th question, so that about this many are asked")
    parser.add_argument("--octopus")
    parser.add_argument("--parallel", type=int, default=8)
    parser.add_argument("--json", action="store_true", help="also every question as it was answered")
    options = parser.parse_args()
    try:
        questions = read_questions(options.test)
        if options.limit and options.limit < len(questions):
            questions = questions[:: -(-len(questions) // options.limit)]
        examples = read_questions(options.dev) if options.dev else []
        workflow = Workflow(options.graph, octopus=options.octopus)
        marking = mark(workflow, questions, examples, shots=options.shots, parallel=options.parallel)
        marked = asyncio.run(marking)
    except OctographError as error:
        raise SystemExit(str(error)) from error
    data = figures(marked)
    if options.json:
        data["questions"] = [asdict(one) for one in marked]
        print(json.dumps(data, indent=2, ensure_ascii=False))
        return
    for key, value in data.items():
        if not isinstance(value, dict):
            print(f"{key.replace('_', ' '):<24}{value if isinstance(value, int) or value is None else f'{value:.1%}'}")
    by_field = data["by_field"]
    assert isinstance(by_field, dict)
    for name, share in by_field.items():
        print(f"  {name:<22}{share:.1%}")


if __name__ == "__main__":
    main()
