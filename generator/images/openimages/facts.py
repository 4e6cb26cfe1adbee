"""What is known of Open Images: addresses, columns, terms, and the classes of the lesson.

Its validation set holds 41,620 images, with labels that people have verified and boxes of 600
classes. The images are listed as CC BY 2.0, each by its own author; labels and boxes are by
Google, CC BY 4.0. The tables below are those of its download page, version 7.

| table | a row is | columns used |
|---|---|---|
| metadata | an image | ImageID, License, Author, Title, OriginalLandingURL, Rotation |
| labels | a class looked for in an image | ImageID, LabelName, Confidence: 1 where it is there |
| boxes | a thing in an image | ImageID, LabelName, XMin, XMax, YMin, YMax, IsGroupOf and more |
| classes | a class, without a line of heads | its LabelName, what it is called |

``Rotation`` is by how many degrees the pixels have to be turned counter-clockwise, and the boxes
with them; it is empty where the photograph is no longer at its author's page.
"""

from __future__ import annotations

from dataclasses import dataclass

NAME = "openimages"
CC_BY = "https://creativecommons.org/licenses/by/2.0/"
TERMS = "CC BY 2.0"
LEFT, RIGHT, UPPER, LOWER = "XMin", "XMax", "YMin", "YMax"  # in shares of width and height
# A box around several things, of a drawing of a thing, or of a thing from inside.
UNFIT = ("IsGroupOf", "IsDepiction", "IsInside")


@dataclass(frozen=True)
class WebTable:
    """A table at its address; ``columns`` are those that are used, none where it has no heads."""

    address: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Addresses:
    """Where everything is; ``image`` has the place of an image's ID in it."""

    image: str = "https://open-images-dataset.s3.amazonaws.com/validation/{}.jpg"
    metadata: WebTable = WebTable(
        "https://storage.googleapis.com/openimages/2018_04/validation/"
        "validation-images-with-rotation.csv",
        ("ImageID", "License", "Author", "Title", "OriginalLandingURL", "Rotation"),
    )
    labels: WebTable = WebTable(
        "https://storage.googleapis.com/openimages/v5/"
        "validation-annotations-human-imagelabels-boxable.csv",
        ("ImageID", "LabelName", "Confidence"),
    )
    boxes: WebTable = WebTable(
        "https://storage.googleapis.com/openimages/v5/validation-annotations-bbox.csv",
        ("ImageID", "LabelName", LEFT, RIGHT, UPPER, LOWER, *UNFIT),
    )
    classes: WebTable = WebTable(
        "https://storage.googleapis.com/openimages/v5/class-descriptions-boxable.csv"
    )


# What the lesson speaks of, layer by layer: grids, stripes and rounds, wheels, faces of animals,
# flowers, whole things.
CLASSES = (
    *("Dog", "Cat", "Bird", "Owl", "Parrot", "Duck", "Horse", "Sheep", "Monkey", "Zebra"),
    *("Fish", "Snake", "Frog", "Spider", "Butterfly", "Bee", "Beetle", "Insect"),
    *("Bicycle", "Wheel", "Motorcycle", "Car", "Bus", "Train", "Boat", "Airplane"),
    *("Clock", "Coin", "Ball", "Honeycomb", "Traffic sign", "Window", "Door", "Stairs"),
    *("Building", "House", "Skyscraper", "Tower", "Flower", "Sunflower", "Tree", "Mushroom"),
    *("Fruit", "Vegetable", "Cake", "Pizza", "Chair", "Table", "Lamp", "Bottle", "Book"),
    *("Computer keyboard", "Guitar", "Umbrella"),
)
# Who is in an image of these classes never agreed to be a figure of a lesson.
PEOPLE = ("Person", "Man", "Woman", "Boy", "Girl")
PARTS_OF_PEOPLE = "Human "  # how the names of others begin: Human face, Human hand, ...


def shows_people(name: str) -> bool:
    """Whether a class is of people or of their parts.

    >>> shows_people("Human face"), shows_people("Dog")
    (True, False)
    """
    return name in PEOPLE or name.startswith(PARTS_OF_PEOPLE)
