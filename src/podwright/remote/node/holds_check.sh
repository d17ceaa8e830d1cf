# Refuses what somebody holds, under the lock. The caller has `fail`; lock.sh has $state_home and $node_state.

# none_held WALL NAMES: nothing is written that somebody holds since it was planned, by the caller's clock. The
# name '' is the node itself. A hold of 30 days may have been made some while after WALL
none_held() {
  wall_now=$1
  shift
  for held in "$state_home"/holds/* "$node_state"/holds/*; do
    if [ ! -f "$held" ] || ! IFS=' ' read -r until _ who reason <"$held"; then continue; fi
    case $until in '' | *[!0-9]* | ?????????????*) continue ;; esac
    if [ "$until" -le "$wall_now" ] || [ "$until" -gt $((wall_now + 2678400)) ]; then continue; fi
    held=${held##*/}
    for name; do
      case $held/$name in
        _node/* | "$held/$held.yaml" | "$held/$held+2.yaml" | "$held/$held".*.yaml) fail held "$who: $reason" ;;
      esac
    done
  done
}
