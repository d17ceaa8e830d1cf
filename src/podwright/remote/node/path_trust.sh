# Who but root and the login may change what lies at a path: what others may change is not believed, and nothing is
# written there.

# me -> $me and $my_group, by number, without a fork
me() {
  [ -z "${me-}" ] || return 0
  me='' my_group=''
  while read -r key _ number _; do
    case $key in Uid:) me=$number ;; Gid:) my_group=$number; return ;; esac
  done 2>/dev/null </proc/self/status
}

# untrusted PATHS: whether another user may change one of them, or put something else in its place -> $untrusted, the first,
# and whose it is. Each folder above counts too, except that a sticky one (/tmp) may be open to all: what lies in it can be
# replaced by its owner alone, and is looked at itself. A path that ends in `/.` is a folder that we use ourselves, where
# nobody else may put anything: that it is sticky does not help, and if it is a link, that is followed. Of a socket only the
# owner counts: its mode says who may talk to it. The group of a login that is not root is taken for its own, as a umask of
# 002 means it
untrusted() {
  me
  count=$#
  for path; do
    set -- "$@" "$path"
    path=${path%/.}
    while path=${path%/*}; [ -n "$path" ]; do set -- "$@" "$path"; done
  done
  shift "$count"
  own_group=$my_group
  [ "$me" != 0 ] || own_group=2147483646
  untrusted=$(
    find /. "$@" / -prune \( -path /. -o ! -user 0 ! -user "$me" -o ! -type l ! -type s \
      ! \( -type d -perm -1000 ! -path '*/.' \) \( -perm -002 -o -perm -020 ! -group "$own_group" \) \) -print 2>/dev/null
  )
  # it comes first if all went well
  case $untrusted in
    /.) untrusted=''; return 1 ;;
    /."$newline"*) untrusted=${untrusted#*"$newline"}; untrusted=$(stat -c 'owner %u, mode %a: %n' -- "${untrusted%%"$newline"*}") ;;
    *) untrusted='who may change it cannot be told: find failed' ;;
  esac
}

# observe_trust: whether the folder, by its name and by its real path, and the runtime's socket are nobody else's to change
observe_trust() {
  socket=${endpoint-}
  case $socket in unix:///*) socket=${socket#unix://} ;; /*) ;; *) socket='' ;; esac
  real=''
  if [ -n "$folder" ] && cd -P -- "$folder" 2>/dev/null; then real=$PWD; cd / || exit 1; fi
  [ -n "$folder$socket" ] || return 0
  untrusted ${folder:+"$folder/."} ${real:+"$real"} ${socket:+"$socket"} || return 0
  if [ -n "$folder" ] && untrusted "$folder/." ${real:+"$real"}; then record folder-untrusted "$untrusted"; fi
  if [ -n "$socket" ] && untrusted "$socket"; then endpoint_untrusted=$untrusted; fi
}
