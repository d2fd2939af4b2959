package io.moondial.lang;

import io.moondial.config.LocatedYaml;
import io.moondial.config.Node;
import io.moondial.config.Place;
import io.moondial.config.Problems;
import io.moondial.lang.PluralRule.Category;
import io.moondial.problem.Problem;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The texts of one language in the reading, from its file. */
final class LanguageFile {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

    private final String language;
    private final Problems problems;
    private final TextSettings limits;
    private final Map<String, Wording> texts = new HashMap<>();
    private final Optional<PluralRule> rule;
    private int count;

    private LanguageFile(String language, Path file, TextSettings limits) {
        this.language = language;
        this.problems = new Problems(file);
        this.limits = limits;
        this.rule = PluralRule.of(language);
    }

    /**
     * Reads a file.
     *
     * @param file as problems name it
     * @param problems takes what is wrong, and what may be
     * @return the texts by their keys
     */
    static Map<String, Wording> read(
            String language,
            Path file,
            byte[] octets,
            TextSettings limits,
            List<Problem> problems) {
        LanguageFile reading = new LanguageFile(language, file, limits);
        LocatedYaml.read(new ByteArrayInputStream(octets), reading.problems)
                .ifPresent(it -> reading.section("", it));
        reading.tooMany();
        problems.addAll(reading.problems.inFileOrder());
        problems.addAll(reading.problems.warnings());
        return Map.copyOf(reading.texts);
    }

    private void tooMany() {
        if (count > limits.maxKeys()) {
            problems.add(
                    Place.FILE,
                    "%d texts; at most %d are allowed (texts: max_keys)"
                            .formatted(count, limits.maxKeys()));
        }
    }

    private void section(String prefix, Node.Mapping section) {
        for (Node.Entry entry : section.entries()) {
            String key = prefix + entry.key().text();
            Place place = entry.key().place();
            if (!KEY.matcher(key).matches() || key.length() > Texts.LONGEST_KEY) {
                problems.add(
                        place,
                        "a key has letters, digits, _ and -, and points between its parts; at most %d characters in all"
                                .formatted(Texts.LONGEST_KEY));
                continue;
            }
            switch (entry.value()) {
                case Node.Scalar scalar -> text(key, place, Map.of(Category.OTHER, scalar), null);
                case Node.Mapping inner when hasForms(inner) -> plural(key, place, inner);
                case Node.Mapping inner -> section(key + ".", inner);
                case Node.Sequence list ->
                        problems.add(
                                list.place(),
                                "found a list; allowed are a text, plural forms, or a section of texts. A text that begins with [ stands in quotes");
            }
        }
    }

    private static boolean hasForms(Node.Mapping section) {
        return section.entries().stream().anyMatch(it -> Category.of(it.key().text()).isPresent());
    }

    private void plural(String key, Place place, Node.Mapping section) {
        Map<Category, Node.Scalar> forms = new EnumMap<>(Category.class);
        for (Node.Entry entry : section.entries()) {
            Optional<Category> category = Category.of(entry.key().text());
            if (category.isEmpty()) {
                problems.add(
                        entry.key().place(),
                        "'%s' stands beside plural forms; these are zero, one, two, few, many and other, and a section has either them or other keys"
                                .formatted(entry.key().text()));
            } else if (entry.value() instanceof Node.Scalar scalar) {
                forms.put(category.get(), scalar);
            } else {
                problems.add(
                        entry.value().place(),
                        "the plural form '%s' is a text; if it begins with { or [, put it in quotes"
                                .formatted(entry.key().text()));
            }
        }
        if (section.entries().stream()
                .noneMatch(it -> it.key().text().equals(Category.OTHER.word()))) {
            problems.add(
                    place,
                    "the plural form 'other' is missing: it is for all numbers that no other form is for");
            return;
        }
        if (!forms.containsKey(Category.OTHER)) {
            return; // it is no text
        }
        if (rule.isEmpty()) {
            problems.add(
                    place,
                    "the plural rule of the language '%s' is not known here: give one text instead of plural forms, such as \"Messages: {count}\""
                            .formatted(language));
            return;
        }
        text(key, place, forms, rule.get());
    }

    private void text(
            String key, Place place, Map<Category, Node.Scalar> written, @Nullable PluralRule by) {
        count++;
        Map<Category, Phrase> forms = new EnumMap<>(Category.class);
        written.forEach(
                (category, scalar) -> phrase(scalar).ifPresent(it -> forms.put(category, it)));
        if (forms.size() < written.size()) {
            return;
        }
        Wording before = texts.putIfAbsent(key, new Wording(language, place, forms, by));
        if (before != null) {
            problems.add(
                    place,
                    "the text '%s' is already on line %d; remove one"
                            .formatted(key, before.place().line()));
        }
    }

    private Optional<Phrase> phrase(Node.Scalar scalar) {
        if (scalar.isNull()) {
            problems.add(
                    scalar.place(),
                    "there is no text; one that is empty is written \"\", and one that begins with { stands in quotes");
            return Optional.empty();
        }
        if (scalar.text().length() > limits.maxLength()) {
            problems.add(
                    scalar.place(),
                    "the text has %d characters; at most %d are allowed (texts: max_length)"
                            .formatted(scalar.text().length(), limits.maxLength()));
            return Optional.empty();
        }
        try {
            return Optional.of(Phrase.parse(scalar.text()));
        } catch (Phrase.NotAPhrase e) {
            problems.add(scalar.place(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }
}
