package dev.gridmate.driver.tls;

import dev.gridmate.driver.PemSource;
import dev.gridmate.driver.TlsIdentity;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/**
 * A certificate with its chain and its key, read and checked: an error is found when a driver
 * starts, not by its peers.
 */
final class KeyMaterial {

    /** Under which name the key is kept. */
    static final String ALIAS = "key";

    private static final char[] NO_PASSWORD = {};

    private KeyMaterial() {}

    /** {@return key managers that show a certificate} */
    static KeyManager[] keyManagers(TlsIdentity identity)
            throws TlsMaterialException, GeneralSecurityException, IOException {
        PemSource certificate = identity.certificate();
        PemSource privateKey = identity.privateKey();
        List<X509Certificate> chain = Pem.certificates(Pem.read(certificate), certificate.name());
        PrivateKey key = PrivateKeyReader.read(Pem.read(privateKey), privateKey.name());
        checkValidity(chain.get(0), certificate.name());
        checkKey(key, chain, identity);
        checkOrder(chain, certificate.name());
        KeyStore store = emptyStore();
        store.setKeyEntry(ALIAS, key, NO_PASSWORD, chain.toArray(new X509Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    private static void checkValidity(X509Certificate certificate, String name) throws TlsMaterialException {
        try {
            certificate.checkValidity();
        } catch (CertificateExpiredException e) {
            throw new TlsMaterialException(
                    "the certificate in " + name + " expired on "
                            + certificate.getNotAfter().toInstant(),
                    e);
        } catch (CertificateNotYetValidException e) {
            throw new TlsMaterialException(
                    "the certificate in " + name + " is not valid before "
                            + certificate.getNotBefore().toInstant(),
                    e);
        }
    }

    private static void checkKey(PrivateKey key, List<X509Certificate> chain, TlsIdentity identity)
            throws TlsMaterialException {
        String keyName = identity.privateKey().name();
        String chainName = identity.certificate().name();
        try {
            if (belongTogether(key, chain.get(0).getPublicKey())) {
                return;
            }
            for (X509Certificate later : chain) {
                if (belongTogether(key, later.getPublicKey())) {
                    throw new TlsMaterialException(
                            keyName + " is not the key of the first certificate in " + chainName
                                    + ", but of a later one: the certificate itself comes first, those that signed it behind it");
                }
            }
        } catch (GeneralSecurityException e) {
            throw new TlsMaterialException(
                    keyName + " cannot be used: " + TlsFailure.rootOf(e).getMessage(), e);
        }
        throw new TlsMaterialException(keyName + " is not the key of the certificate in " + chainName
                + kinds(key, chain.get(0).getPublicKey()));
    }

    private static String kinds(PrivateKey key, PublicKey certified) {
        return key.getAlgorithm().equals(certified.getAlgorithm())
                ? ""
                : ": the kind of the key is " + key.getAlgorithm() + ", that of the certificate "
                        + certified.getAlgorithm();
    }

    /**
     * {@return true if a public key verifies what a private key signs}
     *
     * @throws GeneralSecurityException if the private key cannot sign
     */
    private static boolean belongTogether(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
        if (!key.getAlgorithm().equals(certified.getAlgorithm())) {
            return false;
        }
        if (key instanceof RSAKey own && certified instanceof RSAKey other) {
            return own.getModulus().equals(other.getModulus()); // of RSASSA-PSS too, which restricts how to sign
        }
        byte[] something = {1, 2, 3};
        Signature signature =
                Signature.getInstance(key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : key.getAlgorithm());
        signature.initSign(key);
        signature.update(something);
        byte[] signed = signature.sign();
        try {
            signature.initVerify(certified);
            signature.update(something);
            return signature.verify(signed);
        } catch (InvalidKeyException | SignatureException e) {
            return false; // another curve
        }
    }

    private static void checkOrder(List<X509Certificate> chain, String name) throws TlsMaterialException {
        for (int i = 1; i < chain.size(); i++) {
            try {
                chain.get(i - 1).verify(chain.get(i).getPublicKey());
            } catch (InvalidKeyException | SignatureException e) {
                throw new TlsMaterialException(
                        "certificate " + i + " in " + name + " is not signed by certificate " + (i + 1)
                                + ": each is followed by the one that signed it",
                        e);
            } catch (GeneralSecurityException e) {
                throw new TlsMaterialException(
                        "the signature of certificate " + i + " in " + name + " cannot be checked: " + e.getMessage(),
                        e);
            }
        }
    }
}
