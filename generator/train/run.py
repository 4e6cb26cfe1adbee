"""A training run from the command line: read, fit, export."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from tqdm import tqdm

from generator.errors import UsageError
from generator.networks.loading import usable_device
from generator.networks.zfnet import ARCHITECTURES
from generator.train.export import export
from generator.train.loop import fit
from generator.train.photographs import held_out, load_photographs
from generator.train.recipe import Recipe


def train_network(
    model: str,
    data: Path,
    data_name: str,
    out: Path,
    epochs: int,
    batch_size: int,
    seed: int,
    device: str,
    hold_out: int = 0,
) -> None:
    """Train ``model`` on the data set in ``data`` and leave everything in ``out``.

    ``hold_out`` training images of each class are left out of training and measured on in place
    of the validation images, so that a recipe can be chosen without them. Such a run leaves its
    checkpoint only.

    Raises UsageError for numbers out of range, ImagesError for a folder that is no data set.
    """
    if epochs < 1 or batch_size < 2 or hold_out < 0:
        raise UsageError("--epochs takes 1 or more, --batch-size 2 or more, --hold-out 0 or more")
    place = usable_device(device)
    rate = Recipe.peak_rate * batch_size / Recipe.batch_size
    recipe = Recipe(epochs=epochs, batch_size=batch_size, peak_rate=rate, seed=seed)
    photographs = load_photographs(data, ARCHITECTURES[model].input_size, out / "data")
    if hold_out:
        photographs = held_out(photographs, hold_out)
    trained = fit(model, photographs, recipe, out, place)
    if hold_out:
        tqdm.write(f"{model}: top-1 {trained.history[-1]['top1']:.2%} on images held out")
        return
    told = {**asdict(recipe), "dropout": ARCHITECTURES[model].dropout}
    card = export(model, photographs, told, trained, out, data_name, place)
    tqdm.write(f"{model}: top-1 {card['top1']:.2%}, top-5 {card['top5']:.2%}; it is in {out}")
