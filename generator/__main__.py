"""The command line: the one place where an error becomes a line and an exit status."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from generator import __version__
from generator.allocation import use_large_pages
from generator.errors import GeneratorError, ProcessError
from generator.exhibit import DEFAULT, SettingField, load_exhibit, settings, with_options
from generator.pipeline import CACHE, make_figures
from generator.processes import joined_group
from generator.store.check import check_hashes
from generator.train.recipe import Recipe

WRONG_USE, INTERRUPTED = 2, 130
PREFERRED_WORK = CACHE.parent / "preferred"
OWN = "own"  # the name of an exhibit that options made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 2 after one line on standard error."""
    parser = _parser()
    options = parser.parse_args(arguments)
    use_large_pages()
    try:
        options.run(options)
    except GeneratorError as error:
        # What befell another process is told by that one, or by the first.
        if not (isinstance(error, ProcessError) and os.environ.get("RANK", "0") != "0"):
            print(f"{parser.prog}: {error}", file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        print(f"{parser.prog}: stopped", file=sys.stderr)
        return INTERRUPTED
    return 0


def figures(options: argparse.Namespace) -> None:
    """Make the figures of an exhibit."""
    chosen = load_exhibit(options.exhibit or DEFAULT)
    given = {name: getattr(options, name) for name in settings()}
    lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    exhibit = with_options(chosen, **given | lists)
    if exhibit != chosen:
        exhibit = with_options(exhibit, name=options.exhibit or OWN)
    with joined_group(exhibit.device) as group:
        out = options.out or CACHE / exhibit.name
        make_figures(exhibit, out, options.workers, group, options.update_lock)


def check(options: argparse.Namespace) -> None:
    """Say how many files of a store are whole; StoreError for the first that is not.

    Then the same of a sample of its numbers, unless only the files are asked for.
    """
    count = check_hashes(options.store)
    print(f"{options.store}: all {count:,} files are as they were made", file=sys.stderr)
    if options.files:
        return
    from generator.stages.recompute import recheck  # noqa: PLC0415  (files alone need no torch)

    again = recheck(options.store, options.weights, options.images)
    if isinstance(again, str):
        print(f"{options.store}: no number was made again; {again}", file=sys.stderr)
        return
    print(
        f"{options.store}: {again.activations} activations and {again.projections} projections "
        f"made again; at most {again.apart:.1e} of a unit's strongest and {again.levels} of 255 "
        "grey levels apart",
        file=sys.stderr,
    )


def make_preferred(options: argparse.Namespace) -> None:
    """Make the preferred inputs anew that ship with a network."""
    from generator.stages.prebuilt import ship  # noqa: PLC0415

    path = ship(options.model, options.out, PREFERRED_WORK, options.device)
    print(f"{options.model}: its preferred inputs are in {path}", file=sys.stderr)


def train(options: argparse.Namespace) -> None:
    """Train a network and write what ships with it."""
    from generator.train.run import train_network  # noqa: PLC0415

    train_network(
        model=options.model,
        data=options.data,
        data_name=options.data_name or options.data.name,
        out=options.out,
        epochs=options.epochs,
        batch_size=options.batch_size,
        seed=options.seed,
        device=options.device,
        hold_out=options.hold_out,
    )


def measure_network(options: argparse.Namespace) -> None:
    """Measure a network anew that was trained before."""
    from generator.train.again import measure_again  # noqa: PLC0415

    measure_again(options.model, options.data, options.out, options.device)


def bench(options: argparse.Namespace) -> None:
    """Time the program against bare passes, floors and peers."""
    from generator.bench.rows import Sizes  # noqa: PLC0415
    from generator.bench.run import show  # noqa: PLC0415

    sizes = Sizes(pairs=options.pairs, photographs=options.images, many=options.many)
    show(options.only, sizes, options.json)


def to_path(text: str) -> Path:
    """A file or folder from an option; a shell that leaves ``~`` alone means the home folder."""
    return Path(os.path.expanduser(text))  # noqa: PTH111  as it is where there is no such home


def whole_number(text: str) -> int:
    """A whole number that is not negative, from an option."""
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)


