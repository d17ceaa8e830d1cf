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
    if is_ours && note "$name" "$note_before"; then
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
