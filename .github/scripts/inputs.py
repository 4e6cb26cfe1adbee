"""Under which names a runner may keep what an exhibit downloads: `inputs.py EXHIBIT`.

Prints, for the network's weights and for the images,

    weights-key, images-key     names that carry the content's own hash, as torchvision states it:
                                eight digits of SHA-256 for weights, MD5 for Imagenette; for
                                Open Images that of the lock, which has the hash of each image
    weights-path, images-path   where they lie once they are downloaded

An exhibit that downloads nothing gets keys that say so. A cached file is not trusted for its
name: it is compared with its hash again when it is used.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from urllib.parse import urlsplit

from refusal import ROOT, RefusedError, run, tell

from generator.errors import GeneratorError
from generator.exhibit import load_exhibit
from generator.images import imagenette, openimages
from generator.networks.identity import bundled_weights, ledger_path


def main() -> None:
    """Print the keys and paths of an exhibit."""
    if len(sys.argv) != 2:
        raise RefusedError("name an exhibit, as `inputs.py imagenet`")
    try:
        exhibit = load_exhibit(sys.argv[1])
    except GeneratorError as error:
        raise RefusedError(str(error)) from error
    weights = images = "none"
    if exhibit.weights is None and bundled_weights(exhibit.model) is None:
        from torchvision import models  # noqa: PLC0415

        preset = next(iter(models.get_model_weights(exhibit.model)))
        # Torchvision's names of weights end with digits of their SHA-256.
        weights = Path(urlsplit(preset.url).path).stem
    if exhibit.images == imagenette.NAME:
        images = f"{imagenette.FOLDER}-{imagenette.archive()[1]}"
    kept = imagenette.imagenette_folder().with_name(imagenette.ARCHIVE)
    lock = ROOT / openimages.LOCK
    if exhibit.images == openimages.NAME and lock.is_file():
        images = f"{openimages.NAME}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
        kept = openimages.Origin().folder
    tell(
        weights_key=f"weights-{weights}",
        weights_path=str(ledger_path().parent),
        images_key=f"images-{images}",
        images_path=str(kept),
    )


if __name__ == "__main__":
    run(main)
