package io.moondial.dialogtest.language;

import io.moondial.config.Nearest;
import io.moondial.config.Place;
import io.moondial.config.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Cuts a file into steps. */
final class Lexer {
    private static final Pattern BLANKS = Pattern.compile("[ \t]+");

    private final List<String> lines;
    private final List<String> modules;
    private final Problems problems;
    private final List<RawStep> steps = new ArrayList<>();
    private final List<Piece> argument = new ArrayList<>();
    private Optional<Word> word = Optional.empty();
    private int first;
    private int last;
    private boolean open;

    /** Whether the step above is one that nobody knows: what continues it is no problem more. */
    private boolean lost;

    private Lexer(List<String> lines, List<String> modules, Problems problems) {
        this.lines = lines;
        this.modules = modules;
        this.problems = problems;
    }

    /**
     * The steps of a file.
     *
     * @param modules the words of the modules that a step may begin with
     */
    static List<RawStep> cut(List<String> lines, List<String> modules, Problems problems) {
        return new Lexer(lines, modules, problems).cut();
    }

    private List<RawStep> cut() {
        for (int i = 0; i < lines.size(); i++) {
            line(i + 1, stripBlanksAtEnd(lines.get(i)));
        }
        finish();
        return steps;
    }

    private void line(int number, String line) {
        if (line.isEmpty()) {
            open = false;
        } else if (line.charAt(0) == '#') {
            return;
        } else if (isBlank(line.charAt(0))) {
            continued(number, line);
        } else {
            begin(number, line);
        }
    }

    private void continued(int number, String line) {
        int start = skipBlanks(line, 0);
        if (lost) {
            return;
        }
        if (!open) {
            problems.add(
                    new Place(number, start + 1),
                    "an indented line continues the step above it, and there is none: begin a step"
                            + " in column 1; an empty line within a text is written \"\"");
            return;
        }
        argument.add(new Piece(line.substring(start), number, start + 1));
        last = number;
    }

    private void begin(int number, String line) {
        finish();
        word = Word.atStartOf(line).or(() -> moduleAtStartOf(line));
        int end = word.map(it -> it.text().length()).orElse(0);
        if (word.isEmpty()) {
            Optional<Slip> slip = slip(line);
            problems.add(
                    new Place(number, 1), slip.map(Slip::words).orElseGet(() -> unknown(line)));
            // nothing is wrong with what stands below a test or a dial for this reason
            slip = slip.filter(Slip::carries);
            word = slip.map(Slip::meant);
            end = slip.map(Slip::end).orElse(0);
        }
        lost = word.isEmpty();
        open = !lost;
        if (lost) {
            return;
        }
        first = number;
        last = number;
        int start = skipBlanks(line, end);
        argument.add(new Piece(line.substring(start), number, start + 1));
    }

    /**
     * A line that begins almost with a word.
     *
     * @param end where what follows that begins, or the blanks before it
     */
    private record Slip(String written, Word meant, int end) {
        String words() {
            return "unknown word '" + written + "'; did you mean " + meant.text() + "?";
        }

        /** Whether the steps below it stand there for it. */
        boolean carries() {
            return meant.kind() == Word.Kind.FRAME || meant.kind() == Word.Kind.OPENING;
        }
    }

    private Optional<Word> moduleAtStartOf(String line) {
        List<String> words = List.of(BLANKS.split(line, 3));
        if (modules.contains(words.getFirst())) {
            return Optional.of(Word.MODULE);
        }
        return words.getFirst().equals(Word.NO_MODULE.text())
                        && words.size() > 1
                        && modules.contains(words.get(1))
                ? Optional.of(Word.NO_MODULE)
                : Optional.empty();
    }

    private void finish() {
        word.ifPresent(
                it -> steps.add(new RawStep(it, new DialogFile.Lines(first, last), argument)));
        word = Optional.empty();
        argument.clear();
    }

    /** The word meant may be one, two or three words long. */
    private static Optional<Slip> slip(String line) {
        String[] words = BLANKS.split(line, 4);
        for (int length = Math.min(3, words.length); length > 0; length--) {
            List<String> written = List.of(words).subList(0, length);
            Optional<Word> near = near(String.join(" ", written));
            // what follows a word of one is no part of it
            if (near.isPresent() && BLANKS.split(near.get().text()).length >= length) {
                int end = 0;
                for (String it : written) {
                    end = skipBlanks(line, end) + it.length();
                }
                return Optional.of(new Slip(String.join(" ", written), near.get(), end));
            }
        }
        return Optional.empty();
    }

