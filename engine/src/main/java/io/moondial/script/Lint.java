package io.moondial.script;

import static java.util.Objects.requireNonNull;

import io.moondial.config.Nearest;
import io.moondial.lang.TextUse;
import io.moondial.lang.Texts;
import io.moondial.problem.Problem;
import io.moondial.script.ScriptCompilation.ModuleSet;
import io.moondial.script.ScriptCompilation.Unit;
import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.Backends;
import io.moondial.script.api.OptionKind;
import io.moondial.script.lua.Outline;
import io.moondial.script.lua.Outline.Mention;
import io.moondial.script.lua.Outline.Reach;
import io.moondial.script.lua.Outline.Use;
import io.moondial.script.stdlib.AbsentNames;
import io.moondial.script.stdlib.UndefinedGlobal.NearName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What in the scripts of a folder compiles, and fails once it is reached. */
final class Lint {
    /** Of one file no more are shown. */
    private static final int MOST_OF_A_FILE = 100;

    /** Modules that libraries look for to be faster, or to know their host, and do without. */
    private static final Set<String> OPTIONAL =
            Set.of(
                    "bit",
                    "bit32",
                    "cjson",
                    "ffi",
                    "jit",
                    "jit.opt",
                    "lfs",
                    "lpeg",
                    "lua-utf8",
                    "lutf8",
                    "posix",
                    "re",
                    "socket",
                    "struct",
                    "table.clear",
                    "table.new",
                    "term",
                    "utf8");

    private static final Comparator<Problem> BY_PLACE =
            Comparator.comparing(Problem::file)
                    .thenComparingInt(Problem::line)
                    .thenComparingInt(Problem::column);

    private final LuaBase base;
    private final Set<String> files;
    private final List<Unit> units;
    private final ModuleSet byName;
    private final Texts texts;
    private final boolean whole;

    /**
     * Over these scripts and modules.
     *
     * @param files the names of scripts and modules for which there is a file, sound or not
     * @param byName the same scripts and modules by what require calls them
     * @param texts what they find by their keys
     * @param whole whether all of the folder is there; what is not may define globals, and use
     *     texts
     */
    Lint(
            LuaBase base,
            Set<String> files,
            Collection<Unit> units,
            ModuleSet byName,
            Texts texts,
            boolean whole) {
        this.texts = texts;
        this.whole = whole;
        this.base = base;
        this.files = files;
        this.units = List.copyOf(units);
        this.byName = byName;
    }

    /** All of them, if rules give these names to the scripts, and say this of modules. */
    List<Problem> problems(Set<String> ruleGlobals, Backends.Settings modules) {
        Set<String> known = new TreeSet<>(ruleGlobals);
        Set<String> fieldsSet = new HashSet<>();
        boolean open = !whole;
        for (Unit unit : units) {
            known.addAll(unit.outline().globalsDefined());
            known.addAll(base.globalsOfRequired(unit));
            fieldsSet.addAll(unit.outline().fieldsSet());
            open |= unit.outline().definesOthers();
        }
        Set<String> near = new TreeSet<>(known);
        near.addAll(base.globalNames());
        Set<String> reached = reachedModules();
        List<Problem> all = new ArrayList<>();
        for (Unit unit : units) {
            boolean runs = !unit.source().inLibrary() || reached.contains(unit.source().name());
            all.addAll(new FileLint(unit, runs, known, near, fieldsSet, open, modules).problems());
        }
        all.addAll(textProblems(known, reached));
        all.sort(BY_PLACE);
        return List.copyOf(all);
    }

    /** What does not fit together between the files of texts, and with the scripts. */
    private List<Problem> textProblems(Set<String> known, Set<String> reached) {
        List<TextUse> uses = new ArrayList<>();
        boolean others = known.contains(Texts.MODULE);
        for (Unit unit : units) {
            Outline outline = unit.outline();
            boolean runs = !unit.source().inLibrary() || reached.contains(unit.source().name());
            for (Outline.Call call : outline.calls()) {
                Mention mention = call.mention();
                if (mention.name().equals(Texts.MODULE) && !known.contains(Texts.MODULE)) {
                    String key = call.literals().isEmpty() ? null : call.literals().getFirst();
                    if (key == null) {
                        others = true;
                    } else {
                        uses.add(
                                new TextUse(
                                        unit.source().path(),
                                        outline.line(mention),
                                        outline.column(mention),
                                        key,
                                        call.given(),
                                        wrongCount(call),
                                        call.inPages(),
                                        runs
                                                && mention.reach() != Reach.GUARDED
                                                && mention.reach() != Reach.DEAD));
                    }
                }
            }
            others |= outline.passesOn(Texts.MODULE);
        }
        Set<String> said = wordsOfMenus(known, reached);
        if (!whole) {
            return texts.check(uses, texts.keys(), said);
        }
        return texts.check(uses, others ? textsOfScripts() : null, said);
    }

