from podwright_lab.kubelet.back_off import BackOff


def test_the_first_failure_waits_for_nothing():
    assert BackOff(10, 300).remaining("c", since=5.0, now=5.0) == 0.0


def test_each_wait_is_twice_the_last_up_to_the_limit():
    back_off, waits = BackOff(10, 50), []
    for moment in range(4):
        back_off.next("c", since=float(moment), now=float(moment))
        waits.append(back_off.seconds("c"))
    assert waits == [10, 20, 40, 50]


def test_a_wait_counts_from_the_end_of_the_container():
    back_off = BackOff(10, 300)
    back_off.next("c", since=0.0, now=0.0)
    assert back_off.remaining("c", since=3.0, now=8.0) == 5.0
    assert back_off.remaining("c", since=3.0, now=13.0) == 0.0


def test_what_went_well_for_long_starts_over():
    back_off = BackOff(10, 300)
    back_off.next("c", since=0.0, now=0.0)
    assert back_off.remaining("c", since=700.0, now=700.0) == 0.0
    back_off.next("c", since=700.0, now=700.0)
    assert back_off.seconds("c") == 10


def test_keys_do_not_wait_for_each_other():
    back_off = BackOff(10, 300)
    back_off.next("c", since=0.0, now=0.0)
    assert back_off.remaining("d", since=0.0, now=0.0) == 0.0
