package dev.gridmate.cli;

import dev.gridmate.driver.StreamSocketDriver;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run of a workload: connects, warms up, measures, and waits for what is still on its way. */
final class BenchRun implements Exchange, AutoCloseable {

    /** In this order; a run that is stopped goes to the last one from anywhere. */
    private enum Phase {
        CONNECTING,
        WARMING_UP,
        MEASURING,
        ENDING
    }

    /** What the server had had at a moment. */
    private record Count(long at, long packets, long bytes) {}

    private final BenchPlan plan;
    private final Clients clients = new Clients();
    private Phase phase = Phase.CONNECTING;
    private long phaseEnds;
    private boolean complete;
    private @Nullable Count first;
    private @Nullable Count last;
    private @Nullable Ticks ticks;
    private long unsent;

    private long turnBegan;
    private int workOfTurn;
    private long busyNanos;
    private long idleNanos;

    BenchRun(BenchPlan plan) {
        this.plan = plan;
    }

    /** Begins to connect. */
    void connect(Destination to) {
        PacketSource source = new PacketSource(PacketSource.SEED, plan.size());
        for (int i = 0; i < plan.connections(); i++) {
            clients.add(plan.connect(to, i, source, clients.roundTrips()));
        }
    }

    /** {@return the drivers, one for each connection} */
    List<StreamSocketDriver> drivers() {
        return clients.drivers();
    }

    @Override
    public int turn() {
        long now = System.nanoTime();
        if (phase == Phase.MEASURING) {
            // A turn lasts until the next one, with whatever passes the time between them.
            long nanos = now - turnBegan;
            busyNanos += workOfTurn > 0 ? nanos : 0;
            idleNanos += workOfTurn > 0 ? 0 : nanos;
        }
        turnBegan = now;
        if (ticks != null) {
            ticks.onTurn(now);
        }
        workOfTurn = clients.turn();
        advance(now); // afterwards, so that what was due at the end has had its chance to leave
        return workOfTurn;
    }

    private void advance(long now) {
        switch (phase) {
            case CONNECTING -> {
                if (clients.areAllEstablished()) {
                    clients.startSending(now);
                    ticks = plan.isPaced() ? new Ticks(now, plan.nanosPerPacket()) : null;
                    become(Phase.WARMING_UP, now + plan.warmup());
                }
            }
            case WARMING_UP -> {
                if (now - phaseEnds >= 0) {
                    first = count(System.nanoTime());
                    clients.roundTrips().begin(now);
                    if (ticks != null) {
                        ticks.forgetWorst();
                    }
                    become(Phase.MEASURING, now + plan.nanos());
                }
            }
            case MEASURING -> {
                if (now - phaseEnds >= 0) {
                    complete = true;
                    stopSending();
                }
            }
            case ENDING -> {}
        }
    }

    private void become(Phase next, long ends) {
        phase = next;
        phaseEnds = ends;
    }

    private Count count(long now) {
        return new Count(clients.countedAt(now), clients.received(), clients.sum(Client::bytes));
    }

    @Override
    public void stopSending() {
        endMeasuring();
        clients.stopSending();
        phase = Phase.ENDING;
    }

    // What is on its way may still come and belongs to the round trips, but no longer to what came
    // per second: without new packets it would come ever more slowly.
    private void endMeasuring() {
        if (phase == Phase.MEASURING) {
            long now = System.nanoTime();
            last = count(now);
            if (ticks != null) {
                long due = ticks.dueBy(now - phaseEnds < 0 ? now : phaseEnds - 1) * plan.connections();
                unsent = Math.max(0, due - clients.sum(Client::sent));
            }
        }
    }

    @Override
    public boolean finish() {
        return phase == Phase.ENDING && (!clients.areAllEstablished() || clients.finish());
    }

    @Override
    public long received() {
        return clients.received();
    }

    /** Says how far it is. */
    String progressLine(long now) {
        String name = plan.workload().label() + ": ";
        return switch (phase) {
            case CONNECTING -> name + "connecting";
            case WARMING_UP -> name + "warming up, " + came();
            case MEASURING ->
                String.format(
                        Locale.ROOT,
                        "%s%.1f of %.1f s, %s",
                        name,
                        (plan.nanos() - (phaseEnds - now)) / 1e9,
                        plan.nanos() / 1e9,
                        came());
            case ENDING -> name + "waiting for what is on its way, " + came();
        };
    }

    private String came() {
        return String.format(Locale.ROOT, "%,d packets %s", cameSinceWarmup(), plan.oneWay() ? "taken" : "back");
    }

    private long cameSinceWarmup() {
        return clients.received() - (first == null ? 0 : first.packets());
    }

    /** Says what is wrong; null if nothing is. */
    @Nullable
    String problem(HostPort to, long now) {
        Supplier<String> came =
                () -> cameSinceWarmup() + " packets of " + plan.workload().label();
        return clients.problem(
                to,
                now,
                came,
                () -> "nothing came from " + to + " for " + plan.timeout().toMillis() / 1e3 + " s after " + came.get());
    }

    /** Returns what was measured until now; null if measuring had not begun. */
    @Nullable
    BenchResult result() {
        endMeasuring();
        if (plan.oneWay()) {
            last = count(System.nanoTime()); // a sink tells of what was on its way at full speed, and how long it took
        }
        if (first == null || last == null || last.at() - first.at() <= 0) {
            return null;
        }
        long received = clients.received();
        return new BenchResult(
                plan,
                complete,
                last.at() - first.at(),
                last.packets() - first.packets(),
                last.bytes() - first.bytes(),
                clients.sum(Client::mismatched),
                unsent,
                clients.sum(Client::sent) - received,
                100.0 * busyNanos / Math.max(1, busyNanos + idleNanos),
                ticks == null ? 0 : ticks.worst(),
                clients.roundTrips());
    }

    @Override
    public void close() {
        clients.close();
    }
}
