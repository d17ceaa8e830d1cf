# Arms the dead-man switch of a run: what it writes is taken back by the node itself unless the run is confirmed in time.
# STATE/switch/RUN has `armed` (`DEADLINE BOOT SECONDS OWNER`; called `confirmed` or `firing` once that is decided), `entries`
# (each `BEFORE BACK REVISION AFTER,AFTER NAME`: what lay there, what is to lie there again, and what the run writes, each a
# sha256 or `absent`), `files/NAME` (what is to lie there again), `begun/NAME` (it is being brought back), `program`, which
# waits, its pid and when it began in `keeper`, and in `unit` the name of what systemd starts before the kubelet if the node
# restarts. The caller has set: run, unit_dir, systemd_dir, and what lock.sh asks for.

# begin_switch <program
begin_switch() {
  switch=$state_home/switch/$run
  # who waits reads what is there as it goes on
  [ ! -e "$switch/program" ] || return 0
  switch_due=yes
  # shellcheck disable=SC2174  # each is the deepest of one argument
  message=$(mkdir -p -m 700 -- "$state_home/switch" "$switch" "$switch/files" "$switch/begun" 2>&1) || fail switch "$message"
  message=$(dd of="$switch/program" bs=65536 conv=fsync 2>&1) || fail switch "${message%%"$newline"*}"
}

# hold KEY BEFORE BACK REVISION AFTERS NAME <what is to lie there again, unless it is what lies there now. What an earlier step
# of the run found under a name is what comes back
hold() {
  case $made_already in *" $1 "*) return ;; esac
  before=$2 back=$3 revision=$4 afters=$5 name=$6
  known='' others=''
  while read -r held_before held_back held_revision held_afters held; do
    if [ "$held" != "$name" ]; then
      others="$others$held_before $held_back $held_revision $held_afters $held$newline"
      continue
    fi
    known=yes before=$held_before back=$held_back afters=$held_afters,$afters
    [ "$revision" != - ] || revision=$held_revision
  done 2>/dev/null <"$switch/entries"
  [ -n "$known" ] || [ "$back" = absent ] || keep_content
  lay entries "$others$before $back $revision $afters $name"
}

# lay NAME TEXT: whole at every instant
lay() {
  { printf '%s\n' "$2" >"$switch/new"; } 2>/dev/null || fail switch "$switch/$1"
  mv -f -- "$switch/new" "$switch/$1" 2>/dev/null || fail switch "$switch/$1"
}

keep_content() {
  if [ "$back" = "$before" ]; then
    message=$(cp -- "$folder/$name" "$switch/files/$name" 2>&1) || fail switch "$message"
  else
    message=$(dd of="$switch/files/$name" bs=65536 2>&1) || fail switch "${message%%"$newline"*}"
  fi
  hash_of "$switch/files/$name"
  [ "$hash" = "$back" ] || fail switch "$switch/files/$name"
}

# arm SECONDS KUBELETS: on the disk, and waited with, when it returns; an earlier step's time begins again
arm() {
  [ -s "$switch/entries" ] || { disarm; switch_due=''; return; }
  boot_unit "$2" || fail switch "$unit_dir"
  uptime
  lay armed "$((${now%.*} + $1 + 1)) $boot $1 $lock_owner"
  sync -- "$state_home" "$state_home/switch" "$switch" "$switch/"* "$switch/files/"* 2>/dev/null || sync
  is_kept "$switch" || start_keeper || fail switch 'the program that waits does not start'
  alive
}

start_keeper() {
  rm -f -- "$switch/keeper"
  # it is no part of this session, and nothing of it ends with sshd
  { by_systemd && limited systemd-run --quiet --collect --property=StandardOutput=null --unit="$unit-waits" \
    /bin/sh "$switch/program" >/dev/null 2>&1; } ||
    ( (cd / && exec setsid sh "$switch/program") </dev/null >/dev/null 2>&1 & )
  tries=0
  until is_kept "$switch"; do
    [ $tries -lt 50 ] || return
    tries=$((tries + 1))
    pause 0.1
  done
}

# by_systemd: whether it is there, and takes this state folder as it stands in a unit
by_systemd() {
  me
  [ "$me" = 0 ] && [ -d "$systemd_dir" ] && [ -w "$unit_dir" ] || return
  case $state_home in *[!A-Za-z0-9/._@+-]*) return 1 ;; esac
}

# boot_unit KUBELETS: if the node restarts, what waits is gone, and the kubelet must not start what nobody confirmed
boot_unit() {
  by_systemd || return 0
  unit=podwright-$run-${nonce%"${nonce#????????}"}
  if [ -e "$switch/unit" ]; then read -r unit <"$switch/unit"; return; fi
  printf '%s\n' "$unit" >"$switch/unit" || return
  wants=$unit_dir/multi-user.target.wants
  mkdir -p -- "$wants" && cat >"$unit_dir/$unit.service" <<UNIT && chmod 644 -- "$unit_dir/$unit.service" &&
[Unit]
Description=Take back what run $run of podwright wrote, which was not confirmed
Before=$1
RequiresMountsFor=$state_home ${state_home%/.podwright/*}/${state_home##*/}
ConditionPathExists=$switch/program

[Service]
Type=oneshot
Environment=PODWRIGHT_AT_BOOT=yes
StandardOutput=null
ExecStart=/bin/sh $switch/program
UNIT
    ln -s "../$unit.service" "$wants/$unit.service" && { sync -- "$unit_dir/$unit.service" "$unit_dir" "$wants" 2>/dev/null || sync; }
}
