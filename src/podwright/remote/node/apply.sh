# Changes files of one manifest folder; apply_second_write.sh and apply_watch.sh have what follows.
# The caller has set: folder, state_dir, kubelet_root, endpoint, and what lock.sh asks for.

# A failed step takes back what was changed before it and ends the program. Nothing more is begun (status 1) if there is
# something to wait for: what was put back, or the second write of what stands
fail() {
  record failed "$1"
  body "${2-}"
  [ -n "$stopped" ] || forget_unwritten
  stopped=1
  [ -z "$changed$owned" ] || put_back
  [ -z "$seconds_pending$restored" ] || return
  end
  exit 1
}

end() {
  record end
  flush
}

# Between the two writes of an update nothing of the pod would run for 10-15 s: a second write that is due is made alone, in
# its own time; everything else ends
nobody_listens() {
  # half of a set is never left: the other renames take milliseconds
  [ -z "$renaming" ] || { unheard=1; return; }
  [ -z "$alone" ] || return
  alone=1
  free_lock
  while [ -n "$seconds_pending" ]; do
    second_writes
    [ -z "$seconds_pending" ] || pause 0.1
  done
  exit 1
}

# From here on the folder may be changed
begun() {
  uptime
  started=$now
  record started "$now"
  # a record is whole once the next one begins
  record alive
  flush
}

# From the first rename to the last nothing but a kill ends the program
renames() {
  begun
  keep_copies
  renaming=1
  trap '' HUP INT TERM
}

renamed() {
  settle
  [ ! -d "$state_home/adopted" ] || forget_notes
  # only now: what is reported as written outlives a power cut
  flush
  [ -n "$stopped" ] || prune_kept
  renaming=''
  trap 'exit 1' HUP INT TERM
  [ -z "$unheard" ] || nobody_listens
}

# trust_folders: nothing is written if anybody else may change where it lands, or what answers for the runtime
trust_folders() {
  find_lock || fail stage "$folder"
  set -- ${folder:+"$folder/."} "$state_home/." "${state_dir:-$state_home}/backups/." \
    "${state_dir:-$state_home}/history/." ${state_dir:+"$state_dir/."}
  case $endpoint in unix:///*) set -- "$@" "${endpoint#unix://}" ;; /*) set -- "$@" "$endpoint" ;; esac
  untrusted "$@" && fail untrusted "$untrusted"
}

