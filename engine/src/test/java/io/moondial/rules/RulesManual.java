package io.moondial.rules;

import static java.util.Objects.requireNonNull;

import io.moondial.Rules;
import io.moondial.config.Schema;
import io.moondial.config.Schema.Description;
import io.moondial.config.Schema.Form;
import io.moondial.config.Schema.Unset;
import io.moondial.script.api.ApiModule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules file that is shipped, which is its own manual: the keys that a template gives, and all
 * others as comments, each with what its declaration says.
 */
public final class RulesManual {
    private static final String EXAMPLE = "  # for example";

    private static final int WIDTH = 100;
    private static final int INDENT = 2;

    /** Words stand beside a key and its value up to this length, below longer ones. */
    private static final int LONGEST_CODE = 36;

    private static final String NO_EXAMPLE = "...";

    private final StringBuilder out = new StringBuilder();

    /** The items of lists whose keys are explained, by the paths of the lists. */
    private final Map<String, List<Description>> explained = new LinkedHashMap<>();

    private RulesManual() {}

    /**
     * The file.
     *
     * @param template its beginning, up to the first empty line, then the keys that it gives
     */
    public static String file(String template, List<ApiModule> modules) {
        int sections = template.indexOf("\n\n") + 1;
        var manual = new RulesManual();
        manual.out.append(template, 0, sections);
        Map<String, Given> given = Given.in(template.substring(sections).lines().toList(), 0);
        List<Description> single = RulesReference.single(modules);
        for (Description key : single) {
            manual.out.append('\n');
            manual.key(key.name(), key, single, given.get(key.name()), 0);
        }
        Rules.schema(modules)
                .sections()
                .forEach(
                        (name, schema) -> {
                            manual.out.append('\n');
                            manual.section(name, schema, given.get(name));
                        });
        return manual.out.toString();
    }

    /** A section that the template does not name. */
    static String section(String name, Schema<?> schema) {
        var manual = new RulesManual();
        manual.section(name, schema, null);
        return manual.out.toString();
    }

    /**
     * A key that the template gives.
     *
     * @param lines its own, then those below it
     */
    private record Given(List<String> lines) {
        /** Those at an indentation, by their names. */
        static Map<String, Given> in(List<String> lines, int indent) {
            var keys = new LinkedHashMap<String, Given>();
            Pattern key = Pattern.compile(" {%d}([a-z_0-9]+):.*".formatted(indent));
            for (String line : lines) {
                var matcher = key.matcher(line);
                if (matcher.matches()) {
                    keys.put(matcher.group(1), new Given(new ArrayList<>()));
                }
                if (!line.isBlank()) {
                    requireNonNull(keys.lastEntry()).getValue().lines().add(line);
                }
            }
            return keys;
        }

        Map<String, Given> below(int indent) {
            return in(lines.subList(1, lines.size()), indent);
        }
    }

    private void section(String name, Schema<?> schema, @Nullable Given given) {
        comment(0, schema.about());
        line(0, name + ":");
        keys(name, schema.keys(), given, INDENT);
    }

    private void keys(String path, List<Description> keys, @Nullable Given given, int indent) {
        Map<String, Given> below = given == null ? Map.of() : given.below(indent);
        String group = "";
        boolean first = true;
        for (Description key : keys) {
            out.append(first ? "" : "\n");
            first = false;
            if (!key.group().equals(group)) {
                group = key.group();
                if (!group.isEmpty()) {
                    comment(indent, group);
                    out.append('\n');
                }
            }
            key(path + "." + key.name(), key, keys, below.get(key.name()), indent);
        }
    }

    private void key(
            String path,
            Description key,
            List<Description> beside,
            @Nullable Given given,
            int indent) {
        comment(indent, words(key));
        boolean isThere = given != null || key.unset() instanceof Unset.Default;
        if (key.form() == Form.SECTION && isThere) {
            line(indent, key.name() + ":");
            keys(path, key.keys(), given, indent + INDENT);
            return;
        }
        boolean items = !key.keys().isEmpty() && !RulesReference.sameAsAbove(key, beside);
        boolean pictured = items && isNameOrNone(key.examples());
        if (items && !pictured) {
            explain(path, key, indent);
        }
        if (!key.examples().isEmpty() && !key.keys().isEmpty() && !pictured) {
            example(key, indent);
        }
        if (given != null) {
            given.lines().forEach(it -> line(0, it));
        } else if (pictured) {
            picture(key, indent);
        } else if (key.unset() instanceof Unset.Default(String written)) {
            line(indent, "#" + key.name() + ": " + written);
        } else {
            line(indent, "#" + key.name() + ": " + shown(key) + EXAMPLE);
        }
    }

    /** What is said of a key: what it is for, what may be written, and what holds without it. */
    private static String words(Description key) {
        return words(key, saysAll(key) ? "" : key.range());
    }

    private static String words(Description key, String range) {
        var words = new StringBuilder(key.about());
        if (!range.isEmpty()) {
            boolean each = key.form() == Form.LIST_OF_VALUES;
            words.append(' ').append(each ? "Each: " + range : capital(range)).append('.');
        }
        switch (key.unset()) {
            case Unset.Required() -> words.append(" Required.");
            case Unset.None(String none) when !none.isEmpty() ->
                    words.append(" Default: ").append(none).append('.');
            case Unset.Default _, Unset.None _ -> {}
        }
        return words.toString();
    }

