"""Words for the paper's figures remade: text alternatives, and the numbers in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from generator.caption.words import (
    APOSTROPHE,
    MINUS,
    SPACE,
    capital,
    count_of,
    joined,
    number_of,
    percent,
)
from generator.records.remade import ChangeCurves, Covered, Filters, Layout, StepDown, WayDown

CHANGES = {
    "translation": "shifted up and down",
    "scale": "enlarged",
    "rotation": "turned",
}


def share(value: float) -> str:
    """A probability in whole percent; below one in a hundred it says so."""
    if 0 < value < 0.005:
        return f"less than 1{SPACE}%"
    return f"{value:.0%}".replace("%", f"{SPACE}%")


# What a network can have besides, between its filters.
OTHERS = {
    "spread": ("Spread", "Every number is shared out evenly among the places of its window."),
    "scale": ("Scale", "Every map is scaled as its normalisation did it on the way up."),
    "pass": ("Pass", "Contrast normalisation is left out on the way back."),
}

# Figure 7


def covered(one: Covered) -> str:
    """What the square did to one photograph."""
    lowest = min(min(row) for row in one.probability)
    plain = share(one.plain.probability)
    told = [
        f"We watch the class {one.label}, which {_because(one)}.",
        f"The network gives it {plain}, and with the square at the worst place {share(lowest)}.",
    ]
    places = sum(len(row) for row in one.best)
    others = [entry for entry in one.legend[1:] if entry.places]
    if not others and not one.other_places:
        told.append(f"At none of the {places} places another class comes first.")
    else:
        named = joined([f"{entry.label} ({entry.places})" for entry in others])
        away = places - one.legend[0].places
        rest = f" and others ({one.other_places})" if one.other_places else ""
        told.append(f"At {away} of {places} places another class comes first: {named}{rest}.")
    least = min(min(row) for row in one.activity)
    told.append(
        f"The activity of unit {one.channel}, whose map holds the strongest activation, falls"
        f" from {number_of(one.plain.activity)} to {number_of(least)} at the lowest."
    )
    return " ".join(told)


def _because(one: Covered) -> str:
    if not one.by_folder:
        return f"is the network{APOSTROPHE}s own first guess"
    if one.first_guess == one.label:
        return "is the right one and the first guess"
    return f"is the right one, though the network{APOSTROPHE}s first guess is {one.first_guess}"


def covered_picture(kind: str, one: Covered, square: int) -> str:
    """The text alternative of one picture of a covered photograph."""
    name = one.photograph
    row, column = one.worst
    where = f"row {row + 1}, column {column + 1} of {len(one.best)} by {len(one.best[0])}"
    lowest = min(min(cells) for cells in one.probability)
    highest = max(max(cells) for cells in one.activity)
    legend = ", ".join(f"{entry.label} at {entry.places}" for entry in one.legend)
    return {
        "photograph": f"{name}, as the network is given it: {one.label}.",
        "covered": f"{name} with a grey square of {square} pixels at the place that costs"
        f" {one.label} most, {where}.",
        "activity": f"{name}: summed activity of the map of unit {one.channel} for each place"
        f" of the square, up to {number_of(highest)}.",
        "probability": f"{name}: probability of {one.label} for each place of the square,"
        f" {share(lowest)} at the lowest, at {where}.",
        "classes": f"{name}: the most probable class for each place of the square: {legend}.",
        "projection": f"{name}: the strongest activation of unit {one.channel}, projected back"
        " to pixels, on mid grey.",
    }[kind]


# Figure 5


def features_moved(change: ChangeCurves) -> str:
    """How far the features moved, on the mean over the photographs."""
    kind, values = change.kind, change.values
    near, far = _near(values), _far(kind, values)
    means = {
        name: [sum(row[at] for row in rows) / len(rows) for at in (near, far)]
        for name, rows in (
            ("first", change.first),
            ("last", change.last),
            ("probability", change.probability),
        )
    }
    start, end = (_amount(kind, values[at]) for at in (near, far))
    what = CHANGES[kind].replace("up and ", "")  # the sentence tells of one direction
    return (
        f"{capital(what)} {start}, the features of the photographs change by"
        f" {share(means['first'][0])} of their length in the first layer and by"
        f" {share(means['last'][0])} at the top, on average. {capital(what)} {end}, they change by"
        f" {share(means['first'][1])} and {share(means['last'][1])}, and the network still gives"
        f" the class of each {share(means['probability'][1])}, on average."
    )


def _near(values: Sequence[float]) -> int:
    """The smallest change that is one."""
    still = _still(values)
    return min(still + 1, len(values) - 1)


def _far(kind: str, values: Sequence[float]) -> int:
    return len(values) // 2 if kind == "rotation" else len(values) - 1


def _still(values: Sequence[float]) -> int:
    """Where nothing is changed: in the middle of shifts, at the start of the others."""
    return len(values) // 2 if values[0] < 0 else 0


def _amount(kind: str, value: float) -> str:
    if kind == "translation":
        return f"by {count_of(round(value), 'pixel')}"
    return f"{value:g} times" if kind == "scale" else f"by {value:.0f}°"


def moved_picture(kind: str, which: str, change: ChangeCurves, names: Sequence[str]) -> str:
    """The text alternative of one of the plots or of the samples."""
    photographs = joined(list(names))
    values = change.values
    reach = f"from {values[0]:g} to {values[-1]:g}".replace("-", MINUS)
    if which == "samples":
        return f"Stages of {photographs}, {CHANGES[kind]} {reach}, a row for each."
    highest = max(max(row) for row in getattr(change, which))
    what = {
        "first": f"distance of the features of the first layer, {highest:.2g} at the most",
        "last": f"distance of the top features, {highest:.2g} at the most",
        "probability": f"probability of each class, {share(highest)} at the most",
    }[which]
    return f"Curves for {photographs}, {CHANGES[kind]} {reach}: {what}."


# Figure 6


def filter_strengths(found: Filters) -> str:
    """How strong the filters are, and what the paper's clipping would do."""
    own = found.strengths
    over, radius = found.over_paper_radius, found.paper_radius
    told = (
        f"The strengths of the {found.count} filters (their RMS) run from {min(own):.2g} to"
        f" {max(own):.2g}, with a median of {median(own):.2g}."
    )
    if over:
        return f"{told} {count_of(over, 'filter').capitalize()} of them pass {radius:g}."
    return f"{told} None passes {radius:g}, so the paper's clipping would change nothing."


