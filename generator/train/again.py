"""A network that was trained before is measured anew; nothing is trained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file
from tqdm import tqdm

from generator.errors import WeightsError
from generator.measure.claims import PER_CONCEPT
from generator.networks.loading import usable_device
from generator.networks.zfnet import ARCHITECTURES
from generator.stages.measure import COPIES
from generator.train.export import export
from generator.train.loop import Trained
from generator.train.photographs import load_photographs


def measure_again(
    model: str,
    data: Path,
    folder: Path,
    device: str,
    per_concept: int = PER_CONCEPT,
    copies: int = COPIES,
) -> None:
    """Write all numbers anew of the network that a training run left in ``folder``.

    Its weights, the copies along the way and what the card tells of the training stay as they
    are; accuracy, statistics of classes and units, and what is lost without units are measured
    on the validation images of ``data`` by the code as it is now. ``per_concept`` and ``copies``
    are those of ``claimed``.

    Raises WeightsError where a file of the run is missing or torn, ImagesError for a folder that
    is no data set.
    """
    place = usable_device(device)
    trained, card = finished_run(model, folder)
    photographs = load_photographs(data, ARCHITECTURES[model].input_size, folder / "data")
    if list(photographs.classes) != card["class_names"]:
        raise WeightsError(
            f"{data} holds other classes than {folder / model}.json names; give the photographs "
            "that the network was trained on"
        )
    name, recipe = card["trained_on"], card["recipe"]
    again = export(model, photographs, recipe, trained, folder, name, place, per_concept, copies)
    tqdm.write(f"{model}: top-1 {again['top1']:.2%}, top-5 {again['top5']:.2%}; it is in {folder}")


def finished_run(model: str, folder: Path) -> tuple[Trained, dict[str, Any]]:
    """What a run left in ``folder``, and its card; WeightsError where that can't be read."""
    path = folder / f"{model}.json"
    try:
        card: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        epochs = [int(epoch) for epoch in card["snapshots"]]
        history, mean, std = card["history"], tuple(card["mean"]), tuple(card["std"])
        machines = tuple(card.get("trained_with", ()))
        _ = card["trained_on"], card["recipe"], card["class_names"]
        path = folder / f"{model}.safetensors"
        weights = load_file(path)
        along = {}
        for epoch in epochs:
            path = folder / f"{model}-epoch{epoch}.safetensors"
            along[epoch] = load_file(path)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise WeightsError(
            f"{path}: can't be read as what `train` left ({error}); give the folder of a finished "
            "run"
        ) from error
    return Trained(weights, along, tuple(history), machines, mean, std), card
