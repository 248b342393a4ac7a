"""The page Step: one step slowly, and what lies behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QStackedWidget, QWidget

from ganview.app.pages.page import Page, PageContext
from ganview.app.pages.step.flow_panel import FlowPanel
from ganview.app.pages.step.guess_panel import GuessPanel
from ganview.app.pages.step.layers_panel import LayersPanel
from ganview.app.pages.step.moment_model import MomentModel, newest_model, whole_step_near
from ganview.app.pages.step.persuade_panel import PersuadePanel
from ganview.app.plots.health_board import HealthBoard
from ganview.app.theme import HAIR, SMALL
from ganview.app.widgets.gestures import focus_inside, reach_after
from ganview.app.widgets.layouts import column_layout
from ganview.app.widgets.tab_bar import TabBar
from ganview.app.widgets.text import TextLabel
from ganview.gan.step_trace import Pinned, StepTrace
from ganview.runtime.channels import Trace
from ganview.runtime.jobs import LatestJob
from ganview.runtime.messages import RunState

if TYPE_CHECKING:
    from ganview.runtime.moment_trace import MomentTracer
    from ganview.runtime.run_view import RunView


class View(NamedTuple):
    """One of the page's views: its name, its title, and a sentence on it."""

    name: str
    title: str
    tip: str


VIEWS = (
    View("flow", "Flow", "One step, beat by beat, with its real numbers."),
    View("layers", "Layers", "Into G and D: feature maps, and what one of them is good for."),
    View("guess", "You are D", "Twenty pictures: which are real? Your score beside D's."),
    View("persuade", "You are G", "Move the noise so that D believes more."),
    View("health", "Health", "Gradients, updates, answers and variety over time."),
)
#: Where a part of the flow can be touched: in a view of the page, or in a plot of the run.
VIEW_OF = {"D": "layers", "told": "persuade", "layers_g": "health", "layers_d": "health"}
PLOT_OF = {
    "said": "D's belief",
    "said_after": "D's belief",
    "said_again": "D's belief",
    "cost_d": "Losses",
    "cost_g": "Losses",
}
ABOUT_HEALTH = (
    "The whole run, from left to right. Point at a chart, or reach it with Tab, to read what it is "
    "good for."
)


