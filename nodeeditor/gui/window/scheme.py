"""Light or dark colours for the whole application, also where the desktop offers only one of them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

SCHEMES = {"system": Qt.ColorScheme.Unknown, "light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
_Role, _Group = QPalette.ColorRole, QPalette.ColorGroup
_DARK = {
    _Role.Window: "#2b2d30",
    _Role.WindowText: "#dfe1e5",
    _Role.Base: "#1f2124",
    _Role.AlternateBase: "#25272a",
    _Role.Text: "#dfe1e5",
    _Role.PlaceholderText: "#7d8085",
    _Role.Button: "#3a3d41",
    _Role.ButtonText: "#dfe1e5",
    _Role.BrightText: "#ffffff",
    _Role.ToolTipBase: "#3a3d41",
    _Role.ToolTipText: "#dfe1e5",
    _Role.Highlight: "#2f6fb0",
    _Role.HighlightedText: "#ffffff",
    _Role.Link: "#6ca3d6",
    _Role.LinkVisited: "#a58fd0",
    _Role.Light: "#4a4d52",
    _Role.Midlight: "#42454a",
    _Role.Mid: "#232528",
    _Role.Dark: "#1b1d1f",
    _Role.Shadow: "#101113",
    _Role.Accent: "#2f6fb0",
}
_FAINT = "#6f7277"
_LIGHT = QColor("#efefef")


def show_scheme(name: str) -> None:
    """Show everything in the colours of a name in `SCHEMES`, with a palette of ours if need be."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    application.setPalette(QPalette())
    application.styleHints().setColorScheme(SCHEMES[name])
    dark = application.palette().color(_Role.Window).lightness() < 128
    if name == "dark" and not dark:
        application.setPalette(_dark())
    elif name == "light" and dark:
        application.setPalette(QPalette(_LIGHT))


def _dark() -> QPalette:
    palette = QPalette()
    for role, ink in _DARK.items():
        palette.setColor(role, QColor(ink))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.HighlightedText):
        palette.setColor(_Group.Disabled, role, QColor(_FAINT))
    return palette
