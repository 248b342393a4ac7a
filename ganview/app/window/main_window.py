"""The window: lays out the panels and wires them to the controller."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow

from ganview.app.controllers.actions import VIEW, Actions, Need
from ganview.app.controllers.app_controller import AppController
from ganview.app.controllers.settings import Settings
from ganview.app.explorer.explorer_panel import Explorer
from ganview.app.explorer.explorer_state import ExplorerState
from ganview.app.explorer.services import ExplorerServices
from ganview.app.icons import icon
from ganview.app.latent_point import Floats, LatentSpace
from ganview.app.pages.page import PageContext
from ganview.app.pages.pages import Pages
from ganview.app.pages.samples import SamplesPage
from ganview.app.plots.plots_row import PlotsRow
from ganview.app.theme import HAIR, SMALL, font
from ganview.app.widgets.message_bar import MessageBar
from ganview.app.widgets.qt_images import local_files
from ganview.app.widgets.text import ElidedLabel, TextLabel, set_tooltip
from ganview.app.window.crash import log
from ganview.app.window.data_commands import DataCommands
from ganview.app.window.data_picker import DataPicker
from ganview.app.window.export_commands import ExportCommands, tell_exported
from ganview.app.window.file_commands import FileCommands
from ganview.app.window.layout import Layout
from ganview.app.window.moment_commands import MomentCommands
from ganview.app.window.needs import given_needs
from ganview.app.window.presenter import Presenter
from ganview.app.window.recovery import Recovery
from ganview.app.window.run_subject import RunSubject
from ganview.app.window.source_picker import SourcePicker
from ganview.app.window.timeline import Timeline
from ganview.app.window.training_bar import TrainingBar
from ganview.app.window.training_commands import TrainingCommands
from ganview.app.window.training_state import Press
from ganview.app.window.view_commands import ViewCommands
from ganview.errors import UserError
from ganview.export.palette import LIGHT
from ganview.plain_text import counted

if TYPE_CHECKING:
    from ganview.runtime.local_run import LocalRun
    from ganview.runtime.messages import Snapshot
    from ganview.runtime.run_setup import LockedRun

DIGITS = LatentSpace(64, tuple(str(digit) for digit in range(10)))
UNSAVED = "Training since the last save will be lost. Close again to quit anyway."
FACTS = "The explored generator: networks, noise z, images, classes, and how far it was trained."
FIRST_SIZE, LEAST_SIZE = (1280, 800), (900, 600)
FRAME = QSize(8, 48)  # what a window manager puts around it, more or less


class MainWindow(QMainWindow):
    """One window, one controller.

    Parameters
    ----------
    controller
        What is worked on; the window closes it with itself.
    """

    first_painted = Signal()  # the window is on the screen for the first time

    def __init__(self, settings: Settings, controller: AppController) -> None:
        super().__init__()
        self.settings, self.controller = settings, controller
        self._painted = self._closing = self._closed = False
        self._unsaved = ""  # why the run can't be saved, while that is so
        self._locked: LockedRun | None = None  # the run of another process that is shown
        # numbers of messages on the bar
        self._failure = self._refusal = self._locked_note = self._unsaved_message = 0
        self._training_failure = 0
        self._warned = False  # whether it may be closed all the same
        self.commands = Actions(self)
        runs = [self.commands[name] for name in ("open_run", "go_on")]
        self.subject = RunSubject(controller.app_model, runs)
        self.training_bar = TrainingBar(self.commands, settings, self.subject)
        self.plots = PlotsRow()
        bridge, app_model = controller.bridge, controller.app_model
        self.message_bar = MessageBar()
        self.pages = Pages(
            PageContext(
                app_model=app_model,
                run_job=bridge.run_job,
                run_short_job=bridge.run_short_job,
                complain=self.message_bar.show_error,
                explore=self._explore,
                send=controller.training.send,
                trigger=lambda name: self.commands[name].trigger(),
                training=controller.training,
                open_file=controller.opening.open,
                go_on=self.go_on,
                explored=lambda: (self.explorer.state.noise, self.explorer.state.label),
                travel=lambda points: self.explorer.travel(points),
                open_plot=self.plots.open_plot,
            )
        )
        samples = self.pages.page_of("samples")
        assert isinstance(samples, SamplesPage)
        self.samples = samples.panel
        services = ExplorerServices(
            request=bridge.request,
            run=bridge.run_job,
            model=lambda: app_model.model,
            complain=self.message_bar.show_error,
            run_folder=lambda: app_model.explored_run,
            pins_folder=controller.training.runs.parent / "pins",
            open_model=controller.opening.open,
            directions_folder=controller.training.runs.parent / "directions",
            live=lambda: app_model.learns_on,
            source=lambda: app_model.source,
            known_data=lambda: controller.training.data.recent,
        )
        self.explorer = Explorer(ExplorerState(DIGITS), services, self.commands)
        self.files = FileCommands(self, controller, settings, self.explorer, self.samples)
        self.timeline = Timeline(app_model, self.commands)
        self.moments = MomentCommands(self, app_model, controller.training, self.training_bar)
        self.exports = ExportCommands(self, controller, settings, self.explorer, self.plots)
        self.presenter = Presenter(self, self.pages, (self.plots, self.explorer))
        self.view = ViewCommands(
            self, self.commands, controller, settings, self.plots, self.presenter
        )
        self.training_commands = TrainingCommands(
            self, controller, self.commands, self.training_bar, self.message_bar
        )
        self.data_commands = DataCommands(self, controller.training, self.pages, settings)
        self.training_bar.add_choice(DataPicker(controller.training.data, self.commands))
        self.recovery = Recovery(controller, self.message_bar, self.go_on, settings)
        self._status, self._facts = (
            ElidedLabel(role="muted", size="small"),
            TextLabel("", "muted", size="small"),
        )
        samples.banner.mend_asked.connect(self.training_commands.mend_run)
        self._lay_out()
        self._wire()
        if settings.note:
            self.message_bar.show_note(settings.note)
        self._offer()
        self.training_bar.show_hint("")
        self.say("Loading the generator…")

    def _lay_out(self) -> None:
        self.setWindowTitle("ganview")
        self.setWindowIcon(icon("logo", LIGHT.generator))
        self.setAcceptDrops(True)
        self.commands.fill(self.menuBar(), {VIEW: self.pages.choices})
        self.panels = Layout(
            self.training_bar, self.message_bar, self.pages, self.samples, self.plots, self.explorer
        )
        self.panels.add_below(self.timeline)
        self.setCentralWidget(self.panels)
        self.explorer.add_source_picker(SourcePicker(self.controller.app_model))
        self.panels.space_pressed.connect(self.commands["train"].trigger)
        self.panels.setAccessibleName("The whole window")
        self.panels.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.panels.setFocus()  # a start without a blinking cursor; Space trains
        self.statusBar().setFont(font("small"))  # for what it says of a menu's entries
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().setContentsMargins(SMALL + 2, 0, SMALL + 4, HAIR)
        self.statusBar().addWidget(self._status, 1)
        set_tooltip(self._facts, FACTS)
        self.statusBar().addPermanentWidget(self._facts)
        room = self.screen().availableGeometry().size()
        # Said outright: what a large window shows would keep it from being made small at once.
        self.setMinimumSize(QSize(*LEAST_SIZE).boundedTo(room - FRAME))
        self.resize(QSize(*FIRST_SIZE).boundedTo(room - FRAME))
        if not self.settings.geometry.isEmpty():
            self.restoreGeometry(self.settings.geometry)
        self.panels.restore(self.settings.splitters)
        self.pages.open(self.settings.page)

    def _wire(self) -> None:
        controller, training = self.controller, self.controller.training
        app_model = controller.app_model
        controller.ready.connect(self._ready)
        controller.plots_ready.connect(self.plots.fill)
        controller.generator_changed.connect(self._show_generator)
        controller.app_model.samples_changed.connect(self._offer_once)
        app_model.run_changed.connect(lambda: self.plots.show_run(app_model.run))
        app_model.run_grew.connect(self.plots.refresh)
        app_model.cursor_changed.connect(lambda: self.plots.show_cursor(app_model.cursor))
        for changed in (app_model.run_changed, app_model.run_grew):
            changed.connect(self._offer)
        app_model.run_changed.connect(self._leave_locked_run)
        self.plots.step_chosen.connect(app_model.set_cursor)
        self.plots.enlarged.connect(self.panels.enlarge_plots)
        controller.bridge.rendered.connect(self.explorer.take)
        self.explorer.requester.arrived.connect(
            lambda shown: app_model.show_picture(shown.place, shown.picture)
        )
        controller.said.connect(self.say)
        controller.training.noted.connect(self.message_bar.show_note)
        controller.failed.connect(self._show_failure)
        controller.refused.connect(self._note_refusal)
        controller.withdrawn.connect(lambda: self.message_bar.withdraw(self._refusal))
        controller.closed.connect(self._close_now)
        training.began.connect(self._run_began)
        training.changed.connect(self._training_changed)
        training.locked.connect(self._show_locked_run)
        training.unsaved.connect(self._show_unsaved)
        self.commands.triggered.connect(self._act)
        self.explorer.state.watch(lambda _parts: self._offer_undo())
        self.explorer.pins.watch(self._offer)
        controller.exported.connect(partial(tell_exported, self.message_bar))

    # ---- commands --------------------------------------------------------------------------

    def go_on(self, folder: Path) -> None:
        """Go on with the run in a folder."""
        self.training_commands.go_on(folder)

    def say(self, sentence: str) -> None:
        """Write a sentence in the status bar."""
        self._status.setText(sentence)

    def _act(self, name: str) -> None:
        handlers: dict[str, Callable[[], object]] = {
            **self.files.handlers,
            **self.exports.handlers,
            "export_landscape": lambda: self.exports.ask_landscape(self.pages),
            **self.view.handlers,
            **self.timeline.handlers,
            **self.moments.handlers,
            "quit": self.close,
            **self.training_commands.handlers,
            **self.data_commands.handlers,
            "go_on": lambda: self.files.ask_run("Go on with a run", self.go_on),
        }
        if name in handlers:
            handlers[name]()

    def _offer(self) -> None:
        """Enable what can be done now."""
        controller = self.controller
        given = given_needs(controller.app_model, controller.training, self.explorer, self.moments)
        if self.training_commands.state.press is not Press.NOTHING:
            given |= Need.PRESS
        self.commands.offer(Need.NOTHING if self._closing else given)

    def _offer_once(self) -> None:
        """Enable what samples are needed for, when the first are there."""
        if not self.commands["export_grid"].isEnabled():
            self._offer()

    def _offer_undo(self) -> None:
        state = self.explorer.state
        offered = (self.commands["undo"].isEnabled(), self.commands["redo"].isEnabled())
        if offered != (state.can_undo, state.can_redo):
            self._offer()

    def _explore(self, z: Floats, class_index: int | None) -> None:
        self.controller.app_model.explore_run()  # the samples are its own
        self.explorer.explore(z, class_index)

    # ---- what is shown ---------------------------------------------------------------------

    def _ready(self, _opened: object) -> None:
        self.training_commands.show_state()
        self._offer()

    def _show_generator(self, space: LatentSpace) -> None:
        self.explorer.set_space(space)
        model = self.controller.app_model.model
        if model is not None:
            spec = model.spec
            height, width = spec.image_shape[1:]
            step = model.info.get("step")
            trained = f"step {step:,}" if step else "untrained"
            self._facts.setText(
                f"{spec.architecture} {spec.size}  ·  z {spec.z_dim}  ·  {width} × {height} pixels"
                f"  ·  {counted(spec.classes, 'class')}  ·  {trained}"
            )

    def _run_began(self, run: LocalRun) -> None:
        self.setWindowTitle(self.subject.text)
        self.say("")
        self.controller.bridge.run_job(
            self.settings.save, "saving the settings", failed=self.message_bar.show_error
        )

    def _show_locked_run(self, locked: LockedRun) -> None:
        """Show a run that another has open, as it is on the disk."""
        self.controller.show_opened(locked.opened, locked.run)
        self._locked = locked
        self._locked_note = self.message_bar.show_note(locked.note)

    def _leave_locked_run(self) -> None:
        if self._locked is not None and self.controller.app_model.run is not self._locked.run:
            self.message_bar.withdraw(self._locked_note)
            self._locked = None

    def _show_unsaved(self, sentence: str) -> None:
        """Say that the run can't be saved, for as long as that is so."""
        self.message_bar.withdraw(self._unsaved_message)
        self._unsaved, self._warned = sentence, False
        if sentence:
            self._unsaved_message = self.message_bar.show_error(sentence)

    def _show_failure(self, sentence: str, details: str) -> None:
        last = self.controller.training.last
        found = (
            last is not None and last.error == sentence and any(it.fatal for it in last.findings)
        )
        if not found or self.pages.name != "samples":  # whose banner says it
            self._failure = self.message_bar.show_error(sentence, details)
            if last is not None and last.error == sentence:
                self._training_failure = self._failure

    def _training_changed(self, snapshot: Snapshot) -> None:
        if snapshot.error is None:  # it goes on all the same
            self.message_bar.withdraw(self._training_failure)
        self._offer()

    def _note_refusal(self) -> None:
        self._refusal = self._failure

    # ---- dropping, painting, closing -------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.files.can_drop(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if not self.data_commands.take_dropped(local_files(event.mimeData())):
            self.files.drop(event.mimeData())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._closed:
            event.accept()
            return
        event.ignore()
        if self._closing:
            return
        if self._unsaved and not self._warned:
            self._warned = True
            self._unsaved_message = self.message_bar.show_error(f"{self._unsaved} {UNSAVED}")
            return
        self._closing = True
        if self.presenter.on:
            self.presenter.toggle()
        self.settings.geometry = self.saveGeometry()
        self.settings.splitters = self.panels.state()
        self.settings.page = self.pages.name
        self.recovery.remember()
        self._save_settings()
        if self.controller.training.exists:
            self.message_bar.show_note("Stopping… the run is being saved.")
            self._offer()
            self.panels.setEnabled(False)
        else:
            self.hide()
        self.controller.close()

    def close_unasked(self) -> None:
        """Close without a word about what can't be saved: the system wants the program to end."""
        self._warned = True
        self.close()

    def _save_settings(self) -> None:
        try:
            self.settings.save()
        except UserError as error:
            log.warning("%s", error)  # no reason to stay open

    def _close_now(self) -> None:
        self._closed = True
        self.close()
