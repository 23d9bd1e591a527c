"""The table as a plot: of text, and as an SVG."""

from collections.abc import Mapping

WIDTH, HEIGHT, LEFT, TOP = 640, 360, 60, 20
COLOURS = ("#999999", "#cc8800", "#aa4499", "#3377bb", "#44aa77", "#cc3333")
LEAST = 80.0

Results = Mapping[str, Mapping[int, float]]
"""By rule and capacity in kW: energy in % of the optimum."""


def text(results: Results) -> str:
    """A line for each rule and capacity: the part of the optimum from 80 % on as a bar."""
    lines = []
    for name, by_capacity in results.items():
        lines.append(name)
        for capacity, percent in by_capacity.items():
            bar = "#" * round(max(percent - LEAST, 0) / (100 - LEAST) * 60)
            lines.append(f"  {capacity:>4} kW |{bar:60}| {percent:6.2f} %")
    return "\n".join(lines) + "\n"


def svg(results: Results) -> str:
    """Lines over the capacity, from 80 to 100 %."""
    capacities = sorted({capacity for by_capacity in results.values() for capacity in by_capacity})
    low, high = capacities[0], max(capacities[-1], capacities[0] + 1)

    def place(capacity: int, percent: float) -> str:
        across = LEFT + (capacity - low) / (high - low) * (WIDTH - LEFT - 220)
        down = TOP + (100 - max(percent, LEAST)) / (100 - LEAST) * (HEIGHT - TOP - 40)
        return f"{across:.1f},{down:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="11">'
    ]
    for percent in range(80, 101, 5):
        start, end = place(low, percent).split(","), place(high, percent).split(",")
        parts.append(f'<path d="M{start[0]},{start[1]}L{end[0]},{end[1]}" stroke="#dddddd"/>')
        parts.append(f'<text x="{LEFT - 40}" y="{start[1]}">{percent} %</text>')
    parts += [f'<text x="{place(each, 0).split(",")[0]}" y="{HEIGHT - 20}">{each}</text>' for each in capacities]
    for at, (name, by_capacity) in enumerate(results.items()):
        colour = COLOURS[at % len(COLOURS)]
        points = " ".join(place(capacity, by_capacity[capacity]) for capacity in sorted(by_capacity))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{WIDTH - 210}" y="{TOP + 16 * (at + 1)}" fill="{colour}">{name}</text>')
    parts.append(
        f'<text x="{LEFT}" y="{HEIGHT - 4}">capacity of the transformer in kW; energy in % of the optimum</text>'
    )
    return "\n".join([*parts, "</svg>", ""])
