package dev.gridmate.meters;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What the constants of an enum mean, in a sentence each, for those that see only their names. A
 * resource beside the class has them; a test writes it from the Javadoc of the constants.
 */
public final class Descriptions {

    private final Properties sentences = new Properties();

    private Descriptions() {}

    /**
     * {@return the descriptions in a resource}
     *
     * @param resource is read and closed; its own module must open it, no other one sees it
     */
    public static Descriptions of(@Nullable InputStream resource) {
        try (InputStream in = Objects.requireNonNull(resource, "the jar has no descriptions")) {
            Descriptions descriptions = new Descriptions();
            descriptions.sentences.load(in);
            return descriptions;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * {@return the sentence}
     *
     * @throws IllegalArgumentException if there is none
     */
    public String get(String constant) {
        String sentence = sentences.getProperty(constant);
        if (sentence == null) {
            throw new IllegalArgumentException("there is no description of " + constant);
        }
        return sentence;
    }
}
