"""Bar charts for the catalogue's report: SVG by hand, the same bytes for the same figures.

The report is committed beside the catalogue and read on pages that show images without scripts, in light
and in dark; a general plotting library would bring tens of megabytes for two bar charts and draw each of them
anew with every release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

LABEL_PX, BAR_PX, FIGURE_PX = 210, 420, 60
ROW_PX, THICK_PX, TOP_PX = 22, 14, 34
# Told apart by lightness as well as by hue (after Okabe and Ito).
COLOURS = ("#0072b2", "#e69f00", "#999999", "#cc79a7")

_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#222}@media(prefers-color-scheme:dark){text{fill:#ddd}}"
    ".figure{text-anchor:start}.label{text-anchor:end}"
)


def draw_bars(title: str, rows: Mapping[str, Sequence[int]], parts: Sequence[str]) -> str:
    """A chart of horizontal bars, each of stacked parts.

    Args:
        title: what the chart shows, read aloud by screen readers.
        rows: label of each bar, with the count of each of its parts.
        parts: labels of the parts, in the order of the counts.
    """
    largest = max((sum(counts) for counts in rows.values()), default=1) or 1
    width, height = LABEL_PX + BAR_PX + FIGURE_PX, TOP_PX + ROW_PX * len(rows) + 8
    body = [_draw_key(parts)]
    for position, (label, counts) in enumerate(rows.items()):
        body.append(_draw_row(label, counts, TOP_PX + ROW_PX * position, BAR_PX / largest))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{escape(title)}">\n<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


def _draw_key(parts: Sequence[str]) -> str:
    drawn, at = [], LABEL_PX
    for colour, part in zip(COLOURS, parts, strict=False):
        drawn.append(f'<rect x="{at}" y="8" width="12" height="12" fill="{colour}"/>')
        drawn.append(f'<text x="{at + 17}" y="18">{escape(part)}</text>')
        at += 40 + 7 * len(part)
    return "".join(drawn)


def _draw_row(label: str, counts: Sequence[int], top: int, px_per_count: float) -> str:
    drawn, at = [f'<text class="label" x="{LABEL_PX - 8}" y="{top + 12}">{escape(label)}</text>'], float(LABEL_PX)
    for colour, count in zip(COLOURS, counts, strict=False):
        if count:
            length = count * px_per_count
            drawn.append(f'<rect x="{at:.1f}" y="{top}" width="{length:.1f}" height="{THICK_PX}" fill="{colour}"/>')
            at += length
    drawn.append(f'<text class="figure" x="{at + 6:.1f}" y="{top + 12}">{sum(counts):,}</text>')
    return "".join(drawn)
