"""A network as it was on its way through training."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

from generator.errors import WeightsError
from generator.networks.identity import file_sha256
from generator.networks.network import Network
from generator.networks.weights import fill, read_weights


def at_epoch(network: Network, path: Path) -> Network:
    """The network with the convolutions of a snapshot; what follows them stays as it is.

    ``path`` is a file that training left beside the weights. Raises WeightsError for one that
    belongs to another network.
    """
    module = copy.deepcopy(network.module)
    own = {name: tensor.cpu() for name, tensor in module.state_dict().items()}
    kept = read_weights(path)
    strange = sorted(set(kept) - set(own))
    if strange:
        raise WeightsError(
            f"{path} holds {strange[0]!r}, which the network lacks; a snapshot lies beside the "
            "weights that it became"
        )
    fill(module, {**own, **kept}, str(path))
    provenance = replace(network.provenance, source=path.name, sha256=file_sha256(path))
    return replace(network, module=module, provenance=provenance)
