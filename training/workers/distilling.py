"""A teacher's answers to the queries of a worker: asked for once, kept in a file, and then learned from."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from ...engine.blocking import run_blocking
from ...graphs.errors import InputError
from ...graphs.sections import ModelSpec, Node
from ...graphs.walk import Call, Query
from ...models.endpoint import Endpoint
from ...nodes.prompting import prompt_of
from ..running import Tell, silent
from .lessons import Lesson

ANSWERS = "teacher.jsonl"
"""The teacher's answers, in the folder that is trained into; those that are there are not asked for again."""
TOGETHER = 8
"""Questions asked at the same time."""


def taught(lessons: Sequence[Lesson], node: Node, teacher: ModelSpec, out: Path, tell: Tell = silent) -> list[Lesson]:
    """The lessons with the teacher's answers, empty ones left out.

    Raises WorkerError or InputError for an endpoint that does not answer; what it has answered until then is kept.
    """
    path = out / ANSWERS
    answers = _kept(path)
    missing = [prompt for prompt in dict.fromkeys(one.prompt for one in lessons) if prompt not in answers]
    endpoint = Endpoint(teacher)
    for start in range(0, len(missing), TOGETHER):
        tell("asking the teacher", start, len(missing))
        some = missing[start : start + TOGETHER]
        fresh = run_blocking(lambda some=some: _ask(some, node, endpoint))  # type: ignore[misc]
        answers.update(zip(some, fresh, strict=True))
        with path.open("a", encoding="utf-8") as file:
            for prompt in some:
                line = {"prompt": prompt, "completion": answers[prompt]}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    tell("asking the teacher", len(missing), len(missing))
    found = [Lesson(one.prompt, answers[one.prompt]) for one in lessons if answers[one.prompt].strip()]
    if not found:
        raise InputError(f"the teacher {teacher.name} answered nothing to any prompt; try another model")
    return found


async def _ask(prompts: Sequence[str], node: Node, endpoint: Endpoint) -> list[str]:
    asked = [prompt_of(node, Call(0, None, node.id, Query(prompt))).messages() for prompt in prompts]
    completions = await asyncio.gather(*(endpoint.complete(messages) for messages in asked))
    return [completion.text.strip() for completion in completions]


def _kept(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    answers = {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        try:
            data = json.loads(line)
            answers[str(data["prompt"])] = str(data["completion"])
        except (ValueError, KeyError, TypeError):  # the last line of a run that was killed
            continue
    return answers
