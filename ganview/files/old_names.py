"""The one migration of settings and network descriptions that files of earlier versions hold."""

from __future__ import annotations

from ganview.files.json_document import Document
from ganview.gan.config import upgrade_settings


def with_current_names(part: Document) -> Document:
    """Return a part of a stored document with its ``config`` and ``spec`` as they are named today.

    Run folders, model files and checkpoints all hold these, so all are migrated by this function.
    Other keys stay, but for the source of a warm start, which had two names.
    """
    part = dict(part)
    if isinstance(config := part.get("config"), dict):
        part["config"] = upgrade_settings(config)
    if isinstance(spec := part.get("spec"), dict):
        part["spec"] = {"clusters": spec.get("kinds", 0), **spec}
        part["spec"].pop("kinds", None)
        if type(count := part["spec"]["clusters"]) is int:  # all of a model without classes
            part["spec"]["clusters"] = [count] if count else []
    for old in ("began_from", "origin"):
        if old in part:
            part["warm_started_from"] = part.pop(old)
    return part
