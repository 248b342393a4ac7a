"""Colours, spacing and type of the window, light and dark."""

from __future__ import annotations

from functools import cache
from typing import Literal

from PySide6.QtCore import QDir, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from ganview.app.stylesheet import stylesheet
from ganview.data.locate import resources_folder
from ganview.export.palette import DARK, LIGHT, Tokens

Scheme = Literal["system", "light", "dark"]
FontSize = Literal["heading", "body", "small", "number", "large"]

#: Spacing in logical pixels; everything in the window sits on multiples of four.
HAIR, SMALL, MEDIUM, LARGE = 4, 8, 16, 24

#: Corner radius of cards, and of the controls inside them.
CONTROL_RADIUS = 6


class Theme(QObject):
    """The application's scheme; lives as a child of the `QApplication`."""

    # Emitted with the new `Tokens` after palette and style sheet were exchanged. Widgets that paint
    # by hand repaint on it.
    changed = Signal(object)

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self.scheme: Scheme = "system"  # what was asked for: the system's scheme, or one of the two
        self._tokens: Tokens | None = None
        app.setStyle("Fusion")
        QDir.setSearchPaths("icons", [str(resources_folder() / "icons")])
        _use_own_typeface_if_there_is_none(app)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        self._apply()

    @classmethod
    def current(cls) -> Theme:
        """Return the theme of the running application, made on first use."""
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("Theme.current() needs a QApplication")
        found = app.findChild(cls)
        return found if isinstance(found, cls) else cls(app)

    @property
    def tokens(self) -> Tokens:
        """The colours in use."""
        return self._tokens or LIGHT

    def set_scheme(self, scheme: Scheme) -> None:
        """Follow the system, or keep to light or dark regardless of the system."""
        self.scheme = scheme
        wanted = {
            "system": Qt.ColorScheme.Unknown,
            "light": Qt.ColorScheme.Light,
            "dark": Qt.ColorScheme.Dark,
        }[scheme]
        # The frame and native dialogs follow this; where the platform ignores it (offscreen),
        # the palette below does the work alone.
        QGuiApplication.styleHints().setColorScheme(wanted)
        self._apply()

    def _follow_system(self) -> None:
        if self.scheme == "system":
            self._apply()

    def _apply(self) -> None:
        tokens = self._wanted_tokens()
        if tokens is self._tokens:
            return
        self._tokens = tokens
        self._app.setPalette(palette_of(tokens))
        self._app.setStyleSheet(stylesheet(tokens))
        self.changed.emit(tokens)

    def _wanted_tokens(self) -> Tokens:
        if self.scheme == "light":
            return LIGHT
        if self.scheme == "dark":
            return DARK
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return DARK if dark else LIGHT


#: What fontconfig falls back to where the desktop names no interface font.
_FALLBACK_FAMILIES = ("dejavu", "bitstream vera", "nimbus", "urw", "liberation", "fixed")


def _use_own_typeface_if_there_is_none(app: QApplication) -> None:
    family = QFontInfo(app.font()).family().lower()
    if family and not family.startswith(_FALLBACK_FAMILIES):
        return
    loaded = [
        QFontDatabase.addApplicationFont(str(path))
        for path in sorted((resources_folder() / "fonts").glob("*.otf"))
    ]
    if any(number >= 0 for number in loaded):
        typeface = QFont(app.font())
        typeface.setFamilies(["Ganview Sans", *app.font().families()])
        app.setFont(typeface)


def palette_of(tokens: Tokens) -> QPalette:
    """Return the Qt palette that matches `tokens`."""
    role = QPalette.ColorRole
    palette = QPalette()
    colours = {
        role.Window: tokens.ground,
        role.WindowText: tokens.text,
        role.Base: tokens.card,
        role.AlternateBase: tokens.sunken,
        role.ToolTipBase: tokens.text,
        role.ToolTipText: tokens.card,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Button: tokens.card,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.on_accent,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Link: tokens.discriminator,
        role.LinkVisited: tokens.fake,
        role.Light: tokens.card,
        role.Midlight: tokens.hover,
        role.Mid: tokens.line,
        role.Dark: tokens.disabled,
        role.Shadow: tokens.line,
        role.Accent: tokens.accent,
    }
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.disabled))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(tokens.line))
    return palette


def font(role: FontSize) -> QFont:
    """Return a font for `role`, relative to the size that the desktop is set to.

    ``number`` has digits of equal width, so that a live figure does not dance.
    """
    base = QApplication.font()
    # Painting asks for fonts many times a frame; making one costs more than drawing with it.
    return QFont(_font(role, base.family(), base.pointSizeF()))


@cache
def _font(role: str, family: str, points: float) -> QFont:
    result = QFont(QApplication.font())
    result.setFamily(family)
    size = points if points > 0 else 10.0
    scale = {"heading": 1.05, "body": 1.0, "small": 0.9, "number": 1.0, "large": 1.5}[role]
    result.setPointSizeF(size * scale)
    if role in ("heading", "large"):
        result.setWeight(QFont.Weight.DemiBold)
    if role in ("number", "large", "small"):
        result.setFeature(QFont.Tag("tnum"), 1)
    return result
