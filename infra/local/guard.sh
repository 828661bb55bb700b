# Runs "$@" and ends it when whoever started this script is gone. Standard input is the lifeline: a pipe that the parent
# holds open and never writes to, so it ends with the parent even after SIGKILL. Descriptor 3 tells the parent the program's
# process id. The first argument is the signal that asks the program to stop, the second for how many tenths of a second it
# may go on before it is killed. The parent makes this script lead a process
# group of its own, so that a Ctrl-C reaches only the parent, and so that `kill 0` means this script, the program and its
# children; the script itself ignores what asks the program to stop.
stop_signal=$1
patience=$2
shift 2
exec 4<&0
"$@" 3>&- 4<&- </dev/null &
child=$!
trap '' TERM INT
echo "$child" >&3
exec 3>&-
(
  read -r _ <&4
  trap '' HUP
  kill -s "$stop_signal" 0
  tries=0
  while kill -0 "$child" && [ "$tries" -lt "$patience" ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  kill -s KILL 0
) >/dev/null 2>&1 &
watcher=$!
exec 4<&-
wait "$child"
code=$?
# The watcher ignores this once the lifeline has ended, and then ends the whole group, this script included.
kill -s HUP "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
exit "$code"
