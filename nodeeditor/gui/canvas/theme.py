"""The colours, sizes and fonts of the canvas, light and dark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache

from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPalette, qGray
from PySide6.QtWidgets import QGraphicsItem

_LIGHTEST = 135  # of 255, under white letters


@dataclass(frozen=True)
class Body:
    """How the box of one kind of node is filled: a vertical gradient, a border, the radius of its corners.

    Kinds differ in hue, lightness and corner, so that they stay apart for colour-blind eyes and in grey print.
    """

    top: str
    middle: str
    bottom: str
    border: str
    radius: float


@dataclass(frozen=True)
class Theme:
    """Every colour (``#rrggbb`` or ``#aarrggbb``) and size of the canvas."""

    background: str
    grid: str
    image: Body
    composed: Body
    macro: Body
    unknown: Body
    blocked: Body
    wire: str
    wire_overlay: str
    wire_other: str
    wire_lit: str
    wire_selected: str
    refused: str
    fitting: str
    selection: str
    ancestor: str
    descendant: str
    title: str
    text_shadow: str
    shadow: str
    connector: str
    connector_border: str
    connector_dimmed: str
    error: str
    warning: str
    field_arrow: str
    group: str
    group_title: str
    note: str
    note_text: str
    tip: str
    tip_text: str
    lamp_border: str
    lamp_idle: str
    lamp_working: str
    lamp_done: str
    timing: str
    speech: str
    speech_border: str
    speech_text: str

    grid_step: int = 24
    title_size: int = 12
    value_size: int = 11
    aside_size: int = 10
    wire_width: float = 2.0
    simple_below: float = 0.3


LIGHT = Theme(
    background="#acaeb0",
    grid="#a2a4a6",
    image=Body(top="#659bd2", middle="#4876ab", bottom="#3f6b9d", border="#1c3650", radius=7),
    composed=Body(top="#b3700e", middle="#825105", bottom="#734604", border="#3d2602", radius=12),
    macro=Body(top="#c97a1c", middle="#9c5a0d", bottom="#8a4e09", border="#452603", radius=12),
    unknown=Body(top="#9b9b9b", middle="#858585", bottom="#7c7c7c", border="#3c3c3c", radius=2),
    blocked=Body(top="#a0a2a5", middle="#8b8e92", bottom="#83868a", border="#55585c", radius=7),
    wire="#1d4871",
    wire_overlay="#1f5c34",
    wire_other="#6b4a1c",
    wire_lit="#2f7fd0",
    wire_selected="#f2c230",
    refused="#b3261e",
    fitting="#5fd35f",
    selection="#ffd94a",
    ancestor="#a5e9ff",
    descendant="#d3ffb0",
    title="#ffffff",
    text_shadow="#b0000000",
    shadow="#000000",
    connector="#f3d6b3",
    connector_border="#14110d",
    connector_dimmed="#6d6a66",
    error="#c62828",
    warning="#f4c20d",
    field_arrow="#6b6d70",
    group="#4f79a8",
    group_title="#ffffff",
    note="#fbf2a6",
    note_text="#2b2a22",
    tip="#fff6f5",
    tip_text="#7a1710",
    lamp_border="#0d1824",
    lamp_idle="#c3c6ca",
    lamp_working="#74d1ff",
    lamp_done="#6fe36a",
    timing="#2a2d31",
    speech="#fffdf2",
    speech_border="#4b4a42",
    speech_text="#17181a",
)

DARK = replace(
    LIGHT,
    background="#2a2c2f",
    grid="#36393d",
    image=Body(top="#568cc4", middle="#40699a", bottom="#37608f", border="#0f1a26", radius=7),
    composed=Body(top="#a0640d", middle="#704505", bottom="#623b03", border="#1e1301", radius=12),
    macro=Body(top="#b56d18", middle="#88500c", bottom="#774508", border="#221302", radius=12),
    unknown=Body(top="#8a8c8f", middle="#797b7e", bottom="#707275", border="#c0c2c5", radius=2),
    blocked=Body(top="#5c5f63", middle="#4c4f53", bottom="#46494d", border="#2a2c2f", radius=7),
    wire="#6ca3d6",
    wire_overlay="#7cc494",
    wire_other="#d0a468",
    wire_lit="#a9d3fa",
    ancestor="#6cc4e0",
    descendant="#b0dd86",
    text_shadow="#d0000000",
    connector_dimmed="#55524e",
    field_arrow="#8d9095",
    group="#5d8cc0",
    note="#d9cd7c",
    tip="#3a2423",
    tip_text="#ffb4ab",
    timing="#c6c9cd",
    speech="#f1ecd9",
    speech_border="#0e0f10",
)


def theme_for(palette: QPalette) -> Theme:
    """The theme that goes with an application's palette."""
    return DARK if palette.color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def theme_of(item: QGraphicsItem) -> Theme:
    """The theme of the canvas an item lies on; the light one elsewhere."""
    theme = getattr(item.scene(), "theme", LIGHT)
    assert isinstance(theme, Theme)
    return theme


@cache
def fonts(theme: Theme) -> tuple[QFont, QFont, QFont]:
    """Of a box's title, of its value line, and of what is written beside it."""
    made = QFont(), QFont(), QFont()
    for font, size in zip(made, (theme.title_size, theme.value_size, theme.aside_size), strict=True):
        font.setPixelSize(size)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # the same width at every zoom
    return made


@cache
def metrics(theme: Theme) -> tuple[QFontMetricsF, QFontMetricsF, QFontMetricsF]:
    """How wide and high text in the `fonts` is."""
    title, value, aside = fonts(theme)
    return QFontMetricsF(title), QFontMetricsF(value), QFontMetricsF(aside)


@lru_cache(maxsize=256)
def tinted(body: Body, tint: str) -> Body:
    """A body filled with another colour, made dark enough for the white title."""
    base = QColor(tint)
    while qGray(base.rgb()) > _LIGHTEST:
        base = base.darker(110)
    ends = base.lighter(118).name(), base.name(), base.darker(112).name(), base.darker(260).name()
    return Body(*ends, body.radius)


@lru_cache(maxsize=256)
def color(spec: str, alpha: float = 1.0) -> QColor:
    """The colour that a theme's text spells, fainter by ``alpha``."""
    value = QColor(spec)
    value.setAlphaF(value.alphaF() * alpha)
    return value
