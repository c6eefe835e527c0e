package dev.gridmate.driver.tls;

import dev.gridmate.driver.transport.Endpoint;

/** What an endpoint is watched for: what its connection asked for, and what TLS needs besides. */
final class Interest {

    private final Endpoint inner;
    private final Sealer sealer;
    private final Opener opener;

    private boolean wantsReading = true;
    private boolean wantsWriting;
    private boolean watchesReading = true;
    private boolean watchesWriting;

    Interest(Endpoint inner, Sealer sealer, Opener opener) {
        this.inner = inner;
        this.sealer = sealer;
        this.opener = opener;
    }

    /**
     * Sets what the connection asks for, as {@link Endpoint#watch} does; {@link #update} follows.
     */
    void want(boolean read, boolean write) {
        wantsReading = read;
        wantsWriting = write;
    }

    /**
     * {@return true if the connection reads} While an answer is owed, what waits has to leave
     * first, to make room for it.
     */
    boolean reads() {
        return wantsReading && !(opener.owesAnswer() && sealer.hasRecords());
    }

    /**
     * Watches the endpoint below, which is asked only if something changed. A handshake always
     * reads, but not while a task of it runs elsewhere. Nothing is watched for what cannot be taken
     * now: it would end each wait.
     */
    void update(boolean isEstablished, boolean taskRuns) {
        boolean read = (reads() || !isEstablished) && !taskRuns && !opener.isStarved();
        boolean write = (wantsWriting || sealer.hasRecords()) && !sealer.isStarved();
        if (read != watchesReading || write != watchesWriting) {
            watchesReading = read;
            watchesWriting = write;
            inner.watch(read, write);
        }
    }

    /** A connect came to its end. From now on "to read" means bytes. */
    void onConnected() {
        watchesReading = true;
        watchesWriting = false;
        inner.watch(true, false);
    }
}
