package io.moondial.script;

import io.moondial.lang.Texts;
import io.moondial.problem.Problem;
import io.moondial.script.ScriptFolder.Source;
import io.moondial.script.lua.Compiler;
import io.moondial.script.lua.Compiler.CompileFailure;
import io.moondial.script.lua.FunctionCode;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.Meter.HeavyPermit;
import io.moondial.script.lua.Outline;
import io.moondial.text.Sha256;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One compilation of a script folder: from its files to a {@link ScriptRelease}. */
final class ScriptCompilation {
    /** A file that compiled. */
    record Unit(Source source, FunctionCode code, Outline outline) {}

    private final Path path;
    private final ScriptFolder folder;
    private final LuaBase base;
    private final HeavyPermit permit;
    private final Compiler compiler;
    private final Map<String, Unit> known;
    private final ScriptHost.CompilationObserver observer;
    private final Texts texts;
    private final List<Problem> problems = new ArrayList<>();

    /** By label: {@code x.lua}, {@code lib/x.lua}. */
    private final Map<String, Unit> units = new HashMap<>();

    /**
     * Reads the folder.
     *
     * @param path the folder as the person named it
     * @param from where it lies: mostly the same
     * @param observer sees what is compiled now
     * @param known what was compiled before, by label
     * @param texts those of the folder
     */
    ScriptCompilation(
            Path path,
            Path from,
            LuaBase base,
            HeavyPermit permit,
            Compiler compiler,
            ScriptHost.CompilationObserver observer,
            Map<String, Unit> known,
            Texts texts) {
        this.texts = texts;
        this.path = path;
        this.folder = ScriptFolder.read(path, from);
        this.base = base;
        this.permit = permit;
        this.compiler = compiler;
        this.known = known;
        this.observer = observer;
    }

    ScriptRelease release() {
        problems.addAll(folder.problems());
        problems.addAll(texts.problems());
        folder.sources().forEach(this::compile);
        boolean whole = folder.problems().isEmpty() && units.size() == folder.sources().size();
        problems.sort(
                Comparator.comparing(Problem::file)
                        .thenComparingInt(Problem::line)
                        .thenComparingInt(Problem::column));
        ModuleSet modules = new ModuleSet(units.values(), base, texts);
        return new ScriptRelease(
                path,
                keys(),
                scripts(modules),
                units,
                texts,
                versions(modules),
                problems,
                new Lint(base, folder.names(), units.values(), modules, texts, whole));
    }

    private void compile(Source source) {
        String module = source.names().getLast();
        if (source.inLibrary() && base.hasModule(module)) {
            problems.add(
                    new Problem(
                            source.path(),
                            0,
                            0,
                            "can never be required: the module '"
                                    + module
                                    + "' is built in; give the file another name"));
            return;
        }
        Unit before = known.get(source.label());
        if (before != null && before.source().content().equals(source.content())) {
            units.put(source.label(), new Unit(source, before.code(), before.outline()));
            return;
        }
        try {
            FunctionCode code =
                    observer.compiled(
                            source.path(),
                            source.content(),
                            compiler.compileFile(source.content(), source.label()));
            units.put(
                    source.label(),
                    new Unit(source, code, Outline.of(source.content(), base.surroundings())));
        } catch (CompileFailure e) {
            String message = String.valueOf(e.getMessage());
            problems.add(new Problem(source.path(), e.line(), e.column(), message));
        }
    }

    private Set<String> keys() {
        Set<String> keys = new TreeSet<>();
        for (Source source : folder.sources()) {
            if (!source.inLibrary()) {
                keys.add(source.name());
            }
        }
        return keys;
    }

    private SortedMap<String, String> versions(ModuleSet modules) {
        SortedMap<String, String> versions = new TreeMap<>(texts.versions());
        units.forEach((label, unit) -> versions.put(label, modules.versionOf(unit)));
        return versions;
    }

    private Map<String, Script> scripts(ModuleSet modules) {
        Map<String, Script> scripts = new HashMap<>();
        for (Unit unit : units.values()) {
            if (!unit.source().inLibrary()) {
                Script script =
                        new Script(
                                unit.source().name(),
                                modules.versionOf(unit),
                                unit.code(),
                                modules,
                                base,
                                permit);
                scripts.put(script.name(), script);
            }
        }
        return scripts;
    }

    /**
     * What the scripts of a release may require, by name: a file at the top goes before one in lib,
     * and {@code lib/a.lua} before {@code lib/a/init.lua}.
     */
    static final class ModuleSet {
        private static final int VERSION_OCTETS = 4;

        private final Map<String, Unit> byName = new TreeMap<>();
        private final Set<LuaString> globalsSet = new HashSet<>();
        private final Texts texts;

        ModuleSet(Collection<Unit> units, LuaBase base, Texts texts) {
            this.texts = texts;
            units.stream()
                    .sorted(Comparator.comparing(unit -> unit.source().inLibrary()))
                    .forEach(unit -> byName.putIfAbsent(unit.source().name(), unit));
            units.forEach(unit -> byName.putIfAbsent(unit.source().names().getLast(), unit));
            units.forEach(
                    unit ->
                            unit.outline()
                                    .globalsSet()
                                    .forEach(name -> globalsSet.add(LuaString.of(name))));
            units.forEach(
                    unit ->
                            base.globalsOfRequired(unit)
                                    .forEach(name -> globalsSet.add(LuaString.of(name))));
        }

        /** The file of a module, null for none. */
        @Nullable Unit get(String name) {
            return byName.get(name);
        }

        /**
         * The globals that any of them sets, or a script does, or a module that they require: read
         * before, they are nil.
         */
        Set<LuaString> globalsSet() {
            return globalsSet;
        }

        /** What scripts find by their keys. */
        Texts texts() {
            return texts;
        }

        /**
         * Names the content of a script and of all the modules that it may require, and of the
         * texts, if any of these may use them, by itself or by the words of menus.
         */
        String versionOf(Unit script) {
            Sha256 content = new Sha256();
            Collection<Unit> reachable = reachableFrom(script).values();
            for (Unit unit : reachable) {
                content.addPart(unit.source().label()).addPart(unit.source().content().toOctets());
            }
            if (reachable.stream()
                    .map(Unit::outline)
                    .anyMatch(it -> Texts.SHOWN_BY.stream().anyMatch(it::mayUse))) {
                texts.addTo(content);
            }
            return content.hex(VERSION_OCTETS);
        }

        private Map<String, Unit> reachableFrom(Unit script) {
            Map<String, Unit> reached = new TreeMap<>();
            Deque<Unit> toRead = new ArrayDeque<>();
            toRead.add(script);
            while (!toRead.isEmpty()) {
                Unit unit = toRead.remove();
                if (reached.put(unit.source().label(), unit) == null) {
                    toRead.addAll(requiredBy(unit));
                }
            }
            return reached;
        }

        private Collection<Unit> requiredBy(Unit unit) {
            if (unit.outline().requiresOthers()) {
                return byName.values();
            }
            List<Unit> required = new ArrayList<>();
            for (Outline.Mention module : unit.outline().modulesRequired()) {
                Unit found = byName.get(module.name());
                if (found != null) {
                    required.add(found);
                }
            }
            return required;
        }
    }
}