class HealthPanel(QWidget):
    """Eight charts of the run in focus."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self.board = HealthBoard()
        about = TextLabel(ABOUT_HEALTH, "muted", wrap=True)
        grid = QGridLayout()
        grid.setSpacing(SMALL)
        for i, chart in enumerate(self.board.charts):
            grid.addWidget(chart, i // 2, i % 2)
        column_layout(about, (grid, 1), gap=HAIR, inside=self)

    def refresh(self) -> None:
        """Show the numbers of the run in focus, at the cursor."""
        app_model = self._context.app_model
        self.board.show_run(app_model.run, app_model.cursor)


class StepPage(Page):
    """Asks the run for traces while it is in view, and shows them in several ways."""

    least_width, least_height = 690, 470

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.moment = MomentModel(context)
        self.flow = FlowPanel(context)
        self._makers: dict[str, Callable[[], QWidget]] = {
            "flow": lambda: self.flow,
            "layers": lambda: LayersPanel(context, self.moment, lambda: self.flow.trace),
            "guess": lambda: GuessPanel(context, self.moment),
            "persuade": lambda: PersuadePanel(context, self.moment),
            "health": lambda: HealthPanel(context),
        }
        self._built: dict[str, QWidget] = {}
        self.bar, self._stack = TabBar("Views of the step"), QStackedWidget()
        self.bar.setExpanding(False)
        for index, view in enumerate(VIEWS):
            self.bar.addTab(view.title)
            self.bar.setTabToolTip(index, view.tip)
        column_layout(self.bar, (self._stack, 1), gap=HAIR, margins=(0, HAIR, 0, 0), inside=self)
        self._turn(0)
        self._tracing = LatestJob(context.run_job, "tracing a moment", self._hold, self.flow.say)
        self._tracer: MomentTracer | None = None
        self._pinned: Pinned | None = None
        self._asked: tuple[RunView, int] | None = None  # the moment that is held
        training = context.training
        training.traced.connect(self._take)
        training.began.connect(self._begin)
        training.changed.connect(self._offer)
        self.bar.currentChanged.connect(self._turn)
        self.flow.asked.connect(self._follow_link)
        self.flow.pin_changed.connect(self._ask)
        self.flow.whole_asked.connect(context.app_model.set_cursor)

    def view_of(self, name: str) -> QWidget:
        """Return a view, built if it was not."""
        if name not in self._built:
            self._built[name] = self._makers[name]()
            self._stack.addWidget(self._built[name])
            reach_after(self.bar, self._built[name])
        return self._built[name]

    def open_view(self, name: str) -> None:
        """Bring a view to the front."""
        self.bar.setCurrentIndex([view.name for view in VIEWS].index(name))

    def _turn(self, index: int) -> None:
        view = self.view_of(VIEWS[index].name)
        for other in self._built.values():  # those out of view must not ask for room
            kind = QSizePolicy.Policy.Preferred if other is view else QSizePolicy.Policy.Ignored
            other.setSizePolicy(kind, kind)
        self._stack.setCurrentWidget(view)
        self._show_health()

    def refresh(self) -> None:
        self.moment.refresh()
        self._trace_moment()
        self._offer()
        self._follow_pinned()
        self._show_health()

    def _show_health(self) -> None:
        view = self._stack.currentWidget()
        if isinstance(view, HealthPanel):
            view.refresh()

    def _offer(self) -> None:
        rests = self.context.training.state is not RunState.TRAINING
        self.flow.offer(resting=rests and self._asked is None)

    # ---- the past ------------------------------------------------------------------------------

    def _trace_moment(self) -> None:
        """Follow a batch at the moment under the cursor; at the live edge, the run's own steps."""
        app_model = self.context.app_model
        run, cursor = app_model.run, app_model.cursor
        asked = None
        if run is not None and (cursor is not None or run is not app_model.trained):
            asked = newest_model(run, cursor)
        if asked == self._asked:
            return
        self._asked = asked
        self.flow.offer_whole(None if asked is None else whole_step_near(*asked))
        if asked is None:
            self._tracing.cancel()
            self.flow.player.hold(None)
        else:
            self._tracing.order(lambda: (asked, self._trace_at(*asked)), overtake=True)

    def _trace_at(self, run: RunView, step: int) -> StepTrace:
        if self._tracer is None:
            from ganview.runtime.moment_trace import MomentTracer  # brings torch

            self._tracer = MomentTracer()
        return self._tracer.trace(run, step)

    def _hold(self, found: tuple[tuple[RunView, int], StepTrace]) -> None:
        if found[0] == self._asked:
            self.flow.player.hold(found[1])

    # ---- traces --------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.flow.player.pause()
        self.context.send(Trace(on=False))

    def _begin(self) -> None:
        self.flow.player.clear()
        if self.isVisible():
            self._ask()

    def _ask(self) -> None:
        """Ask the run for traces, of the explorer's point too if it is to be followed."""
        point = self.context.explored() if self.flow.pin.isChecked() else None
        self._pinned = None if point is None else Pinned(*point)
        self.context.send(Trace(on=True, pinned=self._pinned))

    def _follow_pinned(self) -> None:
        """Ask again where the explorer is elsewhere by now."""
        point, before = self.context.explored(), self._pinned
        if not self.flow.pin.isChecked() or point is None:
            return
        if before is None or before.y != point[1] or not np.array_equal(before.z, point[0]):
            self._ask()

    def _take(self, trace: StepTrace) -> None:
        if self.isVisible():
            self.flow.take(trace)
            self._show_health()

    def _follow_link(self, part: str) -> None:
        """Go where a part of the flow can be touched."""
        trace, row = self.flow.trace, self.flow.row
        if part in ("z", "y", "x_hat", "after", "change") and trace is not None:
            label = None if trace.y is None or not trace.class_names else int(trace.y[row])
            self.context.explore(trace.z[row], label)
        elif part == "G":
            self.context.trigger("save")
        elif part == "x":
            self.context.open_page("data")
        elif part in PLOT_OF:
            self.context.open_plot(PLOT_OF[part])
        elif part in VIEW_OF:
            self.open_view(VIEW_OF[part])
            view = self.view_of(VIEW_OF[part])
            if isinstance(view, LayersPanel):
                view.show_way(1)
            focus_inside(view)
