"""Charts as plain numbers: where each bar, line and label stands. Templates draw them as SVG, without script.

Lengths are in the units of the drawing, written with a point whatever the language, since they go into attributes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 720, 280
#: Room for the labels around the drawing.
LEFT, RIGHT, TOP, BOTTOM = 8, 8, 34, 30


def length(value: float) -> str:
    """A length as SVG takes it."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Label:
    """Words at a place. anchor: start, middle or end."""

    x: str
    y: str
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Bar:
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Line:
    """A line through points. name tells it apart in the stylesheet."""

    name: str
    points: str
    label: Label


@dataclass(frozen=True)
class Chart:
    """What a chart is made of. base: where nought stands."""

    base: str
    bars: list[Bar] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    width: int = WIDTH
    height: int = HEIGHT


class _Scale:
    """From values to heights: nought and all of `values` are within."""

    def __init__(self, values: Sequence[int]) -> None:
        self._top = max([*values, 0])
        self._span = (self._top - min([*values, 0])) or 1

    def y(self, value: float) -> float:
        return TOP + (self._top - value) * (HEIGHT - TOP - BOTTOM) / self._span


def bar_chart(values: Sequence[int], *, slots: int, names: Sequence[str], shown: Sequence[str]) -> Chart:
    """One bar for each value in as many slots as the period has; the highest bar is labelled with its number.

    names: of all slots; the first, the last and every tenth stand under the drawing. shown: the values in words.
    """
    scale = _Scale(values)
    slot = (WIDTH - LEFT - RIGHT) / slots
    bars = []
    for position, value in enumerate(values):
        if not value:
            continue
        top, bottom = scale.y(max(value, 0)), scale.y(min(value, 0))
        bars.append(
            Bar(
                length(LEFT + slot * position + slot * 0.12),
                length(top),
                length(slot * 0.76),
                length(bottom - top),
            )
        )
    labels = _names(names, slot)
    if any(values):
        highest = max(range(len(values)), key=lambda position: values[position])
        x = LEFT + slot * (highest + 0.5)
        labels.append(
            Label(length(x), length(scale.y(values[highest]) - 8), shown[highest], _anchor(x, WIDTH / 6))
        )
    return Chart(length(scale.y(0)), bars=bars, labels=labels)


def line_chart(lines: Sequence[tuple[str, str, Sequence[int]]], *, slots: int, names: Sequence[str]) -> Chart:
    """Lines of (name, label, values), each labelled at its end; a line may end before the period does."""
    lines = [line for line in lines if line[2]]
    scale = _Scale([value for _name, _label, values in lines for value in values])
    slot = (WIDTH - LEFT - RIGHT) / slots
    drawn = []
    for name, label, values in lines:
        places = [(LEFT + slot * (at + 0.5), scale.y(value)) for at, value in enumerate(values)]
        x, y = places[-1]
        drawn.append(
            Line(
                name,
                " ".join(f"{length(px)},{length(py)}" for px, py in places),
                Label(length(x), length(y - 8), label, _anchor(x, WIDTH / 3)),
            )
        )
    return Chart(length(scale.y(0)), lines=_apart(drawn), labels=_names(names, slot))


def _apart(lines: list[Line]) -> list[Line]:
    """The lines with labels that don't stand on one another: the lower one goes under its line."""
    if len(lines) != 2:
        return lines
    upper, lower = sorted(lines, key=lambda line: float(line.label.y))
    if abs(float(upper.label.y) - float(lower.label.y)) > 24:
        return lines
    moved = Label(lower.label.x, length(float(lower.label.y) + 30), lower.label.text, lower.label.anchor)
    return [upper, Line(lower.name, lower.points, moved)]


def _names(names: Sequence[str], slot: float) -> list[Label]:
    last = len(names) - 1
    chosen = [at for at in range(len(names)) if at in (0, last) or ((at + 1) % 10 == 0 and last - at > 2)]
    if len(names) <= 12:
        chosen = list(range(len(names)))
    return [Label(length(LEFT + slot * (at + 0.5)), length(HEIGHT - 8), names[at]) for at in chosen]


def _anchor(x: float, margin: float) -> str:
    """Where a label is held so that it stays within the drawing."""
    if x < margin:
        return "start"
    return "end" if x > WIDTH - margin else "middle"
