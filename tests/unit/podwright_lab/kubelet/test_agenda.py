from podwright_lab.kubelet.agenda import Agenda, Process, Scope, Signal


def test_actions_happen_in_the_order_of_their_times_and_equal_ones_as_they_came():
    agenda, done = Agenda(), []
    for name, when in (("late", 2.0), ("first", 1.0), ("second", 1.0)):
        agenda.call_at(when, lambda name=name: done.append((name, agenda.now)))
    agenda.run_until(5.0)
    assert done == [("first", 1.0), ("second", 1.0), ("late", 2.0)]
    assert agenda.now == 5.0


def test_what_is_planned_in_a_closed_scope_never_happens():
    agenda, scope, done = Agenda(), Scope(), []
    agenda.call_after(1.0, lambda: done.append("planned"), scope)
    agenda.every(1.0, lambda: done.append("ticked"), scope)
    scope.close()
    agenda.run_until(10.0)
    assert done == []
    assert agenda.next_time is None


def test_what_is_due_in_a_frozen_scope_happens_once_it_is_thawed():
    agenda, scope, done = Agenda(), Scope(), []
    agenda.call_after(1.0, lambda: done.append(agenda.now), scope)
    scope.frozen = True
    agenda.run_until(10.0)
    assert done == []
    agenda.thaw(scope)
    agenda.run_until(10.0)
    assert done == [10.0]


def test_a_ticker_keeps_its_phase_and_drops_what_it_missed():
    agenda, scope, ticks = Agenda(), Scope(), []
    agenda.every(2.0, lambda: ticks.append(agenda.now), scope)
    agenda.run_until(6.5)
    assert ticks == [2.0, 4.0, 6.0]


def test_a_process_sleeps_and_waits_for_signals():
    agenda, scope, log = Agenda(), Scope(), []
    signal = Signal(agenda)

    def process() -> Process:
        log.append(("begun", agenda.now))
        yield 1.5
        log.append(("slept", agenda.now))
        yield signal
        log.append(("woken", agenda.now))

    agenda.spawn(process(), scope)
    agenda.call_at(4.0, signal.fire)
    agenda.run_until(10.0)
    assert log == [("begun", 0.0), ("slept", 1.5), ("woken", 4.0)]


def test_a_signal_wakes_everybody_who_waits_and_nobody_later():
    agenda, scope, woken = Agenda(), Scope(), []
    signal = Signal(agenda)

    def waiting(name: str) -> Process:
        yield signal
        woken.append(name)

    agenda.spawn(waiting("a"), scope)
    agenda.spawn(waiting("b"), scope)
    agenda.run_until(1.0)
    signal.fire()
    agenda.spawn(waiting("too late"), scope)
    agenda.run_until(2.0)
    assert woken == ["a", "b"]


def test_time_does_not_go_back():
    agenda, seen = Agenda(), []
    agenda.run_until(5.0)
    agenda.call_at(1.0, lambda: seen.append(agenda.now))
    agenda.run_until(5.0)
    assert seen == [5.0]
