package dev.gridmate.junit;

import dev.gridmate.GridMate;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;

/** One run of a {@link SimulatedTest}, with its seed, its network, and what it has to close. */
final class SimulatedRun implements TestTemplateInvocationContext, ParameterResolver, AfterEachCallback {

    private final Method method;
    private final long seed;
    private final SimulatedNetwork network;
    private final SplittableRandom random;
    private final Deque<GridMate> open = new ArrayDeque<>();
    private final List<Throwable> thrownByHandlers = new ArrayList<>();

    SimulatedRun(Method method, long seed, boolean isTraced) {
        this.method = method;
        this.seed = seed;
        this.network = new SimulatedNetwork(seed);
        this.random = new SplittableRandom(~seed); // not the network's own numbers again
        if (isTraced) {
            network.trace(System.out::println);
        }
    }

    @Override
    public String getDisplayName(int invocationIndex) {
        return "seed " + seed;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
        return List.of(this);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == SimulatedNetwork.class
                || type == GridMate.class
                || type == SplittableRandom.class
                || (type == long.class && parameter.isAnnotated(Seed.class));
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Parameter wanted = parameter.getParameter();
        if (wanted.getType() == SimulatedNetwork.class) {
            return network;
        } else if (wanted.getType() == SplittableRandom.class) {
            return random;
        } else if (wanted.getType() == long.class) {
            return seed;
        }
        // A handler's failed assertion would only be logged otherwise: the driver goes on without it.
        GridMate gridMate = new GridMate((handler, error) -> thrownByHandlers.add(error));
        open.push(gridMate);
        return gridMate;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        boolean hasPassed = context.getExecutionException().isEmpty();
        try {
            while (!open.isEmpty()) {
                open.pop().close();
            }
            if (hasPassed) {
                checkHandlers();
                checkNothingIsOpen();
                return;
            }
        } catch (RuntimeException | Error e) {
            tell();
            throw e;
        }
        tell();
    }

    private void checkHandlers() {
        if (!thrownByHandlers.isEmpty()) {
            AssertionError failure =
                    new AssertionError("an event handler threw: " + thrownByHandlers.get(0), thrownByHandlers.get(0));
            thrownByHandlers.stream().skip(1).forEach(failure::addSuppressed);
            throw failure;
        }
    }

    private void checkNothingIsOpen() {
        if (network.openEndpoints() + network.openListeners() + network.openDatagramSockets() > 0) {
            throw new AssertionError("seed " + seed + " left open: " + network.openEndpoints() + " endpoints, "
                    + network.openListeners() + " listeners, " + network.openDatagramSockets()
                    + " datagram sockets; close their drivers, or give them a GridMate parameter");
        }
    }

    private void tell() {
        System.out.println(method.getDeclaringClass().getSimpleName() + '.' + method.getName() + " failed with seed "
                + seed + "; to run it alone: -Dgridmate.seed=" + seed + " -Dtest="
                + method.getDeclaringClass().getSimpleName() + '#' + method.getName());
    }
}
