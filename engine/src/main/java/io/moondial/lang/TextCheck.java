package io.moondial.lang;

import static java.util.Objects.requireNonNull;

import io.moondial.config.Nearest;
import io.moondial.lang.PluralRule.Category;
import io.moondial.problem.Problem;
import io.moondial.problem.Problem.Severity;
import io.moondial.text.Alphabet;
import io.moondial.text.Dcs;
import io.moondial.text.TextLength;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What does not fit together between the languages of a folder, and with its scripts. */
final class TextCheck {
    /** Of one file no more are shown. */
    private static final int MOST_OF_A_FILE = 100;

    /** With fewer characters too many keys begin. */
    private static final int LEAST_BEGINNING = 3;

    private static final String ENGLISH = "en(-.*)?";

    private static final Comparator<Problem> BY_PLACE =
            Comparator.comparing(Problem::file)
                    .thenComparingInt(Problem::line)
                    .thenComparingInt(Problem::column);

    private final Texts texts;
    private final Collection<TextUse> uses;
    private final @Nullable Set<String> perhaps;

    /** The words of menus that scripts let them say, or that a language has. */
    private final Set<String> said;

    private final List<Problem> found = new ArrayList<>();

    /** The keys of texts that scripts show in pages. */
    private final Set<String> inPages = new HashSet<>();

    /** The keys that scripts ask for, as far as they are written out. */
    private final Set<String> used = new HashSet<>();

    /** The languages whose files can be read to their end. */
    private final Map<String, Map<String, Wording>> sound = new TreeMap<>();

    /**
     * Of some texts.
     *
     * @param uses what scripts ask for by keys that are written out
     * @param perhaps texts of scripts with one of which each key begins that they may ask for too;
     *     null: they ask for no other
     * @param said the words that menus say of themselves in these scripts
     */
    TextCheck(
            Texts texts,
            Collection<TextUse> uses,
            @Nullable Set<String> perhaps,
            Set<String> said) {
        this.said = new TreeSet<>(said);
        this.texts = texts;
        this.uses = uses;
        this.perhaps = perhaps;
        uses.stream().filter(TextUse::inPages).forEach(it -> inPages.add(it.key()));
    }

    List<Problem> problems() {
        texts.all()
                .forEach(
                        (language, it) -> {
                            if (texts.problems().stream()
                                    .noneMatch(
                                            problem ->
                                                    !problem.isWarning()
                                                            && problem.file().equals(it.file()))) {
                                sound.put(language, it.texts());
                            }
                        });
        String standard = texts.defaultLanguage();
        if (!texts.languages().isEmpty() && !texts.languages().contains(standard)) {
            found.add(
                    new Problem(
                            texts.folder(),
                            0,
                            0,
                            "there is no %s, and '%s' is the default language, whose texts stand in for missing ones: write that file, or set another language (texts: default_language)"
                                    .formatted(standard + Texts.SUFFIX, standard)));
        }
        uses.forEach(it -> used.add(it.key()));
        Map<String, Wording> standards = sound.get(standard);
        if (standards != null) {
            compare(standard, standards);
        }
        unused();
        sound.forEach((language, all) -> all.forEach((key, it) -> text(key, it)));
        uses.forEach(this::use);
        return shown();
    }

    // ---- between languages

    private void compare(String standard, Map<String, Wording> standards) {
        for (String key : texts.keys()) {
            Wording own = standards.get(key);
            if (own == null) {
                if (key.startsWith(Texts.MENU_WORDS)) {
                    lackedWord(key);
                } else {
                    lackedByDefault(standard, key);
                }
                continue;
            }
            Set<String> lacking = new LinkedHashSet<>();
            sound.forEach(
                    (language, all) -> {
                        Wording other = all.get(key);
                        if (other == null) {
                            lacking.add(language);
                        } else if (!other.placeholders().equals(own.placeholders())) {
                            placeholders(key, own, other);
                        }
                    });
            if (!lacking.isEmpty()) {
                warn(
                        own,
                        "the text '%s' is missing in %s: the text of %s is shown instead"
                                .formatted(key, String.join(", ", lacking), standard));
            }
        }
        sound.forEach((language, all) -> lackedWords(language, all, standards));
    }

