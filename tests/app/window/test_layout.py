from __future__ import annotations

import pytest

from tests.app.conftest import Stage


@pytest.mark.parametrize(("height", "folded"), [(700, True), (1400, False)])
def test_a_page_has_the_room_of_the_plots_where_there_is_little(
    stage: Stage, height: int, folded: bool
) -> None:
    window = stage.window
    window.resize(1280, height)
    stage.open()
    before = window.pages.height()
    window.pages.open("runs")
    assert window.plots.folded is folded
    assert window.pages.height() > before
    window.pages.open("samples")
    assert not window.plots.folded
    assert window.pages.height() == before
