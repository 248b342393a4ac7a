"""The choice of the weights that the next run begins with: fresh ones, or those of a model."""

from __future__ import annotations

from ganview.app.controllers.app_model import AppModel
from ganview.app.controllers.bridge import Bridge
from ganview.app.controllers.run_settings import RunSettings
from ganview.app.controllers.training import Start, Training
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.text import name_text, set_tooltip
from ganview.gan.config import TrainConfig


class StartPicker(ComboBox):
    """Offers fresh weights and the explorer's model, whose settings then fill the form."""

    def __init__(
        self, training: Training, app_model: AppModel, settings: RunSettings, bridge: Bridge
    ) -> None:
        super().__init__()
        self._training, self._app_model = training, app_model
        self._settings, self._bridge = settings, bridge
        self.setAccessibleName("Weights of the next run")
        self.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(24)
        set_tooltip(
            self,
            "Fresh weights, or those of the explorer's model (fine-tuning) with the settings that "
            "it ended with. Data and networks must then be as it knows them.",
        )
        self._starts: list[tuple[str, Start | None]] = []
        self.activated.connect(self._choose)
        app_model.sources_changed.connect(self.refresh)
        app_model.explored_changed.connect(self.refresh)
        training.start_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Offer what can be chosen now."""
        start, app_model = self._training.start, self._app_model
        starts: list[tuple[str, Start | None]] = [("fresh", None)]
        if start is not None:
            starts.append((name_text(start.label), start))
        labels = {source.key: source.label for source in app_model.sources}
        if app_model.model is not None:
            label = labels.get(app_model.source, "")
            starts.append((f"explored: {name_text(label)}", Start(app_model.model, label)))
        texts = [text for text, _start in starts]
        if texts != [text for text, _start in self._starts]:  # an open list stays as it is
            self.clear()
            self.addItems(texts)
        self._starts = starts
        self.setCurrentIndex(0 if start is None else 1)

    def _choose(self, index: int) -> None:
        _text, start = self._starts[index]
        if start is None or start is self._training.start:
            self._training.begin_with(start)
            return

        def read() -> TrainConfig:
            from ganview.gan.warm_start import settings_of

            return settings_of(start.model)

        def take(config: TrainConfig) -> None:
            self._settings.use_config(config)
            self._training.begin_with(start)

        self._bridge.run_job(read, "reading the model's settings", take, self._training.failed.emit)
