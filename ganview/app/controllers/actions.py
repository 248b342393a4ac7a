"""Every command of the window, declared once; menus, buttons and the shortcut sheet follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Flag, auto

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenuBar, QWidget

from ganview.app.icons import icon
from ganview.app.theme import Theme
from ganview.app.widgets.text import set_tooltip


class Need(Flag):
    """What must be true for an action to be offered."""

    NOTHING = 0
    ENGINE = auto()  # torch is loaded
    MODEL = auto()  # the explorer has a generator
    RUN = auto()  # a training run exists
    PAUSED = auto()  # nothing is being trained right now
    SAMPLES = auto()  # the grid shows something
    PAST = auto()  # the run in focus kept moments
    CURVES = auto()  # it has numbers of steps
    QUALITY = auto()  # its quality was measured
    FOLDER = auto()  # it is saved in a folder
    PATH = auto()  # two or more pins
    UNDO = auto()  # a change of the explored point can be undone
    REDO = auto()  # one that was undone can be done again
    TRAINED = auto()  # it trains here, and has a folder
    NETWORKS = auto()  # it kept networks to go on from
    PRESS = auto()  # the run on show can be trained, or paused, here
    HERE = auto()  # the run on show trains here, or there is none


#: What an action says that is not offered for want of these.
MISSING = {
    Need.PATH: "Pin two points first (P).",
    Need.FOLDER: "Train a run, or open one, first.",
    Need.CURVES: "Train a run, or open one, first.",
    Need.QUALITY: "Train for a while first: quality is measured now and then.",
    Need.PAUSED: "Pause the training first.",
    Need.HERE: "Go on with the run on show first (F5): it does not train here yet.",
}


@dataclass(frozen=True)
class Spec:
    """One action."""

    name: str  # identifier that `Actions.triggered` carries
    menu: str  # title of the menu that it is in
    text: str  # what the menu calls it, with its mnemonic
    shortcut: str = ""  # key sequence as text, empty for none
    tip: str = ""  # one sentence: what it does
    icon: str = ""  # name in `ganview.app.icons`, empty for none
    needs: Need = Need.NOTHING  # what must be true for it to be enabled
    group: str = ""  # name of the set of which exactly one is checked, empty for none
    switch: bool = False  # whether it is on or off, and says which
    ends_section: bool = False  # whether a separator follows in the menu


FILE, EXPORT, TRAIN, MOMENTS = "&File", "E&xport", "&Train", "&Moments"
EXPLORE, VIEW, HELP = "&Explore", "&View", "&Help"

ACTIONS: tuple[Spec, ...] = (
    Spec("open", FILE, "&Open model…", "Ctrl+O", "Open a model file in the explorer.", "open",
         Need.ENGINE),
    Spec("open_run", FILE, "Open &run folder…", "Ctrl+Shift+O",
         "Open the model of a training run in the explorer.", "folder", Need.ENGINE),
    Spec("save", FILE, "&Save model…", "Ctrl+S",
         "Save the explorer's model: the generator and, if there is one, its discriminator.",
         "save", Need.ENGINE | Need.MODEL, ends_section=True),
    Spec("export_picture", EXPORT, "&Picture…", "Ctrl+E",
         "Write the explorer's picture as a PNG, at any whole zoom.", "picture",
         Need.ENGINE | Need.MODEL),
    Spec("export_strip", EXPORT, "S&trip of all classes…", "Ctrl+Shift+E",
         "Write the same noise in every class as one PNG.", "strip", Need.ENGINE | Need.MODEL),
    Spec("export_grid", EXPORT, "Sample &grid…", "Ctrl+Alt+E",
         "Write the grid of samples as one PNG.", "grid", Need.ENGINE | Need.SAMPLES),
    Spec("export_map", EXPORT, "&Map…", "",
         "Write the map of the noise, as the tab Map shows it, as one PNG.", "",
         Need.ENGINE | Need.MODEL),
    Spec("export_walk", EXPORT, "&Walk along the pins…", "",
         "Write the path from pin to pin as one PNG.", "", Need.ENGINE | Need.MODEL | Need.PATH),
    Spec("export_samples", EXPORT, "&Samples…", "",
         "Draw samples: a sheet, single pictures with a list, or a dataset.", "",
         Need.ENGINE | Need.MODEL),
    Spec("export_animation", EXPORT, "&Animation…", "Ctrl+Shift+A",
         "Animate a latent dimension, the class or the run: GIF, WebP, APNG or MP4.", "play",
         Need.ENGINE | Need.MODEL, ends_section=True),
    Spec("export_losses", EXPORT, "&Losses…", "", "Write the curves as PNG, SVG or CSV.", "",
         Need.CURVES),
    Spec("export_beliefs", EXPORT, "D's &belief…", "", "Write the curves as PNG, SVG or CSV.", "",
         Need.CURVES),
    Spec("export_quality", EXPORT, "&Quality…", "", "Write the curves as PNG, SVG or CSV.", "",
         Need.QUALITY),
    Spec("export_landscape", EXPORT, "Lan&dscape…", "",
         "Write the landscape on show as PNG, SVG or the animation of a turn.", "hills",
         Need.ENGINE | Need.MODEL),
    Spec("export_report", EXPORT, "&Report of the run…", "",
         "Write settings, curves, samples and quality as one page.", "",
         Need.ENGINE | Need.FOLDER,
         ends_section=True),
    Spec("export_onnx", EXPORT, "Model as &ONNX…", "",
         "Write the generator for programs without PyTorch.", "", Need.ENGINE | Need.MODEL),
    Spec("copy", FILE, "&Copy picture", "Ctrl+C",
         "Copy the explorer's picture to the clipboard.", "copy", Need.MODEL),
    Spec("paste", FILE, "P&aste picture or state", "Ctrl+V",
         "Find a copied picture's latent point, or restore a copied state.", "",
         Need.MODEL, ends_section=True),
    Spec("quit", FILE, "&Quit", "Ctrl+Q", "Stop training, save it, and close.", "power"),
    Spec("train", TRAIN, "&Train", "F5",
         "Train a new network, or continue; a paused one can be explored.", "play",
         Need.ENGINE | Need.PRESS),
    Spec("step", TRAIN, "&Step", "Ctrl+.", "One update of D and one of G, then pause.", "step",
         Need.ENGINE | Need.PAUSED | Need.HERE),
    Spec("step_d", TRAIN, "Step &D alone", "F7", "One update of D; G stays as it is.", "",
         Need.ENGINE | Need.PAUSED | Need.HERE),
    Spec("step_g", TRAIN, "Step &G alone", "F8", "One update of G; D stays as it is.", "",
         Need.ENGINE | Need.PAUSED | Need.HERE),
    Spec("new_run", TRAIN, "&New run", "Ctrl+N",
         "Train a new network with the settings of the next run; this run is kept.", "reset",
         Need.ENGINE),
    Spec("reset", TRAIN, "&Reset to step 0", "Ctrl+R",
         "Show the initial weights of a new run; the same seed gives the same weights.", "",
         Need.ENGINE),
    Spec("go_on", TRAIN, "&Continue a run…", "Ctrl+Shift+R",
         "Open a run folder and continue training from its checkpoint, bit for bit.", "folder",
         Need.ENGINE, ends_section=True),
    Spec("fine_tune", TRAIN, "Fine-t&une the explored model", "",
         "Begin a run with the explorer's model, on the data of the next run.", "",
         Need.ENGINE | Need.MODEL),
    Spec("data_folder", TRAIN, "Learn from a &folder…", "Ctrl+D",
         "Choose a folder of pictures as data of the next run.", "folder"),
    Spec("data_file", TRAIN, "Learn from a f&ile…", "Ctrl+Shift+D",
         "Choose a ZIP, NPZ or IDX file as data of the next run.", "open", ends_section=True),
    Spec("settings", TRAIN, "S&ettings…", "Ctrl+,",
         "Every setting of the next run: objective, networks, schedules.", "settings"),
    Spec("earlier", MOMENTS, "One &earlier", "Alt+Left",
         "Show the moment of the run before this one, with the same noise: ↑ on a picture.",
         "earlier", Need.PAST),
    Spec("later", MOMENTS, "One &later", "Alt+Right",
         "Show the moment of the run after this one, with the same noise: ↓ on a picture.",
         "step", Need.PAST),
    Spec("first_moment", MOMENTS, "&First", "Alt+Home",
         "Show the first moment of the run: Home on the time line.", "", Need.PAST),
    Spec("live_edge", MOMENTS, "&Newest", "Alt+End",
         "Show the newest pictures of the run again, and follow it: End on the time line.", "live",
         Need.PAST),
    Spec("play_moments", MOMENTS, "&Play", "Ctrl+P",
         "Show the moments of the run one after another: Space on the time line.", "play",
         Need.PAST, ends_section=True),
    Spec("keep_moment", MOMENTS, "&Keep this moment…", "Ctrl+K",
         "Name this moment of the run that trains here, and keep it for ever.", "keep",
         Need.TRAINED),
    Spec("branch", MOMENTS, "&Go on from here…", "Ctrl+B",
         "Begin a new run that goes on from this moment, with other settings if you like.",
         "branch", Need.ENGINE | Need.NETWORKS),
    Spec("undo", EXPLORE, "&Undo", "Ctrl+Z",
         "Undo the last change of z, y or ψ; one drag is one step.", "undo", Need.UNDO),
    Spec("redo", EXPLORE, "&Redo", "Ctrl+Shift+Z", "Redo what was undone.", "redo",
         Need.REDO, ends_section=True),
    Spec("random", EXPLORE, "Ran&dom", "R",
         "Draw new Gaussian noise z; with the class “any”, a new y too.", "random", Need.MODEL),
    Spec("zero_all", EXPLORE, "&Zero all", "Ctrl+Backspace",
         "Set every slider to zero, the mean of the noise; locked ones stay.", "zero",
         Need.MODEL),
    Spec("mirror_all", EXPLORE, "&Mirror all", "Shift+M",
         "Change the sign of every slider, z becomes −z; locked ones stay.", "mirror",
         Need.MODEL),
    Spec("pin", EXPLORE, "&Pin this point", "P",
         "Save the current z, y and ψ as a pin.", "pin", Need.MODEL),
    Spec("any_class", EXPLORE, "Class “an&y”", "Ctrl+Shift+Y",
         "Draw the class y from the class frequencies of the training set.", "", Need.MODEL,
         ends_section=True),
    Spec("copy_state", EXPLORE, "&Copy state", "Ctrl+Shift+C",
         "Copy z, y and ψ as a line of text that restores this picture.", "copy", Need.MODEL),
    Spec("paste_state", EXPLORE, "Paste &state", "Ctrl+Shift+V",
         "Restore the state from a copied line of text.", "", Need.MODEL),
    Spec("light", VIEW, "&Light", "", "Always light.", group="scheme"),
    Spec("dark", VIEW, "&Dark", "", "Always dark.", group="scheme"),
    Spec("system", VIEW, "Follow s&ystem", "", "Follow the desktop's setting.",
         group="scheme", ends_section=True),
    Spec("motion_system", VIEW, "&Motion as the desktop allows", "",
         "Pictures fade and markers travel, unless the desktop asks for less motion.",
         group="motion"),
    Spec("motion_still", VIEW, "&No motion", "", "Everything changes at once.", group="motion",
         ends_section=True),
    Spec("axis_steps", VIEW, "Plot over s&teps", "", "One step is one update of D and of G.",
         group="axis"),
    Spec("axis_images", VIEW, "Plot over &images seen", "",
         "Comparable between runs of different batch size.", group="axis"),
    Spec("axis_seconds", VIEW, "Plot over s&econds", "",
         "Seconds of training alone: what a result has cost.", group="axis", ends_section=True),
    Spec("plot_log", VIEW, "Lo&garithmic plots", "Ctrl+L",
         "Draw losses and gradients over powers of ten; values of 0 and below are left out.",
         switch=True),
    Spec("plot_smooth", VIEW, "Smoothe&r curves", "Ctrl+Shift+L",
         "Draw means over more steps, without the band of single steps.", switch=True),
    Spec("fit_plots", VIEW, "Show &whole curves", "Ctrl+0",
         "Undo zooming and panning in the plots.", "zero", ends_section=True),
    Spec("full_screen", VIEW, "&Full screen", "F11", "Fill the screen, or leave it again."),
    Spec("presenter", VIEW, "&Presenter mode", "Shift+F11",
         "Show the page alone, in large type, or (Esc) everything again."),
    Spec("first_steps", HELP, "&First steps", "", "Show the six hints of the first start again.",
         "info"),
    Spec("glossary", HELP, "&Glossary", "Shift+F1", "What each term of this window means."),
    Spec("shortcuts", HELP, "&Keyboard shortcuts", "F1", "All shortcuts on one sheet.",
         "keyboard"),
    Spec("log", HELP, "Open the &log folder", "", "Error messages are written there.",
         "folder"),
    Spec("report_problem", HELP, "Report a &problem", "",
         "Write versions, settings and logs into one file for the authors."),
    Spec("about", HELP, "&About ganview", "", "Version, licence and credits.", "info"),
)  # fmt: skip

MENU_ROLES = {"quit": QAction.MenuRole.QuitRole, "about": QAction.MenuRole.AboutRole}  # of macOS
MENUS = (FILE, EXPORT, TRAIN, MOMENTS, EXPLORE, VIEW, HELP)


class Actions(QObject):
    """The QActions of one window."""

    triggered = Signal(str)  # emitted with the name of the action that was chosen

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._actions: dict[str, QAction] = {}
        self._icons: dict[str, str] = {}
        self._why: dict[str, str] = {}  # why an action is not offered
        self._stale: set[str] = set()  # actions whose icon is to be drawn before it is seen
        groups: dict[str, QActionGroup] = {}
        for spec in ACTIONS:
            action = QAction(spec.text, self)
            action.setObjectName(spec.name)
            # macOS would move what is called Settings or Options into the program's own menu.
            action.setMenuRole(MENU_ROLES.get(spec.name, QAction.MenuRole.NoRole))
            if spec.shortcut:
                action.setShortcut(QKeySequence(spec.shortcut))
            set_tooltip(action, _tip(spec.tip, action.shortcut()))
            action.setStatusTip(spec.tip)
            action.setCheckable(bool(spec.group) or spec.switch)
            if spec.group:
                groups.setdefault(spec.group, QActionGroup(self)).addAction(action)
            action.triggered.connect(lambda _=False, name=spec.name: self.triggered.emit(name))
            self._icons[spec.name] = spec.icon
            self._actions[spec.name] = action
            window.addAction(action)
        Theme.current().changed.connect(self._forget_icons)
        self._forget_icons()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def offer(self, given: Need) -> None:
        """Enable exactly the actions whose needs are all `given`."""
        for spec in ACTIONS:
            action, missing = self._actions[spec.name], spec.needs & ~given
            action.setEnabled(not missing)
            why = next((words for need, words in MISSING.items() if need & missing), "")
            if why or self._why.get(spec.name):
                set_tooltip(action, why or _tip(spec.tip, action.shortcut()))
                self._why[spec.name] = why

    def set_look(self, name: str, text: str, icon_name: str, tip: str) -> None:
        """Change what one action is called and does, as Train does when it becomes Pause."""
        action = self._actions[name]
        if (action.text(), action.statusTip()) != (text, tip):
            action.setText(text)
            action.setStatusTip(tip)
            set_tooltip(action, _tip(tip, action.shortcut()))
        if self._icons[name] != icon_name:
            self._icons[name] = icon_name
            self._stale.add(name)

    def icon_name(self, name: str) -> str:
        """Return the name of an action's drawing."""
        return self._icons[name]

    def fill(self, bar: QMenuBar, more: dict[str, list[QAction]] | None = None) -> None:
        """Make the menus; `more` are actions of other parts of the window, by menu."""
        for title in MENUS:
            own = [spec for spec in ACTIONS if spec.menu == title]
            others = (more or {}).get(title, [])
            if not own and not others:
                continue
            menu = bar.addMenu(title)
            menu.setToolTipsVisible(True)
            for spec in own:
                menu.addAction(self._actions[spec.name])
                if spec.ends_section:
                    menu.addSeparator()
            menu.addActions(others)
            self._window.addActions(others)  # their keys hold where the menus are hidden, too
            menu.aboutToShow.connect(lambda specs=own: self._tint(specs))

    def sheet(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield (menu, text, shortcut, tip) for each action, in the order of the menus."""
        for spec in ACTIONS:
            action = self._actions[spec.name]
            native = QKeySequence.SequenceFormat.NativeText
            yield (
                spec.menu.replace("&", ""),
                action.text().replace("&", "").rstrip("…"),
                action.shortcut().toString(native),
                spec.tip,
            )

    def _forget_icons(self) -> None:
        self._stale = {name for name, drawing in self._icons.items() if drawing}

    def _tint(self, specs: list[Spec]) -> None:
        """Draw the icons of a menu that is about to be seen: at the start none is."""
        tokens = Theme.current().tokens
        for name in self._stale.intersection(spec.name for spec in specs):
            self._actions[name].setIcon(icon(self._icons[name], tokens.text, tokens.disabled))
            self._stale.discard(name)


def _tip(tip: str, shortcut: QKeySequence) -> str:
    keys = shortcut.toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tip}  ({keys})" if keys else tip
