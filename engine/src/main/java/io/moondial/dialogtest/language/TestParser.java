package io.moondial.dialogtest.language;

import io.moondial.config.Nearest;
import io.moondial.config.Place;
import io.moondial.config.Problems;
import io.moondial.dialogtest.language.Step.EdrCheck;
import io.moondial.dialogtest.language.Step.Expect;
import io.moondial.dialogtest.language.Step.LogCheck;
import io.moondial.handset.Subscribers;
import io.moondial.handset.Subscribers.Reaction;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.Backend;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads one test, for one row of its table. */
final class TestParser {
    private static final String ADVICE =
            "; a column of 'each' does, or a group (?<name>...) in the expression for a screen; if"
                    + " you mean this text itself, write \"\\${...\" in double quotes";

    /** Named steps can do others twice, and these others twice: that grows fast. */
    private static final int MAX_DONE = 2_000;

    private static final int MAX_DEPTH = 20;

    private static final Pattern BLANKS = Pattern.compile("[ \t]+");

    private final Map<String, String> row;
    private final List<ApiModule> modules;
    private final Function<Lexer.RawStep, List<Lexer.RawStep>> named;
    private final Problems problems;
    private final List<Step> steps = new ArrayList<>();
    private final List<String> tags = new ArrayList<>();
    private Scope scope;
    private DialogTest.Given given = DialogTest.Given.NOTHING;
    private @Nullable String skip;
    private boolean sameDialog;

    /** How many steps named steps have added so far. */
    private int done;

    /** Whether they have added more than they may. */
    private boolean overdone;

    /** Whether the steps are those of the block before the test. */
    private boolean inBefore;

    /** The first dial or push of what is being read, the test or the block before it. */
    private Lexer.@Nullable RawStep firstOpening;

    /**
     * A reader of one test.
     *
     * @param named the steps that a {@code do} stands for
     */
    TestParser(
            Map<String, String> row,
            List<ApiModule> modules,
            Function<Lexer.RawStep, List<Lexer.RawStep>> named,
            Problems problems) {
        this.modules = modules;
        this.named = named;
        this.row = row;
        this.problems = problems;
        this.scope = Scope.start(row);
    }

    DialogTest parse(
            DialogFile file,
            Lexer.RawStep head,
            String name,
            List<Lexer.RawStep> before,
            List<Lexer.RawStep> body,
            Scope above,
            boolean follows) {
        sameDialog = body.stream().anyMatch(it -> it.word() == Word.SAME_DIALOG);
        if (sameDialog) {
            scope = above.copy();
        } else {
            inBefore = true;
            before.forEach(this::step);
            inBefore = false;
            firstOpening = null; // the test's own head may follow what the block has dialled
        }
        for (Lexer.RawStep step : body) {
            if (step.word() == Word.SAME_DIALOG && !follows) {
                problems.add(step.place(), "there is no test above with a dialog that could go on");
            }
            step(step);
        }
        if (scope.opened().isEmpty() && skip == null && problems.isEmpty()) {
            problems.add(head.place(), "this test dials nothing: a dial or a push is missing");
        }
        return new DialogTest(file, head.at(), name, tags, skip, sameDialog, given, steps);
    }

    /** What is known at the test's end. */
    Scope scope() {
        return scope;
    }

    private void step(Lexer.RawStep raw) {
        switch (raw.word().kind()) {
            case HEAD -> head(raw);
            case SETTING -> add(raw);
            case OPENING -> {
                requireNotLeft(raw);
                add(raw);
            }
            case TALK -> talk(raw);
            case USE -> namedSteps(raw);
            case FRAME -> throw new IllegalStateException("a frame within a test: " + raw);
        }
    }

    private void namedSteps(Lexer.RawStep use) {
        if (overdone) {
            return;
        }
        List<Lexer.RawStep> all = named.apply(use);
        done += all.size();
        if (use.at().doneOn().size() >= MAX_DEPTH) {
            overdone(use, "steps do steps that do steps, more than %d deep".formatted(MAX_DEPTH));
        } else if (done > MAX_DONE) {
            overdone(use, "'do' adds more than %d steps to this test".formatted(MAX_DONE));
        } else {
            all.forEach(this::step);
        }
    }

