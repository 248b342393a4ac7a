"""The curves of a run: the losses of both players, D's belief, and the quality of the pictures."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from ganview.app.plots.curves import Series
from ganview.app.plots.quality_plot import QualityPlot
from ganview.app.plots.step_plot import Mark, StepPlot
from ganview.export.ticks import round_end
from ganview.gan.metrics.quality import Quality
from ganview.gan.objectives import DEFAULT_OBJECTIVE, OBJECTIVES
from ganview.runtime.history import History
from ganview.runtime.quality_record import QualityRecord

TURN_MS = 30  # between the drawing of two plots
GRADIENTS = (
    "The norm of each player's gradient: near 0 it learns nothing more, and where it leaps up "
    "training is about to diverge."
)
GOAL = "A falling loss is not the goal; better pictures are."


class Plots:
    """The plots of a run: `cards` are put into the window, the rest feeds them."""

    def __init__(self) -> None:
        self.losses = StepPlot(
            "Losses",
            (
                Series("loss_d", "D", "discriminator"),
                Series("loss_g", "G", "generator", dashed=True),
            ),
        )
        self.beliefs = StepPlot(
            "D's belief",
            (
                Series("y_hat_real", "real", "real"),
                Series("y_hat_fake", "fake", "fake", dashed=True),
                Series("augment_p", "augmented", "accent", may_lack=True),
            ),
        )
        self.gradients = StepPlot(
            "Gradients",
            (
                Series("grad_norm_d", "D", "discriminator"),
                Series("grad_norm_g", "G", "generator", dashed=True),
            ),
        )
        self.gradients.set_marks([], GRADIENTS)
        self.quality = QualityPlot()
        self._curved = (self.losses, self.beliefs, self.gradients)
        self.set_objective(DEFAULT_OBJECTIVE)
        self._axis = "step"
        self._history: History | None = None
        self._length = -1
        self._record: QualityRecord | None = None
        self._news: tuple[tuple[Quality, ...], str, float] = ((), "", 0.0)
        self._due: list[StepPlot] = []
        self._next = QTimer(self.losses, interval=TURN_MS)
        self._next.timeout.connect(self._draw_next)

    @property
    def cards(self) -> tuple[StepPlot | QualityPlot, ...]:
        """The plots in their order."""
        return tuple(self.by_name.values())

    @property
    def by_name(self) -> dict[str, StepPlot | QualityPlot]:
        """The plots by what their files are called."""
        return {
            "losses": self.losses,
            "beliefs": self.beliefs,
            "quality": self.quality,
            "gradients": self.gradients,
        }

    @property
    def drawing(self) -> bool:
        """Whether a plot waits for its turn."""
        return self._next.isActive()

    def set_objective(self, objective: str) -> None:
        """Mark where the losses and D's answers of an objective stand when D can't tell."""
        it = OBJECTIVES[objective]
        marks = [Mark(value, text) for text, value in it.equilibrium.items()]
        self.losses.set_marks(marks, f"{it.equilibrium_text} {GOAL}")
        believes = it.belief is not None
        self.beliefs.set_title(it.answer_title)
        self.beliefs.set_limits((0.0, 1.0) if believes else None)
        self.beliefs.set_marks([Mark(0.5, "")] if believes else [], it.answer_about)

    def set_axis(self, column: str) -> None:
        """Choose what the x axis counts: ``step`` or ``images_seen``."""
        self._axis = column
        self._length = -1
        self._record = None

    def set_look(self, *, log: bool, smooth: bool) -> None:
        """Draw over powers of ten, and means over more steps, or not."""
        for plot in self._curved:
            plot.set_look(log=log, smooth=smooth)

    def show_history(self, history: History) -> None:
        """Draw what is new, one plot now and each other in a turn of its own.

        So no turn of the window is long. Costs nothing when nothing is new.
        """
        length = len(history)
        same_past = self.losses.curves[0].is_of(history)
        if same_past and length == self._length:
            return
        if not same_past:
            self.clear()
            for curve in (curve for plot in self._curved for curve in plot.curves):
                curve.begin(history)
        self._history, self._length = history, length
        self._due += [plot for plot in self._curved if plot not in self._due]
        if not self._next.isActive():
            self._next.start()
            self._draw_next()

    def show_quality(self, record: QualityRecord) -> None:
        """Draw what was measured, if that is news."""
        right = round_end(self.losses.curves[0].right)  # the x axis ends as that of the others
        news = record.looks(), record.silence, right
        if record is not self._record or news[0] is not self._news[0] or news != self._news:
            self._record, self._news = record, news
            self.quality.show_record(record, self._axis, right, self._history)

    def _draw_next(self) -> None:
        if not self._due or self._history is None:
            self._next.stop()
            return
        self._due.pop(0).show_columns(self._history.view(), self._axis)

    def clear(self) -> None:
        """Forget the curves."""
        self._length = -1
        self._record = None
        self._due.clear()
        for plot in self.cards:
            plot.clear()

    def follow(self) -> None:
        """Show whole curves again."""
        for plot in self.cards:
            plot.show_range(None)
