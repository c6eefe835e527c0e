package dev.gridmate.internal;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which address of a host is to be tried when, by RFC 8305 (Happy Eyeballs): families take turns,
 * the next address is tried when the one before it has failed, or has not answered for a while; the
 * first that answers wins. All times are nanoseconds.
 *
 * <p>It knows no socket and no clock: one who connects asks it what to try, and tells it what
 * failed.
 */
public final class HostSearch {

    /**
     * How long to wait for what.
     *
     * @param lookUp how long a look-up may take
     * @param attempt after what time the next address is tried beside the one before it
     * @param addresses how many addresses are tried at most
     */
    public record Limits(long lookUp, long attempt, int addresses) {}

    private final LookUp lookUp;
    private final boolean isIpv4Only;
    private final Limits limits;
    private final long lookUpDeadline;
    private final List<String> failures = new ArrayList<>();

    /** Those that were not tried yet; null as long as nobody knows them. */
    private @Nullable Deque<InetAddress> untried;

    private long asked;
    private long nextAttempt;
    private int underWay;
    private int leftOut;
    private boolean isUnknown;

    /**
     * Begins.
     *
     * @param isIpv4Only true if the one who connects cannot reach IPv6
     */
    public HostSearch(LookUp lookUp, boolean isIpv4Only, Limits limits, long now) {
        this.lookUp = lookUp;
        this.isIpv4Only = isIpv4Only;
        this.limits = limits;
        lookUpDeadline = now + limits.lookUp;
        nextAttempt = now;
        asked = now;
    }

    /** {@return the address to try now; null if there is none, or it is not time for it} */
    public @Nullable InetAddress nextToTry(long now) {
        asked = now;
        Deque<InetAddress> left = known(now);
        if (left == null || left.isEmpty() || now < nextAttempt) {
            return null;
        }
        nextAttempt = now + limits.attempt;
        underWay++;
        return left.remove();
    }

    private @Nullable Deque<InetAddress> known(long now) {
        if (untried == null) {
            if (lookUp.isAnswered()) {
                untried = inTurns(lookUp.addresses());
                isUnknown = untried.isEmpty();
                if (isUnknown) {
                    failures.add(lookUp.failure().isEmpty() ? "the host has no IPv4 address" : lookUp.failure());
                }
            } else if (now >= lookUpDeadline) {
                untried = new ArrayDeque<>();
                isUnknown = true;
                failures.add("looking it up took longer than " + limits.lookUp / 1_000_000 + " ms");
            }
        }
        return untried;
    }

    /** {@return the usable ones; the families take turns, and the family of the first begins} */
    private Deque<InetAddress> inTurns(List<InetAddress> found) {
        Deque<InetAddress> first = new ArrayDeque<>();
        Deque<InetAddress> other = new ArrayDeque<>();
        for (InetAddress each : found) {
            if (!isIpv4Only || each instanceof Inet4Address) {
                boolean isFirst = first.isEmpty() || isOfOneFamily(first.element(), each);
                (isFirst ? first : other).add(each);
            }
        }
        Deque<InetAddress> turns = new ArrayDeque<>();
        while (!first.isEmpty() || !other.isEmpty()) {
            move(first, turns);
            move(other, turns);
        }
        return turns;
    }

    private void move(Deque<InetAddress> from, Deque<InetAddress> to) {
        InetAddress next = from.poll();
        if (next == null || to.contains(next)) {
            return;
        }
        if (to.size() < limits.addresses) {
            to.add(next);
        } else {
            leftOut++;
        }
    }

    private static boolean isOfOneFamily(InetAddress one, InetAddress other) {
        return one instanceof Inet4Address == other instanceof Inet4Address;
    }

    /** An address that was tried has failed: the next one is due at once. */
    public void onFailed(String words) {
        underWay--;
        nextAttempt = asked;
        failures.add(words);
    }

    /** {@return true if it has failed: nothing is left to try, and nothing is under way} */
    public boolean isOver() {
        return untried != null && untried.isEmpty() && underWay == 0;
    }

    /** {@return true if it has failed since there was no address to try} */
    public boolean isUnknown() {
        return isUnknown;
    }

    /** {@return when there will be something to do, if nobody answers and nothing fails before} */
    public long nextDue() {
        if (untried == null) {
            return lookUp.isAnswered() ? nextAttempt : lookUpDeadline;
        }
        return untried.isEmpty() && underWay > 0 ? Long.MAX_VALUE : nextAttempt;
    }

    /** {@return in words why it has failed, with each address that was tried} */
    public String failure() {
        return String.join("; ", failures)
                + (leftOut == 0 ? "" : "; " + leftOut + " more addresses were not tried, only " + limits.addresses);
    }
}
