package io.moondial.dialogtest.language;

import io.moondial.dialog.Opening;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The ids of one dialog, another in every run: a screen that shows one is recorded as a regular
 * expression.
 *
 * @param expressions by the id, what matches any like it
 */
public record PassingIds(Map<String, String> expressions) {
    /** Those of a dialog of which none is known. */
    public static final PassingIds NONE = new PassingIds(Map.of());

    private static final String SPECIAL = "\\.[]{}()<>*+-=!?^$|";

    /** Those of a dialog that a service has claimed. */
    public static PassingIds of(String instanceId, Opening opening) {
        Map<String, String> expressions = new LinkedHashMap<>();
        expressions.put(instanceId, "\\S+-\\d+-[0-9a-f]{8}");
        expressions.put(opening.localTid(), "[0-9a-f]{%d}".formatted(opening.localTid().length()));
        expressions.put(
                opening.remoteTid(), "[0-9a-f]{%d}".formatted(opening.remoteTid().length()));
        return new PassingIds(expressions);
    }

    /** Whether a text has one of them in it. */
    boolean areIn(String text) {
        return expressions.keySet().stream().anyMatch(text::contains);
    }

    /** The regular expression, on one line, for such a text with any ids in their place. */
    String expressionFor(String text) {
        Matcher ids =
                Pattern.compile(
                                expressions.keySet().stream()
                                        .map(Pattern::quote)
                                        .collect(Collectors.joining("|")))
                        .matcher(text);
        StringBuilder expression = new StringBuilder();
        int end = 0;
        while (ids.find()) {
            literally(text, end, ids.start(), expression);
            expression.append(expressions.get(ids.group()));
            end = ids.end();
        }
        literally(text, end, text.length(), expression);
        return expression.toString();
    }

    private static void literally(String text, int from, int to, StringBuilder expression) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                expression.append("\\n");
            } else if (Blank.is(c) || Character.isISOControl(c)) {
                // an inner blank may stand as it is, and reads better so
                boolean inner = c == ' ' && i > 0 && i < text.length() - 1;
                expression.append(inner ? " " : "\\x%02x".formatted((int) c));
            } else {
                expression.append(SPECIAL.indexOf(c) < 0 ? "" : "\\").append(c);
            }
        }
    }
}
