package dev.gridmate.driver;

import dev.gridmate.GridMate;
import java.util.ArrayList;
import java.util.List;

/** Hears a bus and remembers. */
final class Recorder implements StreamSocketDriverEvents {

    final List<SocketDriverAddress> established = new ArrayList<>();
    final List<SocketDriverAddress> disconnected = new ArrayList<>();
    final List<SocketDriverAddress> failed = new ArrayList<>();
    final List<DisconnectReason> reasons = new ArrayList<>();

    static Recorder on(GridMate gridMate) {
        Recorder recorder = new Recorder();
        gridMate.eventBus(StreamSocketDriverEvents.class).connect(recorder);
        return recorder;
    }

    @Override
    public void onConnectionEstablished(SocketDriverAddress address) {
        established.add(address);
    }

    @Override
    public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
        disconnected.add(address);
        reasons.add(reason);
    }

    @Override
    public void onConnectionFailed(SocketDriverAddress address, DisconnectReason reason) {
        failed.add(address);
        reasons.add(reason);
    }
}
