"""Edits that go out before pictures come back."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nodeeditor.gui.viewers.deeds import Deeds
from nodeeditor.gui.viewers.steering import Steering
from tests.gui.viewers.viewersamples import NetworkViewer, viewer
from tests.nodes.sources import image_of, noise

LONG = 100_000


def slices() -> NetworkViewer:
    """A viewer of 20 slices that shows number 10 and answers when it is told to."""
    model = viewer("View2D", {}, inImage=image_of(noise("uint8", (1, 1, 20, 6, 5))))
    model.prompt = False
    return model


def steering(model: NetworkViewer, parent: QObject, pace: int = LONG) -> Steering:
    made = Steering(parent, pace)
    made.follow(model)
    model.answer()
    return made


def step(steered: Steering) -> None:
    Deeds(steered).step(0, 1, 1)


def test_an_early_picture_does_not_take_back_what_was_turned_since(qtbot: QtBot) -> None:
    model, owner = slices(), QObject()
    steered = steering(model, owner)
    step(steered)
    early = model.now()
    step(steered)
    model.shown.emit(early)
    step(steered)
    assert model.fields()["startSlice"] == 13


def test_what_a_picture_has_shown_is_wanted_no_more(qtbot: QtBot) -> None:
    model, owner = slices(), QObject()
    before = model.network
    steered = steering(model, owner)
    for _ in range(4):
        step(steered)
    model.shown.emit(model.now())
    model.network = before
    model.shown.emit(model.now())
    step(steered)
    assert model.fields()["startSlice"] == 11


def test_an_edit_that_nobody_took_is_forgotten_when_the_viewer_rests(qtbot: QtBot) -> None:
    model, owner = slices(), QObject()
    before = model.network
    steered = steering(model, owner)
    step(steered)
    model.network = before
    model.busy.emit(False)
    assert not steered.waiting
    step(steered)
    assert model.fields()["startSlice"] == 11


def test_a_viewer_that_begins_and_ends_to_work_changes_nothing_that_is_shown(qtbot: QtBot) -> None:
    model, owner = slices(), QObject()
    steered = steering(model, owner)
    changes: list[str] = []
    steered.changed.connect(lambda: changes.append("shown"))
    steered.busy_changed.connect(lambda: changes.append("busy"))
    model.busy.emit(True)
    model.busy.emit(False)
    assert changes == ["busy", "busy"]
    changes.clear()
    step(steered)
    model.busy.emit(False)
    assert changes == ["busy", "busy", "shown"], "an edit without an answer is wanted no more"


def test_what_is_wanted_is_worked_out_once_for_each_edit(qtbot: QtBot) -> None:
    model, owner = slices(), QObject()
    steered = steering(model, owner)
    assert steered.wanted is not None
    assert steered.shown is not None
    assert steered.wanted.panes is steered.shown.panes
    step(steered)
    wanted = steered.wanted
    assert wanted.panes[0].slice == 11
    assert steered.wanted is wanted
    model.answer()
    assert steered.wanted is not wanted
    assert steered.wanted.panes is steered.shown.panes


def test_while_a_picture_is_awaited_only_the_last_of_many_things_is_done(qtbot: QtBot) -> None:
    model, owner = slices(), QObject()
    steered = steering(model, owner)
    done: list[int] = []
    steered.soon(lambda: done.append(0))
    step(steered)
    for number in (1, 2, 3):
        steered.soon(partial(done.append, number))
    assert done == [0]
    model.answer()
    assert done == [0, 3]


def test_a_picture_that_does_not_come_stops_nothing(qtbot: QtBot) -> None:
    model, owner = slices(), QObject()
    steered = steering(model, owner, pace=1)
    step(steered)
    done: list[int] = []
    steered.soon(lambda: done.append(1))
    qtbot.waitUntil(lambda: done == [1])
    assert steered.waiting


def test_a_pane_that_is_gone_cannot_be_turned(qtbot: QtBot) -> None:
    model, owner = slices(), QObject()
    steered = steering(model, owner)
    steered.turn(1, (("slice", 3),), 1)
    Steering(owner).turn(0, (("slice", 3),), 1)
    assert model.edits == []


def test_fields_are_set_within_their_limits_also_before_the_first_picture(qtbot: QtBot) -> None:
    model, owner = slices(), QObject()
    steered = Steering(owner)
    steered.follow(model)
    steered.edit({"pictureWidth": 1, "pictureHeight": 512}, 1)
    assert [edits for edits, _ in model.edits] == [{"pictureWidth": 16}]