    /** Is reported once, and no more is done. */
    private void overdone(Lexer.RawStep use, String message) {
        problems.add(use.place(), message + use.doneOn());
        overdone = true;
    }

    private void head(Lexer.RawStep raw) {
        if (raw.word() == Word.SAME_DIALOG) {
            if (raw.hasArgument()) {
                problems.add(raw.first().place(), "nothing may follow 'same dialog' on its line");
            }
            return;
        }
        if (raw.word() == Word.GIVEN && sameDialog) {
            problems.add(
                    raw.place(), "a dialog that goes on keeps the settings that it began with");
        } else if (firstOpening != null && !sameDialog) {
            problems.add(
                    raw.place(),
                    "'%s' belongs above the first dial or push%s, which is on line %d%s"
                            .formatted(
                                    raw.word().text(),
                                    inBefore ? " of its 'before'" : "",
                                    firstOpening.at().first(),
                                    raw.doneOn()));
        }
        switch (raw.word()) {
            case TAGS -> tags.addAll(tagsOf(raw));
            case SKIP -> skip = Texts.plain(raw, problems, "the reason why the test is not run");
            case GIVEN ->
                    GivenParser.read(raw, row, modules, problems)
                            .ifPresent(it -> given = given.with(it));
            default -> {} // the table has been read
        }
    }

    private List<String> tagsOf(Lexer.RawStep raw) {
        List<String> names = new ArrayList<>();
        for (Lexer.Piece line : raw.argument()) {
            for (String tag : BLANKS.split(line.text(), -1)) {
                if (tag.matches("[A-Za-z0-9][A-Za-z0-9_.-]*")) {
                    names.add(tag);
                } else if (!tag.isEmpty()) {
                    problems.add(
                            line.place(), "a tag has letters, digits and _ . -: '" + tag + "'");
                }
            }
        }
        if (names.isEmpty() && problems.isEmpty()) {
            problems.add(raw.place(), "'tags' takes one name or more");
        }
        return names;
    }

    private void talk(Lexer.RawStep raw) {
        if (!scope.hasOpened() && mayBePushed(raw)) {
            scope.opened().add(scope.handset());
        }
        if (!scope.hasOpened() && !(mayBePushedTo() && isOfAll(raw.word()))) {
            problems.add(
                    raw.place(),
                    "'%s' comes before anything was dialled%s: dial CODE or push TEXT comes first%s%s"
                            .formatted(
                                    raw.name(),
                                    scope.handset().equals(Scope.FIRST)
                                            ? ""
                                            : " at handset " + scope.handset(),
                                    isOfAll(raw.word()) && !scope.opened().isEmpty()
                                            ? ", or from NUMBER, where the engine pushes to it"
                                            : "",
                                    raw.doneOn()));
            return;
        }
        if (!raw.word().isCheck()) {
            requireNotLeft(raw);
        }
        if (raw.word() == Word.LEAVE_OPEN) {
            scope.left().putIfAbsent(scope.handset(), raw.at().first());
        }
        add(raw);
    }

    /** Whether it is the screen by which the engine may begin a dialog with this handset. */
    private boolean mayBePushed(Lexer.RawStep raw) {
        return (raw.word() == Word.MENU || raw.word() == Word.NOTIFY) && mayBePushedTo();
    }

    private boolean mayBePushedTo() {
        return scope.hasNumber() && !scope.opened().isEmpty();
    }

    /** Whether it is not about the dialog of one handset. */
    private static boolean isOfAll(Word word) {
        return switch (word) {
            case WAIT, STAT, MODULE, NO_MODULE -> true;
            default -> false;
        };
    }

    /** Nothing may happen in a dialog that the test leaves open. */
    private void requireNotLeft(Lexer.RawStep raw) {
        Integer left = scope.left().get(scope.handset());
        if (left != null) {
            problems.add(
                    raw.place(),
                    "'%s' comes after 'leave open' on line %d, which ends the conversation of this test%s"
                            .formatted(raw.name(), left, raw.doneOn()));
        }
    }

