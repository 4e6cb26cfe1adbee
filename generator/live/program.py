"""A network as a short list of operations with their numbers: what a browser needs to run it.

One pass of an empty image shows every operation in its order, whoever calls it: a module, or a
function with no module of its own. Batch normalisation goes into the convolution before it, where
nothing else looks at what lies between them; dropout and reshaping leave nothing behind.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from generator.errors import UnsupportedNetworkError
from generator.live.calls import Arguments, Operation, operation, tensors
from generator.networks.network import Network
from generator.networks.operations import Operations, modules_at_work, operand
from generator.networks.trace import QUESTIONS

# What leaves the numbers of a map as they are.
SAME = frozenset(
    {"dropout", "dropout_", "feature_dropout", "contiguous", "clone", "to", "identity", "detach"}
)
RESHAPED = frozenset({"flatten", "view", "reshape", "squeeze"})


@dataclass(frozen=True)
class Program:
    """A whole network: ``layers`` are the numbers of the maps that it shows, ``output`` its last.

    ``input`` is the shape (3, H, W) of map 0.
    """

    operations: tuple[Operation, ...]
    input: tuple[int, ...]
    layers: tuple[int, ...]
    output: int


def program(network: Network) -> Program:
    """The operations of a loaded network, from its input to its classes.

    Raises UnsupportedNetworkError, naming the operation and the module, for what is not known
    here.
    """
    return program_of(network.module, network.size, [layer.name for layer in network.layers])


def program_of(module: nn.Module, size: int, names: Iterable[str]) -> Program:
    """The operations of a module that takes (N, 3, size, size) and shows the modules ``names``."""
    numbers: dict[str, int] = {}

    def left(name: str, output: Any) -> None:
        if isinstance(output, Tensor) and id(output) in watch.numbers:
            numbers[name] = watch.numbers[id(output)]

    first = next(module.parameters())
    image = torch.zeros(1, 3, size, size, device=first.device, dtype=first.dtype)
    with modules_at_work(module, left) as inside:
        watch = _Watch(inside, image)
        with torch.no_grad(), watch:
            answer = module(image)
    if not isinstance(answer, Tensor) or id(answer) not in watch.numbers:
        raise UnsupportedNetworkError("the network's answer is not one list of numbers")
    shown = tuple(numbers[name] for name in names)
    whole = Program(tuple(watch.steps), (3, size, size), shown, watch.numbers[id(answer)])
    return _folded(whole)


class _Watch(Operations):
    """Writes down every operation on a map; ``numbers`` are the maps' by the tensors' ids."""

    def __init__(self, inside: list[str], image: Tensor) -> None:
        super().__init__()
        self.inside = inside
        self.steps: list[Operation] = []
        self.numbers: dict[int, int] = {id(image): 0}
        self._kept = [image]  # so that no other tensor gets an identity that is known
        self._maps = 1

    def operation(
        self, name: str, func: Callable[..., Any], args: tuple[Any, ...], kwargs: Arguments
    ) -> Any:
        given = [tensor for tensor in tensors((args, kwargs)) if id(tensor) in self.numbers]
        sources = tuple(self.numbers[id(tensor)] for tensor in given)
        result = func(*args, **kwargs)
        if not sources or name in QUESTIONS:
            return result
        if not isinstance(result, Tensor):
            raise self._unknown(name)
        self._kept.append(result)
        flat = result.dim() == 2 and result.numel() == given[0].numel()
        if name in SAME or (name in RESHAPED and (flat or result.shape == given[0].shape)):
            self.numbers[id(result)] = sources[0]
            return result
        step = operation(name, args, kwargs, result)
        if step is None:
            raise self._unknown(name)
        self.steps.append(dataclasses.replace(step, sources=sources, result=self._maps))
        self.numbers[id(result)] = self._maps
        if kwargs.get("inplace") or name.endswith("_"):
            self.numbers[id(operand(args, kwargs))] = self._maps
        self._maps += 1
        return result

    def _unknown(self, name: str) -> UnsupportedNetworkError:
        where = self.inside[-1] if self.inside else "the network itself"
        return UnsupportedNetworkError(f"{name} (in {where}) is not an operation that pages know")


def _folded(whole: Program) -> Program:
    """Puts each ``scale`` into the convolution before it, where that changes nothing."""
    uses = Counter(source for step in whole.operations for source in step.sources)
    uses.update((*whole.layers, whole.output))
    made = {step.result: step for step in whole.operations}
    steps: dict[int, Operation] = {}
    for step in whole.operations:
        before = made.get(step.sources[0])
        alone = uses[step.sources[0]] == 1
        if step.kind == "scale" and before and before.kind == "convolution" and alone:
            assert before.weights is not None
            assert step.weights is not None
            assert step.biases is not None
            biases = step.biases
            if before.biases is not None:
                biases = before.biases * step.weights + step.biases
            del steps[before.result]
            steps[step.result] = dataclasses.replace(
                before,
                result=step.result,
                weights=before.weights * step.weights[:, None, None, None],
                biases=biases,
            )
        else:
            steps[step.result] = step
    numbers = {old: new for new, old in enumerate(steps, start=1)} | {0: 0}
    return dataclasses.replace(
        whole,
        operations=tuple(
            dataclasses.replace(
                step,
                sources=tuple(numbers[source] for source in step.sources),
                result=numbers[step.result],
            )
            for step in steps.values()
        ),
        layers=tuple(numbers[layer] for layer in whole.layers),
        output=numbers[whole.output],
    )
