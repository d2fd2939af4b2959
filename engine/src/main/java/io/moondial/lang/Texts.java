package io.moondial.lang;

import io.moondial.file.FileTrouble;
import io.moondial.file.PlainFile;
import io.moondial.file.PlainFile.UnreadableFileException;
import io.moondial.problem.Problem;
import io.moondial.text.Sha256;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The texts of a script folder in all their languages, at one moment: the files {@code
 * lang/LANGUAGE.yaml}.
 */
public final class Texts {
    /** What scripts find texts by. */
    public static final String MODULE = "t";

    /** The modules that show texts. */
    public static final List<String> SHOWN_BY = List.of(MODULE, "menu");

    /** The longest key, in characters. */
    public static final int LONGEST_KEY = 100;

    /** What the keys of the words that menus say of themselves begin with. */
    public static final String MENU_WORDS = "menu_words.";

    /** These words, each with what is given for its placeholders. */
    static final Map<String, Set<String>> WORDS_OF_MENUS =
            Map.ofEntries(
                    Map.entry("back", Set.of()),
                    Map.entry("home", Set.of()),
                    Map.entry("more", Set.of()),
                    Map.entry("no", Set.of()),
                    Map.entry("pin", Set.of()),
                    Map.entry("resumed", Set.of()),
                    Map.entry("timeout", Set.of()),
                    Map.entry("tries", Set.of()),
                    Map.entry("wrong", Set.of()),
                    Map.entry("wrong_amount", Set.of("min", "max")),
                    Map.entry("wrong_amount_least", Set.of("min")),
                    Map.entry("wrong_count", Set.of(Wording.COUNT)),
                    Map.entry("wrong_date", Set.of("example")),
                    Map.entry("wrong_digits", Set.of()),
                    Map.entry("wrong_item", Set.of()),
                    Map.entry("wrong_number", Set.of()),
                    Map.entry("wrong_pin", Set.of(Wording.COUNT)),
                    Map.entry("wrong_yes_no", Set.of()),
                    Map.entry("yes", Set.of()));

    /** What is left out where the texts do not have it. All other words are English there. */
    static final Set<String> WORDS_LEFT_OUT = Set.of("resumed", "timeout");

    /** The folder of the files, in a script folder. */
    public static final String FOLDER = "lang";

    /** How the names of the files end. */
    public static final String SUFFIX = ".yaml";

    /** There are none. */
    public static final Texts NONE =
            new Texts(Path.of(FOLDER), TextSettings.DEFAULTS, new TreeMap<>(), List.of());

    private static final Pattern NAME = Pattern.compile(TextSettings.LANGUAGE);
    private static final int VERSION_OCTETS = 4;

    /** No file has a longer name. */
    private static final int LONGEST_NAME = 40;

    private final Path folder;
    private final TextSettings settings;
    private final SortedMap<String, Language> languages;
    private final List<Problem> problems;
    private final Set<String> keys;

    /** The languages by their names in small letters. */
    private final Map<String, String> inSmallLetters = new HashMap<>();

    /** What has been missed so far, each once: there are no more than texts. */
    private final Set<String> missed = ConcurrentHashMap.newKeySet();

    /** One language. */
    static final class Language {
        private final Path file;
        private final byte[] octets;
        private final Map<String, Wording> texts;
        private final boolean isSound;

        /**
         * What a file holds.
         *
         * @param file as the person named the folder, then the file
         * @param octets of the file; not changed from now on
         * @param isSound whether nothing is wrong in it
         */
        Language(Path file, byte[] octets, Map<String, Wording> texts, boolean isSound) {
            this.isSound = isSound;
            this.file = file;
            this.octets = octets;
            this.texts = texts;
        }

        Path file() {
            return file;
        }

        byte[] octets() {
            return octets.clone();
        }

        Map<String, Wording> texts() {
            return texts;
        }
    }

    private Texts(
            Path folder,
            TextSettings settings,
            SortedMap<String, Language> languages,
            List<Problem> problems) {
        this.folder = folder;
        this.settings = settings;
        this.languages = Collections.unmodifiableSortedMap(languages);
        this.problems = List.copyOf(problems);
        Set<String> all = new TreeSet<>();
        languages.values().forEach(it -> all.addAll(it.texts().keySet()));
        this.keys = Collections.unmodifiableSet(all);
        languages
                .keySet()
                .forEach(it -> inSmallLetters.putIfAbsent(it.toLowerCase(Locale.ROOT), it));
    }

