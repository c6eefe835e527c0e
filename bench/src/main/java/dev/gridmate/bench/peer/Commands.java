package dev.gridmate.bench.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * What the benchmark says on standard input. A thread reads it, so that the loop does not have to
 * wait for it: to ask {@link #poll} costs the loop one volatile read.
 *
 * <p>That thread ends the process at {@code quit} and at the end of the input, whatever the loop is
 * doing: the benchmark may have died, and a peer that is held still or busy must not outlive it.
 */
final class Commands {

    private final BlockingQueue<String> words = new LinkedBlockingQueue<>();
    private volatile Runnable wake = () -> {};

    private Commands() {}

    static Commands from(InputStream in) {
        Commands commands = new Commands();
        Thread reader = new Thread(() -> commands.read(in), "commands");
        reader.setDaemon(true);
        reader.start();
        return commands;
    }

    private void read(InputStream in) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String word = line.strip();
                if (word.equals("quit")) {
                    break;
                }
                words.add(word);
                wake.run();
            }
            System.exit(0);
        } catch (IOException e) {
            Main.fail(e);
        }
    }

    /** Says how to end the wait of a loop that waits in the system, so that it looks here. */
    void wakeWith(Runnable wakeup) {
        wake = wakeup;
        wakeup.run(); // for a word that came before
    }

    @Nullable
    String poll() {
        return words.poll();
    }

    /** For who has nothing to do until somebody speaks. */
    String take() throws InterruptedException {
        return words.take();
    }

    /** Takes what must come next, and lets nothing happen until it does. */
    void await(String expected) throws InterruptedException {
        for (String word = take(); !word.equals(expected); word = take()) {
            answer(word);
        }
    }

    /** Answers what has been said meanwhile, in roles that only count. */
    void answerWith(Count count) {
        for (String word = poll(); word != null; word = poll()) {
            answer(word, count);
        }
    }

    static void answer(String word, Count count) {
        switch (word) {
            case "mark" -> {
                count.mark();
                Line.event("marked").print();
            }
            case "report" -> count.report().print();
            default -> answer(word);
        }
    }

    /** Answers what every role can. */
    static void answer(String word) {
        if (!word.equals("memory")) {
            throw new Failure("this role does not know the command " + word + ", or not now");
        }
        Line.event("memory").with("heap", Heap.usedAfterCollection()).print();
    }
}
