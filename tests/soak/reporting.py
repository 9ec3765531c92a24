"""How a soak tells what it is doing and what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress

console = Console(stderr=True)


@contextmanager
def steps(title: str, count: int) -> Iterator[Callable[[], None]]:
    """Show a bar while the block runs; call what it gives after each step."""
    with Progress(console=console) as progress:
        task = progress.add_task(title, total=count)
        yield lambda: progress.advance(task)


def report(title: str, **figures: object) -> None:
    """Print figures, one a line."""
    console.print(f"\n[bold]{title}[/bold]")
    for name, figure in figures.items():
        console.print(f"  {name.replace('_', ' ')}: {figure}")
