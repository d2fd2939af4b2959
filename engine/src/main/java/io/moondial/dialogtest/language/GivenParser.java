package io.moondial.dialogtest.language;

import io.moondial.config.Problems;
import io.moondial.script.api.ApiModule;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads {@code given}: time, seed, a global of the rules, or what a module's stand-in is told. */
final class GivenParser {
    private static final Pattern GIVEN = Pattern.compile("([A-Za-z]+)[ \t]+(.+)");
    private static final Pattern GLOBAL =
            Pattern.compile("([A-Za-z_][A-Za-z0-9_]*(?:\\.[A-Za-z0-9_]+)*)[ \t]+(.+)");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{1,18})?");

    private GivenParser() {}

    /** The given of a step; empty where something is wrong with it, which has been told. */
    static Optional<Given> read(
            RawStep step, Map<String, String> row, List<ApiModule> modules, Problems problems) {
        Piece piece = step.first();
        Matcher matcher = GIVEN.matcher(piece.text());
        if (step.argument().size() > 1 || !matcher.matches()) {
            return unknown(piece, modules, problems);
        }
        Piece value = piece.from(matcher.start(2));
        return switch (matcher.group(1)) {
            case "time" -> time(filled(value, row), value, problems);
            case "seed" -> seed(filled(value, row), value, problems);
            case "global" -> global(step, value, row, problems);
            default ->
                    modules.stream()
                            .filter(it -> it.name().equals(matcher.group(1)))
                            .filter(it -> it.backend() != null)
                            .findFirst()
                            .map(it -> toModule(it, filled(value, row), value, problems))
                            .orElseGet(() -> unknown(piece, modules, problems));
        };
    }

    private static Optional<Given> unknown(
            Piece piece, List<ApiModule> modules, Problems problems) {
        String others =
                modules.stream()
                        .filter(it -> it.backend() != null)
                        .map(it -> ", " + it.name() + " ...")
                        .collect(Collectors.joining());
        problems.add(
                piece.place(),
                "'given' takes one of: time 2026-01-31T08:00:00Z, seed 42, global NAME VALUE"
                        + others);
        return Optional.empty();
    }

    private static Optional<Given> toModule(
            ApiModule module, String text, Piece at, Problems problems) {
        Optional<String> objection =
                Optional.ofNullable(module.backend()).flatMap(it -> it.objection(text));
        if (objection.isPresent()) {
            problems.add(at.place(), "'given " + module.name() + "': " + objection.get());
            return Optional.empty();
        }
        var given = new Given.ToModule(module.name(), text);
        return Optional.of(new Given(null, null, List.of(), List.of(given)));
    }

    private static String filled(Piece piece, Map<String, String> row) {
        return Template.of(piece.text(), row, UnaryOperator.identity()).toString();
    }

    private static Optional<Given> time(String text, Piece at, Problems problems) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            if (time.getYear() >= 1970 && time.getYear() <= 9999) {
                return Optional.of(new Given(time, null, List.of(), List.of()));
            }
        } catch (DateTimeParseException e) {
            // told below, as a year out of range is
        }
        problems.add(
                at.place(),
                "'%s' is not a time such as 2026-01-31T08:00:00Z or 2026-01-31T08:00:00+02:00, from 1970 to 9999"
                        .formatted(text));
        return Optional.empty();
    }

    private static Optional<Given> seed(String text, Piece at, Problems problems) {
        if (!text.matches("-?[0-9]{1,18}")) {
            problems.add(at.place(), "'" + text + "' is not a whole number of up to 18 digits");
            return Optional.empty();
        }
        return Optional.of(new Given(null, Long.valueOf(text), List.of(), List.of()));
    }

    private static Optional<Given> global(
            RawStep step, Piece at, Map<String, String> row, Problems problems) {
        Matcher matcher = GLOBAL.matcher(at.text());
        if (!matcher.matches()) {
            problems.add(
                    at.place(),
                    "a global is NAME VALUE, such as CURRENCY EUR, or NAME.KEY VALUE for what is in a"
                            + " map; a text in double quotes stays one");
            return Optional.empty();
        }
        List<String> path = List.of(matcher.group(1).split("\\.", -1));
        Object value = value(at.from(matcher.start(2)), row, problems);
        return Optional.of(
                new Given(
                        null, null, List.of(new Given.Global(step.at(), path, value)), List.of()));
    }

    /** As YAML would have it: true and false, numbers, texts. */
    private static Object value(Piece piece, Map<String, String> row, Problems problems) {
        if (piece.text().startsWith("\"")) {
            return Texts.text(List.of(piece), row, problems).toString();
        }
        String text = filled(piece, row);
        if (text.equals("true") || text.equals("false")) {
            return Boolean.valueOf(text);
        }
        Matcher number = NUMBER.matcher(text);
        if (!number.matches()) {
            return text;
        }
        return number.group(1) == null ? (Object) Long.valueOf(text) : Double.valueOf(text);
    }
}
