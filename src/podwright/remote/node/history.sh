# Keeps what was written, outside the watched folder: STATE/history/NAME/GENERATION.BYTES.RUN, and what came of it in a file of
# that name with `.good`, `.failed`, `.regressed`, `.reverted` or `.withdrawn`. history.py says what is in them.
# The caller has set: folder, state_dir (or empty: the state folder of the lock); who writes also kept (empty), kept_revisions
# and kept_bytes (of one name); who reads also history_names, in spaces each (or empty: all). lock.sh has find_lock.

# -> $history
find_history() {
  find_lock || return
  history=${state_dir:-$state_home}/history
}

make_history() {
  # with this mode no default ACL lets anybody in
  # shellcheck disable=SC2174  # the folders above hold nothing secret
  [ -d "$history/$1" ] || mkdir -p -m 700 -- "$history" "$history/$1" 2>/dev/null || fail state-dir "$history/$1"
}

# keep KEY NAME FILE <content: on the disk before anything is renamed, unless another run has written the same
keep() {
  case $made_already in *" $1 "*) return ;; esac
  make_history "$2"
  kept="$kept $2/$3"
  message=$(dd of="$history/$2/$3" bs=65536 conv=fsync 2>&1) || fail state-dir "${message%%"$newline"*}"
}

# prune_kept: once all of it lies in the folder, so that the newest revision of each name is what lies there
prune_kept() {
  for one in $kept; do prune "${one%/*}"; done
}

# keep_found NAME FILE HEADER: what lay there before there was a history of it
keep_found() {
  for revision in "$history/$1/"*; do [ ! -e "$revision" ] || return 0; done
  keep_copy "$@"
}

# keep_copy NAME FILE HEADER: what lies there, of which there is a backup by now
keep_copy() {
  make_history "$1"
  { printf '%s\n' "$3" && cat -- "$state_dir/backups/$1.$seconds_now.$nonce"; } 2>/dev/null >"$history/$1/$2" ||
    fail state-dir "$history/$1/$2"
  # of what runs now there may be no other copy
  sync -- "$history/$1/$2" "$history/$1" "$history" "$history/.." 2>/dev/null || sync
}

# prune NAME: all but the $kept_revisions newest, and what is beyond $kept_bytes; never the newest, nor the two newest good
# ones: what is gone back to may be the content of one of them
prune() {
  revisions=$history/$1
  set --
  for revision in "$revisions/"*; do
    case ${revision##*/} in
      *.good | *.failed | *.regressed | *.reverted | *.withdrawn) ;;
      [0-9]*.[0-9]*.*) set -- "$revision" "$@" ;;
    esac
  done
  count=0 bytes=0 good=0
  for revision; do
    shift
    size=${revision##*/}
    size=${size#*.}
    size=${size%%.*}
    case $size in *[!0-9]*) size=0 ;; esac
    count=$((count + 1)) bytes=$((bytes + size))
    if [ $good -lt 2 ] && [ -e "$revision.good" ] && [ ! -e "$revision.regressed" ]; then good=$((good + 1)); continue; fi
    [ $count -gt "$kept_revisions" ] || { [ $count -gt 1 ] && [ $bytes -gt "$kept_bytes" ]; } || continue
    set -- "$@" "$revision" "$revision.failed" "$revision.good" "$revision.regressed" "$revision.reverted" "$revision.withdrawn"
  done
  [ $# -eq 0 ] || rm -f -- "$@"
}

# forget NAME: what was kept of it by this program does not stand
forget() {
  for revision in $kept; do
    case $revision in "$1"/*) rm -f -- "$history/$revision" ;; esac
  done
}

# forget_unwritten: what was kept of files that this program has not changed
forget_unwritten() {
  for revision in $kept; do
    case $newline$changed in *"$newline${revision%%/*} "*) ;; *) rm -f -- "$history/$revision" ;; esac
  done
}

# fate WORD PROOF REVISIONS: of what this run wrote (each as NAME/FILE), on the disk when it returns
fate() {
  find_history || return
  word=$1 proof=$2
  shift 2
  count=$#
  for revision; do
    file=$history/$revision
    [ -f "$file" ] || continue
    printf '%s\n' "$proof" 2>/dev/null >"$file.$word" || { record fate-failed "$file.$word"; continue; }
    # not in time, but since
    [ "$word" != good ] || rm -f -- "$file.failed"
    set -- "$@" "$file.$word" "${file%/*}"
  done
  shift "$count"
  [ $# -eq 0 ] || sync -- "$@" 2>/dev/null || sync
}

# enter_history <the history is the working folder, if there is one that can be believed
enter_history() {
  find_history && [ -d "$history" ] || return
  if untrusted "$history/."; then record history-untrusted "$untrusted"; return 1; fi
  if ! cd "$history" 2>/dev/null; then record history-untrusted "$history cannot be read"; return 1; fi
}

# newest_of NAME -> $newest
newest_of() {
  newest=''
  for revision in "$1/"[0-9]*; do
    case ${revision##*/} in *.*.*.*) ;; *) newest=$revision ;; esac
  done
  [ -f "$newest" ] && [ ! -L "$newest" ]
}

