from __future__ import annotations

from dataclasses import fields

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ganview.app.stylesheet import stylesheet
from ganview.app.theme import Theme, font, palette_of
from ganview.export.palette import DARK, LIGHT, Tokens

ACTORS = ("real", "fake", "generator", "discriminator", "distance", "accuracy")


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2."""
    parts = QColor(colour).getRgbF()[:3]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", [*ACTORS, "text", "muted", "error"])
@pytest.mark.parametrize("ground", ["ground", "card", "sunken"])
def test_text_can_be_read_on_every_ground(tokens: Tokens, name: str, ground: str) -> None:
    assert contrast(getattr(tokens, name), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_text_on_filled_controls_can_be_read(tokens: Tokens) -> None:
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["border", "accent", "discriminator"])
@pytest.mark.parametrize("ground", ["ground", "card", "sunken"])
def test_controls_and_marks_stand_out(tokens: Tokens, name: str, ground: str) -> None:
    assert contrast(getattr(tokens, name), getattr(tokens, ground)) >= 3.0


def deuteranope(colour: str) -> tuple[float, float, float]:
    """What is left of a colour without green cones (Viénot, 1999)."""
    red, green, blue = (c**2.2 for c in QColor(colour).getRgbF()[:3])
    return (0.29275 * red + 0.70725 * green, -0.02234 * red + 1.02234 * green, blue)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("a", "b"), [("real", "fake"), ("generator", "discriminator")])
def test_the_two_of_a_plot_differ_without_red_and_green(tokens: Tokens, a: str, b: str) -> None:
    first, second = deuteranope(getattr(tokens, a)), deuteranope(getattr(tokens, b))
    assert max(abs(x - y) for x, y in zip(first, second, strict=True)) > 0.15


def test_a_scheme_replaces_palette_and_style_sheet(qtbot: QtBot) -> None:
    theme = Theme.current()
    theme.set_scheme("light")
    with qtbot.waitSignal(theme.changed) as changed:
        theme.set_scheme("dark")
    assert changed.args == [DARK]
    assert theme.tokens is DARK
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    assert app.palette().color(QPalette.ColorRole.Window).name() == DARK.ground
    assert DARK.card in app.styleSheet()
    theme.set_scheme("light")
    assert app.palette().color(QPalette.ColorRole.Window).name() == LIGHT.ground


def test_there_is_one_theme(qapp: QApplication) -> None:
    assert Theme.current() is Theme.current()


def test_both_schemes_name_every_colour() -> None:
    for tokens in (LIGHT, DARK):
        for field in fields(tokens):
            if field.name not in ("dark", "runs"):
                assert QColor(getattr(tokens, field.name)).isValid()
        assert len(set(tokens.runs)) == 6
        assert all(QColor(hue).isValid() for hue in tokens.runs)
        assert "$" not in stylesheet(tokens)


def test_disabled_text_is_paler(qapp: QApplication) -> None:
    palette = palette_of(LIGHT)
    role = QPalette.ColorRole.ButtonText
    assert palette.color(QPalette.ColorGroup.Disabled, role) != palette.color(role)


def test_headings_are_larger_and_numbers_as_large_as_the_text(qapp: QApplication) -> None:
    Theme.current()
    assert font("large").pointSizeF() > font("heading").pointSizeF() > font("body").pointSizeF()
    assert font("number").pointSizeF() == font("body").pointSizeF() > font("small").pointSizeF()
