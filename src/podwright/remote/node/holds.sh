# Records on the node that somebody holds it or one of its workloads: STATE/holds/NAME, NAME being the workload's or `_node`,
# has `UNTIL SINCE WHO REASON`. STATE is the state folder of the lock, and, for who does not know the manifest folder because
# no kubelet runs, the node's own one as well, unless the login may not write there. The caller has set: folder. lock.sh has
# find_lock and $node_state, path_trust.sh untrusted.

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
  # first where all meet, whether or not they know the manifest folder
  if [ "$state_home" != "$node_state" ] && enter_holds "$node_state"; then "$@"; fi
  if enter_holds "$state_home"; then "$@"; else hold_failed "$message"; fi
  cd / || exit 1
}

# hold_on NAME LINE: whole, on the disk when it returns, and in nobody else's place: whose hold lies there is reported
hold_on() {
  taken=''
  each_state keep_hold "$@"
}

keep_hold() {
  [ -z "$taken" ] || return 0
  if ! message=$( (umask 022; printf '%s\n' "$2" >".$nonce") 2>&1); then
    hold_failed "${message:-$holds}"
  elif ! ln -- ".$nonce" "$1" 2>/dev/null; then
    if is_anothers "$1"; then
      taken=yes
      record hold "$1"
      body "$line"
    elif ! message=$(mv -f -- ".$nonce" "$1" 2>&1); then
      hold_failed "${message:-$holds}"
    fi
  fi
  rm -f -- ".$nonce"
  sync -- "$1" . 2>/dev/null || sync
}

# is_anothers NAME -> $line: somebody else's hold that still counts when ours begins, by our clock
is_anothers() {
  IFS=' ' read -r _ since who _ <".$nonce"
  IFS= read -r line 2>/dev/null <"$1" || return
  IFS=' ' read -r until _ holder reason 2>/dev/null <"$1" || return
  case $until in '' | *[!0-9]* | ?????????????*) return 1 ;; esac
  [ -n "$reason" ] && [ "$holder" != "$who" ] && [ "$until" -gt "$since" ] && [ "$until" -le $((since + 2678400)) ]
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