    /** What neither a language nor the default one has for menus is English. */
    private void lackedWords(
            String language, Map<String, Wording> all, Map<String, Wording> standards) {
        List<String> lacking =
                said.stream()
                        .filter(it -> !all.containsKey(Texts.MENU_WORDS + it))
                        .filter(it -> !standards.containsKey(Texts.MENU_WORDS + it))
                        .toList();
        if (lacking.isEmpty() || language.matches(ENGLISH)) {
            return;
        }
        Optional<Wording> first =
                all.entrySet().stream()
                        .filter(it -> it.getKey().startsWith(Texts.MENU_WORDS))
                        .map(Map.Entry::getValue)
                        .min(Comparator.comparingInt(it -> it.place().line()));
        found.add(
                Problem.warning(
                        texts.file(language),
                        first.map(it -> it.place().line()).orElse(0),
                        first.map(it -> it.place().column()).orElse(0),
                        "menu_words in %s lacks %s: where menus say this, it is English"
                                .formatted(language, String.join(", ", lacking))));
    }

    /** A word of menus that the default language does not have, and another has. */
    private void lackedWord(String key) {
        String word = key.substring(Texts.MENU_WORDS.length());
        if (!Texts.WORDS_LEFT_OUT.contains(word)) {
            if (Texts.WORDS_OF_MENUS.containsKey(word)) {
                said.add(word);
            }
            return;
        }
        Set<String> lacking = new LinkedHashSet<>();
        Wording first = null;
        for (Map.Entry<String, Map<String, Wording>> language : sound.entrySet()) {
            Wording own = language.getValue().get(key);
            first = first == null ? own : first;
            if (own == null && !language.getKey().matches(ENGLISH)) {
                lacking.add(language.getKey());
            }
        }
        if (first != null && !lacking.isEmpty()) {
            warn(
                    first,
                    "the text '%s' is missing in %s: nothing is shown instead"
                            .formatted(key, String.join(", ", lacking)));
        }
    }

    private void lackedByDefault(String standard, String key) {
        for (Map<String, Wording> all : sound.values()) {
            Wording other = all.get(key);
            if (other != null) {
                found.add(
                        at(
                                other,
                                (isUsed(key)
                                                ? "the default language '%s' has no text '%s', so nothing can stand in for it where it is missing: add it to %s"
                                                : "the default language '%s' has no text '%s', and no script uses it: remove it, or add it to %s")
                                        .formatted(standard, key, texts.file(standard)),
                                Severity.ERROR));
                return;
            }
        }
    }

    private void placeholders(String key, Wording standard, Wording other) {
        for (String name : minus(other.placeholders(), standard.placeholders())) {
            warn(
                    other,
                    "the text '%s' has {%s}, which it does not have in %s (line %d)"
                            .formatted(key, name, standard.language(), standard.place().line()));
        }
        for (String name : minus(standard.placeholders(), other.placeholders())) {
            warn(
                    other,
                    "the text '%s' lacks {%s}, which it has in %s (line %d)"
                            .formatted(key, name, standard.language(), standard.place().line()));
        }
    }

    private static Set<String> minus(Set<String> all, Set<String> others) {
        Set<String> rest = new LinkedHashSet<>(all);
        rest.removeAll(others);
        return rest;
    }

    // ---- each text

