# Modules, sysctls and swap of a node; provision.sh calls these.

# look_module NAME NAME_WITH_UNDERSCORES: one that is built in has no folder if it has no parameter
look_module() {
  state=absent
  if [ -d "$root/sys/module/$2" ]; then state=loaded; return; fi
  ! grep -qs -e "/$1\.ko" -e "/$2\.ko" "$root/lib/modules/$(uname -r)/modules.builtin" || state=loaded
}

make_module() {
  if [ "$target" = loaded ]; then message=$(modprobe -- "$1" 2>&1); else message=$(modprobe -r -- "$1" 2>&1); fi
}

# look_sysctl NAME PATH: `read` would take numbers of /proc/sys digit by digit, and get the first
look_sysctl() {
  state=absent
  [ -f "$root/proc/sys/$2" ] || return 0
  set -f
  # shellcheck disable=SC2046  # words
  set -- $(cat "$root/proc/sys/$2" 2>/dev/null)
  state=$*
  set +f
}

make_sysctl() {
  { message=$(printf '%s\n' "$target" 2>&1 >"$root/proc/sys/$2"); } 2>/dev/null || { message=${message:-$1}; return 1; }
}

# look_swap fstab|now
look_swap() {
  state=off
  case $1 in
    fstab) ! fstab_has_swap || state=on ;;
    now)
      state=$({ read -r _; while read -r device _; do printf ' %s' "$device"; done; } 2>/dev/null <"$root/proc/swaps")
      if [ -n "$state" ]; then state=on$state; else state=off; fi
      ;;
  esac
}

fstab_has_swap() {
  [ -f "$root/etc/fstab" ] || return
  while read -r device _ type _; do
    case $device in '' | '#'*) ;; *) [ "$type" != swap ] || return 0 ;; esac
  done <"$root/etc/fstab"
  return 1
}

make_swap() {
  case $1.$target in
    now.off) message=$(swapoff -a 2>&1) ;;
    now.*) for device in ${target#on}; do message=$(swapon -- "$device" 2>&1) || return; done ;;
    *) edit_fstab ;;
  esac
}

# Lines of swap become comments, or again what they were
edit_fstab() {
  path=$root/etc/fstab
  staged=$root/etc/.podwright.$nonce.fstab
  message=$(cp -p -- "$path" "$staged" 2>&1) || return
  word='[^[:space:]#][^[:space:]]*[[:space:]]\{1,\}'
  begin="^[[:space:]]*$word$word"
  if [ "$target" = off ]; then
    sed -e "s/${begin}swap[[:space:]]/# podwright: &/" -e "s/${begin}swap\$/# podwright: &/" "$path" >"$staged"
  else
    sed 's/^# podwright: //' "$path" >"$staged"
  fi || return
  move_in
}
