package dev.gridmate.carrier;

import dev.gridmate.carrier.wire.SequenceNumber;
import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.TransportException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A socket at which a stranger's datagrams arrive in the name of others, in front of those that the
 * others sent.
 */
final class SpoofedSocket implements DatagramTransport {

    private record Forged(InetSocketAddress from, ByteBuffer datagram) {}

    private static final int FAR = 2_000;
    private static final int CONNECTIONS = 3;

    private final DatagramTransport socket;
    private final Deque<Forged> forged = new ArrayDeque<>();

    /** The last numbers of each that has spoken, one for each of its last connections. */
    private final Map<InetSocketAddress, Deque<Integer>> heard = new HashMap<>();

    /** The same of what was sent to each. */
    private final Map<InetSocketAddress, Deque<Integer>> said = new HashMap<>();

    SpoofedSocket(DatagramTransport socket) {
        this.socket = socket;
    }

    /** {@return somebody that says anything to this socket in another's name, and hears nothing} */
    RawPeer inNameOf(InetSocketAddress from) {
        return new RawPeer(datagram -> forged.add(new Forged(from, ByteBuffer.wrap(datagram))));
    }

    @Override
    public InetSocketAddress receive(ByteBuffer into) throws IOException {
        Forged next = forged.poll();
        if (next != null) {
            into.put(next.datagram);
            return next.from;
        }
        int at = into.position();
        InetSocketAddress from = socket.receive(into);
        if (from != null && into.position() >= at + 2) {
            note(heard, from, into.getShort(at) & 0xFFFF);
        }
        return from;
    }

    private static void note(Map<InetSocketAddress, Deque<Integer>> numbers, InetSocketAddress whose, int number) {
        Deque<Integer> last = numbers.computeIfAbsent(whose, key -> new ArrayDeque<>());
        last.removeIf(each -> Math.abs(SequenceNumber.distance(each, number)) < FAR);
        last.addFirst(number);
        if (last.size() > CONNECTIONS) {
            last.removeLast();
        }
    }

    /** {@return true if all that was forged has arrived} */
    boolean isRead() {
        return forged.isEmpty();
    }

    /** {@return a number that is not believed from somebody; -1 if none was found} */
    int wrongNumber(InetSocketAddress of, SplittableRandom random) {
        return wrongNumber(heard.getOrDefault(of, new ArrayDeque<>()), random);
    }

    /** {@return the number of a datagram that somebody did not get; -1 if none was found} */
    int wrongAcknowledgement(InetSocketAddress of, SplittableRandom random) {
        return wrongNumber(said.getOrDefault(of, new ArrayDeque<>()), random);
    }

    private static int wrongNumber(Deque<Integer> last, SplittableRandom random) {
        for (int i = 0; i < 20; i++) {
            int number = random.nextInt(65_536);
            if (last.stream().allMatch(each -> isWrong(SequenceNumber.distance(each, number)))) {
                return number;
            }
        }
        return -1;
    }

    /** In an outage the bound ahead grows; what was sent in it may be the last that was noted. */
    private static boolean isWrong(int ahead) {
        return ahead < -FAR || ahead > 16_384 + FAR;
    }

    @Override
    public void await(long nanos, boolean write) throws TransportException {
        if (forged.isEmpty()) {
            socket.await(nanos, write);
        }
    }

    @Override
    public long nanoTime() {
        return socket.nanoTime();
    }

    @Override
    public void bind(InetSocketAddress local, boolean broadcast, SocketOptions options) throws TransportException {
        socket.bind(local, broadcast, options);
    }

    @Override
    public InetSocketAddress localAddress() {
        return socket.localAddress();
    }

    @Override
    public boolean send(ByteBuffer datagram, InetSocketAddress to) throws IOException {
        int number = datagram.getShort(datagram.position()) & 0xFFFF;
        boolean hasLeft = socket.send(datagram, to);
        if (hasLeft) {
            note(said, to, number);
        }
        return hasLeft;
    }

    @Override
    public boolean isWritable() throws TransportException {
        return socket.isWritable();
    }

    @Override
    public void wakeup() {
        socket.wakeup();
    }

    @Override
    public void close() {
        socket.close();
    }
}
