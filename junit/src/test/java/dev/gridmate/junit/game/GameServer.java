package dev.gridmate.junit.game;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.*;
import dev.gridmate.driver.Driver;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * The server of a game for 50 players: positions are unreliable, chat is reliable. What it knows of a
 * player is attached to the player's connection, so it keeps no map of connections.
 */
final class GameServer implements CarrierEvents {

    static final int PORT = 2018;
    static final int PLAYERS = 50;
    static final int VERSION = 7;
    static final int CHAT = 0;
    static final int POSITIONS = 1;
    static final int CHATS_PER_SECOND = 5;

    private static final int TICKS_PER_SECOND = 60;
    static final int POSITION_SIZE = 10;

    private final Carrier carrier;
    private final Set<String> banned = new HashSet<>();
    private final ByteBuffer positions = ByteBuffer.allocate(PLAYERS * POSITION_SIZE);
    private long tick;

    /** What is attached to a connection. */
    private static final class Player {
        final String name;
        int x;
        int y;
        int chats;

        Player(String name) {
            this.name = name;
        }
    }

    /** Reads the player's name behind the version, and keeps out who is banned. */
    private final class Door extends DefaultHandshake {

        Door() {
            super(VERSION, Duration.ofSeconds(5));
        }

        @Override
        protected Result judgeRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
            String name = StandardCharsets.UTF_8.decode(in).toString();
            if (banned.contains(name)) {
                return Result.rejected(DisconnectNotice.BANNED.withText(name + " is banned until Friday"));
            }
            id.attach(new Player(name));
            return Result.OK;
        }
    }

    GameServer(GridMate gridMate, Driver driver) {
        CarrierDesc desc = CarrierDesc.builder()
                .driver(driver)
                .port(PORT)
                .maxConnections(PLAYERS)
                .handshake(new Door())
                .build();
        carrier = Carrier.create(desc, gridMate);
        gridMate.eventBus(CarrierEvents.class).connect(this);
    }

    /** One step of the game, 60 times a second. */
    void tick() {
        carrier.update();
        carrier.receive(this::onMessage, 10_000);
        if (++tick % TICKS_PER_SECOND == 0) {
            for (ConnectionId each : carrier.connections()) {
                player(each).chats = 0;
            }
        }
        sendPositions();
    }

    private void onMessage(ConnectionId from, int channel, DataReliability reliability, ByteBuffer message) {
        Player player = player(from);
        if (channel == POSITIONS) {
            player.x = message.getShort();
            player.y = message.getShort();
        } else if (++player.chats > CHATS_PER_SECOND) {
            carrier.disconnect(
                    from, DisconnectNotice.KICKED.withText("more than " + CHATS_PER_SECOND + " lines in a second"));
        } else {
            say(player.name + ": " + StandardCharsets.UTF_8.decode(message), from);
        }
    }

    private void sendPositions() {
        positions.clear();
        for (ConnectionId each : carrier.connections()) {
            Player player = player(each);
            positions.putShort((short) each.number()).putInt(player.x).putInt(player.y);
        }
        SendResult ignored = carrier.sendToAll(
                positions.flip(), null, DataReliability.SEND_UNRELIABLE, DataPriority.NORMAL, POSITIONS);
    }

    /** Tells all players but one. */
    private void say(String line, ConnectionId except) {
        SendResult ignored = carrier.sendToAll(
                ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)),
                except,
                DataReliability.SEND_RELIABLE,
                DataPriority.HIGH,
                CHAT);
    }

    void ban(String name) {
        banned.add(name);
        for (ConnectionId each : carrier.connections()) {
            if (player(each).name.equals(name)) {
                carrier.disconnect(each, DisconnectNotice.BANNED.withText("the game master has spoken"));
            }
        }
    }

    int players() {
        return carrier.numConnections();
    }

    @Override
    public void onConnectionEstablished(Carrier which, ConnectionId id) {
        say(player(id).name + " joins", id);
    }

    @Override
    public void onDisconnect(Carrier which, ConnectionId id, CarrierDisconnectReason reason) {
        say(player(id).name + " leaves: " + reason.code(), id);
    }

    private static Player player(ConnectionId id) {
        return (Player) id.attachment();
    }
}