    /** The words that menus say of themselves at the calls of these scripts. */
    private Set<String> wordsOfMenus(Set<String> known, Set<String> reached) {
        Set<String> said = new TreeSet<>();
        for (Unit unit : units) {
            if (unit.source().inLibrary() && !reached.contains(unit.source().name())) {
                continue;
            }
            for (Outline.Field field : unit.outline().fieldsRead()) {
                ApiFunction function =
                        field.called()
                                        && base.isApi(field.library())
                                        && !known.contains(field.library())
                                        && field.mention().reach() != Reach.DEAD
                                ? base.function(field.library(), field.mention().name())
                                : null;
                if (function != null) {
                    function.said().stream()
                            .filter(it -> isSaid(it, field))
                            .forEach(it -> said.add(it.word()));
                }
            }
        }
        return said;
    }

    private static boolean isSaid(ApiFunction.Said word, Outline.Field field) {
        Set<String> given = new HashSet<>();
        boolean isMade = false;
        for (Outline.Option option : field.options()) {
            String name = option.mention().name();
            given.add(name);
            isMade |= name.equals(word.unlessMade()) && !option.isText();
        }
        // options in a variable may be any
        boolean areWritten = !field.options().isEmpty() || field.literals().isEmpty();
        return !isMade
                && (word.with() == null || given.contains(word.with()))
                && (word.unless().isEmpty() || areWritten)
                && Collections.disjoint(word.unless(), given);
    }

    private static @Nullable String wrongCount(Outline.Call call) {
        return call.options().stream()
                .filter(it -> it.mention().name().equals("count"))
                .map(Outline.Option::value)
                .filter(it -> it != null && Double.isNaN(it.number()))
                .map(it -> requireNonNull(it).shown())
                .findFirst()
                .orElse(null);
    }

    /** With one of these begins what scripts ask for by keys that they make while they run. */
    private Set<String> textsOfScripts() {
        Set<String> all = new HashSet<>();
        units.forEach(unit -> all.addAll(unit.outline().texts(Texts.LONGEST_KEY)));
        all.remove("");
        return all;
    }

    /** The modules that scripts require, or modules that they require. */
    private Set<String> reachedModules() {
        Set<String> reached = new HashSet<>();
        Deque<Unit> toRead =
                new ArrayDeque<>(units.stream().filter(it -> !it.source().inLibrary()).toList());
        while (!toRead.isEmpty()) {
            Outline outline = toRead.remove().outline();
            if (outline.requiresOthers()) {
                return files;
            }
            for (Mention required : outline.modulesRequired()) {
                Unit found = byName.get(required.name());
                if (required.reach() != Reach.DEAD
                        && found != null
                        && reached.add(found.source().name())) {
                    toRead.add(found);
                }
            }
        }
        return reached;
    }

    /** One file in the looking. */
    private final class FileLint {
        private final Unit unit;
        private final Outline outline;
        private final boolean runs;
        private final Set<String> known;
        private final Set<String> near;
        private final Set<String> fieldsSet;
        private final boolean open;
        private final Backends.Settings modules;
        private final Map<String, Optional<String>> nearGlobals = new HashMap<>();
        private final Set<String> undefinedTold = new HashSet<>();
        private final List<Problem> problems = new ArrayList<>();
        private final Set<String> told = new HashSet<>();
        private final Set<String> tested = new HashSet<>();
        private int more;