    /** Whether the text names each choice anyway. */
    private static boolean saysAll(Description key) {
        return key.range().startsWith("one of ")
                && Pattern.compile(", ")
                        .splitAsStream(key.range().substring("one of ".length()))
                        .allMatch(
                                it ->
                                        Pattern.compile("\\b" + it + "\\b")
                                                .matcher(key.about())
                                                .find());
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** Names and meanings of the keys of an item, group by group. */
    private void explain(String path, Description list, int indent) {
        for (var earlier : explained.entrySet()) {
            if (earlier.getValue().containsAll(list.keys())) {
                comment(
                        indent,
                        "Each has the keys of %s%s."
                                .formatted(
                                        earlier.getKey(),
                                        without(earlier.getValue(), list.keys())));
                return;
            }
        }
        explained.put(path, list.keys());
        int width = list.keys().stream().mapToInt(it -> it.name().length()).max().orElse(0) + 2;
        String group = null;
        List<Description> ungroupedFirst =
                list.keys().stream()
                        .sorted(Comparator.comparing(it -> !it.group().isEmpty()))
                        .toList();
        for (Description key : ungroupedFirst) {
            if (!key.group().equals(group)) {
                group = key.group();
                line(indent, "#");
                if (!group.isEmpty()) {
                    comment(indent, group);
                }
            }
            String name = "#   " + key.name();
            if (key.alike()) {
                line(indent, name);
            } else {
                String range = key.range().startsWith("from ") ? key.range() : "";
                wrap(words(key, range), WIDTH - indent - 4 - width)
                        .forEach(new Rows(indent, name, "#", 4 + width)::add);
            }
        }
    }

    private static String without(List<Description> keys, List<Description> fewer) {
        List<String> names =
                keys.stream().filter(it -> !fewer.contains(it)).map(Description::name).toList();
        return names.isEmpty() ? "" : ", except " + String.join(", ", names);
    }

    /** Lines that begin with a name, then with nothing, and go on at a column. */
    private final class Rows {
        private final int indent;
        private final String others;
        private final int column;
        private String begin;

        Rows(int indent, String first, String others, int column) {
            this.indent = indent;
            this.begin = first;
            this.others = others;
            this.column = column;
        }

        void addWords(String text) {
            add("# " + text);
        }

        void add(String text) {
            line(indent, begin + " ".repeat(column - begin.length()) + text);
            begin = others;
        }
    }

    private void example(Description key, int indent) {
        line(indent, "#");
        line(indent, "# For example:");
        String before = key.form() == Form.LIST_OF_SECTIONS ? "- " : key.name() + ": ";
        key.examples().forEach(it -> line(indent, "#   " + before + it));
    }

    private static boolean isNameOrNone(List<String> examples) {
        return examples.stream().allMatch(it -> it.matches("[A-Za-z0-9_-]+"));
    }

    /** The value of a key that has no default that could be written. */
    private static String shown(Description key) {
        String example = key.examples().isEmpty() ? NO_EXAMPLE : key.examples().getFirst();
        return example.contains(":") && !example.matches("[\"'{\\[].*")
                ? '"' + example + '"'
                : example;
    }

    /** All of a key that is left out, with what is below it and the words beside each. */
    private void picture(Description key, int indent) {
        List<Pictured> lines = new ArrayList<>();
        pictured(key, "", lines);
        lines.set(0, new Pictured(lines.getFirst().code(), ""));
        int column =
                3
                        + lines.stream()
                                .skip(1)
                                .mapToInt(it -> it.code().length())
                                .filter(it -> it <= LONGEST_CODE)
                                .max()
                                .orElse(0);
        for (Pictured each : lines) {
            String code = "#" + each.code();
            List<String> words =
                    each.words().isEmpty()
                            ? List.of()
                            : wrap(each.words(), WIDTH - indent - column - 2);
            if (words.isEmpty() || code.length() >= column) {
                line(indent, code);
                code = "#";
            }
            words.forEach(new Rows(indent, code, "#", column)::addWords);
        }
    }

    private record Pictured(String code, String words) {}

    private static void pictured(Description key, String begin, List<Pictured> into) {
        String name = begin + key.name() + ":";
        String inside = " ".repeat(begin.length() + INDENT);
        if (key.form() == Form.LIST_OF_SECTIONS && !isNameOrNone(key.examples())) {
            into.add(new Pictured(name, words(key)));
            key.examples().forEach(it -> into.add(new Pictured(inside + "- " + it, "")));
            return;
        }
        if (key.keys().isEmpty() || (!key.examples().isEmpty() && !isNameOrNone(key.examples()))) {
            String value =
                    key.unset() instanceof Unset.Default(String written) && !written.isEmpty()
                            ? written
                            : shown(key);
            into.add(new Pictured(name + " " + value, words(key)));
            return;
        }
        into.add(new Pictured(name, words(key)));
        switch (key.form()) {
            case SECTION -> key.keys().forEach(it -> pictured(it, inside, into));
            case LIST_OF_SECTIONS -> {
                String dash = inside + "- ";
                for (Description it : key.keys()) {
                    pictured(it, dash, into);
                    dash = inside + "  ";
                }
            }
            case NAMED_SECTIONS -> {
                String one = key.examples().isEmpty() ? "NAME" : key.examples().getFirst();
                into.add(new Pictured(inside + one + ":", ""));
                key.keys().forEach(it -> pictured(it, inside + "  ", into));
            }
            case VALUE, LIST_OF_VALUES -> throw new IllegalStateException(name);
        }
    }

    private void comment(int indent, String text) {
        wrap(text, WIDTH - indent - 2).forEach(it -> line(indent, "# " + it));
    }

    private static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        var line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    private void line(int indent, String text) {
        out.append(" ".repeat(indent)).append(text).append('\n');
    }
}
