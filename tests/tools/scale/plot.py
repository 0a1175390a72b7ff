"""Lines over time as SVG, by hand: no library is worth its weight for this."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 720, 220, 64, 34, 30
_COLOURS = ("#1a73e8", "#d93025", "#188038")
_POINTS = 360
_TICKS = 4


@dataclass(frozen=True, slots=True)
class Plot:
    """`lines` are of the same length, from `since` to `until` of `unit`; `bound` is dashed, to stay below."""

    title: str
    lines: Mapping[str, Sequence[float]]
    until: float
    unit: str
    since: float = 0.0
    bound: float = 0.0


def svg(plots: Sequence[Plot]) -> str:
    """One below the other."""
    drawn = (f'<g transform="translate(0 {place * _HEIGHT})">{_drawn(each)}</g>' for place, each in enumerate(plots))
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT * len(plots)}"'
    style = 'font-family="sans-serif" font-size="12" fill="#555"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>{"".join(drawn)}</svg>\n'


def _drawn(plot: Plot) -> str:
    most = _round([1.0, plot.bound, *(max(each) for each in plot.lines.values())])
    parts = [_text(_LEFT, 16, plot.title, "font-weight='bold'"), *_axes(plot, most)]
    for place, (name, line) in enumerate(plot.lines.items()):
        colour = _COLOURS[place]
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.2" points="{_points(line, most)}"/>')
        parts.append(_text(_WIDTH - 12, 16 + 15 * place, name, f"text-anchor='end' fill='{colour}'"))
    if plot.bound:
        parts.append(_rule(_y(plot.bound, most), "stroke='#555' stroke-dasharray='5 4'"))
    return "".join(parts)


def _round(values: Sequence[float]) -> float:
    """Where the axis ends: so that a quarter of it is a figure that one can read."""
    ten = 10.0 ** math.floor(math.log10(max(values)))
    return next(each * ten for each in (1, 2, 4, 6, 8, 10) if each * ten >= max(values))


def _axes(plot: Plot, most: float) -> list[str]:
    parts = []
    for tick in range(_TICKS + 1):
        value, share = most * tick / _TICKS, tick / _TICKS
        parts.append(_rule(_y(value, most), "stroke='#ddd'"))
        parts.append(_text(_LEFT - 6, _y(value, most) + 4, f"{value:,.0f}", "text-anchor='end'"))
        words = f"{plot.since + (plot.until - plot.since) * share:g} {plot.unit}"
        anchor = "end" if tick == _TICKS else "middle"
        parts.append(_text(_LEFT + share * (_WIDTH - _LEFT - 12), _HEIGHT - 8, words, f"text-anchor='{anchor}'"))
    return parts


def _points(line: Sequence[float], most: float) -> str:
    """The highest of each stretch, so that no peak is lost."""
    step = max(1, len(line) // _POINTS)
    highest = [max(line[start : start + step]) for start in range(0, len(line), step)]
    across = (_WIDTH - _LEFT - 12) / max(1, len(highest) - 1)
    return " ".join(f"{_LEFT + place * across:.1f},{_y(value, most):.1f}" for place, value in enumerate(highest))


def _y(value: float, most: float) -> float:
    return _HEIGHT - _BOTTOM - value / most * (_HEIGHT - _TOP - _BOTTOM)


def _rule(height: float, how: str) -> str:
    return f"<line x1='{_LEFT}' x2='{_WIDTH - 12}' y1='{height:.1f}' y2='{height:.1f}' {how}/>"


def _text(left: float, height: float, words: str, how: str) -> str:
    return f"<text x='{left:.0f}' y='{height:.0f}' {how}>{escape(words)}</text>"
