package io.moondial.dialogtest.language;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text with variables in it, {@code ${name}}, which are filled in as the test runs. */
public final class Template {
    /** A variable as it is written. */
    static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z][A-Za-z0-9]*)}");

    private final List<Part> parts;

    private sealed interface Part {
        record Text(String text) implements Part {}

        record Variable(String name) implements Part {}

        /** A variable that was filled in already. */
        record Filled(String text) implements Part {}
    }

    private Template(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /** A text without any. */
    static Template literal(String text) {
        return new Template(List.of(new Part.Text(text)));
    }

    /** A text in which every {@code ${name}} is a variable; those already known are filled in. */
    static Template of(String text, Map<String, String> known, UnaryOperator<String> literally) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = VARIABLE.matcher(text);
        int end = 0;
        while (matcher.find()) {
            parts.add(new Part.Text(text.substring(end, matcher.start())));
            String value = known.get(matcher.group(1));
            parts.add(
                    value == null
                            ? new Part.Variable(matcher.group(1))
                            : new Part.Filled(literally.apply(value)));
            end = matcher.end();
        }
        parts.add(new Part.Text(text.substring(end)));
        return new Template(parts);
    }

    /** One template after another. */
    static Template joined(List<Template> templates) {
        return new Template(templates.stream().flatMap(it -> it.parts.stream()).toList());
    }

    /** The variables that are still to be filled in. */
    public List<String> variables() {
        List<String> names = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Part.Variable(String name)) {
                names.add(name);
            }
        }
        return names;
    }

    /** Whether it was written with any variables. */
    boolean isPattern() {
        return parts.stream().anyMatch(part -> !(part instanceof Part.Text));
    }

    /** The text with these values. */
    public String fill(Map<String, String> values) {
        return fill(values, UnaryOperator.identity());
    }

    String fill(Map<String, String> values, UnaryOperator<String> literally) {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Part.Text(String literal) -> text.append(literal);
                case Part.Filled(String value) -> text.append(value);
                case Part.Variable(String name) ->
                        text.append(literally.apply(value(values, name)));
            }
        }
        return text.toString();
    }

    private static String value(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new UnsetVariableException(name);
        }
        return value;
    }

    /** For a look at the text where values may be missing. */
    String withPlaceholders() {
        Map<String, String> values = new HashMap<>();
        variables().forEach(name -> values.put(name, "0"));
        return fill(values, Pattern::quote);
    }

    /** As it is shown: variables by their names. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Part.Text(String literal) -> text.append(literal);
                case Part.Filled(String value) -> text.append(value);
                case Part.Variable(String name) -> text.append("${").append(name).append('}');
            }
        }
        return text.toString();
    }

    /** A variable whose screen, or whose group in it, has not come. */
    public static final class UnsetVariableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnsetVariableException(String name) {
            super(
                    "${"
                            + name
                            + "} has no value: the screen that gives it one did not match, or the group was not part of the match",
                    null,
                    false,
                    false);
        }
    }
}
