# Reports the SELinux labels of the manifest folder and its files, and those that the policy wants; without SELinux, nothing.
# The caller has set: folder, selinux (a file that is there if SELinux is on).

observe_labels() {
  if [ ! -e "$selinux" ] || [ -z "$folder" ] || ! cd -P -- "$folder" 2>/dev/null; then return 0; fi
  set --
  for name in *; do
    case $name in *"$newline"*) continue ;; esac
    if [ -f "$name" ] && [ ! -L "$name" ]; then set -- "$@" "$PWD/$name"; fi
  done
  record labels "$PWD"
  flush
  # a busybox may not know %C, nor be there at all what knows the policy: then it is not told
  stat -c '%C %n' -- "$PWD" "$@" 2>/dev/null
  record labels-wanted
  flush
  matchpathcon -- "$@" 2>/dev/null
  cd / || exit 1
}
