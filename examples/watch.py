"""Watch a walk from Python: every event as it happens, then the answer and its trace."""

import asyncio

from octograph import Decided, HopEnded, HopStarted, WalkEnded, Workflow


async def main(request: str) -> None:
    async for event in Workflow("desk").stream(request):
        indent = "" if isinstance(event, WalkEnded) else "  " * len(event.inside)
        match event:
            case Decided(at=place, decisions=decisions):
                print(f"{indent}at {place.node}: {[decision.neighbor for decision in decisions]}")
            case HopStarted(call=call):
                print(f"{indent}{call.node} <- {call.query.text}")
            case HopEnded(step=step):
                print(f"{indent}{step.node} -> {step.output} ({step.probability:.1%}, {step.seconds:.3f} s)")
            case WalkEnded(answer=answer):
                print(answer.text)
                print(answer.trace)


if __name__ == "__main__":
    asyncio.run(main("How many days are there between 3 March 2024 and 1 May 2024, and how many hours is that?"))
