"""The tab of sliders: one row a noise dimension under a scale in σ."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ganview.app.explorer_state import ExplorerState, Part
from ganview.app.widgets.foresight import Foresight
from ganview.app.widgets.latent_sliders import LatentSliders


class SlidersTab(QWidget):
    """Shows the noise of a state, and moves it."""

    def __init__(self, state: ExplorerState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.sliders = LatentSliders(state.space.z_dim)
        self.foresight = Foresight(self.sliders)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.foresight)
        column.addWidget(self.sliders, 1)
        self.sliders.moved.connect(state.set_dimension)
        self.sliders.zeroed.connect(state.reset)
        self.sliders.mirrored.connect(state.mirror)
        self.sliders.lock_asked.connect(state.lock)
        state.watch(self._moved)
        self.sliders.set_space(state.z)

    def _moved(self, parts: Part) -> None:
        if parts & Part.SPACE:
            self.sliders.set_space(self._state.z)
        if parts & Part.NOISE:
            self.sliders.set_z(self._state.z)
        if parts & Part.LOCKS:
            self.sliders.rows.set_locked(self._state.locked)
