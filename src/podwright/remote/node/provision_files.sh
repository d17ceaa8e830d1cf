# Folders and files of a node, and the originals of files that were taken over; provision.sh calls these.

# look_file PATH NAME: NAME is that of our record
look_file() {
  path=$root$1 state=absent recorded=-
  [ ! -e "$settings/$2.owned" ] || recorded=ours
  if [ -h "$path" ]; then
    state="link $(readlink -- "$path")"
  elif [ -f "$path" ]; then
    sum=$(sha256sum <"$path" 2>/dev/null) || sum=unreadable
    rights_of
    state="file ${sum%% *} $rights"
  else
    look_at_others
  fi
}

# look_directory PATH LOGIN: LOGIN is that whose home it is; one that is empty can be ours
look_directory() {
  path=$root$1 state=absent recorded=-
  if [ -h "$path" ]; then
    state="link $(readlink -- "$path")"
  elif [ -d "$path" ]; then
    rights_of
    state="directory $rights"
    if [ -z "${2-}" ] || [ -e "$settings/$2.login" ] || [ -z "$(ls -A -- "$path" 2>/dev/null)" ]; then recorded=ours; fi
  else
    look_at_others
  fi
}

look_at_others() {
  if [ -d "$path" ]; then state=directory; elif [ -f "$path" ]; then state='file'; elif [ -e "$path" ]; then state=device; fi
}

# -> $rights: mode, owner and, if the node has them, the label
rights_of() {
  form='%a %U:%G'
  [ ! -e "$selinux" ] || form='%a %U:%G %C'
  rights=$(stat -c "$form" -- "$path" 2>/dev/null) || rights=unreadable
  # an owner without a name is given back by its number
  case $rights in *UNKNOWN*) rights=$(stat -c "%a %u:%g${form#*%G}" -- "$path" 2>/dev/null) || rights=unreadable ;; esac
}

make_directory() {
  path=$root$1
  if [ "$target" = absent ]; then
    message=$(rmdir -- "$path" 2>&1) || return
    [ -z "$undoing" ] || remove_parents
    return
  fi
  note_parents "$path"
  make_parents "$path/." || return
  named=''
  ! others_folder "$path" || named=$path
  # from inside it, where no name can be turned elsewhere; if others may change what is above it, no link led there
  message='it is a link, or lies behind one'
  [ ! -h "$path" ] && cd -P -- "$path" 2>/dev/null || return
  [ "$PWD" = "${named:-$PWD}" ] || { cd / || exit 1; return 1; }
  # shellcheck disable=SC2086  # words
  set -- $target
  give_rights . "$2" "$3" "${4-}"
  status=$?
  cd / || exit 1
  return $status
}