# observe_changes: what the newest revision of each file says of itself
observe_changes() {
  enter_history || return 0
  for name in *; do
    if ! newest_of "$name" || ! IFS= read -r line 2>/dev/null <"$newest"; then continue; fi
    record change "$newest"
    body "$line"
  done
  cd / || exit 1
}

# observe_reverted: the newest revision of each file, from which its generations go on, and what is in it if it may yet be
# proven; and the first line of each revision of a file of which one failed, otherwise of those that are of one of $digests
observe_reverted() {
  enter_history || return 0
  find_equal
  for name in $history_names; do
    if newest_of "$name"; then
      record newest "$newest"
      if is_unproven; then
        record unproven "$newest"
        flush
        head -c 10551296 -- "./$newest" 2>/dev/null
      fi
    fi
    for failed in "$name/"*.reverted "$name/"*.failed; do [ ! -f "$failed" ] || break; done
    for revision in "$name/"*; do
      if [ ! -f "$revision" ] || [ -L "$revision" ]; then continue; fi
      [ -f "$failed" ] || case $equal in *"$newline$revision$newline"*) ;; *) continue ;; esac
      record outcome "$revision"
      flush
      head -c 65537 -- "./$revision" 2>/dev/null | head -n 1
      alive
    done
  done
  cd / || exit 1
}

# find_equal -> $equal, a line each: one program for all files
find_equal() {
  equal=''
  set --
  for digest in $digests; do set -- "$@" -e "\"digest\": \"$digest\""; done
  [ $# -gt 0 ] || return 0
  set -- "$@" --
  for name in $history_names; do set -- "$@" "$name/"[0-9]*; done
  equal=$newline$(grep -l -F "$@" /dev/null 2>/dev/null)$newline
}

# is_unproven: $newest, which nobody has taken back
is_unproven() {
  for word in regressed reverted withdrawn; do [ ! -e "$newest.$word" ] || return; done
  [ ! -e "$newest.good" ] || [ -e "$newest.failed" ]
}

# abort_run RUN: no controller is to go on with it
abort_run() {
  # shellcheck disable=SC2174  # as for make_history
  if find_history && mkdir -p -m 700 -- "$history" "$history/.aborted" 2>/dev/null && : >"$history/.aborted/$1"; then
    sync -- "$history/.aborted/$1" 2>/dev/null || sync
  else
    record abort-failed
  fi
}

observe_aborted() {
  enter_history || return 0
  for run in .aborted/*; do
    if [ -f "$run" ] && [ ! -L "$run" ]; then record aborted "${run##*/}"; fi
  done
  cd / || exit 1
}

observe_history() {
  observe_aborted
  enter_history || return 0
  record history
  for revision in */*; do
    case " $history_names " in "  " | *" ${revision%%/*} "*) ;; *) continue ;; esac
    if [ ! -f "$revision" ] || [ -L "$revision" ]; then continue; fi
    record revision "$revision"
    flush
    head -c 10551296 -- "./$revision" 2>/dev/null
    alive
  done
  cd / || exit 1
}
