"""Open Images from a server of the test's own, in its true forms, with all that can go wrong."""

from __future__ import annotations

import hashlib
import json
import pickle
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from openimages import (
    PORTAL,
    Answer,
    Shelf,
    first,
    half,
    half_unsaid,
    origin,
    portal,
    served,
    status,
)

from generator.errors import GeneratorError
from generator.images import Choice, Collection, open_collection
from generator.images.credits import all_credited
from generator.images.openimages import CLASSES, Origin, open_openimages
from generator.images.openimages.choosing import square, turned
from generator.images.openimages.facts import PARTS_OF_PEOPLE, Addresses, shows_people
from generator.images.openimages.fetching import (
    AGENT,
    CONNECTIONS,
    LONGEST,
    Fetcher,
    Wanted,
    _Patience,
)

CHOICE = Choice(classes=("Dog", "Bicycle"), per_class=2)


@pytest.fixture
def shelf() -> Shelf:
    """Three dogs, two bicycles, six images of nothing that is looked for, and those left out."""
    made = Shelf()
    for number in range(1, 4):
        made.image(number, "Dog")
    made.image(4, "Bicycle", absent="Dog")
    made.image(5, "Bicycle", Title="", Rotation="90.0")
    for number in range(6, 12):
        made.image(number)
    made.image(20, "Dog", "Human face")
    made.image(21, "Man")
    made.image(22, "Dog", License="https://creativecommons.org/licenses/by-nc/2.0/")
    made.image(23, "Dog", Rotation="")
    made.image(24, "Dog", Author=" ")
    made.finish()
    return made


@pytest.fixture
def where(shelf: Shelf, tmp_path: Path) -> Iterator[Origin]:
    with served(shelf, tmp_path) as place:
        yield place


def opened(where: Origin, choice: Choice | None = CHOICE, update: bool = False) -> Collection:
    return open_openimages(choice, update, origin=where)


def refusal(where: Origin, choice: Choice | None = CHOICE, update: bool = False) -> str:
    """The one line; nothing half-written is left behind."""
    before = where.lock.read_bytes() if where.lock.exists() else None
    with pytest.raises(GeneratorError) as caught:
        opened(where, choice, update)
    assert "\n" not in str(caught.value)
    assert (where.lock.read_bytes() if where.lock.exists() else None) == before
    assert not list(where.folder.parent.rglob("*part*"))
    return str(caught.value)


def numbers(collection: Collection) -> list[int]:
    return [int(Path(item.name).stem, 16) for item in collection.items]


# What is chosen


def test_images_are_chosen_by_rule_and_each_has_its_credit(where: Origin, shelf: Shelf) -> None:
    collection = opened(where)
    assert collection.classes == ("Dog", "Bicycle")
    labels = [item.label for item in collection.items]
    assert labels == [0, 0, 1, 1, -1, -1, -1, -1]
    assert set(numbers(collection)) <= set(range(1, 12)), "no people, other terms, or lost ones"
    assert set(numbers(collection)[2:4]) == {4, 5}
    all_credited(collection)
    untitled = collection.credits[collection.source_numbers[numbers(collection).index(5)]]
    assert (untitled.title, untitled.author, untitled.licence) == (
        "Untitled", "Ada, Lund", "CC BY 2.0"
    )  # fmt: skip
    assert untitled.address == "https://example.org/5"
    assert {agent for _, agent in shelf.asked} == {AGENT}
    assert "visualizing-cnns" in AGENT
    assert "/boxes.csv" not in {path for path, _ in shelf.asked}


def test_the_same_seed_chooses_the_same_and_another_one_others(
    where: Origin, tmp_path: Path
) -> None:
    first_time = numbers(opened(where))
    assert numbers(opened(replace(where, lock=tmp_path / "other.lock"))) == first_time
    seeds = [
        numbers(opened(replace(where, lock=tmp_path / f"{seed}.lock"), _seeded(seed)))
        for seed in range(1, 5)
    ]
    assert any(one != first_time for one in seeds)


def _seeded(seed: int) -> Choice:
    return Choice(classes=CHOICE.classes, per_class=2, seed=seed)