    /**
     * Reads what is in a script folder now.
     *
     * @param scripts the script folder, as the person named it
     * @param from where it lies: mostly the same
     * @param earlier what was read before: of files that have not changed it is taken
     */
    public static Texts read(Path scripts, Path from, TextSettings settings, Texts earlier) {
        return new Reading(scripts.resolve(FOLDER), from, settings, earlier).read();
    }

    /** The folder in the reading. */
    private record Reading(
            Path named,
            Path scripts,
            TextSettings settings,
            Texts earlier,
            SortedMap<String, Language> languages,
            List<Problem> problems) {
        Reading(Path named, Path scripts, TextSettings settings, Texts earlier) {
            this(named, scripts, settings, earlier, new TreeMap<>(), new ArrayList<>());
        }

        Texts read() {
            Path from = scripts.resolve(FOLDER);
            if (Files.isDirectory(from)) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
                    List<Path> sorted = new ArrayList<>();
                    files.forEach(sorted::add);
                    sorted.sort(null);
                    Path root = scripts.toRealPath();
                    for (Path file : sorted) {
                        add(file, root);
                    }
                } catch (DirectoryIteratorException e) {
                    report(
                            named,
                            "cannot be listed: "
                                    + FileTrouble.words(Objects.requireNonNull(e.getCause())));
                } catch (IOException e) {
                    report(named, "cannot be listed: " + FileTrouble.words(e));
                }
            }
            return new Texts(named, settings, languages, problems);
        }

        private void report(Path file, String message) {
            problems.add(new Problem(file, 0, 0, message));
        }

        private void add(Path from, Path root) {
            String name = String.valueOf(from.getFileName());
            Path file = PlainFile.inFolder(named, from);
            if (name.startsWith(".")) {
                return; // an editor's, not a person's
            }
            if (name.endsWith(".yml")) {
                report(file, "files of texts end in .yaml: rename it");
            }
            if (!name.endsWith(SUFFIX)) {
                return;
            }
            String language = name.substring(0, name.length() - SUFFIX.length());
            if (!NAME.matcher(language).matches()) {
                report(file, "the name before .yaml must be " + TextSettings.LANGUAGE_ALLOWED);
            } else if (languages.size() >= settings.maxLanguages()) {
                report(
                        file,
                        "one language too many: at most %d may be in a script folder (texts: max_languages)"
                                .formatted(settings.maxLanguages()));
            } else {
                read(language, file, from, root);
            }
        }

        private void read(String language, Path file, Path from, Path root) {
            try {
                Optional<String> objection = PlainFile.objection(from, root);
                if (objection.isPresent()) {
                    report(file, objection.get());
                    return;
                }
                if (Files.size(from) > settings.maxFile()) {
                    report(
                            file,
                            "%d octets long; at most %d are allowed (texts: max_file)"
                                    .formatted(Files.size(from), settings.maxFile()));
                    return;
                }
                byte[] octets = PlainFile.read(from, settings.maxFile());
                Language known = earlier.languages.get(language);
                if (known == null
                        || !earlier.settings.equals(settings)
                        || !known.isSound
                        || !known.file.equals(file)
                        || !Arrays.equals(known.octets, octets)) {
                    List<Problem> found = new ArrayList<>();
                    Map<String, Wording> texts =
                            LanguageFile.read(language, file, octets, settings, found);
                    known = new Language(file, octets, texts, found.isEmpty());
                    problems.addAll(found);
                }
                languages.put(language, known);
            } catch (UnreadableFileException e) {
                report(file, e.reason());
            } catch (IOException e) {
                report(file, "cannot be read: " + FileTrouble.words(e));
            }
        }
    }

    /** What is wrong in the files, and what may be. */
    public List<Problem> problems() {
        return problems;
    }

    /**
     * What is wrong between the languages, and between them and the scripts.
     *
     * @param uses what scripts ask for by keys that are written out
     * @param perhaps they may ask for any key that begins with one of these, such as each key if
     *     not all scripts can be read; null: for no other
     * @param said the words that menus say of themselves in these scripts
     */
    public List<Problem> check(
            Collection<TextUse> uses, @Nullable Set<String> perhaps, Set<String> said) {
        return new TextCheck(this, uses, perhaps, said).problems();
    }

    // ---- for scripts

    /** The languages for which there is a file. */
    public Set<String> languages() {
        return languages.keySet();
    }

    /** The bucket of kv in which subscribers have their languages; null: there is none. */
    public @Nullable String bucket() {
        return settings.bucket();
    }

    /**
     * What is said of a key that no language has.
     *
     * @param work is told units of work before they are done, and may throw
     */
    public String noSuchText(String key, LongConsumer work) {
        String shown = key.length() > LONGEST_KEY ? key.substring(0, LONGEST_KEY) + "..." : key;
        return TextCheck.noSuchText(this, languages(), shown, work);
    }

    /** Where the file of a text is, relative to the script folder, and its line. */
    public String place(Wording wording) {
        return label(wording.language()) + ":" + wording.place().line();
    }

    /** The language that stands in for others. */
    public String defaultLanguage() {
        return settings.defaultLanguage();
    }

    /**
     * The language that somebody names, if there is a file for it: {@code pt_BR} is {@code pt-BR},
     * or {@code pt} if there is none; Norwegian is Bokmål, or else Nynorsk.
     */
    public Optional<String> find(String named) {
        if (named.length() > LONGEST_NAME) {
            return Optional.empty();
        }
        String asked = named.replace('_', '-').toLowerCase(Locale.ROOT);
        for (int end = asked.length(); end > 0; end = asked.lastIndexOf('-', end - 1)) {
            String language = inSmallLetters.get(asked.substring(0, end));
            if (language != null) {
                return Optional.of(language);
            }
        }
        return asked.equals("no") ? find("nb").or(() -> find("nn")) : Optional.empty();
    }

    /** A text in this language, or else in the default one; null: neither has it. */
    public @Nullable Wording find(String language, String key) {
        Wording own = in(language, key);
        return own == null ? in(defaultLanguage(), key) : own;
    }

    private @Nullable Wording in(String language, String key) {
        Language found = languages.get(language);
        return found == null ? null : found.texts().get(key);
    }

    /** Whether a text is missed in this language for the first time. */
    public boolean isFirstMiss(String language, String key) {
        return missed.add(language + ' ' + key);
    }

    /** Whether any language has a text. */
    public boolean has(String key) {
        return keys.contains(key);
    }

    /** The keys of all texts. */
    public Set<String> keys() {
        return keys;
    }

    /** The languages that have a text. */
    public Set<String> languagesOf(String key) {
        Set<String> having = new TreeSet<>();
        languages.forEach(
                (language, it) -> {
                    if (it.texts().containsKey(key)) {
                        having.add(language);
                    }
                });
        return having;
    }

    // ---- for releases

    Path folder() {
        return folder;
    }

    SortedMap<String, Language> all() {
        return languages;
    }

    /** What each file holds, by file relative to the script folder. */
    public SortedMap<String, byte[]> sources() {
        SortedMap<String, byte[]> sources = new TreeMap<>();
        languages.forEach((language, it) -> sources.put(label(language), it.octets()));
        return sources;
    }

    /** What names the content of each file, by file relative to the script folder. */
    public SortedMap<String, String> versions() {
        SortedMap<String, String> versions = new TreeMap<>();
        languages.forEach(
                (language, it) -> {
                    Sha256 content = new Sha256().add(it.octets);
                    versions.put(label(language), content.hex(VERSION_OCTETS));
                });
        return versions;
    }

    /** The file of a language, relative to the script folder. */
    public static String label(String language) {
        return FOLDER + "/" + language + SUFFIX;
    }

    /** Adds the content of all files to what names a script. */
    public void addTo(Sha256 script) {
        languages.forEach((language, it) -> script.addPart(label(language)).addPart(it.octets));
    }

    /** Which file has, or would have, the texts of a language. */
    Path file(String language) {
        Language found = languages.get(language);
        return found == null
                ? folder.resolve(Objects.requireNonNull(language) + SUFFIX)
                : found.file();
    }
}
