"""Half precision: a network's convolutions and matrix products with numbers of 16 bits."""

from __future__ import annotations

import torch

from generator.errors import UsageError
from generator.networks.network import Network
from generator.networks.recording import record_maxima
from generator.records import half_format


def half_precision(device: torch.device) -> torch.autocast:
    """Inside, torch casts to 16 bits what gains by it on this kind of device, and nothing else.

    That is float16 on a GPU of Nvidia's, bfloat16 elsewhere. Weights and inputs stay as they are.
    """
    return torch.autocast(device.type, dtype=getattr(torch, half_format(device.type)))


def check_half(network: Network) -> None:
    """UsageError where a network can't run so on its device; tried with one black image."""
    device = network.device
    black = torch.zeros(1, 3, network.size, network.size)
    try:
        if not torch.amp.is_autocast_available(device.type):
            raise RuntimeError("torch has no automatic casts there")
        with half_precision(device):
            if not torch.is_autocast_enabled(device.type):  # torch only warns of it
                raise RuntimeError(f"no {half_format(device.type)} there")
            record_maxima(network, black)
    except (RuntimeError, ValueError, TypeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UsageError(
            f"{network.name} can't run in half precision on {device} ({reason}); leave out "
            "--precision half"
        ) from error
