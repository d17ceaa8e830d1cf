# Reports what waits in the state folder to take a run's writes back, and what became of what waited; switch_arm.sh says how it
# lies there. The caller has set: folder. lock.sh has find_lock.

observe_switches() {
  find_lock || return 0
  for switch in "$state_home/switch/"*; do
    line=$switch/armed
    [ -f "$line" ] || line=$switch/firing
    came_to=left
    if [ ! -f "$line" ]; then
      # of a run that was killed while it made the switch, or ended it: if only their folder is left, there is no switch
      [ ! -d "${switch%/*}" ] || record leftovers
      line=$switch/confirmed came_to=confirmed
      [ -f "$line" ] || continue
    elif is_kept "$switch"; then
      came_to=armed
    fi
    uptime
    record switch "$now $came_to ${switch##*/}"
    body "$(head -c 1000 -- "$line"; head -c 1048576 -- "$switch/entries")"
  done
  [ -f "$state_home/switched" ] || return 0
  record switched
  body "$(tail -c 65536 -- "$state_home/switched")"
}

# is_kept SWITCH: whether its program waits -> $waiter, the pid
is_kept() {
  read -r waiter kept_since 2>/dev/null <"$1/keeper" || return
  case $waiter in '' | *[!0-9]*) return 1 ;; esac
  read -r _ began 2>/dev/null <"/proc/$waiter/stat" || return
  # that it is dead nobody may have heard yet
  case ${began##*") "} in [ZX]*) return 1 ;; esac
  began_at "$began"
  [ "$began" = "$kept_since" ]
}
