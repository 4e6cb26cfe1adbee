"""What people can bring, as tables: the code goes by them, and a page for users is made of them.

No torch and nothing of ours: who reads weights or images, and who writes the page, look here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OperationKind:
    """A kind of operation that projections are defined for.

    ``names`` are torch's of it, ``words`` a reader's; ``back`` says what becomes of a
    reconstruction there.
    """

    words: str
    names: frozenset[str]
    back: str


CONVOLUTIONS = OperationKind(
    "convolution, with any stride, padding, dilation and number of groups",
    frozenset({"conv2d"}),
    "goes through the same filters, transposed",
)
RELU = OperationKind(
    "ReLU", frozenset({"relu", "relu_"}), "loses what is below zero, whatever the map was there"
)
RELU6 = OperationKind(
    "ReLU6", frozenset({"relu6", "relu6_"}), "loses what is below zero, as behind a ReLU"
)
HARD_TANH = OperationKind(
    "hard-tanh from 0 up; one from another number is refused",
    frozenset({"hardtanh", "hardtanh_"}),
    "loses what is below zero, as behind a ReLU",
)
POOLING = OperationKind(
    "max- and average-pooling",
    frozenset({"max_pool2d", "avg_pool2d"}),
    "goes back to where the largest was, or is shared out evenly",
)
PADDING = OperationKind(
    "padding with one number, also by different amounts on different sides",
    frozenset({"pad"}),
    "loses what lies in the padding",
)
CONTRAST = OperationKind(
    "contrast normalisation across maps",
    frozenset({"local_response_norm"}),
    "passes as it is",
)
# Operations after which every place of a map sees what it saw before.
POINTWISE = OperationKind(
    "batch normalisation, dropout, adding, joining, splitting and reordering of maps",
    frozenset(
        {"batch_norm", "dropout", "dropout_", "feature_dropout", "add", "add_", "__add__",
         "__iadd__", "__radd__", "cat", "concat", "contiguous", "clone", "to", "chunk", "split",
         "view", "reshape", "transpose", "permute", "identity", "detach"}
    ),
    "is scaled, copied or sent on along the same way",
)  # fmt: skip
# Operations after which a place sees the whole image: no layer can be shown behind them.
WHOLE = OperationKind(
    "pooling of whole maps and linear layers, which end what can be shown",
    frozenset({"adaptive_avg_pool2d", "adaptive_max_pool2d", "linear", "flatten", "mean"})
    | {"squeeze"},
    "nothing: no layer behind these can be shown",
)
OPERATIONS = (
    *(CONVOLUTIONS, RELU, RELU6, HARD_TANH, POOLING, PADDING, CONTRAST, POINTWISE, WHOLE),
)

# Families of torchvision's classification networks that are refused, by what their names begin
# with, and the operation that stops each; all others run.
STOPPED = {
    "convnext": ("permute", "layer_norm", "gelu"),
    "efficientnet": ("silu",),
    "maxvit": ("gelu",),
    "mobilenet_v3": ("hardswish",),
    "regnet_y": ("sigmoid",),
    "swin": ("permute", "layer_norm", "gelu"),
    "vit": ("layer_norm", "__getitem__", "expand", "gelu"),
}

# How a file holds weights, and by what it is known, whatever it is called.
WEIGHTS_FILES = {
    "safetensors": "it begins with a length, then a header in braces",
    "the zip archive of torch.save": "it begins with PK and holds a data.pkl",
    "the older pickle of torch.save": "it begins with the byte 80 (hexadecimal)",
}
# What a file begins with that holds no weights to be read here, and what to do about it.
NO_WEIGHTS: dict[bytes, str] = {
    b"\x89HDF": "is an HDF5 file, as Keras writes them; only networks of PyTorch are read",
    b"version https://git-lfs": "is a pointer of Git LFS, not the weights; run `git lfs pull`",
    b"<": "is a web page, not weights; download the file itself",
    b"\x1f\x8b": "is packed with gzip; unpack it first",
    b"BZh": "is packed with bzip2; unpack it first",
    b"\xfd7zXZ": "is packed with xz; unpack it first",
}
# Names of nests that trainers use. They are not needed to find weights, only to tell of them.
NESTS = (
    *("state_dict", "model_state_dict", "model", "net", "network", "module", "params"),
    *("ema", "state_dict_ema", "model_ema", "params_ema"),
)
# Modules that wrap others and leave their name in the middle of those of the weights.
WRAPPERS = ("module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module")
# What profilers and normalisations count, which no map depends on.
COUNTERS = ("num_batches_tracked", "total_ops", "total_params")

SIZES = (8, 4096)  # pixels across a network's input: least and most
IMAGENET = "imagenet"  # in a card: the names of its 1,000 classes, in their usual order
# What a card may say, and what each value has to be. Pixels run from 0 to 1, and nothing can be
# divided by a deviation of 0.
CARD = {
    "title": "text",
    "classes": f"a list of names, or the word {IMAGENET}",
    "class_names": "a list of names of folders",
    "mean": "three numbers from 0 to 1, or one for a network that sees in grey",
    "std": "three numbers from 0.001 to 1, or one for a network that sees in grey",
    "size": f"a whole number from {SIZES[0]} to {SIZES[1]}",
    "trained_on": "text",
    "top1": "a number from 0 to 1",
    "measured_on": "text",
    "snapshots": "a list of whole numbers from 0 to 1000000",
}

# Pictures that are read, told by their first bytes, and what one may be called.
PICTURES = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC"
PICTURE_ENDINGS = {
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"),
    *(".avif", ".heic", ".heif", ".hif"),
}
# Pictures, or what their makers call so, that nothing here reads: named, not passed over.
OTHER_PICTURES = {
    *(".svg", ".psd", ".ai", ".eps", ".jxl", ".jp2", ".j2k", ".ico", ".tga", ".ppm"),
    *(".pgm", ".pbm", ".dds", ".exr", ".hdr", ".xcf", ".pcx"),
}
# A camera's raw files; many are TIFFs by their first bytes, with a thumbnail for a picture.
RAW_PICTURES = {
    *(".dng", ".cr2", ".cr3", ".nef", ".nrw", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw"),
}
# What programs leave in folders of photographs, besides what is hidden by a dot.
LEFT_BEHIND = {
    *("__macosx", "@eadir", "thumbs.db", "ehthumbs.db", "desktop.ini"),
    *("#recycle", "$recycle.bin", "system volume information", "lost+found"),
}
# What a table of credits says of each photograph, a line each.
CREDIT_COLUMNS = {
    "file": "where the photograph lies, from the folder on, with / between folders",
    "title": "what it is called",
    "author": "who took it",
    "licence": "under which terms it may be shown, as CC BY 4.0",
    "address": "where on the web it, or whoever took it, is found",
}
SPLITS = ("train", "training", "val", "valid", "validation", "test", "testing")
