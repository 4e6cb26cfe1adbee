"""Words for the paper's figures remade: text alternatives, and the numbers in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from generator.caption.drawn import drawn_word
from generator.caption.words import (
    MINUS,
    SPACE,
    capital,
    count_of,
    joined,
    number_of,
    percent,
)
from generator.language import figure, later, named, say, say_count
from generator.records.remade import ChangeCurves, Covered, Filters, Layout, StepDown, WayDown

CHANGES = {
    "translation": later("shifted up and down"),
    "scale": later("enlarged"),
    "rotation": later("turned"),
}


def share(value: float) -> str:
    """A probability in whole percent; below one in a hundred it says so."""
    if 0 < value < 0.005:
        return say("less than 1\N{NO-BREAK SPACE}%")
    return f"{value:.0%}".replace("%", f"{SPACE}%")


# What a network can have besides, between its filters.
OTHERS = {
    "spread": (
        later("Spread"),
        later("Every number is shared out evenly among the places of its window."),
    ),
    "scale": (
        later("Scale"),
        later("Every map is scaled as its normalisation did it on the way up."),
    ),
    "pass": (
        later("Pass"),
        later("Contrast normalisation is left out on the way back."),
    ),
}

# Figure 7


def covered(photograph: Covered) -> str:
    """What the square did to one photograph."""
    lowest = min(min(row) for row in photograph.probability)
    plain = share(photograph.plain.probability)
    label = class_called(photograph.label)
    # Classes that nobody has named go by "class 382".
    unnamed = photograph.label.startswith("class ")
    told = [
        say("We watch {label}, which {because}.", label=label, because=_because(photograph))
        if unnamed
        else say(
            "We watch the class {label}, which {because}.",
            label=label,
            because=_because(photograph),
        ),
        say(
            "The network gives it {plain}, and with the square at the worst place {lowest}.",
            plain=plain,
            lowest=share(lowest),
        ),
    ]
    places = sum(len(row) for row in photograph.best)
    others = [entry for entry in photograph.legend[1:] if entry.places]
    if not others and not photograph.other_places:
        told.append(say("At none of the {places} places another class comes first.", places=places))
    else:
        classes = joined([f"{class_called(entry.label)} ({entry.places})" for entry in others])
        away = places - photograph.legend[0].places
        rest = (
            say(" and others ({other_places})", other_places=photograph.other_places)
            if photograph.other_places
            else ""
        )
        told.append(
            say(
                "At {away} of {places} places another class comes first: {classes}{rest}.",
                away=away,
                places=places,
                classes=classes,
                rest=rest,
            )
        )
    least = min(min(row) for row in photograph.activity)
    told.append(
        say(
            "The activity of unit {channel}, whose map holds the strongest activation,"
            " falls from {activity} to {least} at the lowest.",
            channel=photograph.channel,
            activity=number_of(photograph.plain.activity),
            least=number_of(least),
        )
    )
    return " ".join(told)


def _because(photograph: Covered) -> str:
    if not photograph.by_folder:
        return say("is the network’s own first guess")
    if photograph.first_guess == photograph.label:
        return say("is the right one and the first guess")
    return say(
        "is the right one, though the network’s first guess is {first_guess}",
        first_guess=class_called(photograph.first_guess),
    )


def class_called(label: str) -> str:
    """A class as it is called in the language that is spoken."""
    return named("name", label)


def covered_picture(kind: str, photograph: Covered, square: int) -> str:
    """The text alternative of one picture of a covered photograph."""
    name, label = photograph.photograph, class_called(photograph.label)
    row, column = photograph.worst
    where = say(
        "row {row}, column {column} of {rows} by {columns}",
        row=row + 1,
        column=column + 1,
        rows=len(photograph.best),
        columns=len(photograph.best[0]),
    )
    lowest = min(min(cells) for cells in photograph.probability)
    highest = max(max(cells) for cells in photograph.activity)
    legend = ", ".join(
        say("{label} at {places}", label=class_called(entry.label), places=entry.places)
        for entry in photograph.legend
    )
    return {
        "photograph": say("{name}, as the network is given it: {label}.", name=name, label=label),
        "covered": say(
            "{name} with a grey square of {square} pixels at the place that costs {label}"
            " most, {where}.",
            name=name,
            square=square,
            label=label,
            where=where,
        ),
        "activity": say(
            "{name}: summed activity of the map of unit {channel} for each place of the"
            " square, up to {highest}.",
            name=name,
            channel=photograph.channel,
            highest=number_of(highest),
        ),
        "probability": say(
            "{name}: probability of {label} for each place of the square, {lowest} at the"
            " lowest, at {where}.",
            name=name,
            label=label,
            lowest=share(lowest),
            where=where,
        ),
        "classes": say(
            "{name}: the most probable class for each place of the square: {legend}.",
            name=name,
            legend=legend,
        ),
        "projection": say(
            "{name}: the strongest activation of unit {channel}, projected back to pixels,"
            " on mid grey.",
            name=name,
            channel=photograph.channel,
        ),
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
    what = {
        "translation": say("Shifted down"),
        "scale": say("Enlarged"),
        "rotation": say("Turned"),
    }[kind]
    return say(
        "{what} {start}, the features of the photographs change by {first} of their"
        " length in the first layer and by {last} at the top, on average. {what}"
        " {end}, they change by {first_end} and {last_end}, and the network still gives the"
        " class of each {probability}, on average.",
        what=what,
        start=start,
        first=share(means["first"][0]),
        last=share(means["last"][0]),
        end=end,
        first_end=share(means["first"][1]),
        last_end=share(means["last"][1]),
        probability=share(means["probability"][1]),
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
        return say("by {pixels}", pixels=count_of(round(value), "pixel"))
    if kind == "scale":
        return say("{factor} times", factor=figure(f"{value:g}"))
    return say("by {angle}°", angle=f"{value:.0f}")


def moved_picture(kind: str, which: str, change: ChangeCurves, names: Sequence[str]) -> str:
    """The text alternative of one of the plots or of the samples."""
    photographs = joined(list(names))
    values = change.values
    least, most = (figure(f"{values[end]:g}").replace("-", MINUS) for end in (0, -1))
    reach = say("from {least} to {most}", least=least, most=most)
    if which == "samples":
        return say(
            "Stages of {photographs}, {changes} {reach}, a row for each.",
            photographs=photographs,
            changes=say(CHANGES[kind]),
            reach=reach,
        )
    highest = max(max(row) for row in getattr(change, which))
    what = {
        "first": say(
            "distance of the features of the first layer, {highest} at the most",
            highest=figure(f"{highest:.2g}"),
        ),
        "last": say(
            "distance of the top features, {highest} at the most", highest=figure(f"{highest:.2g}")
        ),
        "probability": say(
            "probability of each class, {highest} at the most", highest=share(highest)
        ),
    }[which]
    return say(
        "Curves for {photographs}, {changes} {reach}: {what}.",
        photographs=photographs,
        changes=say(CHANGES[kind]),
        reach=reach,
        what=what,
    )


# Figure 6


def filter_strengths(filters: Filters) -> str:
    """How strong the filters are, and what the paper's clipping would do."""
    own = filters.strengths
    over, radius = filters.over_paper_radius, filters.paper_radius
    told = say(
        "The strengths of the {count} filters (their RMS) run from {least} to {most},"
        " with a median of {median}.",
        count=filters.count,
        least=figure(f"{min(own):.2g}"),
        most=figure(f"{max(own):.2g}"),
        median=figure(f"{median(own):.2g}"),
    )
    if over:
        passed = figure(f"{radius:g}")
        if over == filters.count:
            passing = say_count(
                "All {over} passes {radius}.",
                "All {over} pass {radius}.",
                over,
                over=over,
                radius=passed,
            )
        else:
            passing = say_count(
                "{over} of them passes {radius}.",
                "{over} of them pass {radius}.",
                over,
                over=over,
                radius=passed,
            )
        return f"{told} {passing}"
    return say(
        "{told} None passes {radius}, so the paper's clipping would change nothing.",
        told=told,
        radius=figure(f"{radius:g}"),
    )


