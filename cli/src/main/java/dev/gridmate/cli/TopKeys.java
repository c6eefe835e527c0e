package dev.gridmate.cli;

import dev.gridmate.snapshot.SnapshotRequest.Sort;
import java.io.IOException;
import java.util.Map;
import org.jline.utils.NonBlockingReader;
import org.jspecify.annotations.Nullable;

/** The keys of {@code gridmate top}. */
final class TopKeys {

    /** What a key asks for. */
    enum Key {
        NONE,
        OTHER,
        QUIT,
        HELP,
        PAUSE,
        NEXT,
        ENDS,
        DOWN,
        UP,
        PAGE_DOWN,
        PAGE_UP,
        TOP,
        WAITING,
        RATE,
        ROUND_TRIP,
        LOSS,
        AGE,
        SILENCE;

        /** {@return what the table is sorted by after this key; null if it stays as it is} */
        @Nullable
        Sort sort() {
            return switch (this) {
                case WAITING -> Sort.WAITING;
                case RATE -> Sort.RATE;
                case ROUND_TRIP -> Sort.ROUND_TRIP;
                case LOSS -> Sort.LOSS;
                case AGE -> Sort.AGE;
                case SILENCE -> Sort.SILENCE;
                default -> null;
            };
        }
    }

    private static final int ESCAPE = 27;

    /** A terminal sends what belongs to one key at once. */
    private static final int MILLISECONDS_WITHIN_A_KEY = 50;

    private static final Map<Integer, Key> PLAIN = Map.ofEntries(
            Map.entry((int) 'q', Key.QUIT),
            Map.entry(3, Key.QUIT), // Ctrl-C, where it makes no signal
            Map.entry(4, Key.QUIT), // Ctrl-D
            Map.entry((int) '?', Key.HELP),
            Map.entry((int) 'h', Key.HELP),
            Map.entry((int) 'p', Key.PAUSE),
            Map.entry((int) ' ', Key.PAUSE),
            Map.entry((int) '\t', Key.NEXT),
            Map.entry((int) 'n', Key.NEXT),
            Map.entry((int) 'e', Key.ENDS),
            Map.entry((int) 'j', Key.DOWN),
            Map.entry((int) 'k', Key.UP),
            Map.entry((int) 'g', Key.TOP),
            Map.entry((int) 'w', Key.WAITING),
            Map.entry((int) 'r', Key.RATE),
            Map.entry((int) 't', Key.ROUND_TRIP),
            Map.entry((int) 'l', Key.LOSS),
            Map.entry((int) 'a', Key.AGE),
            Map.entry((int) 's', Key.SILENCE));

    private static final Map<String, Key> SEQUENCES = Map.of(
            "[A", Key.UP,
            "OA", Key.UP,
            "[B", Key.DOWN,
            "OB", Key.DOWN,
            "[5~", Key.PAGE_UP,
            "[6~", Key.PAGE_DOWN,
            "[H", Key.TOP,
            "OH", Key.TOP,
            "[1~", Key.TOP);

    private TopKeys() {}

    /** Waits for a key, for a time in milliseconds; the end of the input is a wish to quit. */
    static Key read(NonBlockingReader from, long patience) throws IOException {
        int first = from.read(patience);
        if (first == NonBlockingReader.READ_EXPIRED) {
            return Key.NONE;
        }
        if (first == NonBlockingReader.EOF) {
            return Key.QUIT;
        }
        return first == ESCAPE ? sequence(from) : PLAIN.getOrDefault(Character.toLowerCase(first), Key.OTHER);
    }

    // ESC [ or ESC O, and then all up to a letter or a tilde. ESC alone asks for nothing.
    private static Key sequence(NonBlockingReader from) throws IOException {
        StringBuilder sequence = new StringBuilder();
        int next = from.read(MILLISECONDS_WITHIN_A_KEY);
        while (next >= 0) {
            sequence.append((char) next);
            boolean isOver = sequence.length() > 1 && (Character.isLetter(next) || next == '~');
            next = isOver || sequence.length() > 8 ? -1 : from.read(MILLISECONDS_WITHIN_A_KEY);
        }
        return SEQUENCES.getOrDefault(sequence.toString(), Key.OTHER);
    }
}
