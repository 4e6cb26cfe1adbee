"""The main path, top to bottom: a network and images in, a figure store out.

    scan      what every unit liked best                       generator/scan.py, topk.py
    measure   what every unit prefers, and how sure that is    generator/measure/
    figures   projected back to pixels and drawn               generator/techniques/, draw.py
    evidence  the drawings behind the claims, and the plots    generator/evidence.py, plots.py
    control   one unit again, through random weights and through shuffled switches
    manifest  all of it as numbers                             generator/manifest.py

Each stage is an entry of the store under a key of its own inputs: the weights, the images,
the settings and the code that it runs. What is there already is not made again.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.config import DEFAULT, Exhibit, load_exhibit
from generator.errors import StoreError
from generator.images import Collection, open_collection
from generator.networks.identity import weights_identity
from generator.store import Store, code_key, content_key

if TYPE_CHECKING:
    from generator.networks.network import Network

CACHE = Path(".cache", "figures")
STAGES = ("scan", "measure", "figures", "evidence", "control")


def ensure_store() -> Path:
    """The store that the pages are made from, filled if it is cold.

    ``STORE`` names a folder that is used as it is; ``EXHIBIT`` an exhibit to make
    (``embedded`` if it is not set). Raises GeneratorError.
    """
    given = os.environ.get("STORE")
    if given:
        if Store(Path(given)).manifest() is None:
            raise StoreError(
                f"{given}: holds no finished figures; make them with "
                f"`python -m generator figures --out {given}`"
            )
        return Path(given)
    exhibit = load_exhibit(os.environ.get("EXHIBIT") or DEFAULT)
    return make_figures(exhibit, CACHE / exhibit.name)


def make_figures(exhibit: Exhibit, out: Path) -> Path:
    """Fill the store ``out`` with an exhibit's figures; does nothing when they are there."""
    if out.exists() and not out.is_dir():
        raise StoreError(f"{out}: is not a folder; give --out another name")
    store = Store(out)
    collection = open_collection(exhibit.images)
    identity = weights_identity(exhibit.model, exhibit.weights)
    if identity is not None:
        manifest = store.manifest()
        if manifest and manifest["key"] == Keys.of(exhibit, identity, collection).manifest:
            return out
    _make(exhibit, collection, store)
    return out


@dataclass(frozen=True)
class Keys:
    """The content key of each stage, each built on the ones that it depends on."""

    scan: str
    measure: str
    figures: str
    evidence: str
    control: str
    manifest: str

    @classmethod
    def of(cls, exhibit: Exhibit, weights: str, collection: Collection) -> Keys:
        """All keys of an exhibit, from its inputs and the code of the stages."""
        inputs = {
            "model": exhibit.model,
            "weights": weights,
            "layers": exhibit.layers,
            "images": collection.sha256,
            "k": exhibit.k,
        }
        looking = code_key("networks", "images/batches.py", "images/decode.py", "records.py")
        scan = content_key(**inputs, code=[looking, code_key("scan.py", "topk.py", "stages.py")])
        measure = content_key(
            scan=scan, code=code_key("measure", "measure/imagenet.tsv", "images/stimuli")
        )
        drawn = code_key("techniques/deconvnet.py", "draw.py", "figures.py")
        figures = content_key(scan=scan, code=drawn)
        evidence = content_key(
            measure=measure, code=code_key("evidence.py", "plots.py", "draw.py", "images/stimuli")
        )
        control = content_key(figures=figures, measure=measure)
        manifest = content_key(
            exhibit=exhibit.name,
            device=exhibit.device,
            collection=collection.name,
            stages=[scan, measure, figures, evidence, control],
            code=code_key("pipeline.py", "manifest.py"),
        )
        return cls(scan, measure, figures, evidence, control, manifest)


def _make(exhibit: Exhibit, collection: Collection, store: Store) -> None:
    # Imported here because a build whose figures are in the store must not wait for torch.
    from generator import stages  # noqa: PLC0415
    from generator.manifest import make_manifest  # noqa: PLC0415
    from generator.networks.loading import load_network  # noqa: PLC0415

    clock = Clock()
    with clock.stage("load the network"):
        network = load_network(exhibit.model, exhibit.weights, exhibit.device, exhibit.layers)
    keys = Keys.of(exhibit, network.provenance.sha256, collection)
    names = {stage: f"{stage}-{getattr(keys, stage)}" for stage in STAGES}

    def stage(name: str, make: Callable[[Path], None]) -> Path:
        entry = store.entry(names[name])
        with clock.stage(name, from_store=entry is not None):
            if entry is None:
                with store.writing(names[name]) as folder:
                    make(folder)
        return store.root / names[name]

    scanned = stage("scan", lambda to: stages.scan_into(to, network, collection, exhibit.k))
    top, skipped = stages.read_scan(scanned)
    control = stages.ControlNetwork(network)
    measured_at = stage(
        "measure",
        lambda to: stages.measure_into(to, network, control, collection, top, scanned),
    )
    measured = stages.read_measured(measured_at)
    stage("figures", lambda to: stages.figures_into(to, network, collection, top))
    backed = stage("evidence", lambda to: stages.evidence_into(to, measured))
    controlled = stage(
        "control", lambda to: stages.control_into(to, network, control, collection, top, measured)
    )
    manifest = make_manifest(
        exhibit,
        keys.manifest,
        network,
        collection,
        skipped,
        top,
        measured,
        names["figures"],
        stages.read_evidence(backed),
        stages.read_control(controlled),
    )
    store.finish(manifest, {"stages": clock.rows, "machine": machine()}, keep=names.values())
    _tell(network, collection, skipped, store, clock)


def machine() -> str:
    """What the build ran on, in words that name no one."""
    import platform  # noqa: PLC0415

    return f"{platform.system()} on {platform.machine()}, {os.cpu_count()} processor cores"


@dataclass
class Clock:
    """Seconds and peak memory of each stage, for *About this build*."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str, from_store: bool = False) -> Iterator[None]:
        """Time the block; peak memory is the process's largest so far, in megabytes."""
        started = time.perf_counter()
        yield
        seconds = round(time.perf_counter() - started, 2)
        self.rows.append(
            {"name": name, "seconds": seconds, "peak_mb": _peak(), "from_store": from_store}
        )


def _peak() -> int | None:
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # Windows keeps no such account
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1_000_000 if sys.platform == "darwin" else 1_000))


def _tell(
    network: Network,
    collection: Collection,
    skipped: list[dict[str, str]],
    store: Store,
    clock: Clock,
) -> None:
    units = sum(layer.channels for layer in network.layers)
    seconds = sum(row["seconds"] for row in clock.rows)
    print(
        f"{network.name}: {units} units of {len(network.layers)} layers over {len(collection)} "
        f"images, in {seconds:.0f} s; figures are in {store.root}",
        file=sys.stderr,
    )
    if skipped:
        print(
            f"{len(skipped)} of the images could not be read, the first: {skipped[0]['reason']}",
            file=sys.stderr,
        )
