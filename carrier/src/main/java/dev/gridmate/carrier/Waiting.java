package dev.gridmate.carrier;

/** Waits until there is something to do. */
final class Waiting {

    private final Rooms rooms;
    private final Agenda<Peer> agenda;
    private final Hosts hosts;
    private final Newcomers newcomers;
    private final Sending sending;

    Waiting(Rooms rooms, Agenda<Peer> agenda, Hosts hosts, Newcomers newcomers, Sending sending) {
        this.rooms = rooms;
        this.agenda = agenda;
        this.hosts = hosts;
        this.newcomers = newcomers;
        this.sending = sending;
    }

    /** Sends what waits to be sent, and waits; returns true if there may be something to do. */
    boolean waitForData(long asked) {
        int ignored = sending.sendAll();
        rooms.port.flush();
        if (rooms.delivery.hasMessages() || !rooms.news.isEmpty()) {
            return true;
        }
        long untilTurn = nextTurn() - rooms.time.now();
        long nanos = Math.min(asked, untilTurn);
        boolean something = nanos <= 0 || rooms.port.waitForData(nanos);
        rooms.time.advanceWaiting(Math.max(0, nanos));
        return something || untilTurn <= nanos;
    }

    private long nextTurn() {
        CarrierTime time = rooms.time;
        long simulator = time.ofDriver(rooms.port.nextDue());
        long asking = Math.min(hosts.nextDue(), newcomers.nextDue());
        long turn = Math.min(agenda.nextTurn(time.now()), asking);
        return Math.min(turn, Math.min(time.nextSync(), simulator));
    }
}
