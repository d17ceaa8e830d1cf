# Packages of a node, of apt, dnf, zypper or apk; provision.sh calls these. Each manager has its functions in
# provision_package_managers.sh; all of them take $package, and set $found (its version), $candidate, $held or $others.
# The caller has set: package_seconds, for which the commands of a manager may run in one step, or in its undo.

which_packages() {
  [ -z "$packages" ] || return 0
  packages=none
  # its packages belong to an image
  [ ! -e "$root/run/ostree-booted" ] || return 0
  for tool in apt-get:apt dnf:dnf zypper:zypper apk:apk; do
    ! command -v "${tool%:*}" >/dev/null 2>&1 || { packages=${tool#*:}; return 0; }
  done
}

# look_package NAME FIELDS VERSION: the FIELDS of `version` and `hold`. If it is to be another version, or there, also which one
# the node's index has, which is never refreshed for that; if it is to go, also what else would
look_package() {
  package=$1 state=absent found='' candidate=''
  which_packages
  [ "$packages" != none ] || { state=unmanaged; return 0; }
  "version_$packages"
  if [ "$wanted" = absent ]; then
    [ -z "$found" ] || { "hold_$packages"; "others_$packages"; state="present version=$found hold=$held${others:+ with=$others}"; }
  else
    [ -z "$found" ] || state_of_package "$2"
    if [ -z "$found" ] || [ "${3:-$found}" != "$found" ]; then
      "candidate_$packages" "${3-}"
      state="$state candidate=${candidate:-none}"
    fi
  fi
  [ -z "$undoing" ] || compare_undone
}

state_of_package() {
  state=present
  case " $1 " in *' version '*) state="$state version=$found" ;; esac
  case " $1 " in *' hold '*) ;; *) return 0 ;; esac
  "hold_$packages"
  # what cannot be held is not
  case "$held $wanted " in 'unsupported '*' hold=no '*) held=no ;; esac
  state="$state hold=$held"
}

make_package() {
  which_packages
  uptime
  package_until=$((${now%.*} + package_seconds))
  if [ -n "$undoing" ]; then undo_package "$1"; else step_package "$@"; fi
  package_made=$?
  package_until=''
  return $package_made
}

step_package() {
  look_package "$@"
  "hold_$packages"
  [ "$held" != unsupported ] || held=no
  message=$({ "list_$packages" >"$work/$number.packages" && printf '%s\n' "$held" >"$work/$number.hold"; } 2>&1) || return
  [ ! -f "$root/etc/apk/world" ] || cp -p -- "$root/etc/apk/world" "$work/$number.world"
  change_package "$@"
  step_made=$?
  # what others change from here on is theirs
  "list_$packages" >"$work/$number.made"
  return $step_made
}

change_package() {
  if [ "$target" = absent ]; then
    [ -z "$found" ] || { change_hold no && tried "remove_$packages"; }
    return
  fi
  keep=$held
  case " $target " in *' hold=yes '*) keep=yes ;; *' hold=no '*) keep=no ;; esac
  if [ -z "$found" ] || [ "${3:-$found}" != "$found" ]; then
    change_hold no && install_package "${3:-$candidate}" || return
  fi
  change_hold "$keep"
}

# install_package VERSION: the index is refreshed if it does not know the package, or what it names is no longer to be had
install_package() {
  [ -n "$candidate" ] || tried "refresh_$packages" || return
  tried "install_$packages" fetch "$1" || { tried "refresh_$packages" && tried "install_$packages" fetch "$1"; } || return
  tried "install_$packages" '' "$1"
}

# change_hold yes|no
change_hold() {
  "hold_$packages"
  [ "$held" != unsupported ] || held=no
  [ "$held" = "$1" ] || tried "change_hold_$packages" "$1"
}

# tried FUNCTION ARGUMENTS -> $message, its last words if it fails
tried() {
  "$@" >"$work/said" 2>&1
  case $? in
    0) return 0 ;;
    124) message="no end within $package_seconds s" ;;
    *) message=$(tail -n 4 "$work/said" | tr '\n\t' '  ' | head -c 1000) ;;
  esac
  return 1
}

# bounded COMMAND: ends in time, of which a step's commands share what is left, although this program cannot be ended; it asks
# nobody, and restarts nothing but what is its own
bounded() (
  trap - INT TERM
  export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 APT_LISTCHANGES_FRONTEND=none UCF_FORCE_CONFFOLD=1
  uptime
  seconds=$((${package_until:-$((${now%.*} + package_seconds))} - ${now%.*}))
  # timeout takes 0 for no end
  [ "$seconds" -gt 0 ] || exit 124
  exec timeout "$seconds" "$@"
)

# What the step brought goes, and what went or changed by it comes back at its version, unless others changed it since
undo_package() {
  package=$1
  list_changes || { message='what was installed before is not known'; return 1; }
  # another's by now
  listed=$package
  as_made || return 0
  cp -- "$work/after" "$work/$number.undoing"
  while read -r listed version; do
    [ "$version" = - ] || grep -q "^$listed [^-]" "$old_list" || ! as_made || printf '%s\n' "$listed"
  done <"$work/gained" >"$work/new"
  while read -r listed version; do
    [ "$version" = - ] || ! as_made || printf '%s\n' "$listed $version"
  done <"$work/missing" >"$work/lost"
  read -r keep <"$work/$number.hold"
  change_hold no && { [ ! -s "$work/new" ] && [ ! -s "$work/lost" ] || tried "undo_$packages"; } && change_hold "$keep"
}

as_made() { [ "$(grep "^$listed " "$made_list")" = "$(grep "^$listed " "$work/after")" ]; }

# list_changes: what is there now in `after`, and what the step alone changed in `gained` and `missing`
list_changes() {
  old_list=$work/$number.packages made_list=$work/$number.made
  [ -f "$old_list" ] || return
  "list_$packages" >"$work/after"
  [ -s "$made_list" ] || cp -- "$work/after" "$made_list"
  without "$old_list" "$made_list" >"$work/gained"
  without "$made_list" "$old_list" >"$work/missing"
}

# without FILE FROM: the lines of FROM that FILE has not; for busybox an empty FILE has every line
without() {
  if [ -s "$1" ]; then grep -vxF -f "$1" -- "$2"; else cat -- "$2"; fi
  return 0
}

# It is what it was if every package is that the step changed, and to take it back changed no other; what the index has may
# be another thing by now
compare_undone() {
  list_changes || return 0
  undone_from=$work/$number.undoing
  [ -f "$undone_from" ] || undone_from=$work/after
  unlike=$(
    without "$work/after" "$work/missing"
    [ ! -s "$work/gained" ] || grep -xF -f "$work/gained" "$work/after"
    without "$undone_from" "$work/after" | without "$work/missing" -
    without "$work/after" "$undone_from" | without "$work/gained" -
  )
  if [ -z "$unlike" ]; then
    [ "${state%% candidate=*}" != "${over%% candidate=*}" ] || state=$over
  else
    state="$state, and other packages are not what they were"
  fi
}
