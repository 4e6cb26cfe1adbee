"""A server with a few images of Open Images, in the forms in which they lie on the web."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from PIL import Image

from generator.images.openimages import Origin
from generator.images.openimages.facts import CC_BY, Addresses, WebTable
from generator.images.openimages.fetching import Manners

CLASSES = {"Dog": "/m/0bt9lr", "Bicycle": "/m/0199g", "Human face": "/m/0dzct", "Man": "/m/04yx4"}
METADATA = (
    *("ImageID", "Subset", "OriginalURL", "OriginalLandingURL", "License", "AuthorProfileURL"),
    *("Author", "Title", "OriginalSize", "OriginalMD5", "Thumbnail300KURL", "Rotation"),
)
LABELS = ("ImageID", "Source", "LabelName", "Confidence")
BOXES = (
    *("ImageID", "Source", "LabelName", "Confidence", "XMin", "XMax", "YMin", "YMax"),
    *("IsOccluded", "IsTruncated", "IsGroupOf", "IsDepiction", "IsInside"),
)
PORTAL = b"<!DOCTYPE html><html><body>Please sign in to use this network.</body></html>"
Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


@dataclass
class Shelf:
    """What the server holds, by path; what is asked of it; ``instead`` answers in another way."""

    files: dict[str, bytes] = field(default_factory=dict)
    metadata: list[dict[str, str]] = field(default_factory=list)
    labels: list[tuple[str, str, str]] = field(default_factory=list)
    boxes: list[tuple[str, ...]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)  # path and user agent
    instead: dict[str, Answer] = field(default_factory=dict)

    def image(
        self,
        number: int,
        *labels: str,
        absent: str = "",
        picture: Image.Image | None = None,
        **said: str,
    ) -> str:
        """An image, or else one of another colour each, its upper left corner white; its ID."""
        name = f"{number:016x}"
        if picture is None:
            picture = Image.new("RGB", (64, 48), (number * 37 % 256, number * 91 % 256, 90))
            picture.paste((255, 255, 255), (0, 0, 16, 12))
        content = io.BytesIO()
        exif = Image.Exif()
        exif[0x0112] = 6  # what a camera may have left in the file; the tables know better
        picture.save(content, "JPEG", quality=90, exif=exif)
        self.files[f"/validation/{name}.jpg"] = content.getvalue()
        row = dict.fromkeys(METADATA, "")
        row |= {"ImageID": name, "Subset": "validation", "License": CC_BY, "Author": "Ada, Lund"}
        row |= {"Title": f"Picture {number}", "OriginalLandingURL": f"https://example.org/{number}"}
        self.metadata.append(row | {"Rotation": "0.0"} | said)
        self.labels += [(name, CLASSES[label], "1") for label in labels]
        if absent:
            self.labels.append((name, CLASSES[absent], "0"))
        return name

    def box(self, image: str, label: str, *edges: float, group: bool = False) -> None:
        """A box of an image: left, right, top and bottom in shares."""
        marks = ("0", "0", str(int(group)), "0", "0")
        told = tuple(f"{edge:.6f}" for edge in edges)
        self.boxes.append((image, "xclick", CLASSES[label], "1", *told, *marks))

    def clear(self) -> None:
        """Nothing is there any more."""
        for held in (self.files, self.metadata, self.labels, self.boxes):
            held.clear()

    def finish(self) -> None:
        """Write the tables."""
        metadata = [[row[name] for name in METADATA] for row in self.metadata]
        labels = [[image, "verification", label, there] for image, label, there in self.labels]
        pairs = [[label, name] for name, label in CLASSES.items()]
        self.files |= {
            "/metadata.csv": _csv([list(METADATA), *metadata]),
            "/labels.csv": _csv([list(LABELS), *labels]),
            "/boxes.csv": _csv([list(BOXES), *map(list, self.boxes)]),
            "/classes.csv": _csv(pairs),
        }


def _csv(lines: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


@contextmanager
def served(shelf: Shelf, folder: Path) -> Iterator[Origin]:
    """The shelf on this machine; where a collection finds it, its lock and its files."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            shelf.asked.append((self.path, self.headers.get("User-Agent", "")))
            content = shelf.files.get(self.path)
            if answer := shelf.instead.get(self.path) or shelf.instead.get("*"):
                answer(self, content or b"")
            elif content is None:
                status(404)(self, b"")
            else:
                plain(self, content)

        def log_message(self, *message: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield origin(f"http://127.0.0.1:{server.server_port}", folder)
    finally:
        server.shutdown()
        server.server_close()


def origin(host: str, folder: Path) -> Origin:
    """An origin whose every address is of this host, and which waits for nobody."""
    known = Addresses()

    def table(name: str, columns: WebTable) -> WebTable:
        return replace(columns, address=f"{host}/{name}.csv")

    addresses = Addresses(
        image=f"{host}/validation/{{}}.jpg",
        metadata=table("metadata", known.metadata),
        labels=table("labels", known.labels),
        boxes=table("boxes", known.boxes),
        classes=table("classes", known.classes),
    )
    manners = Manners(tries=3, wait=0.001, patience=2.0)
    return Origin(addresses, manners, folder / "openimages.lock", folder / "openimages")


def plain(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    """The file as it is."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def status(number: int, **heads: str) -> Answer:
    """An answer without the file."""

    def answer(handler: BaseHTTPRequestHandler, content: bytes) -> None:
        handler.send_response(number)
        for name, value in {**heads, "Content-Length": "0"}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()

    return answer


def half(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    """Half of what was promised, then nothing more."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content[: len(content) // 2])
    handler.close_connection = True


def half_unsaid(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    """Half of a file as if it were all of it."""
    plain(handler, content[: len(content) // 2])


def portal(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    """The page of a network that wants its guests to sign in."""
    plain(handler, PORTAL)


def first(times: int, other: Answer, then: Answer = plain) -> Answer:
    """Another answer the first few times."""
    left = [times]

    def answer(handler: BaseHTTPRequestHandler, content: bytes) -> None:
        left[0] -= 1
        (other if left[0] >= 0 else then)(handler, content)

    return answer
