package dev.gridmate.carrier.traffic;

/**
 * Counts of one connection: of the second that runs, of the one before it, and of its whole life.
 */
final class StatisticsWindow {

    private Counts running = new Counts();
    private Counts lastSecond = new Counts();
    private final Counts past = new Counts();

    void onSend(int size) {
        running.packetSend++;
        running.dataSend += size;
    }

    void onReceive(int size) {
        running.packetReceived++;
        running.dataReceived += size;
    }

    void onResend(int size) {
        running.dataResend += size;
    }

    void onAck(int size) {
        running.packetAcked++;
        running.dataAcked += size;
    }

    void onLost() {
        running.packetLost++;
    }

    /** Seconds are over. If they were many, the last of them was one in which nothing happened. */
    void onSeconds(long seconds) {
        past.add(running);
        Counts over = running;
        running = lastSecond;
        running.clear();
        lastSecond = over;
        if (seconds > 1) {
            lastSecond.clear();
        }
    }

    Statistics statistics(Statistics.Period period, LinkQuality link) {
        if (period == Statistics.Period.LAST_SECOND) {
            return lastSecond.with(link);
        }
        Counts lifetime = new Counts();
        lifetime.add(past);
        lifetime.add(running);
        return lifetime.with(link);
    }

    private static final class Counts {
        private long dataSend;
        private long dataReceived;
        private long dataResend;
        private long dataAcked;
        private long packetSend;
        private long packetReceived;
        private long packetLost;
        private long packetAcked;

        void add(Counts other) {
            dataSend += other.dataSend;
            dataReceived += other.dataReceived;
            dataResend += other.dataResend;
            dataAcked += other.dataAcked;
            packetSend += other.packetSend;
            packetReceived += other.packetReceived;
            packetLost += other.packetLost;
            packetAcked += other.packetAcked;
        }

        void clear() {
            dataSend = 0;
            dataReceived = 0;
            dataResend = 0;
            dataAcked = 0;
            packetSend = 0;
            packetReceived = 0;
            packetLost = 0;
            packetAcked = 0;
        }

        Statistics with(LinkQuality link) {
            return new Statistics(
                    new Statistics.Data(dataSend, dataReceived, dataResend, dataAcked),
                    new Statistics.Packets(packetSend, packetReceived, packetLost, packetAcked),
                    link.rttMillis(),
                    (float) link.loss(),
                    (float) Math.min(1, link.factor()));
        }
    }
}
