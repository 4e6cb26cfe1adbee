"""The strongest images of every unit, kept while batches stream by."""

from __future__ import annotations

import torch
from torch import Tensor

from generator.records import TopActivations


class TopK:
    """A running top k per unit: at most one entry per image, at most ``per_source`` of one source.

    Give it batches in the order of the images. What it holds is then what a full sort over
    all images by value, ties by image order, would give: an entry that loses its place, to
    stronger ones or to stronger ones of its own source, could not have won it back.
    """

    def __init__(self, channels: int, k: int, per_source: int | None, device: torch.device) -> None:
        self.k = k
        self.per_source = per_source
        self.values = torch.full((channels, k), -torch.inf, device=device)
        self.images = torch.full((channels, k), -1, dtype=torch.int64, device=device)
        self.positions = torch.zeros((channels, k), dtype=torch.int64, device=device)
        self.sources = torch.full((channels, k), -1, dtype=torch.int64, device=device)

    def update(self, values: Tensor, positions: Tensor, images: Tensor, sources: Tensor) -> None:
        """Take in one batch.

        ``values`` (N, C): each image's strongest activation; ``positions`` (N, C) int64: its
        place in the flattened map; ``images`` and ``sources`` (N,) int64. Values that are not
        above zero did not fire and are left out.
        """
        # Whatever is not above a unit's weakest entry can't get in: most of a long stream.
        strong = (values > self.values[:, -1]) & (values > 0)  # (N, C)
        units = torch.nonzero(strong.any(dim=0)).flatten()
        if not len(units):
            return
        fired = torch.where(values[:, units] > 0, values[:, units], -torch.inf).T  # (C, N)
        count = min(fired.shape[1], self.k)
        if self.per_source is None:
            best, chosen = torch.sort(fired, dim=1, descending=True, stable=True)
            best, chosen = best[:, :count], chosen[:, :count]
        else:
            best, chosen = self._best_of_each_source(fired, sources)
        merged = (
            torch.cat([self.values[units], best], dim=1),
            torch.cat([self.images[units], images[chosen]], dim=1),
            torch.cat([self.positions[units], positions[:, units].T.gather(1, chosen)], dim=1),
            torch.cat([self.sources[units], sources[chosen]], dim=1),
        )
        order = torch.sort(merged[0], dim=1, descending=True, stable=True).indices
        values_, images_, positions_, sources_ = (part.gather(1, order) for part in merged)
        if self.per_source is not None:
            crowded = self._rank_in_source(sources_) >= self.per_source
            values_ = torch.where(crowded, -torch.inf, values_)
            order = torch.sort(values_, dim=1, descending=True, stable=True).indices
            values_, images_, positions_, sources_ = (
                part.gather(1, order) for part in (values_, images_, positions_, sources_)
            )
        empty = torch.isinf(values_)
        self.values[units] = values_[:, : self.k]
        self.images[units] = torch.where(empty, -1, images_)[:, : self.k]
        self.positions[units] = positions_[:, : self.k]
        self.sources[units] = torch.where(empty, -1, sources_)[:, : self.k]

    def result(self, width: int | Tensor) -> TopActivations:
        """The record; ``width`` of the layer's map turns flat places into row and column.

        Units of several layers have several widths: (C, 1).
        """
        missing = self.images < 0
        places = torch.stack([self.positions // width, self.positions % width], dim=2)
        return TopActivations(
            values=torch.where(missing, 0, self.values).cpu().numpy(),
            images=self.images.cpu().numpy(),
            positions=torch.where(missing[:, :, None], 0, places).cpu().numpy(),
        )

    def _best_of_each_source(self, fired: Tensor, sources: Tensor) -> tuple[Tensor, Tensor]:
        """No more of a source than may stay, so that merging compares a few entries only."""
        assert self.per_source is not None
        best: list[Tensor] = []
        chosen: list[Tensor] = []
        for source in torch.unique(sources).tolist():
            members = torch.nonzero(sources == source).flatten()
            ordered = torch.sort(fired[:, members], dim=1, descending=True, stable=True)
            best.append(ordered.values[:, : self.per_source])
            chosen.append(members[ordered.indices[:, : self.per_source]])
        # In the order of the images again, by which ties are decided.
        places, order = torch.cat(chosen, dim=1).sort(dim=1)
        return torch.cat(best, dim=1).gather(1, order), places

    @staticmethod
    def _rank_in_source(sources: Tensor) -> Tensor:
        """How many entries of the same source stand before each one: (C, M) int64."""
        same = sources[:, :, None] == sources[:, None, :]  # (C, M, M)
        earlier = torch.ones(same.shape[1:], dtype=torch.bool, device=same.device).tril(-1)
        return (same & earlier).sum(2)
