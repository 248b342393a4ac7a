"""The View and Help menus: colours, axes, full screen, and the small windows about the program."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from ganview.app.controllers.desktop_motion import desktop_wants_stillness
from ganview.app.controllers.settings import PLOT_AXES, Settings
from ganview.app.motion import Motion, MotionChoice
from ganview.app.theme import Scheme, Theme
from ganview.app.window.crash import report_problem
from ganview.files.problem_report import log_folder

if TYPE_CHECKING:
    from ganview.app.controllers.actions import Actions
    from ganview.app.controllers.app_controller import AppController
    from ganview.app.plots.plots_row import PlotsRow
    from ganview.app.window.first_steps import FirstSteps
    from ganview.app.window.main_window import MainWindow
    from ganview.app.window.presenter import Presenter

SCHEMES: tuple[Scheme, ...] = ("light", "dark", "system")
MOTIONS: tuple[MotionChoice, ...] = ("system", "still")
AXES = {f"axis_{axis}": axis for axis in PLOT_AXES}


class ViewCommands(QObject):
    """What the menus View and Help do."""

    def __init__(
        self,
        window: MainWindow,
        actions: Actions,
        controller: AppController,
        settings: Settings,
        plots: PlotsRow,
        presenter: Presenter,
    ) -> None:
        super().__init__(window)
        self._window, self._actions = window, actions
        self._controller, self._settings, self._plots = controller, settings, plots
        self.handlers: dict[str, Callable[[], object]] = {
            **{scheme: partial(self._set_scheme, scheme) for scheme in SCHEMES},
            **{f"motion_{choice}": partial(self._set_motion, choice) for choice in MOTIONS},
            **{action: partial(self._set_axis, axis) for action, axis in AXES.items()},
            "plot_log": self._set_look,
            "plot_smooth": self._set_look,
            "fit_plots": plots.follow,
            "full_screen": self._toggle_full_screen,
            "presenter": presenter.toggle,
            "first_steps": lambda: self.show_first_steps().take_focus(),
            "glossary": self._show_glossary,
            "shortcuts": self._show_shortcuts,
            "log": lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_folder()))),
            "report_problem": self._report_problem,
            "about": self._show_about,
        }
        actions[settings.scheme].setChecked(True)
        actions[next(name for name, axis in AXES.items() if axis == settings.plot_axis)].setChecked(
            True
        )
        plots.set_axis(settings.plot_axis)
        actions["plot_log"].setChecked(bool(settings.plot_log))
        actions["plot_smooth"].setChecked(bool(settings.plot_smooth))
        self._set_look()
        actions[f"motion_{settings.motion}"].setChecked(True)
        Motion.current().set_choice(cast("MotionChoice", settings.motion))
        controller.ready.connect(lambda _opened: self._follow_desktop())

    def _set_scheme(self, scheme: Scheme) -> None:
        self._settings.scheme = scheme
        Theme.current().set_scheme(scheme)

    def _set_motion(self, choice: MotionChoice) -> None:
        self._settings.motion = choice
        Motion.current().set_choice(choice)

    def _follow_desktop(self) -> None:
        """Ask the desktop once the user rests, and whenever the user comes back."""
        controller, returned = self._controller, Motion.current().returned
        controller.bridge.when_at_rest(self._ask_desktop)
        returned.connect(self._ask_desktop)
        controller.closed.connect(lambda: returned.disconnect(self._ask_desktop))

    def _ask_desktop(self) -> None:
        self._controller.bridge.run_short_job(
            desktop_wants_stillness, "asking the desktop", Motion.current().set_desktop_still
        )

    def _set_axis(self, axis: str) -> None:
        self._settings.plot_axis = axis
        self._plots.set_axis(axis)

    def _set_look(self) -> None:
        log, smooth = (self._actions[name].isChecked() for name in ("plot_log", "plot_smooth"))
        self._settings.plot_log, self._settings.plot_smooth = int(log), int(smooth)
        self._plots.set_look(log=log, smooth=smooth)

    def _toggle_full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    # Dialogs are imported when they are asked for, or the first paint would wait for them.

    def show_first_steps(self) -> FirstSteps:
        """Show the hints of the first start, and remember it once they were read."""
        from ganview.app.window.first_steps import FirstSteps, first_hints

        shown = self._window.findChild(FirstSteps)
        return shown or FirstSteps(self._window, first_hints(self._window), self._know_first_steps)

    def _know_first_steps(self) -> None:
        self._settings.knows_first_steps = 1

    def _show_glossary(self) -> None:
        from ganview.app.window.glossary_dialog import GlossaryDialog

        GlossaryDialog(self._window).show()

    def _show_shortcuts(self) -> None:
        from ganview.app.window.dialogs import ShortcutDialog

        ShortcutDialog(self._actions.sheet(), self._window).show()

    def _report_problem(self) -> None:
        report_problem(self._window, self._settings.values).show()

    def _show_about(self) -> None:
        from ganview.app.window.dialogs import AboutDialog

        AboutDialog(self._window).show()
