package io.moondial.dialogtest.language;

import io.moondial.config.Nearest;
import io.moondial.config.Problems;
import io.moondial.edr.Edr;
import io.moondial.edr.spec.EdrSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the checks of records: {@code edr}, {@code no edr} and {@code edrs}. */
final class EdrParser {
    private static final Pattern EVENT = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");
    private static final Pattern FIELD = Pattern.compile("([A-Za-z][A-Za-z0-9_]*)([=~])(.*)");

    private final RawStep raw;
    private final Map<String, String> row;
    private final Problems problems;

    EdrParser(RawStep raw, Map<String, String> row, Problems problems) {
        this.raw = raw;
        this.row = row;
        this.problems = problems;
    }

    Optional<Step> read() {
        List<Piece> words = raw.argument().stream().flatMap(it -> words(it).stream()).toList();
        if (raw.word() == Word.EDRS) {
            words.forEach(word -> event(word, true));
            return Optional.of(
                    new Step.EdrsCheck(raw.at(), words.stream().map(Piece::text).toList()));
        }
        if (words.isEmpty()) {
            problems.add(raw.place(), "'%s' takes an event".formatted(raw.word().text()));
            return Optional.empty();
        }
        event(words.getFirst(), false);
        List<Step.Field> fields = new ArrayList<>();
        words.subList(1, words.size()).forEach(word -> field(word).ifPresent(fields::add));
        return Optional.of(
                new Step.EdrCheck(
                        raw.at(), raw.word() == Word.NO_EDR, words.getFirst().text(), fields));
    }

    private void event(Piece word, boolean engineOnly) {
        String event = word.text();
        boolean engines = event.startsWith(Edr.ENGINE_PREFIX);
        if (!EVENT.matcher(event).matches()) {
            problems.add(word.place(), "an event's name has letters, digits, - and _");
        } else if ((engines || engineOnly) && !EdrSpec.ENGINE_EVENTS.contains(event)) {
            problems.add(
                    word.place(),
                    "the engine writes no event "
                            + event
                            + Nearest.suggestion(event, EdrSpec.ENGINE_EVENTS));
        }
    }

    private Optional<Step.Field> field(Piece word) {
        Matcher matcher = FIELD.matcher(word.text());
        if (!matcher.matches()) {
            problems.add(
                    word.place(),
                    "a field is NAME=VALUE or NAME~REGEX; a value with a blank stands in double"
                            + " quotes");
            return Optional.empty();
        }
        Piece value = new Piece(matcher.group(3), word.line(), word.column() + matcher.start(3));
        boolean regex = matcher.group(2).equals("~");
        return Optional.of(new Step.Field(matcher.group(1), regex ? regex(value) : exactly(value)));
    }

    private Expected exactly(Piece value) {
        return new Expected.Text(
                value.text().startsWith("\"")
                        ? Quoted.read(value, 0, problems).template(row, UnaryOperator.identity())
                        : Template.of(value.text(), row, UnaryOperator.identity()));
    }

    /** In quotes an expression keeps its backslashes; only a quote needs one. */
    private Expected regex(Piece value) {
        String text = value.text();
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        String regex = quoted ? text.substring(1, text.length() - 1).replace("\\\"", "\"") : text;
        return Texts.regex(
                new Piece(regex, value.line(), value.column() + (quoted ? 1 : 0)), row, problems);
    }

    /** The words of a line; blanks in double quotes part nothing. */
    private static List<Piece> words(Piece line) {
        List<Piece> words = new ArrayList<>();
        String text = line.text();
        int i = Blank.skip(text, 0);
        while (i < text.length()) {
            int start = i;
            boolean quoted = false;
            while (i < text.length() && (quoted || !Blank.is(text.charAt(i)))) {
                if (text.charAt(i) == '\\' && quoted && i + 1 < text.length()) {
                    i++;
                } else if (text.charAt(i) == '"') {
                    quoted = !quoted;
                }
                i++;
            }
            words.add(new Piece(text.substring(start, i), line.line(), line.column() + start));
            i = Blank.skip(text, i);
        }
        return words;
    }
}