def test_an_image_is_turned_as_its_author_meant_it(where: Origin) -> None:
    collection = opened(where)
    upright, lying = (numbers(collection).index(number) for number in (4, 5))
    assert collection[upright].size == (64, 48), "what the camera wrote is not asked"
    assert collection[lying].size == (48, 64)
    corner = np.asarray(collection[lying])
    assert corner[-3, 3].min() > 240, "counter-clockwise, upper left comes to lower left"
    assert corner[3, 3].min() < 240
    assert collection.jpeg is not None
    assert collection.jpeg(collection.items[lying]) is None
    again = pickle.loads(pickle.dumps(collection.opener))
    assert again(collection.items[lying]).size == (48, 64)


def test_with_boxes_an_image_is_the_square_around_its_largest_thing(
    shelf: Shelf, tmp_path: Path
) -> None:
    one, small, group, lying = (f"{number:016x}" for number in (1, 2, 3, 5))
    shelf.box(one, "Dog", 0.0, 0.25, 0.0, 0.25)
    shelf.box(one, "Dog", 0.5, 1.0, 0.5, 1.0)
    shelf.box(one, "Bicycle", 0.0, 1.0, 0.0, 1.0)
    shelf.box(small, "Dog", 0.1, 0.2, 0.1, 0.2)
    shelf.box(group, "Dog", 0.1, 0.9, 0.1, 0.9, group=True)
    shelf.box(lying, "Bicycle", 0.0, 0.25, 0.0, 0.25)
    shelf.finish()
    choice = Choice(classes=CHOICE.classes, per_class=2, boxes=True)
    with served(shelf, tmp_path) as where:
        collection = opened(where, choice)
        assert numbers(collection)[:2] == [1, 5]
        dog, bicycle = collection.items[:2]
        assert (dog.left, dog.top, dog.side) == (32, 16, 32), "no lower than the image"
        assert (bicycle.left, bicycle.top, bicycle.side) == (0, 48, 16)
        assert collection[1].size == (16, 16)
        assert np.asarray(collection[1])[2:10, 2:10].min() > 240, "its white corner"
        assert collection.whole(1).size == (48, 64)
        assert opened(where, choice).sha256 == collection.sha256
        assert "boxes = False, and now it is True" in refusal(
            replace(where, lock=_lock_without_boxes(where)), choice
        )


def _lock_without_boxes(where: Origin) -> Path:
    path = where.lock.with_name("plain.lock")
    opened(replace(where, lock=path))
    return path


def test_boxes_by_hand() -> None:
    assert turned((0.1, 0.4, 0.2, 0.3), 180) == pytest.approx((0.6, 0.9, 0.7, 0.8))
    assert turned((0.1, 0.4, 0.2, 0.3), 270) == pytest.approx((0.7, 0.8, 0.1, 0.4))
    assert square((0.0, 1.0, 0.4, 0.6), 100, 50) == (25, 0, 50), "no larger than the image"
    assert square((0.9, 1.0, 0.9, 1.0), 100, 100) == (90, 90, 10)


def test_the_classes_of_the_lesson_show_no_people() -> None:
    assert len(set(CLASSES)) == len(CLASSES) >= 40
    assert not [name for name in CLASSES if shows_people(name)]
    assert shows_people(f"{PARTS_OF_PEOPLE}face")
    assert "validation/{}.jpg" in Addresses().image


def test_a_class_that_there_is_not_is_answered_with_the_nearest(where: Origin) -> None:
    told = refusal(where, Choice(classes=("Dogs",)))
    assert told.startswith("unknown class of Open Images 'Dogs'; did you mean 'Dog'?")


def test_people_are_shown_to_whoever_asks_for_them_by_name(where: Origin) -> None:
    choice = Choice(classes=("Man", "Human face"), per_class=9)
    assert numbers(opened(where, choice))[:2] == [21, 20]


# The lock


