package io.moondial.config;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;

/**
 * Text that is not YAML: what its author most likely did, and on which line. The parser says what
 * it expected and where it gave up, in the words of its grammar; the mistake is often some lines
 * above.
 */
final class YamlFault {
    private static final String NOT_YAML = "this is not YAML: ";

    private static final Pattern NO_BLANK_AFTER_COLON =
            Pattern.compile("[- ]*([A-Za-z_][A-Za-z0-9_]*):([^ :/].*)");
    private static final Pattern NO_COLON = Pattern.compile(" *([A-Za-z_][A-Za-z0-9_]*)");
    private static final Pattern CANNOT_BEGIN =
            Pattern.compile("found character '(.+?)' that cannot start any token.*");
    private static final Pattern ESCAPE = Pattern.compile("found unknown escape character (.).*");
    private static final Pattern CLOSER = Pattern.compile("[}\\]]");

    private final List<String> lines;
    private final MarkedYamlEngineException fault;
    private final String found;
    private final Place at;

    private YamlFault(List<String> lines, MarkedYamlEngineException fault, Place at) {
        this.lines = lines;
        this.fault = fault;
        this.found = String.valueOf(fault.getProblem());
        this.at = at;
    }

    /** What to say about a text that the parser has refused. */
    static Refusal refusal(JacksonException e, String text) {
        Place place = LocatedYaml.at(e.getLocation());
        if (e.getCause() instanceof MarkedYamlEngineException marked) {
            Place at = marked.getProblemMark().map(YamlFault::place).orElse(place);
            YamlFault fault = new YamlFault(text.lines().toList(), marked, at);
            return fault.slip().orElseGet(fault::parsersWords);
        }
        return new Refusal(place, NOT_YAML + Quote.line(e.getOriginalMessage()));
    }

