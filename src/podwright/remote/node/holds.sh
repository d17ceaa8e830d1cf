# Records in the state folder of the lock that somebody holds the node or one of its workloads: STATE/holds/NAME, NAME being
# the workload's or `_node`, has `UNTIL SINCE WHO REASON`. The caller has set: folder. lock.sh has find_lock, trust.sh
# untrusted.

hold_failed() {
  record hold-failed
  body "$1"
}

# enter_holds: the folder of the holds is the working folder
enter_holds() {
  find_lock || { hold_failed "$folder"; return 1; }
  if untrusted ${folder:+"$folder/."} "$state_home/."; then hold_failed "$untrusted"; return 1; fi
  holds=$state_home/holds
  # others may read who holds it; the umask does not count where there is a default ACL
  # shellcheck disable=SC2174  # each is the deepest of one argument
  [ -d "$holds" ] || message=$(mkdir -p -m 755 -- "${state_home%/*}" "$state_home" "$holds" 2>&1) ||
    { hold_failed "$message"; return 1; }
  cd -P -- "$holds" 2>/dev/null || { hold_failed "$holds"; return 1; }
}

# hold_on NAME LINE: in one rename, and on the disk when it returns
hold_on() {
  enter_holds || return 0
  if message=$( (umask 022; printf '%s\n' "$2" >".$nonce") 2>&1 && mv -f -- ".$nonce" "$1" 2>&1); then
    sync -- "$1" . 2>/dev/null || sync
  else
    hold_failed "${message:-$holds}"
  fi
  cd / || exit 1
}

# hold_off NAMES
hold_off() {
  enter_holds || return 0
  message=$(rm -f -- "$@" 2>&1) || hold_failed "${message:-$holds}"
  sync -- . 2>/dev/null || sync
  cd / || exit 1
}
