package io.moondial.dialogtest.language;

import io.moondial.config.Nearest;
import io.moondial.config.Place;
import io.moondial.config.Problems;
import io.moondial.dialogtest.language.Step.EdrCheck;
import io.moondial.dialogtest.language.Step.Expect;
import io.moondial.dialogtest.language.Step.LogCheck;
import io.moondial.script.api.ApiModule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one test, for one row of its table. */
final class TestParser {
    private static final String ADVICE =
            "; a column of 'each' does, or a group (?<name>...) in the expression for a screen; where"
                    + " it is meant as it stands, write \"\\${...\" in double quotes";
    private static final Pattern BLANKS = Pattern.compile("[ \t]+");

    private final Map<String, String> row;
    private final List<ApiModule> modules;
    private final Problems problems;
    private final List<Step> steps = new ArrayList<>();
    private final List<String> tags = new ArrayList<>();
    private Scope scope;
    private Given given = Given.NOTHING;
    private @Nullable String skip;
    private boolean sameDialog;

    /** Whether the steps are those of the block before the test. */
    private boolean inBefore;

    /** The first dial or push of what is being read, the test or the block before it. */
    private @Nullable RawStep firstOpening;

    TestParser(Map<String, String> row, List<ApiModule> modules, Problems problems) {
        this.modules = modules;
        this.row = row;
        this.problems = problems;
        this.scope = Scope.start(row);
    }

    DialogTest parse(
            DialogFile file,
            RawStep head,
            String name,
            List<RawStep> before,
            List<RawStep> body,
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
        for (RawStep step : body) {
            if (step.word() == Word.SAME_DIALOG && !follows) {
                problems.add(step.place(), "there is no test above whose dialog could go on");
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

    private void step(RawStep raw) {
        switch (raw.word().kind()) {
            case HEAD -> head(raw);
            case SETTING, OPENING -> add(raw);
            case TALK -> talk(raw);
            case FRAME -> throw new IllegalStateException("a frame within a test: " + raw);
        }
    }

    private void head(RawStep raw) {
        if (raw.word() == Word.SAME_DIALOG) {
            if (raw.hasArgument()) {
                problems.add(raw.first().place(), "nothing stands behind 'same dialog'");
            }
            return;
        }
        if (raw.word() == Word.GIVEN && sameDialog) {
            problems.add(raw.place(), "the world of a dialog that goes on stays as it began");
        } else if (firstOpening != null && !sameDialog) {
            problems.add(
                    raw.place(),
                    "'%s' stands above the first dial or push%s, which is on line %d"
                            .formatted(
                                    raw.word().text(),
                                    inBefore ? " of its 'before'" : "",
                                    firstOpening.at().first()));
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

    private List<String> tagsOf(RawStep raw) {
        List<String> names = new ArrayList<>();
        for (Piece line : raw.argument()) {
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

    private void talk(RawStep raw) {
        if (!scope.hasOpened()) {
            problems.add(
                    raw.place(),
                    "'%s' stands before anything was dialled%s: dial CODE or push TEXT comes first"
                            .formatted(
                                    raw.word().text(),
                                    scope.handset().equals(Scope.FIRST)
                                            ? ""
                                            : " at handset " + scope.handset()));
            return;
        }
        add(raw);
    }

    private void add(RawStep raw) {
        Optional<Step> read = new StepParser(raw, row, problems).read();
        if (read.isEmpty()) {
            return;
        }
        Step step = read.get();
        checkVariables(raw, step);
        if (step instanceof Step.Use(var at, String name)) {
            scope = scope.at(name);
        } else if (step instanceof Step.Open) {
            scope.opened().add(scope.handset());
            firstOpening = firstOpening == null ? raw : firstOpening;
        }
        scope.kept().addAll(kept(step));
        steps.add(step);
    }

    /** A variable must have got its value above. */
    private void checkVariables(RawStep raw, Step step) {
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
                                + (near.isEmpty() ? ADVICE : near));
            }
        }
    }

    private static Place placeOf(RawStep raw, String name) {
        for (Piece piece : raw.argument()) {
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
            case Step.Answer answer -> names.addAll(answer.text().variables());
            case Step.LateAnswer late -> names.addAll(late.text().variables());
            case Expect expect when expect.text() != null -> names.addAll(used(expect.text()));
            case EdrCheck check -> check.fields().forEach(it -> names.addAll(used(it.value())));
            case LogCheck check -> names.addAll(used(check.text()));
            default -> {}
        }
        return names;
    }

    private static List<String> used(Expected expected) {
        return switch (expected) {
            case Expected.Text(Template text) -> text.variables();
            case Expected.Like(Template regex) -> regex.variables();
        };
    }

    private static Set<String> kept(Step step) {
        return step instanceof Expect expect && expect.text() instanceof Expected.Like(Template it)
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
}
