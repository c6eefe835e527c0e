package dev.gridmate.carrier;

import dev.gridmate.carrier.link.Link;
import dev.gridmate.carrier.link.LinkLimits;
import dev.gridmate.carrier.link.LinkListener;
import dev.gridmate.carrier.link.LinkResources;
import dev.gridmate.carrier.link.MessagePool;
import dev.gridmate.carrier.link.ReceiveBudget;
import dev.gridmate.carrier.snapshot.CarrierSnapshot;
import dev.gridmate.carrier.traffic.DefaultTrafficControl;
import dev.gridmate.carrier.traffic.TrafficControl;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.internal.Counters;
import dev.gridmate.views.EndLog;
import dev.gridmate.views.Exhibit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** What all the connections of one carrier share. */
final class Rooms {

    /** The most memory that is kept for reuse; never more than a quarter of what may be held. */
    private static final int POOLED_BYTES = 32 << 20;

    final CarrierDesc desc;
    final Counters<CarrierCounter> counters = new Counters<>(CarrierCounter.class);
    final CarrierTime time;
    final DatagramPort port;
    final LinkLimits limits;
    final GuardedHandshake handshake;
    final Exhibit<CarrierSnapshot, CarrierDisconnectReason.Code> exhibit;
    final Delivery delivery = new Delivery(counters);
    final News<?, ?> news;
    final Teller teller;
    private final TrafficControl trafficControl;
    private final LinkResources linkResources;
    final ReceiveBudget budget;
    private final IntSupplier firstNumbers;

    /** True as long as bad connections are ended. */
    boolean detectsDisconnects;

    /**
     * @param driver initialized
     * @throws IllegalArgumentException if the driver's packets are too small
     */
    Rooms(CarrierDesc desc, Driver driver, News<?, ?> news, Teller teller) {
        this.desc = desc;
        this.news = news;
        this.teller = teller;
        exhibit = new Exhibit<>(
                Exhibit.Kind.CARRIER, "Carrier", "carrier", CarrierDisconnectReason.Code.class, desc.visibility());
        time = new CarrierTime(driver);
        port = new DatagramPort(driver, desc, counters);
        int mtu = port.messageMtu();
        limits = new LinkLimits(
                port.maxDatagramSize(),
                mtu,
                port.burstBytes(),
                desc.limits().sendQueueSize(),
                Math.min(desc.limits().receiveQueueSize(), desc.limits().receiveMemorySize() / 2));
        budget = new ReceiveBudget(desc.limits().receiveMemorySize());
        MessagePool pool = new MessagePool((int) Math.min(POOLED_BYTES, budget.limit() / 4));
        linkResources = new LinkResources(limits, counters, pool, budget, news.outcomes());
        handshake = new GuardedHandshake(
                desc.plugPoints().handshake(), mtu - 1, desc.detection().timeout());
        trafficControl = trafficControl(desc, port.isLossless());
        firstNumbers = desc.firstNumbers();
        detectsDisconnects = desc.detection().isEnabled();
    }

    private static TrafficControl trafficControl(CarrierDesc desc, boolean isLossless) {
        @Nullable TrafficControl given = desc.plugPoints().trafficControl();
        if (given != null) {
            return given;
        }
        int packets = desc.limits().recvPackets();
        DisconnectDetection detection = desc.detection();
        return isLossless
                ? DefaultTrafficControl.lossless(packets, detection.rttThreshold())
                : new DefaultTrafficControl(packets, detection.rttThreshold(), detection.packetLossThreshold());
    }

    /** A connection is over: for those outside. */
    void onEnd(boolean wasThere, EndLog.Entry end, CarrierDisconnectReason why, long bytesIn, long bytesOut) {
        exhibit.ends().add(wasThere, why.code(), end);
        exhibit.notices().ended(end, why.code().name(), wasThere, bytesIn, bytesOut);
    }

    /** Nothing came of a newcomer, or of a connect to a host. */
    void onFailure(ConnectionId id, Object address, CarrierDisconnectReason why) {
        onEnd(false, new EndLog.Entry(id.number(), address, why.detail(), 0, time.now()), why, 0, 0);
    }

    TrafficControl.Flow newFlow(SocketDriverAddress address) {
        return trafficControl.onConnect(address, port.maxSentDatagramSize(), time.now());
    }

    /** {@return the number of a side's first datagram: random, so that no stranger knows it} */
    int firstNumber() {
        return firstNumbers.getAsInt();
    }

    Link newLink(TrafficControl.Flow flow, LinkListener listener, int firstNumber) {
        return new Link(flow, listener, linkResources, firstNumber, time.now());
    }
}