def test_the_lock_makes_the_same_again_without_the_tables(
    where: Origin, shelf: Shelf, tmp_path: Path
) -> None:
    collection = opened(where)
    lines = where.lock.read_text(encoding="utf-8").splitlines()
    told = json.loads(lines[0])
    assert told["classes"] == ["Dog", "Bicycle"]
    assert told["per_class"] == 2
    assert len(lines) == 1 + len(collection)
    row = json.loads(lines[1])
    content = shelf.files[f"/validation/{row['id']}.jpg"]
    assert row["sha256"] == hashlib.sha256(content).hexdigest()
    assert row["author"] == "Ada, Lund"
    shelf.asked.clear()
    assert opened(where).sha256 == collection.sha256
    assert shelf.asked == [], "all is there"
    elsewhere = replace(where, folder=tmp_path / "elsewhere")
    assert opened(elsewhere, None).sha256 == collection.sha256
    assert {path.split("/")[1] for path, _ in shelf.asked} == {"validation"}


def test_a_download_that_was_stopped_goes_on(where: Origin, shelf: Shelf) -> None:
    shelf.instead["/validation/0000000000000004.jpg"] = status(400)
    assert "the server answered 400" in refusal(where)
    shelf.instead.clear()
    shelf.asked.clear()
    kept = {path.stem for path in (where.folder / "images").iterdir()}
    opened(where)
    asked = [path for path, _ in shelf.asked]
    assert "/metadata.csv" not in asked
    assert not {f"/validation/{name}.jpg" for name in kept} & set(asked)


def test_what_is_gone_or_changed_since_is_named(
    where: Origin, shelf: Shelf, tmp_path: Path
) -> None:
    collection = opened(where)
    gone, changed = (f"{number:016x}" for number in numbers(collection)[2:4])
    shelf.files[f"/validation/{changed}.jpg"] = shelf.files[f"/validation/{gone}.jpg"]
    shelf.instead[f"/validation/{gone}.jpg"] = status(403)
    elsewhere = replace(where, folder=tmp_path / "elsewhere")
    told = refusal(elsewhere)
    assert told.endswith(
        f"1 of its 8 images have gone: {gone}; 1 of its 8 images have changed: {changed}; "
        "give --update-lock to choose anew"
    )
    assert not (elsewhere.folder / "images" / f"{changed}.jpg").exists()
    assert gone not in {f"{number:016x}" for number in numbers(opened(elsewhere, update=True))}
    assert gone not in where.lock.read_text()


def test_a_file_that_was_changed_here_is_fetched_again(where: Origin) -> None:
    collection = opened(where)
    path = where.folder / "images" / Path(collection.items[0].name).name
    path.write_bytes(path.read_bytes()[:-9])
    assert opened(where).sha256 == collection.sha256
    assert collection[0].size == (64, 48)


def test_a_lock_of_another_choice_is_refused(where: Origin) -> None:
    opened(where)
    other = Choice(classes=("Dog",), per_class=2)
    told = refusal(where, other)
    assert "was made with classes = Dog, Bicycle, and now it is Dog; give --update-lock" in told
    assert opened(where, other, update=True).classes == ("Dog",)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"id":"0', '"id":"../', "line 2: is not as it was written"),
        ('"https://example', '"javascript:example', "line 2: is not as it was written"),
        ('"sha256":"', '"sha256":"z', "line 2: is not as it was written"),
        ('"author"', '"writer"', "line 2: is not as it was written"),
        ('{"format"', '<html>{"format"', "line 1: is not as it was written"),
    ],
)
def test_a_lock_that_somebody_changed_is_refused(
    where: Origin, old: str, new: str, told: str
) -> None:
    opened(where)
    where.lock.write_text(where.lock.read_text().replace(old, new))
    assert told in refusal(where)


def test_a_lock_that_names_an_image_twice_or_none_is_refused(where: Origin) -> None:
    opened(where)
    lines = where.lock.read_text().splitlines(keepends=True)
    where.lock.write_text("".join([*lines, lines[-1]]))
    assert "names an image twice" in refusal(where)
    where.lock.write_text(lines[0])
    assert "names no image" in refusal(where)


# What goes wrong on the way


