package dev.gridmate.monitor;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * A secret, of which only the hash is kept. Comparing hashes of one length takes the same time
 * whatever was given, so that nobody can find the secret character by character.
 */
final class Token {

    /** With fewer characters it could be found by trying. */
    static final int MIN_LENGTH = 16;

    private final byte[] hash;

    private Token(String secret) {
        hash = hash(secret);
    }

    /** {@return the token that a person chose} */
    static Token of(String secret) {
        if (secret.length() < MIN_LENGTH || !secret.chars().allMatch(each -> each > ' ' && each < 127)) {
            throw new IllegalArgumentException("a token has " + MIN_LENGTH
                    + " characters or more, of ASCII without spaces; this one has " + secret.length() + " characters");
        }
        return new Token(secret);
    }

    /** {@return a secret that nobody has chosen: 256 random bits} */
    static String random() {
        byte[] bits = new byte[32];
        new SecureRandom().nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    boolean matches(String given) {
        return MessageDigest.isEqual(hash, hash(given));
    }

    private static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }
}
