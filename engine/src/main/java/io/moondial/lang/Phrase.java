package io.moondial.lang;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with its placeholders. {@code {name}} is one; {@code {{} and {@code }}} are braces.
 *
 * @param parts texts and the names of placeholders in turn, a text first and last
 */
record Phrase(List<String> parts) {
    private static final Pattern SPECIAL =
            Pattern.compile("\\{\\{|\\}\\}|\\{([A-Za-z_][A-Za-z0-9_]{0,63})\\}|[{}]");

    Phrase {
        parts = List.copyOf(parts);
    }

    /** What is written cannot be read; the message says why. */
    static final class NotAPhrase extends Exception {
        private static final long serialVersionUID = 1L;

        NotAPhrase(String message) {
            super(message, null, false, false);
        }
    }

    static Phrase parse(String written) throws NotAPhrase {
        List<String> parts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        Matcher found = SPECIAL.matcher(written);
        int from = 0;
        while (found.find()) {
            text.append(written, from, found.start());
            from = found.end();
            String name = found.group(1);
            if (name != null) {
                parts.add(text.toString());
                parts.add(name);
                text.setLength(0);
            } else if (found.group().length() == 2) {
                text.append(found.group().charAt(0));
            } else {
                throw notAPlaceholder(written, found.start());
            }
        }
        parts.add(text.append(written, from, written.length()).toString());
        return new Phrase(parts);
    }

    private static NotAPhrase notAPlaceholder(String written, int at) {
        int end = Math.min(written.length(), written.offsetByCodePoints(at, 1) + 20);
        return new NotAPhrase(
                "found \"%s\": a placeholder is a name in braces, such as {amount} (letters, digits and _, no digit first); a brace alone is written twice, {{ or }}"
                        .formatted(written.substring(at, end)));
    }

    /** The names of the placeholders, in their order. */
    Set<String> placeholders() {
        Set<String> names = new LinkedHashSet<>();
        for (int i = 1; i < parts.size(); i += 2) {
            names.add(parts.get(i));
        }
        return names;
    }

    /** The text with a value in the place of each placeholder. */
    String filled(UnaryOperator<String> values) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        StringBuilder filled = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            filled.append(i % 2 == 0 ? parts.get(i) : values.apply(parts.get(i)));
        }
        return filled.toString();
    }
}
