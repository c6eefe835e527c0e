package dev.gridmate.driver.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys and certificates as text: RFC 7468, and the two older forms of keys that OpenSSL still writes.
 *
 * <p>A text may have other blocks and words around what is wanted. Whatever is wrong is told with the name of the text and
 * with what would mend it.
 */
final class Pem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    // Object identifiers with their tag and length: rsaEncryption followed by NULL, id-ecPublicKey.
    private static final byte[] RSA = {
        0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int EC_PARAMETERS = 0xa0;

    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519", "Ed448", "RSASSA-PSS");

    private Pem() {}

    private static final class Block {
        final String type;
        final byte[] bytes;

        Block(String type, byte[] bytes) {
            this.type = type;
            this.bytes = bytes;
        }
    }

    /** Returns the first private key in a text. */
    static PrivateKey privateKey(String text, String name) throws TlsMaterialException {
        List<Block> blocks = blocks(text, name);
        for (Block block : blocks) {
            switch (block.type) {
                case "PRIVATE KEY" -> {
                    return key(block.bytes, name);
                }
                case "RSA PRIVATE KEY" -> {
                    if (text.contains("Proc-Type: 4,ENCRYPTED")) {
                        throw encrypted(name);
                    }
                    return key(pkcs8(RSA, block.bytes), name);
                }
                case "EC PRIVATE KEY" -> {
                    if (text.contains("Proc-Type: 4,ENCRYPTED")) {
                        throw encrypted(name);
                    }
                    return key(pkcs8(concat(EC, curveOf(block.bytes, name)), block.bytes), name);
                }
                case "ENCRYPTED PRIVATE KEY" -> throw encrypted(name);
                default -> {}
            }
        }
        throw new TlsMaterialException(name + " has no private key, but " + types(blocks)
                + (has(blocks, "CERTIFICATE") ? ": are key and certificate interchanged?" : ""));
    }

    /** Returns all certificates in a text, at least one, in their order. */
    static List<X509Certificate> certificates(String text, String name) throws TlsMaterialException {
        List<Block> blocks = blocks(text, name);
        List<X509Certificate> found = new ArrayList<>();
        for (Block block : blocks) {
            if (block.type.equals("CERTIFICATE")
                    || block.type.equals("X509 CERTIFICATE")
                    || block.type.equals("TRUSTED CERTIFICATE")) {
                try {
                    found.add((X509Certificate) CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(block.bytes)));
                } catch (CertificateException e) {
                    throw new TlsMaterialException(
                            "certificate " + (found.size() + 1) + " in " + name + " cannot be read: " + e.getMessage(),
                            e);
                }
            }
        }
        if (found.isEmpty()) {
            String hint = blocks.stream().anyMatch(block -> block.type.endsWith("PRIVATE KEY"))
                    ? ": are key and certificate interchanged?"
                    : "";
            throw new TlsMaterialException(name + " has no certificate, but " + types(blocks) + hint);
        }
        return found;
    }

    private static List<Block> blocks(String text, String name) throws TlsMaterialException {
        List<Block> found = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            String type = matcher.group(1);
            String body = matcher.group(2);
            int headers = body.lastIndexOf(": "); // of the old encrypted form, before an empty line
            String base64 = headers < 0 ? body : body.substring(Math.max(headers, body.indexOf("\n\n", headers)));
            try {
                found.add(new Block(type, headers < 0 ? Base64.getMimeDecoder().decode(strict(base64)) : new byte[0]));
            } catch (IllegalArgumentException e) {
                throw new TlsMaterialException(
                        "the " + type + " block in " + name + " is damaged: " + e.getMessage(), e);
            }
        }
        if (found.isEmpty()) {
            throw new TlsMaterialException(
                    name + " is not PEM: it has no block that begins with -----BEGIN and ends with -----END"
                            + (text.startsWith("0") || text.indexOf('\0') >= 0
                                    ? ". If it is DER, convert it: openssl x509 -inform der -in FILE -out FILE.pem, or openssl pkey for a key"
                                    : ""));
        }
        return found;
    }

    // The JDK's MIME decoder skips what is not Base64, and would take a damaged block for a shorter one.
    private static String strict(String base64) {
        for (int i = 0; i < base64.length(); i++) {
            char c = base64.charAt(i);
            boolean known = (c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || "+/= \t\r\n".indexOf(c) >= 0;
            if (!known) {
                throw new IllegalArgumentException("'" + c + "' is no character of Base64");
            }
        }
        return base64;
    }

    private static boolean has(List<Block> blocks, String type) {
        return blocks.stream().anyMatch(block -> block.type.equals(type));
    }

    private static String types(List<Block> blocks) {
        return String.join(
                " and ", blocks.stream().map(block -> block.type).distinct().toList());
    }

    private static TlsMaterialException encrypted(String name) {
        return new TlsMaterialException(
                "the private key in " + name
                        + " is encrypted, and there is nobody to ask for its password: decrypt it with openssl pkey -in FILE -out FILE.pem");
    }

    private static PrivateKey key(byte[] pkcs8, String name) throws TlsMaterialException {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pkcs8);
        GeneralSecurityException last = null;
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException e) {
                last = e;
            }
        }
        throw new TlsMaterialException(
                "the private key in " + name + " is damaged, or of none of the kinds " + ALGORITHMS, last);
    }

    /** Puts a key of an older form into the form that the JDK reads. */
    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        byte[] version = {0x02, 0x01, 0x00};
        return der(SEQUENCE, concat(version, der(SEQUENCE, algorithm), der(OCTETS, key)));
    }

    /** Returns the curve's identifier, which the older form has behind the key itself. */
    private static byte[] curveOf(byte[] key, String name) throws TlsMaterialException {
        try {
            Der all = new Der(key, 0);
            Der version = new Der(key, all.start);
            Der secret = new Der(key, version.end);
            Der parameters = secret.end < all.end ? new Der(key, secret.end) : secret;
            if (parameters.tag == EC_PARAMETERS) {
                return Arrays.copyOfRange(key, parameters.start, parameters.end);
            }
        } catch (IndexOutOfBoundsException e) {
            throw new TlsMaterialException("the private key in " + name + " is damaged", e);
        }
        throw new TlsMaterialException("the private key in " + name
                + " does not say which curve it is on: convert it with openssl pkey -in FILE -out FILE.pem");
    }

    /** Where one element begins and ends. */
    private static final class Der {
        final int tag;
        final int start;
        final int end;

        Der(byte[] bytes, int at) {
            tag = bytes[at] & 0xff;
            int length = bytes[at + 1] & 0xff;
            int next = at + 2;
            if (length > 0x80) {
                int octets = length & 0x7f;
                length = 0;
                for (int i = 0; i < octets; i++) {
                    length = (length << Byte.SIZE) | (bytes[next++] & 0xff);
                }
            }
            start = next;
            end = next + length;
            if (length < 0 || end > bytes.length) {
                throw new IndexOutOfBoundsException("an element of " + length + " bytes at " + at);
            }
        }
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            int octets = content.length < 0x100 ? 1 : content.length < 0x1_0000 ? 2 : 3;
            out.write(0x80 | octets);
            for (int i = octets - 1; i >= 0; i--) {
                out.write(content.length >>> (i * Byte.SIZE));
            }
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
