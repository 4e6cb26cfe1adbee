"""The main path, top to bottom: a network and images in, a figure store out.

    subjects      The photographs that are covered and moved, and what the network takes them for.
    architecture  What the network is built of, with the sizes and parameters of each part.
    scan          What every unit answers to most, and how much it answers to every image.
    measure       What every unit prefers, and how sure that is.
    figures       Every unit's strongest patches, projected back to pixels and drawn.
    evidence      The drawings behind the claims, and the plots.
    control       One unit again, through random weights and through shuffled switches.
    spread        How often every unit fires, and patches from the middle of its answers.
    sheets        Sprite sheets of every layer's patches.
    likeness      How alike the patches of a unit are, in the lesson's first and last figure.
    feeding       For every unit, which units of the layer below drive it or hold it back.
    ablation      What each class loses without some units of the last shown layer.
    photographs   Small pictures of the whole photographs, to show where in them a unit looked.
    layout        What the network is built of, with its true sizes, after the paper's figure 3.
    occlusion     Parts of photographs covered by a grey square, after the paper's figure 7.
    invariance    Photographs shifted, enlarged and turned, after the paper's figure 5.
    filters       The first layer's filters with and without clipping, after the paper's figure 6.
    steps         One activation followed down to the pixels, after the paper's figure 1.
    live          The network for the reader's browser, and a few photographs worked out.
    featuremaps   One photograph through the layers, and moved; the filters of the first layer.
    quiz          Which of these patches fires this unit? Questions that the scan has answers to.
    preferred     The input that would drive every unit most, and what the unit answers to it.
    drawings      The drawings that every unit answers to most, and those to least.
    walls         All units of a layer as projections, as preferred inputs, and as drawings.
    forming       Units at several epochs of training, and how near each layer is to its end.
    manifest      Records into the manifest: everything that a page or another program needs.

Each stage is an entry of the store under a key of its own inputs: the weights, the images, the
settings and the code that it runs. What is there already is not made again. The table in
generator/stages/table.py says what builds on what; NAME.py beside it makes the stage NAME. A
draft is the scan and ``look``, a few units of each layer, with draft.py in place of the manifest.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from generator.allocation import use_large_pages
from generator.caption import shortcuts
from generator.errors import StoreError, UsageError
from generator.exhibit import CHOOSING, DEFAULT, EXHIBIT, Exhibit, load_exhibit, settings
from generator.images import OPENIMAGES, Choice, Collection, open_collection
from generator.images.credits import all_credited, without_credit
from generator.images.naming import identities
from generator.images.openimages import CLASSES
from generator.images.refused import none_refused, refused
from generator.networks.chosen import ChosenWeights, choose_weights
from generator.networks.own import public_name
from generator.processes import Group
from generator.records.draft import StoredDraft
from generator.records.manifest import BuildRecord, StoredManifest
from generator.stages.clock import Clock, machine
from generator.stages.table import stage_keys, stages_of
from generator.store.folder import Store
from generator.store.imports import files_behind
from generator.store.keys import code_key, content_key

if TYPE_CHECKING:
    from generator.networks.network import Network
    from generator.stages.build import StageModule

CACHE = Path(".cache", "figures")


def ensure_store() -> Path:
    """The store that the pages are made from, filled if it is cold.

    ``STORE`` names a folder that is used as it is; ``EXHIBIT`` an exhibit to make
    (``embedded`` if it is not set). Raises GeneratorError.
    """
    given = os.environ.get("STORE")
    if given:
        store = Store(Path(os.path.expanduser(given)))  # noqa: PTH111
        if store.manifest() is None and store.draft() is None:
            raise StoreError(
                f"{given}: holds no finished figures; make them with "
                f"`python -m generator figures --out {given}`"
            )
        return store.root
    use_large_pages()
    exhibit = load_exhibit(os.environ.get("EXHIBIT") or DEFAULT)
    return make_figures(exhibit, CACHE / exhibit.name)


def make_figures(
    exhibit: Exhibit,
    out: Path,
    workers: int | None = None,
    group: Group | None = None,
    update_lock: bool = False,
) -> Path:
    """Fill the store ``out`` with an exhibit's figures; does nothing when they are there.

    ``workers`` processes decode (None: as many as suit); ``group`` are the processes that do
    this together. With ``update_lock`` the images of Open Images are chosen anew.
    """
    group = group or Group()
    if out.exists() and not out.is_dir():
        raise StoreError(f"{out}: is not a folder; give --out another name")
    store = Store(out)
    collection = _opened(exhibit, update_lock, group)
    named = identities(collection, exhibit.photographs or ())
    if exhibit.require_credits:
        all_credited(collection, exhibit.photographs or ())
    with store.locked() if group.leads else nullcontext():
        weights = choose_weights(exhibit.model, exhibit.weights, exhibit.card)
        if weights.sha256 is not None:
            full = exhibit.draft and _is_full(store, exhibit, weights, collection, named)
            if group.told(full):
                if group.leads:
                    already = "holds the full figures already; no draft is made"
                    print(f"{out}: {already}", file=sys.stderr)
                return out
            made = store.draft() if exhibit.draft else store.manifest()
            keys = stage_keys(exhibit, weights, collection.sha256, named, stages_of(exhibit))
            key = manifest_key(exhibit, keys, collection)
            if group.told(made is not None and made.key == key):
                if exhibit.strict_images and made is not None:
                    none_refused(made.collection.skipped)
                if group.leads:
                    # A killed process may have left entries that it was about to remove.
                    spare = _spare(exhibit, weights, collection, named)
                    store.drop_all_but({*spare, *_entries(keys)})
                return out
        _make(exhibit, weights, collection, named, store, workers, group)
    return out


def _opened(exhibit: Exhibit, update_lock: bool, group: Group) -> Collection:
    """The images; what is fetched from the web is fetched by the first of several processes."""
    for name in CHOOSING if exhibit.images != OPENIMAGES else ():
        field = settings()[name]
        if getattr(exhibit, name) != field.default:
            raise UsageError(
                f"{field.option} ({name}) chooses among {OPENIMAGES}, and the images are "
                f"{exhibit.images}; leave it out"
            )
    choice = Choice(
        per_class=exhibit.per_class,
        boxes=exhibit.boxes,
        classes=exhibit.classes or CLASSES,
    )

    def fetch() -> None:
        if group.leads:
            open_collection(exhibit.images, choice=choice, update_lock=update_lock)

    if exhibit.images == OPENIMAGES and group.size > 1:
        group.agree(fetch)
        update_lock = False
    return open_collection(
        exhibit.images, exhibit.megapixels, exhibit.follow_links, choice, update_lock
    )


def manifest_key(exhibit: Exhibit, keys: Mapping[str, str], collection: Collection) -> str:
    """What the manifest depends on: all stages, and what it says besides."""
    return content_key(
        name=exhibit.name,
        **exhibit.parts()[EXHIBIT],
        collection=collection.name,
        passed_over=collection.passed_over,
        credits={str(source): vars(credit) for source, credit in collection.credits.items()},
        stages=keys,
        code=code_key(
            "pipeline.py", "stages/table.py", *files_behind("stages/manifest.py", "stages/draft.py")
        ),
    )


def _entries(keys: Mapping[str, str]) -> set[str]:
    return {f"{stage}-{own}" for stage, own in keys.items()}


def _is_full(
    store: Store,
    exhibit: Exhibit,
    weights: ChosenWeights,
    collection: Collection,
    named: Sequence[str],
) -> bool:
    """Whether the store holds the full figures of what a draft is asked of."""
    full = replace(exhibit, draft=False)
    keys = stage_keys(full, weights, collection.sha256, named)
    manifest = store.manifest()
    return manifest is not None and manifest.key == manifest_key(full, keys, collection)


def _spare(
    exhibit: Exhibit, weights: ChosenWeights, collection: Collection, named: Sequence[str]
) -> set[str]:
    """What a draft leaves lying in the store, since a full run of the exhibit can take it."""
    if not exhibit.draft:
        return set()
    return _entries(stage_keys(exhibit, weights, collection.sha256, named))


def _make(
    exhibit: Exhibit,
    weights: ChosenWeights,
    collection: Collection,
    named: Sequence[str],
    store: Store,
    workers: int | None,
    group: Group,
) -> None:
    # Imported here because a build whose figures are in the store must not wait for torch.
    from generator.networks.loading import load_network, loading_notes  # noqa: PLC0415
    from generator.stages.build import Build  # noqa: PLC0415
    from generator.stages.draft import make_draft  # noqa: PLC0415
    from generator.stages.fitting import check_fitting  # noqa: PLC0415
    from generator.stages.manifest import make_manifest  # noqa: PLC0415

    clock = Clock()
    with clock.stage("load the network"):
        device = group.device(exhibit.device)
        network = load_network(
            exhibit.model,
            exhibit.weights,
            device,
            exhibit.layers,
            card=weights.card,
            size=exhibit.size,
        )
    if group.leads:
        for note in loading_notes(network):
            print(f"{public_name(network.name)}: {note}", file=sys.stderr)
    check_fitting(exhibit, network, collection)
    weights = replace(weights, sha256=network.provenance.sha256)  # now that it is downloaded
    stages = stages_of(exhibit)
    keys = stage_keys(exhibit, weights, collection.sha256, named, stages)
    build = Build(exhibit, network, collection, weights, workers)
    sections: dict[str, object] = {}
    for stage in stages:
        module: StageModule = import_module(f"generator.stages.{stage.name}")
        name = f"{stage.name}-{keys[stage.name]}"
        there = group.told(store.entry(name) is not None)
        with clock.stage(stage.name, from_store=there):
            if not there:
                with store.writing(name) if group.leads else nullcontext() as own:
                    folder = Path(group.told(str(own)))
                    if stage.shared:
                        group.agree(partial(module.work, folder, build, group))
                    if group.leads:
                        module.make(folder, build)
            folder = build.folders[stage.name] = store.root / name
            if stage.checked and group.leads:
                module.check(folder, build)
            if stage.section and group.leads:
                sections[stage.name] = module.entry(folder, build)
    if not group.leads:
        return
    key = manifest_key(exhibit, keys, collection)
    made = (
        make_draft(exhibit, key, build)
        if exhibit.draft
        else make_manifest(exhibit, key, build, sections)
    )
    kept = [folder.name for folder in build.folders.values()]
    spare = _spare(exhibit, weights, collection, named)
    store.finish(made, BuildRecord(tuple(clock.rows), machine()), kept, spare)
    _tell(network, made, store, clock)


def _tell(
    network: Network,
    manifest: StoredManifest | StoredDraft,
    store: Store,
    clock: Clock,
) -> None:
    collection = manifest.collection
    units: object = sum(layer.channels for layer in network.layers)
    what = "figures are in"
    if isinstance(manifest, StoredDraft):
        units = f"{sum(len(layer.units) for layer in manifest.layers)} of {units}"
        what = "a draft, nothing measured or tested, is in"
    print(
        f"{public_name(network.name)}: {units} units of {len(network.layers)} layers over "
        f"{collection.count} images, in {clock.total:.0f} s; {what} {store.root}",
        file=sys.stderr,
    )
    if isinstance(manifest, StoredManifest) and manifest.shortcuts:
        print(shortcuts(manifest.shortcuts), file=sys.stderr)
    page = "About this build" if isinstance(manifest, StoredManifest) else "A first look"
    for line in refused(collection.skipped, collection.passed_over, page):
        print(line, file=sys.stderr)
    if names := collection.uncredited:
        count = without_credit(len(names), collection.photographs)
        print(f"{count}: {names[0]}; *About this build* names each", file=sys.stderr)
