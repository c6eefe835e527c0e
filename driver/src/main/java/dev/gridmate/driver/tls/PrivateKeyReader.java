package dev.gridmate.driver.tls;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Private keys in PEM: PKCS#8 (RFC 5958), and the two older forms that OpenSSL still writes, PKCS#1
 * and SEC 1.
 */
final class PrivateKeyReader {

    // Identifiers of algorithms as elements of DER: rsaEncryption followed by NULL, id-ecPublicKey.
    private static final byte[] RSA = HexFormat.of().parseHex("06092a864886f70d0101010500");
    private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");
    private static final byte[] PKCS8_VERSION = HexFormat.of().parseHex("020100");

    private static final int EC_PARAMETERS = 0xa0;

    /** The JDK's name for each kind of key, by its identifier without tag and length. */
    private static final Map<String, String> ALGORITHMS = Map.of(
            "2a864886f70d010101", "RSA",
            "2a864886f70d01010a", "RSASSA-PSS",
            "2a8648ce3d0201", "EC",
            "2b6570", "Ed25519",
            "2b6571", "Ed448");

    private final String name;

    private PrivateKeyReader(String name) {
        this.name = name;
    }

    /** {@return the first private key in a text} */
    static PrivateKey read(String text, String name) throws TlsMaterialException {
        List<Pem.Block> blocks = Pem.blocks(text, name);
        PrivateKeyReader reader = new PrivateKeyReader(name);
        for (Pem.Block block : blocks) {
            byte[] pkcs8 = reader.pkcs8(block);
            if (pkcs8 != null) {
                return reader.key(pkcs8);
            }
        }
        throw Pem.missing("private key", "CERTIFICATE", blocks, name);
    }

    /**
     * {@return a block's key in the form that the JDK reads; null if the block is not a private
     * key}
     */
    private byte @Nullable [] pkcs8(Pem.Block block) throws TlsMaterialException {
        if (block.type.equals("ENCRYPTED PRIVATE KEY") || (block.type.endsWith("PRIVATE KEY") && block.isEncrypted)) {
            throw new TlsMaterialException("the private key in " + name
                    + " is encrypted, and there is nobody to ask for its password: decrypt it with openssl pkey -in FILE"
                    + " -out FILE.pem");
        }
        return switch (block.type) {
            case "PRIVATE KEY" -> block.bytes;
            case "RSA PRIVATE KEY" -> pkcs8(RSA, block.bytes);
            case "EC PRIVATE KEY" -> pkcs8(Der.concat(EC, curveOf(block.bytes)), block.bytes);
            default -> null;
        };
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return Der.element(
                Der.SEQUENCE, PKCS8_VERSION, Der.element(Der.SEQUENCE, algorithm), Der.element(Der.OCTETS, key));
    }

    /** {@return the identifier of the curve, which SEC 1 has behind the key itself} */
    private byte[] curveOf(byte[] key) throws TlsMaterialException {
        try {
            Der all = new Der(key, 0);
            Der secret = all.first().next();
            Der parameters = secret.end < all.end ? secret.next() : secret;
            if (parameters.tag == EC_PARAMETERS) {
                return parameters.content();
            }
        } catch (IndexOutOfBoundsException e) {
            throw damaged(e);
        }
        throw new TlsMaterialException("the private key in " + name
                + " does not say which curve it is on: convert it with openssl pkey -in FILE -out FILE.pem");
    }

    private PrivateKey key(byte[] pkcs8) throws TlsMaterialException {
        String algorithm = algorithmOf(pkcs8);
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (NoSuchAlgorithmException e) {
            String missing = EllipticCurves.areMissing() ? EllipticCurves.MISSING : "it has no " + algorithm;
            throw new TlsMaterialException("this Java VM cannot use the private key in " + name + ": " + missing, e);
        } catch (GeneralSecurityException e) {
            throw new TlsMaterialException(
                    "the private key in " + name + ", of kind " + algorithm + ", is damaged or not supported: "
                            + TlsFailure.rootOf(e).getMessage(),
                    e);
        }
    }

    private String algorithmOf(byte[] pkcs8) throws TlsMaterialException {
        Der identifier;
        try {
            identifier = new Der(pkcs8, 0).first().next().first();
        } catch (IndexOutOfBoundsException e) {
            throw damaged(e);
        }
        String hex = HexFormat.of().formatHex(identifier.content());
        String algorithm = ALGORITHMS.get(hex);
        if (algorithm == null) {
            throw new TlsMaterialException(
                    "the private key in " + name + " is of another kind than RSA, RSASSA-PSS, EC,"
                            + " Ed25519 and Ed448: its object identifier is " + hex + " in DER");
        }
        return algorithm;
    }

    private TlsMaterialException damaged(Exception cause) {
        return new TlsMaterialException("the private key in " + name + " is damaged", cause);
    }
}