    private void text(String key, Wording wording) {
        if (key.startsWith(Texts.MENU_WORDS)) {
            wordOfMenus(key, wording);
        }
        wording.forms().forEach((category, phrase) -> length(key, wording, category, phrase));
        PluralRule rule = wording.rule();
        if (rule == null) {
            return;
        }
        Set<Category> all = rule.all();
        rule.counted()
                .forEach(
                        (category, examples) -> {
                            if (!wording.forms().containsKey(category)) {
                                warn(
                                        wording,
                                        "the text '%s' has no form '%s', which %s uses for %s: 'other' is used instead"
                                                .formatted(
                                                        key,
                                                        category.word(),
                                                        wording.language(),
                                                        examples));
                            }
                        });
        for (Category category : new TreeSet<>(wording.forms().keySet())) {
            if (category != Category.ZERO && !all.contains(category)) {
                warn(
                        wording,
                        "the text '%s' has a form '%s', which %s never uses"
                                .formatted(key, category.word(), wording.language()));
            }
        }
    }

    private void wordOfMenus(String key, Wording wording) {
        String name = key.substring(Texts.MENU_WORDS.length());
        Set<String> given = Texts.WORDS_OF_MENUS.get(name);
        if (given == null) {
            warn(
                    wording,
                    "'%s' is no word of menus%s; these are %s"
                            .formatted(
                                    name,
                                    Nearest.suggestion(name, Texts.WORDS_OF_MENUS.keySet()),
                                    String.join(
                                            ", ", new TreeSet<>(Texts.WORDS_OF_MENUS.keySet()))));
            return;
        }
        for (String placeholder : minus(wording.placeholders(), given)) {
            found.add(
                    at(
                            wording,
                            "the text '%s' has {%s}, and menus give %s"
                                    .formatted(
                                            key,
                                            placeholder,
                                            given.isEmpty()
                                                    ? "no values for it"
                                                    : String.join(", ", new TreeSet<>(given))),
                            Severity.ERROR));
        }
    }

    /** With nothing in the place of its placeholders, a text is as short as it can be. */
    private void length(String key, Wording wording, Category category, Phrase phrase) {
        String shortest = phrase.filled(name -> "");
        if (shortest.isEmpty()
                || inPages.contains(key)
                || TextLength.of(shortest, Alphabet.GSM7).fits()) {
            return;
        }
        try {
            UssdString.encode(shortest, Dcs.UNSPECIFIED);
        } catch (UnsendableText e) {
            String which = wording.hasPlurals() ? " in its form '" + category.word() + "'" : "";
            String bare = phrase.placeholders().isEmpty() ? "" : " even with empty placeholders";
            warn(
                    wording,
                    "the text '%s' fits no screen%s%s: %s. menu.text shows it in pages"
                            .formatted(key, which, bare, e.getMessage()));
        }
    }

    // ---- with scripts

    private void unused() {
        Map<String, Wording> standards = sound.get(texts.defaultLanguage());
        Map<String, Wording> first = new LinkedHashMap<>();
        if (standards == null) {
            sound.values().forEach(all -> all.forEach(first::putIfAbsent));
        } else {
            first.putAll(standards); // of what it lacks, that is told
        }
        first.forEach(
                (key, wording) -> {
                    if (!isUsed(key)) {
                        warn(wording, "no script uses the text '%s'".formatted(key));
                    }
                });
    }

    private boolean isUsed(String key) {
        return used.contains(key) || key.startsWith(Texts.MENU_WORDS) || isPerhapsUsed(key);
    }

    private boolean isPerhapsUsed(String key) {
        if (perhaps == null || perhaps.isEmpty()) {
            return false;
        }
        if (perhaps.contains(key)) {
            return true;
        }
        for (int end = key.length() - 1; end >= LEAST_BEGINNING; end--) {
            if (perhaps.contains(key.substring(0, end))) {
                return true;
            }
        }
        return false;
    }

