# Changes files of one manifest folder, then shows what follows until the caller hangs up or the deadline passes.
# The caller has set: folder, state_dir, lock_owner, lock_seconds, kubelet_root, kubelet_pid, endpoint.

fail() {
  record failed "$1"
  printf '%s' "${2-}"
  exit 1
}

# One operator at a time; a lock that outlived its expiry is moved aside first, which only one of two can do
take_lock() {
  mkdir -p -- "$state_dir/backups" 2>/dev/null || fail state-dir "$state_dir"
  lock=$state_dir/lock
  seconds_now=$(date +%s)
  if [ -f "$lock/owner" ]; then
    read -r expiry _ <"$lock/owner"
    case ${expiry:-0} in *[!0-9]*) expiry=0 ;; esac
    if [ "${expiry:-0}" -lt "$seconds_now" ]; then
      mv -- "$lock" "$lock.expired.$nonce" 2>/dev/null && rm -rf -- "$lock.expired.$nonce"
    fi
  fi
  mkdir -- "$lock" 2>/dev/null || locked
  trap release_lock EXIT
  trap 'exit 1' HUP INT TERM PIPE
  printf '%s %s\n' "$((seconds_now + lock_seconds))" "$lock_owner" >"$lock/owner"
}

locked() {
  [ -d "$lock" ] || fail state-dir "$lock"
  record locked
  head -c 1000 -- "$lock/owner" 2>/dev/null
  exit 1
}

release_lock() {
  rm -f -- "$folder"/.podwright."$nonce".* 2>/dev/null
  rm -rf -- "$lock"
}

# stage KEY SHA256 <content: a dot name in the folder itself, so that the rename stays on one file system
stage() {
  staged=$folder/.podwright.$nonce.$1
  message=$(dd of="$staged" bs=65536 conv=fsync 2>&1) || fail stage "${message%%"$newline"*}"
  chmod 0600 "$staged" 2>/dev/null
  hash_of "$staged"
  [ "$hash" = "$2" ] || fail stage "what was written is not what was sent"
}

# hash_of FILE -> $hash, or `absent`
hash_of() {
  if [ ! -e "$1" ] && [ ! -L "$1" ]; then hash=absent; return; fi
  hash=$(sha256sum <"$1" 2>/dev/null) || hash=unreadable
  hash=${hash%% *}
}

# unchanged NAME SHA256|absent: compare-and-swap against what was observed
unchanged() {
  hash_of "$folder/$1"
  [ "$hash" = "$2" ] && return
  record refused "$1"
  printf '%s' "$hash"
  return 1
}

# The content that goes, kept outside the watched folder; the five newest of each name stay
back_up() {
  [ -e "$folder/$1" ] || return 0
  copy=$state_dir/backups/$1.$seconds_now.$nonce
  cp -p -- "$folder/$1" "$copy" 2>/dev/null || fail back-up "$copy"
  set -- "$state_dir/backups/$1".*
  while [ $# -gt 5 ]; do
    rm -f -- "$1"
    shift
  done
}

# put KEY NAME OBSERVED: the staged content becomes the file in one rename
put() {
  unchanged "$2" "$3" || return 0
  back_up "$2"
  mv -f -- "$folder/.podwright.$nonce.$1" "$folder/$2" || fail write "$2"
  uptime
  record written "$now $2"
}

delete() {
  unchanged "$1" "$2" || return 0
  back_up "$1"
  rm -f -- "$folder/$1" || fail write "$1"
  uptime
  record deleted "$now $1"
}

settle() { sync -- "$folder" 2>/dev/null || sync; }

# second KEY NAME FIRST_SHA256 OLD_UID SECONDS: once the old pod's worker is done (its folder is gone), the same content
# with the next generation makes the kubelet start the new pod at once instead of 10-15 s later
second() {
  [ -d "$kubelet_root/pods/$4" ] || { record second-skipped "$2"; return; }
  hash_of "$folder/$2"
  [ "$hash" = "$3" ] || return
  seconds_pending="$seconds_pending$1 $2 $3 $4 $5$newline"
}

second_writes() {
  [ -n "$seconds_pending" ] || return
  still=''
  while read -r key name first uid until; do
    [ -n "$key" ] || continue
    if [ ! -d "$kubelet_root/pods/$uid" ]; then second_write; continue; fi
    passed "$until" && { record second-late "$name"; continue; }
    still="$still$key $name $first $uid $until$newline"
  done <<PENDING
$seconds_pending
PENDING
  seconds_pending=$still
}

second_write() {
  unchanged "$name" "$first" || return
  mv -f -- "$folder/.podwright.$nonce.$key" "$folder/$name" || fail write "$name"
  uptime
  record second "$now $name"
  settle
}

# passed SECONDS: whether that long has passed since the writes
passed() {
  uptime
  [ $((${now%.*} - ${started%.*})) -ge "$1" ]
}

files() {
  sums=$(cd "$folder" && for entry in *; do [ -f "$entry" ] && sha256sum -- "$entry" 2>/dev/null; done)
  [ "$sums" = "${sums_before-none}" ] && return
  sums_before=$sums
  record files
  printf '%s' "$sums"
}

kubelet_lives() {
  [ -z "$kubelet_pid" ] || [ -d "/proc/$kubelet_pid" ] || record kubelet-gone
}

# watch SECONDS: what the files and the runtime show, whenever it changes; a tick each round, so that a caller who hung
# up ends this program at the next write
watch() {
  rounds=0
  until passed "$1"; do
    second_writes
    [ -n "$seconds_pending" ] || { [ -n "$lock_held" ] && unlock; }
    files
    runtime
    kubelet_lives
    uptime
    record tick "$now"
    rounds=$((rounds + 1))
    if [ $rounds -lt 60 ]; then pause 0.1; else pause 0.5; fi
  done
  journal
}

unlock() {
  lock_held=''
  release_lock
  record unlocked
}

# What the kubelet itself said, as a hint for the report
journal() {
  command -v journalctl >/dev/null 2>&1 || return
  record journal
  journalctl -q --no-pager -o cat -n 400 --since "@$seconds_now" \
    -u kubelet -u k3s -u k3s-agent -u rke2-server -u rke2-agent -u microshift 2>/dev/null | tail -c 65536
}
