# The second write of an update: the same content again, once the worker of the old pod is done; apply.sh calls these.

second_writes() {
  [ -n "$seconds_pending" ] || return
  still=''
  while read -r key name first uid until ended; do
    [ -n "$key" ] || continue
    alive
    worker_done && second_write && continue
    passed "$until" && { record second-late "$name"; continue; }
    still="$still$key $name $first $uid $until $ended$newline"
  done <<PENDING
$seconds_pending
PENDING
  seconds_pending=$still
}

# worker_done: whether the worker of the old pod $uid has finished, which the kubelet does not report. Two signs together:
# the pod's sandbox ended 1.1 s ago or more ($ended, in hundredths; 1.0 s was enough 8 times of 8 on a real kubelet, half
# a second 2 of 4), and its folder is gone, which waits for its volumes but may go a little before the worker
worker_done() {
  if [ "$ended" = 0 ]; then
    old_pod_runs && return 1
    hundredths
    ended=$hundredths
    return 1
  fi
  hundredths
  [ $((hundredths - ended)) -ge 110 ] && [ ! -d "$kubelet_root/pods/$uid" ]
}

# If the runtime cannot be queried, the pod's folder stands for its sandbox
old_pod_runs() {
  sandboxes=$(
    command -v crictl >/dev/null 2>&1 &&
      limited crictl ${endpoint:+--runtime-endpoint "$endpoint"} pods -q --state ready --label "io.kubernetes.pod.uid=$uid" 2>/dev/null
  ) || { [ -d "$kubelet_root/pods/$uid" ]; return; }
  [ -n "$sandboxes" ]
}

# Status 1: another run is about to change the folder, so not yet
second_write() {
  lock_for_an_instant || return
  if ! unchanged "$name" "$first"; then give_back; return 0; fi
  uptime
  if mv -f -- "$folder/.podwright.$nonce.$key" "$folder/$name"; then
    record second "$now $name"
  else
    record failed write
    body "$name"
  fi
  give_back
  settle
  flush
}
