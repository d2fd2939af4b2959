package io.moondial.dialogtest.language;

import io.moondial.channel.Address;
import io.moondial.config.Nearest;
import io.moondial.config.Place;
import io.moondial.config.Problems;
import io.moondial.dialog.DialogFact;
import io.moondial.edr.Edr;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.Backend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one step that is done or checked while a test runs. */
final class StepParser {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");
    private static final Pattern ADDRESS =
            Pattern.compile("([0-9*#abc]{1,38})(?::([0-7]):([0-9]|1[0-5]))?");
    private static final Pattern IMSI = Pattern.compile("[0-9]{5,15}");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
    private static final Pattern STAT =
            Pattern.compile("([A-Za-z][A-Za-z0-9_.]{0,99})[ \t]+([0-9]{1,9})");
    private static final Pattern ORDER =
            Pattern.compile("(notify|menu|script[ \\t]+([A-Za-z0-9_.-]+))(?=[ \\t]|$)[ \\t]*(.*)");
    private static final Pattern CODING_SCHEME =
            Pattern.compile("25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9]|1[67] [a-z]{2}");
    private static final int MAX_DAYS = 366;

    private final Lexer.RawStep raw;
    private final Map<String, String> row;
    private final List<ApiModule> modules;
    private final Problems problems;

    StepParser(
            Lexer.RawStep raw,
            Map<String, String> row,
            List<ApiModule> modules,
            Problems problems) {
        this.raw = raw;
        this.row = row;
        this.modules = modules;
        this.problems = problems;
    }

    /** The step; empty if something is wrong with it, which has been reported. */
    Optional<Step> read() {
        DialogFile.Lines at = raw.at();
        return switch (raw.word()) {
            case HANDSET ->
                    simple(NAME, "a name: a letter, then letters, digits, _ and -")
                            .map(name -> new Step.Use(at, name));
            case FROM -> address().map(address -> new Step.From(at, address));
            case TO -> address().map(address -> new Step.To(at, address));
            case ORIGINATION -> address().map(address -> new Step.Origination(at, address));
            case IMSI ->
                    simple(IMSI, "an IMSI: 5 to 15 digits")
                            .map(it -> new Address(it, Address.INTERNATIONAL, Address.LAND_MOBILE))
                            .map(address -> new Step.To(at, address));
            case SSN -> number("a subsystem number", 1, 254).map(ssn -> new Step.Ssn(at, ssn));
            case DCS -> codingScheme();
            case DIAL ->
                    needed("what is dialled, such as *100#")
                            .map(text -> new Step.Open(at, false, text));
            case PUSH -> Optional.of(new Step.Open(at, true, text()));
            case ORDER -> order();
            case ANSWER -> Optional.of(new Step.Answer(at, false, text()));
            case ANSWER_AND_RELEASE -> Optional.of(new Step.Answer(at, true, text()));
            case LATE_ANSWER -> Optional.of(new Step.LateAnswer(at, text()));
            case REJECT ->
                    number("a MAP error code", 1, 255)
                            .map(code -> new Step.Reject(at, false, code));
            case REJECT_AND_RELEASE ->
                    number("a MAP error code", 1, 255).map(code -> new Step.Reject(at, true, code));
            case ABANDON -> nothing().map(it -> new Step.Abandon(at));
            case RELEASE -> nothing().map(it -> new Step.Release(at));
            case LEAVE_OPEN -> nothing().map(it -> new Step.LeaveOpen(at));
            case WAIT -> duration().map(duration -> new Step.Wait(at, duration));
            case MENU, NOTIFY, RESPOND -> screen();
            case DECLINE ->
                    number("a MAP error code", 1, 255)
                            .map(code -> new Step.Expect(at, raw.word().text(), null, code));
            case ACKNOWLEDGE, CLOSE, ABORT ->
                    nothing().map(it -> new Step.Expect(at, raw.word().text(), null, null));
            case EDR, NO_EDR, EDRS -> new EdrParser(raw, row, problems).read();
            case LOG, NO_LOG -> log();
            case STAT -> stat();
            case MODULE, NO_MODULE -> module();
            case TEST, BEFORE, STEPS, DO, SAME_DIALOG, TAGS, SKIP, EACH, GIVEN ->
                    throw new IllegalStateException("no step of a dialog: " + raw);
        };
    }

    private Template text() {
        return Texts.text(raw.argument(), row, problems);
    }

    private Optional<Step> codingScheme() {
        String allowed =
                "a data coding scheme from 0 to 255; 16 and 17 may have a language of two letters behind them, as in 16 sw";
        return simple(CODING_SCHEME, allowed)
                .map(
                        written -> {
                            int blank = written.indexOf(' ');
                            return new Step.CodingScheme(
                                    raw.at(),
                                    Integer.parseInt(
                                            blank < 0 ? written : written.substring(0, blank)),
                                    blank < 0 ? null : written.substring(blank + 1));
                        });
    }

    private Optional<Template> needed(String what) {
        return raw.hasArgument() ? Optional.of(text()) : missing(what);
    }

