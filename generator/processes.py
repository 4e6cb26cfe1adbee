"""Several processes that make one store together, as ``torchrun`` starts them.

    torchrun --nproc-per-node=4 -m generator figures ...

Each opens the same network and the same images. The first leads: it alone writes entries of the
store; the others do their share of a stage when it comes up. What they do goes into files that
are whole or absent, so only short records travel between them. The store has to lie where all of
them can reach it.

On GPUs the group has two backends, gloo for what lies in a processor's memory and nccl for what
lies in a GPU's. The records are Python objects of the first kind, so gloo carries them there
too: nccl would take each by way of a GPU, can't serve two processes that share one, and notices
the death of a process late, where gloo does at once. Torch starts nccl with the first tensor of
a GPU that is sent, and the program sends none; it is there for a stage that would.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from generator.errors import GeneratorError, ProcessError

PATIENCE = timedelta(days=7)  # a share may take long; a process that died is noticed at once


class Group:
    """The processes of a run; this one alone unless ``torchrun`` started it."""

    def __init__(self, rank: int = 0, size: int = 1, local: int = 0) -> None:
        self.rank = rank
        self.size = size
        self.local = local  # the number of this process on its machine, and of its GPU

    @property
    def leads(self) -> bool:
        """Whether this process writes the store."""
        return self.rank == 0

    def device(self, name: str) -> str:
        """The device for this process where ``name`` was asked for: a GPU each."""
        return f"cuda:{self.local}" if name == "cuda" and self.size > 1 else name

    def told(self, word: Any = None) -> Any:
        """What the first process says, a JSON-like value, in all of them."""
        if self.size == 1:
            return word
        words = [word]
        _together("broadcast_object_list", words, src=0)
        return words[0]

    def agree(self, job: Callable[[], None]) -> None:
        """Do a share each and wait for all; an error of one is an error of all.

        Raises ProcessError in the processes whose own share went well, and in all that are left
        when one was lost.
        """
        problem: Exception | None = None
        try:
            job()
        except Exception as error:  # told to the others before it goes on its way here
            problem = error
        if self.size > 1:
            words: list[str | None] = [None] * self.size
            try:
                _together("all_gather_object", words, str(problem) if problem else None)
            except ProcessError as lost:
                raise problem or lost from lost
            first = next((word for word in words if word is not None), None)
            if first is not None and problem is None:
                raise ProcessError(first)
        if problem is not None:
            raise problem


@contextmanager
def joined_group(device: str = "cpu") -> Iterator[Group]:
    """The group that ``torchrun`` made, left again at the end; this process alone without it.

    ``device`` is what the exhibit names, the same in all processes. Raises ProcessError where the
    processes can't find each other.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1 or "RANK" not in os.environ:
        yield Group()
        return
    # Loaded before there is a group: its functions keep as a default the group of that moment, and
    # a group that is kept outlives destroy_process_group. Its threads then meet the end of Python,
    # which now and then aborts a process whose work was done.
    import torch.distributed.nn  # noqa: F401, PLC0415  (a build from a warm store needs no torch)
    from torch import distributed  # noqa: PLC0415

    try:
        distributed.init_process_group(backend(device), timeout=PATIENCE)
    except (RuntimeError, ValueError) as error:
        raise ProcessError(f"the processes can't find each other ({_line(error)})") from error
    previous = signal.signal(signal.SIGTERM, _stopped)
    try:
        rank = int(os.environ["RANK"])
        if rank:
            os.environ["TQDM_DISABLE"] = "1"  # one bar is enough
        yield Group(rank, size, int(os.environ.get("LOCAL_RANK", rank)))
        # Gloo aborts a process whose peers leave before it has. Not a barrier, which some
        # versions of torch would send through the GPUs.
        _together("all_gather_object", [None] * size, None)
    finally:
        signal.signal(signal.SIGTERM, previous)
        distributed.destroy_process_group()


def backend(device: str) -> str:
    """What carries words between the processes, and tensors where ``device`` is a GPU."""
    import torch  # noqa: PLC0415
    from torch import distributed  # noqa: PLC0415

    gpus = device.partition(":")[0] == "cuda" and torch.cuda.is_available()
    return "cpu:gloo,cuda:nccl" if gpus and distributed.is_nccl_available() else "gloo"


LOST = "another process of this run was lost; start the same command again, and it goes on"


def _stopped(*_: object) -> None:
    """What ``torchrun`` tells the processes that are left when one has died."""
    raise ProcessError(LOST)


def _together(name: str, *arguments: Any, **more: Any) -> None:
    from torch import distributed  # noqa: PLC0415

    try:
        getattr(distributed, name)(*arguments, **more)
    except GeneratorError:
        raise
    except RuntimeError as error:
        raise ProcessError(LOST) from error


def _line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