def dead_filters(filters: Filters) -> str:
    """How many filters are dead, by both measures."""
    faint = say_count(
        "{filters} is less than a tenth as strong as the strongest",
        "{filters} are less than a tenth as strong as the strongest",
        filters.faint,
        filters=count_of(filters.faint, "filter"),
    )
    if filters.dead is None:
        return f"{capital(faint)}."
    silent = len(filters.dead)
    fired = say("Every filter fired for some image of the collection")
    if silent:
        fired = say_count(
            "{filters} fired for no image of the collection",
            "{filters} fired for no image of the collection",
            silent,
            filters=capital(count_of(silent, "filter")),
        )
    return f"{fired}; {faint}."


def folding(filters: Filters) -> str:
    """What strides fold: the median and the worst filter, for the own stride and others."""
    told = [
        say(
            "a stride of {stride} folds {median} of what the median filter answers (at"
            " worst {most})",
            stride=stride,
            median=percent(median(shares)),
            most=percent(max(shares)),
        )
        for stride, shares in filters.folded.items()
    ]
    own = say("This network has a stride of {stride}.", stride=filters.stride)
    return say("{own} With these filters, {told}.", own=own, told=joined(told))


def filters_picture(kind: str, filters: Filters) -> str:
    """The text alternative of a sheet of filters."""
    rows, columns = filters.kernel
    how = (
        say(
            "scaled back where they are stronger than {radius}",
            radius=figure(f"{filters.radius:.2g}"),
        )
        if kind == "clipped"
        else say("as they were learned")
    )
    return say(
        "All {count} filters of {module}, {rows} by {columns} pixels each, {how}, on"
        " one scale for all; zero is mid grey.",
        count=filters.count,
        module=filters.module,
        rows=rows,
        columns=columns,
        how=how,
    )


