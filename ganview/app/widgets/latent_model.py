"""What the rows of the slider list show: a line in a Qt model for each dimension of the noise.

Five hundred sliders with a number box each would be some three thousand widgets. Here a row is a
line in a model, painted when it is visible, with one editor opened where it is asked for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QAccessible

from ganview.app.widgets.latent_rows import sigma_text

Index = QModelIndex | QPersistentModelIndex


class LatentModel(QAbstractListModel):
    """One row a dimension that is shown, in the order they are shown."""

    edited = Signal(int, float)  # (dimension, value) that was typed into a row's number box
    # (first, last) row that is to be painted again. Qt's own ``dataChanged`` has a list view paint
    # all that is visible, some ten times the work of the one row that a drag changes; it is emitted
    # only for a screen reader.
    stale = Signal(int, int)

    def __init__(self, z_dim: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.z: NDArray[np.float32] = np.zeros(z_dim, np.float32)
        self.locked: NDArray[np.bool_] = np.zeros(z_dim, bool)
        self.effects: NDArray[np.float32] | None = None
        self.names: tuple[str, ...] = ()
        self._rows = np.arange(z_dim)
        self._row_of = np.arange(z_dim)

    # -- what Qt asks -----------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        dimension = self.dimension(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return self.name(dimension)
        if role == Qt.ItemDataRole.EditRole:
            return float(self.z[dimension])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.describe(dimension)
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not isinstance(value, (int, float)):
            return False
        self.edited.emit(self.dimension(index.row()), float(value))
        return True

    # -- what is shown ----------------------------------------------------------------------

    def dimension(self, row: int) -> int:
        """Return which dimension a row shows."""
        return int(self._rows[row])

    def row_of(self, dimension: int) -> int:
        """Return the row that shows a dimension, -1 when it is filtered away."""
        return int(self._row_of[dimension]) if 0 <= dimension < len(self._row_of) else -1

    def name(self, dimension: int) -> str:
        """Return what the row is called: z1, z2, … unless names were given."""
        return self.names[dimension] if self.names else f"z{dimension + 1}"

    def describe(self, dimension: int) -> str:
        """Say a row in words, for a screen reader and the tooltip's first line."""
        text = f"{self.name(dimension)}, {sigma_text(float(self.z[dimension]))} sigma"
        if self.effects is not None and (most := float(self.effects.max())) > 0:
            text += f", effect {100 * float(self.effects[dimension]) / most:.0f} percent"
        return text + (", locked" if self.locked[dimension] else "")

    def set_z(self, z: ArrayLike) -> None:
        """Show other values, (D,); only the rows that changed are painted again."""
        new = np.asarray(z, np.float32)
        changed = np.flatnonzero(new != self.z)
        self.z = new
        rows = self._row_of[changed]
        self._repaint(rows[rows >= 0])

    def set_locked(self, locked: ArrayLike) -> None:
        """Show which dimensions are locked, (D,)."""
        self.locked = np.asarray(locked, bool)
        self._repaint(np.arange(len(self._rows)))

    def set_effects(self, effects: ArrayLike | None) -> None:
        """Show the measured effect a σ, (D,) and not negative; None when it isn't known."""
        self.effects = None if effects is None else np.asarray(effects, np.float32)
        self._repaint(np.arange(len(self._rows)))

    def set_rows(self, dimensions: ArrayLike) -> None:
        """Show these dimensions in this order."""
        rows = np.asarray(dimensions, int)
        if np.array_equal(rows, self._rows):
            return
        self.beginResetModel()
        self._rows = rows
        self._row_of = np.full(len(self.z), -1)
        self._row_of[rows] = np.arange(len(rows))
        self.endResetModel()

    def set_space(self, z: ArrayLike, names: tuple[str, ...] = ()) -> None:
        """Start over with another number of dimensions."""
        self.beginResetModel()
        self.z = np.asarray(z, np.float32)
        self.names = names
        self.locked = np.zeros(len(self.z), bool)
        self.effects = None
        self._rows = np.arange(len(self.z))
        self._row_of = np.arange(len(self.z))
        self.endResetModel()

    def add(self, names: tuple[str, ...]) -> None:
        """Show further dimensions below the others, at zero."""
        if not names:
            return
        count, more = len(self.z), np.zeros(len(names))
        self.beginInsertRows(QModelIndex(), count, count + len(names) - 1)
        self.z = np.append(self.z, more.astype(np.float32))
        self.names += names
        self.locked = np.append(self.locked, more.astype(bool))
        self._rows = self._row_of = np.arange(len(self.z))
        self.endInsertRows()

    def _repaint(self, rows: NDArray[np.intp]) -> None:
        if not len(rows):
            return
        first, last = int(rows.min()), int(rows.max())
        self.stale.emit(first, last)
        if QAccessible.isActive():
            self.dataChanged.emit(self.index(first), self.index(last))