    private void add(Lexer.RawStep raw) {
        Optional<Step> read = new StepParser(raw, row, modules, problems).read();
        if (read.isEmpty()) {
            return;
        }
        Step step = read.get();
        if (step instanceof Step.Order && !scope.hasNumber()) {
            problems.add(
                    raw.place(),
                    "'order' needs the number that is pushed to: from NUMBER stands above it"
                            + raw.doneOn());
            return;
        }
        checkVariables(raw, step);
        if (step instanceof Step.Use(var at, String name)) {
            scope = scope.at(name);
        } else if (step instanceof Step.From) {
            scope.numbered().add(scope.handset());
        } else if (step instanceof Step.Open || step instanceof Step.Order) {
            scope.opened().add(scope.handset());
            firstOpening = firstOpening == null ? raw : firstOpening;
        }
        scope.kept().addAll(kept(step));
        steps.add(step);
    }

    /** A variable must have got its value above. */
    private void checkVariables(Lexer.RawStep raw, Step step) {
        for (String name : used(step)) {
            if (!scope.kept().contains(name)) {
                Set<String> known = new HashSet<>(scope.kept());
                known.addAll(row.keySet());
                String near = Nearest.suggestion(name, known);
                problems.add(
                        placeOf(raw, name),
                        "nothing above gives ${"
                                + name
                                + "} a value"
                                + (near.isEmpty() ? ADVICE : near)
                                + raw.doneOn());
            }
        }
    }

    private static Place placeOf(Lexer.RawStep raw, String name) {
        for (Lexer.Piece piece : raw.argument()) {
            int index = piece.text().indexOf("${" + name + "}");
            if (index >= 0) {
                return piece.place(index);
            }
        }
        return raw.place();
    }

    private static List<String> used(Step step) {
        List<String> names = new ArrayList<>();
        switch (step) {
            case Step.Open open -> names.addAll(open.text().variables());
            case Step.Order order -> names.addAll(order.text().variables());
            case Step.Answer answer -> names.addAll(answer.text().variables());
            case Step.LateAnswer late -> names.addAll(late.text().variables());
            case Expect expect when expect.text() != null -> names.addAll(used(expect.text()));
            case EdrCheck check -> check.fields().forEach(it -> names.addAll(used(it.value())));
            case LogCheck check -> names.addAll(used(check.text()));
            case Step.ModuleCheck check -> names.addAll(check.text().variables());
            default -> {}
        }
        return names;
    }

    private static List<String> used(Step.Expected expected) {
        return switch (expected) {
            case Step.Expected.Text(Template text) -> text.variables();
            case Step.Expected.Like(Template regex) -> regex.variables();
            case Step.Expected.Part(Template text) -> text.variables();
        };
    }

    private static Set<String> kept(Step step) {
        return step instanceof Expect expect
                        && expect.text() instanceof Step.Expected.Like(Template it)
                ? groups(it)
                : Set.of();
    }

    private static Set<String> groups(Template regex) {
        try {
            return Pattern.compile(regex.withPlaceholders(), Pattern.DOTALL).namedGroups().keySet();
        } catch (java.util.regex.PatternSyntaxException e) {
            return Set.of(); // told already
        }
    }

    /**
     * Reads {@code given}: time, seed, a global of the rules, or a line for a module's stand-in.
     */
    private static final class GivenParser {
        /** ISO 8601, with or without an offset. */
        private static final DateTimeFormatter TIME =
                new DateTimeFormatterBuilder()
                        .parseCaseInsensitive()
                        .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
                        .optionalStart()
                        .appendOffsetId()
                        .toFormatter(Locale.ROOT);

        /** The givens that the text of a module's does not look like: it may have several lines. */
        private static final Set<String> ONE_LINE = Set.of("time", "seed", "global", "handset");

        private static final Pattern HANDSET =
                Pattern.compile(
                        "([0-9]{5,15})[ \\t]+(at home|absent|busy|silent|aborts|refuses[ \\t]+([0-9]{1,3}))");

