"""The main path, top to bottom: a network and images in, a figure store out.

    architecture  what the network is built of               generator/networks/architecture.py
    scan          what every unit liked best                 generator/scan.py, topk.py
    measure       what every unit prefers, how surely        generator/measure/
    figures       projected back to pixels and drawn         generator/techniques/, draw.py
    evidence      the drawings behind the claims, and plots  generator/evidence.py, plots/
    control       one unit again, through random weights and through shuffled switches
    spread        how often a unit fires, and patches from the middle    generator/spread.py
    sheets        many units' patches in one picture, for the pages      generator/sheets.py
    likeness      what the patches of a unit share          generator/techniques/likeness.py
    photographs   small pictures of the whole photographs
    preferred     what every unit would like best            generator/techniques/preferred.py
    forming       units and layers as they were trained      generator/techniques/forming.py
    ...           the paper's other figures, a stage each    generator/techniques/
    featuremaps   one photograph through the layers          generator/techniques/featuremaps.py
    quiz          which of these patches fires this unit?
    manifest      all of it as numbers                       generator/manifest.py

Each stage is an entry of the store under a key of its own inputs: the weights, the images,
the settings and the code that it runs. What is there already is not made again. The table in
generator/stages/table.py says what builds on what; the files beside it say what each writes.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.allocation import use_large_pages
from generator.caption import shortcuts
from generator.errors import StoreError
from generator.exhibit import DEFAULT, Exhibit, load_exhibit
from generator.images import Collection, open_collection
from generator.images.naming import identities
from generator.images.refused import none_refused, refused
from generator.networks.identity import snapshots, weights_identity
from generator.processes import Group
from generator.stages.table import STAGES, stage_keys
from generator.store.folder import Store
from generator.store.keys import code_key, content_key

if TYPE_CHECKING:
    from generator.networks.network import Network

CACHE = Path(".cache", "figures")


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
    use_large_pages()
    exhibit = load_exhibit(os.environ.get("EXHIBIT") or DEFAULT)
    return make_figures(exhibit, CACHE / exhibit.name)


def make_figures(
    exhibit: Exhibit, out: Path, workers: int | None = None, group: Group | None = None
) -> Path:
    """Fill the store ``out`` with an exhibit's figures; does nothing when they are there.

    ``workers`` processes decode (None: as many as suit); ``group`` are the processes that do
    this together.
    """
    group = group or Group()
    if out.exists() and not out.is_dir():
        raise StoreError(f"{out}: is not a folder; give --out another name")
    store = Store(out)
    collection = open_collection(exhibit.images, exhibit.megapixels, exhibit.follow_links)
    chosen = identities(collection, exhibit.photographs or ())
    with store.locked() if group.leads else nullcontext():
        identity = weights_identity(exhibit.model, exhibit.weights)
        if identity is not None:
            manifest = store.manifest()
            keys = stage_keys(exhibit, identity, collection.sha256, chosen)
            key = manifest_key(exhibit, keys, collection)
            if group.told(manifest is not None and manifest.get("key") == key):
                if exhibit.strict_images and manifest is not None:
                    none_refused(manifest["collection"]["skipped"])
                if group.leads:
                    # A killed process may have left entries that it was about to remove.
                    store.drop_all_but({f"{stage}-{one}" for stage, one in keys.items()})
                return out
        _make(exhibit, collection, chosen, store, workers, group)
    return out


def manifest_key(exhibit: Exhibit, keys: Mapping[str, str], collection: Collection) -> str:
    """What the manifest depends on: all stages, and what it says besides."""
    return content_key(
        exhibit=exhibit.name,
        device=exhibit.device,
        collection=collection.name,
        passed_over=collection.passed_over,
        stages=keys,
        code=code_key("pipeline.py", "stages/manifest.py", "stages/table.py"),
    )


def _make(
    exhibit: Exhibit,
    collection: Collection,
    chosen: Sequence[str],
    store: Store,
    workers: int | None,
    group: Group,
) -> None:
    # Imported here because a build whose figures are in the store must not wait for torch.
    from generator.networks.loading import load_network  # noqa: PLC0415
    from generator.stages.build import Build  # noqa: PLC0415
    from generator.stages.manifest import make_manifest, refusals  # noqa: PLC0415

    clock = Clock()
    with clock.stage("load the network"):
        device = group.device(exhibit.device)
        network = load_network(exhibit.model, exhibit.weights, device, exhibit.layers)
    keys = stage_keys(exhibit, network.provenance.sha256, collection.sha256, chosen)
    build = Build(
        network,
        collection,
        exhibit.k,
        exhibit.photographs or (),
        exhibit.square,
        exhibit.stride,
        exhibit.preferred,
        snapshots(exhibit.model, exhibit.weights),
        workers,
        exhibit.shortcuts,
    )
    sections: dict[str, Any] = {}
    for stage in STAGES:
        module = import_module(f"generator.stages.{stage.name}")
        name = f"{stage.name}-{keys[stage.name]}"
        there = group.told(store.entry(name) is not None)
        with clock.stage(stage.name, from_store=there):
            if not there:
                with store.writing(name) if group.leads else nullcontext() as own:
                    folder = Path(group.told(str(own)))
                    if hasattr(module, "work"):
                        group.agree(partial(module.work, folder, build, group))
                    if group.leads:
                        module.make(folder, build)
            build.folders[stage.name] = store.root / name
            if stage.name == "scan" and exhibit.strict_images and group.leads:
                none_refused(refusals(build))
            if stage.section and group.leads:
                sections[stage.name] = module.entry(build.folders[stage.name], build)
    if not group.leads:
        return
    manifest = make_manifest(exhibit, manifest_key(exhibit, keys, collection), build, sections)
    kept = [folder.name for folder in build.folders.values()]
    store.finish(manifest, {"stages": clock.rows, "machine": machine()}, keep=kept)
    _tell(network, manifest, store, clock)


def machine() -> str:
    """What the build ran on, in words that name no one."""
    import platform  # noqa: PLC0415

    return f"{platform.system()} on {platform.machine()}, {os.cpu_count()} processor cores"


@dataclass
class Clock:
    """Seconds and peak memory of each stage, for *About this build*.

    A build that is to be the same again (``SOURCE_DATE_EPOCH`` is set) writes down neither.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    total: float = 0.0

    @contextmanager
    def stage(self, name: str, from_store: bool = False) -> Iterator[None]:
        """Time the block; peak memory is the process's largest so far, in megabytes."""
        started = time.perf_counter()
        yield
        seconds = round(time.perf_counter() - started, 2)
        self.total += seconds
        row = {"name": name, "seconds": seconds, "peak_mb": _peak(), "from_store": from_store}
        if "SOURCE_DATE_EPOCH" in os.environ:
            row |= {"seconds": None, "peak_mb": None, "from_store": False}
        self.rows.append(row)


def _peak() -> int | None:
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # Windows keeps no such account
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1_000_000 if sys.platform == "darwin" else 1_000))


def _tell(
    network: Network,
    manifest: Mapping[str, Any],
    store: Store,
    clock: Clock,
) -> None:
    found = manifest["collection"]
    units = sum(layer.channels for layer in network.layers)
    print(
        f"{network.name}: {units} units of {len(network.layers)} layers over {found['count']} "
        f"images, in {clock.total:.0f} s; figures are in {store.root}",
        file=sys.stderr,
    )
    if manifest["shortcuts"]:
        print(shortcuts(manifest["shortcuts"]), file=sys.stderr)
    for line in refused(found["skipped"], found["passed_over"]):
        print(line, file=sys.stderr)
