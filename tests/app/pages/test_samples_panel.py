from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ganview.app.pages.samples_panel import HINT, SamplesPanel
from ganview.runtime.messages import SampleGrid


def sheet(
    rows: int = 8, columns: int = 10, classes: bool = True, belief: bool = True
) -> SampleGrid:
    random = np.random.default_rng(0)
    return SampleGrid(
        images=random.integers(0, 256, (rows, columns, 28, 28)).astype(np.uint8),
        z=random.normal(size=(rows if classes else rows * columns, 4)).astype(np.float32),
        class_names=tuple("0123456789"[:columns]) if classes else (),
        beliefs=random.random((rows, columns)).astype(np.float32) if belief else None,
    )


def panel(qtbot: QtBot, shown: SampleGrid, width: int = 640, height: int = 420) -> SamplesPanel:
    samples = SamplesPanel()
    qtbot.addWidget(samples)
    samples.resize(width, height)
    samples.show_sheet(shown)
    samples.show()
    return samples


@pytest.mark.parametrize("size", [(640, 420), (960, 640), (400, 300), (1600, 1300)])
def test_whole_rows_at_the_zoom_that_fills_the_width(qtbot: QtBot, size: tuple[int, int]) -> None:
    samples = panel(qtbot, sheet(), *size)
    view = samples.view
    assert view.picture is not None
    rows = view.picture.shape[0] // 28
    assert 2 <= rows <= 8
    assert view.zoom() == max(1, (view.width() - 18) // 280)
    np.testing.assert_array_equal(view.picture, samples.sheet.atlas[: rows * 28])


def test_the_wished_height_holds_whole_rows_and_nothing_else(qtbot: QtBot) -> None:
    samples = panel(qtbot, sheet())
    zoom = samples.zoom_within(660)
    assert zoom == 2
    samples.resize(samples.width_at(zoom), samples.height_within(zoom, 430))
    assert samples.height() <= 430
    assert samples.view.zoom() == zoom
    spare = samples.view.height() - samples.view.heading_height()
    assert 0 <= spare - samples.view.picture_rect().height() <= 2


def test_few_columns_leave_the_height_to_others(qtbot: QtBot) -> None:
    samples = panel(qtbot, sheet(columns=3))
    zoom = samples.zoom_within(660)
    assert samples.height_within(zoom, 300) <= 300


def test_pointing_says_what_d_believes(qtbot: QtBot) -> None:
    shown = sheet()
    samples = panel(qtbot, shown)
    tile = samples.view.tile_rect(13).center().toPoint()
    qtbot.mouseMove(samples.view, tile)
    assert shown.beliefs is not None
    assert f"Noise 2, class 3: D's belief is {shown.beliefs[1, 3]:.2f}" in texts(samples)
    samples.set_title("Live samples", live=True)  # D thinks otherwise by now
    assert any(text.endswith("when this was drawn") for text in texts(samples))
    samples.set_title("Samples")
    qtbot.mouseMove(samples.view, samples.view.rect().bottomRight())
    assert HINT in texts(samples)


def texts(samples: SamplesPanel) -> list[str]:
    from PySide6.QtWidgets import QLabel

    return [label.text() for label in samples.findChildren(QLabel)]


def test_without_a_discriminator_nothing_is_believed(qtbot: QtBot) -> None:
    samples = panel(qtbot, sheet(belief=False))
    qtbot.mouseMove(samples.view, samples.view.tile_rect(0).center().toPoint())
    assert "Noise 1, class 0" in texts(samples)


def test_a_click_hands_over_noise_and_class(qtbot: QtBot) -> None:
    shown = sheet()
    samples = panel(qtbot, shown)
    with qtbot.waitSignal(samples.chosen) as chosen:
        middle = samples.view.tile_rect(27).center().toPoint()
        qtbot.mouseClick(samples.view, Qt.MouseButton.LeftButton, pos=middle)
    z, label = chosen.args
    np.testing.assert_array_equal(z, shown.z[2])
    assert label == 7


def test_without_classes_each_tile_has_its_own_noise(qtbot: QtBot) -> None:
    shown = sheet(classes=False)
    samples = panel(qtbot, shown)
    samples.view.setFocus()
    qtbot.keyClick(samples.view, Qt.Key.Key_Down)
    with qtbot.waitSignal(samples.chosen) as chosen:
        qtbot.keyClick(samples.view, Qt.Key.Key_Return)
    np.testing.assert_array_equal(chosen.args[0], shown.z[10])
    assert chosen.args[1] is None


def test_a_sheet_can_be_cut_into_its_tiles() -> None:
    shown = sheet(rows=3, columns=4)
    tiles = shown.tiles()
    assert tiles.shape == (12, 28, 28)
    np.testing.assert_array_equal(tiles[6], shown.atlas[28:56, 56:84])


@pytest.mark.parametrize("classes", [True, False])
def test_the_most_usual_stand_first_and_stay_what_they_are(qtbot: QtBot, classes: bool) -> None:
    shown = sheet(classes=classes)
    samples = panel(qtbot, shown)
    ranks = np.random.default_rng(1).random(80).astype(np.float32)
    samples.show_ranks(shown, ranks)
    at = int(ranks.reshape(8, 10)[:, 0].argmin()) * 10 if classes else int(ranks.argmin())
    assert samples.view.picture is not None
    np.testing.assert_array_equal(samples.view.picture[:28, :28], shown.tiles()[at])
    with qtbot.waitSignal(samples.chosen) as chosen:
        first = samples.view.tile_rect(0).center().toPoint()
        qtbot.mouseClick(samples.view, Qt.MouseButton.LeftButton, pos=first)
    np.testing.assert_array_equal(chosen.args[0], shown.tile_z(*divmod(at, 10)))
    assert "more typical than" in " ".join(texts(samples))
    later = sheet(classes=classes, belief=False)
    samples.show_sheet(later)
    np.testing.assert_array_equal(samples.view.picture[:28, :28], later.tiles()[at])
    samples.show_ranks(later, None)
    np.testing.assert_array_equal(samples.view.picture[:28, :28], later.tiles()[0])
