# Keeps a change only if it is confirmed over a new connection: it may have locked out whoever made it.
# $work/waits holds the run's id, and goes to who renames it first: the one who confirms, or the program that waits.
# $settings/confirmed has the change and the run that were confirmed last, for who did not hear the answer.
# The caller has set: run, and confirm_seconds.

# await_confirmation: otherwise the step fails, and so all is taken back
await_confirmation() {
  { printf '%s\n' "$run" >"$work/said" && mv -f -- "$work/said" "$work/waits"; } 2>/dev/null || fail state-dir "$work"
  uptime
  confirm_until=$((${now%.*} + confirm_seconds))
  record unconfirmed
  # a record is whole once the next one begins
  record alive
  flush
  while [ -e "$work/waits" ]; do
    if [ "${now%.*}" -ge "$confirm_until" ] && mv -- "$work/waits" "$work/late" 2>/dev/null; then
      fail confirm "nobody confirmed it over a new connection within $confirm_seconds s"
    fi
    pause 0.3
    alive
  done
  confirmed=''
  IFS= read -r confirmed 2>/dev/null <"$work/confirmed"
  [ "$confirmed" = "$run" ] || fail confirm 'what it waited with for its confirmation is gone'
  printf '%s\n' "$nonce $run" 2>/dev/null >"$settings/confirmed"
}

# confirm_change WORK: of the program that waits, or will once it has changed everything, unless it has ended
confirm_change() {
  uptime
  confirm_until=$((${now%.*} + confirm_seconds))
  while [ -d "$1" ] && [ "${now%.*}" -lt "$confirm_until" ]; do
    waiting=''
    IFS= read -r waiting 2>/dev/null <"$1/waits"
    if [ "$waiting" = "$run" ] && mv -- "$1/waits" "$1/confirmed" 2>/dev/null; then
      record confirmed
      return
    fi
    ! was_confirmed "$1" || break
    pause 0.3
    alive
  done
  ! was_confirmed "$1" || record confirmed
}

# was_confirmed WORK: by this run, whose connection was lost before it heard so
was_confirmed() {
  confirmed='' last=''
  IFS= read -r confirmed 2>/dev/null <"$1/confirmed"
  IFS= read -r last 2>/dev/null <"${1%/*}/confirmed"
  [ "$confirmed" = "$run" ] || [ "$last" = "${1##*/.} $run" ]
}