def dead_filters(found: Filters) -> str:
    """How many filters are dead, by both measures."""
    are = "is" if found.faint == 1 else "are"
    faint = f"{count_of(found.faint, 'filter')} {are} less than a tenth as strong as the strongest"
    if found.dead is None:
        return f"{capital(faint)}."
    silent = len(found.dead)
    fired = (
        "Every filter fired for some image of the collection"
        if not silent
        else f"{count_of(silent, 'filter').capitalize()} fired for no image of the collection"
    )
    return f"{fired}; {faint}."


def folding(found: Filters) -> str:
    """What strides fold: the median and the worst filter, for the own stride and others."""
    told = [
        f"a stride of {stride} folds {percent(median(shares))} of what the median filter answers"
        f" (at worst {percent(max(shares))})"
        for stride, shares in found.folded.items()
    ]
    own = f"This network has a stride of {found.stride}."
    return f"{own} With these filters, {joined(told)}."


def filters_picture(kind: str, found: Filters) -> str:
    """The text alternative of a sheet of filters."""
    rows, columns = found.kernel
    how = (
        f"scaled back where they are stronger than {found.radius:.2g}"
        if kind == "clipped"
        else "as they were learned"
    )
    return (
        f"All {found.count} filters of {found.module}, {rows} by {columns} pixels each,"
        f" {how}, on one scale for all; zero is mid grey."
    )


# Figure 3


def layout_picture(found: Layout) -> str:
    """The text alternative of the drawing of a network: box for box."""
    told = "; ".join(f"{box.name}: {', '.join(box.lines)}" for box in found.boxes)
    return f"The network as boxes, from its input to its classes. {told}."


# Figure 1


def step(one: StepDown, last: bool) -> tuple[str, str]:
    """The name of a step on the way down, and what it does."""
    before, after, kept = one.before, one.after, one.kept
    if one.kind == "filter":
        title = f"Filter with {one.module}"
        if last:
            what = (
                f"The flipped filters of {one.module} turn all {before[0]} maps into one picture"
                " of three colours. That is the projection."
            )
        else:
            what = (
                "Each activation is laid out as a copy of its own filter, as strong as it is, and"
                f" copies that overlap add up. That fills {count_of(kept.after, 'place')} of the"
                f" {after[0]} maps below."
            )
    elif one.kind == "unpool":
        title = "Unpool"
        what = (
            "Every number goes back to the place that its window took it from, the switch. Maps of"
            f" {before[1]} by {before[2]} become maps of {after[1]} by {after[2]}; all other places"
            " stay empty. Where two windows had taken the same place, their numbers add up."
        )
    elif one.kind == "rectify":
        title = "Rectify"
        what = (
            "What is negative becomes zero, as it did on the way up. Of"
            f" {kept.before:,} numbers in all maps {kept.after:,} are left."
        )
    else:
        title, what = OTHERS[one.kind]
    return title, what


def step_picture(one: StepDown, number: int) -> str:
    """The text alternative of the numbers after a step."""
    window = one.window
    highest = max(max(row) for row in one.values or ((0.0,),))
    return (
        f"Step {number}: map {one.channel} of {one.after[0]},"
        f" {window.rows} rows and {window.columns} columns from row {window.top} and"
        f" column {window.left} on; the largest number is {highest:.2g}."
    )


def followed_picture(kind: str, found: WayDown) -> str:
    """The text alternative of the patch and of the projection that the steps end with."""
    what = "the patch that the unit saw" if kind == "patch" else "its projection, on mid grey"
    return (
        f"{found.photograph}: {what}, {found.field} pixels wide; unit {found.channel} of"
        f" {found.module}."
    )