        /**
         * A file.
         *
         * @param runs whether a script, or what it requires, is in it
         * @param known the globals that files define and rules give
         * @param near what a name that is none may have been meant to be
         * @param fieldsSet the fields of libraries that files set
         * @param open whether there may be further ones
         * @param modules what the rules say of modules
         */
        FileLint(
                Unit unit,
                boolean runs,
                Set<String> known,
                Set<String> near,
                Set<String> fieldsSet,
                boolean open,
                Backends.Settings modules) {
            this.unit = unit;
            this.outline = unit.outline();
            this.runs = runs;
            this.known = known;
            this.near = near;
            this.fieldsSet = fieldsSet;
            this.open = open;
            this.modules = modules;
        }

        List<Problem> problems() {
            outline.modulesRequired().forEach(this::required);
            outline.globalsRead().stream()
                    .filter(it -> it.use() == Use.TESTED)
                    .forEach(it -> tested.add(it.mention().name()));
            outline.fieldsRead().stream()
                    .filter(it -> it.use() == Use.TESTED)
                    .forEach(it -> tested.add(path(it)));
            outline.globalsRead().forEach(this::global);
            outline.fieldsRead().forEach(this::field);
            outline.secretsComposed().forEach(this::secret);
            if (!known.contains(Texts.MODULE)) {
                outline.calls().stream()
                        .filter(it -> it.mention().name().equals(Texts.MODULE))
                        .flatMap(it -> it.secrets().stream())
                        .forEach(this::refusedSecret);
            }
            if (more > 0) {
                problems.add(
                        Problem.warning(
                                unit.source().path(), 0, 0, "and " + more + " more like these"));
            }
            return problems;
        }

        private void required(Mention module) {
            if (!base.hasModule(module.name()) && !files.contains(module.name())) {
                add(
                        module,
                        isSure(module) && !isOptional(module),
                        () -> base.notFound(module.name()));
            }
        }

        /**
         * Whether a library may look for a module, and do without it: what is vendored in lib does
         * so wherever it is no part of the file's own run, a script with the well-known ones.
         */
        private boolean isOptional(Mention module) {
            return module.reach() != Reach.PLAIN
                    && (unit.source().inLibrary() || OPTIONAL.contains(module.name()));
        }

        private void global(Outline.Global read) {
            Mention global = read.mention();
            String name = global.name();
            if (known.contains(name) || base.isTaken(name)) {
                return;
            }
            if (AbsentNames.message(name) != null) {
                absent(read);
            } else {
                boolean full = problems.size() >= MOST_OF_A_FILE;
                if (full || undefinedTold.add(outline.line(global) + name)) {
                    add(global, isSure(global) && !open, () -> undefined(read));
                }
            }
        }

        /**
         * A well-known name that is not there reads as nil: it fails where it is needed, and a file
         * that asks for it does not need it.
         */
        private void absent(Outline.Global read) {
            Mention global = read.mention();
            if (read.use() == Use.NEEDED && !tested.contains(global.name())) {
                boolean sure = isSure(global) && !open && global.reach() != Reach.CONDITIONAL;
                add(global, sure, () -> String.valueOf(AbsentNames.message(global.name())));
            }
        }

        /**
         * With the name that was most likely meant: of names that are as near, that of a local
         * variable in scope. A name may be in a file a hundred thousand times, and be similar to as
         * many globals.
         */
        private String undefined(Outline.Global read) {
            String name = read.mention().name();
            List<String> meant = read.localNames();
            nearGlobals.computeIfAbsent(name, it -> NearName.of(near, it)).ifPresent(meant::add);
            return "undefined global '" + name + "'" + NearName.question(meant, name);
        }

        private void field(Outline.Field field) {
            Mention mention = field.mention();
            Collection<String> fields = base.fieldsOf(field.library());
            String path = path(field);
            if (fields == null
                    || known.contains(field.library())
                    || fields.contains(mention.name())) {
                call(field);
                return;
            }
            String instead = base.insteadOf(field.library(), mention.name());
            String message =
                    instead == null
                            ? AbsentNames.message(path)
                            : "'"
                                    + field.library()
                                    + "' has no '"
                                    + mention.name()
                                    + "': "
                                    + instead;
            boolean api = base.isApi(field.library());
            // a library of Lua gives nil, which fails when it is called
            if (!api
                    && (!field.called()
                            || tested.contains(path)
                            || fieldsSet.contains(path)
                            || fieldsSet.contains(field.library() + "."))) {
                return;
            }
            boolean sure = isSure(mention) && (api || mention.reach() != Reach.CONDITIONAL);
            add(
                    mention,
                    sure,
                    () ->
                            message == null
                                    ? "'"
                                            + field.library()
                                            + "' has no '"
                                            + mention.name()
                                            + "'"
                                            + NearName.question(fields, mention.name())
                                    : message);
        }

