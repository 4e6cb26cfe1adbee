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
        if self.per_source is not None:
            fired = self._thinned(fired, sources)
        best, chosen = torch.sort(fired, dim=1, descending=True, stable=True)
        # Behind k of these nothing gets in: where one of them gives way to its own source, that
        # source has a stronger entry already.
        count = min(fired.shape[1], self.k)
        best, chosen = best[:, :count], chosen[:, :count]
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

    def _thinned(self, fired: Tensor, sources: Tensor) -> Tensor:
        """(C, N) without the weaker images of sources that have more than may stay."""
        assert self.per_source is not None
        _, which, sizes = torch.unique(sources, return_inverse=True, return_counts=True)
        members = torch.nonzero(sizes[which] > self.per_source).flatten()  # mostly none
        if not len(members):
            return fired
        rest = fired[:, members]
        group = torch.unique(sources[members], return_inverse=True)[1].expand(rest.shape)
        place = torch.arange(len(members), device=rest.device).expand(rest.shape)
        groups = len(rest), int(group[0].max()) + 1
        stays = torch.zeros_like(rest, dtype=torch.bool)
        for _ in range(self.per_source):  # the strongest of each source; of equals the first
            least = rest.new_full(groups, -torch.inf)
            best = least.scatter_reduce(1, group, rest, "amax").gather(1, group)
            equal = torch.where(rest == best, place, len(members))
            last = place.new_full(groups, len(members))
            chosen = place == last.scatter_reduce(1, group, equal, "amin").gather(1, group)
            stays |= chosen
            rest = torch.where(chosen, -torch.inf, rest)
        thinned = fired.clone()
        thinned[:, members] = torch.where(stays, fired[:, members], -torch.inf)
        return thinned

    @staticmethod
    def _rank_in_source(sources: Tensor) -> Tensor:
        """How many entries of the same source stand before each one: (C, M) int64."""
        ordered, at = torch.sort(sources, dim=1, stable=True)
        begins = torch.ones_like(ordered, dtype=torch.bool)
        begins[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
        place = torch.arange(sources.shape[1], device=sources.device).expand_as(ordered)
        first = torch.where(begins, place, 0).cummax(dim=1).values
        return torch.empty_like(at).scatter_(1, at, place - first)
