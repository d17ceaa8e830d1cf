# Services of a node, of systemd or OpenRC; provision.sh calls these.

# look_service NAME FIELDS WATCHED...: the FIELDS of `enabled=`, `started=` and `current=`, which is whether it began after its
# unit and the WATCHED files were last changed
look_service() {
  service=$1 fields=$2 state='' since=''
  shift 2
  "service_of_$init" || { state=unknown; return 0; }
  [ "$init" != systemd ] || all_loaded "$@"
  changed_since "$root" "$@"
  for field in $fields; do
    case $field in
      enabled) state="$state enabled=$enabled" ;;
      started) state="$state started=$started" ;;
      current) state="$state current=$current" ;;
    esac
  done
  state=${state# }
}

service_of_other() {
  enabled=no started=no
  false
}

# -> $enabled, $started, $since (Unix seconds) and $current, as far as the unit decides it
service_of_systemd() {
  enabled=no started=no since='' current=yes reload='' loaded=''
  shown=LoadState,UnitFileState,ActiveState,NeedDaemonReload,DropInPaths,ActiveEnterTimestampMonotonic
  shown=$(systemctl show -p "$shown" -- "$service" 2>/dev/null) || return
  while IFS='=' read -r key value; do
    case $key.$value in
      LoadState.not-found) enabled=no-unit started=no-unit ;;
      LoadState.masked) enabled=masked ;;
      UnitFileState.enabled*) [ "$enabled" != no ] || enabled=yes ;;
      UnitFileState.static | UnitFileState.alias | UnitFileState.generated) [ "$enabled" != no ] || enabled=$value ;;
      ActiveState.active | ActiveState.reloading) started=yes ;;
      NeedDaemonReload.yes) current=no reload=yes ;;
      DropInPaths.*) loaded=" $value " ;;
      ActiveEnterTimestampMonotonic.*) since=$value ;;
    esac
  done <<SHOWN
$shown
SHOWN
  [ "$started" = yes ] || { since=''; return 0; }
  uptime
  wall_clock
  since=$((seconds_now - ${now%.*} + ${since:-0} / 1000000))
}

# all_loaded FILES: systemd remembers which folders there are, and does not miss the first drop-in of a unit
all_loaded() {
  for watched; do
    case $watched in /etc/systemd/system/*.d/*.conf) [ -f "$root$watched" ] || continue ;; *) continue ;; esac
    case $loaded in *" $watched "*) ;; *) current=no reload=yes ;; esac
  done
}

service_of_openrc() {
  enabled=no started=no since='' current=yes
  [ -e "$root/etc/init.d/$service" ] || { enabled=no-unit started=no-unit; return 0; }
  for level in "$root/etc/runlevels"/*; do [ ! -e "$level/$service" ] || enabled=yes; done
  mark=$root/run/openrc/started/$service
  if [ -e "$mark" ] && rc-service -q "$service" status >/dev/null 2>&1; then
    started=yes
    since=$(stat -c %Y -- "$mark" 2>/dev/null)
  fi
}

# changed_since PREFIX FILES: what began at $since did so before one of them was last written -> $current, and $newest. What
# was written in the future tells nothing
changed_since() {
  newest=0 prefix=$1
  shift
  wall_clock
  for watched; do
    written=$(stat -c %Y -- "$prefix$watched" 2>/dev/null) || continue
    if [ "$written" -gt "$newest" ] && [ "$written" -le "$seconds_now" ]; then newest=$written; fi
  done
  [ "$newest" -le "${since:-$newest}" ] || current=no
}

# Times are whole seconds, so what is to be younger than the newest file begins two later
settle() {
  wall_clock
  [ $((seconds_now - ${newest:-0})) -ge 2 ] || pause 2
}

make_service() {
  service=$1
  look_service "$@" || return
  [ -z "$undoing" ] || { undo_service; return; }
  # within one second the times do not tell
  for watched; do case $changed_files in *" $watched "*) current=no ;; esac; done
  [ -z "${reload-}" ] || message=$(systemctl daemon-reload 2>&1) || return
  again=''
  # whoever restarted it last ended before it was proven
  case "$unproven $started $target" in "yes yes "*started=yes* | "yes yes "*current=*) again=yes ;; esac
  for field in $target; do
    case $field in
      enabled=yes) [ "$enabled" = yes ] || service_verb enable || return ;;
      enabled=no) [ "$enabled" = no ] || service_verb disable || return ;;
      started=no) [ "$started" = no ] || service_verb stop || return ;;
      started=yes) [ "$started" = yes ] || service_verb start || return ;;
      current=yes) [ "$current$started" != noyes ] || again=yes ;;
    esac
  done
  [ -z "$again" ] || service_verb restart
}

# new_service: whether it had no unit before
new_service() {
  [ "$kind" = service ] && eval "was=\$was_$number" && [ "$was" = 'no-unit no-unit' ]
}

# What it was, whichever of it was declared; it is begun again, for it may have read what is taken back
undo_service() {
  eval "was=\$was_$number"
  case $was in
    "yes "*) [ "$enabled" = yes ] || service_verb enable ;;
    no*) [ "$enabled" != yes ] || service_verb disable ;;
  esac
  case $was$init in
    *" yessystemd") systemctl daemon-reload && systemctl reset-failed -- "$service" && service_verb restart ;;
    *" yes"*) service_verb restart ;;
    *)
      [ "$started" != yes ] || service_verb stop || return
      [ "$init" != systemd ] || { systemctl daemon-reload && systemctl reset-failed -- "$service" 2>/dev/null; } || :
      ;;
  esac
}

# service_verb VERB: one that starts it returns before a simple service has failed
service_verb() {
  case $1 in start | restart) settle ;; esac
  case $init.$1 in
    systemd.*) message=$(systemctl "$1" -- "$service" 2>&1) || return ;;
    openrc.enable) message=$(rc-update -q add "$service" default 2>&1) || return ;;
    openrc.disable) message=$(rc-update -q -a del "$service" 2>&1) || return ;;
    openrc.*) message=$(rc-service "$service" "$1" 2>&1) || return ;;
  esac
  case $1 in start | restart) pause 1 ;; esac
}
