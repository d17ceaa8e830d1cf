# Keeps two operators apart on one manifest folder.
# The caller has set: folder, lock_owner, lock_seconds. apply.sh has `fail` and `end`.

# One operator at a time. The lock is a dot file beside what it protects, which the kubelet does not read and only one can
# make: `EXPIRY BOOT NONCE OWNER`, the expiry in seconds since the node's start, so that no clock that is set moves it
take_lock() {
  boot='-'
  read -r boot 2>/dev/null </proc/sys/kernel/random/boot_id
  uptime
  lock=$folder/.podwright-lock
  lock_until=$((${now%.*} + lock_seconds))
  lock_line="$lock_until $boot $nonce $lock_owner"
  trap release_lock EXIT
  trap 'exit 1' HUP INT TERM
  # so that `flush` comes to know it
  trap : PIPE
  claim "$lock" || take_over
  lock_held=1
  clean_up_after_the_killed
}

# claim FILE: make it, with our line, if it is not there; other users may read it, who may want the lock too
claim() {
  claimed=''
  umask 022
  set -C
  { claimed=made; printf '%s\n' "$lock_line" && claimed=whole; } 2>/dev/null >"$1"
  set +C
  umask 077
  case $claimed in
    whole) return 0 ;;
    made) rm -f -- "$1"; fail stage "$(why_not)" ;;
  esac
  [ ! -e "$1" ] && [ ! -L "$1" ] || return 1
  message=$(why_not)
  [ -z "$message" ] || fail stage "$message"
  # it was there, and has gone since
  claim "$1"
}

# why_not: what dd says of writing to the folder, which a shell's own printf does not; nothing where it can be
why_not() {
  probe=$folder/.podwright.$nonce.probe
  message=$(printf '%s\n' "$lock_line" | dd of="$probe" conv=fsync 2>&1) || printf '%s' "${message%%"$newline"*}"
  rm -f -- "$probe"
}

# A lock that outlived its expiry goes to one of those who want it: each puts its own line in its place, in one rename, and
# who finds it there a while later has the lock. Who came later still, having seen the old one, is found out by in_time
take_over() {
  wish=$folder/.podwright.$nonce.lock
  claim "$wish" || locked
  expired "$lock" || locked
  mv -f -- "$wish" "$lock" 2>/dev/null || locked
  pause 0.5
  is_ours "$lock" || locked
}

# The node started anew since, or the time is over. A line that makes no sense is what a crash of the node left; an expiry
# further away than any run can last, nobody's. What we may not read is another user's, and we cannot know
expired() {
  [ ! -e "$1" ] || [ -r "$1" ] || return 1
  line_is_written "$1"
  expiry='' booted=''
  read -r expiry booted _ 2>/dev/null <"$1"
  case $expiry in '' | *[!0-9]* | ?????????????*) return 0 ;; esac
  uptime
  [ "$booted" != "$boot" ] || [ "$expiry" -lt "${now%.*}" ] ||
    [ "$expiry" -gt $((${now%.*} + lock_seconds + 86400)) ]
}

# Between the making of a lock and its line there is an instant
line_is_written() {
  tries=0
  while [ -e "$1" ] && [ ! -s "$1" ] && [ $tries -lt 5 ]; do
    pause 0.1
    tries=$((tries + 1))
  done
}

locked() {
  record locked
  flush
  head -c 1000 -- "$lock" 2>/dev/null
  end
  exit 1
}

# What a run that was killed left behind
clean_up_after_the_killed() {
  for stale in "$folder"/.podwright.*; do
    if [ -e "$stale" ] || [ -L "$stale" ]; then rm -f -- "$folder"/.podwright.*; break; fi
  done
}

is_ours() {
  holder=''
  read -r _ _ holder _ 2>/dev/null <"$1"
  [ "$holder" = "$nonce" ]
}

# Only what is still ours: a lock that expired may be somebody else's by now
release_lock() {
  set --
  for stale in "$folder"/.podwright."$nonce".*; do
    if [ -e "$stale" ] || [ -L "$stale" ]; then set -- "$@" "$stale"; fi
  done
  is_ours "$lock" && set -- "$@" "$lock"
  [ $# -eq 0 ] || rm -f -- "$@" 2>/dev/null
}