    private Optional<Step> screen() {
        if (!raw.hasArgument()) {
            return missing("the text that must come, contains and a part of it, or ~ .* for any");
        }
        Step.Expected text = Texts.expected(raw.argument(), row, problems);
        return Optional.of(new Step.Expect(raw.at(), raw.word().text(), text, null));
    }

    private Optional<Step> order() {
        Matcher matcher = ORDER.matcher(raw.first().text());
        Lexer.Piece rest = matcher.matches() ? raw.first().from(matcher.start(3)) : raw.first();
        boolean isEmpty = raw.argument().size() == 1 && rest.text().isEmpty();
        String script = matcher.matches() ? matcher.group(2) : null;
        if (!matcher.matches() || (script == null && isEmpty)) {
            problems.add(
                    raw.hasArgument() ? raw.first().place() : raw.place(),
                    "'order' takes notify and a text, menu and a text, or script, its key and a JSON object or nothing");
            return Optional.empty();
        }
        if (script != null) {
            return Optional.of(
                    new Step.Order(
                            raw.at(),
                            new Step.Ordered.Script(script),
                            Template.of(
                                    raw.textFrom(matcher.start(3)),
                                    row,
                                    UnaryOperator.identity())));
        }
        List<Lexer.Piece> lines = new ArrayList<>(raw.argument());
        lines.set(0, rest);
        DialogFact.Screen kind =
                matcher.group(1).equals("menu") ? DialogFact.Screen.MENU : DialogFact.Screen.NOTIFY;
        return Optional.of(
                new Step.Order(
                        raw.at(), new Step.Ordered.Screen(kind), Texts.text(lines, row, problems)));
    }

    private Optional<Step> log() {
        if (!Texts.isMarked(raw.first().text())) {
            problems.add(
                    raw.first().place(),
                    "'%s' takes ~ and a regular expression for a whole line of the log, or contains and a part of one"
                            .formatted(raw.word().text()));
            return Optional.empty();
        }
        Step.Expected text = Texts.expected(raw.argument(), row, problems);
        return Optional.of(new Step.LogCheck(raw.at(), raw.word() == Word.NO_LOG, text));
    }

    private Optional<Step> stat() {
        Matcher matcher = STAT.matcher(Template.of(raw.textFrom(0), row, it -> it).toString());
        if (!matcher.matches()) {
            problems.add(
                    raw.hasArgument() ? raw.first().place() : raw.place(),
                    "'stat' takes the name of a counter as stat.increment has it, and how often it"
                            + " was counted: stat topup.success 1");
            return Optional.empty();
        }
        return Optional.of(
                new Step.StatCheck(raw.at(), matcher.group(1), Long.parseLong(matcher.group(2))));
    }

    private Optional<Step> module() {
        String word = raw.module();
        boolean absent = raw.word() == Word.NO_MODULE;
        Template text = Template.of(raw.textFrom(word.length()), row, UnaryOperator.identity());
        Backend.Line line = absent ? Backend.Line.CHECK_ABSENT : Backend.Line.CHECK;
        ApiModule module =
                modules.stream()
                        .filter(it -> it.checkWord().equals(Optional.of(word)))
                        .findFirst()
                        .orElseThrow();
        Optional<Backend.Mistake> objection =
                Optional.ofNullable(module.backend())
                        .flatMap(it -> it.objection(line, text.withPlaceholders()));
        if (objection.isPresent()) {
            problems.add(
                    raw.placeIn(word.length(), text.withPlaceholders(), objection.get().index()),
                    "'" + raw.name() + "': " + objection.get().message());
            return Optional.empty();
        }
        return Optional.of(new Step.ModuleCheck(raw.at(), absent, module.name(), text));
    }

    private Optional<String> nothing() {
        if (raw.hasArgument()) {
            Place place =
                    raw.first().text().isEmpty()
                            ? raw.argument().get(1).place()
                            : raw.first().place();
            problems.add(place, "nothing may follow '" + raw.word().text() + "'");
            return Optional.empty();
        }
        return Optional.of("");
    }

    private <T> Optional<T> missing(String what) {
        problems.add(
                new Place(raw.at().first(), raw.word().text().length() + 1),
                "'" + raw.word().text() + "' takes " + what);
        return Optional.empty();
    }

    /** An argument on one line, without quotes; variables of the table are filled in. */
    private Optional<String> simple(Pattern pattern, String what) {
        if (!raw.hasArgument()) {
            return missing(what);
        }
        String value = Template.of(raw.first().text(), row, UnaryOperator.identity()).toString();
        if (raw.argument().size() > 1 || !pattern.matcher(value).matches()) {
            boolean plus = value.startsWith("+") && pattern.matcher(value.substring(1)).matches();
            return wrong(value, what, plus ? "; write it without +" : "");
        }
        return Optional.of(value);
    }

    private <T> Optional<T> wrong(String value, String what) {
        return wrong(value, what, "");
    }

