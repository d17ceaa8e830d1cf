# The one service that keeps a node's time; provision.sh calls these. Nothing here sets a clock.

# of each line the first that is there; the names of one line are one service's
time_services='chrony chronyd
systemd-timesyncd
ntpsec ntp ntpd
openntpd'

# look_time KEY TIMESYNCD-TEXT CHRONY-TEXT: the texts are of a file of ours that names servers, or empty -> $keeper, the service,
# and $rivals
look_time() {
  keeper='' rivals='' rank=0
  found_services=$(time_services_there)
  while read -r service enabled started; do
    of_this=1
    [ "$enabled" != yes ] || of_this=2
    [ "$started" != yes ] || of_this=3
    if [ -n "$service" ] && [ "$of_this" -gt "$rank" ]; then rank=$of_this keeper=$service; fi
  done <<FOUND
$found_services
FOUND
  # what brought it is taken back after it
  if [ -z "$keeper" ] || [ "$undoing$over" = 1none ]; then state=none; return 0; fi
  while read -r service enabled started; do
    [ "$service" = "$keeper" ] || case $enabled$started in *yes*) rivals="$rivals${rivals:+,}$service" ;; esac
  done <<FOUND
$found_services
FOUND
  service=$keeper
  "service_of_$init"
  alone=yes
  [ -z "$rivals" ] || alone=no
  state="time enabled=$enabled started=$started alone=$alone"
  [ -z "$2" ] || servers_of "$2" "$3"
  state="$state by $keeper${rivals:+ beside $rivals}"
}

# Lines of `NAME ENABLED STARTED`
time_services_there() {
  printf '%s\n' "$time_services" | while read -r names; do
    for service in $names; do
      "service_of_$init" || continue
      case $enabled in no-unit | masked) ;; *) printf '%s\n' "$service $enabled $started"; break ;; esac
    done
  done
}

# servers_of TIMESYNCD-TEXT CHRONY-TEXT -> $servers_file and $servers_text
servers_of() {
  servers_file='' servers_text=$2
  case $keeper in
    systemd-timesyncd) servers_file=/etc/systemd/timesyncd.conf.d/90-podwright.conf servers_text=$1 ;;
    chrony*) find_chrony_folder ;;
  esac
  [ -n "$servers_file" ] || { state="$state servers=unsupported"; return 0; }
  changed_since "$root" "$servers_file"
  if [ "$(cat -- "$root$servers_file" 2>/dev/null)" = "${servers_text%"$newline"}" ] && [ "$current" = yes ]; then
    state="$state servers=current"
  else
    state="$state servers=other"
  fi
}

# what its own configuration reads beside itself
find_chrony_folder() {
  for kind_of_folder in sourcedir.sources confdir.conf; do
    for file in /etc/chrony/chrony.conf /etc/chrony.conf; do
      while read -r word folders; do
        for place in $folders; do
          case $word$place in
            "${kind_of_folder%.*}"/etc/*) servers_file=$place/90-podwright.${kind_of_folder#*.}; return ;;
          esac
        done
      done 2>/dev/null <"$root$file"
    done
  done
}

make_time() {
  [ -z "$undoing" ] || { undo_time; return; }
  look_time "$@"
  [ -n "$keeper" ] || { message='no service that keeps the time is installed'; return 1; }
  printf '%s\n' "$found_services" >"$work/$number.services"
  kept=$keeper
  for service in $(printf '%s' "$rivals" | tr ',' ' '); do service_verb disable && service_verb stop || return; done
  service=$kept
  "service_of_$init"
  [ "$enabled" = yes ] || service_verb enable || return
  case " $state " in
    *' servers=other '*) write_servers && service_verb restart ;;
    *) [ "$started" = yes ] || service_verb start ;;
  esac
}

write_servers() {
  path=$root$servers_file
  printf '%s\n' "$servers_file" >"$work/$number.file"
  [ ! -f "$path" ] || cp -p -- "$path" "$work/$number.before"
  make_parents "$path" || return
  staged=${path%/*}/.podwright.$nonce.$number
  message=$({ printf '%s' "$servers_text" >"$staged" && chmod 644 -- "$staged"; } 2>&1) || { rm -f -- "$staged"; return 1; }
  move_in || return
  name_of_record=$(printf '%s' "${servers_file#/}" | tr / %)
  remember "$servers_file"
  wall_clock
  newest=$seconds_now
}

undo_time() {
  [ -f "$work/$number.services" ] || return 0
  written=''
  read -r written 2>/dev/null <"$work/$number.file"
  if [ -f "$work/$number.before" ]; then
    mv -f -- "$work/$number.before" "$root$written" || return
  elif [ -n "$written" ]; then
    rm -f -- "$root$written" "$settings/$(printf '%s' "${written#/}" | tr / %).owned" || return
  fi
  while read -r service was_enabled was_started; do
    "service_of_$init"
    case $was_enabled$enabled in yesno) service_verb enable ;; noyes) service_verb disable ;; esac
    case $was_started$started$written in yesyes?*) service_verb restart ;; yesno*) service_verb start ;; noyes*) service_verb stop ;; esac
  done <"$work/$number.services"
}

# sync_time: whether the clock is known not to be in step yet
sync_time() {
  [ -n "$keeper" ] || return 0
  in_step=$(timeout 5 timedatectl show -p NTPSynchronized --value 2>/dev/null)
  case $in_step in
    yes) return 0 ;;
    no) record unsynchronised "$keeper" ;;
    *) case $(timeout 5 chronyc -c tracking 2>/dev/null) in *'Not synchronised') record unsynchronised "$keeper" ;; esac ;;
  esac
}