# note_parents PATH: which folders above it are still to be made, the deepest first
note_parents() {
  above=${1%/*}
  while [ -n "$above" ] && [ ! -e "$above" ]; do printf '%s\n' "$above"; above=${above%/*}; done >"$work/$number.parents"
}

# remove_parents: those, if nothing else lies there
remove_parents() {
  [ -f "$work/$number.parents" ] || return 0
  while IFS= read -r above; do rmdir -- "$above" 2>/dev/null || return 0; done <"$work/$number.parents"
}

make_parents() {
  umask 022
  message=$(mkdir -p -- "${1%/*}" 2>&1)
  status=$?
  umask 077
  return $status
}

# others_folder PATH: whether others may change the folder that it lies in -> $untrusted
others_folder() {
  real='' kept=$path
  if cd -P -- "${1%/*}/" 2>/dev/null; then real=$PWD; cd / || exit 1; fi
  untrusted "${1%/*}/." ${real:+"$real"}
  status=$?
  path=$kept
  return $status
}

# trust_file PATH: what others may change is reported
trust_file() { ! others_folder "$root$1" || record others-folder "$untrusted"; }
trust_original() { trust_file "$1"; }

# ours_alone PATH: no file is written or removed where others could turn that elsewhere
ours_alone() { ! others_folder "$1" || { message="others can change the folder that it lies in ($untrusted)"; return 1; }; }

# give_rights PATH MODE OWNER LABEL: of what nobody else can put a link in the place of
give_rights() {
  if [ "$(stat -c %U:%G -- "$1" 2>/dev/null)" != "$3" ]; then message=$(chown -h -- "$3" "$1" 2>&1) || return; fi
  message=$(chmod -- "$2" "$1" 2>&1) || return
  [ -e "$selinux" ] || return 0
  if [ -n "$4" ]; then message=$(chcon -- "$4" "$1" 2>&1); else restorecon -- "$1" 2>/dev/null || return 0; fi
}

# make_file PATH NAME: whole, in one rename; what lay there is kept for the undo, and for good if it was another's
make_file() {
  path=$root$1 name_of_record=$2
  if [ -n "$undoing" ]; then bring_back "$1"; return; fi
  ours_alone "$path" || return
  for record in owned original; do [ ! -e "$settings/$2.$record" ] || printf '' >"$work/$number.$record"; done
  if [ -f "$path" ]; then
    message=$(cp -p -- "$path" "$work/$number.before" 2>&1) || return
    [ -z "$takes" ] || keep_original || return
  fi
  will_change "$1" "$2"
  if [ "$target" = absent ]; then
    message=$(rm -f -- "$path" 2>&1) || return
    rm -f -- "$settings/$2.owned"
    [ ! -e "$settings/$2.original" ] || remember "$1"
    return
  fi
  staged=${path%/*}/.podwright.$nonce.$number
  note_parents "$path"
  make_parents "$path" && ours_alone "$path" || return
  message=$(dd if="$work/$number" of="$staged" bs=65536 conv=fsync 2>&1) || { rm -f -- "$staged"; return 1; }
  # what reads it need not begin again for other rights
  ! same_text || touch -r "$path" -- "$staged" 2>/dev/null
  # shellcheck disable=SC2086  # words
  set -- "$1" $target
  give_rights "$staged" "$4" "$5" "${6-}" || { rm -f -- "$staged"; return 1; }
  sound "$1" || { rm -f -- "$staged"; return 1; }
  move_in || return
  remember "$1"
}

# sound PATH: what sudo or sshd cannot read would end it for everybody; of sshd only what it says of this file counts
sound() {
  case $1 in
    /etc/sudoers | /etc/sudoers.d/*) ! command -v visudo >/dev/null 2>&1 || message=$(visudo -c -f "$staged" 2>&1) ;;
    /etc/ssh/sshd_config | /etc/ssh/sshd_config.d/*.conf)
      message=$(sshd -t -f "$staged" 2>&1)
      case $message in "$staged"*) return 1 ;; esac
      ;;
  esac
}

# same_text: whether only a file's rights differ
same_text() {
  text=${over#file }
  case $over in "file "*) ;; *) return 1 ;; esac
  case $wanted in "file ${text%% *} "*) ;; *) return 1 ;; esac
}

# From $staged to $path, and not into a folder of that name
move_in() {
  if [ -d "$path" ]; then message='a folder lies there'; false; else message=$(mv -f -- "$staged" "$path" 2>&1); fi ||
    { rm -f -- "$staged"; return 1; }
}

# remember PATH: that it is ours, or that we have its original
remember() { printf '%s\n' "$1" 2>/dev/null >"$settings/$name_of_record.owned"; }

# bring_back PATH: with the records as they were
bring_back() {
  if [ -f "$work/$number.before" ]; then
    message=$(mv -f -- "$work/$number.before" "$path" 2>&1) || return
  else
    message=$(rm -f -- "$path" 2>&1) || return
    remove_parents
  fi
  [ -e "$work/$number.original" ] || rm -f -- "$settings/$name_of_record.original"
  if [ -e "$work/$number.owned" ]; then remember "$1"; else rm -f -- "$settings/$name_of_record.owned"; fi
}

keep_original() { message=$(cp -p -- "$path" "$settings/$name_of_record.original" 2>&1); }

# Of a file that is to go for what lay there before it
look_original() {
  look_file "$1" "$2"
  [ "$recorded" = ours ] || state="released $state"
}

make_original() {
  path=$root$1 name_of_record=$2
  if [ -n "$undoing" ]; then
    if [ -f "$work/$number.before" ]; then message=$(mv -f -- "$work/$number.before" "$path" 2>&1); else rm -f -- "$path"; fi
    remember "$1"
    return
  fi
  ours_alone "$path" || return
  [ ! -f "$path" ] || message=$(cp -p -- "$path" "$work/$number.before" 2>&1) || return
  staged=${path%/*}/.podwright.$nonce.$number
  if [ -f "$settings/$2.original" ]; then
    message=$(cp -p -- "$settings/$2.original" "$staged" 2>&1) || return
    move_in || return
  else
    message=$(rm -f -- "$path" 2>&1) || return
  fi
  rm -f -- "$settings/$2.owned"
}

# Once all is done
finish_original() { rm -f -- "$settings/$2.original"; }

show_original() {
  [ -f "$settings/$2.original" ] || return 0
  record original
  show "$settings/$2.original"
}
