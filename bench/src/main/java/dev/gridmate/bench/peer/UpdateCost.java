package dev.gridmate.bench.peer;

/** What a call of an idle loop costs. */
final class UpdateCost {

    private static final int CALLS = 200_000;

    /** One call of the loop. */
    interface Update {
        void call() throws Exception;
    }

    private UpdateCost() {}

    static void answer(String word, Update update) throws Exception {
        if (word.equals("measure")) {
            measure(update, CALLS).print();
        } else {
            Commands.answer(word);
        }
    }

    /**
     * As many calls as are measured warm up first; they also take what has gathered while nobody
     * called.
     */
    static Line measure(Update update, int calls) throws Exception {
        time(update, calls);
        double nanos = time(update, calls);
        return Line.event("measured").with("ns_per_call", nanos / calls).with("calls", calls);
    }

    private static long time(Update update, int calls) throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            update.call();
        }
        return System.nanoTime() - start;
    }
}