# Figure 3


def layout_picture(layout: Layout) -> str:
    """The text alternative of the drawing of a network: box for box."""
    told = "; ".join(
        f"{drawn_word(box.name)}: {', '.join(map(drawn_word, box.lines))}" for box in layout.boxes
    )
    return say("The network as boxes, from its input to its classes. {told}.", told=told)


# Figure 1


def step(down: StepDown, last: bool) -> tuple[str, str]:
    """The name of a step on the way down, and what it does."""
    before, after, kept = down.before, down.after, down.kept
    if down.kind == "filter":
        title = say("Filter with {module}", module=down.module)
        if last:
            what = say(
                "The flipped filters of {module} turn all {maps} maps into one picture of"
                " three colours. That is the projection.",
                module=down.module,
                maps=before[0],
            )
        else:
            what = say(
                "Each activation is laid out as a copy of its own filter, as strong as it is,"
                " and copies that overlap add up. That fills {places} of the {maps} maps"
                " below.",
                places=count_of(kept.after, "place"),
                maps=after[0],
            )
    elif down.kind == "unpool":
        title = say("Unpool")
        what = say(
            "Every number goes back to the place that its window took it from, the switch."
            " Maps of {rows} by {columns} become maps of {more_rows} by {more_columns}; all other"
            " places stay empty. Where two windows had taken the same place, their numbers"
            " add up.",
            rows=before[1],
            columns=before[2],
            more_rows=after[1],
            more_columns=after[2],
        )
    elif down.kind == "rectify":
        title = say("Rectify")
        what = say(
            "What is negative becomes zero, as it did on the way up. Of {before} numbers in"
            " all maps {after} are left.",
            before=figure(f"{kept.before:,}"),
            after=figure(f"{kept.after:,}"),
        )
    else:
        title, what = map(say, OTHERS[down.kind])
    return title, what


def step_picture(down: StepDown, number: int) -> str:
    """The text alternative of the numbers after a step."""
    window = down.window
    highest = max(max(row) for row in down.values or ((0.0,),))
    return say(
        "Step {number}: map {channel} of {maps}, {rows} rows and {columns} columns"
        " from row {top} and column {left} on; the largest number is {highest}.",
        number=number,
        channel=down.channel,
        maps=down.after[0],
        rows=window.rows,
        columns=window.columns,
        top=window.top,
        left=window.left,
        highest=figure(f"{highest:.2g}"),
    )


def followed_picture(kind: str, way: WayDown) -> str:
    """The text alternative of the patch and of the projection that the steps end with."""
    what = (
        say("the patch that the unit saw")
        if kind == "patch"
        else say("its projection, on mid grey")
    )
    return say(
        "{photograph}: {what}, {field} pixels wide; unit {channel} of {module}.",
        photograph=way.photograph,
        what=what,
        field=way.field,
        channel=way.channel,
        module=way.module,
    )