# none_unconfirmed: nothing is built upon what another run wrote while it may yet be taken back
none_unconfirmed() {
  for unconfirmed in "$state_home/switch/"*/armed "$state_home/switch/"*/firing; do
    case $unconfirmed in */"$run"/*) continue ;; esac
    [ ! -f "$unconfirmed" ] || fail unconfirmed "$(head -c 1000 -- "$unconfirmed")"
  done
}

# make_staged KEYS: empty files that are the login's alone before they hold anything: where the folder has a default ACL, the
# umask does not count. chmod sets the mask of an ACL too, so that an ACL grants nobody access
make_staged() {
  count=$#
  for key; do
    set -- "$@" "$folder/.podwright.$nonce.$key"
    { printf '' >"$folder/.podwright.$nonce.$key"; } 2>/dev/null
  done
  shift "$count"
  only_owner "$@" || { chmod 600 -- "$@" 2>/dev/null && only_owner "$@"; } && return
  # it says why, if the folder takes no new file
  stage "$key" '' </dev/null
  fail stage 'the mode of a new file cannot be set to 600'
}

# only_owner FILES: nobody else may read them, nor does any ACL let anybody
only_owner() {
  for mode in $(stat -c %a -- "$@" 2>/dev/null || printf none); do [ "$mode" = 600 ] || return; done
}

# stage KEY SHA256 <content: a dot name in the folder itself, so that the rename stays on one file system
stage() {
  alive
  staged=$folder/.podwright.$nonce.$1
  message=$(dd of="$staged" bs=65536 conv=fsync 2>&1) || fail stage "${message%%"$newline"*}"
  staged_sums="$staged_sums$2  ./.podwright.$nonce.$1$newline"
}

# What all staged files hold, by one program whatever their number
check_staged() {
  [ -n "$staged_sums" ] || return
  cd "$folder" 2>/dev/null || fail stage "$folder"
  sha256sum -c >/dev/null 2>&1 <<SUMS || { in_time "$folder" && fail stage "what was written is not what was sent"; }
${staged_sums%"$newline"}
SUMS
  cd / || exit 1
}

# labelled KEY NAME LABEL: whether the staged file has the type of the label that is all it is to be written for
labelled() {
  [ -e "$selinux" ] || return 0
  has=$(stat -c '%C %n' -- "$folder/.podwright.$nonce.$1" 2>/dev/null)
  has=${has%% *}
  type=${has#*:*:}
  wanted=${3#*:*:}
  [ "${type%%:*}" = "${wanted%%:*}" ] ||
    fail label "\`$2\` would get the SELinux label \`$has\`, not \`$3\`${label_error:+: ${label_error%%"$newline"*}}"
}

# check KEY NAME SHA256|absent WANTED...: whether what lies there is still what was observed, which is then kept; it needs
# no write if another run has made it what is WANTED; otherwise nothing of the order is written
check() {
  key=$1 name=$2 observed=$3
  shift 3
  back_up "$name" "$observed" && return
  for wanted; do
    [ "$hash" != "$wanted" ] || { made_already="$made_already $key "; return; }
  done
  refused=1
}

# The copies of an order that is refused are of no use
all_checked() {
  [ -n "$refused" ] || return 0
  rm -f -- "$state_dir/backups/"*".$nonce"
  end
  exit 1
}

# is_due KEY: whether it is to be written, and still may be
is_due() {
  [ -z "$stopped" ] || return
  case $made_already in *" $1 "*) return 1 ;; esac
}

# unchanged NAME SHA256|absent: compare-and-swap against what was observed
unchanged() {
  hash_of "$folder/$1"
  [ "$hash" = "$2" ] && return
  record refused "$1"
  body "$hash"
  return 1
}

# in_time NAME: nothing is changed once the lock may be somebody else's, however long a disk was stuck; nor once it is: who
# was stopped between the making of a lock and its line may believe in a lock that another run took for a crash's
in_time() {
  uptime
  [ "${now%.*}" -ge "$lock_until" ] || ! is_ours || return 0
  whose=''
  read -r whose breaker 2>/dev/null <"$state_home/broken"
  if [ "$whose" = "$lock_id" ]; then fail broken "$breaker"; else fail too-late "$1"; fi
}

# Before anything is changed that would have to be backed up
prepare_backups() {
  [ -n "$state_dir" ] || state_dir=$state_home
  # with this mode no default ACL lets anybody in
  # shellcheck disable=SC2174  # the folders above hold nothing secret
  [ -d "$state_dir/backups" ] || message=$(mkdir -p -m 700 -- "$state_dir" "$state_dir/backups" 2>&1) || fail state-dir "$message"
  [ -n "${seconds_now-}" ] || wall_clock
}

# back_up NAME SHA256|absent: the content that goes, kept outside the watched folder, if it is what was observed: what is
# compared is the copy, so nobody can put something else in between. The five newest of each name stay
back_up() {
  if [ "$2" = absent ] || [ ! -f "$folder/$1" ]; then unchanged "$1" "$2"; return; fi
  copy=$state_dir/backups/$1.$seconds_now.$nonce
  # without the mode of the original: a manifest may hold secrets
  if ! message=$(cp -- "$folder/$1" "$copy" 2>&1); then
    [ -e "$folder/$1" ] || { unchanged "$1" "$2"; return; }
    fail back-up "${message:-$copy}"
    return 1
  fi
  hash_of "$copy"
  if [ "$hash" != "$2" ]; then
    rm -f -- "$copy"
    record refused "$1"
    body "$hash"
    return 1
  fi
  set -- "$state_dir/backups/$1".[0-9]*
  while [ $# -gt 5 ]; do
    # if the clock went back, the newest copy is not the last
    [ "$1" = "$copy" ] || rm -f -- "$1"
    shift
  done
}

# put KEY NAME OBSERVED SHA256 [SECOND_KEY OLD_UID SECONDS]: the staged content becomes the file in one rename. Once the old
# pod's worker is done, the same content with the next generation makes the kubelet start the new pod at once instead of
# 10-15 s later; SHA256 is of the first
put() {
  is_due "$1" && in_time "$2" || return
  second=''
  if [ $# -gt 4 ]; then
    # if its folder cannot be seen, neither can its end
    if [ -d "$kubelet_root/pods/$6" ]; then second="$5 $2 $4 $6 $7 0$newline"; else record second-skipped "$2"; fi
  fi
  mv -f -- "$folder/.podwright.$nonce.$1.1" "$folder/$2" 2>/dev/null ||
    message=$(mv -f -- "$folder/.podwright.$nonce.$1.1" "$folder/$2" 2>&1) || { fail write "${message:-$2}"; return; }
  changed="$2 $4 $3$newline$changed"
  seconds_pending=$seconds_pending$second
  # the kubelet may have answered by now, but not before in_time looked at the clock
  record written "$now $2"
}

# delete KEY NAME OBSERVED
delete() {
  is_due "$1" && in_time "$2" || return
  rm -f -- "$folder/$2" 2>/dev/null || message=$(rm -f -- "$folder/$2" 2>&1) || { fail write "${message:-$2}"; return; }
  changed="$2 absent $3$newline$changed"
  uptime
  record deleted "$now $2"
}

# own KEY NAME SHA256 adopted|given-up SHA256|'': whose what lies there is from now on. A note says the opposite of what the mark
# on the file says, and counts for this content alone
own() {
  is_due "$1" && in_time "$2" || return
  note_before=''
  { read -r note_before <"$state_home/adopted/$2"; } 2>/dev/null
  set_note "$2" "$5" || { fail state-dir "$message"; return; }
  owned="$2 $note_before$newline$owned"
  record "$4" "$2"
}

# What has changed since, or is gone, needs no note; unless a switch may bring it back
forget_notes() {
  for note in "$state_home/adopted"/*; do
    noted=''
    { read -r noted <"$note"; } 2>/dev/null
    hash_of "$folder/${note##*/}"
    case $hash in "$noted" | unreadable) continue ;; esac
    set -- "$state_home/switch/"*"/files/${note##*/}"
    [ -f "$1" ] || rm -f -- "$note"
  done
}

# What is kept of the files is on the disk before they are changed; so are the names of what keeps it
keep_copies() {
  set --
  for copy in "$state_dir/backups/"*".$nonce"; do [ ! -f "$copy" ] || set -- "$@" "$copy" "$state_dir/backups" "$state_dir"; done
  [ -z "$kept" ] || set -- "$@" "$history/"* "$history" "$history/.."
  [ $# -eq 0 ] || sync -- "$@" 2>/dev/null || sync
}

settle() { sync -- "$folder" 2>/dev/null || sync; }

# What is left to write are second writes, which what they replace guards: others may change the folder meanwhile. The
# line of who waits keeps its staged files from their clean-up
free_lock() {
  [ -n "$lock_held" ] || return
  if [ -n "$seconds_pending" ]; then
    uptime
    read -r us began </proc/self/stat
    began_at "$began"
    printf '%s\n' "$us $((${now%.*} + pending_seconds)) $boot $began" 2>/dev/null >"$state_home/pending.$nonce"
  fi
  unsettled=1
  [ -n "$lock_kept" ] || { lock_held=''; give_back; }
}
