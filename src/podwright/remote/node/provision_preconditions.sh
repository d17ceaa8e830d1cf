# Tells beforehand what a change would fail on: foresee_KIND KEY ASKS... reports what the node lacks for a thing that is not as
# wanted; provision.sh calls these after look_KIND.

# foresee NUMBER; once there is anything to change, also whether what a run keeps can be kept
foresee() {
  ! as_wanted || return 0
  case $kind in file | directory | user | module | sysctl | service | kubelet) "item_$1" foresee ;; esac
  [ -z "$own_folder" ] || return 0
  own_folder=seen
  if untrusted "$settings/."; then record own-folder "$untrusted"; return; fi
  path=$settings
  nearest_above
  [ "$me" != 0 ] || [ -w "$above/" ] || record own-folder "read-only: ${above#"$root"}/"
}
own_folder=''

# lacks WHAT [DETAIL]
lacks() { record lacks "$*"; }

foresee_file() {
  can_lie_there
  can_be_replaced
  rights_are_known
}

foresee_directory() {
  can_lie_there
  can_be_replaced
  rights_are_known
  case $wanted.$state in "absent.directory "*) ;; *) return 0 ;; esac
  # shellcheck disable=SC2012  # names alone, and bounded
  held=$(ls -A -- "$path" 2>/dev/null | head -c 4096 | tr '\n' /)
  # not what was cut off of a name; if all that came before goes too, rmdir will tell
  held=${held%"${held##*/}"}
  [ -z "$held" ] || lacks not-empty "$held"
}

# can_lie_there: whether what is above $path is a folder, and can be written; for root only a read-only mount forbids that
can_lie_there() {
  nearest_above
  if [ ! -d "$above/" ]; then
    lacks above-is-no-folder "${above#"$root"}"
  elif [ "$me" = 0 ] && [ ! -w "$above/" ]; then
    lacks read-only "${above#"$root"}/"
  fi
}

# can_be_replaced: not even root renames to, or removes, what is mounted; and what is immutable, or lies in such a folder, stays
can_be_replaced() {
  case $kind.$wanted in directory.directory*) ;; *) ! grep -qsF " ${path#"$root"} " "$root/proc/mounts" || lacks mounted ;; esac
  command -v lsattr >/dev/null 2>&1 || return 0
  for held in "$path" "$above/"; do
    case $(lsattr -d -- "$held" 2>/dev/null) in *i*" $held" | *a*" $held") lacks immutable "${held#"$root"}"; return ;; esac
  done
}

# -> $above, the nearest thing above $path that is there
nearest_above() {
  above=${path%/*}
  while [ -n "$above" ] && [ ! -e "$above" ] && [ ! -h "$above" ]; do above=${above%/*}; done
}

rights_are_known() {
  # shellcheck disable=SC2086  # words
  set -- $wanted
  [ "$1" = directory ] || shift
  [ $# -gt 2 ] || return 0
  is_known passwd "${3%%:*}" || lacks no-user "${3%%:*}"
  is_known group "${3#*:}" || lacks no-group "${3#*:}"
  [ -z "${4-}" ] || [ -e "$selinux" ] || lacks no-selinux
}

# is_known passwd|group NAME: numbers need no entry
is_known() {
  case $2 in root) return 0 ;; *[!0-9]*) ;; *) return 0 ;; esac
  while IFS=: read -r known _; do [ "$known" != "$2" ] || return 0; done 2>/dev/null <"$root/etc/$1"
  timeout 5 getent "$1" "$2" >/dev/null 2>&1
  # of a directory service that does not answer nothing is known
  case $? in 0 | 124) ;; *) return 1 ;; esac
}

foresee_user() {
  case $wanted in *' groups='*) groups=${wanted##* groups=} ;; *) groups='' ;; esac
  while [ -n "$groups" ]; do
    is_known group "${groups%%,*}" || lacks no-group "${groups%%,*}"
    case $groups in *,*) groups=${groups#*,} ;; *) groups='' ;; esac
  done
  if [ "$wanted" = absent ]; then
    # that of busybox does not mind
    ! command -v userdel >/dev/null 2>&1 || ! user_runs || lacks user-busy
    return
  fi
  command -v useradd >/dev/null 2>&1 || command -v adduser >/dev/null 2>&1 || lacks no-program useradd
}

# user_runs: as userdel looks: what has another root, as in a container, may have the same number for somebody else
user_runs() {
  set --
  for shown in $(stat -c %u:%n -- "$proc"/[0-9]* 2>/dev/null | grep "^$uid:"); do set -- "$@" "${shown#*:}/root"; done
  [ $# -gt 0 ] && stat -L -c %d:%i -- "$@" 2>/dev/null | grep -qx "$(stat -L -c %d:%i -- "$root/")"
}

# foresee_module NAME: the file may have `-` for `_`; without an index nothing is known
foresee_module() {
  modules=$root/lib/modules/$(uname -r)
  name_of_file=$(printf '%s' "$1" | sed 's/\./\\./g; s/[-_]/[-_]/g')
  if [ ! -d "$modules" ]; then
    lacks no-modules "${modules#"$root"}"
  elif [ -s "$modules/modules.dep" ] && ! grep -q "^\(.*/\)\{0,1\}$name_of_file\.ko[^/]*:" "$modules/modules.dep"; then
    lacks no-module
  fi
}

# foresee_sysctl NAME PATH
foresee_sysctl() {
  if [ ! -f "$root/proc/sys/$2" ]; then lacks no-sysctl; return; fi
  case $(stat -c %A -- "$root/proc/sys/$2" 2>/dev/null) in ?rw*) [ "$me" != 0 ] || [ -w "$root/proc/sys/$2" ] ;; *) false ;; esac ||
    lacks fixed-sysctl
}

# -> after look_service: $enabled and $started
foresee_service() {
  case $state/$enabled/$wanted in
    unknown*) lacks no-service-manager ;;
    */no-unit/*) lacks no-unit ;;
    */masked/*enabled=* | */masked/*started=yes*) lacks masked ;;
    */static/*enabled=* | */alias/*enabled=* | */generated/*enabled=*) lacks fixed-unit "$enabled" ;;
  esac
}

# one that does not run yet is started
foresee_kubelet() {
  case $state in stopped*) ;; *) return 0 ;; esac
  service=$1
  "service_of_$init" || { lacks no-service-manager; return; }
  case $enabled in no-unit | masked) lacks "$enabled" ;; esac
}
