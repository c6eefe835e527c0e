package dev.gridmate.carrier;

import dev.gridmate.driver.AddressFamily;
import dev.gridmate.internal.AddressHash;
import dev.gridmate.internal.Arguments;
import dev.gridmate.internal.SerialNumbers;
import java.time.Duration;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** What the builder of a {@code CarrierDesc} has been told, by subject, with the defaults. */
final class CarrierDescParts {

    private static final int MAX_TIME_MS = 86_400_000;
    static final int MAX_QUEUE_SIZE = 1 << 30;
    /** The original's. */
    private static final int FIXED_FIRST_NUMBER = 2;

    private static final long LEAST_MEMORY = 65_536;
    private static final long LEAST_DEFAULT_MEMORY = 16 << 20;

    private CarrierDescParts() {}

    static final class Local {
        AddressFamily familyType = AddressFamily.IPV4;

        @Nullable
        String address;

        int port;
        int driverReceiveBufferSize;
        int driverSendBufferSize;
        boolean driverIsFullPackets;
        boolean driverIsCrossPlatform;
    }

    static final class Detection {
        boolean enableDisconnectDetection = true;
        int connectionTimeoutMS = 5_000;
        float disconnectDetectionRttThreshold = 500;
        float disconnectDetectionPacketLossThreshold = 0.3f;
        float connectionEvaluationThreshold;

        DisconnectDetection build() {
            return new DisconnectDetection(
                    enableDisconnectDetection,
                    time("connectionTimeoutMS", connectionTimeoutMS, 1),
                    Arguments.inRange(
                            "disconnectDetectionRttThreshold", disconnectDetectionRttThreshold, 0, Float.MAX_VALUE),
                    Arguments.inRange(
                            "disconnectDetectionPacketLossThreshold", disconnectDetectionPacketLossThreshold, 0, 1),
                    Arguments.inRange("connectionEvaluationThreshold", connectionEvaluationThreshold, 0, 1));
        }
    }

    static final class Limits {
        int maxConnections = 4_096;
        int recvPacketsLimit;
        int sendQueueSize = 64 << 20;
        int receiveQueueSize = 64 << 20;
        long receiveMemorySize;

        CarrierLimits build() {
            return new CarrierLimits(
                    Arguments.atLeast("maxConnections", maxConnections, 1),
                    Arguments.atLeast("recvPacketsLimit", recvPacketsLimit, 0),
                    Arguments.inRange("sendQueueSize", sendQueueSize, 1, MAX_QUEUE_SIZE),
                    Arguments.inRange("receiveQueueSize", receiveQueueSize, 1, MAX_QUEUE_SIZE),
                    receiveMemory());
        }

        private long receiveMemory() {
            if (receiveMemorySize == 0) {
                return Math.max(LEAST_DEFAULT_MEMORY, Runtime.getRuntime().maxMemory() / 4);
            }
            if (receiveMemorySize < LEAST_MEMORY) {
                throw new IllegalArgumentException(
                        "receiveMemorySize is " + receiveMemorySize + ", it must be 0, or at least " + LEAST_MEMORY);
            }
            return receiveMemorySize;
        }
    }

    static final class Timing {
        int connectionRetryIntervalBase = 10;
        int connectionRetryIntervalMax = 1_000;
        int threadUpdateTimeMS = 30;
        int sendBatchPacketCount;
        boolean rejectLargeUnreliable;

        CarrierTiming build() {
            return new CarrierTiming(
                    time("connectionRetryIntervalBase", connectionRetryIntervalBase, 1),
                    time("connectionRetryIntervalMax", connectionRetryIntervalMax, connectionRetryIntervalBase),
                    Duration.ofMillis(Arguments.inRange("threadUpdateTimeMS", threadUpdateTimeMS, 0, 100)),
                    Arguments.inRange("sendBatchPacketCount", sendBatchPacketCount, 0, 1_000),
                    rejectLargeUnreliable);
        }
    }

    static IntSupplier firstNumbers(@Nullable IntSupplier given, boolean isRandom) {
        if (given != null) {
            return given;
        }
        // A peer that has seen some of these numbers knows nothing of the others.
        return isRandom ? () -> AddressHash.of(SerialNumbers.next()) & 0xFFFF : () -> FIXED_FIRST_NUMBER;
    }

    static Duration time(String name, int millis, int least) {
        return Duration.ofMillis(Arguments.inRange(name, millis, least, MAX_TIME_MS));
    }
}
