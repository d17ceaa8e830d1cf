# Keeps two operators apart on one node's manifest folder; lock.py says where the lock lies and what its line means.
# The caller has set: folder; who takes it also: lock_id, lock_owner, lock_seconds, lock_kept (anything: it outlives this
# program), lock_broken (an id to take over from, or empty), lock_reason (why), lock_wait (seconds), lock_name (of a lock that
# guards something else than the folder, or empty), lock_ahead (anything: of a folder that is still to be made). apply.sh has
# `fail` and `end`.

# The state folder of a node whose manifest folder is not known; HOST_STATE is what a machine that stands for several
# nodes, or a container, calls it
node_state=/var/lib/podwright
case ${HOST_STATE-} in /*) node_state=$HOST_STATE ;; esac

# -> $state_home, by the folder's real path, and $lock in it
find_lock() {
  state_home=$node_state
  if [ -n "$folder" ]; then
    if cd -P -- "$folder" 2>/dev/null; then
      state_home=${PWD%/*}/.podwright/${PWD##*/}
    else
      [ -n "${lock_ahead-}" ] && cd -P -- "${folder%/*}/" 2>/dev/null || return
      state_home=${PWD%/}/.podwright/${folder##*/}
    fi
    cd / || exit 1
  fi
  lock=$state_home/${lock_name:-lock}
}

observe_lock() {
  find_lock || return 0
  if [ -n "${kubeadm-}" ] || [ -e "$lock" ] || [ -L "$lock" ]; then record_lock lock; fi
}

# observe_kubeadm: for observe_lock, which then reports that one
observe_kubeadm() {
  find_lock || return 0
  uptime
  kubeadm_runs || :
}

# observe_holds: what holds.sh left beside the lock and in the node's own state folder; who reads it drops what is there twice
observe_holds() {
  find_lock || state_home=$node_state
  for held in "$state_home"/holds/* "$node_state"/holds/*; do
    if [ -f "$held" ] && IFS= read -r line 2>/dev/null <"$held"; then record hold "${held##*/}"; body "$line"; fi
  done
}

record_lock() {
  uptime
  record "$1" "$now"
  line=${kubeadm:+"kubeadm ${now%.*} - ${now%.*} kubeadm ($kubeadm)"}
  [ -n "$line" ] || [ ! -f "$lock" ] || IFS= read -r line 2>/dev/null <"$lock"
  body "$line"
}

# One operator at a time: takes the lock, or goes on with one that has our id
take_lock() {
  find_lock || fail stage "$folder"
  boot='-'
  read -r boot 2>/dev/null </proc/sys/kernel/random/boot_id
  uptime
  since=$now
  write_line
  # others may read whose lock it is; the umask does not count where there is a default ACL
  # shellcheck disable=SC2174  # each is the deepest of one argument
  [ -d "$state_home" ] || message=$(mkdir -p -m 755 -- "${state_home%/*}" "$state_home" 2>&1) || fail lock-dir "$message"
  # below a sticky folder another user could have made it just now
  # shellcheck disable=SC3067  # dash, bash, ksh and busybox have -O, and POSIX since 2024
  [ -O "$state_home" ] || [ ! -w "$state_home" ] || fail lock-dir "$state_home"
  trap release_lock EXIT
  trap 'exit 1' HUP INT TERM
  # so that `flush` comes to know it
  trap : PIPE
  wait_until=$((${now%.*} + lock_wait))
  until ! kubeadm_runs && { claim "$lock" || extend_lock || take_over; }; do wait_for_another; done
  lock_held=1
  # under another lock somebody may be staging files
  case $lock in */lock) clean_up_after_the_killed ;; esac
}

# Ends the program once it was waited for long enough
wait_for_another() {
  uptime
  [ "${now%.*}" -lt "$wait_until" ] || { [ -z "$kubeadm" ] || fail kubeadm "$kubeadm"; locked; }
  record_lock lock-awaited
  # a record is whole once the next one begins
  record alive
  flush
  pause 1
  uptime
  since=$now
  write_line
}

# kubeadm_runs -> $kubeadm, who: it moves manifests away, writes its own and waits for them, so it counts as a lock. Anybody
# may call a process so: only one of root's, or the login's, counts
kubeadm_runs() {
  kubeadm=''
  case $lock in */lock) ;; *) return 1 ;; esac
  for entry in "$proc"/[0-9]*; do
    comm=''
    read -r comm 2>/dev/null <"$entry/comm"
    # shellcheck disable=SC3067  # as above
    if [ "$comm" != kubeadm ] || { [ ! -O "$entry" ] && [ "$(stat -c %u -- "$entry")" != 0 ]; }; then continue; fi
    read -r _ began 2>/dev/null <"$entry/stat" || continue
    began_at "$began"
    [ "$began" != dead ] || continue
    kubeadm="pid ${entry##*/}, for $((${now%.*} - began / 100)) s"
    return
  done
  return 1
}

# -> $lock_line, from now on
write_line() {
  lock_until=$((${now%.*} + lock_seconds))
  lock_line="$lock_id $lock_until $boot $since $lock_owner"
}

# claim FILE: make it, with our line, if it is not there; other users may read it, who may want the lock too
claim() {
  make "$1"
  case $claimed in
    whole) return 0 ;;
    made) rm -f -- "$1"; fail lock-dir "$(why_not)" ;;
  esac
  [ ! -e "$1" ] && [ ! -L "$1" ] || return 1
  message=$(why_not)
  [ -z "$message" ] || fail lock-dir "$message"
  # it was there, and has gone since
  claim "$1"
}

