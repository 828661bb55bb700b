# Runs "$@" and ends it when whoever started this script is gone. Standard input is the lifeline: a pipe that the parent
# holds open and never writes to, so it ends with the parent even after SIGKILL. Descriptor 3 tells the parent the program's
# process id. The first argument is the signal that asks the program to stop. The parent makes this script lead a process
# group of its own, so that a Ctrl-C reaches only the parent, and so that `kill 0` below means this program and its children.
stop_signal=$1
shift
exec 4<&0
"$@" 3>&- 4<&- </dev/null &
child=$!
echo "$child" >&3
exec 3>&-
(
  read -r _ <&4
  trap '' TERM
  kill -s "$stop_signal" "$child"
  tries=0
  while kill -0 "$child" && [ "$tries" -lt 50 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  kill -s KILL 0
) >/dev/null 2>&1 &
watcher=$!
exec 4<&-
wait "$child"
code=$?
# The watcher ignores this once the lifeline has ended, and then ends the rest of the group.
kill "$watcher" 2>/dev/null
exit "$code"
