# Observes and changes things of a node itself. Each kind has two functions: look_KIND KEY ASKS... -> $state, one line, and
# make_KIND KEY ASKS..., which makes $target of it (status 1 with $message if it cannot).
# The caller has set: root (nothing, or a folder that stands for /), folder, selinux, and what lock.sh asks for.

settings_home() {
  settings=$root/var/lib/podwright/settings
  work=$settings/.$nonce
}

# observe_node: what decides how it can be changed
observe_node() {
  settings_home
  me
  system=''
  for release in "$root/etc/os-release" "$root/usr/lib/os-release"; do
    [ -f "$release" ] || continue
    while IFS='=' read -r key value || [ -n "$key" ]; do case $key in ID) system=$value ;; esac; done <"$release"
    break
  done
  which_init
  operator=-
  [ ! -e "$root/etc/machine-config-daemon" ] || operator=machine-config
  record node "$me $init $operator $system"
  if [ -s "$settings/put-back" ]; then
    record put-back
    body "$(head -c 16384 -- "$settings/put-back")"
  fi
  for path in "$settings"/*.owned; do
    [ ! -f "$path" ] || { IFS= read -r line <"$path"; record owned "$line"; }
  done
  for path in "$root"/etc/systemd/zram-generator.conf "$root"/etc/init.d/dphys-swapfile "$root"/etc/systemd/system/*.swap; do
    if [ -e "$path" ] && [ ! -h "$path" ]; then record boot-swap "${path#"$root"}"; fi
  done
}

which_init() {
  init=other
  if [ -d "$root/run/systemd/system" ]; then init=systemd; elif [ -d "$root/run/openrc" ]; then init=openrc; fi
}

# observe_sysctl_files: every line of every file that is read at boot
observe_sysctl_files() {
  set -- /dev/null
  for path in "$root"/etc/sysctl.d/*.conf "$root"/run/sysctl.d/*.conf "$root"/usr/local/lib/sysctl.d/*.conf \
    "$root"/usr/lib/sysctl.d/*.conf "$root"/lib/sysctl.d/*.conf "$root"/etc/sysctl.conf; do
    [ ! -f "$path" ] || set -- "$@" "$path"
  done
  record sysctls "$root"
  flush
  grep '^[[:space:]]*[-A-Za-z]' "$@" 2>/dev/null | head -c 262144
}

# see NUMBER: reports the state of one thing, and a file's content
see() {
  number=$1 state='' recorded=-
  alive
  "item_$1" look
  [ -z "$restarts" ] || ! cut_off || state="$state unproven"
  record item "$number $recorded $state"
  case $state in "file "*) show "$path" ;; esac
  case $kind in file | original) "item_$1" trust ;; esac
  [ "$kind" != original ] || "item_$1" show
  [ "$kind" != time ] || "item_$1" sync
  foresee "$1"
}

# show FILE: its content as the body of the record before
show() {
  flush
  head -c 262144 -- "$1" 2>/dev/null
}

# lock_ahead: a manifest folder that is still to be made is locked where its lock will lie
lock_ahead() {
  [ -n "$folder" ] && [ ! -d "$folder" ] || return 0
  lock_ahead=1
  make_parents "$folder" || fail stage "$message"
}

# prepare_settings: the folder in which originals and records are kept is nobody else's
prepare_settings() {
  settings_home
  which_init
  make_parents "$settings/." || fail state-dir "$message"
  ! untrusted "$settings/." || fail untrusted "$untrusted"
  trap 'disarm_boot; rm -rf -- "$work"; release_lock' EXIT
  message=$(mkdir -m 700 -- "$work" 2>&1) || fail state-dir "$message"
  read -r _ began </proc/self/stat
  began_at "$began"
  { printf '%s\n' "$$ $began" >"$work/keeper"; } 2>/dev/null || fail state-dir "$work"
  # only now: of two that come at once at least one sees the other
  alone || fail busy "another run still changes this node (pid $waiter)"
  for left in "$settings"/.[0-9a-f]*; do
    [ "$left" = "$work" ] || [ ! -d "$left" ] || rm -rf -- "$left"
  done
  rm -f -- "$settings/put-back" "$root"/etc/systemd/system/podwright-provision-*.service \
    "$root"/etc/systemd/system/multi-user.target.wants/podwright-provision-*.service
}

# alone: whether no other run lives; the lock is one of many folders, and may have expired or been broken. switch_pending.sh has is_kept
alone() {
  for other in "$settings"/.[0-9a-f]*; do
    [ "$other" = "$work" ] || ! is_kept "$other" || return 1
  done
}

# hold NUMBER SHA256 <content: of a file that is to be
hold() {
  alive
  message=$(dd of="$work/$1" bs=65536 2>&1) || fail state-dir "${message%%"$newline"*}"
  sum=$(sha256sum <"$work/$1")
  [ "${sum%% *}" = "$2" ] || fail state-dir 'what was written is not what was sent'
}

# expect NUMBER: it is still as it was observed, or is what is wanted already; otherwise nothing of the order is done
expect() {
  number=$1
  "item_$1" look
  [ "$kind" != service ] || eval "was_$1='$enabled $started'"
  # one that was as wanted is here for what a change before it makes of it, and so is what reads it
  if as_wanted && [ "$over" != "$state" ]; then begins || made_already="$made_already $1 "; return; fi
  [ "$state" = "$over" ] || { record refused "$name"; body "$state"; refused=1; }
}

as_wanted() {
  case $kind in file | directory | original | time) case "$state " in "$wanted "*) return 0 ;; esac ;; esac
  [ "$state" = "$wanted" ]
}

# From here to the end nothing but a kill stops the program, whether or not anybody listens: half of a set is never left
all_expected() {
  [ -z "$refused" ] || { end; exit 1; }
  uptime
  record started "$now"
  # a record is whole once the next one begins
  record alive
  trap '' HUP INT TERM
  flush
}

nobody_listens() { :; }

# change NUMBER: makes it, and sees that it is made
change() {
  number=$1
  "item_$1"
  uptime
  case $made_already in *" $1 "*) record written "$now $name"; return ;; esac
  if [ "${now%.*}" -ge "$lock_until" ] || ! is_ours; then fail too-late "$name"; fi
  target=$wanted message=''
  changed="$1 $changed"
  [ -z "$restarts" ] || note_sandboxes
  "item_$1" make || fail "make-$kind" "$name: $message"
  "item_$1" look
  as_wanted || fail "make-$kind" "$name: it is $state, not $wanted"
  [ -z "$restarts" ] || sandboxes_stay || fail "make-$kind" "$name: $message"
  [ "$kind" != file ] || same_text || changed_files="$changed_files $name "
  uptime
  record written "$now $name"
  flush
}

# A failed step takes back what was done before it, the last first; then services, which read the rest
fail() {
  record failed "$1"
  body "${2-}"
  undoing=1
  # what had no unit is disabled and ends while the one that it was given still lies there
  for number in $changed; do "item_$number"; ! new_service || "item_$number" make; done
  for number in $changed; do "item_$number"; begins || moved_into || take_back; done
  for number in $changed; do "item_$number"; ! begins || take_back; done
  undo_move
  for number in $changed; do "item_$number"; ! moved_into || take_back; done
  changed=''
  disarm_boot
  end
  exit 1
}

# begins: whether it is something that reads the rest when it begins
begins() { case $kind in service | kubelet) ;; *) return 1 ;; esac; }

# moved_into: whether it is the folder to which static pods move, which is not empty until that is taken back
moved_into() { [ -n "$move_to" ] && [ "$kind $root$name" = "directory $move_to" ]; }

take_back() {
  target=$over undone=yes
  "item_$number" look
  if begins || [ "$state" != "$over" ]; then
    "item_$number" make && { [ -z "$restarts" ] || sandboxes_stay; } || undone=no
    "item_$number" look
    # it was older than its files, and is not now
    ! begins || case $over.$state in *current=no.*current=yes) over=${over%no}yes ;; esac
    [ "$restarts$undone" != yesno ] || { state="not proven: $message"; move_stands=yes; }
  fi
  uptime
  if [ "$state" = "$over" ]; then record restored "$now $name"; else record stands "$name"; fi
  flush
}

# shellcheck disable=SC2317  # of a run that moves no static pods; provision_move.sh has another
undo_move() { :; }

# of a run that restarts nothing; provision_boot.sh has others
# shellcheck disable=SC2317
will_change() { :; }
# shellcheck disable=SC2317
disarm_boot() { :; }
# shellcheck disable=SC2317
cut_off() { false; }

end() {
  record end
  flush
}