# make FILE -> $claimed: `whole`, `made` if its line found no room, or nothing
make() {
  claimed=''
  umask 022
  set -C
  { claimed=made; printf '%s\n' "$lock_line" && claimed=whole; } 2>/dev/null >"$1"
  set +C
  umask 077
}

# Nobody waits for this: status 1 if another run has the lock. One that has expired is left to who takes it over
lock_for_an_instant() {
  [ -z "$lock_held" ] || return 0
  uptime
  write_line
  make "$lock"
  case $claimed in
    whole) return 0 ;;
    made) rm -f -- "$lock"; return 0 ;;
  esac
  expired
}

# why_not: what dd says of writing to the state folder, which a shell's own printf does not; nothing if it can be
why_not() {
  probe=$lock.$nonce.probe
  message=$(printf '%s\n' "$lock_line" | dd of="$probe" conv=fsync 2>&1) || printf '%s' "${message%%"$newline"*}"
  rm -f -- "$probe"
}

# extend_lock: it is ours, and stays so for lock_seconds more; not once it may be another's
extend_lock() {
  is_ours && ! expired || return
  IFS=' ' read -r _ _ _ since _ 2>/dev/null <"$lock"
  uptime
  write_line
  if claim "$lock.$nonce" && mv -f -- "$lock.$nonce" "$lock" 2>/dev/null; then return; fi
  locked
}

# note_breaking: for the run whose lock it was
note_breaking() {
  [ -z "$lock_broken" ] || [ "$holder" != "$lock_broken" ] ||
    printf '%s\n' "$lock_broken $lock_owner${lock_reason:+: $lock_reason}" 2>/dev/null >"$state_home/broken"
}

# A lock that outlived its expiry goes to one of those who want it: each puts its own line in its place, in one rename, and
# who finds it there a while later has the lock. Who came later still, having seen the old one, is found out by in_time
take_over() {
  expired || return
  wish=$lock.$nonce
  claim "$wish" || return
  if expired && note_breaking && mv -f -- "$wish" "$lock" 2>/dev/null; then
    pause 0.5
    is_ours && return
  fi
  rm -f -- "$wish"
  return 1
}

# The node started again since, or the time is over. A line that makes no sense is what a crash of the node left; an expiry
# further away than any run can last, nobody's. What we may not read is another user's, and we cannot know
expired() {
  [ ! -e "$lock" ] || [ -r "$lock" ] || return 1
  line_is_written
  holder='' expiry='' booted=''
  read -r holder expiry booted _ 2>/dev/null <"$lock"
  if [ -n "$lock_broken" ] && [ "$holder" = "$lock_broken" ]; then return; fi
  case $expiry in '' | *[!0-9]* | ?????????????*) return 0 ;; esac
  uptime
  [ "$booted" != "$boot" ] || [ "$expiry" -lt "${now%.*}" ] ||
    [ "$expiry" -gt $((${now%.*} + lock_seconds + 86400)) ]
}

# Between the making of a lock and its line there is an instant
line_is_written() {
  tries=0
  while [ -e "$lock" ] && [ ! -s "$lock" ] && [ $tries -lt 5 ]; do
    pause 0.1
    tries=$((tries + 1))
  done
}

locked() {
  record_lock locked
  end
  exit 1
}

# What a run that was killed left behind
clean_up_after_the_killed() {
  for stale in "$folder"/.podwright.* "$lock".* "$state_home"/pending.*; do
    if [ -e "$stale" ] || [ -L "$stale" ]; then is_waited_with "$stale" || rm -f -- "$stale"; fi
  done
}

# is_waited_with FILE: whether it is of a run that waits to make its second writes
is_waited_with() {
  left_by=${1##*/}
  left_by=${left_by#.podwright.}
  left_by=${left_by#pending.}
  read -r waiter expiry booted waiter_since 2>/dev/null <"$state_home/pending.${left_by%%.*}" || return
  case $waiter$expiry in *[!0-9]* | ?????????????????????*) return 1 ;; esac
  [ "$booted" = "$boot" ] && [ "${expiry:-0}" -ge "${now%.*}" ] || return
  read -r _ began 2>/dev/null <"/proc/$waiter/stat" || return
  began_at "$began"
  [ "$began" = "$waiter_since" ]
}

# began_at REST: of a line of /proc/PID/stat -> $began, when the process began, in clock ticks (proc(5): the 22nd field), or
# `dead`. A pid alone is soon another process's, and what was killed keeps its line until its parent has asked for its
# status: the first process of a container may do so late or never
began_at() {
  # shellcheck disable=SC2086 # its fields; the name before them may hold spaces
  set -- ${1##*")"}
  case ${1-} in [ZXx]) began=dead ;; *) began=${20-} ;; esac
}

is_ours() {
  holder=''
  read -r holder _ 2>/dev/null <"$lock"
  [ "$holder" = "$lock_id" ]
}

# Only what is still ours: a lock that expired may be somebody else's by now
release_lock() {
  set --
  for stale in "$folder"/.podwright."$nonce".* "$lock.$nonce" "$state_home/pending.$nonce"; do
    if [ -e "$stale" ] || [ -L "$stale" ]; then set -- "$@" "$stale"; fi
  done
  [ -n "$lock_kept" ] || ! is_ours || set -- "$@" "$lock"
  [ -z "${switch_due-}" ] || [ -n "$changed" ] || disarm
  [ $# -eq 0 ] || rm -f -- "$@" 2>/dev/null
}

# give_back: the lock that is ours, unless it is kept
give_back() { [ -n "$lock_held" ] || ! is_ours || rm -f -- "$lock"; }
