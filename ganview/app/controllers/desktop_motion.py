"""Asks the desktop whether programs are to reduce motion, which makes some people ill.

Qt 6.11 doesn't pass it on. Windows and macOS could not be tried: both are written after their
documentation.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

SPI_GETCLIENTAREAANIMATION = 0x1042
ANSWER_MS = 500
#: Settings of the portal that say it: the namespace, the key, and the value for stillness. The
#: first is everybody's, the second GNOME's from before.
PORTAL_KEYS = (
    ("org.freedesktop.appearance", "reduced-motion", 1),
    ("org.gnome.desktop.interface", "enable-animations", False),
)


def desktop_wants_stillness() -> bool:
    """Return whether the user asked the desktop for less motion; False where it doesn't say.

    It may take half a second: call it in a thread.
    """
    try:
        return {"win32": _windows, "darwin": _macos}.get(sys.platform, _portal)()
    except (ImportError, OSError, KeyError):
        return False


def _windows() -> bool:
    animated = ctypes.c_int(1)
    user32: Any = vars(ctypes)["windll"].user32  # of Windows alone
    user32.SystemParametersInfoW(SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(animated), 0)
    return not animated.value


def _macos() -> bool:
    """Ask ``NSWorkspace.sharedWorkspace.accessibilityDisplayShouldReduceMotion``."""
    objc = ctypes.CDLL("/usr/lib/libobjc.dylib")
    objc.objc_getClass.restype = objc.sel_registerName.restype = ctypes.c_void_p
    objc.objc_getClass.argtypes = objc.sel_registerName.argtypes = [ctypes.c_char_p]

    def send(receiver: int, message: bytes, result: type) -> int:
        call = ctypes.CFUNCTYPE(result, ctypes.c_void_p, ctypes.c_void_p)(("objc_msgSend", objc))
        answer = call(receiver, objc.sel_registerName(message))
        return int(answer or 0)

    workspace = send(objc.objc_getClass(b"NSWorkspace"), b"sharedWorkspace", ctypes.c_void_p)
    return bool(send(workspace, b"accessibilityDisplayShouldReduceMotion", ctypes.c_bool))


def _portal() -> bool:
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

    bus = QDBusConnection.sessionBus()
    for namespace, key, still in PORTAL_KEYS if bus.isConnected() else ():
        question = QDBusMessage.createMethodCall(
            "org.freedesktop.portal.Desktop",
            "/org/freedesktop/portal/desktop",
            "org.freedesktop.portal.Settings",
            "ReadOne",
        )
        question.setArguments([namespace, key])
        answer = bus.call(question, timeout=ANSWER_MS)
        if answer.type() == QDBusMessage.MessageType.ReplyMessage and answer.arguments():
            value = answer.arguments()[0]
            return bool((value.variant() if hasattr(value, "variant") else value) == still)
    return False
