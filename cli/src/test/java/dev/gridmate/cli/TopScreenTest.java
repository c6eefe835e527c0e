package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.snapshot.SnapshotRequest.Sort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.jline.utils.ScreenTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person sees on a terminal, and which keys do what. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TopScreenTest {

    private static final long OFTEN = 20_000_000;

    private final Painted painted = new Painted();
    private ScreenTerminal screen;
    private LineDisciplineTerminal terminal;
    private CompletableFuture<Void> shown;
    private volatile boolean isOver;

    @BeforeEach
    void open() throws IOException {
        open(60, 24);
    }

    private void open(int columns, int rows) throws IOException {
        ScreenTerminal.VirtualTerminal virtual = ScreenTerminal.withTerminal("test", "xterm", columns, rows);
        screen = virtual.screen();
        terminal = virtual.terminal();
    }

    private void show() {
        shown = CompletableFuture.runAsync(() -> {
            TopView view = new TopView("gridmate top: process 4711 Game", Sort.WAITING, 1000);
            try (TopWatch watch = new TopWatch(painted, view.wish(24), OFTEN);
                    TopScreen top = new TopScreen(terminal)) {
                top.run(view, watch, () -> isOver);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        isOver = true;
        if (shown != null) {
            shown.join();
        }
        terminal.close();
    }

    private void press(String keys) throws IOException {
        terminal.processInputBytes(keys.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> lines() {
        return Arrays.stream(screen.toString().split("\n"))
                .map(String::stripTrailing)
                .toList();
    }

    /** Waits until a line of the screen is as wanted. */
    private String await(Predicate<String> isIt) throws InterruptedException {
        while (true) {
            for (String line : lines()) {
                if (isIt.test(line)) {
                    return line;
                }
            }
            screen.waitDirty();
        }
    }

    private String await(String words) throws InterruptedException {
        return await(line -> line.contains(words));
    }

    @Test
    void theFirstRowIsTheConnectionForWhichMostBytesWait() throws InterruptedException {
        painted.connection("10.0.0.1|1", 0, 100)
                .connection("10.0.0.2|2", 1_500_000, 8)
                .end("10.0.0.3|3", "TIMED_OUT");
        show();
        await("10.0.0.2:2");
        List<String> lines = lines();
        int head = lines.indexOf(await("ADDRESS"));
        assertThat(lines.get(head)).startsWith("ADDRESS").contains("WAITING*", "BLOCKED", "OUT/s");
        assertThat(lines.get(head + 1)).startsWith("10.0.0.2:2 ").contains("1.5M", "4.0 s", "6.0k", "500");
        assertThat(lines.get(head + 2)).startsWith("10.0.0.1:1 ").contains(" - ");
        await("10.0.0.3:3 TIMED_OUT words");
        await("q quit");
        assertThat(await("connections 2 established")).contains("waiting 1.5M out");
        await("60 updates/s"); // a rate takes two pictures
    }

    @Test
    void whatOthersChoseAsANameIsNoCommandForTheTerminal() {
        assertThat(TopLine.plain("a\u001b]0;title\u0007 b").text()).isEqualTo("a\\u001b]0;title\\u0007 b");
    }

    @ParameterizedTest
    @CsvSource({"r,OUT/s*", "t,ROUND TRIP", "a,AGE*", "s,SILENT*", "l,LOSS"})
    void aKeySorts(String key, String title) throws Exception {
        painted.connection("10.0.0.1|1", 0, 100).connection("10.0.0.2|2", 100, 8);
        show();
        await("WAITING*");
        press(key);
        // A driver without round trips and losses shows no column for them.
        await(line -> line.startsWith("ADDRESS")
                && (line.contains(title) || title.equals("ROUND TRIP") || title.equals("LOSS"))
                && !line.contains("WAITING*"));
    }

    @Test
    void theTableIsWalkedThrough() throws Exception {
        painted.connections(500);
        show();
        await("10.0.0.0:2000");
        press("\033[B");
        await(line -> line.startsWith("10.0.0.1:2000"));
        press("\033[6~");
        await(line -> line.startsWith("10.0.0.20:2000"));
        press("g");
        await(line -> line.startsWith("10.0.0.0:2000"));
        press("a");
        await(line -> line.startsWith("10.0.1.249:2000"));
    }

    @Test
    void helpTellsTheKeysAndGoesAway() throws Exception {
        painted.connections(1);
        show();
        await("ADDRESS");
        press("?");
        await("w  sort by waiting bytes");
        press("?");
        await("ADDRESS");
    }

    @Test
    void endsFillTheScreenWhenAskedFor() throws Exception {
        painted.connections(100);
        for (int i = 0; i < 50; i++) {
            painted.end("10.9.0." + i + "|1", "REMOTE_CLOSED");
        }
        show();
        await("10.0.0.5:2000"); // the table is full
        await("10.9.0.4:1");
        assertThat(lines()).noneMatch(line -> line.contains("10.9.0.5:1"));
        press("e");
        await("10.9.0.12:1");
        assertThat(lines()).noneMatch(line -> line.startsWith("ADDRESS"));
    }

    @Test
    void aPauseHoldsThePicture() throws Exception {
        painted.connections(1);
        show();
        await("up ");
        press("p");
        await("PAUSED");
        String up = await("up ");
        press("?");
        await("walk through");
        press("?");
        assertThat(await("up ")).isEqualTo(up);
        press("p");
        await(line -> line.contains("up ") && !line.equals(up));
    }

    @Test
    void aLoopThatStandsStillIsToldAndTheLastPictureStays() throws InterruptedException {
        painted.connections(1);
        show();
        await("10.0.0.0:2000");
        painted.fail("game: the loop has not updated for 3001 ms");
        await("has not updated for 3001 ms");
        await("10.0.0.0:2000");
    }

    @Test
    void aNarrowerTerminalShowsFewerColumns() throws Exception {
        open(100, 24);
        painted.connections(3);
        show();
        assertThat(await("ADDRESS")).contains("AGE", "STATE");
        screen.setSize(Size.of(44, 12));
        terminal.setSize(Size.of(44, 12));
        terminal.raise(Terminal.Signal.WINCH);
        await(line -> line.startsWith("ADDRESS") && !line.contains("STATE"));
        assertThat(lines()).hasSizeLessThanOrEqualTo(12).allMatch(line -> line.length() <= 44);
    }

    @ParameterizedTest
    @CsvSource({"q", "Q", "'\003'", "'\004'"})
    void quittingLeavesTheTerminalAsItWas(String key) throws Exception {
        Attributes before = terminal.getAttributes();
        screen.write("what was there");
        painted.connections(1);
        show();
        await("ADDRESS");
        assertThat(terminal.getAttributes().toString()).isNotEqualTo(before.toString());
        press(key);
        shown.join();
        assertThat(terminal.getAttributes().toString()).isEqualTo(before.toString());
        await("what was there");
    }
}
