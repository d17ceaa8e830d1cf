# Logins of a node; provision.sh calls these. None has a password: in its place stands `*`, which none matches, and which, other
# than `!`, no server takes for a locked account.

# look_user NAME FIELDS: FIELDS may be `groups`. -> $uid, $home, $shell, $groups as they are
look_user() {
  state=absent recorded=- uid='' home='' shell='' groups='' made=''
  while IFS=: read -r entry _ uid_of_entry _ _ home_of_entry shell_of_entry; do
    [ "$entry" != "$1" ] || uid=$uid_of_entry home=$home_of_entry shell=$shell_of_entry
  done 2>/dev/null <"$root/etc/passwd"
  [ -n "$uid" ] || return 0
  read -r made 2>/dev/null <"$settings/$1.login"
  [ "$made" != "$uid" ] || recorded=ours
  groups_of_user "$1"
  state="user home=$home shell=$shell"
  [ -z "${2-}" ] || state="$state groups=$groups"
}

# -> $groups, sorted; its own is not one of them
groups_of_user() {
  groups=$(
    while IFS=: read -r group _ _ members; do
      case ,$members, in *",$1,"*) [ "$group" = "$1" ] || printf '%s\n' "$group" ;; esac
    done 2>/dev/null <"$root/etc/group" | sort | tr '\n' ','
  )
  groups=${groups%,}
}

make_user() {
  look_user "$@"
  [ -n "$uid" ] || read -r uid 2>/dev/null <"$work/$number.uid" || uid=''
  printf '%s\n' "$uid" >"$work/$number.uid"
  if [ "$target" = absent ]; then
    [ "$state" = absent ] || remove_user "$1" || return
    rm -f -- "$settings/$1.login"
    return
  fi
  for word in $target; do
    case $word in home=*) home=${word#*=} ;; shell=*) shell=${word#*=} ;; groups=*) groups=${word#*=} ;; esac
  done
  if [ "$state" != absent ] && command -v usermod >/dev/null 2>&1; then
    message=$(usermod -d "$home" -s "$shell" -G "$groups" "$1" 2>&1) || return
  else
    [ "$state" = absent ] || remove_user "$1" || return
    add_user "$1" || return
  fi
  look_user "$@"
  printf '%s\n' "$uid" >"$settings/$1.login"
}

# It has a group of its own
add_user() {
  if command -v useradd >/dev/null 2>&1; then
    own=-U
    ! grep -q "^$1:" "$root/etc/group" || own="-g $1"
    # shellcheck disable=SC2086  # words
    message=$(useradd -M -d "$home" -s "$shell" -p '*' $own ${uid:+-u $uid} ${groups:+-G "$groups"} "$1" 2>&1)
    return
  fi
  # shellcheck disable=SC2086  # words
  message=$(adduser -D -H -h "$home" -s "$shell" ${uid:+-u $uid} "$1" 2>&1) || return
  message=$(printf '%s:*\n' "$1" | chpasswd -e 2>&1) || return
  while [ -n "$groups" ]; do
    message=$(addgroup "$1" "${groups%%,*}" 2>&1) || return
    case $groups in *,*) groups=${groups#*,} ;; *) groups='' ;; esac
  done
}

# Its files are things of their own
remove_user() {
  if command -v userdel >/dev/null 2>&1; then message=$(userdel "$1" 2>&1); else message=$(deluser "$1" 2>&1); fi
}
