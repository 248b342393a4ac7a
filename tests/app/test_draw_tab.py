"""Writing on the pad, pictures from outside, and the search that follows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from ganview.app.explorer.draw_tab import DrawTab
from ganview.app.explorer.handwriting import (
    PictureMatch,
    from_qimage,
    invert_picture,
    normalised,
    read_file,
)
from ganview.app.latent_point import Floats, LatentPoint, LatentSpace
from ganview.app.widgets.empty_state import EmptyState
from ganview.app.widgets.ink_pad import InkPad
from ganview.data.pictures import Preparation, read_picture
from ganview.data.source import DataSource
from ganview.errors import UserError
from ganview.gan.model import Model
from ganview.runtime.jobs import call_work
from tests.app.explorer_bench import Hand, button, said, shown, tiny_model

LEFT, RIGHT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.NoModifier


def _stroke(pad: InkPad, *points: tuple[int, int], button: Qt.MouseButton = LEFT) -> None:
    where = [QPoint(*point) for point in points]
    QTest.mousePress(pad, button, NONE, where[0])
    for point in where[1:]:
        QTest.mouseMove(pad, point)
    QTest.mouseRelease(pad, button, NONE, where[-1])


@pytest.fixture
def pad(qtbot: QtBot) -> InkPad:
    pad = InkPad()
    qtbot.addWidget(pad)
    pad.resize(140, 140)
    pad.show()
    return pad


def test_strokes_are_light_on_dark_and_scaled_to_the_pad(pad: InkPad) -> None:
    told: list[int] = []
    pad.drawn.connect(lambda: told.append(1))
    assert pad.empty
    _stroke(pad, (70, 20), (70, 70), (70, 120))
    ink = pad.ink()
    assert ink.shape == (280, 280)
    assert ink[140, 140] == 255
    assert ink[140, 20] == 0
    assert not pad.empty
    assert len(told) == 1


def test_on_white_ground_strokes_are_black_on_the_screen_and_in_the_ink(pad: InkPad) -> None:
    _stroke(pad, (70, 20), (70, 70), (70, 120))
    ink = pad.ink()
    pad.set_ground(is_white=True)
    np.testing.assert_array_equal(pad.ink(), 255 - ink)
    shown = pad.grab().toImage()
    assert shown.pixelColor(70, 70).lightness() == 0
    assert shown.pixelColor(10, 70).lightness() == 255
    pad.clear()
    assert (pad.ink() == 255).all()


def test_a_stroke_is_taken_back_rubbed_out_and_wiped(pad: InkPad) -> None:
    _stroke(pad, (70, 20), (70, 120))
    once = pad.ink()
    _stroke(pad, (20, 70), (120, 70))
    QTest.keyClick(pad, Qt.Key.Key_Backspace)
    np.testing.assert_array_equal(pad.ink(), once)
    _stroke(pad, (70, 60), (70, 80), button=RIGHT)
    assert pad.ink()[140, 140] == 0
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    assert pad.empty
    assert not pad.ink().any()


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("/a/digit.PNG", True),
        ("/a/model.safetensors", False),  # the window opens it, here as elsewhere
        ("/a/run", False),
    ],
)
def test_the_pad_takes_dropped_pictures_and_leaves_the_rest(
    pad: InkPad, name: str, taken: bool
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(name)])
    event = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, LEFT, NONE)
    event.ignore()
    pad.dragEnterEvent(event)
    assert event.isAccepted() is taken
    data.setUrls([QUrl("https://example.org/digit.png")])
    event.ignore()
    pad.dragEnterEvent(event)
    assert not event.isAccepted()


def test_a_picture_of_qts_keeps_its_pixels() -> None:
    image = QImage(3, 2, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.red)
    pixels = from_qimage(image)
    assert pixels.shape == (2, 3, 4)
    assert pixels[0, 0].tolist() == [255, 0, 0, 255]
    large = QImage(4000, 40, QImage.Format.Format_Grayscale8)
    large.fill(Qt.GlobalColor.white)
    assert max(from_qimage(large).shape) <= 1200


def prepared(model: Model, path: Path) -> Floats:
    return normalised(model, read_file(path, model))


def test_what_is_no_picture_is_refused_in_a_sentence(tmp_path: Path) -> None:
    text = tmp_path / "notes.png"
    text.write_text("This is not a picture.")
    with pytest.raises(UserError, match="not a picture"):
        read_file(text, tiny_model())
    with pytest.raises(UserError, match="cannot be read"):
        read_file(tmp_path / "missing.png", tiny_model())
    empty = tmp_path / "empty.png"
    Image.new("L", (100, 100), 255).save(empty)
    with pytest.raises(UserError, match="empty"):
        prepared(tiny_model(), empty)


def test_a_picture_of_either_polarity_is_fitted(tmp_path: Path) -> None:
    sheet = np.full((90, 60), 250, np.uint8)
    sheet[20:70, 28:34] = 10
    path = tmp_path / "one.png"
    Image.fromarray(sheet).save(path)
    wanted = prepared(tiny_model(), path)
    assert wanted.shape == (28, 28)
    assert wanted[14, 14] > 0.5
    assert wanted[0, 0] == 0


def of_other_data(shape: tuple[int, int, int], **reading: object) -> Model:
    model = tiny_model()
    model.info = {"dataset_sha256": "0" * 64, "reading": reading}
    model.spec = replace(model.spec, image_shape=shape)
    return model


def test_a_picture_is_prepared_as_the_training_pictures_were(tmp_path: Path) -> None:
    photo = np.random.default_rng(0).integers(100, 156, (56, 56), np.uint8)
    path = tmp_path / "photo.png"
    Image.fromarray(photo).save(path)
    found = prepared(of_other_data((1, 28, 28)), path)
    learned = read_picture(path, Preparation(28))[..., 0] / 255
    np.testing.assert_allclose(found, learned, atol=0.003)
    own = photo[:28, :28]  # of the model's own size: as it is
    same = normalised(of_other_data((1, 28, 28)), own)
    np.testing.assert_allclose(same, own / 255, atol=0.003)


@pytest.mark.parametrize(("ground", "corner"), [("white", 1), ("black", 0), ("#ff0000", (1, 0, 0))])
def test_transparency_gets_the_ground_of_the_training_pictures(
    tmp_path: Path, ground: str, corner: object
) -> None:
    pixels = np.zeros((40, 80, 4), np.uint8)
    pixels[10:30, 30:50] = (0, 128, 255, 255)
    path = tmp_path / "icon.png"
    Image.fromarray(pixels).save(path)
    found = prepared(of_other_data((3, 32, 32), ground=ground, fit="pad"), path)
    assert found.shape == (32, 32, 3)
    np.testing.assert_allclose(found[0, 0], np.broadcast_to(corner, 3), atol=0.01)


@pytest.mark.parametrize(("dtype", "white"), [(np.uint16, 4095), (np.float32, 1)])
def test_a_dim_picture_is_as_dim_as_it_was_learned(
    tmp_path: Path, dtype: type, white: float
) -> None:
    ramp = np.linspace(0, white, 40 * 40).reshape(40, 40)
    for number, light in enumerate((1, 0.5, 0.1)):
        Image.fromarray((ramp * light).astype(dtype)).save(tmp_path / f"{number}.tif")
    data = DataSource(str(tmp_path)).open()
    model = of_other_data(data.shape, **data.reading.options)
    for number, learned in enumerate(data.images.numpy()):
        found = prepared(model, tmp_path / f"{number}.tif")
        np.testing.assert_allclose(found, learned[0] / 255, atol=0.003)


@pytest.mark.parametrize("levels", ["0 to 9", [9, 0], [0, float("nan")], [1]])
def test_what_a_header_says_amiss_is_left_out(levels: object) -> None:
    model = of_other_data((3, 32, 32), ground="no colour", fit="stretch", levels=levels)
    assert normalised(model, np.zeros((50, 50, 4), np.uint8)).min() == 1
    assert Preparation.of_values(32, model.info["reading"]) == Preparation(32)


def test_a_search_tells_how_far_it_is_and_how_close_it_came() -> None:
    model = tiny_model()
    wanted = np.zeros((28, 28), np.float32)
    live: list[PictureMatch] = []
    shares: list[float] = []
    found = invert_picture(
        model,
        wanted,
        3,
        0,
        live.append,
        lambda share, _text: shares.append(share),
        lambda: len(live) > 2,
    )
    assert found.place.label == 3
    assert found.picture.shape == (28, 28)
    assert found.left_over.shape == (28, 28)
    assert "RMSE" in found.sentence
    assert "The classifier sees" in found.sentence
    assert shares == sorted(shares)
    assert 0 < shares[-1] <= 1


@pytest.fixture
def hand() -> Hand:
    hand = Hand(model=tiny_model())
    hand.draw()
    return hand


@pytest.fixture
def tab(hand: Hand, qtbot: QtBot) -> DrawTab:
    tab = DrawTab(hand.context)
    shown(qtbot, tab, 600, 310)
    return tab


def _found(value: float, label: int) -> PictureMatch:
    weights = np.zeros(10, np.float32)
    weights[label] = 1
    blank = np.zeros((28, 28), np.uint8)
    return PictureMatch(
        LatentPoint(np.full(8, value, np.float32), weights), blank, blank, "Found as it."
    )


def _begin(hand: Hand, tab: DrawTab, qtbot: QtBot) -> None:
    _stroke(tab.pad, (60, 20), (60, 100))
    qtbot.waitUntil(lambda: bool(hand.ordered))
    assert hand.ordered[-1].name == "reading the picture"
    hand.ordered[-1].finish()
    assert hand.ordered[-1].name == "looking for it"


def search(hand: Hand, tab: DrawTab, monkeypatch: pytest.MonkeyPatch, *values: float) -> None:
    """Do the search that was ordered, in which each value is better than the one before."""

    def found(*arguments: Any) -> PictureMatch:
        put = arguments[4]
        for value in values:
            put(_found(value, 4))
            tab.findChild(QTimer).timeout.emit()
        return _found(values[-1], 4)

    monkeypatch.setattr("ganview.app.explorer.draw_tab.invert_picture", found)
    call_work(hand.ordered[-1].work, lambda _fraction, _text: None, lambda: False)


def class_choice(tab: DrawTab) -> QComboBox:
    return next(
        it for it in tab.findChildren(QComboBox) if it.accessibleName() == "Class to look in"
    )


def test_the_explorer_goes_along_with_the_search_in_one_step(
    hand: Hand, tab: DrawTab, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hand.state.place
    _begin(hand, tab, qtbot)
    assert button(tab, "Stop").isVisible()
    search(hand, tab, monkeypatch, 0.1, 0.2)
    assert hand.state.z[0] == np.float32(0.2)
    hand.ordered[-1].done(_found(0.3, 4))
    assert hand.state.label == 4
    assert "Found as it." in said(tab)
    assert not button(tab, "Stop").isVisible()
    assert tab.tiles.images is not None
    assert len(tab.tiles.images) == 3
    hand.state.undo()
    assert hand.state.place is before


def test_a_person_who_goes_elsewhere_is_not_dragged_back(
    hand: Hand, tab: DrawTab, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _begin(hand, tab, qtbot)
    hand.state.choose_class(9)
    shown_before = hand.state.place
    search(hand, tab, monkeypatch, 0.1)
    assert hand.state.place is shown_before
    hand.ordered[-1].done(_found(0.3, 4))
    assert hand.state.label == 9


def test_looking_stops_when_told_or_out_of_view(hand: Hand, tab: DrawTab, qtbot: QtBot) -> None:
    _begin(hand, tab, qtbot)
    button(tab, "Stop").click()
    assert "Stopped" in said(tab)
    place = hand.state.place
    hand.ordered[-1].done(_found(0.3, 4))
    assert hand.state.place is place
    button(tab, "Search again").click()
    assert button(tab, "Stop").isVisible()
    tab.set_in_view(False)
    assert button(tab, "Stop").isHidden()


def test_wiping_begins_anew(hand: Hand, tab: DrawTab, qtbot: QtBot) -> None:
    _begin(hand, tab, qtbot)
    button(tab, "Clear").click()
    qtbot.waitUntil(lambda: tab.tiles.images is None)
    assert "Looking" not in said(tab)
    assert not button(tab, "Search again").isEnabled()


def test_a_refused_picture_is_said_and_changes_nothing(
    hand: Hand, tab: DrawTab, tmp_path: Path
) -> None:
    place = hand.state.place
    tab.open(tmp_path / "missing.png")
    hand.ordered[-1].failed("missing.png cannot be read.", "")
    assert "missing.png cannot be read." in said(tab)
    QGuiApplication.clipboard().setText("no picture")
    tab.paste()
    assert "no picture on the clipboard" in said(tab)
    assert hand.state.place is place
    QGuiApplication.clipboard().clear()


def test_an_empty_pad_has_the_ground_of_the_generators_pictures(hand: Hand, tab: DrawTab) -> None:
    latest, model = hand.requester.latest, hand.context.services.model()
    assert latest is not None

    def show(level: int, by: object) -> None:
        strip = np.full((3, 28, 28, 3), level, np.uint8)
        strip[:, 8:20, 8:20] = 128
        hand.requester.latest = replace(latest, strip=strip, model=by)
        hand.requester.arrived.emit(hand.requester.latest)

    show(220, by=model)
    assert (tab.pad.ink() == 255).all()
    show(30, by=tiny_model(seed=5))
    assert (tab.pad.ink() == 255).all(), "pictures of the generator before say nothing"
    show(30, by=model)
    assert (tab.pad.ink() == 0).all()
    _stroke(tab.pad, (60, 20), (60, 100))
    show(220, by=model)
    assert tab.pad.ink()[0, 0] == 0, "what is written stays as it is"


def test_the_class_to_look_in_is_offered(hand: Hand, tab: DrawTab) -> None:
    choice = class_choice(tab)
    assert choice.count() == 11
    words = tab.findChild(EmptyState).words
    assert "any other class" in words.text()
    hand.state.adopt(LatentSpace(8))
    assert choice.count() == 1
    assert not choice.isVisible()
    assert "class" not in words.text()


def test_wiping_forgets_the_picture_and_not_the_class(
    hand: Hand, tab: DrawTab, qtbot: QtBot
) -> None:
    class_choice(tab).setCurrentIndex(5)
    _begin(hand, tab, qtbot)
    assert tab.tiles.images is not None
    button(tab, "Clear").click()
    qtbot.waitUntil(lambda: tab.tiles.images is None)
    assert class_choice(tab).currentText() == "as a 4"


def test_what_was_found_in_another_generator_is_said_to_be(qtbot: QtBot) -> None:
    hand = Hand(model=tiny_model())
    hand.draw()
    tab = DrawTab(hand.context)
    shown(qtbot, tab, 600, 310)
    _begin(hand, tab, qtbot)
    place, black = hand.state.place, np.zeros((28, 28), np.uint8)
    hand.ordered[-1].done(PictureMatch(place, black, black, "Found as a 4."))
    tab.activate()
    assert "Found as a 4." in said(tab)
    hand.model = tiny_model(1)
    tab.activate()
    assert "another generator" in said(tab)


def test_an_example_is_drawn_and_looked_for(hand: Hand, qtbot: QtBot) -> None:
    """Before there is anything, the tab says in a sentence what it is for, with one button."""
    hand.model = tiny_model()
    tab = DrawTab(hand.context)
    shown(qtbot, tab)
    assert tab.findChild(EmptyState).isVisible()
    button(tab, "Draw an example").click()
    assert not tab.pad.empty
    before = len(hand.ordered)
    qtbot.waitUntil(lambda: len(hand.ordered) > before)
    hand.ordered[-1].finish()
    assert not tab.findChild(EmptyState).isVisible()
