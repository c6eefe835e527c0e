package dev.gridmate.driver;

import dev.gridmate.internal.Arguments;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * How a connect by host name goes: who looks names up and where, and how the addresses of a name
 * are tried. Immutable; one may serve many drivers.
 *
 * <p>The addresses of a name are tried as RFC 8305 says (Happy Eyeballs). IPv4 and IPv6 take turns,
 * beginning with the family of the first address. The next address is tried as soon as one has
 * failed, or when one has not answered for the attempt delay. The first that answers wins, and the
 * others are given up. A driver of the family IPV4 tries IPv4 addresses only.
 */
public final class HostNames {

    /** The most addresses of a name that can be asked for. */
    public static final int MOST_ADDRESSES = 256;

    /** The system's resolver on daemon threads of its own, and the delays of RFC 8305. */
    public static final HostNames DEFAULT = builder().build();

    private final Resolver resolver;
    private final Executor executor;
    private final Duration lookUpTimeout;
    private final Duration attemptDelay;
    private final int maxAddresses;

    private HostNames(Builder builder) {
        resolver = builder.resolver;
        executor = builder.executor;
        lookUpTimeout = builder.lookUpTimeout;
        attemptDelay = builder.attemptDelay;
        maxAddresses = builder.maxAddresses;
    }

    /** {@return a builder with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return {@link Builder#resolver}} */
    public Resolver resolver() {
        return resolver;
    }

    /** {@return {@link Builder#executor}} */
    public Executor executor() {
        return executor;
    }

    /** {@return {@link Builder#lookUpTimeout}} */
    public Duration lookUpTimeout() {
        return lookUpTimeout;
    }

    /** {@return {@link Builder#attemptDelay}} */
    public Duration attemptDelay() {
        return attemptDelay;
    }

    /** {@return {@link Builder#maxAddresses}} */
    public int maxAddresses() {
        return maxAddresses;
    }

    /** Builds {@link HostNames}. */
    public static final class Builder {

        private Resolver resolver = Resolver.system();
        private Executor executor = LookUpThreads::execute;
        private Duration lookUpTimeout = Duration.ofSeconds(10);
        private Duration attemptDelay = Duration.ofMillis(250);
        private int maxAddresses = 16;

        private Builder() {}

        /**
         * Sets what finds the addresses of a name. Default {@link Resolver#system()}.
         *
         * @param finds called on a thread of the executor
         * @return this
         */
        public Builder resolver(Resolver finds) {
            resolver = Objects.requireNonNull(finds, "resolver");
            return this;
        }

        /**
         * Sets where names are looked up. Default: daemon threads that all drivers of this process
         * share, at most 8, which end when they were not needed for 10 s; up to 1,024 look-ups
         * wait. {@code Runnable::run} looks up in the call that connects.
         *
         * @param runs each look-up; one that it rejects counts as a host without an address
         * @return this
         */
        public Builder executor(Executor runs) {
            executor = Objects.requireNonNull(runs, "executor");
            return this;
        }

        /**
         * Sets how long a look-up may take. What comes later is dropped, and the thread is free
         * when the resolver returns. Default: 10 s.
         *
         * @param timeout above zero, at most 365 days
         * @return this
         */
        public Builder lookUpTimeout(Duration timeout) {
            lookUpTimeout = Arguments.aboveZero("lookUpTimeout", timeout);
            return this;
        }

        /**
         * Sets after what time the next address is tried while the one before it goes on: the
         * Connection Attempt Delay of RFC 8305, section 5, which asks for at least 10 ms. Default:
         * 250 ms.
         *
         * @param delay above zero, at most 365 days
         * @return this
         */
        public Builder attemptDelay(Duration delay) {
            attemptDelay = Arguments.aboveZero("attemptDelay", delay);
            return this;
        }

        /**
         * Sets how many addresses of a name are tried at most: a name service may be hostile. The
         * reason of a failure says how many were left out. Default: 16.
         *
         * @param most 1 to {@link #MOST_ADDRESSES}
         * @return this
         */
        public Builder maxAddresses(int most) {
            maxAddresses = Arguments.inRange("maxAddresses", most, 1, MOST_ADDRESSES);
            return this;
        }

        /** {@return the settings} */
        public HostNames build() {
            return new HostNames(this);
        }
    }
}