def test_no_network_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        told = refusal(origin(f"http://127.0.0.1:{port}", tmp_path))
    assert "127.0.0.1 can't be reached (" in told
    assert "refused" in told
    assert told.endswith("look at the network, then start again: what was downloaded is kept")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (half, "ended early, "),
        (portal, "came as a web page; is there a page to sign in at before this network?"),
        (status(302, Location="/portal"), "came as a web page; is there a page to sign in at"),
        (status(500), "the server answered 500"),
        (status(418), "the server answered 418"),
    ],
)
@pytest.mark.parametrize("path", ["/metadata.csv", "/validation/0000000000000004.jpg"])
def test_what_is_no_whole_file_is_one_clear_line(
    where: Origin, shelf: Shelf, path: str, answer: Answer, told: str
) -> None:
    shelf.files["/portal"] = PORTAL
    shelf.instead[path] = answer
    line = refusal(where)
    assert told in line
    assert path in line
    shelf.instead.clear()
    assert len(opened(where)) == 8


def test_a_table_that_is_not_there_is_one_clear_line(where: Origin, shelf: Shelf) -> None:
    shelf.instead["/labels.csv"] = status(404)
    assert "/labels.csv: is not there any more" in refusal(where)


def test_a_table_of_other_columns_is_one_clear_line(where: Origin, shelf: Shelf) -> None:
    shelf.files["/metadata.csv"] = shelf.files["/metadata.csv"].replace(b"License", b"Licence", 1)
    assert "metadata.csv: has no column 'License'" in refusal(where)


def test_half_a_table_that_passes_for_all_of_it_is_one_clear_line(
    where: Origin, shelf: Shelf
) -> None:
    content = shelf.files["/metadata.csv"]
    shelf.files["/metadata.csv"] = content[: content.index(b"Picture 9") + 4]
    told = refusal(where)
    assert "metadata.csv, line 10: is not CSV (too many or too few fields); delete it" in told


def test_of_a_choice_what_can_not_be_had_is_left_out_and_told(
    where: Origin, shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf.instead["/validation/0000000000000004.jpg"] = status(404)
    shelf.instead["/validation/0000000000000005.jpg"] = half_unsaid
    collection = opened(where)
    assert not {4, 5} & set(numbers(collection))
    said = capsys.readouterr().err
    assert "left out, since they can't be had: 0000000000000004, 0000000000000005" in said
    assert "commit it" in said


def test_a_busy_server_is_asked_again(where: Origin, shelf: Shelf) -> None:
    shelf.instead["/labels.csv"] = first(2, status(429, Retry_After="0"))
    shelf.instead["/metadata.csv"] = first(2, status(503))
    shelf.instead["/validation/0000000000000004.jpg"] = first(2, half)
    assert len(opened(where)) == 8
    paths = [path for path, _ in shelf.asked]
    assert paths.count("/labels.csv") == paths.count("/metadata.csv") == 3
    assert paths.count("/validation/0000000000000004.jpg") == 3


def test_a_proxy_that_the_environment_names_is_asked(
    where: Origin, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "http://images.example/one.csv"
    shelf.files[address] = b"one"
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, where.addresses.image.partition("/validation")[0])
    monkeypatch.delenv("no_proxy", raising=False)
    Fetcher(where.manners).one(Wanted(address, tmp_path / "one.csv"))
    assert (tmp_path / "one.csv").read_bytes() == b"one"
    assert len(opened(where)) == 8, "what is on this machine is asked for without it"


def test_no_server_makes_a_build_wait_for_hours() -> None:
    class Busy:
        headers = {"Retry-After": "86400"}  # noqa: RUF012

    assert _Patience().get_retry_after(Busy()) == LONGEST  # type: ignore[arg-type]
    assert CONNECTIONS <= 8


def test_the_lock_of_another_collection_is_not_updated(tmp_path: Path) -> None:
    with pytest.raises(GeneratorError, match="--update-lock is for --images openimages"):
        open_collection(str(tmp_path), update_lock=True)


def test_nothing_that_fits_is_one_clear_line(shelf: Shelf, tmp_path: Path) -> None:
    for row in shelf.metadata:
        row["Author"] = ""
    shelf.finish()
    with served(shelf, tmp_path) as where:
        assert "no image fits Dog, Bicycle; name other classes" in refusal(where)
