package dev.gridmate.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A host name that is being looked up on another thread. The thread that asked polls for the
 * answer, and never waits for it.
 */
public final class LookUp {

    private static final System.Logger LOGGER = System.getLogger(LookUp.class.getName());

    /** Finds the addresses of a host; may block. */
    @FunctionalInterface
    public interface Source {

        /** {@return the addresses of a host, the best first} */
        List<InetAddress> addresses(String host) throws UnknownHostException;
    }

    /** Either some addresses, or the words for none. */
    private record Answer(List<InetAddress> addresses, String failure) {}

    private volatile @Nullable Answer answer;

    private LookUp() {}

    /**
     * Begins a look-up.
     *
     * @param onAnswer called on the thread of the look-up, when there is an answer
     */
    public static LookUp begin(String host, Source source, Executor executor, Runnable onAnswer) {
        LookUp lookUp = new LookUp();
        try {
            executor.execute(() -> {
                lookUp.answer = ask(host, source);
                onAnswer.run();
            });
        } catch (RejectedExecutionException e) {
            lookUp.answer = none("there is no room for another look-up: " + e.getMessage());
        }
        return lookUp;
    }

    /** {@return a look-up that nobody had to be asked for} */
    public static LookUp of(InetAddress address) {
        LookUp known = new LookUp();
        known.answer = new Answer(List.of(address), "");
        return known;
    }

    private static Answer ask(String host, Source source) {
        try {
            List<InetAddress> found = List.copyOf(source.addresses(host));
            return found.isEmpty() ? none("the host has no address") : new Answer(found, "");
        } catch (UnknownHostException e) {
            return none("no host has that name");
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) { // the program's resolver must not leave the one that asked without an answer
            Journal.write(LOGGER, System.Logger.Level.ERROR, "looking " + host + " up threw", e);
            return none("looking it up threw " + e);
        }
    }

    private static Answer none(String words) {
        return new Answer(List.of(), words);
    }

    boolean isAnswered() {
        return answer != null;
    }

    /** {@return the addresses; empty if there are none, or there is no answer yet} */
    List<InetAddress> addresses() {
        Answer here = answer;
        return here == null ? List.of() : here.addresses;
    }

    /** {@return why there are none} */
    String failure() {
        Answer here = answer;
        return here == null ? "" : here.failure;
    }
}
