"""The report as one HTML page: tables and charts in SVG, no script, nothing fetched. PURE."""

from collections.abc import Mapping, Sequence
from html import escape

from loadtest.report.outcome import Outcome, Second

WIDTH, HEIGHT, LEFT, BOTTOM = 860, 220, 56, 24
COLOURS = ("#2563eb", "#d97706", "#dc2626", "#059669", "#7c3aed", "#0891b2", "#be185d")
MEGABYTE = 1_048_576
SHOWN_DIFFERENCES = 100

STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 900px; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; }
th, td { padding: .2rem .8rem .2rem 0; text-align: right; font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; }
th { border-bottom: 1px solid #8886; font-weight: 600; }
svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: currentColor; }
.bad { color: #dc2626; } .good { color: #059669; } small { opacity: .7; }
"""

Line = tuple[str, Sequence[float | None]]


def page(outcome: Outcome) -> str:
    """The whole page."""
    state = "" if outcome.complete else f' <span class="bad">{escape("; ".join(outcome.shortcomings))}</span>'
    sessions = "" if outcome.sessions_per_s is None else f" · {outcome.sessions_per_s:,.1f} sessions/s"
    parts = [
        f"<h1>{escape(outcome.scenario)}{state}</h1>",
        f"<p><b>{outcome.answers_per_s:,.1f} answered CALLs/s{sessions}</b> · {outcome.connected:,} connected · "
        f"{outcome.elapsed_s:g} s</p>",
        *_charts(outcome.timeline),
        _actions(outcome),
        _processes(outcome),
        _counts("Errors", outcome.errors),
        _counts("Counts", outcome.counts),
        _counts("Connections of each gateway at the end", outcome.gateways),
        _differences(outcome),
        _counts("Options", outcome.options),
    ]
    head = f'<meta charset="utf-8"><title>{escape(outcome.scenario)}</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def _charts(seconds: Sequence[Second]) -> list[str]:
    if len(seconds) < 2:
        return []
    names = sorted({name for second in seconds for name in second.rss_bytes})
    megabytes: list[Line] = [(name, [_megabytes(second.rss_bytes.get(name)) for second in seconds]) for name in names]
    charts: list[tuple[str, list[Line]]] = [
        ("Answered CALLs per second", [("answers", [float(second.answers) for second in seconds])]),
        (
            "Latency, ms",
            [
                ("p50", [second.p50_ms for second in seconds]),
                ("p95", [second.p95_ms for second in seconds]),
                ("p99", [second.p99_ms for second in seconds]),
            ],
        ),
        ("Errors per second", [("errors", [float(second.errors) for second in seconds])]),
        ("Connected", [("connected", [float(second.connected) for second in seconds])]),
        ("CPU, cores", [(name, [second.cores.get(name) for second in seconds]) for name in names]),
        ("Memory, MB", megabytes),
    ]
    return [chart(title, lines, [second.at_s for second in seconds]) for title, lines in charts if lines]


def chart(title: str, lines: Sequence[Line], at_s: Sequence[int]) -> str:
    """Some lines over seconds, from zero to the largest value."""
    largest = max((value for _, values in lines for value in values if value is not None), default=0.0) or 1.0
    first, span = at_s[0], max(1, at_s[-1] - at_s[0])

    def point(second: int, value: float) -> str:
        x = LEFT + (second - first) / span * (WIDTH - LEFT - 8)
        y = 8 + (1 - value / largest) * (HEIGHT - BOTTOM - 8)
        return f"{x:.1f},{y:.1f}"

    drawn, legend = [], []
    for place, (name, values) in enumerate(lines):
        colour = COLOURS[place % len(COLOURS)]
        points = " ".join(point(second, value) for second, value in zip(at_s, values, strict=True) if value is not None)
        drawn.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{points}"/>')
        legend.append(f'<span style="color:{colour}">■</span> {escape(name)}')
    axis = (
        f'<path d="M{LEFT} 8V{HEIGHT - BOTTOM}H{WIDTH - 8}" fill="none" stroke="#8888"/>'
        f'<text x="{LEFT - 6}" y="16" text-anchor="end">{largest:,.4g}</text>'
        f'<text x="{LEFT - 6}" y="{HEIGHT - BOTTOM}" text-anchor="end">0</text>'
        f'<text x="{LEFT}" y="{HEIGHT - 6}">{first} s</text>'
        f'<text x="{WIDTH - 8}" y="{HEIGHT - 6}" text-anchor="end">{at_s[-1]} s</text>'
    )
    picture = (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{axis}{"".join(drawn)}</svg>'
    )
    return f"<h2>{escape(title)}</h2>{picture}<p>{' &nbsp; '.join(legend)}</p>"


def _actions(outcome: Outcome) -> str:
    rows = [
        (row.action, f"{row.count:,}", f"{row.per_s:,.1f}", row.p50_ms, row.p95_ms, row.p99_ms, row.max_ms)
        for row in outcome.actions
    ]
    return _table("Actions", ("action", "count", "per s", "p50 ms", "p95 ms", "p99 ms", "max ms"), rows)


def _processes(outcome: Outcome) -> str:
    rows = [
        (
            row.name,
            row.cores,
            row.cpu_s,
            row.cpu_s_per_1000_calls,
            _megabytes(row.rss_bytes),
            None if row.bytes_per_connection is None else round(row.bytes_per_connection / 1024, 1),
        )
        for row in outcome.processes
    ]
    columns = ("process", "cores", "CPU s", "CPU s per 1,000 CALLs", "RSS MB", "KB per connection")
    return _table("Processes", columns, rows)


def _counts(title: str, counts: Mapping[str, object]) -> str:
    return _table(title, ("what", ""), sorted(counts.items())) if counts else ""


def _differences(outcome: Outcome) -> str:
    if outcome.differences is None:
        return ""
    if not outcome.differences:
        cells = (
            f"Verified by {outcome.verified_by}: {outcome.sessions_in_ledger:,} sessions, each once, energy to the Wh"
        )
        return f'<h2 class="good">{escape(cells)}</h2>'
    rows = [(d.source, d.kind, d.station, d.transaction_id, d.detail) for d in outcome.differences[:SHOWN_DIFFERENCES]]
    title = f"{len(outcome.differences):,} differences in {outcome.sessions_in_ledger:,} sessions"
    return _table(title, ("who", "kind", "station", "transaction", "detail"), rows)


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{'-' if cell is None else escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<h2>{escape(title)}</h2><table><tr>{head}</tr>{body}</table>"


def _megabytes(size: int | None) -> float | None:
    return None if size is None else round(size / MEGABYTE, 1)
