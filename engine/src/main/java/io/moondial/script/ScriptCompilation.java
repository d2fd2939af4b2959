package io.moondial.script;

import io.moondial.problem.Problem;
import io.moondial.script.ScriptFolder.Source;
import io.moondial.script.lua.CompileFailure;
import io.moondial.script.lua.Compiler;
import io.moondial.script.lua.FunctionCode;
import io.moondial.script.lua.HeavyPermit;
import io.moondial.script.lua.Outline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

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
    private final CompilationObserver observer;
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
     */
    ScriptCompilation(
            Path path,
            Path from,
            LuaBase base,
            HeavyPermit permit,
            Compiler compiler,
            CompilationObserver observer,
            Map<String, Unit> known) {
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
        folder.sources().forEach(this::compile);
        problems.sort(
                Comparator.comparing(Problem::file)
                        .thenComparingInt(Problem::line)
                        .thenComparingInt(Problem::column));
        ModuleSet modules = new ModuleSet(units.values());
        return new ScriptRelease(
                path,
                keys(),
                scripts(modules),
                units,
                versions(modules),
                problems,
                new Lint(base, folder.names(), units.values()));
    }

    private void compile(Source source) {
        if (source.inLibrary() && base.hasModule(source.name())) {
            problems.add(
                    new Problem(
                            source.path(),
                            0,
                            0,
                            "can never be required: the module '"
                                    + source.name()
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
            units.put(source.label(), new Unit(source, code, Outline.of(source.content(), base.secretOptions())));
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
        SortedMap<String, String> versions = new TreeMap<>();
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
}
