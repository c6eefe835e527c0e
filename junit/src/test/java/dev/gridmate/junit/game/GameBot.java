package dev.gridmate.junit.game;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.*;
import dev.gridmate.driver.Driver;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A player that walks, chats when it is told to, and comes back when the network threw it out. */
final class GameBot implements CarrierEvents, AutoCloseable {

    final List<String> heard = new ArrayList<>();
    final List<CarrierDisconnectReason> ends = new ArrayList<>();
    final String name;
    private final GridMate gridMate = new GridMate();
    private final Carrier carrier;
    private final String server;
    private ConnectionId connection;
    private boolean isPlaying;
    private boolean wantsToPlay = true;
    private int steps;
    private @Nullable ByteBuffer positions;

    /** Tells the server the player's name. */
    private static final class Ticket extends DefaultHandshake {

        private final String name;

        Ticket(String name, int version) {
            super(version, Duration.ofSeconds(5));
            this.name = name;
        }

        @Override
        protected void writeRequest(ConnectionId id, ByteBuffer out) {
            out.put(name.getBytes(StandardCharsets.UTF_8));
        }
    }

    GameBot(Function<GridMate, Driver> drivers, String server, String name, int version) {
        this.name = name;
        this.server = server;
        carrier = Carrier.create(
                CarrierDesc.builder()
                        .driver(drivers.apply(gridMate))
                        .handshake(new Ticket(name, version))
                        .build(),
                gridMate);
        gridMate.eventBus(CarrierEvents.class).connect(this);
        connection = carrier.connect(server, GameServer.PORT);
    }

    void tick() {
        carrier.update();
        carrier.receive(
                (from, channel, reliability, message) -> {
                    if (channel == GameServer.CHAT) {
                        heard.add(StandardCharsets.UTF_8.decode(message).toString());
                    } else {
                        positions = ByteBuffer.allocate(message.remaining())
                                .put(message)
                                .flip();
                    }
                },
                100);
        if (isPlaying) {
            steps++;
            send(
                    GameServer.POSITIONS,
                    DataReliability.SEND_UNRELIABLE,
                    ByteBuffer.allocate(4)
                            .putShort((short) steps)
                            .putShort((short) -steps)
                            .flip());
        }
    }

    void say(String line) {
        send(GameServer.CHAT, DataReliability.SEND_RELIABLE, ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
    }

    private void send(int channel, DataReliability reliability, ByteBuffer message) {
        SendResult ignored = carrier.send(message, connection, reliability, DataPriority.NORMAL, channel);
    }

    void leave() {
        wantsToPlay = false;
        carrier.disconnect(connection, Duration.ofSeconds(1));
    }

    @Override
    public void close() {
        gridMate.close();
    }

    boolean isPlaying() {
        return isPlaying;
    }

    /** How many players the last positions were of. */
    int playersSeen() {
        return positions == null ? 0 : positions.remaining() / GameServer.POSITION_SIZE;
    }

    @Override
    public void onConnectionEstablished(Carrier which, ConnectionId id) {
        isPlaying = true;
    }

    @Override
    public void onFailedToConnect(Carrier which, ConnectionId id, CarrierDisconnectReason reason) {
        ends.add(reason);
    }

    @Override
    public void onDisconnect(Carrier which, ConnectionId id, CarrierDisconnectReason reason) {
        isPlaying = false;
        ends.add(reason);
        boolean isNetworks = reason.code() == CarrierDisconnectReason.Code.BAD_CONNECTION;
        if (wantsToPlay && isNetworks && !which.isClosing()) {
            connection = which.connect(server, GameServer.PORT);
        }
    }
}
