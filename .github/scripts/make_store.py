"""Make an exhibit's figures on the best device there is: `make_store.py EXHIBIT FOLDER`.

FIGURES_RUNNER, if set, names a runner that has a graphics card: there the processor is not good
enough, as it would be at work for hours while the card stands idle.

Where the collection says whose its photographs are, each of them has to have a credit: what is
published is shown to everybody.

Weights that lie in torch's cache may have come from a runner's cache. The eight digits of
SHA-256 in their name are compared once more; a file that is not what its name says is deleted,
and the generator downloads it again.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from pathlib import Path

import torch
from refusal import ROOT, RefusedError, run

from generator.__main__ import main as generator
from generator.errors import GeneratorError
from generator.exhibit import load_exhibit
from generator.images import BUNDLED, OPENIMAGES
from generator.images.credits import CREDITS
from generator.images.openimages import LOCK
from generator.networks.identity import ledger_path

NAMED = re.compile(r".+-([0-9a-f]{8})\.pth")


def device() -> str:
    """The graphics card where there is one that torch can use, else the processor.

    Raises RefusedError where FIGURES_RUNNER promises a card and there is none.
    """
    if torch.cuda.is_available():
        return "cuda"
    if promised := os.environ.get("FIGURES_RUNNER"):
        raise RefusedError(
            f"the runner {promised!r} (FIGURES_RUNNER) has no graphics card that torch "
            f"{torch.__version__} can use; update its driver (`nvidia-smi` tells which it has), "
            "or empty the variable to make the figures on a processor"
        )
    return "cpu"


def gives_credits(images: str) -> bool:
    """Whether a collection can say whose each photograph is; of Imagenette nobody knows it."""
    return images in (BUNDLED, OPENIMAGES) or Path(images, CREDITS).is_file()


def drop_false_weights() -> list[str]:
    """Delete downloaded weights that are not what their names say; what was deleted."""
    false = []
    for path in sorted(ledger_path().parent.glob("*.pth")):
        named = NAMED.fullmatch(path.name)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if named and not digest.startswith(named[1]):
            path.unlink()
            false.append(path.name)
    return false


def main() -> None:
    """Fill the store; the generator says itself what went wrong."""
    if len(sys.argv) != 3:
        raise RefusedError("name an exhibit and a folder, as `make_store.py imagenet store`")
    exhibit, folder = sys.argv[1:]
    try:
        images = load_exhibit(exhibit).images
    except GeneratorError as error:
        raise RefusedError(str(error)) from error
    if images == OPENIMAGES and not (ROOT / LOCK).is_file():
        raise RefusedError(
            f"{LOCK} is not committed, so nobody knows which images are to be shown; make it with "
            f"`python -m generator figures --exhibit {exhibit} --update-lock`"
        )
    chosen = device()
    for name in drop_false_weights():
        print(f"{name}: is not what its name says; deleted", file=sys.stderr)
    print(f"{exhibit}: figures into {Path(folder)}, on {chosen}", file=sys.stderr)
    given = ["--exhibit", exhibit, "--out", folder, "--device", chosen]
    if gives_credits(images):
        given.append("--require-credits")
    sys.exit(generator(["figures", *given]))


if __name__ == "__main__":
    run(main)
