package dev.gridmate.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

/**
 * The terminal of {@code gridmate top}. After it is closed the terminal is as it was, and shows
 * what it showed.
 */
final class TopScreen implements AutoCloseable {

    /** Shows what was there before, and the cursor: for a terminal that is closed already. */
    static final String LEAVE = "\033[?1049l\033[?25h";

    private static final int MILLISECONDS_TO_LOOK = 100;

    /** What a terminal that does not know its size is taken for. */
    private static final Size USUAL = Size.of(80, 24);

    private final Terminal terminal;
    private final Attributes before;
    private final Display display;
    private volatile boolean isResized = true;
    private Size size = USUAL;

    /** Takes the terminal over. */
    TopScreen(Terminal terminal) {
        this.terminal = terminal;
        before = terminal.enterRawMode();
        display = new Display(terminal, true);
        // Ctrl-Z would leave the shell with this screen.
        Terminal.SignalHandler unused = terminal.handle(Terminal.Signal.TSTP, signal -> {});
        unused = terminal.handle(Terminal.Signal.WINCH, signal -> isResized = true);
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        terminal.flush();
    }

    /** Shows what is seen until the user quits, or it is over. */
    void run(TopView view, TopWatch watch, BooleanSupplier isOver) throws IOException {
        TopWatch.Seen seen = watch.seen();
        TopKeys.Key key = TopKeys.Key.NONE;
        while (key != TopKeys.Key.QUIT && !isOver.getAsBoolean()) {
            resize();
            watch.wish(view.wish(size.getRows()));
            seen = view.isPaused() ? seen : watch.seen();
            draw(view.lines(seen, size.getColumns(), size.getRows()));
            key = TopKeys.read(terminal.reader(), MILLISECONDS_TO_LOOK);
            if (key != TopKeys.Key.NONE) {
                view.on(key, size.getRows());
            }
        }
    }

    // Asking for the size runs a program of the system, so it is asked for when it may be another.
    private void resize() {
        if (isResized) {
            isResized = false;
            Size now = terminal.getSize();
            size = now.getColumns() > 0 && now.getRows() > 0 ? now : USUAL;
            display.clear();
            display.resize(size);
        }
    }

    private void draw(List<TopLine> lines) {
        display.update(lines.stream().map(this::styled).toList(), -1);
        terminal.flush();
    }

    private AttributedString styled(TopLine line) {
        AttributedStyle style = switch (line.look()) {
            case PLAIN -> AttributedStyle.DEFAULT;
            case TITLE -> AttributedStyle.BOLD;
            case HEADING -> AttributedStyle.INVERSE;
            case ALARM -> AttributedStyle.BOLD.inverse();
        };
        String text = line.look() == TopLine.Look.HEADING
                ? line.text()
                        + " ".repeat(Math.max(0, size.getColumns() - line.text().length()))
                : line.text();
        return new AttributedString(text, style);
    }

    /** {@return true if this says that the terminal was closed while it was used} */
    static boolean isClosedTerminal(Exception thrown) {
        return thrown instanceof InterruptedIOException
                || String.valueOf(thrown.getMessage()).contains("closed");
    }

    @Override
    public void close() {
        terminal.puts(Capability.exit_ca_mode);
        terminal.puts(Capability.cursor_normal);
        terminal.flush();
        terminal.setAttributes(before);
    }
}
