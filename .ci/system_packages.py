"""Print the Debian names of the system packages that ganview needs and this machine lacks.

    python3 .ci/system_packages.py run|test [--venv]

Needs nothing but the standard library, since it runs before anything is installed. A library
counts as there when it loads, whatever package brought it. With ``--libraries`` the names of the
files are printed instead, for systems that call their packages something else.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import sys

LIBRARIES = {
    # Qt's widgets, on any platform
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
    # Qt's platform plugin for X11
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}

WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
"""Wanted only where the desktop is a Wayland one."""

TEST_PROGRAMS = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "xclip": "xclip",
    "xdotool": "xdotool",
}
"""What the end-to-end tests drive the real window with."""


def loads(library: str) -> bool:
    """Tell whether the dynamic linker finds `library`."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def venv_package() -> str:
    """Name the Debian package that gives this interpreter its ``venv``."""
    default = os.path.realpath("/usr/bin/python3")
    if os.path.realpath(sys.executable) == default:
        return "python3-venv"
    return f"python3.{sys.version_info.minor}-venv"


def missing(purpose: str, *, venv: bool) -> dict[str, str]:
    """Return what is missing for `purpose` ("run" or "test"), as thing -> Debian package."""
    wanted = dict(LIBRARIES)
    if os.environ.get("WAYLAND_DISPLAY"):
        wanted |= WAYLAND_LIBRARIES
    lacking = {thing: package for thing, package in wanted.items() if not loads(thing)}
    if purpose == "test":
        lacking |= {
            program: package
            for program, package in TEST_PROGRAMS.items()
            if shutil.which(program) is None
        }
    if venv and importlib.util.find_spec("ensurepip") is None:
        lacking["python3's venv module"] = venv_package()
    return lacking


if __name__ == "__main__":
    if sys.platform == "linux":
        lacking = missing(sys.argv[1], venv="--venv" in sys.argv)
        print(*sorted(set(lacking if "--libraries" in sys.argv else lacking.values())))
