"""A network at work, watched: each operation as it is called, and the modules that call it.

One way for all who look on or step in, so that an operation that is called as a function, with
no module of its own, is seen like any other.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.hooks import RemovableHandle

Keywords = dict[str, Any]  # what a call is given by name


class Operations(TorchFunctionMode):
    """Inside, every operation of torch goes through ``operation``, which a subclass overrides."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Keywords | None = None,
    ) -> Any:
        del types
        name = getattr(func, "__name__", str(func))
        return self.operation(name, func, args, dict(kwargs or {}))

    def operation(
        self, name: str, func: Callable[..., Any], args: tuple[Any, ...], kwargs: Keywords
    ) -> Any:
        """What ``func`` gives for these arguments; ``name`` is torch's name of it."""
        del name
        return func(*args, **kwargs)


def operand(args: tuple[Any, ...], kwargs: Keywords) -> Any:
    """What an operation is applied to: its first argument, by place or by name."""
    return args[0] if args else kwargs.get("input")


def rectified(
    name: str,
    args: tuple[Any, ...],
    kwargs: Keywords,
    rectify: Callable[[Tensor], Tensor],
) -> Tensor:
    """The result of a ReLU that was called like this, with ``rectify`` in its place.

    Who rectifies in place may go on with the map that was given, not with the result, so that
    map is changed.
    """
    activation = operand(args, kwargs)
    result = rectify(activation)
    inplace = args[1] if len(args) > 1 else kwargs.get("inplace", False)
    return activation.copy_(result) if inplace or name == "relu_" else result


@contextmanager
def modules_at_work(
    module: nn.Module, left: Callable[[str, Any], None] | None = None
) -> Iterator[list[str]]:
    """The names of the submodules that are at work at each moment, outermost first.

    ``left`` is called with the name and the output of each submodule when it is done.
    """
    inside: list[str] = []

    def enter(_: nn.Module, __: Any, *, name: str) -> None:
        inside.append(name)

    def leave(_: nn.Module, __: Any, output: Any, *, name: str) -> None:
        inside.pop()
        if left:
            left(name, output)

    handles: list[RemovableHandle] = []
    try:
        for name, part in module.named_modules():
            if name:
                handles.append(part.register_forward_pre_hook(functools.partial(enter, name=name)))
                handles.append(part.register_forward_hook(functools.partial(leave, name=name)))
        yield inside
    finally:
        for handle in handles:
            handle.remove()
