"""The page Step: one step slowly, and what lies behind it."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout

from ganview.app.pages.page import Page, PageContext
from ganview.app.pages.step.flow_panel import FlowPanel
from ganview.gan.step_trace import Pinned, StepTrace
from ganview.runtime.channels import Trace
from ganview.runtime.messages import RunState

LINKS = {"G": "save", "x": "data"}


class StepPage(Page):
    """Asks the run for traces while it is in view, and shows them."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.flow = FlowPanel(context)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.flow)
        training = context.training
        training.traced.connect(self._take)
        training.began.connect(self._begin)
        training.changed.connect(self._offer)
        self.flow.asked.connect(self._follow_link)
        self.flow.pin_changed.connect(self._ask)

    def refresh(self) -> None:
        self._offer()
        if self.flow.pin.isChecked():
            self._ask()

    def _offer(self) -> None:
        self.flow.offer(resting=self.context.training.state is not RunState.TRAINING)

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
        self.context.send(Trace(on=True, pinned=None if point is None else Pinned(*point)))

    def _take(self, trace: StepTrace) -> None:
        if self.isVisible():
            self.flow.take(trace)

    def _follow_link(self, part: str) -> None:
        """Go where a part of the flow can be touched."""
        trace, row = self.flow.trace, self.flow.row
        if part in ("z", "x_hat") and trace is not None:
            classes = trace.y is not None and bool(trace.class_names)
            label = int(trace.y[row]) if classes and trace.y is not None else None
            self.context.explore(trace.z[row], label)
        elif part == "G":
            self.context.trigger("save")
        elif part == "x":
            self.context.open_page("data")