        private static String path(Outline.Field field) {
            return field.library() + "." + field.mention().name();
        }

        /** A call with arguments that the rules do not have. */
        private void call(Outline.Field field) {
            if (!field.called()
                    || !base.isApi(field.library())
                    || known.contains(field.library())) {
                return;
            }
            Mention mention = field.mention();
            modules.objection(field.library(), mention.name(), field.literals())
                    .ifPresent(it -> objected(field, mention, it));
            ApiFunction function = base.function(field.library(), mention.name());
            if (function != null) {
                ApiFunction.Call other = function.calls();
                if (other != null) {
                    modules.objection(other.module(), other.function(), field.literals())
                            .ifPresent(it -> objected(field, mention, it));
                }
                field.options().forEach(it -> option(field, function, it));
                same(field, function);
            }
        }

        private void objected(Outline.Field field, Mention at, String objection) {
            add(at, isSure(at), () -> path(field) + ": " + objection);
        }

        /** A name in a table among the arguments. */
        private void option(Outline.Field field, ApiFunction function, Outline.Option option) {
            Mention mention = option.mention();
            String name = mention.name();
            Set<String> allowed = function.fields(option.position());
            if (!allowed.isEmpty() && !allowed.contains(name)) {
                String near = Nearest.suggestion(name, allowed);
                String names = "; allowed are " + String.join(", ", allowed);
                objected(
                        field,
                        mention,
                        "unknown option '" + name + "'" + (near.isEmpty() ? names : near));
            }
            OptionKind kind = function.kind(option.position(), name);
            Outline.Literal value = option.value();
            if (value != null && !kind.accepts().test(value)) {
                objected(
                        field,
                        mention,
                        "option " + name + ": " + kind.allowed() + "; got " + value.shown());
            }
            for (ApiFunction.OptionUse use : function.optionUses()) {
                if (use.option().equals(name) && (use.argument() != null || value != null)) {
                    modules.objection(use.of(value == null ? "" : value.text()))
                            .ifPresent(
                                    it -> objected(field, mention, "option " + name + ": " + it));
                }
            }
        }

        /** Options of which no two may have the same value. */
        private void same(Outline.Field field, ApiFunction function) {
            Map<Outline.Literal, String> before = new HashMap<>();
            for (Outline.Option option : field.options()) {
                String name = option.mention().name();
                if (option.value() != null && function.differing().contains(name)) {
                    String other = before.put(option.value(), name);
                    if (other != null && !other.equals(name)) {
                        objected(
                                field,
                                option.mention(),
                                "options %s and %s: two values; got %s twice"
                                        .formatted(other, name, option.value().shown()));
                    }
                }
            }
        }

        private void secret(Mention variable) {
            if (variable.reach() != Reach.DEAD) {
                add(
                        variable,
                        false,
                        () ->
                                "the secret answer in '"
                                        + variable.name()
                                        + "' becomes part of a text here: wherever that text is written, it"
                                        + " is in clear");
            }
        }

        /** Of a variable: something else may be in it by then. */
        private void refusedSecret(Mention answer) {
            if (answer.reach() != Reach.DEAD) {
                add(
                        answer,
                        answer.name().isEmpty() && isSure(answer),
                        () ->
                                answer.name().isEmpty()
                                        ? "t refuses the secret answer, so that no text shows it: this call ends as an error"
                                        : "t refuses the secret answer in '%s', so that no text shows it: this call ends as an error"
                                                .formatted(answer.name()));
            }
        }

        private boolean isSure(Mention mention) {
            return runs && mention.reach() != Reach.GUARDED && mention.reach() != Reach.DEAD;
        }

        private void add(Mention mention, boolean sure, Supplier<String> words) {
            if (problems.size() >= MOST_OF_A_FILE) {
                more++;
                return;
            }
            int line = outline.line(mention);
            String message = words.get();
            if (told.add(line + message)) {
                problems.add(
                        new Problem(
                                unit.source().path(),
                                line,
                                outline.column(mention),
                                message,
                                sure ? Problem.Severity.ERROR : Problem.Severity.WARNING));
            }
        }
    }
}
