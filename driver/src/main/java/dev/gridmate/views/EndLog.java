package dev.gridmate.views;

import dev.gridmate.snapshot.End;
import dev.gridmate.snapshot.EndsSnapshot;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the ends of connections by reason, and remembers the last ones.
 *
 * @param <C> the kinds of reasons
 */
public final class EndLog<C extends Enum<C>> {

    /**
     * An end as it is kept: in words only when somebody asks.
     *
     * @param number the connection's
     * @param address whose text is the peer's
     * @param detail the particulars
     * @param age how long it was there, in nanoseconds
     * @param at when it ended, on the loop's clock
     */
    public record Entry(long number, Object address, String detail, long age, long at) {}

    private final Class<C> type;
    private final Kind established;
    private final Kind failed;

    /** @param type the kinds of reasons */
    public EndLog(Class<C> type) {
        this.type = type;
        established = new Kind(type.getEnumConstants().length);
        failed = new Kind(type.getEnumConstants().length);
    }

    /**
     * Keeps an end.
     *
     * @param wasEstablished if the program was told that the connection is established
     * @param code the kind of reason
     * @param end the rest
     */
    public void add(boolean wasEstablished, C code, Entry end) {
        (wasEstablished ? established : failed).add(code, end);
    }

    /**
     * {@return what was kept}
     *
     * @param time the time now, by the system's clock
     * @param now the time now, on the loop's clock
     */
    public EndsSnapshot snapshot(Instant time, long now) {
        return new EndsSnapshot(
                established.counts(), established.last(time, now), failed.counts(), failed.last(time, now));
    }

    private record Known<C>(C code, Entry end) {}

    /** The ends of one kind. */
    @SuppressWarnings("EnumOrdinal") // the ordinal is an index into an array that never leaves this object
    private final class Kind {
        private final long[] byCode;
        private final Deque<Known<C>> last = new ArrayDeque<>(EndsSnapshot.KEPT);

        Kind(int codes) {
            byCode = new long[codes];
        }

        void add(C code, Entry end) {
            byCode[code.ordinal()]++;
            if (last.size() == EndsSnapshot.KEPT) {
                last.removeLast();
            }
            last.addFirst(new Known<>(code, end));
        }

        Map<String, Long> counts() {
            Map<String, Long> counts = new LinkedHashMap<>();
            for (C code : type.getEnumConstants()) {
                if (byCode[code.ordinal()] > 0) {
                    counts.put(code.name(), byCode[code.ordinal()]);
                }
            }
            return counts;
        }

        List<End> last(Instant time, long now) {
            List<End> words = new ArrayList<>(last.size());
            for (Known<C> each : last) {
                Entry end = each.end;
                words.add(new End(
                        time.minusNanos(now - end.at),
                        end.number,
                        end.address.toString(),
                        each.code.name(),
                        end.detail,
                        end.age));
            }
            return words;
        }
    }
}
