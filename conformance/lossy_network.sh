#!/usr/bin/env bash
# Runs carrier-send against carrier-echo over UDP on a network that really loses datagrams, for a while, and counts.
#
#   conformance/lossy_network.sh [SECONDS] [LOSS] [DELAY_MS]      default: 60 seconds, 10 (of 100 datagrams), 10 ms
#
# Exit status: 0 all messages came back, 1 not so, 3 this machine has no such network.
#
# The network is the loopback of a network namespace that this script makes and removes, so it needs root and iproute2. Loss
# and delay are those of "tc netem"; where the kernel has no netem, a netfilter rule loses as many, and there is no delay.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:-60}
loss=${2:-10}
delay=${3:-10}
namespace=gridmate-lossy-$$
work=$(mktemp -d)
echo_pid=

cleanup() {
    [ -z "$echo_pid" ] || kill "$echo_pid" 2>/dev/null || true
    ip netns del "$namespace" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

./gridmate --version >&2 # builds, if need be, outside of the namespace
ip netns add "$namespace" || exit 3
inside() { ip netns exec "$namespace" "$@"; }
inside ip link set lo up || exit 3
if inside tc qdisc add dev lo root netem loss "$loss%" delay "${delay}ms" 2>/dev/null; then
    network="tc netem loss $loss% delay ${delay}ms"
elif inside iptables -A INPUT -p udp -m statistic --mode random \
    --probability "$(awk "BEGIN { print $loss / 100 }")" -j DROP 2>/dev/null; then
    network="netfilter, $loss of 100 datagrams lost (this kernel has no netem)"
else
    echo "lossy_network: neither tc netem nor iptables' statistic match works here" >&2
    exit 3
fi
echo "network: $network, $seconds s"

ip netns exec "$namespace" ./gridmate carrier-echo --udp --port 0 >"$work/echo" 2>"$work/echo.err" &
echo_pid=$!
until grep -q 'listening on' "$work/echo"; do
    kill -0 "$echo_pid" || { cat "$work/echo.err" >&2; exit 1; }
    read -rt 0.1 <> <(:) || true
done
address=$(sed -n 's/^listening on //p' "$work/echo")

sent=0 received=0 mismatched=0 runs=0
end=$((SECONDS + seconds))
while [ "$SECONDS" -lt "$end" ]; do
    runs=$((runs + 1))
    line=$(inside ./gridmate carrier-send "$address" --udp --channel all --count "$((2000 + RANDOM % 2000))" \
        --size 1-5000 --seed "$runs" 2>"$work/send.err" | grep '^sent=') || {
        echo "run $runs (--seed $runs) failed:" >&2
        cat "$work/send.err" >&2
        exit 1
    }
    value() { sed -n "s/.*\\b$1=\\([0-9]*\\).*/\\1/p" <<<"$line"; }
    sent=$((sent + $(value sent)))
    received=$((received + $(value received)))
    mismatched=$((mismatched + $(value mismatched)))
    echo "run $runs: $line"
done
kill -TERM "$echo_pid"
wait "$echo_pid" || true
echo_pid=
cat "$work/echo"
echo "in all: runs=$runs sent=$sent received=$received mismatched=$mismatched"
[ "$sent" = "$received" ] && [ "$mismatched" = 0 ]
