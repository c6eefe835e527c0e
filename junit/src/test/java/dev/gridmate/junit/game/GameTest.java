package dev.gridmate.junit.game;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.CarrierDisconnectReason;
import dev.gridmate.carrier.CarrierDisconnectReason.Code;
import dev.gridmate.carrier.DisconnectNotice;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.SocketDriver;
import dev.gridmate.driver.SocketDriverConfig;
import dev.gridmate.driver.sim.DatagramFaults;
import dev.gridmate.driver.sim.SimulatedNetwork;
import dev.gridmate.junit.SimulatedTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A game for 50 players, its server and its bots on a simulated network: what a program of this library looks like. */
class GameTest {

    private static final String SERVER = "10.0.0.1";

    private final List<GameBot> bots = new ArrayList<>();

    @AfterEach
    void closeBots() {
        bots.forEach(GameBot::close);
    }

    private static Driver driver(SimulatedNetwork network, GridMate gridMate, String ip) {
        return new SocketDriver(
                gridMate,
                SocketDriverConfig.builder()
                        .transport(network.host(ip)::openDatagrams)
                        .build());
    }

    private static GameServer server(SimulatedNetwork network, GridMate gridMate) {
        network.tick(Duration.ofNanos(1_000_000_000 / 60));
        network.latency(Duration.ofMillis(20));
        return new GameServer(gridMate, driver(network, gridMate, SERVER));
    }

    private GameBot bot(SimulatedNetwork network, String name, int version) {
        String ip = "10.0.1." + (bots.size() + 1);
        GameBot bot = new GameBot(gridMate -> driver(network, gridMate, ip), SERVER, name, version);
        bots.add(bot);
        return bot;
    }

    private void fill(SimulatedNetwork network) {
        for (int i = 1; i <= GameServer.PLAYERS; i++) {
            GameBot ignored = bot(network, "bot" + i, GameServer.VERSION);
        }
    }

    private void tickBots() {
        bots.forEach(GameBot::tick);
    }

    private static void assertTold(GameBot bot, Code code, DisconnectNotice notice, String text) {
        CarrierDisconnectReason end = bot.ends.get(bot.ends.size() - 1);
        assertThat(end.code()).isEqualTo(code);
        assertThat(end.peerCode()).isEqualTo(notice.code());
        assertThat(end.peerText()).contains(text);
    }

    @SimulatedTest(seeds = 3)
    void fiftyPlayersSeeEachOtherOneOfThemSlowAndOneLossy(SimulatedNetwork network, GridMate gridMate) {
        GameServer server = server(network, gridMate);
        fill(network);
        network.link(network.host(SERVER), network.host("10.0.1.1")).latency(Duration.ofMillis(150));
        network.link(network.host(SERVER), network.host("10.0.1.2")).datagramFaults(DatagramFaults.NONE.withLoss(0.1));

        network.run(Duration.ofSeconds(5), server::tick, this::tickBots);
        assertThat(server.players()).isEqualTo(GameServer.PLAYERS);
        assertThat(bots).allMatch(GameBot::isPlaying).allMatch(bot -> bot.playersSeen() == GameServer.PLAYERS);

        bots.forEach(each -> each.heard.clear());
        for (int line = 1; line <= 3; line++) {
            bots.get(1).say("line " + line);
        }
        network.run(Duration.ofSeconds(2), server::tick, this::tickBots);
        for (GameBot each : bots) {
            if (each.name.equals("bot2")) {
                assertThat(each.heard).as("its own words").isEmpty();
            } else {
                assertThat(each.heard).containsExactly("bot2: line 1", "bot2: line 2", "bot2: line 3");
            }
        }
    }

