# Moves static pods to another folder, which the kubelet is to read: it is filled before anything else is changed, and the
# old one is emptied once all is proven. $settings/moving has both folders meanwhile. provision.sh and provision_pods.sh call
# these. The caller has set: move_from and move_to (or nothing), move_seconds, within which the pods are to run again.

# observe_move NEW: what is to be moved, after observe_kubelet, and what speaks against it; and what was not ended
observe_move() {
  [ -n "$1" ] && [ -n "$found" ] || return 0
  settings_home
  count=0 links=''
  for file in "$found"/*; do
    if [ -h "$file" ]; then links="$links${file##*/} "; elif [ -f "$file" ]; then count=$((count + 1)); fi
  done
  see_occupied "$1"
  record move "$count"
  body "$links$newline$occupied$newline"
  [ -n "$moves_to" ] || return 0
  for file in "$moved_from"/*; do
    if [ -f "$file" ]; then body "$moved_from$newline$moves_to$newline"; return; fi
  done
}

# see_occupied NEW -> $occupied, what lies there that no move put there; and $moved_from and $moves_to, if one was not ended
see_occupied() {
  occupied='' moved_from='' moves_to=''
  { read -r moved_from; read -r moves_to; } 2>/dev/null <"$settings/moving"
  [ "$moves_to" != "$1" ] || return 0
  for file in "$1"/* "$1"/.[!.]* "$1"/..?*; do if [ -e "$file" ] || [ -h "$file" ]; then occupied=${file##*/}; fi; done
}

# begin_move: a power cut finds either folder filled, whichever the kubelet reads
begin_move() {
  [ -n "$move_to" ] || return 0
  for unconfirmed in "$state_home"/switch/*/armed "$state_home"/switch/*/firing; do
    [ ! -e "$unconfirmed" ] || fail move 'what another run wrote there is not confirmed yet'
  done
  note_running || fail move "$message"
  running_before=$running
  see_occupied "$move_to"
  [ -z "$occupied" ] || fail move "$move_to has $occupied by now"
  [ -d "$move_to" ] || made_folder=yes
  { printf '%s\n' "$move_from" "$move_to" >"$settings/moving"; } 2>/dev/null || fail state-dir "$settings"
  filled=yes
  make_parents "$move_to/." || fail move "$message"
  alike "$move_from" "$move_to" || fail move "$message"
  for file in "$move_from"/*; do
    if [ -h "$file" ] || [ ! -f "$file" ]; then continue; fi
    message=$(cp -p -- "$file" "$move_to/" 2>&1) || fail move "$message"
    alike "$file" "$move_to/${file##*/}" || fail move "$message"
  done
  state_goes_along || fail move "$message"
  sync
}

# alike OLD NEW: the same mode, owner and label
alike() {
  # shellcheck disable=SC2046  # words
  set -- "$1" "$2" $(stat -c '%a %u:%g' -- "$1")
  message=$(chmod -- "$3" "$2" 2>&1) && message=$(chown -- "$4" "$2" 2>&1) || return
  [ ! -e "$selinux" ] || message=$(chcon --reference="$1" -- "$2" 2>&1)
}

# What podwright keeps beside a folder, which the new one's readers look for beside it; and our lock, for who comes there
state_goes_along() {
  cd -P -- "$move_to" || return
  new_home=${PWD%/*}/.podwright/${PWD##*/}
  cd / || exit 1
  # shellcheck disable=SC2174  # each is the deepest of one argument
  message=$(mkdir -p -m 755 -- "${new_home%/*}" "$new_home" 2>&1) || return
  claim "$new_home/lock" || is_locked_by_us "$new_home/lock" || { message="another run has the lock of $move_to"; new_home=''; return 1; }
  # a hold that was ended since the pods were last there
  rm -rf -- "$new_home/holds"
  for entry in "$state_home"/*; do
    case ${entry##*/} in lock* | lease* | pending.* | switch | '*') continue ;; esac
    message=$(cp -pR -- "$entry" "$new_home/" 2>&1) || return
  done
}

is_locked_by_us() {
  holder=''
  read -r holder _ 2>/dev/null <"$1"
  [ "$holder" = "$lock_id" ]
}

# note_running -> $running: of each ready static pod `NAMESPACE/NAME CONTAINERS SANDBOX`, the number of those that run
note_running() {
  ready_sandboxes
  [ "$sandboxes" != unknown ] || return
  containers_json=$(crictl_list ps) || { message=$containers_json; return 1; }
  running=$(printf '%s\n' "$sandboxes" "$containers_json" | awk '
    /^[^ {}]+ file / { name[$1] = $3; next }
    /^      "podSandboxId": / { at = $2; gsub(/[",]/, "", at) }
    /^      "state": "CONTAINER_RUNNING"/ { count[at]++ }
    END { for (id in name) print name[id] " " count[id] + 0 " " id }
  ')
}

# pods_run_again: each static pod as before, with as many containers; from the new folder it is another sandbox
pods_run_again() {
  uptime
  until=$((${now%.*} + move_seconds))
  while note_running; ! all_run_again; do
    [ "${now%.*}" -lt "$until" ] || { message="static pods do not run again within $move_seconds s:$lost"; return 1; }
    wait_a_second
  done
}

all_run_again() {
  lost=''
  [ "$sandboxes" != unknown ] || { lost=" $message"; return 1; }
  while read -r pod count id; do
    [ -z "$pod" ] || runs_again || [ ${#lost} -gt 300 ] || lost="$lost $pod"
  done <<BEFORE
$running_before
BEFORE
  [ -z "$lost" ]
}

runs_again() {
  while read -r other others other_id; do
    [ "$other" = "$pod" ] && [ "$others" -ge "$count" ] && { [ -n "$undoing" ] || [ "$other_id" != "$id" ]; } && return
  done <<RUNNING
$running
RUNNING
  return 1
}

# is_copied FILE: the new folder has the same
is_copied() {
  [ ! -h "$1" ] && [ -f "$1" ] && [ ! -h "$move_to/${1##*/}" ] && [ -f "$move_to/${1##*/}" ] || return
  [ "$(sha256sum <"$1")" = "$(sha256sum <"$move_to/${1##*/}")" ]
}

# end_move: the old folder is emptied of what the new one has too, and its holds are only in the new one
end_move() {
  [ -n "$move_to" ] || return 0
  for file in "$move_from"/*; do
    if is_copied "$file"; then rm -f -- "$file"; fi
  done
  rm -rf -- "$settings/moving" "$new_home/lock" "$state_home/holds"
  sync
}

# undo_move: once the kubelet was proven with the old folder, or if nothing but copies was made
undo_move() {
  [ -n "${filled-}" ] && [ -z "${move_stands-}" ] || return 0
  for file in "$move_from"/*; do is_copied "$file" && rm -f -- "$move_to/${file##*/}"; done
  [ -z "${made_folder-}" ] || rmdir -- "$move_to" 2>/dev/null
  rm -rf -- "$settings/moving" ${new_home:+"$new_home/lock" "$new_home/holds"}
}
