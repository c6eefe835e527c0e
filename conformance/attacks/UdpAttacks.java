import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayDeque;
import java.util.Random;

/** Attacks on a carrier over UDP, each from addresses of 127.0.0.0/8, of which one machine has sixteen million. */
final class UdpAttacks {

    /** Bytes of IPv4 and UDP in front of each datagram. */
    private static final int HEADERS = 28;

    private static final byte[] NOTHING = {};
    /** As many sockets as an attacker here has open, to hear how much comes back. */
    private static final int OPEN = 512;

    private final InetSocketAddress server;
    private final Random random;

    UdpAttacks(InetSocketAddress server, long seed) {
        this.server = server;
        this.random = new Random(seed);
    }

    /** A request for a connection from ever new addresses. */
    void requests(Meter meter) throws IOException {
        fromNewAddresses(meter, new byte[][] {CarrierBytes.datagram(2).request().bytes()});
    }

    /** The same, and behind each request a message with a number far ahead on each of three channels. */
    void requestsWithFarMessages(Meter meter) throws IOException {
        byte[] far = CarrierBytes.datagram(3)
                .message(0, 16_383, 16_383, 1, NOTHING)
                .message(1, 16_383, 16_383, 1, NOTHING)
                .message(2, 16_383, 16_383, 1, NOTHING)
                .bytes();
        fromNewAddresses(meter, new byte[][] {CarrierBytes.datagram(2).request().bytes(), far});
    }

    /** Requests from addresses whose hash, as the JDK counts it, is the same. */
    void requestsWithOneHash(Meter meter) throws IOException {
        byte[] request = CarrierBytes.datagram(2).request().bytes();
        for (int i = 0; !meter.isOver(); i++) {
            int port = 60_000 - i % 10_000;
            try (DatagramChannel from = open(0x7f010000 + i % 10_000, port)) {
                from.send(ByteBuffer.wrap(request), server);
                meter.sent(HEADERS + request.length);
            } catch (BindException taken) {
                // another program has the port: the next one
            }
        }
    }

    /** Datagrams of a single byte from ever new addresses. */
    void strangersBytes(Meter meter) throws IOException {
        fromNewAddresses(meter, new byte[][] {{1}, {2, 3, 4}});
    }

    private void fromNewAddresses(Meter meter, byte[][] datagrams) throws IOException {
        ArrayDeque<DatagramChannel> open = new ArrayDeque<>();
        try {
            while (!meter.isOver()) {
                DatagramChannel from;
                try {
                    from = open(0x7f000000 | 1 + random.nextInt((1 << 24) - 2), 0);
                } catch (BindException e) {
                    continue;
                }
                open.add(from);
                for (byte[] datagram : datagrams) {
                    from.send(ByteBuffer.wrap(datagram), server);
                    meter.sent(HEADERS + datagram.length);
                }
                if (open.size() > OPEN) {
                    hearAndClose(open.remove(), meter);
                }
            }
        } finally {
            for (DatagramChannel each : open) {
                hearAndClose(each, meter);
            }
        }
    }

    private static void hearAndClose(DatagramChannel from, Meter meter) throws IOException {
        try (from) {
            ByteBuffer answer = ByteBuffer.allocate(2_048);
            while (from.receive(answer.clear()) != null) {
                meter.received(answer.position());
            }
        }
    }

    /** One connected peer, whose datagrams hold as many acknowledgements as fit. */
    void acknowledgements(Meter meter) throws IOException {
        try (DatagramChannel from = open(0x7f000001, 0)) {
            int number = connect(from);
            ByteBuffer answer = ByteBuffer.allocate(2_048);
            for (int seq = 2; !meter.isOver(); ) {
                CarrierBytes datagram = CarrierBytes.datagram(++number & 0xffff);
                for (int i = 0; i < 80; i++) {
                    datagram.acks(seq++ & 0xffff, 1, 0x3fff);
                }
                byte[] bytes = datagram.bytes();
                from.send(ByteBuffer.wrap(bytes), server);
                meter.sent(HEADERS + bytes.length);
                while (from.receive(answer.clear()) != null) {
                    meter.received(answer.position());
                }
            }
        }
    }

    /** One connected peer, which begins a message of 32,766 chunks on each channel, and never ends it. */
    void endlessChunks(Meter meter) throws IOException {
        byte[] payload = new byte[1_300];
        try (DatagramChannel from = open(0x7f000001, 0)) {
            int number = connect(from);
            for (int i = 0; !meter.isOver(); i++) {
                int seq = i / 3 % 32_000;
                byte[] bytes = CarrierBytes.datagram(++number & 0xffff)
                        .message(i % 3, seq, seq, 32_766 - seq, payload)
                        .bytes();
                from.send(ByteBuffer.wrap(bytes), server);
                meter.sent(HEADERS + bytes.length);
                drain(from, meter);
            }
        }
    }

    /** One connected peer that lets a thousand echoes be on their way, and acknowledges an old one in each datagram. */
    void acknowledgementsOfAFlight(Meter meter) throws IOException {
        byte[] payload = new byte[8];
        try (DatagramChannel from = open(0x7f000001, 0)) {
            int number = connect(from);
            int last = 0;
            for (int seq = 2; !meter.isOver(); seq++) {
                byte[] bytes = CarrierBytes.datagram(++number & 0xffff)
                        .ack(seq & 0xffff, last - 900 & 0xffff)
                        .unreliable(0, seq & 0xffff, payload)
                        .bytes();
                from.send(ByteBuffer.wrap(bytes), server);
                meter.sent(HEADERS + bytes.length);
                int heard = drain(from, meter);
                last = heard < 0 ? last : heard;
            }
        }
    }

    /** {@return the number of the last datagram that came; -1 if none did} */
    private static int drain(DatagramChannel from, Meter meter) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(2_048);
        int number = -1;
        while (from.receive(answer.clear()) != null) {
            meter.received(answer.position());
            number = answer.getShort(0) & 0xffff;
        }
        return number;
    }

    /**
     * Says anything in the name of another, from its own address: rubbish, requests, signs of life and
     * acknowledgements, with numbers that are guessed.
     */
    void forgeries(Relay relay, Meter meter) throws IOException {
        for (int i = 0; !meter.isOver(); i++) {
            CarrierBytes datagram = CarrierBytes.datagram(random.nextInt(65_536));
            byte[] bytes = switch (i % 4) {
                case 0 -> new byte[] {(byte) random.nextInt(), 2, 3, 4, 5};
                case 1 -> datagram.request().bytes();
                case 2 -> datagram.signOfLife(random.nextInt(65_536)).bytes();
                default -> datagram.ack(random.nextInt(65_536), random.nextInt(65_536)).bytes();
            };
            relay.inject(bytes);
            meter.sent(HEADERS + bytes.length);
        }
    }

    private int connect(DatagramChannel from) throws IOException {
        from.send(ByteBuffer.wrap(CarrierBytes.datagram(2).request().bytes()), server);
        ByteBuffer answer = ByteBuffer.allocate(2_048);
        from.configureBlocking(true);
        from.receive(answer);
        from.configureBlocking(false);
        int number = answer.getShort(0) & 0xffff;
        from.send(ByteBuffer.wrap(CarrierBytes.datagram(3).acks(1, number, number).bytes()), server);
        return 3;
    }

    private static DatagramChannel open(int address, int port) throws IOException {
        byte[] quad = ByteBuffer.allocate(4).putInt(address).array();
        DatagramChannel channel = DatagramChannel.open();
        try {
            channel.bind(new InetSocketAddress(InetAddress.getByAddress(quad), port));
            channel.configureBlocking(false);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }
}
