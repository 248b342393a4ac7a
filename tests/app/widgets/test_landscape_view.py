from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from ganview.app.widgets import landscape_view
from ganview.app.widgets.landscape_view import LandscapeView
from ganview.export.ground import Shades
from ganview.export.landscape_pane import Pane
from ganview.export.relief import Camera

PLACES = np.array([[0.0, 0.0], [0.5, -0.4], [-0.3, -0.6], [0.8, 0.7]], np.float32)


@pytest.fixture
def view(qtbot: QtBot) -> LandscapeView:
    """One hill in the middle, in two fields."""
    y, x = np.mgrid[-1:1:96j, -1:1:96j]
    hill = np.exp(-8 * (x**2 + y**2)).astype(np.float32)
    pane = Pane("hill", hill, Shades("#ffffff", "#000080", "#800000", "#000000"))
    view = LandscapeView()
    qtbot.addWidget(view)
    view.resize(700, 330)
    view.set_panes((pane, pane))
    view.show()
    view.grab()
    return view


def test_while_it_turns_places_are_where_they_are_at_rest(
    view: LandscapeView, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = Camera(turn=1.1)
    view.look(camera)
    view.grab()
    expected = view.on_screen(1, PLACES)
    for slow, size in ((0.0, 2), (1e9, 1)):  # each frame is too slow, or quick enough
        monkeypatch.setattr(landscape_view, "SLOW", slow)
        monkeypatch.setattr(landscape_view, "QUICK", slow / 6)
        view.look(camera.turned(1.0))
        view.grab()
        view.look(camera)
        view.grab()
        at, seen = view.on_screen(1, PLACES)
        np.testing.assert_allclose(at, expected[0], atol=2.5)
        assert (seen == expected[1]).all()
        for place, point in zip(PLACES[seen], at[seen], strict=True):
            found = view.place_at(QPointF(*map(float, point)))
            assert found is not None
            assert found[0] == 1
            np.testing.assert_allclose(found[1:], place, atol=0.03 * size)
