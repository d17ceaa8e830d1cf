# Asks the node's own kubelet what it thinks of its configuration; kubelet.sh, crictl.sh and path_trust.sh stand before.

# start_trial FOLDER [DROP_INS]: starts $program beside the kubelet that runs, with the same $arguments (and other drop-ins),
# in a folder of its own and for a runtime that is not there: it ends where it would first speak to the runtime, or before
# that if it refuses something. -> $trial_output, and false if it could not be started
start_trial() {
  trial=$1 other_drop_ins=${2-}
  # by another name, so that nobody takes it for the node's kubelet
  trial_output=$(ln -s -- "${program% (deleted)}" "$trial/trial" 2>&1) || return 1
  set --
  while IFS= read -r argument; do set -- "$@" "$argument"; done <<ARGUMENTS
$arguments
ARGUMENTS
  [ $# -eq 0 ] || shift
  # the last of a flag counts; a client that renews its certificate would ask the API for one
  set -- "$@" ${other_drop_ins:+"--config-dir=$other_drop_ins"} --root-dir="$trial/root" --cert-dir="$trial/pki" \
    --bootstrap-kubeconfig= --rotate-certificates=false --rotate-server-certificates=false --lock-file= \
    --exit-on-lock-contention=false --container-runtime-endpoint="unix://$trial/no-runtime"
  trial_output=$(cd -- "$trial" && limited ./trial "$@" 2>&1 | tail -c 16384)
}

# observe_trial: what the kubelet says of the configuration that it runs with
observe_trial() {
  [ -n "${pid-}" ] && [ -z "${several-}${inside-}" ] && [ -n "${config-}${drop_ins-}" ] || return 0
  program=$(readlink "$proc/$pid/exe" 2>/dev/null) && program_trusted "$proc/$pid" || return 0
  program=${program% (deleted)}
  case ${program##*/} in kubelet*) ;; *) return 0 ;; esac
  mkdir -m 700 -- "/run/podwright-trial-$nonce" 2>/dev/null || return 0
  start_trial "/run/podwright-trial-$nonce" && began=yes || began=''
  rm -rf -- "$trial"
  [ -n "$began" ] || return 0
  record kubelet-trial
  body "$trial_output"
}
