package io.moondial;

import static java.util.Objects.requireNonNull;

import io.moondial.lang.TextSettings;
import io.moondial.lang.Texts;
import io.moondial.logic.LuaService;
import io.moondial.modules.BuiltInModules;
import io.moondial.problem.Problem;
import io.moondial.rules.NotifySettings;
import io.moondial.rules.TriggerTable;
import io.moondial.script.ScriptHost;
import io.moondial.script.ScriptHost.CompilationObserver;
import io.moondial.script.ScriptRelease;
import io.moondial.script.api.ApiModule;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules and the scripts that they name, read and compiled together: either all of it is sound,
 * or there is no configuration.
 *
 * @param releases by script folder
 * @param host where they were compiled
 * @param warnings what may be intended, and is shown
 * @param kept what was {@link LastGood kept}, if they were read from it; null: they were read from
 *     the files themselves
 */
public record Configuration(
        Rules rules,
        Map<Path, ScriptRelease> releases,
        ScriptHost host,
        List<Problem> warnings,
        @Nullable Kept kept) {
    /**
     * What is used instead of the files.
     *
     * @param at when it came into service first
     * @param broken why the files could not be used
     */
    public record Kept(Instant at, List<Problem> broken) {
        public Kept {
            broken = List.copyOf(broken);
        }
    }

    public Configuration {
        releases = Map.copyOf(releases);
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads the rules and compiles every script of their folders.
     *
     * @throws ConfigurationException with all problems of all these files
     */
    public static Configuration read(Path rulesFile) throws ConfigurationException {
        return read(rulesFile, CompilationObserver.NONE);
    }

    /** Reads and compiles while somebody sees what is compiled. */
    public static Configuration read(Path rulesFile, CompilationObserver observer)
            throws ConfigurationException {
        return read(rulesFile, observer, BuiltInModules.create());
    }

    /**
     * The same for stand-ins, which need no secrets: no engine can be started with it.
     *
     * @throws ConfigurationException with all problems of all these files
     */
    public static Configuration readForTests(Path rulesFile, CompilationObserver observer)
            throws ConfigurationException {
        ScriptHost host = host(observer, BuiltInModules.create());
        return new Reader(host, (folder, texts) -> host.compile(folder, null, texts), null, true)
                .read(rulesFile, UnaryOperator.identity());
    }

    /**
     * The same, if scripts have these modules.
     *
     * @throws ConfigurationException with all problems of all these files
     */
    public static Configuration read(
            Path rulesFile, CompilationObserver observer, List<ApiModule> modules)
            throws ConfigurationException {
        return read(rulesFile, host(observer, modules), Map.of());
    }

    private static ScriptHost host(CompilationObserver observer, List<ApiModule> modules) {
        return new ScriptHost(modules, Runtime.getRuntime().availableProcessors(), observer);
    }

    /**
     * What the same files say now. Its scripts share the host of this one's, and a file that has
     * not changed is not compiled again.
     *
     * @throws ConfigurationException with all problems of all these files; this one stays good
     */
    public Configuration readAgain() throws ConfigurationException {
        return read(rules.file(), host, releases);
    }

    /**
     * What was kept of these files when it was in service.
     *
     * @param from where the files of a name are: the rules file, and each script folder
     * @param kept what it is
     * @throws ConfigurationException with all problems, if it was kept by an engine that accepts
     *     what this one does not
     */
    static Configuration readKept(
            Path rulesFile, UnaryOperator<Path> from, Kept kept, CompilationObserver observer)
            throws ConfigurationException {
        ScriptHost host = host(observer, BuiltInModules.create());
        return new Reader(
                        host,
                        (folder, texts) -> host.compileFrom(from.apply(folder), folder, texts),
                        kept,
                        false)
                .read(rulesFile, from);
    }

    private static Configuration read(
            Path rulesFile, ScriptHost host, Map<Path, ScriptRelease> earlier)
            throws ConfigurationException {
        return new Reader(
                        host,
                        (folder, texts) -> host.compile(folder, earlier.get(folder), texts),
                        null,
                        false)
                .read(rulesFile, UnaryOperator.identity());
    }

    /**
     * How script folders are compiled, and what is made of them.
     *
     * @param forTests whether nothing is missed that only an engine needs
     */
    private record Reader(
            ScriptHost host,
            BiFunction<Path, TextSettings, ScriptRelease> compiler,
            @Nullable Kept kept,
            boolean forTests) {
        Configuration read(Path rulesFile, UnaryOperator<Path> from) throws ConfigurationException {
            List<Problem> problems = new ArrayList<>();
            Rules rules = Rules.read(rulesFile, from, host.api(), problems::add);
            Map<Path, ScriptRelease> releases = new TreeMap<>();
            for (Path folder : scriptFolders(rules)) {
                releases.computeIfAbsent(folder, it -> compiler.apply(it, rules.texts()));
            }
            if (kept != null) {
                // it has been in service: its warnings were told then
                problems.removeIf(Problem::isWarning);
            }
            if (forTests) {
                problems.removeIf(
                        it ->
                                it.severity() == Problem.Severity.ABSENCE
                                        || it.severity() == Problem.Severity.UNSAFE);
            }
            for (ScriptRelease release : releases.values()) {
                problems.addAll(release.problems());
                problems.addAll(release.lint(globals(rules, release.folder()), rules.modules()));
            }
            problems.addAll(languages(rules, releases));
            if (!problems.stream().allMatch(Problem::isWarning)) {
                throw new ConfigurationException(problems);
            }
            return new Configuration(rules, releases, host, problems, kept);
        }
    }

    /** What rules say of languages, and is not so. */
    private static List<Problem> languages(Rules rules, Map<Path, ScriptRelease> releases) {
        List<Problem> problems = new ArrayList<>();
        languages(rules, rules.process().scriptDir(), rules.process().triggers(), releases)
                .forEach(problems::add);
        NotifySettings inbound = rules.inboundNotify();
        if (inbound != null) {
            languages(rules, inbound.scriptDir(), inbound.triggers(), releases)
                    .forEach(problems::add);
        }
        return problems;
    }

    private static Stream<Problem> languages(
            Rules rules, Path folder, TriggerTable triggers, Map<Path, ScriptRelease> releases) {
        Texts texts = requireNonNull(releases.get(folder)).texts();
        return triggers.triggers().stream()
                .filter(it -> it.overrides().language() != null)
                .filter(it -> texts.find(requireNonNull(it.overrides().language())).isEmpty())
                .map(
                        it ->
                                new Problem(
                                        rules.file(),
                                        it.line(),
                                        0,
                                        "language: found %s, and there is no %s; %s"
                                                .formatted(
                                                        it.overrides().language(),
                                                        folder.resolve(Texts.FOLDER)
                                                                .resolve(
                                                                        it.overrides().language()
                                                                                + Texts.SUFFIX),
                                                        texts.languages().isEmpty()
                                                                ? "there are no files of texts"
                                                                : "there are "
                                                                        + String.join(
                                                                                ", ",
                                                                                texts
                                                                                        .languages()))));
    }

    /** What the rules give to the scripts of a folder. */
    private static Set<String> globals(Rules rules, Path folder) {
        Set<String> globals = new HashSet<>();
        if (rules.process().scriptDir().equals(folder)) {
            globals.addAll(rules.process().globals().keySet());
        }
        NotifySettings inbound = rules.inboundNotify();
        if (inbound != null && inbound.scriptDir().equals(folder)) {
            globals.addAll(inbound.globals().keySet());
        }
        return globals;
    }

    private Configuration with(Rules others) {
        return new Configuration(others, releases, host, warnings, kept);
    }

    /** The same, on another network. */
    public Configuration on(Rules.Network network) {
        return with(rules.on(network));
    }

    /** The same, with the EDR files of every stream in one folder. */
    public Configuration withEdrsIn(Path folder) {
        return with(rules.withEdrsIn(folder));
    }

    private static List<Path> scriptFolders(Rules rules) {
        List<Path> folders = new ArrayList<>();
        folders.add(rules.process().scriptDir());
        if (rules.inboundNotify() != null) {
            folders.add(rules.inboundNotify().scriptDir());
        }
        return folders.stream().distinct().toList();
    }

    /** The folders of the scripts, each once. */
    public List<Path> scriptFolders() {
        return scriptFolders(rules);
    }

    /** The same, for a command that has its handsets in its own process. */
    public Configuration inMemory() {
        return with(rules.inMemory());
    }

    /** The services that these rules describe. */
    public List<LuaService> services() {
        List<LuaService> services = new ArrayList<>();
        services.add(
                LuaService.dialled(
                        rules.process(),
                        release(rules.process().scriptDir()),
                        host,
                        rules.script(),
                        rules.timeZone()));
        NotifySettings inbound = rules.inboundNotify();
        if (inbound != null) {
            services.add(
                    LuaService.notified(
                            inbound,
                            release(inbound.scriptDir()),
                            rules.script(),
                            rules.timeZone()));
        }
        if (rules.push().isOn()) {
            services.add(
                    LuaService.pushed(
                            rules.process(),
                            rules.push().scripts(),
                            release(rules.process().scriptDir()),
                            host,
                            rules.script(),
                            rules.timeZone()));
        }
        return services;
    }

    private ScriptRelease release(Path folder) {
        ScriptRelease release = releases.get(folder);
        if (release == null) {
            throw new IllegalStateException("no release of " + folder);
        }
        return release;
    }
}