        private static final Pattern GIVEN = Pattern.compile("([A-Za-z]+)[ \t]+(.+)");
        private static final Pattern GLOBAL =
                Pattern.compile("([A-Za-z_][A-Za-z0-9_]*(?:\\.[A-Za-z0-9_]+)*)[ \t]+(.+)");
        private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{1,18})?");

        private GivenParser() {}

        /** The given of a step; empty if something is wrong with it, which has been reported. */
        static Optional<DialogTest.Given> read(
                Lexer.RawStep step,
                Map<String, String> row,
                List<ApiModule> modules,
                Problems problems) {
            Lexer.Piece piece = step.first();
            Matcher matcher = GIVEN.matcher(piece.text());
            if (!matcher.matches()) {
                return unknown(piece, modules, problems);
            }
            Lexer.Piece value = piece.from(matcher.start(2));
            String name = matcher.group(1);
            if (step.argument().size() > 1 && ONE_LINE.contains(name)) {
                return unknown(piece, modules, problems);
            }
            String text = step.textFrom(matcher.start(2));
            return switch (name) {
                case "time" -> time(filled(value, row), value, problems);
                case "seed" -> seed(filled(value, row), value, problems);
                case "global" -> global(step, value, row, problems);
                case "handset" -> handset(step, filled(value, row), value, problems);
                default ->
                        modules.stream()
                                .filter(it -> it.name().equals(name))
                                .filter(it -> it.backend() != null)
                                .findFirst()
                                .map(
                                        it ->
                                                toModule(
                                                        it,
                                                        filled(text, row),
                                                        step,
                                                        matcher.start(2),
                                                        problems))
                                .orElseGet(() -> unknown(piece, modules, problems));
            };
        }

        private static Optional<DialogTest.Given> unknown(
                Lexer.Piece piece, List<ApiModule> modules, Problems problems) {
            String others =
                    modules.stream()
                            .filter(it -> it.backend() != null)
                            .map(it -> ", " + it.name() + " ...")
                            .collect(Collectors.joining());
            problems.add(
                    piece.place(),
                    "'given' takes one of: time 2026-01-31T08:00:00Z, seed 42, global NAME VALUE, handset MSISDN absent"
                            + others);
            return Optional.empty();
        }

        private static Optional<DialogTest.Given> toModule(
                ApiModule module, String text, Lexer.RawStep step, int start, Problems problems) {
            Optional<Backend.Mistake> objection =
                    Optional.ofNullable(module.backend())
                            .flatMap(it -> it.objection(Backend.Line.GIVEN, text));
            if (objection.isPresent()) {
                problems.add(
                        step.placeIn(start, text, objection.get().index()),
                        "'given " + module.name() + "': " + objection.get().message());
                return Optional.empty();
            }
            var given = new DialogTest.Given.ToModule(step.at(), module.name(), text);
            return Optional.of(DialogTest.Given.of(given));
        }

        private static String filled(Lexer.Piece piece, Map<String, String> row) {
            return filled(piece.text(), row);
        }

        private static String filled(String text, Map<String, String> row) {
            return Template.of(text, row, UnaryOperator.identity()).toString();
        }

        private static Optional<DialogTest.Given> time(
                String text, Lexer.Piece at, Problems problems) {
            try {
                TemporalAccessor read =
                        TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
                var clock =
                        new DialogTest.Given.Clock(
                                LocalDateTime.from(read),
                                read instanceof OffsetDateTime with ? with.getOffset() : null);
                if (clock.time().getYear() >= 1970 && clock.time().getYear() <= 9999) {
                    return Optional.of(DialogTest.Given.of(clock));
                }
            } catch (DateTimeParseException e) {
                // reported below, as is a year out of range
            }
            problems.add(
                    at.place(),
                    "'%s' is not a time such as 2026-01-31T08:00:00Z, 2026-01-31T08:00:00+02:00, or (local) 2026-01-31T08:00:00, from 1970 to 9999"
                            .formatted(text));
            return Optional.empty();
        }

