package dev.gridmate.carrier;

import dev.gridmate.driver.AddressFamily;
import dev.gridmate.internal.Arguments;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the builder of a {@code CarrierDesc} has been told, by subject, with the defaults. */
final class CarrierDescParts {

    private static final int MAX_TIME_MS = 86_400_000;
    static final int MAX_QUEUE_SIZE = 1 << 30;

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
        int maxConnections = Integer.MAX_VALUE;
        int recvPacketsLimit;
        int sendQueueSize = 64 << 20;
        int receiveQueueSize = 64 << 20;
    }

    static final class Timing {
        int connectionRetryIntervalBase = 10;
        int connectionRetryIntervalMax = 1_000;
        int threadUpdateTimeMS = 30;
        int sendBatchPacketCount;
    }

    static Duration time(String name, int millis, int least) {
        return Duration.ofMillis(Arguments.inRange(name, millis, least, MAX_TIME_MS));
    }
}
