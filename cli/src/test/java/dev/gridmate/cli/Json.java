package dev.gridmate.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the JSON that this program writes: objects of words, numbers, truths and objects. Anything
 * else is an error.
 */
final class Json {

    private static final Pattern WORD = Pattern.compile("\"((?:[^\"\\\\]|\\\\[\"\\\\])*)\"");
    private static final Pattern PLAIN = Pattern.compile("true|false|-?(?:0|[1-9]\\d*)(?:\\.\\d+)?");

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    static Map<String, Object> parse(String text) {
        Json json = new Json(text);
        Map<String, Object> object = json.object();
        if (json.at != text.length()) {
            throw json.wrong();
        }
        return object;
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new LinkedHashMap<>();
        expect('{');
        do {
            String name = word();
            expect(':');
            if (members.put(name, value()) != null) {
                throw wrong();
            }
        } while (skip(','));
        expect('}');
        return members;
    }

    private Object value() {
        return switch (text.charAt(at)) {
            case '{' -> object();
            case '"' -> word();
            default -> {
                String plain = next(PLAIN).group();
                yield plain.matches("true|false") ? (Object) Boolean.valueOf(plain) : Double.valueOf(plain);
            }
        };
    }

    private String word() {
        return next(WORD).group(1).replaceAll("\\\\(.)", "$1");
    }

    private Matcher next(Pattern pattern) {
        Matcher matcher = pattern.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            throw wrong();
        }
        at = matcher.end();
        return matcher;
    }

    private boolean skip(char c) {
        boolean is = at < text.length() && text.charAt(at) == c;
        at += is ? 1 : 0;
        return is;
    }

    private void expect(char c) {
        if (!skip(c)) {
            throw wrong();
        }
    }

    private AssertionError wrong() {
        return new AssertionError("no JSON from character " + at + ": " + text);
    }
}
