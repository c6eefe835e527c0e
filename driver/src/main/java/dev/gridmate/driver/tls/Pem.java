package dev.gridmate.driver.tls;

import dev.gridmate.driver.PemSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text with blocks of Base64 (RFC 7468): certificates, and the bytes of keys.
 *
 * <p>A text may have other blocks, and words, around the one that is looked for. An error names the
 * text and says how to mend it.
 */
final class Pem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    private static final String ENCRYPTED = "Proc-Type: 4,ENCRYPTED"; // RFC 1421, which OpenSSL once used for keys

    private static final Set<String> CERTIFICATES = Set.of("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE");

    private static final String CONVERT = ". If it is DER, convert it: openssl x509 -inform der -in FILE -out FILE.pem,"
            + " or openssl pkey for a key";

    private Pem() {}

    /** One block. */
    static final class Block {

        /** The words behind BEGIN. */
        final String type;

        /**
         * The older form of encryption, in which the block says so itself; then there are no bytes.
         */
        final boolean isEncrypted;

        final byte[] bytes;

        Block(String type, boolean isEncrypted, byte[] bytes) {
            this.type = type;
            this.isEncrypted = isEncrypted;
            this.bytes = bytes;
        }
    }

    /** {@return the text of a source, whose file is read now} */
    static String read(PemSource source) throws TlsMaterialException {
        Path file = source.file();
        if (file == null) {
            return String.valueOf(source.text());
        }
        try {
            // Every byte is a character. So a file that is not text gets the words for one that is
            // not PEM.
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new TlsMaterialException(source.name() + " cannot be read: " + reason(e, file), e);
        }
    }

    // The message of an exception about a file is often just its path.
    static String reason(IOException e, Path file) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (Files.isDirectory(file)) {
            return "it is a directory";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String words = e instanceof FileSystemException about ? about.getReason() : e.getMessage();
        return words == null ? e.getClass().getSimpleName() : words;
    }

    /** {@return all certificates in a text, at least one, in their order} */
    static List<X509Certificate> certificates(String text, String name) throws TlsMaterialException {
        List<Block> blocks = blocks(text, name);
        List<X509Certificate> found = new ArrayList<>();
        for (Block block : blocks) {
            if (CERTIFICATES.contains(block.type)) {
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
            throw missing("certificate", "PRIVATE KEY", blocks, name);
        }
        return found;
    }

    /** {@return all blocks in a text, at least one, in their order} */
    static List<Block> blocks(String text, String name) throws TlsMaterialException {
        List<Block> found = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            String type = matcher.group(1);
            String body = matcher.group(2);
            boolean encrypted = body.contains(ENCRYPTED);
            try {
                found.add(new Block(type, encrypted, encrypted ? new byte[0] : decode(withoutHeaders(body))));
            } catch (IllegalArgumentException e) {
                throw new TlsMaterialException(
                        "the " + type + " block in " + name + " is damaged: " + e.getMessage(), e);
            }
        }
        if (found.isEmpty()) {
            boolean isBinary = text.startsWith("0") || text.indexOf('\0') >= 0;
            throw new TlsMaterialException(
                    name + " is not PEM: it has no block that begins with -----BEGIN and ends with -----END"
                            + (isBinary ? CONVERT : ""));
        }
        return found;
    }

    /** Headers end with an empty line. */
    private static String withoutHeaders(String body) {
        int last = body.lastIndexOf(": ");
        return last < 0 ? body : body.substring(Math.max(last, body.indexOf("\n\n", last)));
    }

    // The JDK's MIME decoder skips what is not Base64, and would read a damaged block as a shorter
    // one.
    private static byte[] decode(String base64) {
        for (int i = 0; i < base64.length(); i++) {
            char c = base64.charAt(i);
            boolean isKnown = (c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || "+/= \t\r\n".indexOf(c) >= 0;
            if (!isKnown) {
                throw new IllegalArgumentException("'" + c + "' is not a character of Base64");
            }
        }
        return Base64.getMimeDecoder().decode(base64);
    }

    /**
     * {@return what to throw if a text has nothing of what is looked for, but perhaps of the other
     * thing}
     */
    static TlsMaterialException missing(String what, String other, List<Block> blocks, String name) {
        List<String> types = blocks.stream().map(block -> block.type).distinct().toList();
        boolean hasOther = types.stream().anyMatch(type -> type.endsWith(other));
        return new TlsMaterialException(name + " has no " + what + ", but " + String.join(" and ", types)
                + (hasOther ? ": are key and certificate interchanged?" : ""));
    }
}
