# Takes back what an order has changed, if one of its later steps fails.
# apply.sh has kept a copy of each file before the first was changed.

# put_back: each file of $changed (`NAME SHA256 OBSERVED`, the last one first) becomes what it was, if it is as we left it
# and the lock is still ours; otherwise it stands
put_back() {
  put_back_notes
  to_take_back=$changed changed=''
  while read -r name left observed; do
    [ -n "$name" ] || continue
    if is_ours && take_back; then
      drop_second_write
      forget "$name"
      restored=1
      uptime
      record restored "$now $name"
    else
      record stands "$name"
      switch_due=''
    fi
  done <<CHANGED
$to_take_back
CHANGED
  settle
}

# put_back_notes: each note of $owned (`NAME` and what it was, the last one first) becomes what it was, or is no more
put_back_notes() {
  to_take_back=$owned owned=''
  while read -r name note_before; do
    [ -n "$name" ] || continue
    if is_ours && set_note "$name" "$note_before"; then
      restored=1
      uptime
      record restored "$now $name"
    else
      record stands "$name"
    fi
  done <<OWNED
$to_take_back
OWNED
}

# set_note NAME SHA256|'': the note of that name, on the disk when it returns; without a hash there is none any more
set_note() {
  notes=$state_home/adopted
  # with this mode no default ACL lets anybody in
  # shellcheck disable=SC2174  # the folder above holds nothing secret
  [ -z "$2" ] || [ -d "$notes" ] || message=$(mkdir -m 700 -- "$notes" 2>&1) || return
  if [ -z "$2" ]; then
    message=$(rm -f -- "$notes/$1" 2>&1) || return
  elif ! { printf '%s\n' "$2" >"$notes/$1"; } 2>/dev/null; then
    message=$notes/$1
    rm -f -- "$message"
    return 1
  fi
  sync -- "$notes" "$notes/"* 2>/dev/null || sync
}

take_back() {
  hash_of "$folder/$name"
  [ "$hash" = "$left" ] || return
  if [ "$observed" = absent ]; then rm -f -- "$folder/$name"; return; fi
  bring_back "$name" "$state_dir/backups/$name.$seconds_now.$nonce" "$observed"
}

drop_second_write() {
  still=''
  while read -r key waiting rest; do
    [ -z "$key" ] || [ "$waiting" = "$name" ] || still="$still$key $waiting $rest$newline"
  done <<PENDING
$seconds_pending
PENDING
  seconds_pending=$still
}
