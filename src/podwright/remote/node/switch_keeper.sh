# Waits on the node, alone, for a run to be confirmed, and takes back what it wrote if it is not. switch_arm.sh leaves this
# program in the state folder; PODWRIGHT_AT_BOOT is set if systemd starts it before the kubelet, after a restart of the node.
# The caller has set: run, why (in JSON), and what switch_takeback.sh asks for.

fail() {
  record failed "$1"
  body "${2-}"
  end
  exit 1
}

end() {
  record end
  flush
}

stand_by() {
  find_lock || exit 1
  switch=$state_home/switch/$run
  read -r _ began </proc/self/stat
  began_at "$began"
  printf '%s\n' "$$ $began" >"$switch/keeper" || exit 1
  [ -z "${PODWRIGHT_AT_BOOT-}" ] || why="$why: the node was restarted before"
  tries=0
  # a disk that is full may have room later; and a later step of the run begins its time again
  until
    until is_over; do pause 1; done
    (fire)
  do
    tries=$((tries + 1))
    if [ -n "${PODWRIGHT_AT_BOOT-}" ] && [ $tries -ge 5 ]; then exit 1; fi
    pause 2
  done
}

# is_over: whether its time is, counted from the node's start so that no clock that is set moves it; ends the program if
# there is nothing to wait for any more
is_over() {
  [ ! -e "$switch/firing" ] || return 0
  read -r deadline _ 2>/dev/null <"$switch/armed" || exit 0
  [ -z "${PODWRIGHT_AT_BOOT-}" ] || return 0
  uptime
  [ "${now%.*}" -ge "$deadline" ]
}

# fire: with the node's lock, once whoever has it now is done
fire() {
  take_lock
  is_over || exit 1
  take_back_now
}

# take_back_now: in one rename it is decided that nothing can confirm it any more
take_back_now() {
  [ ! -e "$switch/armed" ] || mv -f -- "$switch/armed" "$switch/firing" 2>/dev/null
  [ -e "$switch/firing" ] || return 0
  carry_out "$why" || fail write "$name"
  disarm
}

# revert_switch: before its time
revert_switch() {
  find_lock || return
  switch=$state_home/switch/$run
  if [ ! -e "$switch/armed" ] && [ ! -e "$switch/firing" ]; then return; fi
  take_lock
  take_back_now
}
