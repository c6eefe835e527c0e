package dev.gridmate.driver;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** A name service of a test's own. Look-ups wait until the test lets them run. */
final class Names implements Resolver, Executor {

    final List<String> asked = new ArrayList<>();
    private final Map<String, List<InetAddress>> known = new HashMap<>();
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    void put(String host, String... addresses) {
        known.put(host, Arrays.stream(addresses).map(Names::ip).toList());
    }

    static InetAddress ip(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError("a literal address needs no look-up", e);
        }
    }

    HostNames.Builder settings() {
        return HostNames.builder().resolver(this).executor(this);
    }

    @Override
    public void execute(Runnable lookUp) {
        waiting.add(lookUp);
    }

    /** Lets the look-ups that wait run. */
    void answer() {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    @Override
    public List<InetAddress> resolve(String host) throws UnknownHostException {
        asked.add(host);
        List<InetAddress> found = known.get(host);
        if (found == null) {
            throw new UnknownHostException(host);
        }
        return found;
    }
}
