"""Which drawn concept a unit tells from all others.

A unit's response to a drawing is its strongest activation anywhere in the map. Its score for
a concept is the area under the ROC curve (AUROC) of that response, drawings of the concept
against all other drawings: 0.5 is chance, 1 tells them apart without fail. Choosing the best
of many units flatters, so units are chosen on one half of the drawings and reported on the
other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from scipy.stats import rankdata
from tqdm import tqdm

from generator.images.stimuli import CONCEPTS, DISTRACTORS, draw_many
from generator.networks.network import Network
from generator.scan import maxima

SHAPES = tuple(concept for concept in CONCEPTS if concept not in DISTRACTORS)
Z95 = 1.959964


@dataclass(frozen=True)
class ConceptScores:
    """AUROC of every unit of one layer for every shape: both halves (C, shapes) in 0 to 1.

    ``positives`` and ``negatives`` count the drawings of one half, for one concept.
    """

    choosing: npt.NDArray[np.float64]
    held_out: npt.NDArray[np.float64]
    positives: int
    negatives: int

    def interval(self, score: float) -> tuple[float, float]:
        """The 95 % interval of one score, by the formula of Hanley and McNeil (1982)."""
        q1, q2 = score / (2 - score), 2 * score**2 / (1 + score)
        n1, n2 = self.positives, self.negatives
        variance = score * (1 - score) + (n1 - 1) * (q1 - score**2) + (n2 - 1) * (q2 - score**2)
        half = Z95 * float(np.sqrt(max(variance, 0) / (n1 * n2)))
        return max(0.0, score - half), min(1.0, score + half)


def auroc(
    responses: npt.NDArray[np.float64], labels: npt.NDArray[np.str_], positive: Sequence[str]
) -> npt.NDArray[np.float64]:
    """(C, labels) area under the ROC curve of each column of ``responses`` (N, C).

    For each label in ``positive``, images of that label against all others, by the rank sum
    of Mann and Whitney; ties count a half.
    """
    ranks = rankdata(responses, axis=0)
    areas: list[npt.NDArray[np.float64]] = []
    for label in positive:
        members = labels == label
        n1 = int(members.sum())
        n2 = len(labels) - n1
        areas.append((ranks[members].sum(axis=0) - n1 * (n1 + 1) / 2) / (n1 * n2))
    return np.stack(areas, axis=1)


def concept_scores(
    networks: Sequence[Network], per_concept: int, seed: int = 0, batch_size: int = 64
) -> list[list[ConceptScores]]:
    """Scores of every layer of every network, all on the same drawings."""
    size = networks[0].size
    drawings = draw_many(CONCEPTS, per_concept, size, seed)
    total = per_concept * len(CONCEPTS)
    labels: list[str] = []
    responses: list[list[list[npt.NDArray[np.float32]]]] = [
        [[] for _ in network.layers] for network in networks
    ]
    with tqdm(total=total, desc="Measuring", unit="drawing", disable=None) as bar:
        while len(labels) < total:
            batch = [next(drawings) for _ in range(min(batch_size, total - len(labels)))]
            labels += [drawing.concept for drawing in batch]
            pixels = torch.from_numpy(np.stack([drawing.pixels for drawing in batch]))
            scaled = pixels.permute(0, 3, 1, 2).float() / 255
            for network, kept in zip(networks, responses, strict=True):
                answers = maxima(network, network.preprocess.normalise(scaled))
                for layer, (values, _) in zip(kept, answers, strict=True):
                    layer.append(values.cpu().numpy())
            bar.update(len(batch))
    names = np.array(labels)
    # All concepts of one seed share scene and colours, so whole seeds go to one half.
    half = (np.arange(total) // len(CONCEPTS)) % 2 == 0
    return [
        [_score(np.concatenate(layer).astype(np.float64), names, half) for layer in kept]
        for kept in responses
    ]


def _score(
    responses: npt.NDArray[np.float64], names: npt.NDArray[np.str_], half: npt.NDArray[np.bool_]
) -> ConceptScores:
    first, second = (auroc(responses[part], names[part], SHAPES) for part in (half, ~half))
    positives = int((names[~half] == SHAPES[0]).sum())
    return ConceptScores(first, second, positives, int((~half).sum()) - positives)