    private static Place place(Mark mark) {
        return new Place(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private Refusal parsersWords() {
        String context = fault.getContext() == null ? "" : fault.getContext() + ": ";
        return new Refusal(at, NOT_YAML + Quote.line(context + found));
    }

    private static Optional<Refusal> told(Place place, String message) {
        return Optional.of(new Refusal(place, NOT_YAML + message));
    }

    private Optional<Refusal> slip() {
        Matcher beginning = CANNOT_BEGIN.matcher(found);
        if (beginning.matches()) {
            return cannotBegin(beginning.group(1));
        }
        Matcher escape = ESCAPE.matcher(found);
        if (escape.matches()) {
            return told(
                    at,
                    "\\%s is not an escape in double quotes; write \\\\%s, or put the text in single quotes"
                            .formatted(escape.group(1), escape.group(1)));
        }
        if (String.valueOf(fault.getContext()).contains("quoted scalar")) {
            return begun().flatMap(
                            start -> told(start, "the quote that opens here is never closed"));
        }
        if (String.valueOf(fault.getContext()).contains("parsing a flow")) {
            return begun().flatMap(this::unclosed);
        }
        if (found.equals("could not find expected ':'")) {
            return begun().flatMap(
                            start ->
                                    told(
                                            start,
                                            "a colon and a space are missing after the key: write KEY: VALUE"));
        }
        if (found.equals("mapping values are not allowed here")) {
            return quoteFromAbove().or(this::strayColon);
        }
        if (found.startsWith("expected <block end>")
                || found.startsWith("expected '<document start>'")) {
            return outOfPlace();
        }
        return Optional.empty();
    }

    private Optional<Place> begun() {
        return fault.getContextMark().map(YamlFault::place);
    }

    private Optional<Refusal> cannotBegin(String character) {
        return character.startsWith("\\t")
                ? told(at, "this line is indented with a tab; YAML allows only spaces")
                : told(
                        at,
                        "a text cannot begin with %s: put it in double quotes"
                                .formatted(Quote.line(character)));
    }

    /** A bracket whose closing one is missing, or a quote or a comma within it. */
    private Optional<Refusal> unclosed(Place bracket) {
        Optional<Integer> quote = quoteOver(bracket.line(), at.line());
        if (quote.isPresent()) {
            return told(
                    new Place(bracket.line(), quote.get()),
                    "the quote that opens here is not closed on its line: the next one is on line %d"
                            .formatted(at.line()));
        }
        String opens = String.valueOf(fault.getContext()).contains("mapping") ? "{" : "[";
        String closes = opens.equals("{") ? "}" : "]";
        return at.line() == bracket.line()
                ? told(at, "a comma or the closing %s is missing before this".formatted(closes))
                : told(
                        bracket,
                        "the %s that opens here is not closed: a %s is missing before line %d"
                                .formatted(opens, closes, at.line()));
    }

    /** Where, on the first line, a double quote opens that a later line closes. */
    private Optional<Integer> quoteOver(int first, int last) {
        return first == last ? Optional.empty() : openQuote(first, '"');
    }

    /** The column where a quote opens that the line does not close; empty: it closes all. */
    private Optional<Integer> openQuote(int line, char quote) {
        String text = line(line);
        int open = -1;
        for (int i = 0; i < text.length(); i++) {
            char it = text.charAt(i);
            if (it == '\\' && quote == '"' && open >= 0) {
                i++;
            } else if (it == quote && (open >= 0 || mayOpen(text, i))) {
                open = open < 0 ? i : -1;
            }
        }
        return open < 0 ? Optional.empty() : Optional.of(text.codePointCount(0, open) + 1);
    }

    /** Whether a quote here is none within a word. */
    private static boolean mayOpen(String text, int index) {
        return index == 0 || " \t[{,:".indexOf(text.charAt(index - 1)) >= 0;
    }

    /** A text in quotes that ends before the place of the fault, and begins on a line above. */
    private Optional<Refusal> quoteFromAbove() {
        return quoteFromAbove('"').or(() -> quoteFromAbove('\''));
    }

    private Optional<Refusal> quoteFromAbove(char quote) {
        if (line(at.line()).substring(0, column(at)).indexOf(quote) < 0) {
            return Optional.empty();
        }
        int above = at.line() - 1;
        while (above > 0 && line(above).indexOf(quote) < 0) {
            above--;
        }
        int line = above;
        return openQuote(line, quote)
                .flatMap(
                        column ->
                                told(
                                        new Place(line, column),
                                        "the quote that opens here is not closed on its line: the next one is on line %d, and closes it"
                                                .formatted(at.line())));
    }

    /** A colon where no key can end. */
    private Optional<Refusal> strayColon() {
        int above = textLineAbove(at.line());
        if (above > 0) {
            Matcher glued = NO_BLANK_AFTER_COLON.matcher(line(above));
            if (glued.matches()) {
                return told(
                        new Place(above, glued.end(1) + 1),
                        "a space is missing after the colon: write %s: %s"
                                .formatted(glued.group(1), Quote.of(glued.group(2))));
            }
            Matcher bare = NO_COLON.matcher(line(above));
            if (bare.matches()) {
                return told(
                        new Place(above, bare.end() + 1),
                        "a colon is missing after the key: write %s:".formatted(bare.group(1)));
            }
            if (indent(at.line()) > indent(above) && firstColon(at.line()) == column(at)) {
                return misplaced();
            }
        }
        return told(
                at,
                "a second colon with a space after it; put the text in double quotes, or begin a new line for the second key");
    }

    /** A line, or what is on it, that belongs to nothing above it. */
    private Optional<Refusal> outOfPlace() {
        if (at.line() > lines.size()) {
            return Optional.empty();
        }
        String here = line(at.line()).substring(Math.min(column(at), line(at.line()).length()));
        Matcher closer = CLOSER.matcher(here);
        if (closer.lookingAt()) {
            return told(at, "this %s closes nothing: remove it".formatted(closer.group()));
        }
        Optional<Refusal> quote = quoteFromAbove();
        if (quote.isPresent()) {
            return quote;
        }
        if (column(at) > indent(at.line())) {
            return told(
                    at,
                    "nothing may follow a text in quotes or brackets here: put everything in one pair of quotes");
        }
        return misplaced();
    }

    /** A line that begins in a column where no line can. */
    private Optional<Refusal> misplaced() {
        return new OpenBlocks(lines, at.line())
                .misplaced(at.line())
                .map(it -> new Refusal(it.place(), NOT_YAML + it.reason()));
    }

    /** The next line above that says something; 0 if there is none. */
    private int textLineAbove(int line) {
        int above = Math.min(line, lines.size() + 1) - 1;
        while (above > 0 && OpenBlocks.isSilent(line(above))) {
            above--;
        }
        return above;
    }

    private int firstColon(int line) {
        return line(line).indexOf(':');
    }

    private int indent(int line) {
        return OpenBlocks.indent(line(line));
    }

    /** The place of a column within its line, in characters of Java's. */
    private int column(Place place) {
        String text = line(place.line());
        int points = Math.min(place.column() - 1, text.codePointCount(0, text.length()));
        return text.offsetByCodePoints(0, Math.max(0, points));
    }

    /** A line, from 1; empty beyond the end. */
    private String line(int number) {
        return number >= 1 && number <= lines.size() ? lines.get(number - 1) : "";
    }
}
