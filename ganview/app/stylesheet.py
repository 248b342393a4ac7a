"""The small style sheet over Fusion: cards, quiet controls, headings."""

from __future__ import annotations

from string import Template

from ganview.export.palette import Tokens

_SHEET = Template("""
QToolTip { background: $text; color: $card; border: 1px solid $text; padding: 4px 6px; }

QFrame[card="true"] { background: $card; border: 1px solid $line; border-radius: 10px; }
QLabel[role="heading"] { font-weight: 600; color: $text; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="error"] { color: $error; }

QMainWindow, QMenuBar, QStatusBar { background: $ground; }
QMenuBar { padding: 2px 8px; }
QMenuBar::item { padding: 4px 10px; border-radius: 6px; background: transparent; }
QMenuBar::item:selected { background: $hover; color: $text; }
QMenu { background: $card; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 6px; }
QMenu::item:selected { background: $hover; color: $text; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }

QPushButton, QToolButton {
    background: $card; color: $text; border: 1px solid $line; border-radius: 6px;
    padding: 5px 12px; min-height: 18px; outline: none;
}
QToolButton { padding: 5px 8px; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed { background: $line; }
QPushButton:disabled, QToolButton:disabled { color: $disabled; background: $sunken; }
QPushButton:focus, QToolButton:focus { border-color: $discriminator; }
QPushButton:checked, QToolButton:checked {
    background: $accent; color: $on_accent; border-color: $accent;
}
QPushButton:checked:focus, QToolButton:checked:focus { border: 3px double $on_accent; }
QPushButton[primary="true"] {
    background: $accent; color: $on_accent; border-color: $accent; font-weight: 600;
    padding: 5px 18px;
}
QPushButton[primary="true"]:hover { background: $text; border-color: $text; }
QPushButton[primary="true"]:focus { border: 3px double $on_accent; padding: 3px 16px; }
QPushButton[primary="true"]:disabled {
    background: $line; color: $disabled; border-color: $line;
}
QPushButton[flat="true"], QToolButton[flat="true"] {
    border-color: transparent; background: transparent;
}
QPushButton[flat="true"]:hover, QToolButton[flat="true"]:hover { background: $hover; }
QPushButton[flat="true"]:checked, QToolButton[flat="true"]:checked {
    background: $accent; border-color: $accent;
}
QPushButton[flat="true"]:focus, QToolButton[flat="true"]:focus { border-color: $discriminator; }

QComboBox, QAbstractSpinBox, QLineEdit {
    background: $card; color: $text; border: 1px solid $border; border-radius: 6px;
    padding: 4px 8px; min-height: 20px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit { padding: 4px 6px; }  /* and 2 pixels of its own: texts of all fields begin alike */
QAbstractSpinBox QLineEdit {
    background: transparent; border: none; padding: 0; min-height: 18px;
}
QComboBox:hover, QAbstractSpinBox:hover, QLineEdit:hover { border-color: $text; }
QComboBox:focus { border: 2px solid $discriminator; padding: 3px 7px; }
QAbstractSpinBox:focus { border: 2px solid $discriminator; padding: 1px 3px; }
QLineEdit:focus { border: 2px solid $discriminator; padding: 3px 5px; }
QAbstractSpinBox QLineEdit:focus { border: none; padding: 0; }
QComboBox:disabled, QAbstractSpinBox:disabled, QLineEdit:disabled {
    color: $disabled; background: $sunken; border-color: $line;
}
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url(icons:chevron-down-$name.svg); width: 12px; height: 12px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
    subcontrol-origin: border; width: 20px; border: none; background: transparent;
}
QAbstractSpinBox::up-button { subcontrol-position: top right; margin: 3px 2px 0 0; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin: 0 2px 3px 0; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover {
    background: $hover; border-radius: 4px;
}
QAbstractSpinBox::up-arrow { image: url(icons:chevron-up-$name.svg); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow {
    image: url(icons:chevron-down-$name.svg); width: 10px; height: 10px;
}
QAbstractSpinBox { padding: 2px 4px; }
QComboBox QAbstractItemView {
    background: $card; border: 1px solid $line; padding: 4px; outline: none;
    selection-background-color: $hover; selection-color: $text;
}

QHeaderView { background: transparent; border: none; }
QHeaderView::section {
    background: transparent; color: $muted; border: none; border-bottom: 1px solid $line;
    padding: 4px 6px;
}
QTableView::item { padding: 0 6px; }
QTableView, QTreeView { border: 2px solid transparent; border-radius: 6px; }
QTableView:focus, QTreeView:focus { border-color: $discriminator; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar { background: transparent; outline: none; }
QTabBar::tab {
    background: transparent; color: $muted; border: 2px solid transparent;
    padding: 4px 8px 6px 8px; margin-right: 4px;
}
QTabBar[grouped="true"]::tab { margin-top: 12px; padding: 2px 8px 6px 8px; }
QTabBar[tight="true"]::tab { padding-left: 2px; padding-right: 2px; margin-right: 2px; }
QTabBar::tab:hover { color: $text; background: $hover; border-radius: 6px; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; border-radius: 0; }
QTabBar::tab:selected:focus { border: 2px solid $discriminator; border-radius: 6px; }
QTabBar::scroller { width: 44px; }
QTabBar::tear { width: 0; border: none; }
QTabBar QToolButton { background: $card; border: none; padding: 0; }
QTabBar QToolButton:hover { background: $hover; }
QTabBar QToolButton::left-arrow { image: url(icons:chevron-left-$name.svg); width: 12px; }
QTabBar QToolButton::right-arrow { image: url(icons:chevron-right-$name.svg); width: 12px; }

QProgressBar {
    background: $hover; border: none; border-radius: 3px; max-height: 6px; min-height: 6px;
}
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $line; }

QCheckBox::indicator {
    width: 16px; height: 16px; border: 1px solid $border; border-radius: 4px; background: $card;
}
QCheckBox::indicator:hover { background: $hover; }
QCheckBox::indicator:checked {
    background: $accent; border-color: $accent; image: url(icons:check-$name.svg);
}
QCheckBox::indicator:focus { border: 2px solid $discriminator; }

QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $border; border-radius: 4px; margin: 1px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QStatusBar { color: $muted; }
QStatusBar::item { border: none; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
""")


def stylesheet(tokens: Tokens) -> str:
    """Return the style sheet in the colours of `tokens`."""
    colours = {name: value for name, value in vars(tokens).items() if isinstance(value, str)}
    return _SHEET.substitute(colours, name="dark" if tokens.dark else "light")
