package dev.gridmate.testkit.style;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The idioms that make a reader stop: see the word list in CONTRIBUTING.md. */
final class Words {

    private static final String OBJECT =
            "(it|them|nobody|somebody|everybody|others|(the|a|an|its|their|this|each|every) \\w+)";

    private static final String BARE_VERB =
            "(leave|wait|call|come|go|end|close|fail|begin|start|read|write|send|say|know|take|make|give|stop|run|hear)";

    /** What is looked for in a sentence, by the name of the rule. */
    static final Map<String, Pattern> BANNED = new LinkedHashMap<>();

    static {
        ban("who", "(^|[.:;,] )(Who|Whoever|whoever) (?![^.]*\\?)");
        ban("has-x-leave", "\\b(has|have|had|having) " + OBJECT + " " + BARE_VERB + "\\b");
        ban("is-no", "(?<![Tt]here )\\b(is|are|was|were) no (?!longer\\b|more than\\b|less than\\b)");
        ban("he", "\\b([Hh]e|[Hh]is|[Hh]im|[Hh]imself)\\b");
        ban("says-whether", "\\b(Says|Tells|Returns) whether\\b");
        ban("return-whether", "@return whether\\b");
        ban("stands", "\\b(connection|handshake|session|endpoint|it|they|which|that|still|never) (stands?|stood)\\b");
    }

    private Words() {}

    private static void ban(String rule, String pattern) {
        BANNED.put(rule, Pattern.compile(pattern));
    }
}