    private String unknown(String line) {
        String first = BLANKS.split(line, 2)[0];
        if (first.equals(Texts.CONTAINS)) {
            return "'contains' follows menu, notify, respond or log on the same line: menu contains"
                    + " TEXT";
        }
        return "unknown word '"
                + first
                + "'; a step begins with one of "
                + String.join(", ", Word.texts())
                + modules.stream().map(it -> ", " + it).collect(Collectors.joining());
    }

    /** Two letters that changed places are one slip: that word comes first. */
    private static Optional<Word> near(String written) {
        for (int i = 0; i + 1 < written.length(); i++) {
            String swapped =
                    written.substring(0, i)
                            + written.charAt(i + 1)
                            + written.charAt(i)
                            + written.substring(i + 2);
            if (Word.texts().contains(swapped)) {
                return Word.atStartOf(swapped);
            }
        }
        return Nearest.of(written, Word.texts()).flatMap(Word::atStartOf);
    }

    /** Whether a character is a blank: a space or a tab, and no other. */
    static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** How many blanks a text begins with, from an index on. */
    static int skipBlanks(String text, int from) {
        int i = from;
        while (i < text.length() && isBlank(text.charAt(i))) {
            i++;
        }
        return i;
    }

    /** The text without blanks at its end. */
    static String stripBlanksAtEnd(String text) {
        int end = text.length();
        while (end > 0 && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    /**
     * A part of one line.
     *
     * @param text what is there, without white space around it
     * @param line from 1
     * @param column of its first character, from 1, in UTF-16 units of the line
     */
    record Piece(String text, int line, int column) {
        /** The place of one of its characters, counted from 0. */
        Place place(int index) {
            return new Place(line, column + index);
        }

        Place place() {
            return place(0);
        }

        Piece from(int index) {
            int start = skipBlanks(text, index);
            return new Piece(text.substring(start), line, column + start);
        }
    }

    /**
     * A step before its word's own reading.
     *
     * @param argument what follows the word, and each line that continues it; the first may be
     *     empty
     */
    record RawStep(Word word, DialogFile.Lines at, List<Lexer.Piece> argument) {
        RawStep {
            argument = List.copyOf(argument);
        }

        Lexer.Piece first() {
            return argument.getFirst();
        }

        boolean hasArgument() {
            return argument.size() > 1 || !first().text().isEmpty();
        }

        Place place() {
            return new Place(at.first(), 1);
        }

        /** The same step, as it is done by a {@code do}. */
        RawStep doneBy(RawStep use) {
            return new RawStep(word, at.doneBy(use.at), argument);
        }

        /** What a message ends with if the step is done by a {@code do}; empty: it is not. */
        String doneOn() {
            return at.doneOn().isEmpty()
                    ? ""
                    : "; 'do' on line " + at.ownLine() + " does this step";
        }

        /** The words that it begins with, for messages. */
        String name() {
            return switch (word) {
                case MODULE -> module();
                case NO_MODULE -> word.text() + " " + module();
                default -> word.text();
            };
        }

        /** The word of the module whose stand-in checks it: the first of the argument. */
        String module() {
            return BLANKS.split(first().text(), 2)[0];
        }

        /** All lines of the argument from a character of the first on. */
        String textFrom(int index) {
            return Stream.concat(
                            Stream.of(first().from(index).text()),
                            argument.stream().skip(1).map(Lexer.Piece::text))
                    .collect(Collectors.joining("\n"))
                    .strip();
        }

        /**
         * The place of a character of {@link #textFrom}. Where variables before it are filled in,
         * nobody knows, and it is the place of the first.
         *
         * @param filled the text with its variables filled in
         */
        Place placeIn(int index, String filled, int character) {
            Lexer.Piece start = first().from(index);
            String text = textFrom(index);
            if (character > text.length() || !filled.startsWith(text.substring(0, character))) {
                return start.place();
            }
            int left = character;
            List<Lexer.Piece> lines =
                    Stream.concat(Stream.of(start), argument.stream().skip(1))
                            .dropWhile(it -> it.text().isBlank())
                            .toList();
            for (Lexer.Piece line : lines) {
                if (left <= line.text().length()) {
                    return line.place(left);
                }
                left -= line.text().length() + 1;
            }
            return start.place();
        }
    }
}
