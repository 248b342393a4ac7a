"""Nothing moves where the desktop or the user wants stillness; the desktop is really asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ganview.app.motion import Glide, Motion
from ganview.app.widgets.map_view import MapView
from ganview.app.widgets.picture_view import PictureView
from ganview.app.window import view_commands
from tests.app.conftest import Stage

#: A portal that knows one setting, and a question to it.
PORTAL = """
import sys
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtDBus import QDBusConnection, QDBusVariant, QDBusVirtualObject
class Portal(QDBusVirtualObject):
    def introspect(self, path):
        return ""
    def handleMessage(self, message, connection):
        known = message.arguments() == [sys.argv[1], sys.argv[2]]
        value = QDBusVariant(int(sys.argv[3]) if sys.argv[3].isdigit() else sys.argv[3] == "True")
        refused = message.createErrorReply("org.freedesktop.portal.Error.NotFound", "unknown")
        connection.send(message.createReply(value) if known else refused)
        return True
app, bus, portal = QCoreApplication([]), QDBusConnection.sessionBus(), Portal()
bus.registerVirtualObject("/org/freedesktop/portal/desktop", portal)
bus.registerService("org.freedesktop.portal.Desktop")
import subprocess
question = ("from ganview.app.controllers.desktop_motion import desktop_wants_stillness as ask;"
            "print(ask())")
asked = subprocess.Popen([sys.executable, "-c", question])
ended = QTimer()
ended.timeout.connect(lambda: asked.poll() is not None and app.quit())
ended.start(20)
app.exec()
"""


@pytest.mark.skipif(not shutil.which("dbus-run-session"), reason="there is no D-Bus to ask")
@pytest.mark.parametrize(
    ("namespace", "key", "value", "still"),
    [
        ("org.freedesktop.appearance", "reduced-motion", "1", "True"),
        ("org.freedesktop.appearance", "reduced-motion", "0", "False"),
        ("org.gnome.desktop.interface", "enable-animations", "False", "True"),
        ("another", "key", "1", "False"),
    ],
)
def test_the_portal_is_asked(namespace: str, key: str, value: str, still: str) -> None:
    command = ["dbus-run-session", "--", sys.executable, "-c", PORTAL, namespace, key, value]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=60)
    assert done.stdout.strip() == still, done.stderr


def test_no_desktop_means_motion(monkeypatch: pytest.MonkeyPatch) -> None:
    from ganview.app.controllers import desktop_motion

    for platform in ("win32", "darwin"):  # whose libraries are not here
        monkeypatch.setattr(sys, "platform", platform)
        assert not desktop_motion.desktop_wants_stillness()


def test_either_of_two_stops_all_motion(moving: Motion) -> None:
    said: list[bool] = []
    moving.changed.connect(said.append)
    moving.set_choice("still")
    moving.set_desktop_still(True)
    moving.set_choice("system")
    assert not moving.on
    moving.set_desktop_still(False)
    assert moving.on
    assert said == [False, True]


def test_a_motion_passes_through_the_middle_and_ends(qtbot: QtBot, moving: Motion) -> None:
    shown: list[float] = []
    owner = QObject()
    Glide(owner, 60, shown.append).go()
    qtbot.waitUntil(lambda: bool(shown) and shown[-1] == 1.0)
    assert any(0 < part < 1 for part in shown)


def test_a_still_window_shows_the_end_at_once(qapp: QApplication) -> None:
    Motion.current().set_choice("still")
    shown: list[float] = []
    owner = QObject()
    Glide(owner, 60, shown.append).go()
    assert shown == [1.0]


def test_the_choice_is_kept(stage: Stage) -> None:
    stage.trigger("motion_still")
    assert stage.settings.motion == "still"
    assert not Motion.current().on
    stage.trigger("motion_system")
    assert Motion.current().on


def test_the_desktop_is_asked_again_when_the_user_comes_back(
    monkeypatch: pytest.MonkeyPatch, moving: Motion, stage: Stage
) -> None:
    answers = [True, False]
    monkeypatch.setattr(view_commands, "desktop_wants_stillness", lambda: answers.pop())
    stage.open()
    stage.until(lambda: len(answers) == 1)
    assert moving.on
    moving.returned.emit()
    stage.until(lambda: not moving.on, 5000)


def test_samples_fade_after_a_rest_and_not_in_a_stream(qtbot: QtBot, moving: Motion) -> None:
    view = PictureView()
    qtbot.addWidget(view)
    view.set_fading()
    view.set_zoom(1)
    view.resize(8, 8)
    view.show()
    black, white = np.zeros((8, 8), np.uint8), np.full((8, 8), 255, np.uint8)

    def shade() -> int:
        return view.grab().toImage().pixelColor(4, 4).lightness()

    view.set_picture(black)
    view.set_picture(white)  # at once: a stream of pictures doesn't fade
    assert shade() == 255
    qtbot.wait(350)
    view.set_picture(black)
    seen: set[int] = set()
    qtbot.waitUntil(lambda: seen.add(shade()) or 0 in seen)
    assert any(0 < one < 255 for one in seen)


def test_a_marker_travels_far_and_is_led_near(qtbot: QtBot, moving: Motion) -> None:
    field = MapView(3)
    qtbot.addWidget(field)
    field.resize(160, 160)
    with qtbot.waitActive(field):  # its frame of the keyboard is painted from then on
        field.show()

    def picture() -> bytes:
        return bytes(field.grab().toImage().constBits())

    field.set_here((-0.5, -0.5))
    field.set_here((-0.45, -0.5))
    near = picture()
    field.set_here((0.5, 0.5))
    seen = {near}
    qtbot.waitUntil(lambda: seen.add(picture()) or len(seen) > 2)
    moving.set_choice("still")
    field.set_here((-0.5, 0.5))
    there = picture()
    qtbot.wait(20)
    assert picture() == there