    @SimulatedTest(seeds = 3)
    void aPlayerThatChatsTooMuchIsKickedAndToldWhy(SimulatedNetwork network, GridMate gridMate) {
        GameServer server = server(network, gridMate);
        GameBot loud = bot(network, "loud", GameServer.VERSION);
        GameBot quiet = bot(network, "quiet", GameServer.VERSION);
        network.run(Duration.ofSeconds(1), server::tick, this::tickBots);
        for (int i = 0; i <= GameServer.CHATS_PER_SECOND; i++) {
            loud.say("me!");
        }
        network.run(Duration.ofSeconds(1), server::tick, this::tickBots);
        assertTold(loud, Code.USER_REQUESTED, DisconnectNotice.KICKED, "more than 5 lines in a second");
        assertThat(quiet.heard).contains("loud: me!").last().asString().startsWith("loud leaves");
        assertThat(server.players()).isOne();
    }

    @SimulatedTest(seeds = 3)
    void whoeverMayNotComeInIsToldWhy(SimulatedNetwork network, GridMate gridMate) {
        GameServer server = server(network, gridMate);
        GameBot old = bot(network, "old", GameServer.VERSION - 1);
        GameBot rude = bot(network, "rude", GameServer.VERSION);
        network.run(Duration.ofSeconds(1), server::tick, this::tickBots);
        assertTold(old, Code.VERSION_MISMATCH, DisconnectNotice.WRONG_VERSION, "");

        server.ban("rude");
        network.run(Duration.ofSeconds(2), server::tick, this::tickBots);
        assertTold(rude, Code.USER_REQUESTED, DisconnectNotice.BANNED, "the game master has spoken");
        GameBot rudeAgain = bot(network, "rude", GameServer.VERSION);
        network.run(Duration.ofSeconds(2), server::tick, this::tickBots);
        assertTold(rudeAgain, Code.HANDSHAKE_REJECTED, DisconnectNotice.BANNED, "rude is banned until Friday");

        fill(network);
        network.run(Duration.ofSeconds(2), server::tick, this::tickBots);
        assertThat(server.players()).isEqualTo(GameServer.PLAYERS);
        GameBot late = bot(network, "late", GameServer.VERSION);
        network.run(Duration.ofSeconds(2), server::tick, this::tickBots);
        assertTold(late, Code.HANDSHAKE_REJECTED, DisconnectNotice.FULL, "");
    }

    @SimulatedTest(seeds = 3)
    void aPlayerWhoseNetworkWasGoneComesBack(SimulatedNetwork network, GridMate gridMate) {
        GameServer server = server(network, gridMate);
        GameBot far = bot(network, "far", GameServer.VERSION);
        GameBot near = bot(network, "near", GameServer.VERSION);
        network.run(Duration.ofSeconds(1), server::tick, this::tickBots);
        network.partition(network.host(SERVER), network.host("10.0.1.1"));
        network.run(Duration.ofSeconds(8), server::tick, this::tickBots);
        assertThat(far.isPlaying()).isFalse();
        assertThat(far.ends.get(0).code()).isEqualTo(Code.BAD_CONNECTION);
        assertThat(near.playersSeen()).isOne();

        network.heal();
        assertThat(network.runUntil(far::isPlaying, Duration.ofSeconds(10), server::tick, this::tickBots))
                .isTrue();
        network.run(Duration.ofSeconds(1), server::tick, this::tickBots);
        assertThat(near.playersSeen()).isEqualTo(2);
    }

    @SimulatedTest(seeds = 3)
    void whoLeavesAndAServerThatClosesAreToldApart(SimulatedNetwork network, GridMate gridMate) {
        GameServer server = server(network, gridMate);
        GameBot leaving = bot(network, "leaving", GameServer.VERSION);
        GameBot staying = bot(network, "staying", GameServer.VERSION);
        network.run(Duration.ofSeconds(1), server::tick, this::tickBots);
        leaving.leave();
        network.run(Duration.ofSeconds(2), server::tick, this::tickBots);
        assertThat(leaving.ends.get(0).code()).isEqualTo(Code.USER_REQUESTED);
        assertThat(staying.heard).contains("leaving leaves: USER_REQUESTED");

        gridMate.close();
        network.run(Duration.ofSeconds(1), this::tickBots);
        assertTold(staying, Code.SHUTTING_DOWN, DisconnectNotice.SHUTTING_DOWN, "");
    }
}
