"""Says how rare the explorer's picture is, once the hand rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganview.app.explorer.picture_requester import Pictures
from ganview.app.explorer.tab import Context
from ganview.app.formatting import rarity_of
from ganview.app.theme import font
from ganview.app.widgets.gestures import debounce
from ganview.app.widgets.text import TextLabel, set_tooltip
from ganview.runtime.jobs import LatestJob

if TYPE_CHECKING:
    from ganview.runtime.landscapes import Ranked

REST_MS = 400  # a moving hand is answered this often, too
RARITY_TIP = (
    "How far the picture is from real ones of its class, as a rank: that of a real picture is as "
    "often above 90 % as 10 % of them are. It is no belief of D, which tells real from generated "
    "and may find a rare picture real and a usual one false."
)


class RarityLabel(TextLabel):
    """A line about the newest picture; empty for data that has no landscape yet."""

    def __init__(self, context: Context) -> None:
        super().__init__("", "muted")
        self.setFont(font("small"))
        set_tooltip(self, RARITY_TIP)
        self._context = context
        self._job = LatestJob(context.services.run, "ranking the picture", self._show, self.setText)
        self._rest = debounce(self, self._ask, REST_MS)
        context.requester.arrived.connect(self._follow)

    def _follow(self, _pictures: Pictures) -> None:
        if not self._rest.isActive() and self.isVisible():
            self._rest.start()

    def _ask(self) -> None:
        model, shown = self._context.services.model(), self._context.requester.latest
        if model is None or shown is None:
            return
        picture, place = shown.picture, shown.place
        label = None if place.mixed else place.label

        def work() -> Ranked | None:
            from ganview.runtime.landscapes import rank_pictures

            return rank_pictures(model, picture[None], [label])

        self._job.order(work)

    def _show(self, ranked: Ranked | None) -> None:
        self.setText("" if ranked is None else rarity_of(ranked, 0).capitalize())
