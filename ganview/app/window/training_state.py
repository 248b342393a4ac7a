"""What the training button does in each state, decided here alone.

The run on show trains here, or there is none yet::

    none ──Train──▶ training ◀──Pause / Go on──▶ paused
                     │    └── the limit is reached ──▶ finished ──Go on +N──▶ training
                     └─────── an error ──▶ failed ──Go on──▶ training, from the last good step

The run on show is one of a folder, and none trains here::

    saved, ended suddenly ──Go on──▶ training, from its checkpoint
    another program has it open, no checkpoint ──▶ greyed, and the button says why

While a run trains here and another is on show, the button pauses the one that trains. *New run*
begins another run in every state; the one before is saved, stays in the list and is offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from ganview.files.run_summary import RunStatus
from ganview.runtime.messages import RunState


class Press(Enum):
    """What a press of the button does."""

    BEGIN = auto()  # a new run
    PAUSE = auto()
    GO_ON = auto()  # with the run that trained here
    OPEN = auto()  # go on with the run on show, from its folder
    NOTHING = auto()


@dataclass(frozen=True)
class TrainingState:
    """The button in one state."""

    press: Press  # what a press does
    # text, drawing: what the button says, and its drawing
    text: str
    drawing: str
    tip: str  # what a press does, in a sentence, or why it does nothing


HERE = {
    RunState.IDLE: TrainingState(
        Press.BEGIN, "&Train", "play", "Train a new network with the settings of the next run."
    ),
    RunState.TRAINING: TrainingState(
        Press.PAUSE, "Pause", "pause", "Pause after this step, and save."
    ),
    RunState.PAUSED: TrainingState(Press.GO_ON, "Go on", "play", "Go on training from here."),
    RunState.FINISHED: TrainingState(
        Press.GO_ON, "Go on", "play", "The limit is reached. Go on, with a further one."
    ),
    RunState.FAILED: TrainingState(Press.GO_ON, "Go on", "play", "Go on from the last good step."),
    RunState.STOPPING: TrainingState(
        Press.NOTHING, "Stopping…", "pause", "The run is being saved."
    ),
}
CAN_GO_ON = TrainingState(
    Press.OPEN, "Go on", "play", "Go on training the run on show from where it was last saved."
)
#: Why one can't go on here with a run of a folder, by what is known of it.
ELSEWHERE = {
    RunStatus.TRAINING: "Another window or program trains this run: pause it there.",
    RunStatus.OPEN: "Another window or program has this run open: close it there to go on here.",
    RunStatus.NO_CHECKPOINT: "This run has no checkpoint: a branch can go on from a moment.",
    RunStatus.BROKEN: "This run can't be read any more.",
}


def training_state(
    state: RunState, on_show: RunStatus | None = None, further: str = ""
) -> TrainingState:
    """Return what the button says and does.

    Parameters
    ----------
    state
        Of the run that trains here.
    on_show
        What is known of the run on show where that is one of a folder; else None.
    further
        How much further a run goes that has reached its limit, as the button says it.
    """
    here = HERE[state]
    if on_show is None or here.press in (Press.PAUSE, Press.NOTHING):
        if state is RunState.FINISHED and further:
            return TrainingState(here.press, f"{here.text} {further}", here.drawing, here.tip)
        return here
    why = ELSEWHERE.get(on_show)
    return CAN_GO_ON if why is None else TrainingState(Press.NOTHING, "Go on", "play", why)
