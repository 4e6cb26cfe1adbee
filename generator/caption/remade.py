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


def covered(photograph: Covered) -> str:
    """What the square did to one photograph."""
    lowest = min(min(row) for row in photograph.probability)
    plain = share(photograph.plain.probability)
    # Classes that nobody has named go by "class 382".
    named = "" if photograph.label.startswith("class ") else "the class "
    told = [
        f"We watch {named}{photograph.label}, which {_because(photograph)}.",
        f"The network gives it {plain}, and with the square at the worst place {share(lowest)}.",
    ]
    places = sum(len(row) for row in photograph.best)
    others = [entry for entry in photograph.legend[1:] if entry.places]
    if not others and not photograph.other_places:
        told.append(f"At none of the {places} places another class comes first.")
    else:
        named = joined([f"{entry.label} ({entry.places})" for entry in others])
        away = places - photograph.legend[0].places
        rest = f" and others ({photograph.other_places})" if photograph.other_places else ""
        told.append(f"At {away} of {places} places another class comes first: {named}{rest}.")
    least = min(min(row) for row in photograph.activity)
    told.append(
        f"The activity of unit {photograph.channel}, whose map holds the strongest activation,"
        f" falls from {number_of(photograph.plain.activity)} to {number_of(least)} at the lowest."
    )
    return " ".join(told)


def _because(photograph: Covered) -> str:
    if not photograph.by_folder:
        return f"is the network{APOSTROPHE}s own first guess"
    if photograph.first_guess == photograph.label:
        return "is the right one and the first guess"
    return (
        f"is the right one, though the network{APOSTROPHE}s first guess is {photograph.first_guess}"
    )


def covered_picture(kind: str, photograph: Covered, square: int) -> str:
    """The text alternative of one picture of a covered photograph."""
    name = photograph.photograph
    row, column = photograph.worst
    where = (
        f"row {row + 1}, column {column + 1} of {len(photograph.best)} by {len(photograph.best[0])}"
    )
    lowest = min(min(cells) for cells in photograph.probability)
    highest = max(max(cells) for cells in photograph.activity)
    legend = ", ".join(f"{entry.label} at {entry.places}" for entry in photograph.legend)
    return {
        "photograph": f"{name}, as the network is given it: {photograph.label}.",
        "covered": f"{name} with a grey square of {square} pixels at the place that costs"
        f" {photograph.label} most, {where}.",
        "activity": f"{name}: summed activity of the map of unit {photograph.channel} for each"
        f" place of the square, up to {number_of(highest)}.",
        "probability": f"{name}: probability of {photograph.label} for each place of the square,"
        f" {share(lowest)} at the lowest, at {where}.",
        "classes": f"{name}: the most probable class for each place of the square: {legend}.",
        "projection": f"{name}: the strongest activation of unit {photograph.channel}, projected"
        " back to pixels, on mid grey.",
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


def filter_strengths(filters: Filters) -> str:
    """How strong the filters are, and what the paper's clipping would do."""
    own = filters.strengths
    over, radius = filters.over_paper_radius, filters.paper_radius
    told = (
        f"The strengths of the {filters.count} filters (their RMS) run from {min(own):.2g} to"
        f" {max(own):.2g}, with a median of {median(own):.2g}."
    )
    if over:
        passing = f"All {over}" if over == filters.count else f"{over} of them"
        return f"{told} {passing} {'passes' if over == 1 else 'pass'} {radius:g}."
    return f"{told} None passes {radius:g}, so the paper's clipping would change nothing."


def dead_filters(filters: Filters) -> str:
    """How many filters are dead, by both measures."""
    are = "is" if filters.faint == 1 else "are"
    faint = (
        f"{count_of(filters.faint, 'filter')} {are} less than a tenth as strong as the strongest"
    )
    if filters.dead is None:
        return f"{capital(faint)}."
    silent = len(filters.dead)
    fired = (
        "Every filter fired for some image of the collection"
        if not silent
        else f"{count_of(silent, 'filter').capitalize()} fired for no image of the collection"
    )
    return f"{fired}; {faint}."


def folding(filters: Filters) -> str:
    """What strides fold: the median and the worst filter, for the own stride and others."""
    told = [
        f"a stride of {stride} folds {percent(median(shares))} of what the median filter answers"
        f" (at worst {percent(max(shares))})"
        for stride, shares in filters.folded.items()
    ]
    own = f"This network has a stride of {filters.stride}."
    return f"{own} With these filters, {joined(told)}."


def filters_picture(kind: str, filters: Filters) -> str:
    """The text alternative of a sheet of filters."""
    rows, columns = filters.kernel
    how = (
        f"scaled back where they are stronger than {filters.radius:.2g}"
        if kind == "clipped"
        else "as they were learned"
    )
    return (
        f"All {filters.count} filters of {filters.module}, {rows} by {columns} pixels each,"
        f" {how}, on one scale for all; zero is mid grey."
    )


# Figure 3


def layout_picture(layout: Layout) -> str:
    """The text alternative of the drawing of a network: box for box."""
    told = "; ".join(f"{box.name}: {', '.join(box.lines)}" for box in layout.boxes)
    return f"The network as boxes, from its input to its classes. {told}."


# Figure 1


def step(down: StepDown, last: bool) -> tuple[str, str]:
    """The name of a step on the way down, and what it does."""
    before, after, kept = down.before, down.after, down.kept
    if down.kind == "filter":
        title = f"Filter with {down.module}"
        if last:
            what = (
                f"The flipped filters of {down.module} turn all {before[0]} maps into one picture"
                " of three colours. That is the projection."
            )
        else:
            what = (
                "Each activation is laid out as a copy of its own filter, as strong as it is, and"
                f" copies that overlap add up. That fills {count_of(kept.after, 'place')} of the"
                f" {after[0]} maps below."
            )
    elif down.kind == "unpool":
        title = "Unpool"
        what = (
            "Every number goes back to the place that its window took it from, the switch. Maps of"
            f" {before[1]} by {before[2]} become maps of {after[1]} by {after[2]}; all other places"
            " stay empty. Where two windows had taken the same place, their numbers add up."
        )
    elif down.kind == "rectify":
        title = "Rectify"
        what = (
            "What is negative becomes zero, as it did on the way up. Of"
            f" {kept.before:,} numbers in all maps {kept.after:,} are left."
        )
    else:
        title, what = OTHERS[down.kind]
    return title, what


def step_picture(down: StepDown, number: int) -> str:
    """The text alternative of the numbers after a step."""
    window = down.window
    highest = max(max(row) for row in down.values or ((0.0,),))
    return (
        f"Step {number}: map {down.channel} of {down.after[0]},"
        f" {window.rows} rows and {window.columns} columns from row {window.top} and"
        f" column {window.left} on; the largest number is {highest:.2g}."
    )


def followed_picture(kind: str, way: WayDown) -> str:
    """The text alternative of the patch and of the projection that the steps end with."""
    what = "the patch that the unit saw" if kind == "patch" else "its projection, on mid grey"
    return f"{way.photograph}: {what}, {way.field} pixels wide; unit {way.channel} of {way.module}."
