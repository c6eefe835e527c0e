package dev.gridmate.monitor;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers that were made a moment ago, for the next that ask the same: ten open pages cost the
 * program little more than one, and so does somebody that asks without a pause.
 */
final class Answers {

    /** Less than the second between two questions of a page, so that each has new figures. */
    static final Duration FRESH = Duration.ofMillis(500);

    /** How many different questions are remembered: there are six orders, in a few lengths. */
    private static final int QUESTIONS = 16;

    private static final class Kept {
        private @Nullable Reply reply;
        private long made;
    }

    private final Map<String, Kept> byQuestion = new LinkedHashMap<>(QUESTIONS, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kept> eldest) {
            return size() > QUESTIONS;
        }
    };

    /** {@return the answer to a question} Those that ask the same wait for one. */
    Reply get(String question, Supplier<Reply> make) {
        Kept kept = kept(question);
        synchronized (kept) {
            Reply reply = kept.reply;
            if (reply == null || System.nanoTime() - kept.made > FRESH.toNanos()) {
                reply = make.get();
                kept.reply = reply;
                kept.made = System.nanoTime();
            }
            return reply;
        }
    }

    private Kept kept(String question) {
        synchronized (byQuestion) {
            return byQuestion.computeIfAbsent(question, each -> new Kept());
        }
    }
}
