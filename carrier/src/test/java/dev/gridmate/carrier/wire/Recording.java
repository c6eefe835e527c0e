package dev.gridmate.carrier.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * What two carriers of the original handed to their drivers and got from them, in the order in
 * which it happened.
 */
public record Recording(String name, List<Packet> packets) {

    /**
     * One packet; {@code side} is client or server, {@code milliseconds} counts from the first
     * packet.
     */
    public record Packet(int number, double milliseconds, String side, boolean sent, String hex) {

        /** Returns its bytes, a copy of its own for each caller. */
        public byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }

        @Override
        public String toString() {
            return "#" + number + " " + side + (sent ? " send" : " recv");
        }
    }

    /** Returns all of them. */
    public static List<Recording> all() {
        return List.of(
                read("carrier-udp"),
                read("carrier-stream"),
                read("carrier-version-mismatch"),
                read("carrier-udp-lossy"));
    }

    /** Reads {@code /wire/NAME.hex}. */
    public static Recording read(String name) {
        return new Recording(
                name,
                resource(name + ".hex")
                        .lines()
                        .filter(line -> !line.startsWith("#"))
                        .map(Recording::packet)
                        .toList());
    }

    private static Packet packet(String line) {
        String[] words = line.split(" ", -1);
        return new Packet(
                Integer.parseInt(words[0]), Double.parseDouble(words[1]), words[2], words[3].equals("send"), words[5]);
    }

    /** Returns what one side sent and received. */
    public List<Packet> of(String side) {
        return packets.stream().filter(packet -> packet.side().equals(side)).toList();
    }

    /** Returns what was sent, by either side. */
    public List<Packet> sent() {
        return packets.stream().filter(Packet::sent).toList();
    }

    /** Returns the text beside the bytes that says what every field means, without its headings. */
    public List<String> decoded() {
        return resource(name + ".decoded.txt")
                .lines()
                .filter(line -> !line.startsWith("##"))
                .toList();
    }

    private static String resource(String file) {
        try (InputStream in = Recording.class.getResourceAsStream("/wire/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
