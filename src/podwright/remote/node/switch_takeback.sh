# Ends dead-man switches, which switch_arm.sh arms: a run is confirmed, or what it wrote is taken back.
# The caller has set: run, unit_dir, and what lock.sh, history.sh and contents.sh ask for. switch_pending.sh has is_kept.

# confirm_switch: what the run wrote stays. One rename decides, so it needs no lock
confirm_switch() {
  find_lock || return
  switch=$state_home/switch/$run
  if [ -e "$switch/armed" ]; then
    if mv -f -- "$switch/armed" "$switch/confirmed" 2>/dev/null; then
      # on the disk before it is reported: after a power cut, `armed` would take the run back
      sync -- "$switch" "$state_home/switch" 2>/dev/null || sync
      disarm
      record confirmed
      return
    fi
    [ ! -e "$switch/armed" ] || { record confirm-failed "$switch"; return; }
  fi
  if [ -e "$switch/firing" ]; then record confirm-late; fi
}

# disarm: nothing of $switch stays, neither what waits nor what systemd would start
disarm() {
  [ ! -e "$switch/confirmed" ] || note_confirmed
  rm -f -- "$switch/armed" "$switch/firing"
  kept_unit=''
  read -r kept_unit 2>/dev/null <"$switch/unit"
  [ -z "$kept_unit" ] || rm -f -- "$unit_dir/multi-user.target.wants/$kept_unit.service" "$unit_dir/$kept_unit.service"
  if is_kept "$switch" && [ "$waiter" != $$ ]; then kill -s TERM -- "-$waiter" 2>/dev/null; fi
  rm -rf -- "$switch"
  rmdir -- "$state_home/switch" 2>/dev/null
  [ -z "$kept_unit" ] || forget_unit "$kept_unit.service"
}

# note_confirmed: for who confirms it once more
note_confirmed() {
  came_to=confirmed
  while read -r _ _ _ afters name; do
    hash=${afters##*,}
    note
  done 2>/dev/null <"$switch/entries"
}

# forget_unit UNIT: systemd has read it if somebody reloaded all units since, or at its start
forget_unit() {
  case $(timeout 10 systemctl show -p LoadState "$1" 2>/dev/null) in
    '' | *=not-found) ;;
    *) timeout 10 systemctl daemon-reload 2>/dev/null ;;
  esac
}

# carry_out WHY: each file of $switch that is as its run left it becomes what it was, and the history says why; others are
# superseded, or were never written. Status 1: it could not, and may be tried again
carry_out() {
  while read -r before back revision afters name; do
    came_to=superseded
    hash_of "$folder/$name"
    case ",$afters," in
      *",$hash,"*) bring_name_back || return; came_to=reverted ;;
      *)
        if [ -e "$switch/begun/$name" ] && [ "$hash" = "$back" ]; then came_to=reverted; fi
        if [ "$came_to$hash" = "superseded$before" ]; then continue; fi
        ;;
    esac
    record "$came_to" "$name"
    note
    [ "$came_to$revision" = "reverted-" ] || [ "$came_to" = superseded ] ||
      fate reverted "{\"at\": $seconds_now, \"proof\": \"$1\"}" "$revision"
  done <"$switch/entries"
  sync -- "$folder" "$state_home" 2>/dev/null || sync
}

bring_name_back() {
  # a kill may come between the rename and its record
  { printf '' >"$switch/begun/$name"; } 2>/dev/null
  if [ "$back" = absent ]; then rm -f -- "$folder/$name"; else bring_back "$name" "$switch/files/$name" "$back"; fi || return
  hash=$back
}

# note: the last fifty ends of switches
note() {
  [ -n "${seconds_now-}" ] || wall_clock
  noted=$state_home/switched
  { tail -n 49 -- "$noted"; printf '%s\n' "$seconds_now $came_to ${switch##*/} $hash $name"; } 2>/dev/null >"$noted.new" &&
    mv -f -- "$noted.new" "$noted" && return
  rm -f -- "$noted.new"
  return 1
}

# end_idle_switches: those of other runs of which nothing is as they left it, and what a kill left of others; with our lock
end_idle_switches() {
  for switch in "$state_home/switch/"*; do
    if [ ! -d "$switch" ] || [ "${switch##*/}" = "$run" ]; then continue; fi
    if [ -e "$switch/armed" ] || [ -e "$switch/firing" ]; then
      if stands; then continue; fi
      carry_out 'nothing was as the run left it' || continue
    fi
    disarm
  done
  rmdir -- "$state_home/switch" 2>/dev/null
}

# stands: whether a file is as the run of $switch left it
stands() {
  while read -r _ _ _ afters name; do
    hash_of "$folder/$name"
    case ",$afters," in *",$hash,"*) return 0 ;; esac
  done 2>/dev/null <"$switch/entries"
  return 1
}