        private static Optional<DialogTest.Given> seed(
                String text, Lexer.Piece at, Problems problems) {
            if (!text.matches("-?[0-9]{1,18}")) {
                problems.add(at.place(), "'" + text + "' is not a whole number of up to 18 digits");
                return Optional.empty();
            }
            return Optional.of(DialogTest.Given.of(Long.parseLong(text)));
        }

        private static Optional<DialogTest.Given> global(
                Lexer.RawStep step, Lexer.Piece at, Map<String, String> row, Problems problems) {
            Matcher matcher = GLOBAL.matcher(at.text());
            if (!matcher.matches()) {
                problems.add(
                        at.place(),
                        "a global is NAME VALUE, such as CURRENCY EUR, or NAME.KEY VALUE for what"
                                + " is in a map; a text in double quotes stays one");
                return Optional.empty();
            }
            List<String> path = List.of(matcher.group(1).split("\\.", -1));
            Object value = value(at.from(matcher.start(2)), row, problems);
            return Optional.of(
                    DialogTest.Given.of(new DialogTest.Given.Global(step.at(), path, value)));
        }

        private static Optional<DialogTest.Given> handset(
                Lexer.RawStep step, String text, Lexer.Piece at, Problems problems) {
            Matcher matcher = HANDSET.matcher(text);
            if (matcher.matches()) {
                String code = matcher.group(3);
                if (code == null
                        || (Integer.parseInt(code) >= 1 && Integer.parseInt(code) <= 255)) {
                    return Optional.of(
                            DialogTest.Given.of(
                                    new DialogTest.Given.OfHandset(
                                            step.at(),
                                            matcher.group(1),
                                            reaction(matcher.group(2), code))));
                }
            }
            problems.add(
                    at.place(),
                    "'given handset' takes a number, 5 to 15 digits, and what happens to the next dialog that the engine begins with it: at home, absent, busy, silent, aborts, or refuses and a MAP error code from 1 to 255");
            return Optional.empty();
        }

        private static Reaction reaction(String words, @Nullable String code) {
            if (code != null) {
                return new Reaction.Refuses(Integer.parseInt(code));
            }
            return switch (words) {
                case "at home" -> new Reaction.Takes();
                case "absent" -> new Reaction.Refuses(Subscribers.ABSENT_SUBSCRIBER);
                case "busy" -> new Reaction.Refuses(Subscribers.USSD_BUSY);
                case "silent" -> new Reaction.Silent();
                default -> new Reaction.Aborts();
            };
        }

        /** As YAML would have it: true and false, numbers, texts. */
        private static Object value(Lexer.Piece piece, Map<String, String> row, Problems problems) {
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

    /**
     * What is known at a step of a test from the steps above it.
     *
     * @param row the values of the table's row
     * @param kept the variables that screens have given
     * @param opened the handsets that have begun a dialog, or are pushed to
     * @param numbered the handsets that have a number of their own
     * @param left the lines on which this test leaves dialogs open, by handset
     */
    record Scope(
            Map<String, String> row,
            Set<String> kept,
            Set<String> opened,
            Set<String> numbered,
            Map<String, Integer> left,
            String handset) {
        /** The handset that is meant if none is named. */
        static final String FIRST = "";

        static Scope start(Map<String, String> row) {
            return new Scope(
                    row, new HashSet<>(), new HashSet<>(), new HashSet<>(), new HashMap<>(), FIRST);
        }

        /** What the next test knows if it goes on in the same dialog. */
        Scope copy() {
            return new Scope(
                    row,
                    new HashSet<>(kept),
                    new HashSet<>(opened),
                    new HashSet<>(numbered),
                    new HashMap<>(),
                    handset);
        }

        Scope at(String name) {
            return new Scope(row, kept, opened, numbered, left, name);
        }

        /** Whether the handset has a number, its own or the one that all have. */
        boolean hasNumber() {
            return numbered.contains(handset) || numbered.contains(FIRST);
        }

        boolean hasOpened() {
            return opened.contains(handset);
        }
    }
}
