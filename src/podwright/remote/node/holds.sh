# Records on the node that somebody holds it or one of its workloads: STATE/holds/NAME, NAME being the workload's or `_node`,
# has `UNTIL SINCE WHO REASON`. STATE is the state folder of the lock, and, for who does not know the manifest folder because
# no kubelet runs, the node's own one as well, unless the login may not write there. The caller has set: folder. lock.sh has
# find_lock and $node_state, trust.sh untrusted.

hold_failed() {
  record hold-failed
  body "$1"
}

# enter_holds STATE: the folder of its holds is the working folder
enter_holds() {
  holds=$1/holds
  # others may read who holds it; the umask does not count where there is a default ACL
  # shellcheck disable=SC2174  # each is the deepest of one argument
  [ -d "$holds" ] || message=$(mkdir -p -m 755 -- "${1%/*}" "$1" "$holds" 2>&1) || return
  message=$holds
  cd -P -- "$holds" 2>/dev/null && [ -w . ]
}

# each_state CALL...: in the folder of holds of each state folder
each_state() {
  find_lock || { hold_failed "$folder"; return; }
  if untrusted ${folder:+"$folder/."} "$state_home/." "$node_state/."; then hold_failed "$untrusted"; return; fi
  if enter_holds "$state_home"; then "$@"; else hold_failed "$message"; fi
  if [ "$state_home" != "$node_state" ] && enter_holds "$node_state"; then "$@"; fi
  cd / || exit 1
}

# hold_on NAME LINE: in one rename, and on the disk when it returns
hold_on() { each_state keep_hold "$@"; }

keep_hold() {
  if message=$( (umask 022; printf '%s\n' "$2" >".$nonce") 2>&1 && mv -f -- ".$nonce" "$1" 2>&1); then
    sync -- "$1" . 2>/dev/null || sync
  else
    hold_failed "${message:-$holds}"
  fi
}

# hold_off NAMES
hold_off() {
  each_state drop_holds "$@"
  for name; do [ ! -e "$node_state/holds/$name" ] || hold_failed "$node_state/holds/$name"; done
}

drop_holds() {
  message=$(rm -f -- "$@" 2>&1) || hold_failed "${message:-$holds}"
  sync -- . 2>/dev/null || sync
}