    private void use(TextUse use) {
        Map<String, Wording> having = new TreeMap<>();
        texts.all()
                .forEach(
                        (language, it) -> {
                            Wording wording = it.texts().get(use.key());
                            if (wording != null) {
                                having.put(language, wording);
                            }
                        });
        if (having.isEmpty()) {
            // a file that cannot be read may have it
            if (sound.size() == texts.all().size() || sound.containsKey(texts.defaultLanguage())) {
                found.add(
                        at(
                                use,
                                noSuchText(texts, sound.keySet(), use.key(), _ -> {}),
                                use.isSure()));
            }
            return;
        }
        if (use.wrongCount() != null && having.values().stream().anyMatch(Wording::hasPlurals)) {
            found.add(
                    at(
                            use,
                            "the text '%s' has plural forms, and count is a number or a decimal; got %s"
                                    .formatted(use.key(), use.wrongCount()),
                            use.isSure()));
        }
        Set<String> given = use.given();
        if (given == null) {
            return;
        }
        Set<String> known = new TreeSet<>();
        Set<String> told = new TreeSet<>();
        having.forEach(
                (language, wording) -> {
                    known.addAll(wording.placeholders());
                    for (String name : minus(wording.placeholders(), given)) {
                        if (told.add(name)) {
                            found.add(
                                    at(
                                            use,
                                            "the text '%s' has {%s} in %s (line %d), and no %s is given here"
                                                    .formatted(
                                                            use.key(),
                                                            name,
                                                            language,
                                                            wording.place().line(),
                                                            name),
                                            use.isSure()));
                        }
                    }
                });
        for (String name : minus(given, known)) {
            found.add(
                    at(
                            use,
                            "the text '%s' has no {%s} in any language%s"
                                    .formatted(use.key(), name, Nearest.suggestion(name, known)),
                            false));
        }
    }

    /** What is said of a key that no language has. */
    static String noSuchText(Texts texts, Set<String> languages, String key, LongConsumer work) {
        if (languages.isEmpty()) {
            return "there is no text '%s', as there are no files of texts: they are lang/%s.yaml and others, beside the scripts"
                    .formatted(key, texts.defaultLanguage());
        }
        int point = key.lastIndexOf('.');
        String whole = key.substring(0, Math.max(0, point));
        if (Arrays.stream(Category.values()).anyMatch(it -> key.endsWith("." + it.word()))
                && texts.all().values().stream()
                        .map(it -> it.texts().get(whole))
                        .anyMatch(it -> it != null && it.hasPlurals())) {
            return "there is no text '%s': '%s' has plural forms, and the number chooses one: write t(\"%s\", {count = n})"
                    .formatted(key, whole, whole);
        }
        return "there is no text '%s' in %s%s"
                .formatted(
                        key,
                        String.join(", ", languages),
                        Nearest.suggestion(key, texts.keys(), work));
    }

    // ---- problems

    private void warn(Wording wording, String message) {
        found.add(at(wording, message, Severity.WARNING));
    }

    private Problem at(Wording wording, String message, Severity severity) {
        return new Problem(
                texts.file(wording.language()),
                wording.place().line(),
                wording.place().column(),
                message,
                severity);
    }

    private static Problem at(TextUse use, String message, boolean sure) {
        return new Problem(
                use.file(),
                use.line(),
                use.column(),
                message,
                sure ? Severity.ERROR : Severity.WARNING);
    }

    private List<Problem> shown() {
        found.sort(BY_PLACE);
        Map<Path, Integer> counts = new LinkedHashMap<>();
        List<Problem> shown = new ArrayList<>();
        for (Problem problem : found) {
            // of warnings there may be one for each text
            if (!problem.isWarning()
                    || requireNonNull(counts.merge(problem.file(), 1, Integer::sum))
                            <= MOST_OF_A_FILE) {
                shown.add(problem);
            }
        }
        counts.forEach(
                (file, count) -> {
                    if (count > MOST_OF_A_FILE) {
                        shown.add(
                                Problem.warning(
                                        file,
                                        0,
                                        0,
                                        "and " + (count - MOST_OF_A_FILE) + " more like these"));
                    }
                });
        return shown;
    }
}