    private <T> Optional<T> wrong(String value, String what, String hint) {
        problems.add(
                raw.first().place(),
                "'%s' takes %s; found '%s'%s".formatted(raw.word().text(), what, value, hint));
        return Optional.empty();
    }

    private Optional<Address> address() {
        return simple(ADDRESS, "a number: DIGITS or DIGITS:NOA:NPI (NOA 0 to 7, NPI 0 to 15)")
                .map(StepParser::address);
    }

    private static Address address(String text) {
        Matcher matcher = ADDRESS.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        return matcher.group(2) == null
                ? Address.international(matcher.group(1))
                : new Address(
                        matcher.group(1),
                        Integer.parseInt(matcher.group(2)),
                        Integer.parseInt(matcher.group(3)));
    }

    private Optional<Integer> number(String what, int least, int most) {
        String allowed = "%s from %d to %d".formatted(what, least, most);
        Optional<String> digits = simple(Pattern.compile("[^ ]+"), allowed);
        if (digits.isEmpty()) {
            return Optional.empty();
        }
        String text = digits.get();
        if (!text.matches("[0-9]{1,3}")
                || Integer.parseInt(text) < least
                || Integer.parseInt(text) > most) {
            return wrong(text, allowed);
        }
        return Optional.of(Integer.valueOf(text));
    }

    private Optional<Duration> duration() {
        String allowed = "a duration with its unit, such as 30s (ms, s, m, h, d), up to 366d";
        Optional<String> text = simple(DURATION, allowed);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Duration duration = duration(text.get());
        return duration.compareTo(Duration.ofDays(MAX_DAYS)) > 0
                ? wrong(text.get(), allowed)
                : Optional.of(duration);
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    /** Reads the checks of records: {@code edr}, {@code no edr} and {@code edrs}. */
    private static final class EdrParser {
        private static final Pattern EVENT = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");
        private static final Pattern FIELD = Pattern.compile("([A-Za-z][A-Za-z0-9_]*)([=~])(.*)");

        private final Lexer.RawStep raw;
        private final Map<String, String> row;
        private final Problems problems;

        EdrParser(Lexer.RawStep raw, Map<String, String> row, Problems problems) {
            this.raw = raw;
            this.row = row;
            this.problems = problems;
        }

        Optional<Step> read() {
            List<Lexer.Piece> words =
                    raw.argument().stream().flatMap(it -> words(it).stream()).toList();
            if (raw.word() == Word.EDRS) {
                words.forEach(word -> event(word, true));
                return Optional.of(
                        new Step.EdrsCheck(
                                raw.at(), words.stream().map(Lexer.Piece::text).toList()));
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

        private void event(Lexer.Piece word, boolean engineOnly) {
            String event = word.text();
            boolean engines = Edr.isOfEngine(event);
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

        private Optional<Step.Field> field(Lexer.Piece word) {
            Matcher matcher = FIELD.matcher(word.text());
            if (!matcher.matches()) {
                problems.add(
                        word.place(),
                        "a field is NAME=VALUE or NAME~REGEX; put a value with a space in double"
                                + " quotes");
                return Optional.empty();
            }
            Lexer.Piece value =
                    new Lexer.Piece(
                            matcher.group(3), word.line(), word.column() + matcher.start(3));
            boolean regex = matcher.group(2).equals("~");
            return Optional.of(
                    new Step.Field(matcher.group(1), regex ? regex(value) : exactly(value)));
        }

        private Step.Expected exactly(Lexer.Piece value) {
            return new Step.Expected.Text(
                    value.text().startsWith("\"")
                            ? Texts.Quoted.read(value, 0, problems)
                                    .template(row, UnaryOperator.identity())
                            : Template.of(value.text(), row, UnaryOperator.identity()));
        }

        /** In quotes an expression keeps its backslashes; only a quote needs one. */
        private Step.Expected regex(Lexer.Piece value) {
            String text = value.text();
            boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
            String regex =
                    quoted ? text.substring(1, text.length() - 1).replace("\\\"", "\"") : text;
            return Texts.regex(
                    new Lexer.Piece(regex, value.line(), value.column() + (quoted ? 1 : 0)),
                    row,
                    problems);
        }

        /** The words of a line; blanks in double quotes part nothing. */
        private static List<Lexer.Piece> words(Lexer.Piece line) {
            List<Lexer.Piece> words = new ArrayList<>();
            String text = line.text();
            int i = Lexer.skipBlanks(text, 0);
            while (i < text.length()) {
                int start = i;
                boolean quoted = false;
                while (i < text.length() && (quoted || !Lexer.isBlank(text.charAt(i)))) {
                    if (text.charAt(i) == '\\' && quoted && i + 1 < text.length()) {
                        i++;
                    } else if (text.charAt(i) == '"') {
                        quoted = !quoted;
                    }
                    i++;
                }
                words.add(
                        new Lexer.Piece(
                                text.substring(start, i), line.line(), line.column() + start));
                i = Lexer.skipBlanks(text, i);
            }
            return words;
        }
    }
}
