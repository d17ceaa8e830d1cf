# Reports what lies in the manifest folder; changes nothing.
# The caller has set: folder (the manifest folder, or empty: kubelet.sh has set it to the kubelet's), one_by_one (anything:
# show each file by itself).

observe_files() { [ -z "$folder" ] || observe_folder; }

observe_folder() {
  record folder "$folder"
  if [ ! -e "$folder" ]; then missing_or_hidden; return; fi
  if [ ! -d "$folder" ]; then record folder-not-a-folder; return; fi
  # without the right to list it, a folder looks empty
  if [ ! -r "$folder" ] || ! cd -P -- "$folder" 2>/dev/null; then record folder-unreadable; return; fi
  [ -w . ] || record folder-read-only
  state_home=${PWD%/*}/.podwright/${PWD##*/}
  for name in .podwright.* "$state_home/lock" "$state_home"/lock.* "$state_home"/pending.*; do
    if [ -e "$name" ] || [ -L "$name" ]; then record leftovers; break; fi
  done
  for name in "$state_home"/adopted/*; do
    if [ -f "$name" ] && read -r sum 2>/dev/null <"$name"; then record adopted "$sum ${name##*/}"; fi
  done
  set --
  for name in *; do
    [ -e "$name" ] || [ -L "$name" ] || continue
    case $name in
      *"$newline"*) observe_entry "$name"; continue ;;
    esac
    if [ -f "$name" ] && [ ! -L "$name" ] && [ -z "$one_by_one" ]; then set -- "$@" "./$name"; else observe_entry "$name"; fi
  done
  observe_regular_files "$@"
  # whose it is and, by what is the login's own, who that is; and when a name came or went last, which may be just now
  record rights
  body "$(stat -c '%a %u %Y' . /proc/self/ 2>/dev/null)"
  cd /
}

# observe_regular_files FILES: all regular files by two programs instead of two for each; the caller cuts the contents apart by
# the sizes, and observes them again, one by one, if a file changed meanwhile and they do not add up
observe_regular_files() {
  [ $# -gt 1 ] || { [ $# -eq 0 ] || observe_entry "${1#./}"; return; }
  record contents
  flush
  head -q -c 10485761 -- "$@" 2>/dev/null
  record files $?
  flush
  stat -c '%a %u %i %Y %s %n' -- "$@" 2>/dev/null || record files-vanished
}

# What stands in a folder that we may not search seems missing too
missing_or_hidden() {
  above=${folder%/*}
  while [ "${above#*/}" != "$above" ] && [ ! -e "$above" ]; do above=${above%/*}; done
  if [ -d "${above:-/}" ] && [ ! -x "${above:-/}" ]; then record folder-unreadable; return; fi
  record folder-missing
}

# One entry of the folder; only a regular file, or a link to one, is ever opened: a FIFO would block us as it blocks the kubelet
observe_entry() {
  case $1 in *"$newline"*) record odd-name; body "$1"; return ;; esac
  meta=$(stat -c '%a %u %i %Y' -- "./$1" 2>/dev/null) || [ -e "$1" ] || [ -L "$1" ] || return
  kind=other
  [ -d "$1" ] && kind=directory
  [ -f "$1" ] && kind='file'
  [ -L "$1" ] && kind='link'
  [ -p "$1" ] && kind=pipe
  if [ -L "$1" ]; then
    if [ -e "$1" ]; then record link "$1"; else record link-to-nothing "$1"; fi
    body "$(readlink -- "./$1")"
  fi
  record entry "$kind ${meta:-0 0 0 0} $1"
  if [ -f "$1" ]; then
    flush
    head -c 10485761 -- "./$1" 2>/dev/null && return
    if [ -e "$1" ]; then record entry-unreadable "$1"; else record entry-vanished "$1"; fi
  fi
}
