"""Says how rare the explorer's picture is, once the user rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganview.app.controllers.ranker import Asked, Ranker
from ganview.app.explorer.tab import Context
from ganview.app.formatting import rarity_of
from ganview.app.theme import font
from ganview.app.widgets.text import TextLabel, set_tooltip

if TYPE_CHECKING:
    from ganview.runtime.landscapes import Ranked

REST_MS = 400  # while the picture changes it is told this often, too
RARITY_TIP = (
    "How unusual this picture is beside the real ones of its class: at 90 %, one real picture in "
    "ten is rarer still. This is not D's belief: D may take a rare picture for real, and a typical "
    "one for fake."
)


class RarityLabel(TextLabel):
    """A line about the newest picture; empty for data that has no landscape yet."""

    def __init__(self, context: Context) -> None:
        super().__init__("", "muted")
        self.setFont(font("small"))
        set_tooltip(self, RARITY_TIP)
        self._context = context
        ranker = Ranker(context.services.run, REST_MS, self._ask, self)
        ranker.ranked.connect(self._show)
        context.requester.arrived.connect(lambda _pictures: ranker.follow())

    def _ask(self) -> Asked | None:
        model, shown = self._context.services.model(), self._context.requester.latest
        if model is None or shown is None or not self.isVisible():
            return None
        place = shown.place
        return model, shown.picture[None], [None if place.mixed else place.label]

    def _show(self, ranked: Ranked | None) -> None:
        said = "" if ranked is None else rarity_of(ranked, 0)
        self.setText(said[:1].upper() + said[1:])