def list_of_names(text: str) -> tuple[str, ...]:
    """What stands between commas, from an option."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def pairs(text: str) -> int:
    """How many pairs are timed: enough to tell a spread by."""
    if whole_number(text) < 5:
        raise argparse.ArgumentTypeError(f"{text} pairs tell no spread; give 5 or more")
    return int(text)


class Parser(argparse.ArgumentParser):
    """Answers a mistake with one line, and with the nearest option there is."""

    def error(self, message: str) -> NoReturn:
        """One line on standard error, exit status 2."""
        unknown = message.removeprefix("unrecognized arguments: ")
        if unknown != message:
            word = (unknown.split() or [unknown])[0].partition("=")[0]
            known = [flag for action in self._actions for flag in action.option_strings]
            near = difflib.get_close_matches(word, known, n=1)
            message = f"unknown option {word}" + (f"; did you mean {near[0]}?" if near else "")
        print(f"{self.prog}: {message}; see {self.prog} --help", file=sys.stderr)
        raise SystemExit(WRONG_USE)

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """As usual, but an option that only a sub-command knows is looked for there."""
        options, rest = self.parse_known_args(args, namespace)
        if rest:
            command = getattr(options, "parser", self)
            command.error(f"unrecognized arguments: {' '.join(rest)}")
        return options


def _add_setting(parser: argparse.ArgumentParser, field: SettingField) -> None:
    """The option of a setting; None where it is not given."""
    setting = field.setting
    told: dict[str, Any] = {"dest": field.name, "default": None}
    if field.kind is bool:
        told |= {"action": "store_const", "const": True}
    elif setting.option:  # one of a list at a time
        told |= {"action": "append", "metavar": setting.value}
    else:
        kinds = {int: int, tuple: list_of_names}
        told |= {"type": kinds.get(field.kind), "metavar": setting.value}
    if setting.choices:
        told["choices"] = setting.choices
    several = "; may be given several times" if setting.option else ""
    otherwise = "" if field.required else f" (default: {field.otherwise})"
    parser.add_argument(field.option, help=setting.help + several + otherwise, **told)


def _name_run(parser: argparse.ArgumentParser, data: str, out: str) -> None:
    """The options that tell a training run: its photographs, folder, network and device.

    ``data`` and ``out`` are the help of these two.
    """
    parser.add_argument("--data", metavar="FOLDER", type=to_path, required=True, help=data)
    parser.add_argument("--out", metavar="FOLDER", type=to_path, required=True, help=out)
    parser.add_argument("--model", default="zfnet64", choices=("zfnet64", "zfnet"))
    parser.add_argument("--device", metavar="NAME", default="cpu")


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="python -m generator",
        description="Makes and checks the lesson's figures; trains the network that ships with it.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    make = commands.add_parser(
        "figures",
        allow_abbrev=False,
        help="fill a figure store",
        description=(
            "Runs a network over images, finds what every unit likes best, projects it back to "
            "pixels, measures and draws it. `mkdocs build`, with STORE set to the folder, then "
            "makes the pages. Stages whose inputs have not changed are taken from the store."
        ),
    )
    make.set_defaults(run=figures, parser=make)
    make.add_argument("--exhibit", metavar="NAME", help=f"from exhibits.toml (default: {DEFAULT})")
    for field in settings().values():
        _add_setting(make, field)
    make.add_argument(
        "--workers",
        metavar="N",
        type=whole_number,
        help="processes that decode images; 0 for none but this one (default: as many as suit)",
    )
    make.add_argument(
        "--update-lock",
        action="store_true",
        help="choose the images of openimages anew, and write down which in openimages.lock",
    )
    make.add_argument(
        "--out", metavar="FOLDER", type=to_path, help=f"the store (default: {CACHE}/EXHIBIT)"
    )

    verify = commands.add_parser(
        "check",
        allow_abbrev=False,
        help="compare a figure store with its hashes, and a sample of it with its network",
        description=(
            "Reads every file of a store and compares size and SHA-256 with the list in the "
            "store. A file that is missing, changed, or in the list's folders without being "
            "listed ends the check with status 2. Run it on a store that came from elsewhere. "
            "Then makes a sample of its activations and projections again, from the same weights "
            "and images, and compares them with what it says."
        ),
    )
    verify.set_defaults(run=check, parser=verify)
    verify.add_argument("store", metavar="STORE", type=to_path, help="a folder of `figures --out`")
    verify.add_argument("--files", action="store_true", help="compare the files alone")
    verify.add_argument(
        "--weights",
        metavar="FILE",
        type=os.path.expanduser,
        help="the weights, where they are a file",
    )
    verify.add_argument(
        "--images",
        metavar="FOLDER",
        type=os.path.expanduser,
        help="the images, where they are a folder",
    )

    wish = commands.add_parser(
        "preferred",
        allow_abbrev=False,
        help="make the preferred inputs anew that ship with a network",
        description=(
            "Searches the preferred input of every unit, about a second each on two processor "
            "cores, and writes the archive that ships with the weights. Needed when the weights or "
            "the code of the search have changed; goes on where it was stopped."
        ),
    )
    wish.set_defaults(run=make_preferred, parser=wish)
    wish.add_argument("--model", metavar="NAME", default="zfnet64", help="default: zfnet64")
    wish.add_argument(
        "--out", metavar="FILE", type=to_path, help="the archive (default: beside the weights)"
    )
    wish.add_argument("--device", metavar="NAME", default="cpu", help="cpu, cuda (default: cpu)")

    fit = commands.add_parser(
        "train",
        allow_abbrev=False,
        help="train zfnet64 or zfnet on a folder of labelled photographs",
        description=(
            "Trains from scratch; goes on where it was stopped when it is started again with the "
            "same settings. Leaves the folded weights, their card, the convolutions along the "
            "way and what every unit answers to each class in OUT/MODEL*."
        ),
    )
    fit.set_defaults(run=train, parser=fit)
    _name_run(
        fit,
        data="train/CLASS/... and val/CLASS/..., or Tiny ImageNet as it is unpacked",
        out="where the run lives",
    )
    fit.add_argument("--data-name", metavar="WORDS", help="what the card calls the data set")
    fit.add_argument(
        "--epochs", metavar="N", type=int, default=Recipe.epochs, help="default: %(default)s"
    )
    fit.add_argument(
        "--batch-size",
        metavar="N",
        type=int,
        default=Recipe.batch_size,
        help="default: %(default)s",
    )
    fit.add_argument("--seed", metavar="N", type=int, default=0)
    fit.add_argument(
        "--hold-out",
        metavar="N",
        type=int,
        default=0,
        help="leave N training images of each class out and measure on those, to try a recipe",
    )

    again = commands.add_parser(
        "measure",
        allow_abbrev=False,
        help="measure a network anew that was trained before",
        description=(
            "Writes anew every number that ships with a network: how accurate it is, what every "
            "unit answers to each class, what is lost without units. Trains nothing. Needed when "
            "the code of these measures has changed."
        ),
    )
    again.set_defaults(run=measure_network, parser=again)
    _name_run(
        again,
        data="the photographs that it was trained on, as for train",
        out="where the finished run lives",
    )

    time = commands.add_parser(
        "bench",
        allow_abbrev=False,
        help="how fast it is, as ratios",
        description=(
            "Times this program against bare forward passes, floors and other programs, two "
            "things in turn, so that every figure is a ratio of the same minutes. All of it "
            "takes most of an hour on two cores; --only picks groups of rows."
        ),
    )
    time.set_defaults(run=bench, parser=time)
    time.add_argument("--json", action="store_true", help="one JSON value instead of lines")
    time.add_argument(
        "--only",
        metavar="GROUP",
        nargs="+",
        default=(),
        help="scan, end-to-end, projection, peers, site, memory, gpu",
    )
    time.add_argument(
        "--pairs", metavar="N", type=pairs, default=5, help="pairs a row, 5 or more (default: 5)"
    )
    time.add_argument(
        "--images",
        metavar="FOLDER",
        type=to_path,
        help="photographs to decode (default: bundled)",
    )
    time.add_argument(
        "--many",
        metavar="FOLDER",
        type=to_path,
        help="100,000 images or more for the memory (default: small tiles under many names)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
