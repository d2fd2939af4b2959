package io.moondial.cli.migration;

import io.moondial.ConfigurationException;
import io.moondial.Rules;
import io.moondial.config.YamlWriter;
import io.moondial.modules.BuiltInModules;
import io.moondial.problem.Problem;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A rules file in the making: entries in sections, each with the element that it comes from. What
 * the rules refuse is taken out again.
 */
final class DraftRules {
    private static final Pattern LINE = Pattern.compile("on line ([1-9]\\d{0,6})");
    private static final String FILE = "rules.yaml";

    private final Section root = new Section("");

    sealed interface Part permits Section, Entry {}

    /** Takes what the rules refuse. */
    @FunctionalInterface
    interface Refusal {
        /**
         * An entry is taken out.
         *
         * @param from the element that it comes from
         * @param key of the entry; empty: it is an item of a list
         */
        void refused(XmlElement from, String key, String why);
    }

    /** A section, and what is in it. */
    static final class Section implements Part {
        private final String key;
        private final List<Part> parts = new ArrayList<>();
        private final Set<String> keys = new HashSet<>();

        private Section(String key) {
            this.key = key;
        }

        /** A section in it; made when it is first asked for. */
        Section section(String wanted) {
            for (Part part : parts) {
                if (part instanceof Section section && section.key.equals(wanted)) {
                    return section;
                }
            }
            Section made = new Section(wanted);
            parts.add(made);
            return made;
        }

        /** Whether a key of it has been given a value. */
        boolean has(String wanted) {
            return keys.contains(wanted);
        }

        /** Gives a key a value. */
        void entry(String entryKey, Object value, XmlElement from) {
            String braces = YamlWriter.line(Map.of(entryKey, value));
            keys.add(entryKey);
            parts.add(new Entry(entryKey, braces.substring(1, braces.length() - 1), from));
        }

        /** Adds an item to the list that it is. */
        void item(Map<String, ?> item, XmlElement from) {
            parts.add(new Entry("", "- " + YamlWriter.line(item), from));
        }

        private boolean isEmpty() {
            return parts.stream().allMatch(it -> it instanceof Section s && s.isEmpty());
        }
    }

    /** One line. */
    record Entry(String key, String text, XmlElement from) implements Part {}

    /** A section at the top; made when it is first asked for. */
    Section section(String key) {
        return root.section(key);
    }

    /** The text of the file. */
    String text() {
        return String.join("\n", render(new ArrayList<>())) + "\n";
    }

    /**
     * Line by line.
     *
     * @param from takes the entry of each line; null: the line begins a section
     */
    private List<String> render(List<@Nullable Entry> from) {
        List<String> lines = new ArrayList<>();
        render(root, "", lines, from);
        return lines;
    }

    private static void render(
            Section section, String indent, List<String> lines, List<@Nullable Entry> from) {
        for (Part part : section.parts) {
            switch (part) {
                case Entry entry -> {
                    lines.add(indent + entry.text);
                    from.add(entry);
                }
                case Section inner -> {
                    if (!inner.isEmpty()) {
                        lines.add(indent + inner.key + ":");
                        from.add(null);
                        render(inner, indent + "  ", lines, from);
                    }
                }
            }
        }
    }

    /**
     * Takes out what the rules refuse, until they refuse nothing.
     *
     * @param keys of the scripts that there will be
     * @param refused takes each entry that is taken out, and why
     * @throws ConfigurationException if they refuse a section as a whole
     */
    void takeOutWhatIsRefused(Set<String> keys, Refusal refused)
            throws ConfigurationException, IOException {
        Path folder = Files.createTempDirectory("ussd-import-");
        try {
            for (String key : keys) {
                Path script = folder.resolve(N2svcdConfiguration.SCRIPTS).resolve(key + ".lua");
                Files.createDirectories(folder.resolve(N2svcdConfiguration.SCRIPTS));
                Files.writeString(script, "");
            }
            // each round takes out one entry at least
            while (takeOut(problems(folder.resolve(FILE)), refused)) {}
        } finally {
            remove(folder);
        }
    }

    private List<Problem> problems(Path file) throws IOException {
        Files.writeString(file, text());
        try {
            var _ =
                    Rules.read(
                            file, UnaryOperator.identity(), BuiltInModules.create(), warning -> {});
            return List.of();
        } catch (ConfigurationException e) {
            return e.problems().stream().filter(it -> !it.isWarning()).toList();
        }
    }

    private boolean takeOut(List<Problem> problems, Refusal refused) throws ConfigurationException {
        if (problems.isEmpty()) {
            return false;
        }
        List<@Nullable Entry> from = new ArrayList<>();
        var _ = render(from);
        Set<Entry> out = new HashSet<>();
        for (Problem problem : problems) {
            Entry entry =
                    problem.line() < 1 || problem.line() > from.size()
                            ? null
                            : from.get(problem.line() - 1);
            if (entry != null && out.add(entry)) {
                refused.refused(entry.from, entry.key, withLinesOfSource(problem.message(), from));
            }
        }
        if (out.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        takeOut(root, out);
        return true;
    }

    /** What the rules say of another line, it says of the element that the line comes from. */
    private static String withLinesOfSource(String message, List<@Nullable Entry> from) {
        return LINE.matcher(message)
                .replaceAll(
                        it -> {
                            int line = Integer.parseInt(it.group(1));
                            Entry entry = line > from.size() ? null : from.get(line - 1);
                            return entry == null ? it.group() : "on line " + entry.from.line();
                        });
    }

    private static void takeOut(Section section, Set<Entry> out) {
        section.parts.removeIf(it -> it instanceof Entry entry && out.contains(entry));
        for (Part part : section.parts) {
            if (part instanceof Section inner) {
                takeOut(inner, out);
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes it)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path at, @Nullable IOException e)
                            throws IOException {
                        Files.delete(at);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
